#!/bin/bash
# Prints what becomes of a stream of messages under each fault: row.bash's figures, a line a row of
# faults.table. Nothing is asserted. The objects are in $BUILD/faults/NAME.json.
#
#   usage: table.bash [NAME…]      Environment: BUILD; JOBS (3), so many rows at once
set -u
cd "$(dirname "$0")/../.." || exit 70
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
. tests/fault/rows.bash

RESULTS=$BUILD/faults
mkdir -p "$RESULTS"
names=("$@")
[ $# -gt 0 ] || mapfile -t names < <(row_names)
run_rows "$RESULTS" "${JOBS:-3}" "${names[@]}"

line() {
    printf '%-16s | %7s | %7s | %9s | %8s | %4s | %8s | %8s | %7s | %6s | %8s | %7s | %s\n' "$@" |
        sed 's/ *$//'
}

line fault 'next s' 'worst s' 'silence s' messages lost 'doubled,' 'doubled,' unknown failed incoming \
    workers 'steps to get it back'
line '' '' '' '' '' '' 'undecl.' declared '' '' 'lost/dbl' '' ''
for name in "${names[@]}"; do
    if [ ! -s "$RESULTS/$name.json" ]; then
        echo "$name: no figures; see $RESULTS/$name.log"
        continue
    fi
    mapfile -t figures < <(jq -r '.name, .next_s // "never", .worst, .silence_s // "-", .messages, .lost,
        .undeclared, .declared, .unknown, .failed, "\(.incoming_lost)/\(.incoming_doubled)", .workers,
        .steps + (if .settled then "" else " NOT SETTLED" end) +
            (if .next_s == null or .next_s > .worst then " SLOW" else "" end)' "$RESULTS/$name.json")
    line "${figures[@]}"
done
