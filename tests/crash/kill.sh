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
. tests/crash/verdict.bash

MESSAGES=${MESSAGES:-500}
mkdir -p "$STREET"
loopback_settings >"$WORK/conf"
street_start "$WORK/conf"

kills=0
victims=(smsspoold smsspool-loopback smsspool-send)
"$BIN/load" -k -u "$URL/" -a "$STREET/credentials" -n "$MESSAGES" -c 4 -r 1000 -p 10 \
    >"$WORK/answers" 2>"$WORK/summary" &
load=$!
while kill -0 "$load" 2>/dev/null; do
    pid=$(process_of "${victims[kills % 3]}")
    if [ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null; then
        kills=$((kills + 1))
    fi
    sleep "0.0$((RANDOM % 9 + 1))"
done
wait "$load"
expect "every message was accepted in the end" "$MESSAGES" \
    "$(jq -s '[.[] | select(.status == 200)] | length' "$WORK/answers")"
expect_true "the killer was there ($kills kills)" test "$kills" -ge 20

judge
finish
