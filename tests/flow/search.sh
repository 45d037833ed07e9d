#!/bin/bash
# Goal: what is sent and what comes in is found by a part of its text, by those who may see it, as
# long as it is there; also where the daemon is killed while it makes the index, and where the index
# is lost.
. "$(dirname "$0")/street.bash"
. tests/crash/arrows.bash

FILLED=${FILLED:-100000}
mkdir -p "$STREET"
{
    echo 'worker_pause = 100ms'
    echo 'sweep_interval = 1s'
    echo 'search_length = 40'
    loopback_settings
} >"$WORK/conf"
street_start "$WORK/conf"

ask() { sqlite3 -cmd '.timeout 5000' "$STREET/spool.sqlite" "$1"; }
is() { [ "$(ask "$1")" = "$2" ]; }
# search PATH TEXT [CURL…]: percent-encoded by curl.
search() {
    local path=$1 text=$2
    shift 2
    api GET "$path" -G --data-urlencode "search=$text" "$@"
}
sent() { search /api/sms "$@" | jq -c '[.data.messages[].content]'; }
came() { search /inbox "$@" | jq -c '[.messages[].text]'; }
all_entered() {
    is "SELECT (SELECT COUNT(*) FROM message_search_docsize) = (SELECT COUNT(*) FROM message) AND
        (SELECT COUNT(*) FROM search_due) = 0" 1
}

# --- who finds what -----------------------------------------------------------------------------

first=$(post +525511110001 'Grüße aus Köln, mañana "a las 8"')
post +525511110002 '今天晚上开会，不要迟到' >"$WORK/out"
post +525511110003 'MAÑANA no, 100% seguro' >"$WORK/out"
expect "found at once, the newest first" \
    '["MAÑANA no, 100% seguro","Grüße aus Köln, mañana \"a las 8\""]' "$(sent 'mañana')"
expect_true "the daemon enters it" until_true 20 all_entered
expect "found through the index" \
    '["MAÑANA no, 100% seguro","Grüße aus Köln, mañana \"a las 8\""]' "$(sent 'MaÑaNa')"
expect "with quotes" '["Grüße aus Köln, mañana \"a las 8\""]' "$(sent '"A LAS 8"')"
expect "Chinese, two characters" '["今天晚上开会，不要迟到"]' "$(sent '开会')"
expect "no wildcard, no operator" '[[],[],[]]' "$(
    for text in '1%0' 'mañana OR seguro' 'mañ*'; do sent "$text"; done | jq -cs .
)"
expect "a page of it" '{"total":2,"pages":2,"messages":["Grüße aus Köln, mañana \"a las 8\""]}' \
    "$(search '/api/sms?page=2&per_page=1' mañana |
        jq -c '.data | {total, pages, messages: [.messages[].content]}')"
expect "nothing is nothing" '[0,null]' "$(search /api/sms egassem | jq -c '.data | [.total, .complete]')"
expect "too long" '[400,"INVALID_SEARCH","search must have at most 40 characters, it has 41"]' \
    "$(search /api/sms "$(printf 'ñ%.0s' {1..41})" -w '%{http_code}' |
        jq -cs '[.[1], .[0].error_code, .[0].error]')"
expect "too long for the inbox" '[400,"INVALID_SEARCH"]' \
    "$(search /inbox "$(printf 'ñ%.0s' {1..41})" -w '%{http_code}' | jq -cs '[.[1], .[0].error_code]')"

ctl user add ana --scopes send,status <<<'third horse' >"$WORK/out"
as_ana() {
    curl -sk --max-time 30 -u 'ana:third horse' -G --data-urlencode "search=$1" "$URL/api/sms" |
        jq -c '[.data.messages[].content]'
}
expect "another user sees none of it" '[]' "$(as_ana mañana)"
curl -sk --max-time 30 -u 'ana:third horse' -H 'Content-Type: application/json' -o "$WORK/out" \
    -d '{"number":"+525511110004","message":"mañana de Ana"}' "$URL/"
expect "but the own" '["mañana de Ana"]' "$(as_ana mañana)"
expect "which nobody else does" 2 "$(sent mañana | jq length)"
expect "smsctl sees all" 3 "$(ctl --json message list --search MAÑANA | wc -l)"
expect "or those of one" '"mañana de Ana"' \
    "$(ctl --json message list --search MAÑANA --user ana | jq -c .text)"

# --- the inbox ----------------------------------------------------------------------------------

arrived() { # ID TEXT
    ask "INSERT INTO inbox VALUES ('$1', 'sim', '+525512345678', '$2', 1, 1, 'unread', 1, 1, 1, NULL)"
}
arrived "${first%?????}00001" 'Código 4711'
arrived "${first%?????}00002" 'código 4712'
expect "what came in" '["código 4712","Código 4711"]' "$(ctl --json inbox list --search 'CÓDIGO' | jq -cs 'map(.text)')"
expect "is handed out with its other parameters" '["código 4712"]' "$(came 'Código' -d unread -d limit=1)"
expect "and read then" '["Código 4711"]' "$(came 'Código' -d unread)"
expect "or removed" '["código 4712"]' "$(came '4712' -d delete)"
expect "the other stays" '["Código 4711"]' "$(came '471')"

# --- what goes ----------------------------------------------------------------------------------

over() { is "SELECT COUNT(*) FROM job WHERE state IN ('queued', 'sending')" 0; }
expect_true "all is sent" until_true 30 over
ask "UPDATE message SET created_ms = 1 WHERE id = '$first'; UPDATE job SET ended_ms = 1 WHERE message_id = '$first'"
gone() { is "SELECT COUNT(*) FROM message WHERE id = '$first'" 0; }
expect_true "an old one is purged" until_true 30 gone
expect "and not found any more" '["MAÑANA no, 100% seguro"]' "$(sent 'mañana')"
expect_true "its entry goes too" until_true 20 all_entered

# --- the daemon is killed -----------------------------------------------------------------------

ask "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $FILLED)
    INSERT INTO message (id, username, api, address, text, encoding, parts, created_ms, valid_until_ms)
    SELECT printf('018f%04x-%04x-7000-8000-000000000000', i / 65536, i % 65536), 'demo', 'rest', '',
        'filled in ' || i || ' with words', 'gsm7', 1, 9e12, 9e12 FROM n;
    INSERT INTO job (id, message_id, number_given, number, state, priority, not_before_ms, valid_until_ms,
        attempts, waits, unknowns, parts_done, ended_ms)
    SELECT id, id, '1', '1', 'sent', 1, 9e12, 9e12, 0, 0, 0, 1, 9e12 FROM message WHERE text LIKE 'filled %'"
ctl spool reindex >"$WORK/out"
entries() { ask 'SELECT COUNT(*) FROM message_search_docsize'; }
began() { [ "$(entries)" -gt "$1" ]; }
kills=0
while [ "$kills" -lt 5 ]; do
    until_true 30 began "$((kills * FILLED / 10))" || break
    strike smsspoold
    kills=$((kills + 1))
done
expect "the daemon was killed in the middle" "5 1" "$kills $(($(entries) < FILLED))"
expect "a search says that it may not be complete" false "$(search /api/sms 'filled in 1 with' | jq .data.complete)"
expect_true "the next one goes on to the end" until_true 120 all_entered
for number in 1 $((FILLED / 2)) "$FILLED"; do
    expect "number $number is found" "[\"filled in $number with words\"]" "$(sent "in $number with")"
done
expect "a total is counted to search_most" '[500,25,false]' \
    "$(search /api/sms 'WITH WORDS' | jq -c '.data | [.total, .pages, .complete]')"
expect "nothing is wrong with it" 'nothing is wrong with the spool' "$(ctl spool check)"

# --- the disk is low ----------------------------------------------------------------------------

# purged NUMBER: the daemon was in a sweep, and did what it does between sweeps before.
purged() {
    local id=${first%?????}1000$1
    ask "INSERT INTO message (id, username, api, address, text, encoding, parts, created_ms, valid_until_ms)
        VALUES ('$id', 'demo', 'rest', '', 'old', 'gsm7', 1, 1, 1);
        INSERT INTO job (id, message_id, number_given, number, state, priority, not_before_ms, valid_until_ms,
            attempts, waits, unknowns, parts_done, ended_ms)
        VALUES ('$id', '$id', '1', '1', 'sent', 1, 1, 1, 0, 0, 0, 1, 1)"
    until_true 30 is "SELECT COUNT(*) FROM message WHERE id = '$id'" 0
}
cp "$STREET/smsspool.conf" "$WORK/enough"
sed -i '1i disk_reserve = 1000000000000' "$STREET/smsspool.conf"
strike smsspoold
ctl spool reindex >"$WORK/out"
expect_true "the daemon goes on" purged 1
expect_true "for some sweeps" purged 2
expect_true "and more" purged 3
expect "and enters nothing" 0 "$(entries)"
cp "$WORK/enough" "$STREET/smsspool.conf"
strike smsspoold
expect_true "until there is room again" until_true 120 all_entered

# --- the index is lost --------------------------------------------------------------------------

ask 'DELETE FROM message_search_data'
expect "a search is refused" '[503,false]' \
    "$(search /api/sms 'with words' -w '%{http_code}' | jq -cs '[.[1], .[0].success]')"
id=$(post +525511110005 'accepted all the same')
is_sent() { [ "$(field "$id" .status)" = sent ]; }
expect_true "a message is sent all the same" until_true 30 is_sent
expect_true "the check tells" test "$(ctl spool check | grep -c 'smsctl spool reindex')" -gt 0
told() { grep -q '\[SEARCH\] the index cannot be written to' "$STREET"/log/*; }
expect_true "and the daemon" until_true 30 told
ctl spool reindex >"$WORK/out"
expect_true "it is made anew" until_true 120 all_entered
expect "and all is found" '["accepted all the same"]' "$(sent 'ALL THE SAME')"
expect "nothing is wrong with it" 'nothing is wrong with the spool' "$(ctl spool check)"
finish
