# For crash tests, behind street.bash: what load was answered, what /status says and what was on the
# air are held against each other. Reads $WORK/answers (of load) and $MESSAGES (how many there are).

is_settled() {
    [ "$("$BIN/smsctl" -c "$STREET/smsspool.conf" --json status |
        jq '.jobs.queued + .jobs.sending')" = 0 ]
}

# compare AIR…: into $WORK/verdict, one JSON object: how many `messages` were answered for; how many of
# them are `lost` (not on the air, and not held as unknown, which tells a person), `declared` doubles
# (/status tells of as many unknown outcomes), `undeclared` ones, `unknown` (an outcome was), `failed`.
compare() {
    # Each text is of one message.
    jq -r 'select(.status == 200).body.message_id' "$WORK/answers" | sort >"$WORK/ids"
    statuses "$WORK/ids" >"$WORK/fates"
    jq -n --slurpfile air <(cat "$@") --slurpfile fates "$WORK/fates" '
    ($air | map(select(.event == "message") | .text) | group_by(.) | map({(.[0]): length}) | add)
        as $copies |
    [$fates[] | {status, copies: ($copies[.message] // 0), unknowns: (.meta.unknown_attempts // 0)}] |
    {messages: length,
     lost: map(select(.copies == 0 and (.status != "failed" or .unknowns == 0))) | length,
     declared: map(select(.copies > 1 and .unknowns >= .copies - 1)) | length,
     undeclared: map(select(.copies > 1 and .unknowns < .copies - 1)) | length,
     unknown: map(select(.unknowns > 0)) | length,
     failed: map(select(.status == "failed")) | length}' >"$WORK/verdict"
}

# judge [AIR…]: the same, as lines of a test.
judge() {
    [ $# -gt 0 ] || set -- "$STREET/air.jsonl"
    expect_true "the queue gets empty" until_true 120 is_settled

    compare "$@"
    expect "no two answers share a message" "$MESSAGES" "$(uniq "$WORK/ids" | wc -l)"
    expect "each has a status" "$MESSAGES" "$(jq .messages "$WORK/verdict")"
    expect "nothing accepted is missing on the air" 0 "$(jq .lost "$WORK/verdict")"
    expect "no undeclared double ($(jq '"\(.unknown) unknown, \(.declared) twice"' "$WORK/verdict"))" 0 \
        "$(jq .undeclared "$WORK/verdict")"
}
