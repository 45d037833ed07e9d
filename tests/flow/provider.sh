#!/bin/bash
# Goal: messages leave through an HTTP provider: exactly the form that it wants, each fault of it with
# the state that follows, nothing lost, and nothing twice but what may have gone out. It stands in for
# a modem while that cannot send, and only then.
. "$(dirname "$0")/street.bash"

# --- providers ----------------------------------------------------------------------------------

# mock NAME [OPTION…]: its requests go to $WORK/NAME.jsonl; its port is in $WORK/NAME.port.
mock() {
    child "$BIN/mockprovider" --port-file "$WORK/$1.port" --log "$WORK/$1.jsonl" "${@:2}"
    until_true 10 test -s "$WORK/$1.port"
}
port_of() { cat "$WORK/$1.port"; }

certificate() { # NAME: one of its own, for 127.0.0.1
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj /CN=mock -addext 'subjectAltName=IP:127.0.0.1' \
        -keyout "$WORK/$1.key" -out "$WORK/$1.pem" 2>/dev/null
}
certificate good
certificate other
mock plain
# shellcheck disable=SC2154 # by street.bash
plain_pid=${children[-1]}
mock secure --tls "$WORK/good.pem" "$WORK/good.key"
mock stranger --tls "$WORK/other.pem" "$WORK/other.key"
install -m 600 /dev/null "$WORK/secret"
echo 'a very=secret&token' >"$WORK/secret"

another_modem stick >"$WORK/stick.conf"
cat - "$WORK/stick.conf" >"$WORK/conf" <<END
worker_pause = 100ms
worker_pause_most = 1s
retry_first = 1s
network_first = 1s
network_most = 2s
probe_first = 100ms
probe_most = 500ms
aside_after = 1000
sweep_interval = 1s
max_attempts = 3
long_messages = split

[provider hkt]
url = http://127.0.0.1:$(port_of plain)/gateway/gateway.jsp
account = LabourDept
sender = 852520702793127
timeout = 4s
in_flight = 3
answer_limit = 1k
retry_pattern = try again
refuse_pattern = ^ERR
[provider tls]
url = https://127.0.0.1:$(port_of secure)/gateway/gateway.jsp
ca_file = $WORK/good.pem
form = key={secret}&mrt={number}&msg_utf8={text}
headers = Authorization: Bearer {secret} | X-Sender: {sender}
sender = me
secret_file = $WORK/secret
number_form = national
country_code = 52
in_flight = 1
[provider few]
url = http://localhost:$(port_of plain)/gateway/gateway.jsp
in_flight = 3
per_minute = 4
[provider bad]
url = https://127.0.0.1:$(port_of stranger)/gateway/gateway.jsp
ca_file = $WORK/good.pem
in_flight = 1
END
cat >>"$WORK/conf" <<END
[route faults]
labels = hkt
modems = hkt
[route secure]
labels = tls
modems = tls
[route few]
labels = few
modems = few
[route stranger]
labels = bad
modems = bad
[route abroad]
prefixes = +1
modems = stick
fallback = hkt
[route rest]
modems = sim
END
street_start "$WORK/conf"

requests() { # NAME TEXT: how often this text was posted there
    jq -s --arg text "$2" 'map(select(any(.fields[]; . == ["msg_utf8", $text]))) | length' \
        "$WORK/$1.jsonl"
}
taken() { # NAME TEXT: and how often it was taken
    jq -s --arg text "$2" 'map(select(.accepted and any(.fields[]; . == ["msg_utf8", $text]))) | length' \
        "$WORK/$1.jsonl"
}
last() { jq -s -c "map(select(.method == \"POST\"))[-1]$2" "$WORK/$1.jsonl"; }
is() { # ID STATE: failed/CODE where it has an error
    [ "$(field "$1" '[.status, .error.error_code // .error_code // empty] | join("/")')" = "$2" ]
}
has_error() { field "$1" . | grep -qF -- "$2"; }
log_has() { grep -qF -- "$1" "$STREET/log/smsspoold.log"; }
modem_is() { # NAME STATE
    ctl_conf --json status | jq -e --arg name "$1" --arg state "$2" \
        'any(.modems[]; .name == $name and .state == $state)'
}
ctl_conf() { "$BIN/smsctl" -c "$STREET/smsspool.conf" -c "$WORK/conf" "$@"; }
by_hkt() { post "${2:-5511112222}" "$1" '"label":"hkt"'; }

# --- the form -----------------------------------------------------------------------------------

id=$(by_hkt 'ñ & = + % "x" 你好')
expect_true "a message leaves through a provider" until_true 10 is "$id" sent
expect "with exactly these fields" \
    '[["application","LabourDept"],["mrt","525511112222"],["sender","852520702793127"],["msg_utf8","ñ & = + % \"x\" 你好"]]' \
    "$(last plain .fields)"
expect "as a form" '["content-type","application/x-www-form-urlencoded"]' \
    "$(last plain '.headers[] | select(.[0] == "content-type")')"
expect "to its path" '"/gateway/gateway.jsp"' "$(last plain .target)"

long=$(printf 'A text of several parts, number %03d. ' $(seq 1 12))
id=$(post 5511112222 "$long" '"label":"hkt","long":"split"')
expect_true "a text of several parts leaves" until_true 10 is "$id" sent
expect "in one request, as a whole" 1 "$(taken plain "$long")"
expect "its parts are all done" 1 "$(sqlite3 "$STREET/spool.sqlite" \
    "SELECT count(*) FROM job WHERE message_id = '$id' AND parts_done > 1 AND state = 'sent'")"
expect "the raw answer is kept" '200 OK' "$(sqlite3 "$STREET/spool.sqlite" \
    "SELECT reason FROM attempt JOIN job ON job.id = job_id WHERE message_id = '$id'")"

id=$(post 5511112222 'over TLS' '"label":"tls"')
expect_true "TLS with a trusted certificate" until_true 10 is "$id" sent
expect "the secret, encoded, and the national number" \
    '[["key","a very=secret&token"],["mrt","5511112222"],["msg_utf8","over TLS"]]' "$(last secure .fields)"
expect "its headers" '[["authorization","Bearer a very=secret&token"],["x-sender","me"]]' \
    "$(last secure '.headers | map(select(.[0] == "authorization" or .[0] == "x-sender"))')"
id=$(post +34612345678 'a foreign number' '"label":"tls"')
expect_true "a number without a national form is refused" until_true 10 is "$id" failed/SEND_FAILED
expect "the secret is nowhere in logs and spool" "" "$(
    grep -rlF 'very=secret' "$STREET/log" "$STREET"/spool.sqlite* || true)"
expect "nor in what is shown" "" "$(ctl_conf config show | grep -F 'very=secret' || true)"

stranger=$(post 5511112222 'to a stranger' '"label":"bad"')

# --- faults: what is asked of the mock, the state, and how often it was asked and took it -----------

faults=(
    'contract: an error in the text|an Error|failed/SEND_FAILED|1 0'
    '404|[[status 404]]|failed/SEND_FAILED|1 0'
    '500, then taken|[[status 500]]|sent|2 1'
    '500 for ever|[[always status 500]]|failed/SEND_FAILED|3 0'
    '408|[[status 408]]|sent|2 1'
    '429|[[status 429 3]]|sent|2 1'
    'slow|[[slow 1200]]|sent|1 1'
    'no answer|[[hang]]|sent|2 1'
    'no answer for ever|[[always hang]]|failed/MODEM_TIMEOUT|2 0'
    'reset|[[reset]]|sent|2 1'
    'closed without an answer|[[close]]|sent|2 1'
    'closed in the middle for ever|[[always half]]|failed/MODEM_TIMEOUT|2 2'
    'more than is read|[[flood]]|sent|1 1'
    'a body that says later|[[body please try again]]|sent|2 2'
    'a body that says no|[[always body ERR 7 no credit]]|failed/SEND_FAILED|1 1'
    'redirected, posted again|[[redirect 307 /gateway/gateway.jsp?again]]|sent|2 1'
    'redirected to a page|[[redirect 303 /done]]|sent|1 0'
    'redirected to another host, posted again|[[always redirect 308 http://127.0.0.2:1/x]]|failed/SEND_FAILED|3 0'
    'redirected to a page of another host|[[always redirect 302 http://127.0.0.2:1/x]]|failed/MODEM_TIMEOUT|2 0'
    'redirected for ever|[[always redirect 307 /gateway/gateway.jsp]]|failed/SEND_FAILED|18 0'
)
declare -A fault_id
for row in "${faults[@]}"; do
    IFS='|' read -r name text state _ <<<"$row"
    fault_id[$name]=$(by_hkt "$text")
done
for row in "${faults[@]}"; do
    IFS='|' read -r name text state times <<<"$row"
    expect_true "$name: $state" until_true 40 is "${fault_id[$name]}" "$state"
    expect "$name: asked, taken" "$times" "$(requests plain "$text") $(taken plain "$text")"
done
expect_true "a text says what was answered" has_error "${fault_id[a body that says no]}" 'ERR 7 no credit'
waited=$(jq -s 'map(select(any(.fields[]; . == ["msg_utf8", "[[status 429 3]]"])).time_ms) | .[1] - .[0]' \
    "$WORK/plain.jsonl")
expect_true "429: not before what it asked for ($waited ms)" test "$waited" -ge 3000

# --- a provider that cannot be reached --------------------------------------------------------------

expect "a certificate that nobody vouches for: nothing was told" "" "$(cat "$WORK/stranger.jsonl")"
expect_true "the message waits, without an attempt" is "$stranger" queued
expect_true "the provider waits, too" modem_is bad waiting

kill "$plain_pid"
wait "$plain_pid" 2>/dev/null
ids=()
for n in 1 2 3 4 5 6; do
    ids+=("$(by_hkt "while it is down $n")")
done
expect_true "a provider that is down is waited for" until_true 20 modem_is hkt waiting
expect "no message has failed" 6 \
    "$(for id in "${ids[@]}"; do field "$id" .status; done | grep -c queued)"
child "$BIN/mockprovider" --port "$(port_of plain)" --log "$WORK/plain.jsonl"
all_sent() { for id in "${ids[@]}"; do is "$id" sent || return 1; done; }
expect_true "when it is back all go out" until_true 30 all_sent
expect "each once" '1 1 1 1 1 1' "$(for n in 1 2 3 4 5 6; do taken plain "while it is down $n"; done | xargs)"

# --- several at once ----------------------------------------------------------------------------

slow=()
for n in 1 2 3; do
    slow+=("$(by_hkt "[[slow 3000]] $n")")
done
ids=("${slow[@]}")
expect_true "slow ones are sent" until_true 20 all_sent
spread=$(jq -s 'map(select(any(.fields[]; .[0] == "msg_utf8" and (.[1] | startswith("[[slow 3000]]")))).time_ms)
    | max - min' "$WORK/plain.jsonl")
expect_true "all three at once ($spread ms apart)" test "$spread" -lt 2900

# --- a worker that dies, and limits -----------------------------------------------------------------

id=$(by_hkt '[[hang]] and its worker is killed')
asked() { [ "$(requests plain '[[hang]] and its worker is killed')" -ge "$1" ]; }
expect_true "a request is under way" until_true 10 asked 1
for pid in $(processes_of smsspool-provider); do
    kill -KILL "$pid"
done
expect_true "all workers are killed: it is sent once more" until_true 20 is "$id" sent
expect "and said to be a possible double" '1 2' "$(field "$id" .meta.unknown_attempts) $(
    requests plain '[[hang]] and its worker is killed')"

few=()
for n in 1 2 3 4 5 6; do
    few+=("$(post 5511112222 "few $n" '"label":"few"')")
done
expect_true "a provider at its limit says so" until_true 10 modem_is few limited
taken_few() { for n in 1 2 3 4 5 6; do taken plain "few $n"; done | grep -c 1; }
four() { [ "$(taken_few)" -ge 4 ]; }
expect_true "up to it they leave" until_true 10 four
expect "all its workers share one limit" 4 "$(taken_few)"
expect "the rest waits" 2 "$(for id in "${few[@]}"; do field "$id" .status; done | grep -c queued)"

# --- connections that are not trusted, asked by hand ------------------------------------------------

# answer_of URL CA_FILE [FAULT]: what the worker says of one send.
answer_of() {
    jq -cn --arg url "$1" --arg ca "$2" '
        {id: 1, op: "open", settings: {url: $url, ca_file: $ca}},
        {id: 2, op: "send", number: "+525511112222", text: "by hand", encoding: "gsm7", whole: true}' |
        "$BIN/smsspool-provider" 3>&- | jq -r 'select(.re == 2) | .ok + " " + (.class // "")'
}
gateway=/gateway/gateway.jsp
expect "TLS, trusted" "accepted " "$(answer_of "https://127.0.0.1:$(port_of secure)$gateway" "$WORK/good.pem")"
expect "the certificate is of another name" "refused network" \
    "$(answer_of "https://localhost:$(port_of secure)$gateway" "$WORK/good.pem")"
expect "nobody of this machine vouches for it" "refused network" \
    "$(answer_of "https://127.0.0.1:$(port_of secure)$gateway" '')"
expect "the file of certificates is missing" "refused network" \
    "$(answer_of "https://127.0.0.1:$(port_of secure)$gateway" "$WORK/none.pem")"
expect "no TLS where it is wanted" "refused network" \
    "$(answer_of "https://127.0.0.1:$(port_of plain)$gateway" "$WORK/good.pem")"
expect "a name that is none" "refused network" "$(answer_of https://no.such.invalid/ "$WORK/good.pem")"
expect "one of these was taken" '1 0' "$(taken secure 'by hand') $(requests plain 'by hand')"

# --- standing in for a modem ------------------------------------------------------------------------

on_air() {
    jq -s --arg text "$1" 'map(select(.event == "message" and .text == $text)) | length' "$WORK/stick.jsonl"
}
expect_true "the modem is ready" until_true 30 modem_is stick ready
id=$(post +14155552671 'by the modem')
expect_true "a message takes the modem of its route" until_true 20 is "$id" sent
expect "and not the provider" '1 0' "$(on_air 'by the modem') $(requests plain 'by the modem')"
sim_at stick fault unplug on >/dev/null
id=$(post +14155552671 'by the provider')
expect_true "while it is unplugged the provider stands in" until_true 40 is "$id" sent
expect "with this message" '0 1' "$(on_air 'by the provider') $(taken plain 'by the provider')"
sim_at stick fault unplug off >/dev/null
expect_true "the modem comes back" until_true 40 modem_is stick ready
id=$(post +14155552671 'by the modem again')
expect_true "a message takes it again" until_true 20 is "$id" sent
expect "and nobody stands in" '1 0' "$(on_air 'by the modem again') $(requests plain 'by the modem again')"
finish
