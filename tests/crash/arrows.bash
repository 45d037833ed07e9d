# For tests that kill a program between two steps of a message, behind street.bash: how a program is
# held at a step without its help. Each waits for an event and fails after its time.
#
#   hold_spool, free_spool      nobody else can write to the spool between the two
#   log_lines; spool_is_missed LINES   the daemon has said since that it cannot have the spool
#   freeze PROGRAM, thaw PROGRAM   SIGSTOP, SIGCONT
#   strike PROGRAM              SIGKILL
#   state_of ID                 the stored state of a message's job
#   on_air TEXT                 how often this text is on the air
#   ended_as WHAT ID STATE COPIES UNKNOWNS   a line of the test: /status and the air, in the end

hold_spool() {
    [ -p "$WORK/hold" ] || mkfifo "$WORK/hold"
    : >"$WORK/held"
    sqlite3 -cmd '.timeout 10000' "$STREET/spool.sqlite" <"$WORK/hold" >"$WORK/held" &
    holder=$!
    exec 7>"$WORK/hold"
    echo "BEGIN IMMEDIATE; SELECT 'held';" >&7
    until_true 20 grep -q held "$WORK/held" && return
    echo "FAIL the spool cannot be held"
    failures=$((failures + 1))
}

# Whoever was started meanwhile has the same descriptor: its end would not be seen.
free_spool() {
    printf 'ROLLBACK;\n.quit\n' >&7
    exec 7>&-
    wait "$holder"
}

log_lines() { wc -l <"$STREET/log/smsspoold.log"; }
spool_is_missed() {
    tail -n "+$(($1 + 1))" "$STREET/log/smsspoold.log" | grep -q '\[SPOOL\]'
}

# One, and not also the one before that is about to leave, or a child that is not yet another program.
is_alone() { [ "$(processes_of "$1" | wc -l)" -eq 1 ]; }

# A program that is stopped within a transaction would hold the spool: then it is tried again.
freeze() {
    local pid attempt
    for attempt in {1..20}; do
        : "$attempt"
        until_true 30 is_alone "$1"
        pid=$(process_of "$1")
        kill -STOP "$pid"
        sqlite3 "$STREET/spool.sqlite" 'BEGIN IMMEDIATE; ROLLBACK' 2>>"$WORK/out" && return
        kill -CONT "$pid"
    done
    echo "FAIL $1 cannot be stopped outside of a transaction"
    failures=$((failures + 1))
}
# It may have gone in between.
kill_alone() { is_alone "$1" && kill -KILL "$(process_of "$1")" 2>/dev/null; }
thaw() { kill -CONT "$(process_of "$1")"; }
strike() {
    until_true 30 kill_alone "$1"
}

state_of() {
    sqlite3 -readonly -cmd '.timeout 5000' "$STREET/spool.sqlite" \
        "SELECT state FROM job WHERE message_id = '$1'"
}
stored_is() { [ "$(state_of "$1")" = "$2" ]; }
status_is() { [ "$(field "$1" .status)" = "$2" ]; }

on_air() {
    touch "$STREET/air.jsonl"
    jq -s --arg text "$1" 'map(select(.event == "message" and .text == $text)) | length' \
        "$STREET/air.jsonl"
}
is_on_air() { [ "$(on_air "$1")" -ge "${2:-1}" ]; }

ended_as() {
    until_true 60 status_is "$2" "$3"
    expect "$1" "$3, $4 on the air, $5 unknown" \
        "$(field "$2" .status), $(on_air "$(field "$2" .message)") on the air, $(
            field "$2" '.meta.unknown_attempts // 0') unknown"
}
