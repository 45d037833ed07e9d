#!/bin/bash
# Measures the street on this machine and prints one table. Beside each figure stands a limit or a
# peer that was measured in the same run, and their ratio: that is what can be compared with another
# machine. What each run said, sample by sample, is in $BUILD/bench/raw.jsonl.
#
# usage: bench.sh      Environment: BUILD, and shorter or longer: TIME (seconds of a load; by default
#                      longer than nginx remembers a login, so that there is one check of the
#                      password in each), CLIENTS (32), POSTS (30, single ones), JOBS (10000, to drain),
#                      RECIPIENTS (100000, of one request)
#
# Nothing depends on the figures: the status is 0 if everything could be measured.

set -u
TIME=${TIME:-11}
CLIENTS=${CLIENTS:-32}
POSTS=${POSTS:-30}
JOBS=${JOBS:-10000}
RECIPIENTS=${RECIPIENTS:-100000}
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
RESULTS=$BUILD/bench
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$RESULTS"
# Not in memory: a commit has to reach the disk.
export BUILD TMPDIR=$RESULTS

. "$(dirname "${BASH_SOURCE[0]}")/../flow/street.bash"

HERE=tests/bench
RAW=$RESULTS/raw.jsonl
LIMITS=$WORK/limits
SOCKETS=
declare -A table=()
pids=()
trap 'end_all; clean_up' EXIT

end_all() {
    [ ${#pids[@]} -eq 0 ] || kill -TERM "${pids[@]}" 2>/dev/null
    [ ${#pids[@]} -eq 0 ] || wait "${pids[@]}" 2>/dev/null
    pids=()
    [ -z "$SOCKETS" ] || rm -rf "$SOCKETS"
    SOCKETS=
}

give_up() {
    echo "bench: $*" >&2
    exit 1
}

# in_background NAME COMMAND...
in_background() {
    local name=$1
    shift
    "$@" </dev/null >"$WORK/$name.log" 2>&1 &
    pids+=($!)
}

# --- programs -----------------------------------------------------------------------------------

compile() {
    local program=$RESULTS/bin/$1 source=$HERE/$1.cc
    shift
    if [ "$program" -ot "$source" ] || [ "$program" -ot "$BUILD/libcommon.a" ]; then
        g++ -std=c++20 -O2 -Wall -Wextra -Werror -I. -pthread -o "$program" "$source" "$@" ||
            give_up "$source cannot be built"
    fi
}

compile_all() {
    mkdir -p "$RESULTS/bin"
    compile limit_fcgi -lfcgi -lsqlite3
    compile limit_commits -lsqlite3
    compile pickup -lcurl
    compile fill "$BUILD/libcommon.a" -lsqlite3 -lphonenumber -linih -lcrypto
}

# --- figures ------------------------------------------------------------------------------------

# keep NAME: a JSON object from standard input goes into the raw file, and through.
keep() {
    jq -c --arg run "$1" '{run: $run} + .' | tee -a "$RAW"
}

# load NAME URL SECONDS CLIENTS [BODY]: the password was checked a moment before.
load() {
    curl -K "$STREET/curl.conf" -o /dev/null --max-time 30 "$2"
    CREDENTIALS_FILE=$STREET/credentials BODY=${5:-} \
        wrk -t 2 -c "$4" -d "$3s" --timeout 30s -s "$HERE/wrk.lua" "$2" | tail -n 1 | keep "$1"
}

# speed JSON: requests a second, for a person; what went wrong is said.
speed() {
    jq -r '"\(.per_second | round)/s, p50 \(.p50_ms) ms, p99 \(.p99_ms) ms" +
        (if .refused + .broken > 0 then ", \(.refused) refused, \(.broken) broken" else "" end)' <<<"$1"
}

ratio() {
    jq -rn --argjson a "$1" --argjson b "$2" \
        '$a.per_second / $b.per_second | if . < 10 then . * 100 | round / 100 else round end'
}

# row ROWS WORK FIGURE LIMIT RATIO: one more of these rows.
row() {
    local rows=$1
    shift
    table[$rows]=${table[$rows]:-}$(line "$@")$'\n'
}

line() {
    printf '%-34s | %-40s | %-58s | %5s' "$@"
}

# --- the limits ---------------------------------------------------------------------------------

# The same nginx as the street's, with programs behind it that do nothing.
start_limits() {
    local file user=
    SOCKETS=$(mktemp -d /dev/shm/smsspool.XXXXXX)
    LIMITS_PORT=$(free_port)
    mkdir -p "$LIMITS"
    cp nginx/alerts-allow.conf nginx/unlimited.conf "$LIMITS"
    [ "$(id -u)" -ne 0 ] || user="user $(id -un) $(id -gn);"
    for file in nginx/smsspool-*.conf "$HERE/nginx.conf"; do
        sh nginx/fill.sh "NGINX=$LIMITS" "ETC=$LIMITS" "SOCKETS=$SOCKETS" "RUN=$LIMITS" "USER=$user" \
            "HTPASSWD=$STREET/htpasswd" "LISTEN=127.0.0.1:$LIMITS_PORT" SERVER_NAME=localhost \
            "CERTIFICATE=$STREET/cert.pem" "CERTIFICATE_KEY=$STREET/key.pem" \
            "ACCESS_LOG=$LIMITS/access.log" "LOGS=$LIMITS" <"$file" >"$LIMITS/${file##*/}"
    done
    in_background send "$RESULTS/bin/limit_fcgi" "$SOCKETS/send.sock"
    in_background status "$RESULTS/bin/limit_fcgi" "$SOCKETS/status.sock"
    in_background insert "$RESULTS/bin/limit_fcgi" "$SOCKETS/insert.sock" "$LIMITS/rows.sqlite"
    in_background nginx nginx -p "$LIMITS" -e "$LIMITS/nginx-error.log" -c "$LIMITS/nginx.conf"
    LIMITS_URL=https://127.0.0.1:$LIMITS_PORT
    until_true 20 curl -K "$STREET/curl.conf" -f "$LIMITS_URL/status" ||
        give_up "the nginx of the limits does not answer: $(cat "$WORK/nginx.log" "$LIMITS/nginx-error.log")"
}

# --- the rows -----------------------------------------------------------------------------------

measure_accept() {
    local body='{"number":"5512345678","message":"A message of the usual length, as a shop sends it."}'
    local ours plain empty insert
    ours=$(load accept "$URL/" "$TIME" "$CLIENTS" "$body")
    empty=$(load accept/empty "$LIMITS_URL/" "$TIME" "$CLIENTS" "$body")
    insert=$(load accept/insert "$LIMITS_URL/insert" "$TIME" "$CLIENTS" "$body")
    # Last, and few: what wrk does not wait for, nginx still hashes.
    plain=$(load accept/plain "$LIMITS_URL/plain" 5 4)
    row accept "POST /, $CLIENTS clients, bcrypt 12" "$(speed "$ours")" \
        "plain auth_basic: $(speed "$plain")" "$(ratio "$ours" "$plain")"
    row accept "" "" "empty program: $(speed "$empty")" "$(ratio "$ours" "$empty")"
    row accept "" "" "and one insert: $(speed "$insert")" "$(ratio "$ours" "$insert")"
}

# Nothing but the login, with the password file as the ancestor writes it: $2b$, cost 12.
measure_login() {
    local ours plain
    sed -i 's/^demo:\$2y\$/demo:$2b$/' "$STREET/htpasswd"
    grep -q '^demo:\$2b\$12\$' "$STREET/htpasswd" || give_up "no bcrypt of cost 12 in the password file"
    ours=$(load login "$LIMITS_URL/cached" "$TIME" "$CLIENTS")
    plain=$(load login/plain "$LIMITS_URL/plain" "$TIME" 4)
    row login "login, $CLIENTS clients, bcrypt 12" "$(speed "$ours")" \
        "bare auth_basic: $(speed "$plain")" "$(ratio "$ours" "$plain")"
}

# memory_of PROGRAM: the most that it ever had, in KiB.
memory_of() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(process_of "$1")/status"; }

# The same rows once more, into an empty spool: nothing is looked at, and all is one transaction.
bare_inserts() {
    local bare=$WORK/bare began
    mkdir -p "$bare"
    printf 'spool = %s/spool.sqlite\n' "$bare" >"$bare/conf"
    "$BIN/smsctl" -c "$bare/conf" spool migrate >"$bare/out"
    began=$EPOCHREALTIME
    sqlite3 "$bare/spool.sqlite" "PRAGMA synchronous = FULL; ATTACH '$STREET/spool.sqlite' AS street;
        BEGIN; INSERT INTO job SELECT * FROM street.job WHERE message_id = '$1'; COMMIT"
    jq -n --argjson rows "$RECIPIENTS" --argjson began "$began" --argjson ended "$EPOCHREALTIME" \
        '{per_second: ($rows / ($ended - $began))}' | keep bulk/bare
}

# One request with many recipients, who are to be sent to later.
measure_bulk() {
    local before ours bare
    jq -cn --argjson count "$RECIPIENTS" --arg later "$(date -u -d '1 hour' +%FT%TZ)" \
        '{recipients: [range($count) | "55" + (20000000 + . | tostring)], content: "to many",
          not_before: $later}' >"$WORK/bulk.json"
    before=$(memory_of smsspool-api_sms)
    curl -K "$STREET/curl.conf" --max-time 120 -H 'Content-Type: application/json' \
        --data-binary "@$WORK/bulk.json" -o "$WORK/bulk" -w '{"seconds":%{time_total}}' \
        "$URL/api/sms/send-bulk" >"$WORK/bulk.time"
    [ "$(jq .data.total "$WORK/bulk")" = "$RECIPIENTS" ] || give_up "the bulk: $(cat "$WORK/bulk")"
    ours=$(jq -c --argjson rows "$RECIPIENTS" --argjson more "$(($(memory_of smsspool-api_sms) - before))" \
        --argjson body "$(wc -c <"$WORK/bulk.json")" \
        '. + {per_second: ($rows / .seconds), memory_kib: $more, body_kib: ($body / 1024 | round)}' \
        "$WORK/bulk.time" | keep bulk)
    bare=$(bare_inserts "$(jq -r .data.message_id "$WORK/bulk")")
    row bulk "$RECIPIENTS recipients in one request" \
        "$(jq -r '"\(.per_second | round)/s, \(.memory_kib) KiB for a body of \(.body_kib)"' <<<"$ours")" \
        "the rows alone, one transaction: $(jq -r '"\(.per_second | round)/s"' <<<"$bare")" \
        "$(ratio "$ours" "$bare")"
}

measure_status() {
    local id ours empty
    id=$(post 5512345678 "status")
    ours=$(load status "$URL/status?message_id=$id" "$TIME" "$CLIENTS")
    empty=$(load status/empty "$LIMITS_URL/status" "$TIME" "$CLIENTS")
    row status "GET /status, $CLIENTS clients" "$(speed "$ours")" "empty program: $(speed "$empty")" \
        "$(ratio "$ours" "$empty")"
}

measure_pickup() {
    local samples all
    samples=$("$RESULTS/bin/pickup" "$URL/" "$STREET/credentials" "$STREET/simmodem.sock" "$POSTS") ||
        give_up "no message was picked up"
    all=$(jq -sc 'sort | {posts: length, p50_ms: .[length / 2 | floor],
        p99_ms: .[(length - 1) * 0.99 | ceil], samples: .}' <<<"$samples" | keep pickup)
    row pickup "200 to AT+CMGS, $POSTS single posts" \
        "$(jq -r '"p50 \(.p50_ms) ms, p99 \(.p99_ms) ms"' <<<"$all")" "" ""
}

sql() {
    sqlite3 -batch "$@"
}

all_on_the_air() {
    [ "$(wc -l <"$WORK/drain/air.jsonl")" -ge $((2 * JOBS)) ] # a part and a message for each
}

fill_spool() {
    cat >"$WORK/drain/smsspool.conf" <<END
spool = $WORK/drain/spool.sqlite
wake_socket = $SOCKETS/wake.sock
worker_dir = $BIN
log_level = warning
[modem sim]
worker = loopback
air = $WORK/drain/air.jsonl
END
    "$BIN/smsctl" -c "$WORK/drain/smsspool.conf" spool migrate >/dev/null &&
        "$RESULTS/bin/fill" "$WORK/drain/smsspool.conf" "$JOBS" || give_up "no spool to drain"
    sql "$WORK/drain/spool.sqlite" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
    cp "$WORK/drain/spool.sqlite" "$WORK/drain/copy.sqlite"
}

# From the first attempt to the end of the last, as the journal has them.
measure_drain() {
    local ours limit
    mkdir -p "$WORK/drain"
    fill_spool
    in_background smsspoold "$BIN/smsspoold" -c "$WORK/drain/smsspool.conf"
    until_true 120 all_on_the_air || give_up "the spool was not drained: $(cat "$WORK/smsspoold.log")"
    until_true 10 eval '[ "$(sql "$WORK/drain/spool.sqlite" \
        "SELECT COUNT(*) FROM job WHERE state = '\''sent'\''")" = "$JOBS" ]' || give_up "a job is not sent"
    ours=$(sql -json "$WORK/drain/spool.sqlite" "SELECT COUNT(*) AS jobs,
        (MAX(ended_ms) - MIN(started_ms)) / 1000.0 AS seconds,
        COUNT(*) * 1000.0 / (MAX(ended_ms) - MIN(started_ms)) AS per_second FROM attempt" |
        jq -c '.[0]' | keep drain)
    limit=$("$RESULTS/bin/limit_commits" "$WORK/drain/copy.sqlite" | keep drain/commits)
    row drain "drain $JOBS jobs over loopback" "$(jq -r '"\(.per_second | round)/s"' <<<"$ours")" \
        "the bare commits: $(jq -r '"\(.per_second | round)/s"' <<<"$limit")" "$(ratio "$ours" "$limit")"
}

head_lines() {
    echo "machine   $(nproc) cores, $(lscpu | sed -n 's/^Model name: *//p' | head -n 1)," \
        "Linux $(uname -r), spool on $(stat -f -c %T "$RESULTS")"
    echo "versions  $(nginx -v 2>&1 | sed 's/.*nginx.//' | cut -d' ' -f1 | sed 's/^/nginx /')," \
        "SQLite $(sqlite3 --version | cut -d' ' -f1), libgammu $(pkg-config --modversion gammu)," \
        "g++ $(g++ -dumpfullversion), $("$BIN/smsctl" -V)"
}

# --- all of it ----------------------------------------------------------------------------------

compile_all
: >"$RAW"
street_start
start_limits
measure_pickup # first: the daemon has nothing else to do yet
measure_status
measure_accept
measure_login
measure_bulk
street_end
measure_drain

head_lines
echo
echo "$(line work figure "limit or peer, in the same run" ratio)"
for rows in accept login bulk pickup drain status; do
    printf '%s' "${table[$rows]}"
done
echo
echo "Raw figures: $RAW"
