#!/bin/bash
# Goal: as arrows.sh, between worker, modem and network, and on the way in: whoever is killed at
# whatever arrow, what goes out is on the air once, or twice and declared; what comes in is handed out
# once, and leaves the SIM.
#
# The modem holds a step by a fault; the daemon is kept from the spool.
. "$(dirname "$0")/../flow/street.bash"
. tests/crash/arrows.bash

cat >"$WORK/conf" <<'END'
busy_timeout = 1s
worker_pause = 100ms
sweep_interval = 1s
scan_interval = 3s
END
street_start "$WORK/conf"

so_far() { sim status | jq .sequence; }
# told COMMAND: the modem has heard it since $since.
told() { sim wait command command="$1" since="$since" timeout_ms=30000; }
stored_on_sim() { sim status | jq '[.stored[]] | add'; }
sim_holds() { [ "$(stored_on_sim)" = "$1" ]; }
in_inbox() {
    "$BIN/smsctl" -c "$STREET/smsspool.conf" --json inbox list |
        jq -s --arg text "$1" 'map(select(.text == $text)) | length'
}
inbox_has() { [ "$(in_inbox "$1")" -ge 1 ]; }
# came_once WHAT TEXT
came_once() {
    until_true 60 inbox_has "$2"
    until_true 60 sim_holds 0
    expect "$1" '1 in the inbox, 0 on the SIM' "$(in_inbox "$2") in the inbox, $(stored_on_sim) on the SIM"
}

# --- out ----------------------------------------------------------------------------------------

# told: the modem has heard the command, and has no PDU: nothing can be on the air. The daemon cannot
# know that.
since=$(so_far)
sim fault no_prompt on >"$WORK/out"
id=$(post 5511110001 'no PDU')
expect_true "the modem has heard of it" told AT+CMGS
strike smsspool-modem
sim fault no_prompt off >"$WORK/out"
ended_as "told, no PDU: unknown, sent again" "$id" sent 1 1

# PDU handed over: it is on the air, +CMGS is still to come. The worker dies.
sim fault late_cmgs on ms=8000 >"$WORK/out"
id=$(post 5511110001 'no answer')
expect_true "it is under way" until_true 30 stored_is "$id" sending
expect_true "and on the air" sim wait part match='no answer' timeout_ms=30000
strike smsspool-modem
sim fault late_cmgs off >"$WORK/out"
ended_as "no +CMGS: a double, declared" "$id" sent 2 1

# The same where the daemon dies, and its worker with it.
sim fault late_cmgs on ms=8000 >"$WORK/out"
id=$(post 5511110001 'no daemon')
expect_true "it is on the air" sim wait part match='no daemon' timeout_ms=30000
strike smsspoold
sim fault late_cmgs off >"$WORK/out"
ended_as "no +CMGS, the daemon dies: the same" "$id" sent 2 1

# --- in -----------------------------------------------------------------------------------------

# stored on the SIM: no worker has seen it.
freeze smsspoold
strike smsspool-modem
sim incoming +525522220001 'not scanned' >"$WORK/out"
strike smsspoold
came_once "stored on the SIM, not scanned" 'not scanned'

# scanned: the daemon has it and cannot commit it; the SIM still has it.
hold_spool
since=$(so_far)
said=$(log_lines)
sim incoming +525522220001 'not committed' >"$WORK/out"
expect_true "it is read" told AT+CMG
expect_true "the daemon wants to commit" until_true 20 spool_is_missed "$said"
strike smsspoold
free_spool
expect "scanned, not committed: it is not in the inbox" 0 "$(in_inbox 'not committed')"
came_once "it is read again" 'not committed'

# committed: it is in the inbox, and on the SIM.
sim fault delete_fails on >"$WORK/out"
sim incoming +525522220001 'not deleted' >"$WORK/out"
expect_true "committed: it is in the inbox" until_true 30 inbox_has 'not deleted'
strike smsspoold
expect_true "and on the SIM" sim_holds 1
sim fault delete_fails off >"$WORK/out"
came_once "not deleted: the second copy is dropped, and deleted" 'not deleted'

# deleted: gone from the SIM, and the spool does not know.
sim fault slow on ms=600 >"$WORK/out"
since=$(so_far)
sim incoming +525522220001 'not released' >"$WORK/out"
expect_true "it is to be deleted" told AT+CMGD
hold_spool
sim fault slow off >"$WORK/out"
expect_true "and is" until_true 20 sim_holds 0
strike smsspoold
free_spool
came_once "deleted, not released: handed out once" 'not released'
sim incoming +525522220001 'the next one' >"$WORK/out"
came_once "and the next one comes" 'the next one'
finish
