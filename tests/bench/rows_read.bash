# Rows of what clients read, in spools of different sizes. The spools are made once for all of them.

# stored_messages NAME COUNT: the folder of a spool with so many messages that were sent.
stored_messages() {
    local folder=$WORK/$1-$2
    daemon_settings "$folder" >"$folder.conf" && mv "$folder.conf" "$folder/smsspool.conf"
    full_spool "$folder" "$2" sent
    echo "$folder"
}

# listed_messages COUNT: the same, with so many that came in, and all of them in the index of search.
listed_messages() {
    local folder=$WORK/listed-$1
    if [ ! -e "$folder/complete" ]; then
        stored_messages listed "$1" >/dev/null
        sql "$folder/spool.sqlite" "INSERT INTO inbox (id, modem, number, text, sent_ms, stored_ms, state,
            folder, location, complete) VALUES ('0', 'sim', '+525512345678', '', 1, 1, 'read', 1, 1, 1)"
        multiply "$folder/spool.sqlite" inbox "$1" id 'id(4)' text "'message ' || n" stored_ms "$BASE + n" \
            state "CASE n % 10 WHEN 0 THEN 'unread' WHEN 1 THEN 'reply' ELSE 'read' END"
        "$RESULTS/bin/fill" "$folder/smsspool.conf" index || give_up "no index in $folder"
        sql "$folder/spool.sqlite" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
        : >"$folder/complete"
    fi
    echo "$folder"
}

# street_on FOLDER: a street on its spool.
street_on() {
    row_street "${1##*/}-street" "spool = $1/spool.sqlite"
    STORED=$1/spool.sqlite
}

# Of a thousand messages, in turn.
measure_status() {
    local size folder ours empty first=
    for size in $SIZES; do
        folder=$(stored_messages stored "$size") || exit
        street_on "$folder"
        sql -readonly "$STORED" "SELECT '/status?message_id=' || id FROM message WHERE username = 'demo'
            ORDER BY RANDOM() LIMIT 1000" >"$WORK/paths"
        ours=$(PATHS=$WORK/paths load "status/$size" "$URL/status" "$TIME" "$CLIENTS") || exit
        all_answered "$ours" || give_up "not all were found: $ours"
        start_limits
        empty=$(PATHS=$WORK/paths load "status/$size/empty" "$LIMITS_URL/status" "$TIME" "$CLIENTS") || exit
        row "GET /status, $CLIENTS clients, $size stored" "$(speed "$ours")" \
            "empty program: $(speed "$empty")" "$(ratio "$ours" "$empty")" "0.6"
        [ -z "$first" ] ||
            row "" "" "the same with ${SIZES%% *}: $(rate "$first")" "$(ratio "$ours" "$first")" "0.9"
        first=${first:-$ours}
        end_row
        rm -r "$folder"
    done
}

# one_by_one ROW NAME PATH: a client asks the same again and again.
one_by_one() {
    local ours
    ours=$(load "$2" "$URL$3" "$(((TIME + 2) / 3))" 1) || exit
    all_answered "$ours" || give_up "$3: $ours"
    row "$1" "$(speed "$ours")" "$3" "" "p50 10 ms"
}

measure_inbox() {
    local size=$LISTED folder
    folder=$(listed_messages "$size") || exit
    street_on "$folder"
    one_by_one "inbox of $size, first 50" inbox/first "/inbox?limit=50"
    # What is handed out becomes read: the next 50 are others each time.
    one_by_one "  50 that are unread" inbox/unread "/inbox?unread_only=true&limit=50"
    one_by_one "  first 1000" inbox/thousand "/inbox?limit=1000"
    one_by_search inbox "/inbox?limit=20"
}

# one_by_search NAME PATH: texts are "message N".
one_by_search() {
    local size=$LISTED
    one_by_one "  search: all of them have it" "$1/common" "$2&search=message"
    one_by_one "  one has it" "$1/rare" "$2&search=message%20$((size * 7 / 9 + 1))"
    one_by_one "  none has it, but all its parts (7)" "$1/none7" "$2&search=sage%2077777777777"
    one_by_one "  none has it, but all its parts (9)" "$1/none9" "$2&search=sage%2099999999999"
    one_by_one "  two letters, in none" "$1/short" "$2&search=zz"
}

# This API speaks of pages.
measure_history() {
    local size=$LISTED folder id
    folder=$(listed_messages "$size") || exit
    street_on "$folder"
    id=$(api GET "/api/sms?page=1&per_page=1" | jq '.data.messages[0].id') || exit
    one_by_one "history of $size, first page" history/first "/api/sms?page=1&per_page=20"
    one_by_one "  a page in the middle" history/middle "/api/sms?page=$((size / 40))&per_page=20"
    one_by_one "  the last page" history/last "/api/sms?page=$((size / 20))&per_page=20"
    one_by_one "  one message" history/one "/api/sms/$id"
    one_by_search history "/api/sms?page=1&per_page=20"
}
