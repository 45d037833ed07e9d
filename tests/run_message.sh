#!/bin/bash
# The visible half of run.sh, which starts it: waits until the street answers, sends the first
# message, shows each answer from "queued" to "replied", and says what to try next.
#
# Environment: DIR, SHOWN_DIR, BIN (of the programs), URL, NUMBER (empty: no message), TEXT, ONCE, SERVE_ONLY.
# Exit status: 0 all is well; 1 the street did not get ready; 2 the message was not replied.

set -euo pipefail

READY_SECONDS=120
REPLY_SECONDS=150

# call CURL...: with the user's credentials; the body on standard output.
call() {
    curl -K "$DIR/curl.conf" --max-time 15 "$@"
}

code_of() {
    call -o /dev/null -w '%{http_code}' "$URL$1" 2>/dev/null || true
}

# Any answer of a program will do, as long as it is one; 503 is nginx speaking for it.
everything_answers() {
    local path
    [ "$(code_of /health)" = 200 ] || return 1
    for path in / /status /inbox /api/v1/alerts; do
        case $(code_of "$path") in 000 | 5??) return 1 ;; esac
    done
}

await_ready() {
    local deadline=$((SECONDS + READY_SECONDS))
    until everything_answers; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            echo "not ready after $READY_SECONDS s; $URL/health says:" >&2
            call "$URL/health" >&2 || true
            tail -n 3 "$DIR/log/smsspoold.log" >&2 || true
            exit 1
        fi
        sleep 0.2
    done
    echo "$URL" >"$DIR/url"
    touch "$DIR/ready"
    echo "$URL is ready."
}

# Shows each answer of /status that differs from the one before, until the state is an end.
follow() {
    local id=$1 answer before='' deadline=$((SECONDS + REPLY_SECONDS))
    while [ "$SECONDS" -lt "$deadline" ]; do
        answer=$(call "$URL/status?message_id=$id" || true)
        if [ -n "$answer" ] && [ "$answer" != "$before" ]; then
            echo "GET /status   $answer"
            before=$answer
        fi
        case $(jq -r .status <<<"$answer" 2>/dev/null) in
        replied) return 0 ;;
        failed | timeout) return 1 ;;
        esac
        sleep 0.2
    done
    return 1
}

send() {
    local body answer id
    body=$(jq -cn --arg number "$NUMBER" --arg message "$TEXT" \
        '{number: $number, message: $message, reply: true, timeout: 60}')
    echo "POST /        $body"
    answer=$(call -H 'Content-Type: application/json' --data-binary "$body" "$URL/")
    echo "              $answer"
    id=$(jq -r '.message_id // empty' <<<"$answer")
    [ -n "$id" ] && follow "$id"
}

show_lines() {
    local curl="curl -K $SHOWN_DIR/curl.conf" number=${NUMBER:-NUMBER}
    cat <<END

To try next (users: $([ -e "$DIR/credentials" ] && echo "$SHOWN_DIR/credentials" || echo yours, with -u)):
  $curl -H 'Content-Type: application/json' \\
       -d '{"number":"$number","message":"ping","reply":true}' $URL/
  $curl '$URL/status?message_id=ID'
  $curl '$URL/inbox?unread&limit=10'
  $curl $URL/health
  $BIN/smsctl -c $SHOWN_DIR/smsspool.conf status
END
    if [ -e "$DIR/simmodem.sock" ]; then
        echo "  $BIN/simmodem ctl $SHOWN_DIR/simmodem.sock incoming +525587654321 'Hello'"
        echo "  cat $SHOWN_DIR/air.jsonl"
    fi
    echo
    echo "Ctrl-C stops it. Logs are in $SHOWN_DIR/log."
}

await_ready
[ -z "$SERVE_ONLY" ] || exit 0

status=0
if [ -n "$NUMBER" ] && [ -e "$DIR/credentials" ]; then
    send || status=2
else
    echo "No message was sent: that needs NUMBER= where there is a real modem, and CREDENTIALS= with HTPASSWD=."
    [ -z "$ONCE" ] || status=2
fi
[ -n "$ONCE" ] || show_lines
exit "$status"
