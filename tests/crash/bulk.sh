#!/bin/bash
# Goal: a message to many is accepted as a whole or not at all, whenever the program that takes it is
# killed; and when the daemon is killed while it makes jobs of it, each recipient has one in the end
# and gets one SMS, or two where the job says that an outcome was unknown.
#
# RECIPIENTS (20000) of a message that is never answered, TARGETS (3000) of one that goes out over the
# loopback worker while the daemon is killed KILLS (8) times.
. "$(dirname "$0")/../flow/street.bash"
. tests/crash/arrows.bash

RECIPIENTS=${RECIPIENTS:-20000}
TARGETS=${TARGETS:-3000}
KILLS=${KILLS:-8}
mkdir -p "$STREET"
{
    echo 'worker_pause = 100ms'
    echo 'sweep_interval = 1s'
    loopback_settings
} >"$WORK/conf"
street_start "$WORK/conf"

# body COUNT TEXT
body() {
    jq -cn --argjson count "$1" --arg content "$2" \
        '{recipients: [range($count) | "55" + (20000000 + . | tostring)], $content}'
}
post_bulk() { # KEY
    curl -K "$STREET/curl.conf" -f --max-time 120 -H 'Content-Type: application/json' \
        -H "Idempotency-Key: $1" --data-binary "@$WORK/body" -o "$WORK/answer" \
        "$URL/api/sms/send-bulk" 2>"$WORK/refused"
}
ask() { sqlite3 -readonly -cmd '.timeout 5000' "$STREET/spool.sqlite" "$1"; }
is_being_written() { [ "$(ask 'SELECT COUNT(*) FROM bulk_piece')" -eq 20 ]; }
is() { [ "$(ask "$1")" = "$2" ]; }

# --- the program that takes it ------------------------------------------------------------------

# The daemon is held, so that nothing goes out before it is looked at.
freeze smsspoold
body "$RECIPIENTS" 'to many' >"$WORK/body"
# In the third bite something takes long, and the two before it are written.
sqlite3 "$STREET/spool.sqlite" 'CREATE TRIGGER slow AFTER INSERT ON bulk_piece WHEN NEW.piece = 20
    BEGIN SELECT COUNT(*) FROM migration a, migration b, migration c, migration d, migration e; END'
post_bulk once &
client=$!
expect_true "it is being written" until_true 30 is_being_written
strike smsspool-api_sms
wait "$client"
expect_true "the client has no success" test $? -ne 0
expect "there is no message" 0 "$(ask "SELECT COUNT(*) FROM message WHERE text = 'to many'")"
expect "but what was written of it" 'open 20' \
    "$(ask "SELECT progress || ' ' || (SELECT COUNT(*) FROM bulk_piece) FROM bulk")"
sqlite3 "$STREET/spool.sqlite" 'DROP TRIGGER slow'
body "$TARGETS" 'to some' >"$WORK/body"
expect_true "the client asks again, for fewer" until_true 30 post_bulk once
expect "and has all of them at once" "$TARGETS 0" \
    "$(api GET "/api/sms/$(jq -r .data.id "$WORK/answer")" |
        jq -r '.data | "\(.recipient_count) \(.failed_count)"')"
ctl message cancel "$(jq -r .data.message_id "$WORK/answer")" >"$WORK/out" 2>&1
expect "who are taken back before the daemon knew" "$TARGETS" \
    "$(ask "SELECT COUNT(DISTINCT number) FROM job WHERE state = 'canceled'")"
thaw smsspoold
expect_true "once more with the key" post_bulk once
expect "nobody is sent anything" "$TARGETS" "$(ask 'SELECT COUNT(*) FROM job')"

# --- the daemon ---------------------------------------------------------------------------------

body "$TARGETS" 'in spite of all' >"$WORK/body"
expect_true "another is accepted" post_bulk again
message=$(jq -r .data.message_id "$WORK/answer")
jobs_of="SELECT COUNT(*) FROM job WHERE message_id = '$message'"
over() { is "$jobs_of AND state NOT IN ('queued', 'sending')" "$TARGETS"; }
more_jobs() { [ "$(ask "$jobs_of")" -gt "$1" ] || [ "$(ask "$jobs_of")" -eq "$TARGETS" ]; }
for ((i = 0; i < KILLS; ++i)); do
    seen=$(ask "$jobs_of")
    until_true 60 more_jobs "$seen" || break
    strike smsspoold
done
expect "the daemon was killed" "$KILLS" "$i"
expect_true "it comes to an end" until_true 120 over
expect "each recipient has one job" "$TARGETS $TARGETS" \
    "$(ask "SELECT COUNT(*) || ' ' || COUNT(DISTINCT number) FROM job WHERE message_id = '$message'")"
expect "which was sent" "$TARGETS" "$(ask "$jobs_of AND state = 'sent'")"
# Of a number: how often it was on the air; and how often nobody knew.
jq -r 'select(.event == "message" and .text == "in spite of all") | .number' "$STREET/air.jsonl" |
    sort | uniq -c | awk '{ print $2, $1 }' | sort >"$WORK/copies"
ask "SELECT number || ' ' || unknowns FROM job WHERE message_id = '$message'" | sort >"$WORK/unknowns"
expect "each was on the air" "$TARGETS" "$(wc -l <"$WORK/copies")"
expect "twice only where it is said" "" \
    "$(join "$WORK/copies" "$WORK/unknowns" | awk '$2 > $3 + 1' | head -n 3)"
expect "nothing is left over" "0 0" \
    "$(ask 'SELECT (SELECT COUNT(*) FROM bulk WHERE progress <> "open") || " " ||
        (SELECT COUNT(*) FROM bulk_piece JOIN bulk ON bulk.message_id = bulk_piece.message_id
            WHERE progress <> "open")')"
expect_true "the spool is in order" ctl spool check
finish
