#!/bin/bash
# Goal: over modems, as over the loopback worker: whatever is killed with SIGKILL, nothing that was
# answered with success is missing on the air, and a double only where /status says that an outcome
# was unknown. Here libgammu is in the middle of a dialogue, each modem keeps what it was told, and
# one daemon drives MODEMS (8) of them.
#
# MESSAGES (160) or more are posted while the FastCGI program is killed at random; daemon and one of
# the workers in turn, KILLS (10) times, each time after more parts went on the air, so that it goes
# on, and while others are on their way.
. "$(dirname "$0")/../flow/street.bash"
. tests/crash/verdict.bash
. tests/crash/killer.bash

LEAST=${MESSAGES:-160}
MODEMS=${MODEMS:-8}
KILLS=${KILLS:-10}
# So long a part that is on the air is not answered.
ANSWER_MS=700
airs=("$STREET/air.jsonl")
make_conf() {
    local i
    printf 'worker_pause = 100ms\nsweep_interval = 1s\n'
    for ((i = 2; i <= MODEMS; ++i)); do
        another_modem "modem$i"
        airs+=("$WORK/modem$i.jsonl")
    done
}
make_conf >"$WORK/conf"
street_start "$WORK/conf"
touch "${airs[@]}"
sim fault late_cmgs on ms=$ANSWER_MS >"$WORK/out"
for ((i = 2; i <= MODEMS; ++i)); do
    sim_at "modem$i" fault late_cmgs on ms=$ANSWER_MS >"$WORK/out"
done

on_air() { cat "${airs[@]}" | wc -l; }
more_on_air() { [ "$(on_air)" -gt "$1" ]; }
some_are_under_way() { [ "$(under_way)" -gt 0 ]; }
# Each modem has something to do, and not so much that it is awaited for long in the end.
may_post() {
    [ "$("$BIN/smsctl" -c "$STREET/smsspool.conf" --json status | jq .jobs.queued)" -lt $((MODEMS * 3)) ]
}

victims=(smsspoold smsspool-modem)
posting_start "$LEAST" $((MODEMS * 2)) -c 2
for ((i = 0; i < KILLS; ++i)); do
    strike smsspool-send
    seen=$(on_air)
    until_true 60 more_on_air $((seen + 2)) || break
    sleep "0.$((RANDOM % 8))$((RANDOM % 10))"
    until_true 60 some_are_under_way || break
    strike "${victims[i % 2]}"
done
posting_end
for victim in "${victims[@]}"; do
    expect "the killer was there, times at $victim" $((KILLS / 2)) "${kills[$victim]:-0}"
done
judge "${airs[@]}"
expect_true "parts were cut off on their way" test "$(jq .unknown "$WORK/verdict")" -gt 0
used() { local air; for air in "${airs[@]}"; do [ -s "$air" ] && echo "$air"; done | wc -l; }
expect "each modem took its share" "$MODEMS" "$(used)"
finish
