#!/bin/bash
# Goal: what comes in finds the message that waits for it, over a real dialogue with the modem; what
# nobody waits for is in the inbox; and smsctl shows all of it beside the daemon that runs.
. "$(dirname "$0")/street.bash"

cat >"$WORK/conf" <<END
scan_interval = 1s
sweep_interval = 1s
worker_pause = 100ms
send_deadline = 6s
assembly_timeout = 2s
END
street_start "$WORK/conf"

smsctl() { "$BIN/smsctl" -c "$STREET/smsspool.conf" "$@"; }
is() { # ID STATUS
    [ "$(field "$1" .status)" = "$2" ]
}
reply_of() { field "$1" .reply.text; }
inbox_texts() { smsctl --json inbox list | jq -cs 'map(.text)'; }
inbox_is() { [ "$(inbox_texts)" = "$1" ]; }
comes() { sim incoming "$@" >"$WORK/out"; }

waiting='"reply":true,"timeout":120'

# --- which message is answered ------------------------------------------------------------------

older=$(post '55 1111 0001' 'older' "$waiting")
until_true 30 is "$older" sent
newer=$(post +525511110001 'newer' "$waiting")
until_true 30 is "$newer" sent
comes +525511110001 'to the newer'
expect_true "the newer of two is replied first" until_true 20 is "$newer" replied
expect "by that reply" 'to the newer' "$(reply_of "$newer")"
expect "the older waits on" sent "$(field "$older" .status)"
comes +5215511110001 'to the older'
expect_true "the second reply, of the number in its old form, is for the older" \
    until_true 20 is "$older" replied
expect "by that reply too" 'to the older' "$(reply_of "$older")"
expect "what it took" true "$(field "$older" '.reply.elapsed_seconds >= 0 and
    .reply.elapsed_seconds < 60 and (.reply.received_at | fromdate) > now - 60')"
comes +525511110001 'to nobody'
expect_true "the third is for the inbox" until_true 20 inbox_is '["to nobody"]'

sim json '{"cmd":"rule","match":"at once","reply":"here","after_ms":0}' >"$WORK/out"
quick=$(post +525511110002 'at once' "$waiting")
expect_true "a reply in the second of the send" until_true 20 is "$quick" replied
expect "is no time later" true "$(field "$quick" '.reply.elapsed_seconds <= 2')"

other=$(post +525511110003 'who answers' "$waiting")
plain=$(post +525511110003 'needs no answer')
until_true 30 is "$plain" sent
comes +525511110004 'another number'
comes Operator 'a name'
expect_true "another number and a name are for the inbox" \
    until_true 20 inbox_is '["to nobody","another number","a name"]'
comes 5511110003 'ten digits'
expect_true "a number without its country" until_true 20 is "$other" replied
expect "a message that asked for none stays sent" sent "$(field "$plain" .status)"

# --- too late -----------------------------------------------------------------------------------

late=$(post +525511110005 'quick please' '"reply":true,"timeout":1')
expect_true "no reply in time" until_true 30 is "$late" timeout
comes +525511110005 'too late'
expect_true "a late reply is for the inbox" \
    until_true 20 inbox_is '["to nobody","another number","a name","too late"]'
expect "and changes nothing" timeout,null "$(field "$late" '.status + "," + (.reply | tojson)')"

# --- what may have gone out ---------------------------------------------------------------------

sim fault lost_cmgs on count=1 >"$WORK/out"
sim json '{"cmd":"rule","match":"did it go","reply":"it did","after_ms":0}' >"$WORK/out"
doubtful=$(post +525511110007 'did it go' "$waiting")
expect_true "the reply to a message whose sending is unknown" until_true 60 is "$doubtful" replied
expect "proves that it went out" 'it did null' "$(reply_of "$doubtful") $(field "$doubtful" .error_code)"
expect "so it is not sent again" 1 \
    "$(sim wait part number=+525511110007 count=2 timeout_ms=2000 |
        jq 'if .ok then 2 else 1 end')"

# --- a part that comes late ---------------------------------------------------------------------

slow=$(post +525511110008 'a long story' "$waiting")
until_true 30 is "$slow" sent
long=$(printf 'word%.0s ' {1..50})
stamp=$(date -u +%Y-%m-%dT%H:%M:%SZ)
parts_come() { # LIST: these parts of one message
    sim json "$(jq -cn --arg text "$long" --arg time "$stamp" --argjson only "$1" '{cmd: "incoming",
        from: "+525511110008", $text, $time, concat_reference: 77, $only, order: $only}')" >"$WORK/out"
}
parts_come '[1]'
expect_true "half a reply, when the other half is given up" until_true 20 is "$slow" replied
expect "says so" … "$(reply_of "$slow" | tail -c 4)"
parts_come '[2]'
has_all() { [ "$(reply_of "$slow")" = "$long" ]; }
expect_true "the other half completes it" until_true 20 has_all
parts_come '[1]'
sim_empty() { [ "$(sim status | jq '[.stored[]] | add')" = 0 ]; }
expect_true "a half that comes once more is taken from the SIM" until_true 20 sim_empty
expect "and is not a message" '["to nobody","another number","a name","too late"]' "$(inbox_texts)"

# --- services -----------------------------------------------------------------------------------

saldo=$(post 333 'SALDO' "$waiting")
recharge=$(post 7373 'recharge 5512345678 of 100' "$waiting")
until_true 30 is "$recharge" sent
comes 4040 'Special offer'
expect_true "a reply without the word is none" \
    until_true 20 inbox_is '["to nobody","another number","a name","too late","Special offer"]'
comes 3330 'Tu Saldo es 10.00'
expect_true "the balance comes from any number" until_true 20 is "$saldo" replied
comes Recargas 'Ok: 5512345678'
expect_true "a confirmation has the number that was asked about" until_true 20 is "$recharge" replied

# --- smsctl, beside the daemon ------------------------------------------------------------------

expect "the inbox holds no replies" 5 "$(smsctl --json inbox list --unread | wc -l)"
api GET '/inbox?limit=2' >"$WORK/out"
expect "what was handed out is not unread" 3 "$(smsctl --json inbox list --unread | wc -l)"
expect "the list for people has a line for each" 5 \
    "$(smsctl inbox list | grep -cE 'to nobody|another number|a name|too late|Special offer')"
smsctl status >"$WORK/shown"
expect "status is on one screen" 0 "$(tail -n +25 "$WORK/shown" | wc -l)"
expect "and no wider than it" 0 "$(grep -c '.\{101\}' "$WORK/shown")"
expect_true "status says that all is well" smsctl status
expect "status for programs" true "$(smsctl --json status |
    jq '.ready and .daemon == "running" and .modems[0].state == "ready" and .jobs.replied == 8')"
smsctl message show "$older" >"$WORK/shown"
expect_true "message show: what was sent" grep -q 'older' "$WORK/shown"
expect_true "message show: its reply" grep -q 'to the older' "$WORK/shown"
expect "message show for programs" '["+525511110001","replied",1,"accepted"]' \
    "$(smsctl --json message show "$older" |
        jq -c '.jobs[0] | [.number, .state, (.journal | length), .journal[0].outcome]')"
smsctl message show 00000000-0000-4000-8000-000000000000 >"$WORK/out" 2>&1
expect "message show of none" 1 $?
expect "a clean-up that only looks" '{"removed":0,"would_remove":13}' \
    "$(smsctl --json inbox clean --older-than 0s --dry-run | jq -c '{removed, would_remove}')"
smsctl inbox clean --older-than 0s --keep-unread >"$WORK/out"
expect "a clean-up keeps what is unread" '["a name","too late","Special offer"]' "$(inbox_texts)"
smsctl inbox clean --older-than 1h >"$WORK/out"
expect "and what is young" 3 "$(inbox_texts | jq length)"
comes +525511110006 'meanwhile'
smsctl inbox clean --older-than 0s >"$WORK/out"
came_in() { grep -q 'received by sim from +525511110006' "$STREET/log/smsspoold.log"; }
expect_true "a message comes in during a clean-up" until_true 20 came_in
smsctl inbox clean --older-than 0s >"$WORK/out"
expect "a clean-up of everything" '[]' "$(inbox_texts)"
expect "the replies are still with their messages" 'to the older' "$(reply_of "$older")"
finish
