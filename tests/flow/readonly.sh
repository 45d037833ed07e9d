#!/bin/bash
# Goal: the programs that systemd/smsspool-read-only.conf leaves no right to write do their work
# without it: beside a daemon that writes, and when nobody has the spool open any more.
. "$(dirname "$0")/street.bash"

if ! unshare -rm true 2>/dev/null; then
    echo "ok skipped: this machine lets nobody make a mount namespace (unshare -rm)"
    finish
fi

mkdir -p "$STREET"
{
    echo "admins = demo"
    loopback_settings
} >"$WORK/conf"
street_start "$WORK/conf"
post 5512345678 "something to read" >/dev/null

# serve PROGRAM: this street's, with a read-only view of its folder; it listens at $WORK/PROGRAM.sock.
serve() {
    # shellcheck disable=SC2016 # the inner shell's
    child unshare -rm sh -c 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" &&
        ! touch "$1/x" 2>/dev/null && exec "$2" -c "$1/smsspool.conf" -c "$3" -l "$4"' \
        sh "$STREET" "$BIN/smsspool-$1" "$WORK/conf" "$WORK/$1.sock"
    until_true 10 test -S "$WORK/$1.sock"
}

# answer PROGRAM PATH: what it says through this street's nginx.
answer() {
    mv "$STREET/sockets/$1.sock" "$WORK/usual.sock"
    ln -s "$WORK/$1.sock" "$STREET/sockets/$1.sock"
    api GET "$2"
    rm "$STREET/sockets/$1.sock"
    mv "$WORK/usual.sock" "$STREET/sockets/$1.sock"
}

for program in health metrics; do
    expect_true "$program gets no right to write and starts" serve "$program"
done
expect "health" "true running" "$(answer health /health | jq -r '"\(.ready) \(.daemon)"')"
expect "metrics" "smsspool_ready 1" "$(answer metrics /metrics | grep '^smsspool_ready ')"
ctl message list >/dev/null 2>&1 # one more that reads and writes meanwhile
post 5512345678 "one more" >/dev/null
expect "health after a write" "true running" "$(answer health /health | jq -r '"\(.ready) \(.daemon)"')"

# The daemon stops as in an update, and what is left of the spool lies there.
street_end
ask() { # PROGRAM PATH: as nginx asks
    REQUEST_METHOD=GET DOCUMENT_URI=$2 REMOTE_USER=demo REMOTE_ADDR=127.0.0.1 \
        cgi-fcgi -bind -connect "$WORK/$1.sock"
}
expect "without a daemon" 1 "$(ask health /health | grep -c '"daemon":"absent"')"
expect "metrics then" 1 "$(ask metrics /metrics | grep -c '^smsspool_ready 0')"
finish
