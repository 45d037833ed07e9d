#!/bin/bash
# The main job on this machine, for trying it: simulated modem, smsspoold with its worker, FastCGI
# programs and nginx, in a folder of their own, without root. One message is sent that asks for a
# reply; then all stays until Ctrl-C. What was started is stopped again, however this ends.
#
#   DIR=run          the folder              PORT=8443        of https://127.0.0.1
#   DEVICE=/dev/...  a real modem            NUMBER=...       whom the first message goes to
#   CONF=FILE[:...]  settings read last      BUILD=build      where the programs are
#   HTPASSWD=FILE    users of yours; CREDENTIALS=user:password then sends the first message
#   ONCE=1           ends after the first message, with status 0 only if it was replied
#   SERVE_ONLY=1     no first message and no rules for the simulated phone (for tests)
#
# In DIR, for scripts: url, credentials, curl.conf (both for curl -K), smsspool.conf, simmodem.sock
# (control), air.jsonl (what went on the air), log/, and, while everything answers, ready.

set -euo pipefail
umask 077
PATH=$PATH:/usr/sbin:/sbin

PORT=${PORT:-8443}
ONCE=${ONCE:-}
SERVE_ONLY=${SERVE_ONLY:-}
FCGI_PROGRAMS=${FCGI_PROGRAMS:-$(sed -n "s/^FCGI_PROGRAMS = //p" "$(dirname "$0")/../Makefile")}

fail() {
    echo "run: $*" >&2
    exit 1
}

absolute() {
    case $1 in
    /*) echo "$1" ;;
    *) echo "$PWD/$1" ;;
    esac
}

SHOWN_DIR=${DIR:-run}
DIR=$(absolute "$SHOWN_DIR")
BIN=$(absolute "${BUILD:-build}")/bin
HTPASSWD=${HTPASSWD:+$(absolute "$HTPASSWD")}
SOURCE=$(cd "$(dirname "$0")/.." && pwd)
SOCKETS=
settings=()
# Of what was started, by name:
declare -A pid_of=()
declare -A started=() # when, in seconds of this script
declare -A command_of=()

# --- stopping -----------------------------------------------------------------------------------

# end SECONDS NAME...: SIGTERM to all of them, and SIGKILL to what is still there after that time.
end() {
    local patience=$(($1 * 20)) name pids=()
    shift
    for name in "$@"; do
        [ -n "${pid_of[$name]:-}" ] || continue
        pids+=("${pid_of[$name]}")
        kill -TERM "${pid_of[$name]}" 2>/dev/null || true
    done
    while [ "$patience" -gt 0 ] && any_alive "${pids[@]}"; do
        sleep 0.05
        patience=$((patience - 1))
    done
    [ "$patience" -gt 0 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
}

any_alive() {
    local pid
    for pid in "$@"; do
        kill -0 "$pid" 2>/dev/null && return 0
    done
    return 1
}

# In the order of the street: nobody hands on to one who is gone. The daemon may have an SMS in hand.
stop() {
    trap '' INT TERM HUP
    rm -f "$DIR/ready"
    end 2 first_message
    end 5 nginx
    # shellcheck disable=SC2086 # a list of words
    end 5 $FCGI_PROGRAMS
    # As long as systemd gives it: an SMS whose answer is awaited is finished first.
    [ ! -e "$DIR/log/smsspoold.log" ] || echo "stopping: what is on its way is finished first"
    end 120 smsspoold
    end 5 simmodem
    [ -z "$SOCKETS" ] || rm -rf "$SOCKETS"
    rm -f "$DIR/sockets" "$DIR/simmodem.sock"
}

# --- the folder ---------------------------------------------------------------------------------

# A character that some configuration file gives a meaning to is refused rather than quoted.
check_paths() {
    local path
    for path in "$DIR" "$BIN" "$HTPASSWD" "$SOURCE"; do
        case $path in
        *[\"\$\\\;\#\{\}\&\|\<\>\`\']* | *$'\n'*) fail "a path may not hold such a character: $path" ;;
        esac
        [ ${#path} -le 160 ] || fail "the path is too long: $path"
    done
    case $PORT in '' | *[!0-9]*) fail "PORT is no number: $PORT" ;; esac
    [ -z "${DEVICE:-}" ] || [ -e "$DEVICE" ] || fail "$DEVICE is not there"
    [ -x "$BIN/smsspoold" ] || fail "$BIN/smsspoold is not there; make builds it"
    [ -z "$HTPASSWD" ] || [ -r "$HTPASSWD" ] || fail "$HTPASSWD cannot be read"
}

make_folder() {
    mkdir -p "$DIR/log" "$DIR/nginx" "$DIR/etc"
    exec 9>"$DIR/lock"
    flock -n 9 || fail "another one runs in $DIR"
    trap stop EXIT
    rm -rf "$DIR/ready" "$DIR/url" "$DIR/credentials" "$DIR/curl.conf" "$DIR/air.jsonl"
}

# A socket's path has at most 107 bytes, and nginx's memory of logins belongs into memory: both are
# in a short folder elsewhere. One that a killed run left behind goes.
make_sockets_folder() {
    local base old
    old=$(readlink "$DIR/sockets" || true)
    case $old in */smsspool.??????) rm -rf "$old" ;; esac
    for base in "${XDG_RUNTIME_DIR:-/dev/shm}" /dev/shm /tmp; do
        [ -d "$base" ] && [ -w "$base" ] && break
    done
    SOCKETS=$(mktemp -d "$base/smsspool.XXXXXX")
    ln -sfn "$SOCKETS" "$DIR/sockets"
}

make_certificate() {
    openssl x509 -in "$DIR/cert.pem" -noout -checkend 86400 >/dev/null 2>&1 && return
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 \
        -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
        -keyout "$DIR/key.pem" -out "$DIR/cert.pem" 2>"$DIR/log/openssl.log" ||
        fail "no certificate: $(cat "$DIR/log/openssl.log")"
}

# A password is never an argument of a program.
make_user() {
    local credentials=${CREDENTIALS:-} password
    if [ -z "$HTPASSWD" ]; then
        password=$(openssl rand -hex 12)
        credentials=demo:$password
        HTPASSWD=$DIR/htpasswd
        htpasswd -iB -C 12 -c "$HTPASSWD" demo <<<"$password" 2>/dev/null
    fi
    unset CREDENTIALS
    {
        echo "cacert = \"$DIR/cert.pem\""
        echo silent
        echo show-error
    } >"$DIR/curl.conf"
    [ -n "$credentials" ] || return 0
    printf '%s\n' "$credentials" >"$DIR/credentials"
    credentials=${credentials//\\/\\\\}
    printf 'user = "%s"\n' "${credentials//\"/\\\"}" >>"$DIR/curl.conf"
}

# --- configuration ------------------------------------------------------------------------------

make_settings() {
    local file IFS=:
    cat >"$DIR/smsspool.conf" <<END
spool = $DIR/spool.sqlite
wake_socket = $SOCKETS/wake.sock
worker_dir = $BIN
htpasswd = $HTPASSWD
login_cache = $SOCKETS/logins

[modem sim]
device = ${DEVICE:-$SOCKETS/modem}
END
    settings=(-c "$SOURCE/etc/smsspool.conf" -c "$DIR/smsspool.conf")
    for file in ${CONF:-}; do
        settings+=(-c "$(absolute "$file")")
    done
    "$BIN/smsspoold" "${settings[@]}" -n >/dev/null || fail "the settings are not usable"
    "$BIN/smsctl" "${settings[@]}" spool migrate >"$DIR/log/migrate.log"
}

make_nginx() {
    local file user=
    # Only root can and must say as whom nginx works.
    [ "$(id -u)" -ne 0 ] || user="user $(id -un) $(id -gn);"
    cp "$SOURCE/nginx/alerts-allow.conf" "$SOURCE/nginx/unlimited.conf" "$DIR/etc"
    for file in "$SOURCE"/nginx/smsspool-*.conf "$SOURCE/nginx/development.conf" \
        "$SOURCE/nginx/openapi.json"; do
        sh "$SOURCE/nginx/fill.sh" "NGINX=$DIR/nginx" "ETC=$DIR/etc" "SOCKETS=$SOCKETS" \
            "HTPASSWD=$HTPASSWD" "LISTEN=127.0.0.1:$PORT" SERVER_NAME=localhost \
            "CERTIFICATE=$DIR/cert.pem" "CERTIFICATE_KEY=$DIR/key.pem" \
            "ACCESS_LOG=$DIR/log/access.log" "LOGS=$DIR/log" "RUN=$DIR" "USER=$user" \
            <"$file" >"$DIR/nginx/${file##*/}"
    done
}

# The simulated phone answers the first message, and "ping" at any time.
make_rules() {
    first_text='Hello from smsspool. Please answer!'
    cat >"$DIR/rules.json" <<END
[{"match": "$first_text", "reply": "The simulated phone got: {text}", "after_ms": 1500},
 {"match": "ping", "reply": "pong", "after_ms": 500}]
END
}

# --- running ------------------------------------------------------------------------------------

# start NAME COMMAND...: in the background, log in log/NAME.log. In a session of its own, so that
# Ctrl-C reaches only this script, which stops things in order; and should this script be killed
# with SIGKILL, the kernel stops them.
start() {
    local name=$1
    shift
    command_of[$name]=$(printf '%q ' "$@")
    setsid setpriv --pdeathsig TERM "$@" </dev/null >>"$DIR/log/$name.log" 2>&1 8>&- 9>&- &
    pid_of[$name]=$!
    started[$name]=$SECONDS
}

start_street() {
    local program rules=()
    if [ -z "${DEVICE:-}" ]; then
        [ -n "$SERVE_ONLY" ] || rules=(--rules "$DIR/rules.json")
        start simmodem "$BIN/simmodem" --link "$SOCKETS/modem" --control "$SOCKETS/simmodem.sock" \
            --air "$DIR/air.jsonl" "${rules[@]}"
        ln -sfn "$SOCKETS/simmodem.sock" "$DIR/simmodem.sock"
        await_modem
    fi
    start smsspoold "$BIN/smsspoold" "${settings[@]}"
    for program in $FCGI_PROGRAMS; do
        start "$program" "$BIN/smsspool-$program" "${settings[@]}" -l "$SOCKETS/$program.sock"
    done
    start nginx nginx -p "$DIR" -e "$DIR/log/nginx-error.log" -c "$DIR/nginx/development.conf"
}

await_modem() {
    local patience=200
    until [ -e "$SOCKETS/modem" ] && [ -S "$SOCKETS/simmodem.sock" ]; do
        any_alive "${pid_of[simmodem]}" || fail_with_log simmodem "ended"
        [ "$patience" -gt 0 ] || fail_with_log simmodem "made no modem within 10 s"
        sleep 0.05
        patience=$((patience - 1))
    done
}

fail_with_log() {
    tail -n 15 "$DIR/log/$1.log" >&2
    if [ "$1" = nginx ]; then
        tail -n 5 "$DIR/log/nginx-error.log" >&2
    fi
    fail "$1 $2; its log is $SHOWN_DIR/log/$1.log"
}

# In the background too, so that this script goes on looking after the others meanwhile.
start_first_message() {
    local number=${NUMBER:-}
    [ -n "$number" ] || [ -n "${DEVICE:-}" ] || number=5512345678
    setsid setpriv --pdeathsig TERM env "DIR=$DIR" "SHOWN_DIR=$SHOWN_DIR" "BIN=${BUILD:-build}/bin" \
        "URL=https://127.0.0.1:$PORT" "NUMBER=$number" "TEXT=$first_text" "ONCE=$ONCE" \
        "SERVE_ONLY=$SERVE_ONLY" bash "$SOURCE/tests/run_message.sh" </dev/null 8>&- 9>&- &
    pid_of[first_message]=$!
}

# As systemd does it. One that does not live for a second gets a pause before the next try.
restart() {
    local name=$1
    echo "run: $name ended with status $2 and is started again" >>"$DIR/log/run.log"
    [ $((SECONDS - started[$name])) -gt 1 ] || sleep 0.2
    eval "start $name ${command_of[$name]}"
}

after_end() {
    case $1 in
    first_message) after_first_message "$2" ;;
    nginx | simmodem) fail_with_log "$1" "ended with status $2" ;;
    *)
        [ -e "$DIR/ready" ] || fail_with_log "$1" "ended with status $2"
        restart "$1" "$2"
        ;;
    esac
}

# Looks at everything that was started, ten times a second: `wait -n` would tell of one child, and
# forgets those that are killed while another command runs.
supervise() {
    local name pid status
    mkfifo "$SOCKETS/tick"
    exec 8<>"$SOCKETS/tick"
    while :; do
        for name in "${!pid_of[@]}"; do
            pid=${pid_of[$name]}
            any_alive "$pid" && continue
            status=0
            wait "$pid" 2>/dev/null || status=$?
            unset "pid_of[$name]"
            after_end "$name" "$status"
        done
        # Nobody writes there: a pause without a process of its own.
        read -r -t 0.1 -u 8 _ || true
    done
}

# Status 1: it never got ready. Status 2: no reply; that ends a run that was for this one message.
after_first_message() {
    if [ -n "$ONCE" ] || [ "$1" -eq 1 ]; then
        exit "$1"
    fi
}

# Interrupted by a signal, the script leaves through stop().
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# For whoever wants to know which street a process belongs to.
export SMSSPOOL_STREET=$DIR

check_paths
make_folder
make_sockets_folder
make_certificate
make_user
make_settings
make_nginx
make_rules
start_street
start_first_message
supervise
