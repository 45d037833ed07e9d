#!/bin/bash
# Goal: a delivery report that was asked for finds its message, over a real dialogue with the modem,
# whatever it says, whenever it comes and under whose number it does; and its client can read it.
. "$(dirname "$0")/street.bash"

cat >"$WORK/conf" <<END
scan_interval = 1s
sweep_interval = 1s
long_messages = split
END
street_start "$WORK/conf"

smsctl() { "$BIN/smsctl" -c "$STREET/smsspool.conf" "$@"; }
delivery() { # ID: its delivery, or "null"
    field "$1" '.delivery.state // .delivery'
}
is() { [ "$(delivery "$1")" = "$2" ]; }
sent() { [ "$(field "$1" .status)" = sent ]; }
ask_spool() { sqlite3 -readonly -cmd '.timeout 5000' "$STREET/spool.sqlite" "$1"; }
# What the log tells of the reports on message ID, a line each.
told() { grep -o "$1 .* REPORT (.*)" "$STREET/log/smsspoold.log" | sed 's/.*REPORT //'; }
is_told() { [ "$(told "$1" | tail -n 1)" = "$2" ]; }
asked='"report":true'
two_parts=$(printf 'x%.0s' {1..200})

# Waits until message ID is sent; prints the reference that the modem gave to the part.
reference_of() {
    until_true 30 sent "$1"
    smsctl --json message show "$1" | jq .jobs[0].journal[-1].reference
}

# --- what a report says -------------------------------------------------------------------------

one=$(post +525511110001 'one' "$asked")
expect_true "one part" until_true 30 is "$one" delivered
expect "and when" true \
    "$(field "$one" '(.delivery.at | fromdate) > now - 60 and (.delivery.at | fromdate) < now + 2')"
expect "it is still sent" sent "$(field "$one" .status)"

two=$(post 5511110002 "$two_parts" "$asked")
expect_true "two parts" until_true 30 is "$two" delivered
expect "with a report each" 0,0 "$(ask_spool "SELECT group_concat(report_status) FROM attempt WHERE
    job_id IN (SELECT id FROM job WHERE message_id = '$two')")"

none=$(post +525511110003 'none')
until_true 30 sent "$none"
expect "who asks for none gets none" null "$(delivery "$none")"

sim set report_status=70 >"$WORK/out"
refused=$(post +525511110004 'refused' "$asked")
expect_true "refused by the phone" until_true 30 is "$refused" undelivered
sim set report_status=48 >"$WORK/out"
trying=$(post +525511110005 'trying' "$asked")
trying_reference=$(reference_of "$trying")
expect_true "a phone that is off: the report says so" \
    until_true 20 is_told "$trying" '(pending, status 48)'
expect "and nothing is decided" pending "$(delivery "$trying")"
sim report reference="$trying_reference" number=+525511110005 status=0 >"$WORK/out"
expect_true "until it is on again" until_true 20 is "$trying" delivered
sim set report_status=0 >"$WORK/out"

# --- when it comes ------------------------------------------------------------------------------

sim fault late_reports on ms=3000 >"$WORK/out"
late=$(post +525511110006 'late' "$asked")
until_true 30 sent "$late"
expect "a report that is not there yet" pending "$(delivery "$late")"
expect_true "comes late" until_true 20 is "$late" delivered
sim fault late_reports off >"$WORK/out"

# The phone answers faster than the modem: the report comes in before the send is settled.
sim fault late_cmgs on ms=2000 count=1 >"$WORK/out"
early=$(post +525511110007 'early' "$asked")
expect_true "a report that is earlier than the modem's own answer" until_true 30 is "$early" delivered

# --- whose it is --------------------------------------------------------------------------------

sim fault no_reports on >"$WORK/out"
lost=$(post +525511110008 'lost' "$asked")
lost_reference=$(reference_of "$lost")
sim report reference="$lost_reference" number=+525511110009 status=0 >"$WORK/out"
sim report reference=$(((lost_reference + 100) % 256)) number=+525511110008 status=0 >"$WORK/out"
reports_kept() { # COUNT: of nobody's
    [ "$(ask_spool "SELECT COUNT(*) FROM incoming WHERE kind = 'report' AND inbox_id IS NULL")" = "$1" ]
}
expect_true "reports of another number and another reference are kept" until_true 20 reports_kept 2
expect "and are nobody's" pending "$(delivery "$lost")"
sim report reference="$lost_reference" number=5511110008 status=0 >"$WORK/out"
expect_true "the number may be written otherwise" until_true 20 is "$lost" delivered
sim report reference="$lost_reference" number=+525511110008 status=70 >"$WORK/out"
expect_true "a second report says otherwise" until_true 20 is_told "$lost" '(delivered, status 70)'
expect "and does not take it back" delivered "$(delivery "$lost")"
sim fault no_reports off >"$WORK/out"

expect "nothing of this is in the inbox" 0 "$(smsctl --json inbox list | wc -l)"
finish
