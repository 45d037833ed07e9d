#!/bin/bash
# Goal: every letter arrives on the phone as it was posted, and comes back as the phone sent it; in
# the alphabet and the number of parts that it must have.
. "$(dirname "$0")/street.bash"

# shellcheck disable=SC1112 # quotes that are letters
# name, text, encoding, parts; a line each. Long texts count, so that a part at the wrong place shows.
TEXTS='
def times($n): . as $piece | [range($n) | $piece] | add;
def counted($n): [range(2000) | tostring + " "] | add | .[:$n];
def counted_wide($n): [range(2000) | tostring + "中"] | add | .[:$n];
# The table of 3GPP TS 23.038 in its order, without its escape.
("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'"'"'()*+,-./0123456789:;<=>?" +
"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà") as $basic |
[["every letter of the GSM alphabet", $basic, "gsm7", 1],
 ["every letter of its extension", "{}[]~|^€\\", "gsm7", 1],
 ["emoji", "👍🏽 👩‍👩‍👧 🇲🇽 😀", "ucs2", 1],
 ["Chinese", "你好，世界。繁體字", "ucs2", 1],
 ["letters next to the alphabet", "ç ê “ ’ – … `", "ucs2", 1],
 ["160 letters", ("a" | times(160)), "gsm7", 1],
 ["161 letters", counted(161), "gsm7", 2],
 ["70 wide letters", ("中" | times(70)), "ucs2", 1],
 ["71 wide letters", counted_wide(71), "ucs2", 2],
 ["an escape at the end of a part", ("a" | times(152)) + "€" + ("b" | times(20)), "gsm7", 2],
 ["a pair at the end of a part", ("中" | times(66)) + "😀" + ("文" | times(10)), "ucs2", 2],
 ["ten parts", counted(1530), "gsm7", 10],
 ["ten wide parts", counted_wide(670), "ucs2", 10]] |
to_entries[] | {name: .value[0], text: .value[1], encoding: .value[2], parts: .value[3],
                number: "+5255000000\(.key + 10)"}'

cat >"$WORK/conf" <<END
long_messages = split
message_length = 10000
scan_interval = 1s
END
street_start "$WORK/conf"
sim json '{"cmd":"set","storage":60}' >"$WORK/out"
sim json '{"cmd":"rule","reply":"{text}","after_ms":1000}' >"$WORK/out"

jq -cn "$TEXTS" >"$WORK/texts"
while read -r text; do
    jq -c '{number, message: .text, reply: true, timeout: 300}' <<<"$text" |
        api POST / -H 'Content-Type: application/json' --data-binary @- |
        jq -r '.message_id' >>"$WORK/ids"
done <"$WORK/texts"

all_replied() {
    [ "$(statuses "$WORK/ids" | jq -s 'map(select(.status == "replied")) | length')" = \
        "$(wc -l <"$WORK/ids")" ]
}
expect_true "all were replied" until_true 180 all_replied
statuses "$WORK/ids" >"$WORK/fates"

# found NAME JQ: what the air has of the text of this name; $text is the row.
found() {
    jq -cs --argjson text "$text" "$1" "$STREET/air.jsonl"
}

while read -r text; do
    name=$(jq -r .name <<<"$text")
    expect "$name: on the phone to the letter" "$(jq -c '[.text]' <<<"$text")" \
        "$(found 'map(select(.event == "message" and .number == $text.number).text)')"
    expect "$name: alphabet and parts" "$(jq -c '[.encoding, .parts]' <<<"$text")" \
        "$(found 'map(select(.event == "part" and .number == $text.number)) |
            [(map(.encoding) | unique | join(" ")), length]')"
    expect "$name: back to the letter" "$(jq -c '[.text]' <<<"$text")" \
        "$(jq -cs --argjson text "$text" 'map(select(.to == $text.number).reply.text)' "$WORK/fates")"
done <"$WORK/texts"

# --- references ---------------------------------------------------------------------------------

expect "the parts of one message have one reference" '[1]' \
    "$(jq -cs 'map(select(.event == "part" and .parts > 1)) | group_by(.number) |
        map(map(.concat_reference) | unique | length) | unique' "$STREET/air.jsonl")"
sim rules clear=true >"$WORK/out"
long=$(printf 'x%.0s' {1..200})
for text in first second third; do
    post +525500000099 "$text $long" >>"$WORK/ids"
done
long_ones() { # EVENT JQ: what the air has of them
    jq -cs --arg event "$1" \
        "map(select(.event == \$event and .number == \"+525500000099\")) | $2" "$STREET/air.jsonl"
}
three_more() { [ "$(long_ones message length)" = 3 ]; }
expect_true "three long messages to one number" until_true 60 three_more
expect "have three references" 3 \
    "$(long_ones part 'map(.concat_reference) | unique | length')"

# --- the inbox ----------------------------------------------------------------------------------

count=0
while read -r text; do
    jq -c '{cmd: "incoming", from: "+525511110001", text}' <<<"$text" >"$WORK/request"
    sim json "$(cat "$WORK/request")" >"$WORK/out"
    count=$((count + 1))
done < <(jq -c 'select(.parts < 10)' "$WORK/texts")
inbox_has() {
    [ "$("$BIN/smsctl" -c "$STREET/smsspool.conf" --json inbox list | wc -l)" = "$1" ]
}
expect_true "all came in" until_true 60 inbox_has "$count"
expect "the inbox has each to the letter" "$(jq -cs 'map(select(.parts < 10).text)' "$WORK/texts")" \
    "$(api GET /inbox | jq -c '[.messages[].text]')"
finish
