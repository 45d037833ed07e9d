#!/bin/bash
# Goal: a sender is told what becomes of a message, signed, at least once and in the end right, whatever
# the receivers and the program itself go through; no receiver and no user holds up another; nobody is told at an
# address that is not public unless it is allowed; what was given up can be told again.
. "$(dirname "$0")/street.bash"

printf '%s\n' "$(openssl rand -hex 32)" | install -m 600 /dev/stdin "$WORK/secret"
cat >"$WORK/conf" <<END
long_messages = split
webhooks = yes
webhook_http = yes
webhook_key_file = $WORK/secret
webhook_networks = 127.0.0.0/8
webhook_interval = 100ms
webhook_timeout = 2s
webhook_first = 200ms
webhook_most = 1s
webhook_pause_most = 500ms
webhook_attempts = 8
webhook_threads = 3
admins = demo
reply_timeout = 60s
scan_interval = 1s
[modem air]
worker = loopback
air = $WORK/loopback.jsonl
[route fast]
labels = fast
modems = air
[route rest]
modems = sim
END
echo 'webhook_networks =' >"$WORK/nowhere"
street_start "$WORK/conf"
ctl_conf() { "$BIN/smsctl" -c "$STREET/smsspool.conf" -c "$WORK/conf" "$@"; }
ctl_conf webhook key demo >"$WORK/key" 2>/dev/null
expect "the key of a user" 1 "$(grep -cE '^[0-9a-f]{64}$' "$WORK/key")"
expect "is of that user only" 1 "$([ "$(ctl_conf webhook key eve 2>/dev/null)" = "$(cat "$WORK/key")" ] || echo 1)"

# --- receivers and the program ------------------------------------------------------------------

receiver() { # NAME [KEY_FILE]: its requests go to $WORK/NAME.jsonl
    child python3 tests/flow/receiver.py "$WORK/$1.port" "$WORK/$1.jsonl" "${2:-$WORK/key}"
    until_true 20 test -s "$WORK/$1.port"
    touch "$WORK/$1.jsonl"
}
receiver one
receiver other
receiver third
at() { echo "http://127.0.0.1:$(cat "$WORK/$1.port")/$2"; }

webhook_pid=
webhook_start() { # [SETTINGS_FILE]
    CHILD_LOG=$WORK/webhook.log child "$BIN/smsspool-webhook" -c "$STREET/smsspool.conf" -c "$WORK/conf" \
        ${1:+-c "$1"}
    # shellcheck disable=SC2154 # by street.bash
    webhook_pid=${children[-1]}
}
webhook_kill() {
    kill -"$1" "$webhook_pid"
    wait "$webhook_pid" 2>/dev/null
}

tell() { # CALLBACK TEXT [MORE_JSON]: posts one for the loopback worker
    post 5512345678 "$2" "\"label\":\"fast\",\"callback\":\"$1\"${3:+,$3}"
}
of() { # RECEIVER ID JQ: of the requests about this message, in their order
    jq -cs --arg id "$2" "map(select(.body.message_id == \$id)) | $3" "$WORK/$1.jsonl"
}
is() { [ "$(of "$1" "$2" "$3")" = "$4" ]; }
events() { of "$1" "$2" '[.[] | select(.answer == 200) | .body.event]'; }
told() { # RECEIVER ID EVENTS: taken so often, in this order
    [ "$(events "$1" "$2")" = "$3" ]
}
row_of() { # ID JQ
    ctl_conf --json webhook list --limit 1000 | jq -cs --arg id "$1" "map(select(.message == \$id))[0] | $2"
}
row_is() { [ "$(row_of "$1" "$2")" = "$3" ]; }

# --- what is refused ----------------------------------------------------------------------------

refused() { # CALLBACK
    jq -cn --arg callback "$1" '{number: "5512345678", message: "x", callback: $callback}' |
        api POST / -H 'Content-Type: application/json' --data-binary @- -w ' %{http_code}' |
        jq -cr '.error_code? // .' | xargs
}
for callback in ftp://a.example/ //a.example/ http:///x http://user@a.example/ 'http://a.example/ b' ''; do
    expect "\"$callback\" is refused" "INVALID_CALLBACK_VALUE 400" "$(refused "$callback")"
done

# --- addresses that are not public --------------------------------------------------------------

webhook_start "$WORK/nowhere"
private=$(tell "$(at one ok)" private)
named=$(tell "http://localhost:$(cat "$WORK/one.port")/ok" 'by its name')
expect_true "an address of this machine is not told" until_true 20 row_is "$private" '.failures > 1' true
expect_true "nor by its name" until_true 20 row_is "$named" '.failures > 1' true
expect "nothing came" 0 "$(wc -l <"$WORK/one.jsonl")"
expect "but the message left" sent "$(field "$private" .status)"
webhook_kill TERM
expect "it leaves in order" null "$(ctl_conf --json status | jq -c '.agents[]? | select(.name == "webhook")' |
    grep . || echo null)"
webhook_start
expect_true "where it is allowed, it is told" until_true 20 told one "$private" '["sent"]'
expect_true "and by its name" until_true 20 told one "$named" '["sent"]'
expect "it is told of as working" '["webhook","working"]' "$(ctl_conf --json status | jq -c '.agents[] | [.name, .state]')"

# --- what is told -------------------------------------------------------------------------------

id=$(tell "$(at one ok)?token=a%20b" 'of one part')
expect_true "that it was sent" until_true 20 told one "$id" '["sent"]'
expect "signed" '[true,"application/json"]' "$(of one "$id" '.[0] | [.signed, .type]')"
expect "at its address" '["/ok?token=a%20b"]' "$(of one "$id" 'map(.path)')"
expect "with its number, label and state" \
    '["+525512345678","fast","sent","none",true,null,null]' \
    "$(of one "$id" '.[0].body | [.number, .label, .status, .delivery, .final, .error_code, .reply]')"
expect_true "it is done" until_true 10 row_is "$id" '[.progress, .told]' '["done","sent"]'

sim json '{"cmd":"rule","reply":"yes, {text}","after_ms":500}' >"$WORK/out"
replied=$(post 5512345678 'and a reply' "\"reply\":true,\"callback\":\"$(at one ok)\"")
expect_true "that it was sent, then the reply" until_true 60 told one "$replied" '["sent","replied"]'
expect "with its text" '"yes, and a reply"' "$(of one "$replied" '.[1].body.reply.text')"
expect "events have different ids" 2 "$(of one "$replied" 'map(.body.id) | unique | length')"

later=$(tell "$(at one ok)" 'taken back' "\"not_before\":$(($(date +%s) + 3600))")
ctl message cancel "$later" >/dev/null 2>&1
expect_true "that it was canceled" until_true 20 told one "$later" '["canceled"]'
expect "as /status says it" '["failed","CANCELED"]' "$(of one "$later" '.[0].body | [.status, .error_code]')"

# --- receivers that do not do what they should ---------------------------------------------------

failing=$(tell "$(at one fail/3)" 'fails three times')
redirected=$(tell "$(at one redirect)" 'sends it elsewhere')
gone=$(tell "$(at one gone)" 'is gone')
busy=$(tell "$(at third busy/2)" 'wants a pause')
hanging=$(tell "$(at other hang/2)" 'hangs twice')
expect_true "one hangs" until_true 20 is other "$hanging" 'length > 0' true
quick=$(tell "$(at one ok)" 'meanwhile')
expect_true "another is told meanwhile" until_true 20 told one "$quick" '["sent"]'
expect_true "who fails three times is told the fourth time" until_true 30 told one "$failing" '["sent"]'
expect "always of the same event" '[[500,500,500,200],1]' \
    "$(of one "$failing" '[map(.answer), (map(.body.id) | unique | length)]')"
expect_true "who hangs twice is told the third time" until_true 30 told other "$hanging" '["sent"]'
expect_true "who is gone is given up at once" until_true 20 row_is "$gone" '[.progress, .failures, .code]' \
    '["given_up",1,410]'
expect_true "who redirects is given up in the end" until_true 40 row_is "$redirected" \
    '[.progress, .failures, .code]' '["given_up",8,307]'
expect "and not followed" '[]' "$(of one "$redirected" 'map(select(.path == "/ok"))')"
expect_true "who wants a pause is told behind it" until_true 20 told third "$busy" '["sent"]'
expect "not earlier" true "$(of third "$busy" '.[1].time_ms - .[0].time_ms >= 2000')"

# --- another user, whose receivers take their time ------------------------------------------------

ctl_conf webhook key eve >"$WORK/eve.key" 2>/dev/null
eve_password=$(openssl rand -hex 12)
htpasswd -iB -C 4 "$STREET/htpasswd" eve <<<"$eve_password" 2>/dev/null
post_of_eve() { # CALLBACK TEXT
    jq -cn --arg callback "$1" --arg text "$2" \
        '{number: "5512345678", message: $text, label: "fast", callback: $callback}' |
        curl -K <(grep -v '^user' "$STREET/curl.conf"; echo "user = \"eve:$eve_password\"") --max-time 30 \
            -H 'Content-Type: application/json' --data-binary @- "$URL/" >/dev/null
}
slow=(slow1 slow2 slow3 slow4) # more than there are threads
for name in "${slow[@]}"; do
    receiver "$name" "$WORK/eve.key"
done
for n in $(seq 1 8); do
    for name in "${slow[@]}"; do
        post_of_eve "$(at "$name" slow/1500)" "$n to $name"
    done
done
of_slow() { cat "$WORK"/slow?.jsonl; }
slow_begun() { [ "$(of_slow | wc -l)" -ge 4 ]; }
expect_true "receivers take their time" until_true 30 slow_begun
quick_ids=()
for n in $(seq 1 10); do
    quick_ids+=("$(tell "$(at one ok)" "quick $n")")
done
quick_told() {
    local id
    for id in "${quick_ids[@]}"; do
        told one "$id" '["sent"]' || return 1
    done
}
expect_true "those of another user are told" until_true 40 quick_told
expect "while most that are slow wait" true "$(of_slow | jq -s 'length < 24')"
expect "signed with the key of their user" 0 "$(of_slow | jq -c 'select(.signed | not)' | wc -l)"
slow_told() { [ "$(of_slow | jq -r 'select(.answer == 200) | .body.message_id' | sort -u | wc -l)" = 32 ]; }

# --- what an administrator does --------------------------------------------------------------------

echo 500 >"$WORK/answer"
unlucky=$(tell "$(at third file/answer)" 'until somebody mends it')
expect_true "what always fails is given up" until_true 60 row_is "$unlucky" .progress '"given_up"'
echo 200 >"$WORK/answer"
expect "the given up are listed" 3 "$(ctl_conf --json webhook list --state given_up | wc -l)"
job=$(row_of "$unlucky" .job | tr -d '"')
expect_true "one is told again" ctl_conf webhook replay "$job"
expect_true "and is known now" until_true 20 told third "$unlucky" '["sent"]'
expect "with the same id" 1 "$(of third "$unlucky" 'map(.body.id) | unique | length')"
expect "all others are told again" 'told again 2' "$(ctl_conf webhook replay-all 2>/dev/null)"
expect "an unknown job is none" 1 "$(ctl_conf webhook replay 00000000-0000-7000-8000-000000000000 2>/dev/null; echo $?)"

# --- killed while it tells ---------------------------------------------------------------------------

webhook_kill KILL
ids=()
for n in $(seq 1 30); do
    case $((n % 3)) in
    0) ids+=("$(tell "$(at one slow/400)" "slow $n")") ;;
    1) ids+=("$(tell "$(at other fail/1)" "failing $n")") ;;
    2) ids+=("$(tell "$(at third slow/400)" "slower $n")") ;;
    esac
done
more_than() { [ "$(cat "$WORK"/{one,other,third}.jsonl | wc -l)" -gt "$1" ]; }
webhook_start
for kill in 1 2 3 4; do
    lines=$(cat "$WORK"/{one,other,third}.jsonl | wc -l)
    expect_true "it tells ($kill)" until_true 30 more_than $((lines + 3))
    webhook_kill KILL
    webhook_start
done
printf '%s\n' "${ids[@]}" | sort >"$WORK/ids"
missing() {
    jq -r 'select(.answer == 200 and .body.event == "sent" and .signed) | .body.message_id' \
        "$WORK"/{one,other,third}.jsonl | sort -u | comm -23 "$WORK/ids" -
}
all_told() { [ -z "$(missing)" ]; }
expect_true "killed four times, each was told" until_true 60 all_told
open() { ctl_conf --json webhook list --state open | wc -l; }
none_open() { [ "$(open)" = 0 ]; }
expect_true "nothing is left open but what is given up" until_true 60 none_open
expect_true "who is slow was told all" until_true 20 slow_told
expect "no message of them was told as two events" 30 "$(jq -r '[.body.message_id, .body.id] | join(" ")' \
    "$WORK"/{one,other,third}.jsonl | sort -u | grep -cFf "$WORK/ids")"
expect "no signature was wrong" 0 "$(jq -c 'select(.signed | not)' "$WORK"/{one,other,third}.jsonl | wc -l)"

# --- what is seen of it -----------------------------------------------------------------------------

has_metric() { api GET /metrics | grep -qxF -- "$1"; }
expect_true "the metrics say that it works" until_true 20 has_metric 'smsspool_agent_up{agent="webhook"} 1'
expect_true "and what is given up" has_metric 'smsspool_followed_jobs{agent="webhook",progress="given_up"} 2'
expect "no key and no path is in its log" 0 "$(grep -cF -e "$(cat "$WORK/key")" -e "$(cat "$WORK/secret")" -e /file/ \
    "$WORK/webhook.log")"
finish
