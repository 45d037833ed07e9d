#!/bin/bash
# Goal: SIGTERM ends smsspool-pull within ten seconds also while another holds the spool, and what it was
# handed out and could not store goes back to the server, and is sent once by the next start.
. "$(dirname "$0")/street.bash"
. tests/flow/remote.bash

remote real --dialect real
# shellcheck disable=SC2154 # by remote.bash
cat >"$WORK/conf" <<END
worker_pause = 100ms
region = RO
[modem sim]
worker = loopback
air = $WORK/air.jsonl
[remote real]
url = http://127.0.0.1:${remote_port[real]}/sms
number = +40712345678
country = RO
poll_interval = 200ms
retry_first = 100ms
retry_most = 500ms
grant = none
END
street_start "$WORK/conf"
start() { agent pull -c etc/smsspool.conf -c "$STREET/smsspool.conf" -c "$WORK/conf"; }
start
add real +40711111111 'all is well'
expect_true "while nobody holds the spool it is sent" until_true 20 last_step real 'all is well' Sent

coproc HOLDER { sqlite3 "$STREET/spool.sqlite"; }
children+=("$HOLDER_PID")
# shellcheck disable=SC2154 # by coproc
printf '.timeout 20000\nBEGIN IMMEDIATE;\nSELECT 7;\n' >&"${HOLDER[1]}"
read -r -t 30 held <&"${HOLDER[0]}"
expect "another holds the spool" 7 "$held"
mark real
add real +40711111111 'nobody can keep it'
expect_true "a message is handed out" until_true 20 asked real '.operation == "next" and .status == 200'
SECONDS=0
end_agent pull
# shellcheck disable=SC2154 # by remote.bash
expect "SIGTERM ends it in order" 0 "$ended"
expect_true "within ten seconds ($SECONDS)" test "$SECONDS" -le 10
# shellcheck disable=SC2154 # by remote.bash
expect_true "what is in no spool is said" grep -q "${remote_id[real]} was handed out, and is in no spool" "$STREET/log/pull.log"
expect_true "and goes back" last_step real 'nobody can keep it' Pending

holder=$HOLDER_PID
echo 'ROLLBACK;' >&"${HOLDER[1]}"
eval "exec ${HOLDER[1]}>&-"
wait "$holder"
start
expect_true "the next start sends it" until_true 20 last_step real 'nobody can keep it' Sent
expect "once" 1 "$(on_air 'nobody can keep it')"
end_agent pull
finish
