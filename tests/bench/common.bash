# What the rows of bench.sh share: building its programs, running a street and the limits beside it,
# loads, figures, and lines of the table. bench.sh sources it after street.bash.

HERE=tests/bench
RAW=$RESULTS/raw.jsonl
SOCKETS=
set -o pipefail

give_up() {
    echo "bench: $*" >&2
    exit 1
}

sql() { sqlite3 -batch "$@"; }

# in_background NAME COMMAND...: until the row ends, or end_process NAME. Rows work in shells of
# their own within one another: what runs is written down, so that all of it is ended in any case.
declare -A pid_of=()
in_background() {
    local name=$1
    shift
    "$@" </dev/null >"$WORK/$name.log" 2>&1 &
    pid_of[$name]=$!
    echo $! >>"$WORK/processes"
}

process_named() { echo "${pid_of[$1]}"; }

# Of this very shell.
end_process() {
    kill -TERM "${pid_of[$1]}" 2>/dev/null
    wait "${pid_of[$1]}" 2>/dev/null
    sed -i "/^${pid_of[$1]}\$/d" "$WORK/processes"
}

all_ended() {
    local pid
    for pid in "$@"; do
        ! kill -0 "$pid" 2>/dev/null || return 1
    done
}

# Whatever a row has started, however it ends.
end_row() {
    local left=()
    [ ! -e "$WORK/processes" ] || mapfile -t left <"$WORK/processes"
    rm -f "$WORK/processes"
    if [ ${#left[@]} -gt 0 ]; then
        kill -TERM "${left[@]}" 2>/dev/null
        until_true 30 all_ended "${left[@]}" || kill -KILL "${left[@]}" 2>/dev/null
    fi
    street_end
    [ -z "$SOCKETS" ] || rm -rf "$SOCKETS"
    SOCKETS=
}

# --- programs -----------------------------------------------------------------------------------

# compile NAME [LIBRARY...]
compile() {
    local program=$RESULTS/bin/$1 source=$HERE/$1.cc
    shift
    if [ "$program" -ot "$source" ] || [ "$program" -ot "$BUILD/libcommon.a" ]; then
        # shellcheck disable=SC2046 # a list of words
        g++ -std=c++20 -O2 -Wall -Wextra -Werror -I. -pthread $(pkg-config --cflags gammu) \
            -o "$program" "$source" "$@" || give_up "$source cannot be built"
    fi
}

compile_all() {
    local common=("$BUILD/libcommon.a" -lsqlite3 -lphonenumber -linih -lnettle -lcrypt)
    mkdir -p "$RESULTS/bin"
    compile limit_fcgi -lfcgi -lsqlite3
    compile limit_commits -lsqlite3
    compile pickup -lcurl
    compile fill "${common[@]}"
    compile claims "${common[@]}"
    compile bare_gammu -lGammu
    compile slow_sync -shared -fPIC
}

# --- figures ------------------------------------------------------------------------------------

# keep NAME: a JSON object from standard input goes into the raw file, and through.
keep() {
    jq -c --arg run "$1" --arg began "$BEGAN" '{began: $began, run: $run} + .' | tee -a "$RAW"
}

# load NAME URL SECONDS CLIENTS [BODY]: the password was checked a moment before. With PATHS, a
# file: these paths in turn.
load() {
    curl -K "$STREET/curl.conf" -o /dev/null --max-time 30 "$2"
    CREDENTIALS_FILE=$STREET/credentials BODY=${5:-} PATHS=${PATHS:-} \
        wrk -t "$(($4 > 1 ? 2 : 1))" -c "$4" -d "$3s" --timeout 30s -s "$HERE/wrk.lua" "$2" |
        tail -n 1 | keep "$1"
}

# all_answered JSON: what was refused would be a measurement of something else.
all_answered() { jq -e '.refused + .broken == 0 and .requests > 0' <<<"$1" >/dev/null; }

# speed JSON: requests a second, for a person; what went wrong is said.
speed() {
    jq -r '"\(.per_second | round)/s, p50 \(.p50_ms) ms, p99 \(.p99_ms) ms" +
        (if .refused + .broken > 0 then ", \(.refused) refused, \(.broken) broken" else "" end)' <<<"$1"
}

# rate JSON: the same of what is no request.
rate() {
    jq -r 'if .per_second < 10 then .per_second * 1000 | round / 1000 else .per_second | round end |
        "\(.)/s"' <<<"$1"
}

ratio() {
    jq -rn --argjson a "$1" --argjson b "$2" \
        '$a.per_second / $b.per_second | if . < 10 then . * 100 | round / 100 else round end'
}

# row WORK FIGURE LIMIT RATIO AIM: a line of the table; no WORK: it goes on with the one before.
row() {
    printf '%-36s | %-48s | %-50s | %6s | %s\n' "$@"
}

# --- what runs ----------------------------------------------------------------------------------

# row_street NAME [SETTINGS]: the whole street, in a folder of its own.
row_street() {
    STREET=$WORK/street-$1
    mkdir -p "$STREET"
    if [ -n "${2:-}" ]; then
        printf '%s\n' "$2" >"$STREET/row.conf"
        street_start "$STREET/row.conf"
    else
        street_start
    fi
}

# The nginx of the street once more, with programs behind it that do nothing.
start_limits() {
    local file user='' limits=$STREET/limits
    SOCKETS=$(mktemp -d /dev/shm/smsspool.XXXXXX)
    LIMITS_PORT=$(free_port)
    mkdir -p "$limits"
    cp nginx/alerts-allow.conf nginx/unlimited.conf "$limits"
    [ "$(id -u)" -ne 0 ] || user="user $(id -un) $(id -gn);"
    for file in nginx/smsspool-*.conf "$HERE/nginx.conf"; do
        sh nginx/fill.sh "NGINX=$limits" "ETC=$limits" "SOCKETS=$SOCKETS" "RUN=$limits" "USER=$user" \
            "HTPASSWD=$STREET/htpasswd" "LISTEN=127.0.0.1:$LIMITS_PORT" SERVER_NAME=localhost \
            "CERTIFICATE=$STREET/cert.pem" "CERTIFICATE_KEY=$STREET/key.pem" \
            "ACCESS_LOG=$limits/access.log" "LOGS=$limits" <"$file" >"$limits/${file##*/}"
    done
    in_background send "$RESULTS/bin/limit_fcgi" "$SOCKETS/send.sock"
    in_background status "$RESULTS/bin/limit_fcgi" "$SOCKETS/status.sock"
    in_background insert "$RESULTS/bin/limit_fcgi" "$SOCKETS/insert.sock" "$limits/rows.sqlite"
    in_background slow env "LD_PRELOAD=$RESULTS/bin/slow_sync" \
        "$RESULTS/bin/limit_fcgi" "$SOCKETS/slow.sock" "$limits/slow.sqlite"
    in_background nginx nginx -p "$limits" -e "$limits/nginx-error.log" -c "$limits/nginx.conf"
    LIMITS_URL=https://127.0.0.1:$LIMITS_PORT
    until_true 20 curl -K "$STREET/curl.conf" -f "$LIMITS_URL/status" ||
        give_up "the nginx of the limits does not answer: $(cat "$WORK/nginx.log" "$limits/nginx-error.log")"
}

# daemon_settings FOLDER: of a daemon without a street; the senders are to follow.
daemon_settings() {
    mkdir -p "$1"
    printf '%s\n' "spool = $1/spool.sqlite" "wake_socket = $1/wake.sock" "worker_dir = $BIN" \
        "log_level = warning"
}

# start_daemon FOLDER: on the settings in its smsspool.conf.
start_daemon() {
    in_background smsspoold "$BIN/smsspoold" -c "$1/smsspool.conf"
}

# fill_spool FOLDER COUNT: a new spool with so many messages of the user demo that are due.
fill_spool() {
    "$BIN/smsctl" -c "$1/smsspool.conf" spool migrate >/dev/null &&
        "$RESULTS/bin/fill" "$1/smsspool.conf" "$2" || give_up "no spool in $1"
    sql "$1/spool.sqlite" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
}

# --- many rows ----------------------------------------------------------------------------------

# multiply FILE TABLE COUNT [COLUMN EXPRESSION]...: its one row so many times more, with these columns
# made from n, which counts from 1, and head, the beginning of an id: id(1), id(2) and so on are
# different ones.
multiply() {
    local file=$1 table=$2 count=$3 columns chosen
    shift 3
    columns=$(sql "$file" "SELECT group_concat(name) FROM pragma_table_info('$table')")
    chosen=,$columns,
    while [ $# -gt 0 ]; do
        chosen=${chosen/,$1,/,$2,}
        shift 2
    done
    chosen=$(sed "s/\bid(\([0-9]*\))/head || printf('%012x', n * 8 + \1)/g" <<<"$chosen")
    chosen=${chosen#,}
    sql "$file" "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;
        CREATE TEMP TABLE template AS SELECT * FROM $table LIMIT 1;
        WITH RECURSIVE count(n, head) AS (SELECT 1, '' UNION ALL
            SELECT n + 1, '' FROM count WHERE n < $count),
        line(n, head) AS (SELECT n, printf('%08x-%04x-7000-8000-', ($BASE + n) >> 16,
            ($BASE + n) & 65535) FROM count)
        INSERT INTO $table ($columns) SELECT ${chosen%,} FROM template, line;
        PRAGMA journal_mode = WAL" >/dev/null || give_up "no rows in $table"
    sync "$file" # or the first commits of what is measured would wait for all of it
}

# full_spool FOLDER COUNT STATE: the same, but with any number of them, each with a job in this state
# (queued or sent). They were accepted in the last COUNT milliseconds.
full_spool() {
    local file=$1/spool.sqlite
    BASE=$(($(date +%s%3N) - $2))
    fill_spool "$1" 1
    if [ "$3" = sent ]; then
        sql "$file" "INSERT INTO attempt (id, job_id, part, modem, started_ms, ended_ms, outcome, reference)
            SELECT id, id, 1, 'sim', not_before_ms, not_before_ms + 2000, 'accepted', 7 FROM job;
            UPDATE job SET state = 'sent', parts_done = 1, modem = 'sim', claim = id,
            attempted_ms = not_before_ms, ended_ms = not_before_ms + 2000"
        multiply "$file" attempt "$2" id 'id(3)' job_id 'id(2)' started_ms "$BASE + n" \
            ended_ms "$BASE + n + 2000"
    fi
    multiply "$file" job "$2" id 'id(2)' message_id 'id(1)' not_before_ms "$BASE + n" \
        number "'+5255' || printf('%08d', n % 100000000)" claim "CASE WHEN claim IS NULL THEN NULL ELSE id(2) END"
    multiply "$file" message "$2" id 'id(1)' created_ms "$BASE + n" text "'message ' || n"
}

# --- what a process costs -----------------------------------------------------------------------

# cpu_of PID...: seconds of a processor that they have used together.
cpu_of() {
    local pid all=0 fields
    for pid in "$@"; do
        # The name, in parentheses, may hold anything.
        fields=$(sed 's/.*) //' "/proc/$pid/stat") || continue
        read -r -a fields <<<"$fields"
        all=$((all + fields[11] + fields[12]))
    done
    jq -n --argjson ticks "$all" --argjson second "$(getconf CLK_TCK)" '$ticks / $second'
}

# idle_share SECONDS PID...: the part of a processor, in percent, that they use while nothing is to do.
idle_share() {
    local seconds=$1 before
    shift
    before=$(cpu_of "$@")
    sleep "$seconds"
    jq -n --argjson before "$before" --argjson after "$(cpu_of "$@")" --argjson seconds "$seconds" \
        '($after - $before) / $seconds * 10000 | round / 100'
}

# family_of PID: it and all that it started.
family_of() {
    local child
    echo "$1"
    for child in $(pgrep -P "$1"); do
        family_of "$child"
    done
}

# --- simulated modems ---------------------------------------------------------------------------

# modem_at FOLDER NAME SEND_TIME: a simulated modem, FOLDER/NAME; what it sends is in NAME.jsonl.
modem_at() {
    mkdir -p "$1"
    modems=$((${modems:-0} + 1))
    in_background "modem-$2" "$BIN/simmodem" --link "$1/$2" --control "$1/$2.sock" \
        --air "$1/$2.jsonl" --send-time "$3" --imei "$((490154203237518 + modems))"
    until_true 10 test -S "$1/$2.sock" || give_up "no simulated modem: $(cat "$WORK/modem-$2.log")"
}

# on_the_air FILE...: how many SMS the modems have sent; these are what the peers are measured by.
on_the_air() { cat "$@" 2>/dev/null | grep -c '"event":"part"'; }

has_sent() { [ "$(on_the_air "${@:2}")" -ge "$1" ]; }

# air_rate FILE...: how many SMS a second, while all of these modems were at work.
air_rate() {
    jq -nc '[inputs | select(.event == "part")] | group_by(.modem) | map(map(.time_ms) | sort) |
        (map(first) | max) as $from | (map(last) | min) as $until |
        (map(map(select(. > $from and . <= $until)) | length) | add) as $jobs |
        {modems: length, jobs: $jobs, seconds: (($until - $from) / 1000)} |
        . + {per_second: (if .seconds > 0 then .jobs / .seconds else 0 end)}' "$@"
}
