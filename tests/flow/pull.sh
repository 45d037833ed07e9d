#!/bin/bash
# Goal: what remote APIs hand out goes on the air once, and each is told what became of it, in both
# dialects and over several at once; config.ini of the gateway that went before is enough.
. "$(dirname "$0")/street.bash"
. tests/flow/remote.bash

# --- servers ------------------------------------------------------------------------------------

certificate own
cat >"$WORK/accounts" <<END
user pi p%w & =+"x\\
client ContextBroker
client gateway a client's secret
END
install -m 600 /dev/null "$WORK/password"
install -m 600 /dev/null "$WORK/client_secret"
install -m 600 /dev/null "$WORK/config.ini"
# shellcheck disable=SC1003 # a backslash at its end
printf '%s\n' 'p%w & =+"x\' >"$WORK/password"
echo "a client's secret" >"$WORK/client_secret"

remote real --tls "$WORK/own.pem" "$WORK/own.key" --accounts "$WORK/accounts"
remote documented --dialect documented --base '' --accounts "$WORK/accounts" --keycloak /auth/realms/
remote open
remote old --accounts "$WORK/accounts" --keycloak /auth/realms/

# shellcheck disable=SC2154 # by remote.bash
cat >"$WORK/config.ini" <<END
# As the gateway's own file: comments, keys in any case.
[MODEM]
ModemTimeOutInSec = 30
ModemNr = +40 700-000 001
Country = RO
[SERVICE]
ServiceSMSURL = http://127.0.0.1:${remote_port[old]}/sms
SleepTimeInSec = 1
[KEYCLOAK]
KeycloakURL: http://127.0.0.1:${remote_port[old]}/
keycloakrealm = sr
KeycloakUser = pi
KeycloakPassword = p%%w & =+"x\\
KeycloakClientId = ContextBroker
KeycloakClientSecret =
[LOGGING]
LogLevel = INFO
LogFile = sms_gateway.log
MaxLogFileSize = 10485760
LogBackupCount = 5
END

another_modem stick >"$WORK/stick.conf"
cat - "$WORK/stick.conf" >"$WORK/conf" <<END
admins = demo
region = RO
worker_pause = 100ms
sweep_interval = 1s
retry_first = 1s
max_attempts = 2
long_messages = split

[modem sim]
worker = loopback
air = $WORK/air.jsonl
[modem gone]
device = $WORK/nothing

[route refused]
prefixes = +407999
modems = stick
[route waiting]
prefixes = +407888
modems = gone
[route rest]
modems = sim

[remote real]
url = https://127.0.0.1:${remote_port[real]}/sms
ca_file = $WORK/own.pem
number = +40712345678
country = RO
poll_interval = 500ms
retry_first = 100ms
retry_most = 500ms
issuer = https://127.0.0.1:${remote_port[real]}/realms/sr
grant = client_credentials
client_id = gateway
client_secret_file = $WORK/client_secret
[remote documented]
url = http://127.0.0.1:${remote_port[documented]}
number = +34612345678
country = ES
tenant = blue
poll_interval = 500ms
retry_first = 100ms
retry_most = 500ms
keycloak_url = http://127.0.0.1:${remote_port[documented]}
client_id = ContextBroker
username = pi
password_file = $WORK/password
[remote open]
url = http://127.0.0.1:${remote_port[open]}/sms/
number = 0040 712 345 679
country = RO
tenant = sr
grant = none
label = many
poll_interval = 5s
END
street_start "$WORK/conf"
sim_at stick fault refuse on code=1 number=+40799900001 >/dev/null

settings=(-c etc/smsspool.conf -c "$STREET/smsspool.conf" -c "$WORK/conf")
ctl_conf() { "$BIN/smsctl" "${settings[@]}" "$@"; }
in_spool() { sqlite3 -cmd '.timeout 10000' "$STREET/spool.sqlite" "$1"; }
says() { grep -qF -- "$1" "$STREET/log/pull.log"; }
good() { [ "$(requests "$1" '(.status | . >= 200 and . < 300) and .operation == "'"$2"'"')" -ge 1 ]; }

# --- settings are looked at, and nothing more -----------------------------------------------------

"$BIN/smsspool-pull" "${settings[@]}" -n >"$WORK/out" 2>&1
expect "-n takes the settings" 0 $?
"$BIN/smsspool-pull" -c etc/smsspool.conf -c "$STREET/smsspool.conf" --config "$WORK/config.ini" -n >"$WORK/out" 2>&1
expect "-n takes a config.ini" 0 $?
sed 's/^Country.*//' "$WORK/config.ini" >"$WORK/bad.ini"
chmod 600 "$WORK/bad.ini"
"$BIN/smsspool-pull" -c etc/smsspool.conf -c "$STREET/smsspool.conf" --config "$WORK/bad.ini" -n >"$WORK/out" 2>&1
expect_true "and not one without a country" test $? -ne 0
expect_true "which it names" grep -q 'Country' "$WORK/out"
expect "nobody was asked" 0 "$(cat "$WORK"/{real,documented,open,old}.jsonl | wc -l)"

# --- the server of these tests answers as the real one does (contract 4B) -------------------------------

add open +40711111111 'by hand' country=XX
id=${remote_id[open]}
# Each answer is a pattern.
trouble='500 {"Errors":\["An unexpected error occurred. Please try again later."\]}'
rows=(
    'an unknown provider|GET|provider/nobody|||404 {"Message":"Provider with Name '\''nobody'\'' not found."}'
    'nothing for it|GET|provider/next/tester|||404 {"Message":"No SMS records found with provider '\''tester'\''."}'
    'nothing of a country|GET|provider/next/tester/XY|||404 {"Message":"No SMS records found with country code '\''XY'\''."}'
    'handed out|GET|provider/next/tester/XX|||200 *"PhoneNumber":"+40711111111"*"Tenant":"sr","Status":1,"StatusMessage":"Invalid status."*'
    'once|GET|provider/next/tester/XX|||404 *'
    "without a tenant|GET|sms/$id|||$trouble"
    "of another tenant|GET|sms/$id|NGSILD-Tenant: blue||404 {\"Message\":\"SMS with ID $id not found.\"}"
    "no id|GET|sms/None|NGSILD-Tenant: sr||$trouble"
    "its tenant|GET|SMS/$id|Fiware-Service: sr||200 *\"Status\":1,*"
    "another spelling|PATCH|sms/$id|NGSILD-Tenant: sr|{\"status\":2}|200 *\"Status\":1,*"
    "a name|PATCH|sms/$id|NGSILD-Tenant: sr|{\"Status\":\"Sent\"}|$trouble"
    "no object|PATCH|sms/$id|NGSILD-Tenant: sr|[]|400 \"Patch document must be a JSON object.\""
    "a number|PATCH|sms/$id|NGSILD-Tenant: sr|{\"Status\":2}|200 *\"Status\":2,*"
)
for row in "${rows[@]}"; do
    IFS='|' read -r what method path header body want <<<"$row"
    found=$(curl -s -X "$method" ${header:+-H "$header"} ${body:+--data "$body"} -w '%{http_code}' \
        "http://127.0.0.1:${remote_port[open]}/sms/api/$path")
    found="${found: -3} ${found:0:-3}"
    # shellcheck disable=SC2053 # a pattern
    expect_true "the server: $what" test "$([[ $found == $want ]] && echo yes || echo "$found")" = yes
done

# --- it makes itself known, until it works ----------------------------------------------------------

ill real provider 'status 503' 2
ill real register close 2
ill real next 'status 503'
ill documented token 'status 500' 2
agent pull "${settings[@]}"
expect_true "registered, after failures" until_true 20 good real register
well real
expect "under this name" '{"name":"RaspberryPI-Gateway-40712345678","supportedCountryCodes":["RO"]}' \
    "$(jq -r 'select(.operation == "register" and .status == 201).body' "$WORK/real.jsonl" | head -1 | jq -c .)"
expect_true "so are the others" until_true 20 eval 'says "documented: known as" && says "open: known as"'
expect_true "a token by client credentials, from where the issuer says" test "$(requests real '.operation == "token"
    and .status == 200 and (.fields | contains([["grant_type", "client_credentials"]]))')" -ge 1
expect_true "a token by password, as the gateway asked" test "$(requests documented '.operation == "token"
    and .status == 200 and (.fields | contains([["grant_type", "password"], ["client_id", "ContextBroker"],
    ["username", "pi"], ["password", "p%w & =+\"x\\"], ["scope", "openid profile email"]]))')" -ge 1

# --- messages in both dialects ----------------------------------------------------------------------

add real +40711111111 'buna ziua ăîâ & "=+%'
add documented +34611111111 'buenos días' country=ES tenant=
expect_true "real: sent" until_true 20 has_steps real 'buna ziua ăîâ & "=+%' 'Entrusted Sent'
expect "once on the air" 1 "$(on_air 'buna ziua ăîâ & "=+%')"
expect_true "it was Entrusted by being handed out, and is told in its words" \
    jq -e '.[0].changes | .[0].by == "next" and (.[-1].body | fromjson | .Status == 2 and (.SentAt | test("^20.*Z$")))' \
    <<<"$(at real GET /messages)"
expect "the tenant is named, that of the message" 'sr' "$(jq -r 'select(.operation == "patch" and .status == 200)
    | .headers[] | select(.[0] == "ngsild-tenant")[1]' "$WORK/real.jsonl" | sort -u)"
expect_true "documented: sent" until_true 20 has_steps documented 'buenos días' 'Entrusted Sent'
expect "once on the air" 1 "$(on_air 'buenos días')"
expect_true "in its words, each by the client" \
    jq -e '.[0].changes | map(.by) == ["patch", "patch"] and (.[0].body | fromjson.status == "Entrusted")
        and (.[-1].body | fromjson | .status == "Sent" and (.sentAt | test("^20.*Z$")))' \
    <<<"$(at documented GET /messages)"
expect "with both tenant headers" 'ngsild-tenant blue x-tenant-id blue' "$(jq -r 'select(.operation == "patch")
    | .headers[] | select(.[0] | test("tenant")) | join(" ")' "$WORK/documented.jsonl" | sort -u | xargs)"
expect "no tenant in what was hers alone" '' "$(jq -r 'select(.operation == "next") | .headers[]
    | select(.[0] | test("tenant"))[0]' "$WORK/real.jsonl")"

# --- what cannot be sent ------------------------------------------------------------------------------

body_of() { # NAME TEXT STATUS: of the PATCH that told it
    at "$1" GET /messages | jq -r --arg text "$2" --arg to "$3" \
        'last(.[] | select(.text == $text).changes[] | select(.to == $to)).body'
}
add real +40799900001 'refused'
add real 12 'a bad number'
add documented 12 'a bad number' country=ES
add real +40711111112 ''
add real +40788800001 'nobody is there'
add real +40711111113 'late by its clock' minutes=1 age=600
long=$(printf 'A text of several parts, number %03d. ' $(seq 1 12))
add documented +34611111112 "$long" country=ES
expect_true "a bad number: Failed" until_true 20 last_step real 'a bad number' Failed
expect_true "with the reason" grep -qi 'number' <<<"$(body_of real 'a bad number' Failed)"
expect_true "documented, too" until_true 20 last_step documented 'a bad number' Failed
expect_true "an empty text: Failed" until_true 20 last_step real '' Failed
expect_true "one whose time is over by another clock than ours has a minute" \
    until_true 20 has_steps real 'late by its clock' 'Entrusted Sent'
waits() { [ "$(in_spool "SELECT state FROM job JOIN message ON message.id = message_id WHERE text = 'nobody is there'")" = queued ]; }
expect_true "one without a modem waits" until_true 20 waits
in_spool "UPDATE job SET valid_until_ms = 1 WHERE number = '+40788800001'"
expect_true "when its time is over: Expired" until_true 20 has_steps real 'nobody is there' 'Entrusted Expired'
expect_true "refused by the network: Failed" until_true 40 has_steps real 'refused' 'Entrusted Failed'
expect_true "with the network's reason" grep -q 'CMS' <<<"$(body_of real refused Failed)"
expect_true "a long text is sent" until_true 20 has_steps documented "$long" 'Entrusted Sent'
expect "as a whole" 1 "$(on_air "$long")"
expect "nothing of the rest was on the air" '0 0 0' \
    "$(on_air refused) $(on_air 'a bad number') $(on_air 'nobody is there')"

# --- no pause while there is work ---------------------------------------------------------------------

for n in 1 2 3 4; do
    add open +40711111111 "many $n" count=5
done
all_sent() {
    at "$1" GET /messages | jq -e --arg begin "$2" --argjson count "$3" \
        '[.[] | select(.text | startswith($begin)) | .status == "Sent"] | length == $count and all'
}
expect_true "twenty are sent" until_true 30 all_sent open many 20
spread=$(jq -s 'map(select(.operation == "next" and .status == 200 and (.target | test("Gateway"))).time_ms) | max - min' "$WORK/open.jsonl")
expect_true "fetched in less than a pause ($spread ms)" test "$spread" -lt 5000
expect "each once on the air" '20 20' "$(jq -s -r 'map(select(.event? == "message" and (.text | startswith("many "))).text)
    | "\(length) \(unique | length)"' "$WORK/air.jsonl")"

# --- tokens -------------------------------------------------------------------------------------------

at documented POST /tokens/forget >/dev/null
add documented +34611111113 'with another token' country=ES
expect_true "tokens that are refused are renewed" until_true 20 has_steps documented 'with another token' 'Entrusted Sent'
at documented POST /sessions/forget >/dev/null
add documented +34611111113 'with another session' country=ES
expect_true "and sessions" until_true 20 has_steps documented 'with another session' 'Entrusted Sent'
expect "each once on the air" '1 1' "$(on_air 'with another token') $(on_air 'with another session')"

# --- what it says of itself -----------------------------------------------------------------------------

expect_true "smsctl shows it" until_true 10 eval 'ctl_conf --json status | jq -e ".agents | map(.name) | contains([\"pull:real\", \"pull:documented\", \"pull:open\"])"'
expect_true "so does /metrics" until_true 10 eval 'api GET /metrics | grep -q "agent.*pull:real"'

# --- the file of the gateway before ---------------------------------------------------------------------

add old +40711111117 'the old way'
agent old -c etc/smsspool.conf -c "$STREET/smsspool.conf" --config "$WORK/config.ini"
expect_true "config.ini as it is: sent" until_true 20 has_steps old 'the old way' 'Entrusted Sent'
expect "once on the air" 1 "$(on_air 'the old way')"
expect "the name that the gateway had" RaspberryPI-Gateway-40700000001 \
    "$(jq -r 'select(.operation == "register").body | fromjson.name' "$WORK/old.jsonl" | sort -u)"
expect "its login, to the letter" \
    '[["grant_type","password"],["client_id","ContextBroker"],["username","pi"],["password","p%w & =+\"x\\"],["scope","openid profile email"]]' \
    "$(jq -c 'select(.operation == "token").fields | sort_by(["grant_type", "client_id", "username", "password", "scope"]
        as $order | .[0] as $name | $order | index($name))' "$WORK/old.jsonl" | sort -u)"
expect "after the address without /auth" '/realms/sr/protocol/openid-connect/token' \
    "$(jq -r 'select(.target | test("/token$")).target' "$WORK/old.jsonl" | head -1)"

# --- secrets, and the end ---------------------------------------------------------------------------------

arguments() { tr '\0' ' ' <"/proc/${agent_pid[$1]}/cmdline"; }
expect "no secret among its arguments" 0 "$({ arguments pull && arguments old; } | grep -cE 'p%w|secret$|access\.|refresh\.')"
end_agent old
# shellcheck disable=SC2154 # by remote.bash
expect "SIGTERM ends it in order" 0 "$ended"
expect "logged out, to the letter" '[["client_id","ContextBroker"],["refresh_token",true]] 204' \
    "$(jq -r 'select(.operation == "logout") | "\(.fields | sort | map(if .[0] == "refresh_token"
        then [.[0], (.[1] | startswith("refresh."))] else . end) | tojson) \(.status)"' "$WORK/old.jsonl")"
end_agent pull
expect "all of them" 0 "$ended"
expect_true "are logged out" good documented logout
gone() { ! ctl_conf --json status | jq -e '.agents // [] | length > 0'; }
expect_true "and nobody is shown any more" gone
expect "no secret in logs and spool" '' "$(grep -lrF -e 'p%w' -e 'p%%w' -e "client's secret" -e 'access.' -e 'refresh.' \
    "$STREET/log" "$STREET"/spool.sqlite* || true)"
finish
