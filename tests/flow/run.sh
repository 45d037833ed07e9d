#!/bin/bash
# Goal: `make run` does its job for a new user, without root where it can; ends when it is told to,
# and then nothing of it is left; and two of them get along.
. "$(dirname "$0")/street.bash"
unset MAKEFLAGS MAKELEVEL MFLAGS

# run NAME PORT [VARIABLE=VALUE…]: make run in $WORK/NAME, in the background, as a terminal starts
# it: in a group of its own, which Ctrl-C reaches. Its process is ${runs[NAME]}.
declare -A runs=()
run() {
    local name=$1
    setsid env --default-signal=INT,QUIT DIR="$WORK/$name" PORT="$2" BUILD="$BUILD" "${@:3}" \
        make --no-print-directory run >"$WORK/$name.out" 2>&1 </dev/null &
    runs[$name]=$!
    children+=($!)
}

# What of the run in this folder is alive.
left_of() {
    grep -lzxF "SMSSPOOL_STREET=$WORK/$1" /proc/[0-9]*/environ 2>/dev/null
}
nothing_left() { [ -z "$(left_of "$1")" ]; }
is_ready() { [ -e "$WORK/$1/ready" ]; }
says() { grep -qF -- "$2" "$WORK/$1.out"; }
answers() { curl -sf -K "$WORK/$1/curl.conf" "$(cat "$WORK/$1/url")/inbox"; }

# --- once ---------------------------------------------------------------------------------------

run once "$(free_port)" ONCE=1
wait "${runs[once]}"
expect "ONCE=1 ends with status 0" 0 $?
expect "it shows each state, from queued to replied" 'queued sent replied' \
    "$(grep -o '{.*' "$WORK/once.out" | jq -r '.status // empty' | uniq | tr '\n' ' ' | sed 's/ $//')"
expect "the reply is the phone's" 'The simulated phone got: Hello from smsspool. Please answer!' \
    "$(grep -o '{.*' "$WORK/once.out" | jq -r '.reply | objects | .text')"
expect_true "nothing is left" nothing_left once

# --- without root -------------------------------------------------------------------------------

# Root tries it as somebody who may do nothing, where such a one can get at the programs.
nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
if [ "$(id -u)" -ne 0 ] || ! "${nobody[@]}" test -x "$BIN/smsspoold" -a -r "$PWD/tests/run.sh"; then
    nobody=()
fi
if [ ${#nobody[@]} -gt 0 ]; then
    chmod 711 "$WORK"
    mkdir "$WORK/plain"
    chown 65534:65534 "$WORK/plain"
    "${nobody[@]}" env DIR="$WORK/plain" PORT="$(free_port)" BUILD="$BUILD" ONCE=1 tests/run.sh \
        >"$WORK/plain.out" 2>&1
    expect "ONCE=1 without root" 0 $?
    expect "its folder is its own" 65534 "$(stat -c %u "$WORK/plain/spool.sqlite")"
    chmod 700 "$WORK"
fi

# --- two of them --------------------------------------------------------------------------------

run first "$(free_port)"
run second "$(free_port)" NUMBER=+525500000077
expect_true "the first gets ready" until_true 60 is_ready first
expect_true "the second, beside it" until_true 60 is_ready second
expect_true "both tell what to try next" until_true 60 eval \
    'says first "To try next" && says second "To try next"'
expect "each has a modem of its own" '["+525512345678"] ["+525500000077"]' \
    "$(for name in first second; do
        jq -cs 'map(select(.event == "message").number)' "$WORK/$name/air.jsonl"
    done | tr '\n' ' ' | sed 's/ $//')"
expect "files for scripts" 'air.jsonl credentials ready simmodem.sock url ' \
    "$(cd "$WORK/first" && ls -d url credentials simmodem.sock air.jsonl ready 2>/dev/null | tr '\n' ' ')"
expect "and only for their owner" 600 "$(stat -c %a "$WORK/first/credentials")"
# A line as it is shown, in the folder where it is shown.
line=$(grep -A1 'Content-Type: application/json' "$WORK/first.out" | sed 's/ *\\$//' | tr '\n' ' ')
expect "a line to try next works" queued "$(eval "$line" | jq -r .status)"
replied() { [ "$(jq -s 'map(select(.event == "incoming" and .text == "pong")) | length' \
    "$WORK/first/air.jsonl")" = 1 ]; }
expect_true "and is answered" until_true 30 replied
DIR=$WORK/first PORT=$(free_port) BUILD=$BUILD timeout 20 tests/run.sh >"$WORK/out" 2>&1
expect "a third in a folder that is taken" 1 $?
expect_true "says why" grep -q 'another one runs' "$WORK/out"

kill -INT -- "-${runs[first]}"
wait "${runs[first]}"
expect_true "Ctrl-C ends the first with an error for make" test $? -ne 0
expect_true "nothing of it is left" until_true 5 nothing_left first
expect "nor is it ready" no "$(is_ready first && echo yes || echo no)"
expect_true "the second goes on" answers second
kill -KILL "$(pgrep -f "run.sh" -s "${runs[second]}" | head -1)"
expect_true "killed without a chance, nothing is left either" until_true 10 nothing_left second
run second "$(free_port)" ONCE=1 NUMBER=+525500000077
wait "${runs[second]}"
expect "it can be started again in its folder" 0 $?
expect_true "and leaves nothing" nothing_left second
finish
