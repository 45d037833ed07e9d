#!/bin/bash
# Goal: one user sends by every API of smsspool, through nginx over TLS, and all of it goes out of the
# same modem, once; each API tells of its own messages in its own words, and sees those of the others.
. "$(dirname "$0")/street.bash"

cat >"$WORK/conf" <<'END'
alerts = yes
alerts_number = 5511110009
alerts_user = ana
bcrypt_cost = 4
END
mkdir -p "$STREET"
street_start "$WORK/conf"

smsctl() { "$BIN/smsctl" -c "$STREET/smsspool.conf" -c "$WORK/conf" "$@" 2>>"$WORK/audit"; }
openssl rand -hex 12 >"$WORK/password"
smsctl user add ana <"$WORK/password" >"$WORK/out"
token=$(smsctl token add ana --scopes 'send status alerts')
narrow=$(smsctl token add ana --scopes status)
echo "user = \"ana:$(cat "$WORK/password")\"" >"$WORK/basic"
echo "header = \"Authorization: Bearer $token\"" >"$WORK/bearer"

# ask AS METHOD PATH BODY: "STATUS", the body of the answer into $WORK/answer.
ask() {
    printf '%s' "$4" | curl -sk --max-time 60 -K "$WORK/$1" -X "$2" -H 'Content-Type: application/json' \
        --data-binary @- -o "$WORK/answer" -w '%{http_code}' "$URL$3"
}
look() { # AS PATH
    curl -sk --max-time 60 -K "$WORK/$1" -o "$WORK/answer" -w '%{http_code}' "$URL$2"
}
said() { jq -r "$1" "$WORK/answer"; }
: >"$WORK/nobody"

# --- sent by each -------------------------------------------------------------------------------

expect "POST /" 200 "$(ask basic POST / '{"number":"5511110001","message":"by the first"}')"
first=$(said .message_id)
expect "POST /enviar-sms" 202 "$(jq -cn --arg token "$token" \
    '{token: $token, numero: "5511110002", mensagem: "pela segunda: olá"}' >"$WORK/body"
    ask nobody POST /enviar-sms "$(cat "$WORK/body")")"
expect "in its words" "aceito, SMS recebido e enfileirado para envio." "$(said '"\(.status), \(.mensagem)"')"
second=$(said .id)
expect "POST /api/sms" 202 "$(ask bearer POST /api/sms '{"recipient":"5511110003","content":"by the third"}')"
third=$(said .data.id)
expect "in its words" "true, SMS queued for sending, pending" \
    "$(said '"\(.success), \(.message), \(.data.status)"')"
expect "POST /api/sms/send-bulk" 202 "$(ask bearer POST /api/sms/send-bulk \
    '{"recipients":["5511110004","+525511110005","55 1111 0004"],"content":"to two"}')"
bulk=$(said .data.id)
expect "of two" "2, 1 twice" "$(said '"\(.data.total), \(.data.duplicates) twice"')"
expect "POST /api/v1/alerts" 200 "$(ask bearer POST /api/v1/alerts \
    '[{"labels":{"alertname":"disk"},"annotations":{"summary":"by the alerts"}}]')"

went_out() { [ "$(jq -s 'map(select(.event == "message")) | length' "$STREET/air.jsonl")" = 6 ]; }
expect_true "all of them go out" until_true 60 went_out
expect "each once" '["[FIRING] disk: by the alerts","by the first","by the third","pela segunda: olá","to two","to two"]' \
    "$(jq -sc 'map(select(.event == "message").text) | sort' "$STREET/air.jsonl")"

# --- told by each -------------------------------------------------------------------------------

sent() { look basic "/status?message_id=$1" >/dev/null && [ "$(said .status)" = sent ]; }
expect_true "GET /status of the first" until_true 20 sent "$first"
expect_true "and of the second" until_true 20 sent "$second"
api_status() { look bearer "/api/sms/$1" >/dev/null && [ "$(said .data.status)" = "$2" ]; }
expect_true "GET /api/sms/ID of the third" until_true 20 api_status "$third" sent
expect_true "and of the two" until_true 20 api_status "$bulk" sent
expect "how many" '2 of 2, 0 failed' \
    "$(said '"\(.data.success_count) of \(.data.recipient_count), \(.data.failed_count) failed"')"
expect "its recipients" '200 [["5511110004","sent"],["+525511110005","sent"]]' \
    "$(look bearer "/api/sms/$bulk/recipients") $(said '.data.recipients | map([.phone, .status])' | jq -c .)"
expect "the list has them all" '200 5 ["to two","by the third"]' \
    "$(look bearer /api/sms) $(said .data.total) $(said '.data.messages' |
        jq -c 'map(select(.recipients | index("5511110003") or index("5511110004")).content)')"
expect "in pages" '200 1 5 2' "$(look bearer '/api/sms?page=2&per_page=1') $(said '.data.messages | length') $(
    said '"\(.data.pages) \(.data.current_page)"')"

# --- refused by each ----------------------------------------------------------------------------

expect "no token" '403 Token inválido.' \
    "$(ask nobody POST /enviar-sms '{"numero":"5511110002","mensagem":"x"}') $(said .mensagem)"
expect "a token that may not send" '403 Token inválido.' "$(jq -cn --arg token "$narrow" \
    '{token: $token, numero: "5511110002", mensagem: "x"}' >"$WORK/body"
    ask nobody POST /enviar-sms "$(cat "$WORK/body")") $(said .mensagem)"
expect "GET /enviar-sms" '405 erro' "$(look nobody /enviar-sms) $(said .status)"
expect "too large" '413 erro' "$(ask nobody POST /enviar-sms "$(head -c 70000 /dev/zero | tr '\0' x)") $(said .status)"
expect "nobody" '401 Unauthorized UNAUTHORIZED false' \
    "$(ask nobody POST /api/sms '{"recipient":"5511110003","content":"x"}') $(said '"\(.error) \(.error_code) \(.success)"')"
expect "another's message" '404 NOT_FOUND' \
    "$(cp "$STREET/curl.conf" "$WORK/demo"; look demo "/api/sms/$third") $(said .error_code)"
expect "an address below" '404 false' "$(look bearer "/api/sms/$third/x") $(said .success)"

# --- many ---------------------------------------------------------------------------------------

jq -cn '{recipients: [range(20000) | "55" + (20000000 + . | tostring)], content: "to many",
    not_before: "2999-01-01T00:00:00Z"}' >"$WORK/many"
expect "what is too far ahead" '400 INVALID_NOT_BEFORE_VALUE' \
    "$(curl -sk --max-time 60 -K "$WORK/bearer" -H 'Content-Type: application/json' --data-binary "@$WORK/many" \
        -o "$WORK/answer" -w '%{http_code}' "$URL/api/sms/send-bulk") $(said .error_code)"
jq -c --arg later "$(date -u -d '1 hour' +%FT%TZ)" '.not_before = $later' "$WORK/many" >"$WORK/later"
expect "20,000 recipients in one request" '202 20000' \
    "$(curl -sk --max-time 60 -K "$WORK/bearer" -H 'Content-Type: application/json' --data-binary "@$WORK/later" \
        -o "$WORK/answer" -w '%{http_code}' "$URL/api/sms/send-bulk") $(said .data.total)"
expect "are told of" '200 20000 pending' \
    "$(look bearer "/api/sms/$(said .data.id)") $(said '"\(.data.recipient_count) \(.data.status)"')"
finish
