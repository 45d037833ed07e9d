# For crash tests, behind street.bash: what load was answered, what /status says and what was on the
# air are held against each other. Reads $WORK/answers (of load) and $MESSAGES (how many there are).

is_settled() {
    [ "$("$BIN/smsctl" -c "$STREET/smsspool.conf" --json status |
        jq '.jobs.queued + .jobs.sending')" = 0 ]
}

judge() {
    expect_true "the queue gets empty" until_true 120 is_settled

    jq -r .body.message_id "$WORK/answers" | sort >"$WORK/ids"
    expect "no two answers share a message" "$MESSAGES" "$(uniq "$WORK/ids" | wc -l)"
    statuses "$WORK/ids" >"$WORK/fates"
    expect "each has a status" "$MESSAGES" "$(jq -s length "$WORK/fates")"

    # Each text is of one message. Lost: not on the air, and not held as unknown, which tells a person.
    jq -n --slurpfile air "$STREET/air.jsonl" --slurpfile fates "$WORK/fates" '
    ($air | map(select(.event == "message") | .text) | group_by(.) | map({(.[0]): length}) | add)
        as $copies |
    [$fates[] | {status, copies: ($copies[.message] // 0), unknowns: (.meta.unknown_attempts // 0)}] |
    {lost: map(select(.copies == 0 and (.status != "failed" or .unknowns == 0))) | length,
     declared: map(select(.copies > 1 and .unknowns >= .copies - 1)) | length,
     unknown: map(select(.unknowns > 0)) | length,
     undeclared: map(select(.copies > 1 and .unknowns < .copies - 1)) | length}' >"$WORK/verdict"
    expect "nothing accepted is missing on the air" 0 "$(jq .lost "$WORK/verdict")"
    expect "no undeclared double ($(jq '"\(.unknown) unknown, \(.declared) twice"' "$WORK/verdict"))" 0 \
        "$(jq .undeclared "$WORK/verdict")"
}
