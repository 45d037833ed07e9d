# Rows of what clients do: posting messages, logging in, one message to many.

BODY='{"number":"5512345678","message":"A message of the usual length, as a shop sends it."}'

# The daemon has work too, but no more of it than with a modem.
as_slow_as_a_modem() {
    sim set send_time_ms=2000 >/dev/null || give_up "the simulated modem does not obey"
}

measure_accept() {
    local ours plain empty insert
    row_street accept
    as_slow_as_a_modem
    start_limits
    ours=$(load accept "$URL/" "$TIME" "$CLIENTS" "$BODY") || exit
    empty=$(load accept/empty "$LIMITS_URL/" "$TIME" "$CLIENTS" "$BODY") || exit
    insert=$(load accept/insert "$LIMITS_URL/insert" "$TIME" "$CLIENTS" "$BODY") || exit
    # Last, and few: what wrk does not wait for, nginx still hashes.
    plain=$(load accept/plain "$LIMITS_URL/plain" 5 4) || exit
    row "POST /, $CLIENTS clients, bcrypt 12" "$(speed "$ours")" \
        "empty program and one insert: $(speed "$insert")" "$(ratio "$ours" "$insert")" "0.7"
    row "" "" "empty program: $(speed "$empty")" "$(ratio "$ours" "$empty")" ""
    row "" "" "plain auth_basic: $(speed "$plain")" "$(ratio "$ours" "$plain")" ""
}

# A folder of programs of which one finds a slow disk.
slow_programs() {
    local program
    mkdir -p "$WORK/slow/bin"
    for program in "$BIN"/*; do
        [ ! -x "$program" ] || [ -d "$program" ] || ln -sf "$program" "$WORK/slow/bin/"
    done
    rm "$WORK/slow/bin/smsspool-send"
    printf '#!/bin/sh\nLD_PRELOAD=%s exec %s "$@"\n' "$RESULTS/bin/slow_sync" "$BIN/smsspool-send" \
        >"$WORK/slow/bin/smsspool-send"
    chmod +x "$WORK/slow/bin/smsspool-send"
}

measure_slowdisk() {
    local ours limit
    slow_programs
    BUILD=$WORK/slow row_street slowdisk
    as_slow_as_a_modem
    start_limits
    ours=$(load slowdisk "$URL/" "$TIME" "$CLIENTS" "$BODY") || exit
    limit=$(load slowdisk/insert "$LIMITS_URL/slow" "$TIME" "$CLIENTS" "$BODY") || exit
    row "the same, each sync 10 ms longer" "$(speed "$ours")" \
        "one commit a request: $(speed "$limit")" "$(ratio "$ours" "$limit")" "15"
}

# Nothing but the login, with the password file as the ancestor writes it: $2b$, cost 12.
measure_login() {
    local ours plain
    row_street login
    start_limits
    sed -i 's/^demo:\$2y\$/demo:$2b$/' "$STREET/htpasswd"
    grep -q '^demo:\$2b\$12\$' "$STREET/htpasswd" || give_up "no bcrypt of cost 12 in the password file"
    ours=$(load login "$LIMITS_URL/cached" "$TIME" "$CLIENTS") || exit
    plain=$(load login/plain "$LIMITS_URL/plain" "$TIME" 4) || exit
    row "login, $CLIENTS clients, bcrypt 12" "$(speed "$ours")" \
        "bare auth_basic: $(speed "$plain")" "$(ratio "$ours" "$plain")" ""
}

# memory_of PROGRAM: the most that it ever had, in KiB.
memory_of() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(process_of "$1")/status"; }

all_queued() {
    [ "$(sql -readonly "$STREET/spool.sqlite" 'SELECT COUNT(*) FROM job')" -ge "$RECIPIENTS" ]
}

# The jobs once more, into an empty spool: nothing is looked at, and all is one transaction.
bare_inserts() {
    local bare=$WORK/bare began ended
    daemon_settings "$bare" >"$bare.conf"
    "$BIN/smsctl" -c "$bare.conf" spool migrate >/dev/null
    began=$EPOCHREALTIME
    sql "$bare/spool.sqlite" "PRAGMA synchronous = FULL; ATTACH '$STREET/spool.sqlite' AS street;
        BEGIN; INSERT INTO job SELECT * FROM street.job; COMMIT"
    ended=$EPOCHREALTIME
    [ "$(sql "$bare/spool.sqlite" 'SELECT COUNT(*) FROM job')" = "$RECIPIENTS" ] ||
        give_up "the bulk has become another number of jobs"
    many_a_second "$began" "$ended" | keep bulk/bare
}

# many_a_second BEGAN ENDED
many_a_second() {
    jq -n --argjson rows "$RECIPIENTS" --argjson began "$1" --argjson ended "$2" \
        '{seconds: ($ended - $began), per_second: ($rows / ($ended - $began))}'
}

# One request with many recipients, who are to be sent to later: when it is answered, and when each of
# them has a job of its own, which the daemon makes.
measure_bulk() {
    local before began answered queued ours all bare
    row_street bulk
    jq -cn --argjson count "$RECIPIENTS" --arg later "$(date -u -d '1 hour' +%FT%TZ)" \
        '{recipients: [range($count) | "55" + (20000000 + . | tostring)], content: "to many",
          not_before: $later}' >"$WORK/bulk.json"
    # The login, and what libphonenumber loads for the first number whatever follows.
    curl -K "$STREET/curl.conf" -H 'Content-Type: application/json' -o /dev/null \
        -d '{"recipient": "5512345678", "content": "to one"}' "$URL/api/sms/preview"
    before=$(memory_of smsspool-api_sms)
    began=$EPOCHREALTIME
    curl -K "$STREET/curl.conf" --max-time 300 -H 'Content-Type: application/json' \
        --data-binary "@$WORK/bulk.json" -o "$WORK/bulk" "$URL/api/sms/send-bulk"
    answered=$EPOCHREALTIME
    [ "$(jq .data.total "$WORK/bulk")" = "$RECIPIENTS" ] || give_up "the bulk: $(cat "$WORK/bulk")"
    until_true 300 all_queued || give_up "not all recipients of the bulk have a job"
    queued=$EPOCHREALTIME
    ours=$(many_a_second "$began" "$answered" | jq -c --argjson more "$(($(memory_of smsspool-api_sms) - before))" \
        --argjson body "$(wc -c <"$WORK/bulk.json")" \
        '. + {memory_kib: $more, body_kib: ($body / 1024 | round)}' | keep bulk) || exit
    all=$(many_a_second "$began" "$queued" | keep bulk/queued) || exit
    bare=$(bare_inserts) || exit
    row "$RECIPIENTS recipients in one request" \
        "$(rate "$ours"), $(jq -r '"\(.memory_kib) KiB for a body of \(.body_kib)"' <<<"$ours")" \
        "the jobs alone, one transaction: $(rate "$bare")" "$(ratio "$ours" "$bare")" "0.5"
    row "  until each has a job" "$(rate "$all")" "" "$(ratio "$all" "$bare")" ""
}
