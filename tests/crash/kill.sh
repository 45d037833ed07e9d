#!/bin/bash
# Goal: whatever is killed with SIGKILL, whenever: nothing that was answered with success is missing,
# and a double only where /status says that an outcome was unknown. arrows.sh tells what can be
# killed where; here the moment is left to chance.
#
# MESSAGES (3000) or more go over the loopback worker while daemon, worker and FastCGI program are
# killed in turn, KILLS (50) times in all: each time after more went on the air, so that it goes on,
# and every other time while the worker certainly has a part in its hands.
. "$(dirname "$0")/../flow/street.bash"
. tests/crash/verdict.bash
. tests/crash/killer.bash

LEAST=${MESSAGES:-3000}
KILLS=${KILLS:-50}
# A program that was killed is back within about this time: so the messages last for the kills.
MS_FOR_A_KILL=350
mkdir -p "$STREET"
loopback_settings >"$WORK/conf"
street_start "$WORK/conf"
touch "$STREET/air.jsonl"

on_air() { wc -l <"$STREET/air.jsonl"; }
more_on_air() { [ "$(on_air)" -gt "$1" ]; }
a_part_is_under_way() { [ "$(under_way)" -gt 0 ]; }

# The worker is stopped until a part is given to it; the program dies, and the worker goes on.
cut_off() { # PROGRAM
    local worker
    worker=$(process_of smsspool-loopback)
    [ -n "$worker" ] && kill -STOP "$worker" || return
    until_true 20 a_part_is_under_way
    strike "$1"
    kill -CONT "$worker" 2>/dev/null
    held=$((held + 1))
}

held=0
seen=0
victims=(smsspoold smsspool-loopback smsspool-send)
posting_start "$LEAST" 100 -c 4 -p $((KILLS * MS_FOR_A_KILL / LEAST))
for ((i = 0; i < KILLS; ++i)); do
    until_true 60 more_on_air "$seen" || break
    if [ $((i % 2)) -eq 0 ]; then
        sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
        strike "${victims[i % 3]}"
    else
        cut_off "${victims[i % 3]}"
    fi
    seen=$(on_air)
done
posting_end
for victim in "${victims[@]}"; do
    expect_true "the killer was there (${kills[$victim]:-0} times at $victim)" \
        test "${kills[$victim]:-0}" -ge $((KILLS / 3))
done
judge
# Those of a FastCGI program hit no worker.
expect_true "parts were cut off on their way ($held times)" \
    test "$(jq .unknown "$WORK/verdict")" -ge $((held / 3))
finish
