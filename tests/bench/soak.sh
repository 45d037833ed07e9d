#!/bin/bash
# N (100000) messages through a whole street over the loopback worker, and how much memory each of its
# programs has at the start, on the way, and at the end: its share (PSS) in KiB. What was only warmed
# up has grown by N/10, what leaks goes on growing. Nothing is asserted.
#
# usage: soak.sh      Environment: BUILD, N, CLIENTS (16)
set -u
N=${N:-100000}
CLIENTS=${CLIENTS:-16}
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
# Not in memory: the spool is on a disk.
mkdir -p "$BUILD/soak"
export BUILD TMPDIR=$BUILD/soak
. "$(dirname "${BASH_SOURCE[0]}")/../flow/street.bash"
. tests/bench/memory.bash

# measure COLUMN: into $pss, by pid.
declare -A pss=() name_of=()
columns=()
measure() {
    local pid name
    columns+=("$1")
    while read -r pid name; do
        name=${name##*/}
        case $name in smsspool*) ;; *) continue ;; esac
        name_of[$pid]=$name
        pss[$pid,$1]=$(pss_of "$pid")
    done < <(programs)
}

report() { # UP_TO
    flood "$1"
    echo "$1 messages: $(jq -r '"\(.per_second)/s posted, p99 \(.p99_ms) ms"' "$WORK/summary")," \
        "spool $(du -k "$STREET/spool.sqlite" | cut -f1) KiB"
}

mkdir -p "$STREET"
loopback_settings >"$WORK/conf"
street_start "$WORK/conf"
measure start
for each in $((N / 10)) $((N / 2)) "$N"; do
    report "$each"
    measure "$each"
done

echo
printf '%-22s' "PSS in KiB after"
printf '%10s' "${columns[@]}"
printf '%10s\n' growth
for pid in $(printf '%s\n' "${!name_of[@]}" | sort -n); do
    printf '%-22s' "${name_of[$pid]}"
    for column in "${columns[@]}"; do
        printf '%10s' "${pss[$pid,$column]:--}"
    done
    # From N/10 on: what came before is warming up.
    printf '%10s\n' $((${pss[$pid,$N]:-0} - ${pss[$pid,${columns[1]}]:-0}))
done
finish
