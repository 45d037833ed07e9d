#!/bin/bash
# Goal: what the network refuses for good becomes a dead letter; an administrator finds it, and has it
# sent again, on the air once however many ask at once, or given up for good; what may be a double
# says so; and a message that still waits is taken back by its sender and never goes out.
. "$(dirname "$0")/street.bash"

cat >"$WORK/conf" <<END
admins = demo
unknown = hold
send_deadline = 6s
bcrypt_cost = 4
END
street_start "$WORK/conf"

AIR=$STREET/air.jsonl
touch "$AIR"
is() { [ "$(field "$1" .status)" = "$2" ]; }
on_air() { # TEXT: how often this text is on the air
    jq -s --arg text "$1" 'map(select(.event == "message" and .text == $text)) | length' "$AIR"
}
post_json() { # PATH BODY: "STATUS CODE-OR-STATE" of the answer, which is in $WORK/answer
    local status
    status=$(api POST "$1" -H 'Content-Type: application/json' --data "$2" -o "$WORK/answer" \
        -w '%{http_code}')
    echo "$status $(jq -r '.error_code // .state // "-"' "$WORK/answer")"
}
letters() { api GET "/api/dead-letters?$1" | jq -r '[.dead_letters[].message] | join(" ")'; }
job_of() { # TEXT: the job of the dead letter with it
    api GET '/api/dead-letters?limit=500' |
        jq -r --arg text "$1" '.dead_letters[] | select(.message == $text).job_id'
}
metric() { api GET /metrics | sed -n "s/^smsspool_$1 //p"; }
# refused TEXT: a message of it that is refused for good; its id.
refused() {
    local id
    sim fault refuse on code=28 count=1 >"$WORK/out"
    id=$(post 5511110001 "$1")
    until_true 20 is "$id" failed || echo "FAIL $1 was not refused" >&2
    echo "$id"
}

# --- refused, found, sent again -----------------------------------------------------------------

first=$(refused first)
expect "a dead letter is listed" first "$(letters state=failed)"
expect "with its error" 1 "$(metric 'dead_letters_by_error{error_code="SEND_FAILED"}')"
expect "and found by its number" first "$(letters number=%2B5255)"
job=$(job_of first)
expect "it is sent again" '200 queued' "$(post_json "/api/dead-letters/$job/retry" '{}')"
expect_true "and goes out" until_true 20 is "$first" sent
expect "once" 1 "$(on_air first)"
expect "it is no dead letter any more" '' "$(letters '')"
expect "nor can it be sent again" '409 NOT_A_DEAD_LETTER' \
    "$(post_json "/api/dead-letters/$job/retry" '{}')"
expect "its state is told" sent "$(jq -r .state "$WORK/answer")"
expect_true "the log says who did it" grep -qE \
    "\[AUDIT\] demo \(127\.0\.0\.1\) retried dead letter $job of message $first" \
    "$STREET"/log/dead_letters.log

# --- many at once -------------------------------------------------------------------------------

crowd=$(refused crowd)
job=$(job_of crowd)
askers=()
for n in 1 2 3 4 5 6; do
    curl -K "$STREET/curl.conf" --max-time 30 -X POST -H 'Content-Type: application/json' --data '{}' \
        -o "$WORK/crowd.body$n" -w '%{http_code}\n' "$URL/api/dead-letters/$job/retry" \
        >"$WORK/crowd.$n" &
    askers+=($!)
done
"$BIN/smsctl" -c "$STREET/smsspool.conf" dead retry "$job" >>"$WORK/out" 2>&1 &
askers+=($!)
wait "${askers[@]}"
expect_true "however many ask at once, it goes out" until_true 20 is "$crowd" sent
# Two who ask within one millisecond ask for the same: both are told that it is done.
expect "each is told that it is queued, or that it is no dead letter any more" '' \
    "$(grep -LxE '200|409' "$WORK"/crowd.[0-9])"
marker=$(post 5511110001 marker) # behind it in the queue
expect_true "what comes after it goes out" until_true 20 is "$marker" sent
expect "it was on the air once" 1 "$(on_air crowd)"

# --- given up -----------------------------------------------------------------------------------

hopeless=$(refused hopeless)
job=$(job_of hopeless)
expect "it is given up" '200 abandoned' "$(post_json "/api/dead-letters/$job/abandon" '{}')"
expect "its sender is told" 'failed ABANDONED' "$(field "$hopeless" '.status + " " + .error_code')"
expect "for good" '409 NOT_A_DEAD_LETTER' "$(post_json "/api/dead-letters/$job/retry" '{}')"
ctl dead retry "$job" >"$WORK/out" 2>&1
expect "also for smsctl" 1 $?
expect "it was never on the air" 0 "$(on_air hopeless)"

# --- what may be a double -----------------------------------------------------------------------

sim fault lost_cmgs on count=1 >"$WORK/out"
doubt=$(post 5511110001 doubt)
is_unknown() { [ "$(letters state=unknown)" = doubt ]; }
expect_true "what may have gone out waits for a person" until_true 40 is_unknown
expect "it says so" 1 "$(api GET '/api/dead-letters' | jq '.dead_letters[0].unknown_attempts')"
expect "it is sent again" '200 queued' \
    "$(post_json "/api/dead-letters/$(job_of doubt)/retry" '{}')"
expect_true "and goes out" until_true 40 is "$doubt" sent
expect "the double stays declared" '2 1' "$(on_air doubt) $(field "$doubt" .meta.unknown_attempts)"

# --- all, one after the other, while messages go out --------------------------------------------

for text in pile1 pile2 pile3; do
    refused "$text" >>"$WORK/pile"
done
expect "how many it would be" 3 "$(ctl --json dead retry-all --number +52 --dry-run | jq .would_be)"
began=$(date +%s%3N)
expect "the three that match" '200 -' \
    "$(post_json /api/dead-letters/retry '{"number":"+52","rate":"1/s","state":"failed"}')"
expect "are queued" 3 "$(jq .retried "$WORK/answer")"
piled() { while read -r id; do is "$id" sent || return 1; done <"$WORK/pile"; }
expect_true "all go out" until_true 30 piled
expect "each once" '1 1 1' "$(on_air pile1) $(on_air pile2) $(on_air pile3)"
expect_true "the last no sooner than it was to" test $((began + 2000)) -le "$(
    sqlite3 -readonly "$STREET/spool.sqlite" "SELECT MAX(attempted_ms) FROM job JOIN message ON \
        message.id = message_id WHERE text LIKE 'pile%'")"

# --- a daemon that dies between retry and air -----------------------------------------------------

killed=$(refused killed)
sim set send_time_ms=1500 >"$WORK/out"
before=$(sim status | jq .sequence)
post_json "/api/dead-letters/$(job_of killed)/retry" '{}' >"$WORK/out"
sim wait command match=AT+CMGS since="$before" timeout_ms=20000 >"$WORK/out"
kill -KILL "$(process_of smsspoold)"
settled() { is "$killed" sent || [ "$(letters state=unknown)" = killed ]; }
expect_true "a daemon that dies then leaves it sent or unknown" until_true 40 settled
expect "never on the air in silence" true "$(jq -n --argjson air "$(on_air killed)" \
    --argjson known "$(field "$killed" '.meta.unknown_attempts // 0')" '$air <= 1 + $known')"
sim set send_time_ms=0 >"$WORK/out"

# --- taken back ---------------------------------------------------------------------------------

openssl rand -hex 12 >"$WORK/other"
ctl user add other <"$WORK/other" >"$WORK/out" 2>&1
sed 's/.*/user = "other:&"/' "$WORK/other" >"$WORK/other.conf"
soon=$(post 5511110001 'taken back' "not_before: $(($(date +%s) + 4))")
canceled_by() { # CURL…
    curl -sk --max-time 30 -X POST -H 'Content-Type: application/json' -o "$WORK/answer" \
        -w '%{http_code}' "$@" "$URL/api/messages/$soon/cancel"
}
expect "not without a login" 401 "$(canceled_by)"
expect "nor by somebody else" 404 "$(canceled_by -K "$WORK/other.conf")"
expect "somebody else sees no dead letters either" 403 \
    "$(curl -sk -o "$WORK/answer" -w '%{http_code}' -K "$WORK/other.conf" "$URL/api/dead-letters")"
expect "who waits is taken back" '200 1' "$(canceled_by -K "$STREET/curl.conf") $(jq .canceled "$WORK/answer")"
expect "its sender is told" 'failed CANCELED' "$(field "$soon" '.status + " " + .error_code')"
expect "what was sent is not" '409 NOT_CANCELABLE' "$(post_json "/api/messages/$first/cancel" '{}')"
expect "nor what is not there" '404 NOT_FOUND' "$(post_json "/api/messages/$job/cancel" '{}')"
later=$(post 5511110001 'after it' "not_before: $(($(date +%s) + 5))")
expect_true "one that is due later goes out" until_true 30 is "$later" sent
expect "the other never does" 0 "$(on_air 'taken back')"
expect "smsctl says the same" '{"canceled":1}' "$(ctl --json message cancel "$soon" 2>/dev/null | jq -c .jobs)"

# --- the rest -----------------------------------------------------------------------------------

expect "an address that is none" '404 NOT_FOUND' "$(post_json /api/dead-letters/retry/all '{}')"
expect "a wrong method" 405 \
    "$(api DELETE "/api/dead-letters" -o "$WORK/answer" -w '%{http_code}')"
expect "a form decides nothing" 400 "$(api POST /api/dead-letters/retry --data x=1 -o "$WORK/answer" \
    -w '%{http_code}')"
expect "the spool is sound" "" "$(ctl --json spool check)"
finish
