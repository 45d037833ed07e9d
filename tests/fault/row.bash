#!/bin/bash
# Puts one street (daemon, worker, simulated modem, nginx) through one row of faults.table, and writes
# what became of it to FILE, one JSON object:
#
#   next_s      from the end of the fault to the next SMS on the air of this modem; null: none came
#   silence_s   the longest time without an SMS on any air, from the beginning of the fault to then
#   messages    that were accepted; lost, declared, undeclared, unknown, failed as verdict.bash has them
#   incoming    how many came in while it went on; incoming_lost, incoming_doubled of them
#   workers     how often a worker was lost and replaced
#   steps       what the daemon's log says it tried
#
# usage: row.bash NAME FILE
. "$(dirname "$0")/../flow/street.bash"
. tests/crash/verdict.bash

NAME=$1
RESULT=$2
TABLE=tests/fault/faults.table
PATIENCE=90 # seconds for the next SMS

# --- the row ------------------------------------------------------------------------------------

# trimmed WORDS: without blanks around it.
trimmed() {
    local text=${1#"${1%%[![:blank:]]*}"}
    echo "${text%"${text##*[![:blank:]]}"}"
}

# filled WORDS: with the folders of this street.
filled() {
    local text=${1//'{dir}'/"$STREET/sockets"}
    echo "${text//'{work}'/"$WORK"}"
}

read_row() {
    local line cells
    line=$(grep -E "^$NAME +\|" "$TABLE") || { echo "FAIL no row $NAME"; exit 64; }
    IFS='|' read -ra cells <<<"$line"
    fault=$(trimmed "${cells[1]}") off=$(trimmed "${cells[2]}") held=$(trimmed "${cells[3]}")
    worst=$(trimmed "${cells[4]}")
    IFS=, read -ra with <<<"${cells[5]:-}"
    fault=$(filled "$fault") off=$(filled "$off")
}

has() {
    local each
    for each in "${with[@]}"; do
        [ "$(trimmed "$each")" != "$1" ] || return 0
    done
    return 1
}

# The settings of all rows, then this one's own for its modem, then the modem beside it.
make_conf() {
    local each modem=()
    sed -n 's/^# *setting //p' "$TABLE"
    # So that no failure is left out of the log for not being news.
    echo "log_level = debug"
    echo "delivery_reports = yes"
    for each in "${with[@]}"; do
        each=$(filled "$(trimmed "$each")")
        case $each in
        set\ *) echo "${each#set }" ;;
        *=*) modem+=("$each") ;;
        esac
    done
    printf '%s\n' "[modem sim]" "${modem[@]}"
    if has beside; then
        another_modem beside
        airs+=("$WORK/beside.jsonl")
        touch "$WORK/beside.jsonl"
    fi
}

# switch on|off FAULTS: each of those that "+" separates.
switch() {
    local how=$1 each words
    local -a all
    IFS=+ read -ra all <<<"$2"
    for each in "${all[@]}"; do
        read -ra words <<<"$each"
        sim fault "${words[0]}" "$how" "${words[@]:1}" >>"$WORK/out"
    done
}

faults_are_over() { sim faults | jq -e '[.. | arrays | length] | add == 0'; }

# What an admin's program does that cuts the power of a modem: it forgets its troubles.
make_hook() {
    printf '#!/bin/sh\nexec %s ctl %s fault mute off\n' "$BIN/simmodem" "$STREET/simmodem.sock" >"$WORK/hook"
    chmod +x "$WORK/hook"
}

# --- the stream ---------------------------------------------------------------------------------

# About one message a second, in rounds, until the file stop is there.
stream() {
    local round
    for ((round = 0; round < 60; ++round)); do
        [ ! -e "$WORK/stop" ] || break
        "$BIN/load" -k -u "$URL/" -a "$STREET/credentials" -n 3 -p 900 -r 5 -t "$NAME $round" \
            -N "$((525500000000 + 10 * round))" >>"$WORK/answers" 2>>"$WORK/summary"
    done
}

now_ms() { date +%s%3N; }

incoming() {
    arrived=$((arrived + 1))
    sim incoming +525522220001 "incoming $arrived" >>"$WORK/out"
}

messages_on_air() { # SINCE_MS FILE…: their times, in order
    local since=$1
    shift
    jq -s --argjson since "$since" 'map(select(.event == "message" and .time_ms > $since).time_ms) | sort' "$@"
}

went_out() { # COUNT SINCE_MS
    [ "$(messages_on_air "$2" "$STREET/air.jsonl" | jq length)" -ge "$1" ]
}

inbox_has_all() {
    [ "$(smsctl --json inbox list | jq -s 'map(.text) | unique | length')" -ge "$arrived" ]
}

smsctl() { "$BIN/smsctl" -c "$STREET/smsspool.conf" "$@"; }

# --- what came of it ----------------------------------------------------------------------------

# What was tried beyond another worker, in the order of its first time, and how often.
steps_in() { # LOG
    sed -nE -e 's/.*\[MODEM\] sim: (radio off and on|reset of the modem|recovery_hook): .*/\1/p' \
        -e 's/.*\[MODEM\] sim: (set aside)[ ,].*/\1/p' \
        -e 's/.*The modem of IMEI .* is not .*/found again/p' "$1" |
        awk '!count[$0]++ {order[++n] = $0}
             END {for (i = 1; i <= n; ++i)
                  printf("%s%s%s", (i > 1 ? ", " : ""), order[i],
                         (count[order[i]] > 1 ? " " count[order[i]] "x" : ""))}'
}

measure() {
    local log=$STREET/log/smsspoold.log
    local lost_worker='sim: the worker .*; (another is started|(at once|in [0-9]+ ms): )'
    jq -n --arg name "$NAME" --argjson on "$on_ms" --argjson off "$off_ms" --argjson worst "$worst" \
        --argjson arrived "$arrived" --argjson settled "$settled" --slurpfile verdict "$WORK/verdict" \
        --argjson own "$(messages_on_air "$off_ms" "$STREET/air.jsonl")" \
        --argjson all "$(messages_on_air "$on_ms" "${airs[@]}")" \
        --argjson workers "$(grep -cE "$lost_worker" "$log")" \
        --slurpfile inbox <(smsctl --json inbox list) \
        --arg steps "$(steps_in "$log")" '
    ([$on] + $all | map(select(. <= ($own[0] // $off)))) as $times |
    ($inbox | map(.text)) as $texts |
    {name: $name, worst: $worst, settled: $settled,
     next_s: (if $own == [] then null else ($own[0] - $off) / 1000 end),
     silence_s: ([range(1; $times | length) | $times[.] - $times[. - 1]] | max // null |
         if . then . / 1000 else . end)} +
    $verdict[0] +
    {incoming: $arrived, incoming_lost: ($arrived - ($texts | unique | length)),
     incoming_doubled: (($texts | length) - ($texts | unique | length)),
     workers: $workers, steps: $steps}' >"$RESULT"
}

airs=("$STREET/air.jsonl")
arrived=0
mkdir -p "$STREET"
read_row
make_hook
make_conf >"$WORK/conf"
street_start "$WORK/conf"
touch "$STREET/air.jsonl"
began=$(now_ms)
stream &
stream=$!
incoming
expect_true "messages go out before the fault" until_true 60 went_out 2 "$began"

on_ms=$(now_ms)
switch on "$fault"
incoming
# How long a fault lasts is what is tried here: nothing is waited for. "-": until it ends of itself.
if [ "$held" = - ]; then
    expect_true "the fault is ended" until_true 300 faults_are_over
else
    sleep "$((held / 2))"
    incoming
    sleep "$((held - held / 2))"
fi
incoming
off_ms=$(now_ms)
switch off "${off:-$fault}"
expect_true "and after it" until_true "$PATIENCE" went_out 1 "$off_ms"
touch "$WORK/stop"
wait "$stream"
incoming

MESSAGES=$(wc -l <"$WORK/answers")
expect "every message was accepted" "$MESSAGES" \
    "$(jq -s 'map(select(.status == 200)) | length' "$WORK/answers")"
settled=true
until_true 120 is_settled || settled=false
until_true 30 inbox_has_all
compare "${airs[@]}"
measure
jq -c . "$RESULT"
finish
