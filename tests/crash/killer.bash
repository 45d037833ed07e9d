# For tests that kill programs at random while messages are on their way, behind street.bash. That
# enough was killed is never left to the speed of the machine: messages are posted until it was.
#
#   posting_start LEAST ROUND WORD…   posts in the background, ROUND messages at a time, with load's
#                               options WORD…: at least LEAST of them, and on until posting_end
#   posting_end                 waits for the last answer; the answers are in $WORK/answers, and
#                               MESSAGES says how many were posted
#   strike PROGRAM              SIGKILL to one of those that run, as soon as there is one, and counts
#                               it in ${kills[PROGRAM]}
#   under_way                   how many messages are at a worker now, by the journal
#   may_post                    false: no new round now. A test may have its own.

declare -A kills=()
posting=

may_post() { true; }

post_rounds() {
    local least=$1 size=$2 posted=0 load=
    shift 2
    trap 'kill -TERM "$load" 2>/dev/null; exit' TERM
    until [ -e "$WORK/enough" ] && [ "$posted" -ge "$least" ]; do
        until_true 120 may_post
        "$BIN/load" -k -u "$URL/" -a "$STREET/credentials" -n "$size" -r 1000 -t "from $posted" "$@" \
            >>"$WORK/answers" 2>>"$WORK/summary" &
        load=$!
        wait "$load"
        posted=$((posted + size))
        echo "$posted" >"$WORK/posted"
    done
}

posting_start() {
    rm -f "$WORK/enough"
    post_rounds "$@" &
    posting=$!
    children+=("$posting")
}

posting_end() {
    touch "$WORK/enough"
    wait "$posting"
    MESSAGES=$(cat "$WORK/posted")
    expect "every message was accepted in the end" "$MESSAGES" \
        "$(jq -s '[.[] | select(.status == 200)] | length' "$WORK/answers")"
}

# The worker of a daemon that was killed is one no more, and goes by itself.
strike_now() {
    local pid
    pid=$(processes_of "$1" | shuf -n 1)
    [ -n "$pid" ] && kill -KILL "$pid"
}

strike() {
    until_true 60 strike_now "$1" && kills[$1]=$((${kills[$1]:-0} + 1))
}

under_way() {
    "$BIN/smsctl" -c "$STREET/smsspool.conf" --json status | jq .jobs.sending
}
