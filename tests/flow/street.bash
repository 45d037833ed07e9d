# For flow tests: a whole street of its own (simulated modem, daemon, FastCGI programs, nginx) on a
# free port, in a folder of its own, that goes when the test ends. Source it, then
#
#   street_start [SETTINGS_FILE]     starts it and waits until it is ready
#   loopback_settings                prints settings that put the loopback worker in the modem's place
#   expect WHAT WANTED FOUND         one line "ok WHAT" or "FAIL WHAT: expected …, found …"
#   expect_true WHAT COMMAND…        the same for a command's success
#   api METHOD PATH [CURL…]          a request with the user's credentials; the body on standard output
#   post NUMBER TEXT [MORE_JSON]     posts a message; prints its id
#   field ID JQ                      a look into /status of a message
#   statuses FILE                   /status of each id in FILE, a JSON object a line
#   until_true SECONDS COMMAND…      waits for an event by asking again; fails after that time
#   child COMMAND…                   runs it in the background until the test ends; its log is in $CHILD_LOG
#   process_of PROGRAM               the process of this street that runs it; empty: none now
#   processes_of PROGRAM             all of them, one a line
#   ctl …                            smsctl on this street's spool
#   sim …                            simmodem ctl on this street's modem
#   another_modem NAME [OPTION…]     one more simulated modem, before street_start: prints its section
#                                    of the settings; it writes to $WORK/NAME.jsonl
#   sim_at NAME …                    simmodem ctl on that one
#   finish                           the last line of a test: ends it with the right status
#
# The street's folder is $STREET; its URL is $URL.

set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 70
BUILD=${BUILD:-$PWD/build}
BIN=$BUILD/bin
WORK=$(mktemp -d "${TMPDIR:-/tmp}/smsspool-flow.XXXXXX")
STREET=$WORK/street
URL=
failures=0
street_pid=
children=()

street_end() {
    if [ -n "$street_pid" ]; then
        kill -TERM "$street_pid" 2>/dev/null
        wait "$street_pid" 2>/dev/null
        street_pid=
    fi
}

clean_up() {
    local status=$?
    if [ ${#children[@]} -gt 0 ]; then
        kill -TERM "${children[@]}" 2>/dev/null
        wait "${children[@]}" 2>/dev/null
    fi
    street_end
    if [ "$failures" -ne 0 ] || [ "$status" -ne 0 ]; then
        for log in "$WORK/street.out" "$STREET"/log/*; do
            [ -f "$log" ] && echo "--- ${log#"$WORK"/}" && tail -n 40 "$log"
        done
    fi
    rm -rf "$WORK"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

expect() {
    if [ "$2" = "$3" ]; then
        echo "ok $1"
    else
        echo "FAIL $1: expected $2, found $3"
        failures=$((failures + 1))
    fi
}

expect_true() {
    local what=$1
    shift
    if "$@" >/dev/null 2>&1; then
        echo "ok $what"
    else
        echo "FAIL $what: $* did not succeed"
        failures=$((failures + 1))
    fi
}

until_true() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# A port that nobody listens on now; another test may still take it first, then the start is tried
# again with another.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 20000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

loopback_settings() {
    printf '[modem sim]\nworker = loopback\nair = %s/air.jsonl\n' "$STREET"
}

street_is_up() {
    [ -e "$STREET/ready" ] || ! kill -0 "$street_pid" 2>/dev/null
}

street_start() {
    local attempt
    for attempt in 1 2 3; do
        : "$attempt"
        PORT=$(free_port) DIR=$STREET CONF=${1:-} BUILD=$BUILD SERVE_ONLY=1 \
            tests/run.sh >"$WORK/street.out" 2>&1 &
        street_pid=$!
        until_true 60 street_is_up
        if [ -e "$STREET/ready" ]; then
            URL=$(cat "$STREET/url")
            return 0
        fi
        street_end
    done
    echo "FAIL the street did not become ready"
    failures=$((failures + 1))
    exit 1
}

api() {
    local method=$1 path=$2
    shift 2
    curl -K "$STREET/curl.conf" --max-time 30 -X "$method" "$@" "$URL$path"
}

post() {
    jq -cn --arg number "$1" --arg message "$2" "{number:\$number,message:\$message} + {${3:-}}" |
        api POST / -H 'Content-Type: application/json' --data-binary @- | jq -r .message_id
}

field() {
    api GET "/status?message_id=$1" | jq -r "$2"
}

statuses() {
    sed "s|.*|url = \"$URL/status?message_id=&\"|" "$1" >"$WORK/urls"
    curl -K "$STREET/curl.conf" -K "$WORK/urls"
}

child() {
    "$@" >>"${CHILD_LOG:-$WORK/children.log}" 2>&1 &
    children+=($!)
}

processes_of() {
    local pid
    pgrep -f "^$BIN/$1( .*)?\$" | while read -r pid; do
        tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null |
            grep -qxF "SMSSPOOL_STREET=$STREET" && echo "$pid"
    done
}

process_of() {
    processes_of "$1" | head -1
}

ctl() {
    "$BIN/smsctl" -c "$STREET/smsspool.conf" "$@"
}

sim() {
    "$BIN/simmodem" ctl "$STREET/simmodem.sock" "$@"
}

# Each is a device of its own, so none is taken for another that has a new name.
another_modem() {
    modems=$((${modems:-0} + 1))
    child "$BIN/simmodem" --link "$WORK/$1" --control "$WORK/$1.sock" --air "$WORK/$1.jsonl" \
        --imei "$((490154203237518 + modems))" "${@:2}"
    until_true 10 test -S "$WORK/$1.sock"
    printf '[modem %s]\ndevice = %s\n' "$1" "$WORK/$1"
}

sim_at() {
    "$BIN/simmodem" ctl "$WORK/$1.sock" "${@:2}"
}

finish() {
    exit $((failures != 0))
}
