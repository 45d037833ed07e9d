#!/bin/bash
# Goal: whatever the modem does, a message waits, goes out, or is honestly unknown; and nothing that
# came in is lost. The modem is found by pattern, beside a port that says nothing, and has a PIN.
. "$(dirname "$0")/street.bash"

AIR=$WORK/air.jsonl
port() { # NAME OPTION…: a simulated modem at $WORK/NAME
    child "$BIN/simmodem" --link "$WORK/$1" --control "$WORK/$1.sock" "${@:2}"
    until_true 10 test -S "$WORK/$1.sock"
}
# The street's own modem is not used.
sim() { "$BIN/simmodem" ctl "$WORK/ttySIM1.sock" "$@"; }

umask 077
echo 4321 >"$WORK/pin"
cat >"$WORK/conf" <<END
worker_pause = 100ms
worker_pause_most = 1s
send_deadline = 6s
scan_interval = 60s
state_interval = 60s
sweep_interval = 1s
network_first = 1s
unregistered_most = 3s
radio_after = 2
long_messages = split

[modem sim]
device =
discover = $WORK/nothing* $WORK/tty*[0-9]
pin_file = $WORK/pin
END
port ttySIM0 --air "$WORK/other.jsonl"
"$BIN/simmodem" ctl "$WORK/ttySIM0.sock" fault mute on >"$WORK/out"
port ttySIM1 --air "$AIR" --pin 4321
touch "$AIR"
street_start "$WORK/conf"

smsctl() { "$BIN/smsctl" -c "$STREET/smsspool.conf" "$@"; }
log_has() { grep -qF -- "$1" "$STREET/log/smsspoold.log"; }
is() { [ "$(field "$1" .status)" = "$2" ]; }
health_is() { [ "$(curl -sk -o "$WORK/health" -w '%{http_code}' "$URL/health")" = "$1" ]; }
on_air() { # TEXT: how often this text is on the air
    jq -s --arg text "$1" 'map(select(.event == "message" and .text == $text)) | length' "$AIR"
}
restart_daemon() { kill -TERM "$(process_of smsspoold)"; }
in_spool() { sqlite3 -cmd '.timeout 5000' "$STREET/spool.sqlite" "$1"; }
# ms_until_air TEXT COMMAND…: runs it, and prints how long after it this text is on the air.
ms_until_air() {
    local text=$1 began
    began=$(date +%s%3N)
    "${@:2}" >"$WORK/out"
    sim wait message match="$text" timeout_ms=60000 >"$WORK/out"
    echo $(($(date +%s%3N) - began))
}
# back_soon WHAT TEXT COMMAND…: that is at most 10 s.
back_soon() {
    local ms
    ms=$(ms_until_air "${@:2}")
    expect_true "$1 (after $ms ms)" test "$ms" -le 10000
}
stored() { sim status | jq '[.stored[]] | add'; }
inbox_has() { smsctl --json inbox list | jq -se --arg text "$1" 'any(.[]; .text == $text)'; }

# --- found by pattern, unlocked by its PIN ------------------------------------------------------

expect_true "the port that answers is found" log_has "Connection established: sim on $WORK/ttySIM1"
expect "it wanted its PIN once" true "$(sim wait command match=AT+CPIN= timeout_ms=100 | jq .ok)"
first=$(post 5511110001 first)
expect_true "a message goes out" until_true 20 is "$first" sent

# --- no modem -----------------------------------------------------------------------------------

sim fault unplug on >"$WORK/out"
restart_daemon
expect_true "no modem at the start: health is 503" until_true 20 health_is 503
sim incoming +525522220001 'from before' >"$WORK/out"
waits=$(post 5511110002 waits)
expect "a message waits, and says for what" 'queued No modem is ready' \
    "$(field "$waits" '.status + " " + .meta.waiting')"
aged=$(post 5511110007 aged)
# A minute is the shortest validity that can be set: its end is moved instead.
in_spool "UPDATE job SET valid_until_ms = 1 WHERE message_id = '$aged'"
expect_true "one whose time is over has failed" until_true 20 is "$aged" failed
expect "for want of a modem" MODEM_NOT_AVAILABLE "$(field "$aged" .error_code)"
expect "what came before is on the SIM" 1 "$(stored)"
sim fault unplug off >"$WORK/out"
expect_true "it goes out when the modem is there" until_true 40 is "$waits" sent
expect "once, without a doubt" '1 null' "$(on_air waits) $(field "$waits" .meta)"
expect "what had failed never goes out" 0 "$(on_air aged)"
expect_true "health is 200 again" until_true 20 health_is 200
expect_true "what was on the SIM before the start is in the inbox" \
    until_true 20 inbox_has 'from before'
sim_empty() { [ "$(stored)" = 0 ]; }
expect_true "and gone from the SIM" until_true 20 sim_empty

# --- a wrong PIN --------------------------------------------------------------------------------

echo 1234 >"$WORK/pin"
sim set sim=pin >"$WORK/out"
restart_daemon
expect_true "the SIM refuses a wrong PIN" until_true 40 log_has 'the SIM refused the PIN'
locked=$(post 5511110003 locked)
expect_true "it is not given again" until_true 20 log_has 'it is not given again until that file changes'
expect_true "health is 503" until_true 20 health_is 503
expect "two were given: the right one and the wrong one" 'true false' \
    "$(sim wait command match=AT+CPIN= count=2 timeout_ms=100 | jq .ok) $(
        sim wait command match=AT+CPIN= count=3 timeout_ms=100 | jq .ok)"
echo 4321 >"$WORK/pin"
expect_true "the right one in the file: the message goes out" until_true 40 is "$locked" sent

# --- a PIN whose answer nobody heard -------------------------------------------------------------

echo 1234 >"$WORK/pin"
sim set sim=pin >"$WORK/out"
sim fault slow on ms=500 >"$WORK/out"
given=$(sim status | jq .sequence)
restart_daemon
expect_true "a wrong PIN is given" \
    sim wait command match=AT+CPIN= since="$given" timeout_ms=40000
kill -KILL "$(process_of smsspool-modem)"
expect_true "the worker that gave it is killed" until_true 20 log_has 'killed by signal 9'
sim fault slow off >"$WORK/out"
expect_true "the next one leaves a SIM alone that has not all its tries" \
    until_true 40 log_has 'the PIN was given before and no answer came'
expect "the PIN was given once" false \
    "$(sim wait command match=AT+CPIN= since="$given" count=2 timeout_ms=100 | jq .ok)"
echo 4321 >"$WORK/pin"
unlocked=$(post 5511110008 unlocked)
expect_true "the right one in the file: the message goes out" until_true 40 is "$unlocked" sent
expect "nothing is noted of a PIN that was right" 0 "$(in_spool 'SELECT COUNT(*) FROM rejected_pin')"

# --- no network ---------------------------------------------------------------------------------

sim fault no_network on code=331 registration=2 >"$WORK/out"
offline=$(post 5511110009 offline)
expect_true "without a network it waits" until_true 20 log_has 'not registered in a network (searching)'
expect_true "after a while the radio is switched off and on" \
    until_true 20 log_has 'sim: radio off and on: done'
expect "no attempt is used up" 'queued 0' \
    "$(field "$offline" .status) $(in_spool "SELECT attempts FROM job WHERE message_id = '$offline'")"
back_soon "with a network it sends at once" offline sim fault no_network off
expect_true "and knows it" until_true 10 is "$offline" sent

# --- what is kept of what went wrong ------------------------------------------------------------

sim fault refuse on code=500 count=1 >"$WORK/out"
refused=$(post 5511110010 'a secret text')
trace="SELECT trace FROM attempt WHERE outcome = 'refused' AND code = 500"
has_trace() { in_spool "$trace" | grep -q 'CMS ERROR: 500'; }
expect_true "the conversation is kept with the attempt" until_true 20 has_trace
expect "without number and text" 0 "$(in_spool "$trace" | grep -c '5511110010\|secret')"
expect_true "it is sent in the end" until_true 30 is "$refused" sent

# --- storage that is full -----------------------------------------------------------------------

sim set storage=3 >"$WORK/out"
full() { [ "$(stored)" -ge 3 ]; }
kill -STOP "$(process_of smsspool-modem)"
for n in 1 2 3; do
    sim incoming +525522220003 "full $n" >"$WORK/out"
done
expect_true "the SIM is full" until_true 10 full
kill -KILL "$(process_of smsspool-modem)"
expect_true "the log says so" until_true 30 log_has '3 of 3 places for messages are in use'
expect_true "it is emptied" until_true 30 log_has 'its storage has room again: 0 of 3'
expect_true "into the inbox" inbox_has 'full 3'
sim set storage=30 >"$WORK/out"

# --- a modem that falls silent ------------------------------------------------------------------

sim fault mute on >"$WORK/out"
silent=$(post 5511110004 silent)
expect_true "a worker that gets no answer is replaced" until_true 30 \
    log_has 'ttySIM1: no answer to AT; '
expect_true "radio, then reset are tried" until_true 60 log_has 'reset of the modem: failed'
expect_true "after three failures it is set aside" log_has 'sim: set aside after 3 failures in a row'
back_soon "it sends soon when the modem answers again" silent sim fault mute off
expect_true "the message is sent" until_true 20 is "$silent" sent
expect_true "how long it took is known" until_true 10 log_has 'sim: recovered after'
recovery_is_known() { [ "$(in_spool 'SELECT recoveries > 0 AND recovery_ms > 0 FROM modem')" = 1 ]; }
expect_true "and kept" until_true 10 recovery_is_known
expect_true "as often as its fate says, at most" \
    test "$(on_air silent)" -le $((1 + $(field "$silent" '.meta.unknown_attempts // 0')))
expect_true "and at least once" test "$(on_air silent)" -ge 1

sim fault lost_cmgs on count=1 >"$WORK/out"
lost=$(post 5511110005 'lost answer')
expect_true "an answer that is lost: sent again" until_true 60 is "$lost" sent
expect "the double is declared" '2 1' \
    "$(on_air 'lost answer') $(field "$lost" .meta.unknown_attempts)"

# --- a daemon that is told to stop --------------------------------------------------------------

expect_true "health is 200 before" until_true 20 health_is 200
sim set send_time_ms=1500 >"$WORK/out"
long=$(printf 'part%.0s ' {1..80})
before=$(sim status | jq .sequence)
id=$(post 5511110006 "$long")
parts() { jq -s 'map(select(.event == "part" and .number == "+525511110006")) | length' "$AIR"; }
expect_true "the first of its parts is under way" \
    sim wait command match=AT+CMGS since="$before" timeout_ms=20000
restart_daemon
expect_true "it goes on with the next one after the restart" until_true 60 is "$id" sent
expect "each part once, without a doubt" '3 {"parts":3}' "$(parts) $(field "$id" '.meta | tojson')"
expect "the phone got it to the letter" 1 "$(on_air "$long")"
sim set send_time_ms=0 >"$WORK/out"

# --- parts of a message that comes in -----------------------------------------------------------

expect_true "health is 200 before this" until_true 20 health_is 200
incoming_parts() { # LIST: these parts of one message
    sim json "$(jq -cn --arg text "$long" --argjson only "$1" '{cmd: "incoming",
        from: "+525522220002", text: $text, concat_reference: 77, $only, order: $only}')" >"$WORK/out"
}
incoming_parts '[3,1]'
expect_true "two of three parts are taken in" until_true 20 sim_empty
expect_true "and nothing is handed out yet" eval '! inbox_has "$long"'
restart_daemon
incoming_parts '[2]'
expect_true "the third, over a restart, completes the message" until_true 40 inbox_has "$long"
expect "it is one message" 1 \
    "$(smsctl --json inbox list | jq -s 'map(select(.number == "+525522220002")) | length')"
finish
