#!/bin/bash
# Goal: the disk of the spool fills up, fails, goes away and comes back under running programs. New
# messages get 507 or 503 meanwhile, everything goes on by itself afterwards, and each message that
# was acknowledged goes out once. The small disk needs root; without it that part is skipped.
. "$(dirname "$0")/street.bash"

DISK=$WORK/disk
SPOOL=$DISK/spool/spool.sqlite
AIR=$WORK/air.jsonl
mounts=()

# Before the folder of the test goes, what is mounted in it.
let_go() {
    local status=$? i
    street_end
    for ((i = ${#mounts[@]} - 1; i >= 0; --i)); do
        umount -l "${mounts[i]}" 2>/dev/null
    done
    (exit "$status")
    clean_up
}
trap let_go EXIT

mount_at() { # FOLDER MOUNT_ARGUMENTS…
    local folder=$1
    shift
    mkdir -p "$folder" && mount "$@" "$folder" 2>/dev/null && mounts+=("$folder")
}

unmount() {
    local kept=() each
    umount "$1" 2>/dev/null || umount -l "$1"
    for each in "${mounts[@]}"; do
        [ "$each" = "$1" ] || kept+=("$each")
    done
    mounts=("${kept[@]}")
}

# --- posting ------------------------------------------------------------------------------------

posted=0
: >"$WORK/accepted"
: >"$AIR"

# Posts one message, each to a number of its own; leaves the status in $code and the answer in
# $WORK/answer. What was acknowledged is remembered.
try() {
    local number
    posted=$((posted + 1))
    number=$(printf '+5255%08d' $((10000000 + posted)))
    code=$(jq -cn --arg number "$number" '{number: $number, message: ("hola " * 20)}' |
        api POST / -H 'Content-Type: application/json' --data-binary @- \
            -o "$WORK/answer" -w '%{http_code}')
    [ "$code" != 200 ] || jq -r --arg number "$number" '.message_id + " " + $number' \
        "$WORK/answer" >>"$WORK/accepted"
}

accepted() {
    try
    [ "$code" = 200 ]
}

# refused WHAT CODE ERROR: ten requests in a row get this, in the shape of the API.
refused() {
    local i wrong=
    for ((i = 0; i < 10; ++i)); do
        try
        [ "$code $(jq -r '.status + " " + .error_code' "$WORK/answer" 2>&1)" = \
            "$2 failed $3" ] || wrong="$code $(cat "$WORK/answer")"
    done
    expect "$1: POST gets $2 $3" "" "$wrong"
}

on_the_air() {
    jq -r 'select(.event == "message").number' "$AIR" | sort
}

# all_out: what was acknowledged is on the air.
all_out() {
    [ -z "$(comm -23 <(cut -d ' ' -f 2 "$WORK/accepted" | sort) <(on_the_air))" ]
}

# The daemon's lines of trouble with the spool since the last call; troubles is how many.
said=0
news() {
    tail -n "+$((said + 1))" "$STREET/log/smsspoold.log" | grep '^\[SPOOL\]' |
        grep -v 'works again\|accepted again'
}
complaints() {
    troubles=$(news | wc -l)
    said=$(wc -l <"$STREET/log/smsspoold.log")
}

# few WHAT: one clear line, and not a flood of them.
few() {
    complaints
    expect_true "$1: the daemon says so, in few lines ($troubles)" \
        test "$troubles" -ge 1 -a "$troubles" -le 4
}

daemon() { # SIGNAL
    kill -"$1" "$(process_of smsspoold)"
}

await_complaint() {
    has_complained() { [ -n "$(news)" ]; }
    expect_true "$1: the daemon notices" until_true 20 has_complained
    few "$1"
}

goes_on() { # WHAT
    expect_true "$1: new messages are accepted again" until_true 20 accepted
    expect_true "$1: all that was accepted is sent" until_true 40 all_out
}

make_settings() { # RESERVE
    mkdir -p "$DISK/spool"
    printf 'spool = %s\ndisk_reserve = %s\nbusy_timeout = 2s\nsweep_interval = 1s\n' "$SPOOL" "$1"
    printf '[modem sim]\nworker = loopback\nair = %s\n' "$AIR"
}

# ballast KIBIBYTES: a file of that size, or as much of it as there is room for.
ballast() {
    dd if=/dev/zero of="$DISK/ballast" bs=1K count="$1" status=none 2>/dev/null
}

# --- a small disk -------------------------------------------------------------------------------

low_water() {
    make_settings 4194304 >"$WORK/conf"
    street_start "$WORK/conf"
    expect_true "there is room: a message is accepted" accepted
    expect_true "there is room: and sent" until_true 20 all_out
    daemon STOP
    for ((i = 0; i < 20; ++i)); do accepted; done
    expect "twenty wait" 21 "$(wc -l <"$WORK/accepted")"
    complaints
    ballast 5120
    refused "less than disk_reserve" 507 SPOOL_FULL
    daemon CONT
    expect_true "less than disk_reserve: what waits is sent" until_true 30 all_out
    refused "less than disk_reserve, still" 507 SPOOL_FULL
    log_warned() { news | grep -q disk_reserve; }
    expect_true "less than disk_reserve: the daemon warns" until_true 20 log_warned
    few "less than disk_reserve"
    expect_true "smsctl shows it" grep -q 'nothing new is accepted' \
        <("$BIN/smsctl" -c "$WORK/conf" status)
    rm "$DISK/ballast"
    goes_on "room was made"
    street_end
}

# Until nothing at all fits: what still goes into the log that is there is acknowledged, and counts.
full_disk() {
    daemon STOP
    for ((i = 0; i < 20; ++i)); do accepted; done
    ballast 999999
    until_full() {
        try
        [ "$code" = 507 ]
    }
    expect_true "full: POST gets 507 in the end" until_true 60 until_full
    refused "full" 507 SPOOL_FULL
    complaints
    daemon CONT
    await_complaint full
    expect_true "full: what was accepted can be read" test \
        "$(field "$(head -1 "$WORK/accepted" | cut -d ' ' -f 1)" .status)" = sent
    rm "$DISK/ballast"
    goes_on "room was made after a full disk"
}

# A file system that is read-only now, with the spool as it was a moment ago on it.
read_only_disk() {
    mount_at "$WORK/copy" -t tmpfs -o size=32m tmpfs || return
    daemon STOP
    cp -p "$DISK"/spool/* "$WORK/copy"
    mount -o remount,ro "$WORK/copy"
    complaints
    mount_at "$DISK/spool" --bind "$WORK/copy" || return
    daemon CONT
    refused "read-only" 503 SPOOL_UNAVAILABLE
    await_complaint "read-only"
    unmount "$DISK/spool"
    unmount "$WORK/copy"
    goes_on "writable again"
}

# --- any disk -----------------------------------------------------------------------------------

folder_away() {
    for ((i = 0; i < 10; ++i)); do accepted; done
    complaints
    mv "$DISK/spool" "$DISK/away"
    refused "the folder is away" 503 SPOOL_UNAVAILABLE
    mkdir "$DISK/spool"
    refused "an empty folder in its place" 503 SPOOL_UNAVAILABLE
    await_complaint "the folder is away"
    expect "nothing was made in the empty folder" "" "$(ls -A "$DISK/spool")"
    rmdir "$DISK/spool"
    mv "$DISK/away" "$DISK/spool"
    goes_on "the folder is back"
}

garbage() {
    for ((i = 0; i < 10; ++i)); do accepted; done
    complaints
    mv "$SPOOL" "$DISK/kept"
    head -c 100000 /dev/urandom >"$SPOOL"
    refused "garbage in the spool's place" 503 SPOOL_UNAVAILABLE
    await_complaint "garbage in the spool's place"
    mv "$DISK/kept" "$SPOOL"
    goes_on "the spool is back in its place"
}

log_removed() {
    for ((i = 0; i < 10; ++i)); do accepted; done
    rm -f "$SPOOL-wal" "$SPOOL-shm"
    goes_on "the files beside the spool were removed"
}

backup_while_used() {
    local copy=$DISK/copy.sqlite
    (
        for ((i = 0; i < 20; ++i)); do
            try
            [ "$code" = 200 ] || echo "$code"
        done
        echo "$posted" >"$WORK/posted"
    ) >"$WORK/during" &
    expect_true "a backup is made while messages come in" \
        "$BIN/smsctl" -c "$WORK/conf" spool backup "$copy"
    wait $!
    posted=$(cat "$WORK/posted")
    expect "all of them were accepted" "" "$(cat "$WORK/during")"
    sed "s|^spool = .*|spool = $copy|" "$WORK/conf" >"$WORK/copy.conf"
    expect "the backup is in order" "nothing is wrong with the spool" \
        "$("$BIN/smsctl" -c "$WORK/copy.conf" spool check)"
    rm -f "$copy" "$copy-wal" "$copy-shm"
}

verdict() {
    expect_true "at the end: all that was accepted is sent" until_true 40 all_out
    expect "at the end: each that was accepted went out once, and nothing else" \
        "$(cut -d ' ' -f 2 "$WORK/accepted" | sort)" "$(on_the_air)"
    cut -d ' ' -f 1 "$WORK/accepted" >"$WORK/ids"
    all_known() {
        [ "$(statuses "$WORK/ids" | jq -rs 'map(select(.status == "sent")) | length')" = \
            "$(wc -l <"$WORK/ids")" ]
    }
    expect_true "at the end: each of the $(wc -l <"$WORK/ids") ids is known as sent" \
        until_true 20 all_known
    expect "at the end: the spool is in order" "nothing is wrong with the spool" \
        "$("$BIN/smsctl" -c "$WORK/conf" spool check)"
    expect "at the end: no program was started again" "" "$(cat "$STREET/log/run.log" 2>/dev/null)"
}

if mount_at "$DISK" -t tmpfs -o size=8m tmpfs; then
    low_water
    small=1
else
    echo "skipped: a small disk cannot be mounted here (not root?): low-water mark, full, read-only"
    small=
fi
make_settings 0 >"$WORK/conf"
street_start "$WORK/conf"
said=0
expect_true "a message is accepted" accepted
if [ -n "$small" ]; then
    full_disk
    read_only_disk
fi
folder_away
garbage
log_removed
backup_while_used
verdict
finish
