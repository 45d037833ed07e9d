"""Holds nginx/openapi.json to itself, to the sources and to answers of a running server.

usage: openapi.py DESCRIPTION shape              one line for each thing that is wrong with it
       openapi.py DESCRIPTION routes SOURCE...   and for each difference to the routes of programs
       openapi.py DESCRIPTION answer OPERATION STATUS TYPE HEAD BODY [REQUEST_BODY]
                  the same for an answer: its head and body are in these files; and for the body of
                  the request, which must be as it is described. Prints nothing where all is well.

Answers are looked at more strictly than by a client, who must ignore members that it does not know:
here a member that is not described is wrong.
"""

import json
import pathlib
import re
import sys

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

METHODS = ("get", "put", "post", "delete", "patch")
# A route in a program: {"/path", "GET, HEAD, OPTIONS"}, or with a constant for the methods.
ROUTE = re.compile(r'\{"(/[^"]*)",\s*(?:"([A-Z, ]+)"|(\w+))\}')
INTERNAL = {"/bearer"}  # only nginx itself asks for it
OF_NGINX = {("/openapi.json", "GET")}  # a file


class Description:
    def __init__(self, path):
        self.all = json.loads(pathlib.Path(path).read_text("utf-8"))

    def operations(self):
        for path, item in self.all["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method.upper(), item[method]

    def operation(self, name):
        return next(each for _, _, each in self.operations() if each["operationId"] == name)

    def at(self, reference):
        found = self.all
        for key in reference.removeprefix("#/").split("/"):
            found = found[key]
        return found

    def resolved(self, thing):
        return self.at(thing["$ref"]) if "$ref" in thing else thing

    def faults_of(self, value, schema):
        """What is wrong with `value`; its members must all be described."""
        whole = closed({"components": {"schemas": self.all["components"]["schemas"]}, "allOf": [schema]})
        for error in Draft202012Validator(whole).iter_errors(value):
            yield f"{error.json_path}: {error.message[:300]}"


def closed(thing):
    """A copy in which no object may have further members."""
    if isinstance(thing, list):
        return [closed(each) for each in thing]
    if not isinstance(thing, dict):
        return thing
    return {
        key: False if key == "additionalProperties" and value is True else closed(value)
        for key, value in thing.items()
    }


def references_in(thing):
    if isinstance(thing, dict):
        if isinstance(thing.get("$ref"), str):
            yield thing["$ref"]
        thing = list(thing.values())
    if isinstance(thing, list):
        for each in thing:
            yield from references_in(each)


def schemas_in(thing):
    if isinstance(thing, dict):
        if "schema" in thing and isinstance(thing["schema"], dict):
            yield thing["schema"]
        thing = list(thing.values())
    if isinstance(thing, list):
        for each in thing:
            yield from schemas_in(each)


# --- the description itself ---------------------------------------------------------------------


def reference_faults(description):
    used = set(references_in(description.all))
    for reference in sorted(used):
        try:
            description.at(reference)
        except (KeyError, TypeError):
            yield f"{reference} is nowhere"
    for kind, parts in description.all["components"].items():
        for name in parts if kind != "securitySchemes" else ():
            if f"#/components/{kind}/{name}" not in used:
                yield f"#/components/{kind}/{name} is not used"


def schema_faults(description):
    named = description.all["components"]["schemas"].values()
    for schema in [*named, *schemas_in(description.all["paths"]), *schemas_in(description.all["components"])]:
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            yield f"no schema: {error.message[:200]}"


def operation_faults(description):
    names = [each["operationId"] for _, _, each in description.operations()]
    if len(names) != len(set(names)):
        yield "an operationId occurs twice"
    schemes = description.all["components"]["securitySchemes"]
    for path, method, operation in description.operations():
        wanted = set(re.findall(r"\{(\w+)\}", path))
        parameters = [description.resolved(each) for each in operation.get("parameters", ())]
        if wanted != {each["name"] for each in parameters if each["in"] == "path"}:
            yield f"{method} {path}: its parameters are not those of the path"
        for scheme in operation.get("security", description.all["security"]):
            if not set(scheme) <= set(schemes):
                yield f"{method} {path}: there is no such security scheme"
        for status, response in operation["responses"].items():
            if not re.fullmatch("[2-5][0-9][0-9]", status) or "description" not in description.resolved(response):
                yield f"{method} {path}: {status} is no response"


def shape(description):
    if description.all["openapi"] != "3.1.0":
        yield "it is not OpenAPI 3.1.0"
    yield from reference_faults(description)
    yield from schema_faults(description)
    yield from operation_faults(description)


# --- the sources --------------------------------------------------------------------------------


def methods_of(text, match):
    if match[2]:
        return match[2]
    constant = re.search(r'string_view ' + match[3] + r' = "([A-Z, ]+)"', text)
    if not constant:
        raise SystemExit(f"{match[0]}: what is {match[3]}?")
    return constant[1]


def routes_of(source):
    text = pathlib.Path(source).read_text("utf-8")
    if not re.search(r"^const Program the_program\{", text, re.M):
        return set()
    found = set()
    for match in ROUTE.finditer(text):
        for method in methods_of(text, match).split(", "):
            if match[1] not in INTERNAL and method not in ("HEAD", "OPTIONS"):
                found.add((match[1], method))
    if not found and not any(f'"{path}"' in text for path in INTERNAL):
        raise SystemExit(f"{source}: no route can be found")
    return found


def routes(description, *sources):
    declared = set().union(*map(routes_of, sources)) | OF_NGINX
    described = {(re.sub(r"\{\w+\}", "*", path), method) for path, method, _ in description.operations()}
    for path, method in sorted(declared - described):
        yield f"{method} {path} is not described"
    for path, method in sorted(described - declared):
        yield f"{method} {path} is described, and no program has it"


# --- an answer ----------------------------------------------------------------------------------


def header_faults(description, response, head):
    lines = pathlib.Path(head).read_text("latin-1").splitlines()
    sent = dict(line.split(": ", 1) for line in lines if ": " in line)
    sent = {name.lower(): value for name, value in sent.items()}
    for name, header in response.get("headers", {}).items():
        header = description.resolved(header)
        if name.lower() in sent:
            yield from description.faults_of(sent[name.lower()], header["schema"])
        elif header.get("required"):
            yield f"the header {name} is missing"


def body_faults(description, content, media, body):
    if media not in content:
        yield f"the type is {media}, and described are {', '.join(content)}"
        return
    text = pathlib.Path(body).read_text("utf-8")
    value = json.loads(text) if media == "application/json" else text
    yield from description.faults_of(value, content[media]["schema"])


def answer(description, name, status, media, head, body, request=None):
    operation = description.operation(name)
    if status not in operation["responses"]:
        yield f"{status} is not described"
        return
    response = description.resolved(operation["responses"][status])
    yield from header_faults(description, response, head)
    yield from body_faults(description, response["content"], media.split(";")[0], body)
    if request and pathlib.Path(request).stat().st_size:
        yield from body_faults(description, operation["requestBody"]["content"], "application/json", request)


def main():
    description = Description(sys.argv[1])
    ask = {"shape": shape, "routes": routes, "answer": answer}[sys.argv[2]]
    for fault in ask(description, *sys.argv[3:]):
        print(fault)


main()
