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

programs() { # every process of this street: its pid and name
    local file
    for file in $(grep -lzxF "SMSSPOOL_STREET=$STREET" /proc/[0-9]*/environ 2>/dev/null); do
        [ -r "${file%environ}smaps_rollup" ] || continue
        echo "$(basename "${file%/environ}") $(tr '\0' ' ' <"${file%environ}cmdline" | cut -d' ' -f1)"
    done
}

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
        pss[$pid,$1]=$(sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup" 2>/dev/null)
    done < <(programs)
}

all_sent() {
    [ "$("$BIN/smsctl" -c "$STREET/smsspool.conf" --json status | jq .jobs.sent)" -ge "$1" ]
}

sent=0
flood() { # UP_TO
    "$BIN/load" -k -u "$URL/" -a "$STREET/credentials" -n $(($1 - sent)) -c "$CLIENTS" -r 100 \
        -t "soak from $sent" >"$WORK/answers" 2>"$WORK/summary"
    sent=$1
    until_true 3600 all_sent "$sent" || echo "soak: not all of $sent were sent"
    echo "$sent messages: $(jq -r '"\(.per_second)/s posted, p99 \(.p99_ms) ms"' "$WORK/summary")," \
        "spool $(du -k "$STREET/spool.sqlite" | cut -f1) KiB"
}

mkdir -p "$STREET"
loopback_settings >"$WORK/conf"
street_start "$WORK/conf"
measure start
for each in $((N / 10)) $((N / 2)) "$N"; do
    flood "$each"
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
