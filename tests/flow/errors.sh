#!/bin/bash
# Goal: where the setting api_sms_errors is nested, every error of the API of smspanel has that form,
# also those that nginx words, and the description has it; nobody else's errors change.
. "$(dirname "$0")/street.bash"

{
    echo 'api_sms_errors = nested'
    echo 'bcrypt_cost = 4'
    loopback_settings
} >"$WORK/conf"
street_start "$WORK/conf"
: >"$WORK/nobody"
sed -n '/^user/p' "$STREET/curl.conf" >"$WORK/basic"

# ask AS METHOD PATH BODY: status and code; the answer in WORK.
ask() {
    local status
    status=$(printf '%s' "$4" | curl -sk --max-time 60 -K "$WORK/$1" -X "$2" -H 'Content-Type: application/json' \
        --data-binary @- -D "$WORK/head" -o "$WORK/answer" -w '%{http_code}' "$URL$3")
    echo "$status $(jq -r '.error.code? // "not nested"' "$WORK/answer")"
}
# refuses OPERATION STATUS CODE AS METHOD PATH BODY: so, and as it is described.
refuses() {
    local operation=$1 status=$2 code=$3
    shift 3
    expect "$2 $3: $code" "$status $code code,message error" \
        "$(ask "$@") $(jq -r '"\(.error | keys | join(",")) \(keys | join(","))"' "$WORK/answer")"
    tr -d '\r' <"$WORK/head" >"$WORK/lines"
    # The modules of Debian belong to Debian's interpreter.
    expect "is described" "" "$(/usr/bin/python3 tests/flow/openapi.py nginx/openapi.json answer "$operation" "$status" \
        "$(sed -n 's/^content-type: //Ip' "$WORK/lines")" "$WORK/lines" "$WORK/answer" 2>&1 | head -5)"
}
big=$(head -c 70000 /dev/zero | tr '\0' x)

refuses sms_send 401 UNAUTHORIZED nobody POST /api/sms '{}'
refuses sms_send 400 MISSING_FIELDS basic POST /api/sms '{"content":"x"}'
refuses sms_send_bulk 413 BODY_TOO_LARGE basic POST /api/sms/send-bulk "$(for _ in $(seq 70); do printf %s "$big"; done)"
refuses sms_show 404 NOT_FOUND basic GET /api/sms/1 ''
refuses login 400 INVALID_JSON nobody POST /api/auth/login '{'
refuses login 401 UNAUTHORIZED nobody POST /api/auth/login '{"username":"demo","password":"x"}'
refuses login 413 BODY_TOO_LARGE nobody POST /api/auth/login "$big"
expect "another method" "405 METHOD_NOT_ALLOWED" "$(ask basic PUT /api/sms '')"
expect "an address that is none" "404 NOT_FOUND" "$(ask basic GET /api/sms/1/2 '')"
expect "what succeeds is as it was" "202 not nested true" \
    "$(ask basic POST /api/sms '{"recipient":"5511110001","content":"hi"}') $(jq .success "$WORK/answer")"
expect "another API" "401 not nested AUTHENTICATION_REQUIRED" \
    "$(ask nobody POST / '{}') $(jq -r .error_code "$WORK/answer")"
expect "and another" "403 not nested erro" "$(ask nobody POST /enviar-sms '{"x":1}') $(jq -r .status "$WORK/answer")"

# What nginx says in the place of a program follows a line in the site.
awk '{print} /smsspool-locations\.conf/ {print "    set $sms_api_errors nested;"}' \
    "$STREET/nginx/smsspool-site.conf" >"$WORK/site"
mv "$STREET/sockets/api_sms.sock" "$STREET/sockets/away"
expect "without the line" "503 not nested false" "$(ask basic GET /api/sms '') $(jq .success "$WORK/answer")"
cp "$WORK/site" "$STREET/nginx/smsspool-site.conf"
kill -HUP "$(cat "$STREET/nginx.pid")"
nested() { [ "$(ask basic GET /api/sms '')" = "503 SERVICE_UNAVAILABLE" ]; }
expect_true "with it" until_true 20 nested
refuses sms_list 503 SERVICE_UNAVAILABLE basic GET /api/sms ''
mv "$STREET/sockets/away" "$STREET/sockets/api_sms.sock"
finish
