# Rows of the daemon: how soon and how fast it hands messages on where no modem holds it up.

measure_pickup() {
    local samples all
    row_street pickup
    samples=$("$RESULTS/bin/pickup" "$URL/" "$STREET/credentials" "$STREET/simmodem.sock" "$POSTS") ||
        give_up "no message was picked up"
    all=$(jq -sc 'sort | {posts: length, p50_ms: .[length / 2 | floor],
        p99_ms: .[(length - 1) * 0.99 | ceil], samples: .}' <<<"$samples" | keep pickup)
    row "200 to AT+CMGS, $POSTS single posts" \
        "$(jq -r '"p50 \(.p50_ms) ms, p99 \(.p99_ms) ms"' <<<"$all")" "" "" "2, 10 ms"
}

# loopback_folder NAME: with the settings of a daemon over the free transport.
loopback_folder() {
    local folder=$WORK/$1
    daemon_settings "$folder" >"$folder.conf"
    printf '[modem sim]\nworker = loopback\nair = %s/air.jsonl\n' "$folder" >>"$folder.conf"
    mv "$folder.conf" "$folder/smsspool.conf"
    echo "$folder"
}

# attempts_of FOLDER COUNT: from the first attempt to the end of the last of so many, as the journal
# has them.
attempts_of() {
    sql -readonly -json "$1/spool.sqlite" "SELECT COUNT(*) AS jobs,
        (MAX(ended_ms) - MIN(started_ms)) / 1000.0 AS seconds,
        COUNT(*) * 1000.0 / (MAX(ended_ms) - MIN(started_ms)) AS per_second
        FROM (SELECT * FROM attempt WHERE outcome = 'accepted' AND modem = 'sim' ORDER BY id LIMIT $2)" | jq -c '.[0]'
}

# Of the loopback worker: a line for the part and one for the message.
went_out() { [ "$(wc -l <"$1/air.jsonl")" -ge $((2 * $2)) ]; }

sent_as_told() {
    [ "$(sql -readonly "$1/spool.sqlite" "SELECT COUNT(*) FROM attempt
        WHERE outcome = 'accepted' AND modem = 'sim'")" -ge "$2" ]
}

# drained FOLDER COUNT NAME: a daemon sends so many.
drained() {
    start_daemon "$1"
    until_true 300 went_out "$1" "$2" || give_up "the spool was not drained: $(cat "$WORK/smsspoold.log")"
    until_true 10 sent_as_told "$1" "$2" || give_up "a job is not sent"
    end_process smsspoold
    attempts_of "$1" "$2" | keep "$3"
}

# Between the first that is seen to be sent and the last.
drained_by_gammu() {
    local folder=$WORK/gammu-smsd now=0 first=0 began=0
    mkdir -p "$folder/phone"
    start_gammu_smsd "$folder" "$PEER_JOBS" none "$folder/phone"
    while [ "$now" -lt "$PEER_JOBS" ]; do
        kill -0 "$(process_named gammu-smsd)" 2>/dev/null || give_up "gammu-smsd has ended"
        now=$(gammu_smsd_sent "$folder")
        if [ "$first" -eq 0 ] && [ "$now" -gt 0 ]; then
            first=$now
            began=$EPOCHREALTIME
        fi
        sleep 0.05
    done
    jq -n --argjson jobs "$((PEER_JOBS - first))" --argjson began "$began" --argjson ended "$EPOCHREALTIME" \
        '{jobs: $jobs, seconds: ($ended - $began), per_second: ($jobs / ($ended - $began))}' |
        keep drain/gammu-smsd
    end_process gammu-smsd
}

measure_drain() {
    local folder ours limit peer
    folder=$(loopback_folder drain) || exit
    fill_spool "$folder" "$JOBS"
    cp "$folder/spool.sqlite" "$folder/copy.sqlite"
    ours=$(drained "$folder" "$JOBS" drain) || exit
    limit=$("$RESULTS/bin/limit_commits" "$folder/copy.sqlite" | keep drain/commits) || exit
    row "drain $JOBS jobs, free transport" "$(rate "$ours")" \
        "the bare commits: $(rate "$limit")" "$(ratio "$ours" "$limit")" "0.8"
    if has_gammu_smsd; then
        peer=$(drained_by_gammu) || exit
        row "" "" "gammu-smsd, dummy phone: $(rate "$peer")" "$(ratio "$ours" "$peer")" "20"
    else
        row "" "" "gammu-smsd is not installed (make bench-deps)" "" "20"
    fi
}

# claims NAME FOLDER
claims() { "$RESULTS/bin/claims" "$2/smsspool.conf" "$CLAIMS" | keep "$1"; }

# The verb alone, and the daemon as a whole.
measure_backlog() {
    local few many few_claims many_claims many_drained few_drained
    few=$(loopback_folder few) || exit
    fill_spool "$few" 100
    few_claims=$(claims backlog/claims/100 "$few") || exit
    many=$(loopback_folder many) || exit
    full_spool "$many" "$BACKLOG" queued
    many_claims=$(claims "backlog/claims/$BACKLOG" "$many") || exit
    row "settle and claim, $BACKLOG queued" "$(rate "$many_claims")" \
        "with 100 queued: $(rate "$few_claims")" "$(ratio "$many_claims" "$few_claims")" "0.8"
    few=$(loopback_folder some) || exit
    fill_spool "$few" "$JOBS"
    few_drained=$(drained "$few" "$JOBS" "backlog/drain/$JOBS") || exit
    many_drained=$(drained "$many" "$JOBS" "backlog/drain/$BACKLOG") || exit
    row "drain $JOBS of $BACKLOG" "$(rate "$many_drained")" \
        "of $JOBS: $(rate "$few_drained")" "$(ratio "$many_drained" "$few_drained")" "0.8"
}
