#!/bin/bash
# Goal: whatever a modem does wrong, it goes on by itself when that is over, nothing that was accepted
# is lost, nothing goes out twice in silence, and what came in is handed out once. The rows of
# faults.table that say the most, all at once; `make bench-faults` runs all of them and prints times.
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
. tests/fault/rows.bash

MOST_SECONDS=60 # until the next SMS; a machine may be busy
RESULTS=$(mktemp -d)
trap 'rm -rf "$RESULTS"' EXIT
failures=0

# look NAME: one line for each row, "ok" or "FAIL".
look() {
    local name=$1 told
    told=$(jq -r --argjson most "$MOST_SECONDS" '
        def wrong($bad; $what): if $bad then [$what] else [] end;
        wrong(.next_s == null or .next_s > $most; "it does not go on") +
        wrong(.settled | not; "the queue does not get empty") +
        wrong(.lost > 0; "\(.lost) messages lost") +
        wrong(.undeclared > 0; "\(.undeclared) doubles not declared") +
        wrong(.incoming_lost > 0; "\(.incoming_lost) incoming messages lost") +
        wrong(.incoming_doubled > 0; "\(.incoming_doubled) incoming messages twice") | join(", ")' \
        "$RESULTS/$name.json" 2>&1)
    if [ -s "$RESULTS/$name.json" ] && [ -z "$told" ]; then
        echo "ok $name: goes on, nothing lost, no double in silence ($(jq -c \
            '{next_s, messages, unknown, declared}' "$RESULTS/$name.json"))"
    else
        echo "FAIL $name: ${told:-no figures}"
        cat "$RESULTS/$name.log"
        failures=$((failures + 1))
    fi
}

mapfile -t names < <(row_names short)
run_rows "$RESULTS" ${#names[@]} "${names[@]}"
for name in "${names[@]}"; do
    look "$name"
done
exit $((failures != 0))
