#!/bin/bash
# Goal: many clients at once, many messages: each goes on the air once and ends as sent. Over the
# loopback worker, and fewer over the simulated modem.
. "$(dirname "$0")/street.bash"

all_sent() {
    [ "$("$BIN/smsctl" -c "$STREET/smsspool.conf" --json status | jq .jobs.sent)" = "$1" ]
}

# flood COUNT CLIENTS SECONDS: posts them, waits until they are sent, and looks at each.
flood() {
    local answers=$WORK/answers
    "$BIN/load" -k -u "$URL/" -a "$STREET/credentials" -n "$1" -c "$2" -t "message" \
        >"$answers" 2>"$WORK/summary"
    expect "$1 messages of $2 clients are accepted" 0 $?
    jq -r 'select(.status == 200).body.message_id' "$answers" >"$WORK/ids"
    expect "$1 messages have as many ids" "$1" "$(sort -u "$WORK/ids" | wc -l)"
    expect_true "$1 messages are sent within $3 s" until_true "$3" all_sent "$1"
    # Of the air: number and text of each message. Of the answers: what they should be.
    jq -r 'select(.event == "message") | .number + " " + .text' "$STREET/air.jsonl" |
        sort >"$WORK/air"
    jq -r '.body.to + " " + .body.message' "$answers" | sort >"$WORK/wanted"
    expect "$1 messages are on the air, each once" "" "$(diff "$WORK/wanted" "$WORK/air" | head -5)"
    statuses "$WORK/ids" >"$WORK/fates"
    expect "$1 messages end as sent" "{\"sent\":$1}" "$(jq -cs \
        'group_by(.status) | map({(.[0].status): length}) | add' "$WORK/fates")"
    expect "no outcome of $1 was unknown" 0 "$(jq -s 'map(select(.meta)) | length' "$WORK/fates")"
}

mkdir -p "$STREET"
loopback_settings >"$WORK/conf"
street_start "$WORK/conf"
flood 5000 200 120
street_end
rm -rf "$STREET"
street_start
flood 60 60 150
finish
