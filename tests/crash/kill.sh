#!/bin/bash
# Goal: whatever is killed with SIGKILL, whenever: nothing that was answered with success is missing,
# and a double only where /status says that an outcome was unknown.
#
# The arrows of the street, and what is true when a program is killed behind each:
#   request read, not committed      the client has no answer and posts again with the same key
#   committed, not answered          the same; the key finds the message, nothing is stored twice
#   answered, daemon not poked       the daemon's timer finds the job
#   claimed, worker not told         after the restart: unknown, sent again, declared
#   worker told, not on the air      the same
#   on the air, not answered         the same: here the double is real
#   answered, not settled            the same
#   settled                          sent; never again
#
# MESSAGES (500) go over the loopback worker while daemon, worker and FastCGI program are killed in turn.
. "$(dirname "$0")/../flow/street.bash"

MESSAGES=${MESSAGES:-500}
mkdir -p "$STREET"
loopback_settings >"$WORK/conf"
street_start "$WORK/conf"

# The process of this street whose program is $1; empty: none runs now.
victim() {
    pgrep -f "^$BIN/$1( .*)?\$" | while read -r pid; do
        tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qx "SMSSPOOL_STREET=$STREET" &&
            echo "$pid"
    done | head -1
}

kills=0
victims=(smsspoold smsspool-loopback smsspool-send)
"$BIN/load" -k -u "$URL/" -a "$STREET/credentials" -n "$MESSAGES" -c 4 -r 1000 -p 10 \
    >"$WORK/answers" 2>"$WORK/summary" &
load=$!
while kill -0 "$load" 2>/dev/null; do
    pid=$(victim "${victims[kills % 3]}")
    if [ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null; then
        kills=$((kills + 1))
    fi
    sleep "0.0$((RANDOM % 9 + 1))"
done
wait "$load"
expect "every message was accepted in the end" "$MESSAGES" \
    "$(jq -s '[.[] | select(.status == 200)] | length' "$WORK/answers")"
expect_true "the killer was there ($kills kills)" test "$kills" -ge 20

is_settled() {
    [ "$("$BIN/smsctl" -c "$STREET/smsspool.conf" --json status |
        jq '.jobs.queued + .jobs.sending')" = 0 ]
}
until_true 120 is_settled
expect "the queue is empty" 0 $?

jq -r .body.message_id "$WORK/answers" | sort >"$WORK/ids"
expect "no two answers share a message" "$MESSAGES" "$(uniq "$WORK/ids" | wc -l)"
statuses "$WORK/ids" >"$WORK/fates"
expect "each has a status" "$MESSAGES" "$(jq -s length "$WORK/fates")"

# Each text is of one message. Lost: not on the air, and not held as unknown, which tells a person.
jq -n --slurpfile air "$STREET/air.jsonl" --slurpfile fates "$WORK/fates" '
    ($air | map(select(.event == "message") | .text) | group_by(.) | map({(.[0]): length}) | add)
        as $copies |
    [$fates[] | {status, copies: ($copies[.message] // 0), unknowns: (.meta.unknown_attempts // 0)}] |
    {lost: map(select(.copies == 0 and (.status != "failed" or .unknowns == 0))) | length,
     declared: map(select(.copies > 1 and .unknowns >= .copies - 1)) | length,
     undeclared: map(select(.copies > 1 and .unknowns < .copies - 1)) | length}' >"$WORK/verdict"
expect "nothing accepted is missing on the air" 0 "$(jq .lost "$WORK/verdict")"
expect "no undeclared double ($(jq .declared "$WORK/verdict") declared)" 0 \
    "$(jq .undeclared "$WORK/verdict")"
finish
