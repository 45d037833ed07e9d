# Rows with simulated modems. What was sent, and when, is what the modem says.

# Each of these sends what it is told through a modem of its own with this time for a send, into
# $FOLDER, and prints {"per_second":…}; with IDLE the share of a processor that it needs afterwards.
sent_by_smsspool() {
    modem_at "$FOLDER" phone "$2"
    daemon_settings "$FOLDER" >"$FOLDER/smsspool.conf"
    printf '[modem sim]\ndevice = %s/phone\n' "$FOLDER" >>"$FOLDER/smsspool.conf"
    fill_spool "$FOLDER" "$1"
    start_daemon "$FOLDER"
    modem_result "$1" smsspoold
}

sent_by_gammu_smsd() {
    modem_at "$FOLDER" phone "$2"
    start_gammu_smsd "$FOLDER" "$1" at "$FOLDER/phone"
    modem_result "$1" gammu-smsd
}

sent_by_smstools() {
    modem_at "$FOLDER" phone "$2"
    start_smstools "$FOLDER" "$1" "$FOLDER/phone"
    modem_result "$1" smstools
}

sent_by_bare_gammu() {
    modem_at "$FOLDER" phone "$2"
    IDLE=0
    in_background bare_gammu "$RESULTS/bin/bare_gammu" "$FOLDER/phone" "$1"
    modem_result "$1" bare_gammu
}

# modem_result COUNT PROCESS
modem_result() {
    local idle=null
    until_true 300 has_sent "$1" "$FOLDER/phone.jsonl" ||
        give_up "$2 sent $(on_the_air "$FOLDER/phone.jsonl") of $1: $(tail -n 5 "$WORK/$2.log")"
    if [ "$IDLE" -gt 0 ]; then
        sleep 1 # what is left of the work
        # shellcheck disable=SC2046 # a list of processes
        idle=$(idle_share "$IDLE" $(family_of "$(process_named "$2")")) || exit
    fi
    end_process "$2"
    end_process modem-phone
    [ "$(on_the_air "$FOLDER/phone.jsonl")" -eq "$1" ] || give_up "$2 sent more than it was told"
    air_rate "$FOLDER/phone.jsonl" | jq -c --argjson idle "$idle" '. + {idle_percent: $idle}'
}

# line_of WHO COUNT SEND_TIME
line_of() {
    FOLDER=$WORK/line-$1-$3 "sent_by_$1" "$2" "$3" | keep "line/$3/$1"
}

# and_idle JSON: its rate, and what it needs while there is nothing to send.
and_idle() {
    rate "$1" | tr -d '\n'
    jq -r 'if .idle_percent == null then "" else ", idle \(.idle_percent) % of a core" end' <<<"$1"
}

# line_rows SEND_TIME OUR_COUNT COUNT AIM
line_rows() {
    local ours peer name
    ours=$(line_of smsspool "$2" "$1") || exit
    peer=$(line_of bare_gammu "$3" "$1") || exit
    row "line, $1 ms a send" "$(and_idle "$ours")" "a bare libgammu loop: $(rate "$peer")" \
        "$(ratio "$ours" "$peer")" "$4; idle 1 %"
    for name in gammu_smsd smstools; do
        if "has_$name"; then
            peer=$(line_of "$name" "$3" "$1") || exit
            row "" "" "${name/_/-}: $(and_idle "$peer")" "$(ratio "$ours" "$peer")" "$4"
        else
            row "" "" "${name/_/-} is not installed (make bench-deps)" "" "$4"
        fi
    done
}

measure_line() {
    line_rows 0 "$((LINE * 25))" "$LINE" 10
    IDLE=0 line_rows 2000 "$LINE_SLOW" "$LINE_SLOW" 1.08
}

# --- connecting ---------------------------------------------------------------------------------

# A worker alone, as the daemon starts it: from its start to its answer that it can send.
opened_once() {
    local began=$EPOCHREALTIME answer to from
    coproc WORKER { exec "$BIN/smsspool-modem" 2>"$WORK/worker.log"; }
    # shellcheck disable=SC2153 # coproc sets it
    to=${WORKER[1]} from=${WORKER[0]}
    printf '{"id":1,"op":"open","settings":{"device":"%s"}}\n' "$1" >&"$to"
    read -r -t 60 answer <&"$from"
    local ended=$EPOCHREALTIME
    [[ $answer == *'"ok":"opened"'* ]] || give_up "the worker did not open the modem: $answer"
    exec {to}>&-
    wait "$WORKER_PID" 2>/dev/null
    jq -n --argjson began "$began" --argjson ended "$ended" '$ended - $began'
}

# connected NAME: of several, in seconds.
connected() {
    jq -sc 'sort | {p50_s: (.[length / 2 | floor] * 1000 | round / 1000), samples: .}' | keep "$1"
}

measure_connect() {
    local i ours peer
    modem_at "$WORK/connect" phone 0
    ours=$(for ((i = 0; i < CONNECTS; i++)); do opened_once "$WORK/connect/phone"; done | connected connect) || exit
    peer=$(for ((i = 0; i < (CONNECTS + 1) / 2; i++)); do
        "$RESULTS/bin/bare_gammu" "$WORK/connect/phone" 0 | jq .connect_s
    done | connected connect/gammu) || exit
    row "connect, worker's start to ready" "$(jq -r '"p50 \(.p50_s) s"' <<<"$ours")" \
        "GSM_InitConnection: $(jq -r '"\(.p50_s) s"' <<<"$peer")" \
        "$(jq -rn --argjson a "$ours" --argjson b "$peer" '$a.p50_s / $b.p50_s * 100 | round / 100')" "p50 1 s"
}

# --- several ------------------------------------------------------------------------------------

# several COUNT: the rate of so many modems of 200 ms a send, all at work.
several() {
    local folder=$WORK/modems-$1 i air=()
    daemon_settings "$folder" >"$folder.conf"
    for ((i = 1; i <= $1; i++)); do
        modem_at "$folder" "m$i" 200
        printf '[modem m%d]\ndevice = %s/m%d\n' "$i" "$folder" "$i" >>"$folder.conf"
        air+=("$folder/m$i.jsonl")
    done
    mv "$folder.conf" "$folder/smsspool.conf"
    fill_spool "$folder" "$(($1 * MODEM_JOBS))"
    start_daemon "$folder"
    until_true 300 has_sent "$(($1 * MODEM_JOBS))" "${air[@]}" ||
        give_up "$1 modems sent $(on_the_air "${air[@]}") of $(($1 * MODEM_JOBS))"
    end_process smsspoold
    for ((i = 1; i <= $1; i++)); do
        end_process "modem-m$i"
    done
    air_rate "${air[@]}" | keep "modems/$1"
}

measure_modems() {
    local count ours one=
    for count in 1 8 32; do
        ours=$(several "$count") || exit
        one=${one:-$ours}
        row "$count modems, 200 ms a send" "$(rate "$ours")" "$count times one: $(rate "$(times "$one" "$count")")" \
            "$(ratio "$ours" "$(times "$one" "$count")")" "0.95"
    done
}

times() { jq -c --argjson n "$2" '.per_second *= $n' <<<"$1"; }
