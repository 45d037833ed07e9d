#!/bin/bash
# Goal: whatever the remote API does wrong, and whenever the agent is killed meanwhile: each message is
# on the air exactly once, and the last that the API was told of it is right.
. "$(dirname "$0")/street.bash"
. tests/flow/remote.bash

certificate own
certificate other
cat >"$WORK/accounts" <<END
user pi open sesame
client ContextBroker
END
install -m 600 /dev/null "$WORK/password"
echo 'open sesame' >"$WORK/password"
remotes=(real documented)
for name in "${remotes[@]}"; do
    remote $name --dialect $name --tls "$WORK/own.pem" "$WORK/own.key" \
        --other-tls "$WORK/other.pem" "$WORK/other.key" --accounts "$WORK/accounts" --lifetime 3
done
another_modem stick --send-time 1000 >"$WORK/stick.conf"

{
    cat <<END
worker_pause = 100ms
region = RO
sweep_interval = 1s
[modem sim]
worker = loopback
air = $WORK/air.jsonl
END
    cat "$WORK/stick.conf"
    cat <<END
[route slow]
prefixes = +407999
modems = stick
[route rest]
modems = sim
END
    for name in "${remotes[@]}"; do
        # shellcheck disable=SC2154 # by remote.bash
        cat <<END
[remote $name]
url = https://127.0.0.1:${remote_port[$name]}/sms
ca_file = $WORK/own.pem
number = +40712345678
country = RO
poll_interval = 200ms
retry_first = 100ms
retry_most = 400ms
connect_timeout = 1s
timeout = 1s
answer_limit = 64k
in_hand_most = 1000
keycloak_url = https://127.0.0.1:${remote_port[$name]}
client_id = ContextBroker
username = pi
password_file = $WORK/password
END
    done
} >"$WORK/conf"
street_start "$WORK/conf"

kills=0
start() { agent pull -c etc/smsspool.conf -c "$STREET/smsspool.conf" -c "$WORK/conf"; }
strike() {
    kill_agent pull
    kills=$((kills + 1))
    start
}
each() { # COMMAND…: with the name of each server as its first argument
    local name
    for name in "${remotes[@]}"; do
        "$1" "$name" "${@:2}"
    done
}
texts=()
# good TEXT [NUMBER]: a message to send at each server; bad TEXT: one that cannot be.
good() {
    local name
    for name in "${remotes[@]}"; do
        add "$name" "${2:-+40711111111}" "$name: $1"
    done
    texts+=("$1")
}
bad() {
    local name
    for name in "${remotes[@]}"; do
        add "$name" 12 "bad, $name: $1"
    done
}
all_asked() { # JQ
    local name
    for name in "${remotes[@]}"; do
        asked "$name" "$1" || return 1
    done
}
all_last() { # TEXT STATUS
    local name
    for name in "${remotes[@]}"; do
        last_step "$name" "$name: $1" "$2" || return 1
    done
}

start
good 'nothing is wrong'
expect_true "while nothing is wrong it is sent" until_true 20 all_last 'nothing is wrong' Sent

# --- the worst moments --------------------------------------------------------------------------------

# A request with this fault has come to each server; the agent is killed, and another finds all well.
killed_at() { # WHAT
    expect_true "killed $1" until_true 20 all_asked '.fault != "none"'
    kill_agent pull
    kills=$((kills + 1))
    each well
    start
}

each mark
each ill next held
good 'handed out, and never heard of'
killed_at 'before it had the message'
each at POST /leases/forget >/dev/null
expect_true "it is handed out again, and sent" until_true 20 all_last 'handed out, and never heard of' Sent

each mark
each ill patch hang
good 'in the spool, and Entrusted to nobody'
killed_at 'between submit and Entrusted'
expect_true "it is told without being handed out again" until_true 20 all_last 'in the spool, and Entrusted to nobody' Sent

each mark
each ill patch held
good 'Entrusted, and not answered'
killed_at 'when Entrusted was stored and not answered'
expect_true "it is told once more" until_true 20 all_last 'Entrusted, and not answered' Sent

for ill in hang held; do
    each mark
    good "on the air, and then $ill" +40799911111
    expect_true "a slow one is Entrusted" until_true 20 all_asked '.operation == "patch" and .status == 200'
    each mark
    each ill patch "$ill"
    killed_at "telling of the end ($ill)"
    expect_true "the end is told" until_true 20 all_last "on the air, and then $ill" Sent
done

each mark
each at POST /sessions/forget >/dev/null
each ill token hang
good 'without a token'
killed_at 'at a login'
expect_true "the next logs in" until_true 20 all_last 'without a token' Sent

# --- what is told, and not taken ------------------------------------------------------------------------

# A while that nobody knows.
moment() { read -r -t "0.$((RANDOM % 4))" <>"$WORK/never" || true; }
mkfifo "$WORK/never"
# Nothing is handed out again here: what the server was told wrongly it would keep.
untaken=(
    'slow 300' hang held 'status 404' 'status 500' 'status 401' 'status 429 1' 'status 502' reset close half lost flood
    'body <html><body>Welcome to the hotel</body></html>' 'body {"Id":"6b01d7815a5a5a5a5a000001","Status":2,"Phon'
)
was_told_in_vain() {
    local name
    for name in "${remotes[@]}"; do
        # shellcheck disable=SC2154 # by remote.bash
        asked "$name" '.fault != "none" and (.target | endswith("'"${remote_id[$name]}"'"))' "$1" || return 1
    done
}
for words in "${untaken[@]}"; do
    each ill patch "$words"
    good "told: $words"
    expect_true "told, but: ${words:0:20}" until_true 20 was_told_in_vain 1
    moment
    strike
    expect_true "told again" until_true 20 was_told_in_vain 2
    each well
    expect_true "and understood" until_true 20 all_last "told: $words" Sent
done
# --- each fault, and kills at random --------------------------------------------------------------------

faults=(
    'slow|api|slow 300'
    'no answer|any|hang'
    'no answer, but it was done|api|held'
    '500|any|status 500'
    '404|any|status 404'
    '401|api|status 401'
    '403|api|status 403'
    '429|any|status 429 1'
    '503 of a proxy|any|status 503'
    'reset|any|reset'
    'closed|any|close'
    'closed in the middle|any|half'
    'closed, but it was done|any|lost'
    '100 MB|any|flood'
    'a page|any|body <html><body>Welcome to the hotel</body></html>'
    'half of a JSON|any|body {"Id":"6b01d7815a5a5a5a5a000001","Status":2,"PhoneNu'
    'another JSON|any|body [{"Id":17.5,"Status":{"Status":2}},null,"Sent"]'
    'handed out twice|next|twice'
)
switches=(
    'down|down|up'
    'a certificate that nobody vouches for|certificate/other|certificate/own'
    'leases forgotten|leases/forget|leases/forget'
    'tokens forgotten|tokens/forget|tokens/forget'
    'providers forgotten|providers/forget|providers/forget'
)
log_grows() { [ "$(wc -l <"$STREET/log/pull.log")" -gt "$1" ]; }

for row in "${faults[@]}"; do
    IFS='|' read -r what kind words <<<"$row"
    each mark
    each ill "$kind" "$words"
    good "$what"
    bad "$what"
    expect_true "$what: met" until_true 20 all_asked '.fault != "none"'
    moment
    strike
    moment
    strike
    each well
done
for row in "${switches[@]}"; do
    IFS='|' read -r what on off <<<"$row"
    lines=$(wc -l <"$STREET/log/pull.log")
    each at POST "/$on" >/dev/null
    good "$what"
    bad "$what"
    expect_true "$what: noticed" until_true 20 log_grows "$lines"
    moment
    strike
    moment
    each at POST "/$off" >/dev/null
done

# --- what is left when all is well ------------------------------------------------------------------------

# states NAME: of its messages, of those that are good, then of the others.
states() {
    at "$1" GET /messages | jq -r 'group_by(.text | startswith("bad"))[] | map(.status) | unique | join(" ")' | paste -sd ,
}
all_over() {
    local name
    for name in "${remotes[@]}"; do
        [ "$(states "$name")" = Sent,Failed ] || return 1
    done
}
# What was handed out and never heard of: the server's patience ends, again and again.
for attempt in {1..10}; do
    : "$attempt"
    until_true 3 all_over && break
    each at POST /leases/forget >/dev/null
done
for name in "${remotes[@]}"; do
    expect "$name: all was told as it is" Sent,Failed "$(states "$name")"
done
expect "each was on the air once ($kills kills)" "$((2 * ${#texts[@]})) $((2 * ${#texts[@]}))" \
    "$(jq -s -r 'map(select(.event? == "message").text) | "\(length) \(unique | length)"' "$WORK/air.jsonl" "$WORK/stick.jsonl")"
expect "and none of the others" 0 "$(jq -s 'map(select(.event? == "message" and (.text | startswith("bad")))) | length' \
    "$WORK/air.jsonl" "$WORK/stick.jsonl")"
end_agent pull
# shellcheck disable=SC2154 # by remote.bash
expect "SIGTERM ends it in order" 0 "$ended"
expect "no secret in logs and spool" '' "$(grep -lrF -e 'open sesame' -e 'access.' -e 'refresh.' \
    "$STREET/log" "$STREET"/spool.sqlite* || true)"
finish
