#!/bin/bash
# Goal: at every arrow of the street a program can be killed, and then each message goes on the air,
# once; or twice where /status says that an outcome was unknown. Here are the arrows between client,
# spool, daemon and worker, over the loopback worker; modem_arrows.sh has those between worker, modem
# and network.
#
# Each program is held at its step from outside: it is stopped, or it is kept from the spool. Above
# each arrow stands what is true behind it.
. "$(dirname "$0")/../flow/street.bash"
. tests/crash/arrows.bash

mkdir -p "$STREET"
{
    # So that who is kept from the spool says so soon, and the client is not told in the meantime.
    echo 'busy_timeout = 2s'
    echo 'worker_pause = 100ms'
    echo 'sweep_interval = 1s'
    loopback_settings
} >"$WORK/conf"
street_start "$WORK/conf"

# keyed KEY TEXT: posts it; the body into $WORK/answer. Fails where no program answered.
keyed() {
    jq -cn --arg message "$2" '{number: "5511110001", $message}' |
        curl -K "$STREET/curl.conf" -f --max-time 30 -H 'Content-Type: application/json' \
            -H "Idempotency-Key: $1" --data-binary @- -o "$WORK/answer" "$URL/" 2>"$WORK/refused"
}
# Of the program that takes requests, before one and while it is there.
read_so_far() { sed -n 's/^rchar: //p' "/proc/$program/io"; }
has_read_more() { [ "$(read_so_far)" -gt "$1" ]; }
ids_of() { # TEXT: the ids of the messages stored with it
    sqlite3 -readonly -cmd '.timeout 5000' "$STREET/spool.sqlite" \
        "SELECT id FROM message WHERE text = '$1'"
}
is_stored() { [ -n "$(ids_of "$1")" ]; }
nginx_workers() { pgrep -f '^nginx: worker' -P "$(pgrep -f "nginx -p $STREET " | head -1)"; }

# --- client, FastCGI program, spool -------------------------------------------------------------

# validated: nothing is stored, the client has no answer and asks again with its key.
program=$(process_of smsspool-send)
before=$(read_so_far)
hold_spool
keyed first 'not committed' &
client=$!
expect_true "the request is in the program's hands" until_true 30 has_read_more "$before"
strike smsspool-send
free_spool
wait "$client"
expect_true "validated: the client has no success" test $? -ne 0
expect "nothing is stored" "" "$(ids_of 'not committed')"
expect_true "it asks again" until_true 20 keyed first 'not committed'
ended_as "and the message goes out once" "$(jq -r .message_id "$WORK/answer")" sent 1 0

# committed: the message is in the spool, the client does not know; its key finds it.
program=$(process_of smsspool-send)
before=$(read_so_far)
mapfile -t workers < <(nginx_workers)
hold_spool
keyed second 'not answered' &
client=$!
until_true 30 has_read_more "$before"
kill -STOP "${workers[@]}"
free_spool
expect_true "the message is stored" until_true 30 is_stored 'not answered'
strike smsspool-send
kill -KILL "${workers[@]}"
wait "$client"
expect_true "committed: the client has no answer" test $? -ne 0
expect_true "it asks again" until_true 20 keyed second 'not answered'
expect "and is told of the message that was stored" "$(ids_of 'not answered')" \
    "$(jq -r .message_id "$WORK/answer")"
ended_as "which goes out once" "$(ids_of 'not answered')" sent 1 0

# --- spool, daemon ------------------------------------------------------------------------------

# answered: the job is queued; no poke reaches a daemon that is dead, and its timer needs none.
freeze smsspoold
id=$(post 5511110001 'not poked')
strike smsspoold
ended_as "answered, not poked: goes out once" "$id" sent 1 0

# poked: the job is queued, the daemon wants it and cannot have it.
freeze smsspoold
id=$(post 5511110001 'not claimed')
hold_spool
since=$(log_lines)
thaw smsspoold
expect_true "the daemon wants the spool" until_true 20 spool_is_missed "$since"
expect "and has claimed nothing" queued "$(state_of "$id")"
strike smsspoold
free_spool
ended_as "poked, not claimed: goes out once" "$id" sent 1 0

# --- daemon, worker -----------------------------------------------------------------------------

# claimed and told: the journal says sending; whether the worker has looked, nobody can know.
freeze smsspool-loopback
id=$(post 5511110001 'not heard')
until_true 30 stored_is "$id" sending
strike smsspool-loopback
ended_as "told, the worker dies: unknown, sent again" "$id" sent 1 1

freeze smsspool-loopback
id=$(post 5511110001 'not heard either')
until_true 30 stored_is "$id" sending
worker=$(process_of smsspool-loopback)
strike smsspoold
kill -KILL "$worker"
ended_as "told, both die: the same, by the same road" "$id" sent 1 1

# answered by the worker: it is on the air, the daemon has not read the answer.
freeze smsspool-loopback
id=$(post 5511110001 'not read')
until_true 30 stored_is "$id" sending
freeze smsspoold
thaw smsspool-loopback
expect_true "it is on the air" until_true 30 is_on_air 'not read'
strike smsspoold
ended_as "answer not read: a double, declared" "$id" sent 2 1

# --- worker, daemon, spool ----------------------------------------------------------------------

# read: the daemon knows that it was sent, the spool does not.
freeze smsspool-loopback
id=$(post 5511110001 'not settled')
until_true 30 stored_is "$id" sending
hold_spool
since=$(log_lines)
thaw smsspool-loopback
until_true 30 is_on_air 'not settled'
expect_true "the daemon wants to settle" until_true 20 spool_is_missed "$since"
strike smsspoold
free_spool
ended_as "answer read, not settled: a double, declared" "$id" sent 2 1

# The same without a death: the spool was only busy, and nothing is unknown.
freeze smsspool-loopback
id=$(post 5511110001 'settled late')
until_true 30 stored_is "$id" sending
hold_spool
since=$(log_lines)
thaw smsspool-loopback
until_true 20 spool_is_missed "$since"
free_spool
ended_as "settled as soon as the spool is free" "$id" sent 1 0

# settled, and the next one claimed in the same commit: the first is done, the second is in hand.
freeze smsspool-loopback
first=$(post 5511110001 'settled')
until_true 30 stored_is "$first" sending
second=$(post 5511110002 'claimed next')
thaw smsspool-loopback
until_true 30 stored_is "$second" sent
strike smsspoold
expect_true "another daemon runs" until_true 20 process_of smsspoold
third=$(post 5511110003 'afterwards')
ended_as "what is settled stays so: the third" "$third" sent 1 0
ended_as "the first" "$first" sent 1 0
ended_as "the second" "$second" sent 1 0
finish
