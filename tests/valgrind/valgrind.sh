#!/bin/bash
# Goal: memcheck finds no error and no definite leak in the daemon and in the modem's worker. The daemon
# sends SENDS (1000) messages over the loopback worker, which is killed RECONNECTS (100) times
# meanwhile; the modem's worker opens its modem as often, and sends, reads and deletes each time, with
# a fault now and then.
#
# With TOOL=sanitizers the programs of BUILD, built with SAN=address,undefined, find it themselves.
# What is a library's is named in tests/valgrind/suppressions.
. "$(dirname "$0")/../flow/street.bash"
. tests/crash/verdict.bash

TOOL=${TOOL:-memcheck}
SENDS=${SENDS:-1000}
RECONNECTS=${RECONNECTS:-100}
REPORTS=$BUILD/valgrind
rm -rf "$REPORTS"
mkdir -p "$REPORTS"
export ASAN_OPTIONS=log_path=$REPORTS/sanitizer UBSAN_OPTIONS=log_path=$REPORTS/sanitizer

# watched PROGRAM: prints the command that stands in its place.
watched() {
    if [ "$TOOL" = memcheck ]; then
        echo "exec valgrind -q --leak-check=full --show-leak-kinds=definite" \
            "--errors-for-leak-kinds=definite --gen-suppressions=all --num-callers=25" \
            "--suppressions='$PWD/tests/valgrind/suppressions' --log-file='$REPORTS/$1.%p'" \
            "'$PROGRAMS/$1' \"\$@\""
    else
        echo "exec '$PROGRAMS/$1' \"\$@\""
    fi
}

# The programs of the street, with the daemon and the worker watched.
PROGRAMS=$BIN
BUILD=$WORK/watched BIN=$WORK/watched/bin
mkdir -p "$BIN" "$STREET"
ln -s "$PROGRAMS"/* "$BIN"
for program in smsspoold smsspool-modem; do
    rm "$BIN/$program"
    { echo '#!/bin/sh'; watched "$program"; } >"$BIN/$program"
    chmod +x "$BIN/$program"
done

# Of memcheck what has a suppression to offer is a finding; the rest are remarks on system calls that it
# does not know.
findings() {
    if [ "$TOOL" = memcheck ]; then
        cat "$REPORTS"/* | grep -c '^{$'
    else
        find "$REPORTS" -type f -size +0 | wc -l
    fi
}

clean() { # PROGRAM
    expect_true "$1 was looked at" test "$TOOL" != memcheck -o -n "$(ls "$REPORTS")"
    expect "nothing was found in $1" 0 "$(findings)"
    [ "$(findings)" = 0 ] || cat "$REPORTS"/* | grep -v README_MISSING | head -n 300
}

# --- the daemon ---------------------------------------------------------------------------------

{
    printf 'worker_pause = 100ms\nsend_deadline = 20s\n'
    loopback_settings
} >"$WORK/conf"
street_start "$WORK/conf"
"$BIN/load" -k -u "$URL/" -a "$STREET/credentials" -n "$SENDS" -c 4 -r 1000 -p 10 \
    >"$WORK/answers" 2>"$WORK/summary" &
load=$!
connected() {
    [ "$(grep -c 'Connection established' "$STREET/log/smsspoold.log")" -gt "$1" ]
}
for ((kills = 0; kills < RECONNECTS; ++kills)); do
    pid=$(process_of smsspool-loopback)
    [ -n "$pid" ] && kill -KILL "$pid"
    until_true 60 connected $((kills + 1)) || break
done
expect "the daemon got its worker back" "$RECONNECTS" "$kills"
wait "$load"
expect "the messages are accepted" "$SENDS" \
    "$(jq -s '[.[] | select(.status == 200)] | length' "$WORK/answers")"
MESSAGES=$SENDS
judge
street_end
expect_true "the daemon has ended by itself" grep -q 'smsspoold has stopped' "$STREET/log/smsspoold.log"
clean smsspoold

# --- the modem's worker -------------------------------------------------------------------------

# The worker leaves when its modem is gone, and another one takes its place, as the daemon does it.
another_modem modem >"$WORK/section"
mkfifo "$WORK/requests" "$WORK/answers.fifo"
worker='' workers=0 asked=0
worker_start() {
    "$BIN/smsspool-modem" <"$WORK/requests" >"$WORK/answers.fifo" 2>>"$WORK/worker.log" &
    worker=$!
    exec 5>"$WORK/requests" 6<"$WORK/answers.fifo"
    workers=$((workers + 1))
}

worker_end() {
    local status
    exec 5>&-
    wait "$worker"
    status=$?
    worker=''
    exec 6<&-
    # It was told to leave, or its modem is gone.
    [ "$status" -eq 0 ] || [ "$status" -eq 69 ] || expect "status of a worker" 0 "$status"
}

# ask JSON: into $answer; hints are passed over. Fails where the worker has left.
ask() {
    asked=$((asked + 1))
    jq -cn --argjson id "$asked" "{id: \$id} + $1" >&5 2>>"$WORK/out"
    while read -r -t 120 -u 6 answer; do
        [ "$(jq .re <<<"$answer")" != "$asked" ] || return 0
    done
    worker_end
    return 1
}

# One connection, and all that a worker does with it.
converse() { # ROUND
    local place
    [ -n "$worker" ] || worker_start
    ask "{op: \"open\", settings: {device: \"$WORK/modem\", connection: \"at115200\",
        send_timeout: \"4000\", trace: \"redacted\"}}" || return
    echo "$answer" >>"$WORK/said"
    [ -z "${fault[*]}" ] || sim_at modem fault "${fault[0]}" on "${fault[@]:1}" >"$WORK/out"
    sim_at modem incoming +525522220001 "round $1, $(printf 'long %.0s' {1..40})" >"$WORK/out"
    ask "{op: \"send\", number: \"+525511110001\", text: \"round $1 ñ\", encoding: \"gsm7\", part: 1,
        parts: 1, reference: 0, report: true, validity: 3600}" || return
    echo "$answer" >>"$WORK/said"
    ask '{op: "state"}' && ask '{op: "scan"}' || return
    for place in $(jq -r '.messages[]? | select(.location >= 0) | "\(.folder):\(.location)"' <<<"$answer"); do
        ask "{op: \"delete\", folder: ${place%:*}, location: ${place#*:}}" || return
    done
}

count_of() { jq -s --arg word "$1" 'map(select(.ok == $word)) | length' "$WORK/said"; }

# What a round has beside the ordinary: of nine, one each.
faults=('' 'lost_cmgs count=1' '' 'unplug ms=300' '' 'garbage' 'refuse code=500' 'chatter ms=50' 'list_fails')
for ((round = 0; round < RECONNECTS; ++round)); do
    read -ra fault <<<"${faults[round % 9]}"
    converse "$round"
    [ -z "${fault[*]}" ] || sim_at modem fault "${fault[0]}" off >"$WORK/out"
done
[ -z "$worker" ] || worker_end
expect_true "$workers workers opened it ($(count_of opened) times, $(count_of accepted) messages sent)" \
    test "$(count_of opened)" -gt $((RECONNECTS / 2)) -a "$(count_of accepted)" -gt $((RECONNECTS / 3))
rm -f "$REPORTS"/smsspoold.*
clean smsspool-modem
finish
