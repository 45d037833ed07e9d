// The fields of POST / (contract 1.5): from the members of a JSON body to a draft.

#ifndef SMSSPOOL_FCGI_FIELDS_H
#define SMSSPOOL_FCGI_FIELDS_H

#include "common/json.h"
#include "common/submit.h"
#include "fcgi/program.h"

#include <optional>
#include <string>

namespace smsspool {

// The members that count; null: not in the body.
struct Fields {
    const rapidjson::Value* number = nullptr;
    const rapidjson::Value* message = nullptr;
    const rapidjson::Value* reply = nullptr;
    const rapidjson::Value* timeout = nullptr;
    const rapidjson::Value* long_messages = nullptr;
    const rapidjson::Value* priority = nullptr;
    const rapidjson::Value* valid_for = nullptr;
    const rapidjson::Value* not_before = nullptr;
    const rapidjson::Value* report = nullptr;
    const rapidjson::Value* label = nullptr;
    const rapidjson::Value* callback = nullptr;
};

// The fields of `body`, which must outlive them. Names in any case; of one name in several
// spellings the last one in the body counts. REQUIRES: body.IsObject().
[[nodiscard]] Fields find_fields(const rapidjson::Value& body);

// A text as it is, a whole number that is not negative as its digits; nothing for anything else.
[[nodiscard]] std::optional<std::string> as_text(const rapidjson::Value* value);

// The member of this very name; null: it is missing, or is what the ancestors in Python take for
// that: null, false, 0, or empty.
[[nodiscard]] const rapidjson::Value* given_member(const rapidjson::Value& body, const char* name);

// Who sends, by which API, from where, and the key of the request.
void identify(const Request& request, const Services& services, std::string_view api, Draft& draft);

// A refusal with 400.
[[nodiscard]] Refusal bad_field(std::string code, std::string text);

// What the door finds wrong, in the words of POST /.
[[nodiscard]] Refusal refusal_of_fault(const FieldFault& fault);

// Puts what the fields say into `draft`. The answer is what is wrong with the first bad one, in the
// contract's order; `draft` is of no use then. Whether the values are within their limits is the
// door's to say.
[[nodiscard]] std::optional<Refusal> read_fields(const Fields& fields, const Config& config,
                                                 Draft& draft);

} // namespace smsspool

#endif
