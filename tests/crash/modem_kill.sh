#!/bin/bash
# Goal: over a modem, as over the loopback worker: whatever is killed with SIGKILL, nothing that was
# answered with success is missing on the air, and a double only where /status says that an outcome
# was unknown. kill.sh tells what can be killed where; here libgammu is in the middle of a dialogue,
# and the modem keeps what it was told.
#
# MESSAGES (30) are posted while the FastCGI program is killed at random; daemon and worker in turn,
# each time after one more part went on the air, so that it goes on.
. "$(dirname "$0")/../flow/street.bash"
. tests/crash/verdict.bash

MESSAGES=${MESSAGES:-30}
cat >"$WORK/conf" <<END
worker_pause = 100ms
sweep_interval = 1s
END
street_start "$WORK/conf"
# Wide enough to be hit: on the air, and not answered.
sim set send_time_ms=400 >"$WORK/out"

strike() { # PROGRAM
    local pid
    pid=$(process_of "$1")
    [ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null && kills[$1]=$((kills[$1] + 1))
}

more_on_air() { [ "$(wc -l <"$STREET/air.jsonl")" -gt "$1" ]; }

declare -A kills=([smsspoold]=0 [smsspool-modem]=0 [smsspool-send]=0)
"$BIN/load" -k -u "$URL/" -a "$STREET/credentials" -n "$MESSAGES" -c 2 -r 1000 -p 200 \
    >"$WORK/answers" 2>"$WORK/summary" &
load=$!
while kill -0 "$load" 2>/dev/null; do
    strike smsspool-send
    sleep "0.$((RANDOM % 9 + 1))"
done
wait "$load"
expect "every message was accepted in the end" "$MESSAGES" \
    "$(jq -s '[.[] | select(.status == 200)] | length' "$WORK/answers")"

touch "$STREET/air.jsonl"
for victim in smsspoold smsspool-modem smsspoold smsspool-modem smsspoold smsspool-modem; do
    seen=$(wc -l <"$STREET/air.jsonl")
    until_true 60 more_on_air "$seen" || break
    sleep "0.$((RANDOM % 8))$((RANDOM % 10))"
    strike "$victim"
done
for victim in "${!kills[@]}"; do
    expect_true "the killer was there (${kills[$victim]} times at $victim)" \
        test "${kills[$victim]}" -ge 3
done
judge
finish
