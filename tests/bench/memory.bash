# What the programs of a street have in memory; for bench.sh and soak.sh, after street.bash.

# Every process of this street: its pid and name.
programs() {
    local file
    for file in $(grep -lzxF "SMSSPOOL_STREET=$STREET" /proc/[0-9]*/environ 2>/dev/null); do
        [ -r "${file%environ}smaps_rollup" ] || continue
        echo "$(basename "${file%/environ}") $(tr '\0' ' ' <"${file%environ}cmdline" | cut -d' ' -f1)"
    done
}

# pss_of PID: its share, in KiB.
pss_of() { sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$1/smaps_rollup" 2>/dev/null; }

all_sent() { [ "$(ctl --json status | jq .jobs.sent)" -ge "$1" ]; }

# Posts until UP_TO messages were sent in all.
sent=0
flood() {
    "$BIN/load" -k -u "$URL/" -a "$STREET/credentials" -n $(($1 - sent)) -c "$CLIENTS" -r 100 \
        -t "soak from $sent" >"$WORK/answers" 2>"$WORK/summary"
    sent=$1
    until_true 3600 all_sent "$sent" || echo "not all of $sent were sent" >&2
}
