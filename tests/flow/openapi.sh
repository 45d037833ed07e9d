#!/bin/bash
# Goal: the description that the gateway gives of its addresses (nginx/openapi.json) is true: it has
# each route of each program, and no other; and whatever each operation answers to a good request and
# to a bad one is described, its status, its headers and each member of its body.
. "$(dirname "$0")/street.bash"

API=nginx/openapi.json
# The modules of Debian belong to Debian's interpreter.
checker() { /usr/bin/python3 tests/flow/openapi.py "$API" "$@" 2>&1; }

expect "it is a description" "" "$(checker shape)"
expect "of the routes of all programs" "" "$(checker routes fcgi/*.cc)"
expect "of this version" "$(sed -n 's/^VERSION = //p' Makefile)" "$(jq -r .info.version "$API")"
jq 'del(.paths["/api/sms"].get) | .paths["/nowhere"].get = .paths["/health"].get' "$API" >"$WORK/false.json"
expect "a route that is not described would be seen, and one that is none" \
    'GET /api/sms is not described, GET /nowhere is described, and no program has it' \
    "$(API=$WORK/false.json checker routes fcgi/*.cc | paste -sd , | sed 's/,/, /')"

cat >"$WORK/conf" <<'END'
admins = demo
alerts = yes
alerts_number = 5511110009
bcrypt_cost = 4
bulk_partial = yes
END
street_start "$WORK/conf"
# Where `make install` puts it.

token=$(ctl -c "$WORK/conf" token add demo --scopes 'send status alerts admin' 2>>"$WORK/audit" | head -1)
echo "header = \"Authorization: Bearer $token\"" >"$WORK/bearer"
sed -n '/^user/p' "$STREET/curl.conf" >"$WORK/basic"
: >"$WORK/nobody"

# --- one request --------------------------------------------------------------------------------

# ask AS METHOD PATH BODY [TYPE]: the answer into $WORK/head and $WORK/body, its status into $status.
ask() {
    local data=()
    printf '%s' "$4" >"$WORK/request"
    [ -z "$4" ] || data=(-H "Content-Type: ${5:-application/json}" --data-binary "@$WORK/request")
    status=$(curl -sk --http1.1 --max-time 60 -K "$WORK/$1" -X "$2" "${data[@]}" \
        -D "$WORK/head" -o "$WORK/body" -w '%{http_code}' "$URL$3")
    tr -d '\r' <"$WORK/head" >"$WORK/lines"
}
said() { jq -r "$1" "$WORK/body"; }

# holds OPERATION WANTED AS METHOD PATH BODY [TYPE]: the answer has this status, and is described;
# and so is the body of a request that is done.
holds() {
    local operation=$1 wanted=$2 method=$4 request='' faults
    shift 2
    : >"$WORK/body"
    ask "$@"
    [ "$status" -ge 300 ] || request=$WORK/request
    faults=$(checker answer "$operation" "$status" "$(sed -n 's/^Content-Type: //p' "$WORK/lines")" \
        "$WORK/lines" "$WORK/body" $request | head -5)
    expect "$method $operation: $wanted" "$wanted" "$status${faults:+, $faults}"
    echo "$operation ${status%??}" >>"$WORK/held"
}
long_query() { head -c 9000 /dev/zero | tr '\0' x; }

# --- the description ----------------------------------------------------------------------------

holds openapi 200 nobody GET /openapi.json ''
expect_true "it comes as it is" cmp "$API" "$WORK/body"
expect "with the headers of all answers" 'no-store nosniff max-age=63072000' "$(
    sed -n 's/^Cache-Control: //p' "$WORK/lines") $(sed -n 's/^X-Content-Type-Options: //p' "$WORK/lines") $(
    sed -n 's/^Strict-Transport-Security: //p' "$WORK/lines")"
holds openapi 413 nobody GET /openapi.json "$(head -c 70000 /dev/zero | tr '\0' x)"
ask nobody POST /openapi.json '{}'
expect "it can only be looked at" '405 GET, HEAD, OPTIONS METHOD_NOT_ALLOWED' \
    "$status $(sed -n 's/^Allow: //p' "$WORK/lines") $(said .error_code)"
ask nobody OPTIONS /openapi.json ''
expect "as OPTIONS says" '200 GET, HEAD, OPTIONS' "$status $(sed -n 's/^Allow: //p' "$WORK/lines")"
expect "HEAD gives its headers" '200 application/json' \
    "$(curl -skI -o "$WORK/lines" -w '%{http_code} %{content_type}' "$URL/openapi.json")"

# --- messages -----------------------------------------------------------------------------------

all='{"number":"5511110001","message":"first","reply":"no","timeout":60,"long":"split","priority":"High",
    "valid_for":"2h","not_before":null,"report":true,"label":"otp"}'
holds send 200 basic POST / "$all"
first=$(said .message_id)
holds send 200 bearer POST / "{\"number\":5511110001,\"message\":\"$(printf '%0200d' 0)\",\"long\":\"truncate\"}"
holds send 400 basic POST / '{"number":"5511110001"}'
holds send 400 basic POST / '{"number":"1","message":"x"}'
holds send 401 nobody POST / "$all"
sent() { ask basic GET "/status?message_id=$1" '' && [ "$(said .status)" = sent ]; }
expect_true "it is sent" until_true 30 sent "$first"
holds status 200 basic GET "/status?message_id=$first&attempts" ''
holds status 400 basic GET /status ''
holds status 404 basic GET /status?message_id=x ''
holds status 401 nobody GET /status ''
sim incoming +525511110002 "came in" >"$WORK/out"
arrived() { ask basic GET /inbox '' && [ "$(said .count)" = 1 ]; }
expect_true "one comes in" until_true 30 arrived
holds inbox 200 basic GET '/inbox?limit=5' ''
expect "it is there" "came in" "$(said '.messages[0].text')"
holds inbox 400 basic GET '/inbox?limit=-1' ''
holds inbox 401 nobody GET /inbox ''

# --- alerts, health and metrics -----------------------------------------------------------------

alert='[{"status":"firing","labels":{"alertname":"disk"},"annotations":{"summary":"full"}}]'
for version in 1 2; do
    holds alerts_v$version 200 bearer POST "/api/v$version/alerts" "$alert"
    holds alerts_v$version 207 basic POST "/api/v$version/alerts" \
        '{"alerts":[{"labels":{"alertname":"x","number":"1"}}]}'
    holds alerts_v$version 400 basic POST "/api/v$version/alerts" '{'
done
holds health 200 nobody GET /health ''
holds health 414 nobody GET "/health?$(long_query)" ''
holds metrics 200 basic GET /metrics ''
holds metrics 401 nobody GET /metrics ''

# --- the other two APIs -------------------------------------------------------------------------

holds enviar 202 nobody POST /enviar-sms "{\"token\":\"$token\",\"numero\":\"5511110002\",\"mensagem\":\"olá\"}"
holds enviar 400 nobody POST /enviar-sms "{\"token\":\"$token\",\"numero\":\"5511110002\"}"
holds enviar 403 nobody POST /enviar-sms '{"numero":"5511110002","mensagem":"x"}'
holds enviar 415 nobody POST /enviar-sms '{}' text/plain
password=$(cut -d: -f2 "$STREET/credentials")
holds login 200 nobody POST /api/auth/login "{\"username\":\"demo\",\"password\":\"$password\"}"
holds login 400 nobody POST /api/auth/login '{"username":"demo"}'
holds login 401 nobody POST /api/auth/login '{"username":"demo","password":"x"}'
holds sms_send 202 bearer POST /api/sms '{"recipient":"5511110003","content":"third","adhoc":0}'
single=$(said .data.id)
holds sms_send 400 basic POST /api/sms '{"recipient":"5511110003"}'
holds sms_send 415 basic POST /api/sms '{}' text/plain
holds sms_send 401 nobody POST /api/sms '{}'
holds sms_send_bulk 202 basic POST /api/sms/send-bulk \
    '{"recipients":["5511110004","5511110005","55 1111 0004","1"],"content":"to two"}'
expect "one twice, one wrong" '1 1' "$(said '"\(.data.duplicates) \(.data.rejected | length)"')"
holds sms_send_bulk 400 basic POST /api/sms/send-bulk '{"recipients":"x","content":"y"}'
holds sms_preview 200 basic POST /api/sms/preview '{"content":"中","recipients":["5511110004","1"]}'
holds sms_preview 400 basic POST /api/sms/preview '{"recipient":"1"}'
holds sms_list 200 basic GET '/api/sms?per_page=3' ''
holds sms_list 401 nobody GET /api/sms ''
api_sent() { ask basic GET "/api/sms/$single" '' && [ "$(said .data.status)" = sent ]; }
expect_true "the one is sent" until_true 30 api_sent
holds sms_show 200 basic GET "/api/sms/$single" ''
holds sms_show 404 basic GET /api/sms/1 ''
holds sms_recipients 200 basic GET "/api/sms/$single/recipients" ''
holds sms_recipients 404 basic GET /api/sms/x/recipients ''

# --- dead letters -------------------------------------------------------------------------------

# refused TEXT: a message that is refused for good; its job into $job, its id into $dead.
refused() {
    sim fault refuse on code=28 count=1 >"$WORK/out"
    dead=$(post 5511110001 "$1")
    failed() { [ "$(field "$dead" .status)" = failed ]; }
    expect_true "$1 is refused" until_true 30 failed
    job=$(api GET '/api/dead-letters' | jq -r --arg id "$dead" '.dead_letters[] | select(.message_id == $id).job_id')
}
refused "a dead letter"
holds status 200 basic GET "/status?message_id=$dead&attempts" ''
holds sms_recipients 200 basic GET "/api/sms/$dead/recipients" ''
holds dead_letters 200 basic GET '/api/dead-letters?state=failed&limit=5' ''
expect "is listed" 1 "$(said .count)"
holds dead_letters 400 basic GET '/api/dead-letters?state=x' ''
holds dead_letters 401 nobody GET /api/dead-letters ''
holds dead_counts 200 bearer GET /api/dead-letters/counts ''
holds dead_counts 401 nobody GET /api/dead-letters/counts ''
holds dead_retry 200 basic POST "/api/dead-letters/$job/retry" '{"not_before":"1h"}'
holds dead_retry 400 basic POST "/api/dead-letters/$job/retry" '{"x":1}'
holds dead_retry 404 basic POST "/api/dead-letters/$first/retry" '{}'
holds dead_retry 409 basic POST "/api/dead-letters/$job/retry" '{}'
holds cancel 200 basic POST "/api/messages/$dead/cancel" '{}'
holds cancel 404 basic POST "/api/messages/$job/cancel" '{}'
holds cancel 409 basic POST "/api/messages/$first/cancel" '{}'
holds dead_abandon 409 basic POST "/api/dead-letters/$job/abandon" '{}'
refused "another"
holds dead_abandon 200 basic POST "/api/dead-letters/$job/abandon" '{}'
holds dead_abandon 200 basic POST "/api/dead-letters/$job/abandon" '{}'
refused "a third"
holds dead_retry_all 200 basic POST /api/dead-letters/retry '{"number":"+52","rate":"2/s","state":"failed"}'
expect "is queued" 1 "$(said .retried)"
holds dead_retry_all 400 basic POST /api/dead-letters/retry '{"nubmer":"+52"}'

# --- a modem that is gone -----------------------------------------------------------------------

sim fault unplug on >"$WORK/out"
unready() { ask nobody GET /health '' && [ "$status" = 503 ]; }
expect_true "no modem is ready" until_true 30 unready
holds health 503 nobody GET /health ''

# --- all of them --------------------------------------------------------------------------------

expect "each operation was asked well and badly" "" "$(
    jq -r '.paths[][].operationId | "\(.) 2", "\(.) 4"' "$API" | sort | comm -23 - <(sort -u "$WORK/held"))"
finish
