#!/bin/bash
# Goal: each address of the API, asked by each kind of somebody, answers with the status and the
# word that the table below wants; what was refused left nothing behind; and who is disabled or
# revoked is out with the next request, although nginx still remembers the login.
. "$(dirname "$0")/street.bash"

{
    echo 'admins = demo'
    echo 'alerts = yes'
    echo 'alerts_number = 5511110009'
    echo 'bcrypt_cost = 4'
    loopback_settings
} >"$WORK/conf"
mkdir -p "$STREET"
street_start "$WORK/conf"

smsctl() { "$BIN/smsctl" -c "$STREET/smsspool.conf" -c "$WORK/conf" "$@" 2>>"$WORK/audit"; }

# --- who there is -------------------------------------------------------------------------------

# user NAME [OPTION…]: with a password; WORK/NAME.curl logs in as that user.
user() {
    local name=$1
    shift
    openssl rand -hex 12 >"$WORK/$name.password"
    smsctl user add "$name" "$@" <"$WORK/$name.password" >>"$WORK/out" ||
        expect "user $name is made" 0 $?
    echo "user = \"$name:$(cat "$WORK/$name.password")\"" >"$WORK/$name.curl"
}

# token NAME USER [OPTION…]: WORK/NAME.curl shows it, WORK/NAME.id has its id.
token() {
    local name=$1 owner=$2 secret
    shift 2
    secret=$(smsctl token add "$owner" --note "$name" "$@") || expect "token $name is made" 0 $?
    echo "header = \"Authorization: Bearer $secret\"" >"$WORK/$name.curl"
    smsctl --json token list | jq -r --arg note "$name" 'select(.note == $note).id' >"$WORK/$name.id"
}

user ana
user eva
user sender --scopes send
user reader --scopes 'status inbox'
user disabled
user removed
token t_ana ana --scopes 'send status inbox alerts'
token t_narrow ana --scopes inbox
token t_expired ana --expires 1s
token t_revoked ana
token t_elsewhere ana --networks 198.51.100.0/24
token t_here ana --scopes 'send status' --networks '127.0.0.0/8'
token t_disabled disabled
token t_removed removed
token t_chief demo --scopes 'status admin'
token t_chief_plain demo --scopes 'send status'
{
    smsctl user disable disabled
    smsctl user delete removed
    smsctl token revoke "$(cat "$WORK/t_revoked.id")"
} >>"$WORK/out"
sed -n 's/^user/&/p' "$STREET/curl.conf" >"$WORK/demo.curl"
: >"$WORK/nobody.curl"
echo 'user = "ana:not the password"' >"$WORK/wrong.curl"
echo 'user = "nobody-knows:not the password"' >"$WORK/unknown.curl"
echo 'header = "Authorization: Bearer sms_nonsense"' >"$WORK/t_wrong.curl"
echo 'header = "Authorization: Digest username=ana"' >"$WORK/scheme.curl"

# --- what each is told --------------------------------------------------------------------------

# Guesses are counted by address, and slow down: each row asks from one of its own.
from=127.0.0.2

# ask WHO METHOD PATH [CURL…]: "STATUS CODE", where CODE is the word for what is wrong, or "-".
ask() {
    local who=$1 method=$2 path=$3 status
    shift 3
    status=$(curl -sk --max-time 30 --interface "$from" -K "$WORK/$who.curl" -X "$method" "$@" \
        -o "$WORK/answer" -w '%{http_code}' "$URL$path")
    echo "$status $(jq -r '.error_code? // "-"' "$WORK/answer" 2>/dev/null || echo -)"
}

send() { # WHO
    ask "$1" POST / -H 'Content-Type: application/json' \
        --data "{\"number\":\"5511110001\",\"message\":\"from $1\"}"
}
alert() { # WHO [CURL…]
    local who=$1
    shift
    ask "$who" POST /api/v1/alerts -H 'Content-Type: application/json' "$@" \
        --data "[{\"labels\":{\"alertname\":\"of $who\"},\"annotations\":{\"summary\":\"$who\"}}]"
}

own=$(jq -cn '{number: "5511110001", message: "the message of ana"}' |
    curl -sk -K "$WORK/ana.curl" -H 'Content-Type: application/json' --data-binary @- "$URL/" |
    jq -r .message_id)

# "200 -" is short for "-", "401 AUTHENTICATION_REQUIRED" for 401 and "403 FORBIDDEN" for 403; an
# alert's refusal has no code. The message of /status is of ana.
want_of() {
    case $1 in
    -) echo "200 -" ;;
    401) echo "401 AUTHENTICATION_REQUIRED" ;;
    403) echo "403 FORBIDDEN" ;;
    404) echo "404 NOT_FOUND" ;;
    *) echo "${1/_/ }" ;;
    esac
}

rows=0
while read -r who to_send to_status to_inbox to_alerts to_metrics to_health; do
    case $who in '' | '#'*) continue ;; esac
    rows=$((rows + 1))
    from=127.0.0.$((10 + rows))
    expect "$who: POST /" "$(want_of "$to_send")" "$(send "$who")"
    expect "$who: GET /status" "$(want_of "$to_status")" "$(ask "$who" GET "/status?message_id=$own")"
    [ "$to_status" != - ] ||
        expect "$who: sees the message" 'the message of ana' "$(jq -r .message "$WORK/answer")"
    [ "$to_status" = - ] ||
        expect "$who: does not see it" 0 "$(grep -c 'message of ana' "$WORK/answer")"
    expect "$who: GET /inbox" "$(want_of "$to_inbox")" "$(ask "$who" GET /inbox)"
    expect "$who: POST /api/v1/alerts" "$(want_of "$to_alerts")" "$(alert "$who")"
    expect "$who: GET /metrics" "$(want_of "$to_metrics")" "$(ask "$who" GET /metrics)"
    expect "$who: GET /health" "$(want_of "$to_health")" "$(ask "$who" GET /health)"
done <<'END'
# who          /    /status /inbox alerts metrics health
nobody         401  401     401    401_-  401     -
wrong          401  401     401    401_-  401     -
unknown        401  401     401    401_-  401     -
scheme         401  401     401    401_-  401     -
disabled       401  401     401    401_-  401     -
removed        401  401     401    401_-  401     -
ana            -    -       -      -      403     -
eva            -    404     -      -      403     -
sender         -    403     403    403_-  403     -
reader         403  404     -      403_-  403     -
demo           -    -       -      -      -       -
t_ana          -    -       -      -      403     -
t_narrow       403  403     -      403_-  403     -
t_here         -    -       403    403_-  403     -
t_chief        403  -       403    403_-  -       -
t_chief_plain  -    404     403    403_-  403     -
t_wrong        401  401     401    401_-  401     -
t_expired      401  401     401    401_-  401     -
t_revoked      401  401     401    401_-  401     -
t_elsewhere    401  401     401    401_-  401     -
t_disabled     401  401     401    401_-  401     -
t_removed      401  401     401    401_-  401     -
END
expect "rows" 22 "$rows"
from=127.0.0.2

# Where alerts are open, nobody needs a login, and who has one is held to it.
from_here() { alert "$1" --interface 127.0.0.1; }
expect "an alert from the list of addresses, without a login" "200 -" "$(from_here nobody)"
expect "with a wrong one" "401 -" "$(from_here wrong)"
expect "with one that may not" "403 -" "$(from_here sender)"

# What was refused is not in the spool, and what was accepted is its sender's.
expect "who has sent" 'ana demo eva sender t_ana:ana t_chief_plain:demo t_here:ana' "$(
    sqlite3 -readonly "$STREET/spool.sqlite" "SELECT substr(text, 6), username FROM message WHERE \
        text LIKE 'from %' ORDER BY 1" | awk -F'|' '{print ($1 == $2 ? $1 : $1 ":" $2)}' |
        sort | tr '\n' ' ' | sed 's/ $//')"

# --- out at once --------------------------------------------------------------------------------

token t_late ana
expect "a token counts" "200 -" "$(send t_late)"
smsctl token revoke "$(cat "$WORK/t_late.id")" >>"$WORK/out"
expect "revoked, it does not" "401 AUTHENTICATION_REQUIRED" "$(send t_late)"

user late
expect "a user counts" "200 -" "$(send late)"
token t_of_late late
expect "and the token of that user" "200 -" "$(send t_of_late)"
smsctl user disable late >>"$WORK/out"
expect "disabled, not" "401 AUTHENTICATION_REQUIRED" "$(send late)"
expect "nor the token" "401 AUTHENTICATION_REQUIRED" "$(send t_of_late)"
smsctl user enable late >>"$WORK/out"
expect "enabled again" "200 -" "$(send late)"
smsctl user set late --scopes status >>"$WORK/out"
expect "without the right" "403 FORBIDDEN" "$(send late)"

# --- limits -------------------------------------------------------------------------------------

user few --parts-per-day 2
send few >>"$WORK/out"
expect "the second part of a day" "200 -" "$(send few)"
expect "the third" "429 DAILY_LIMIT_REACHED" "$(send few)"
expect_true "says when" grep -qi '^retry-after: [0-9]' <(curl -sk -K "$WORK/few.curl" -D - \
    -o /dev/null -H 'Content-Type: application/json' \
    --data '{"number":"5511110001","message":"x"}' "$URL/")
user local --recipients +1212
expect "another's recipient" "403 RECIPIENT_NOT_ALLOWED" "$(send local)"
user clerk --hours "$(date -d '2 hours' +%H:%M)-$(date -d '3 hours' +%H:%M)"
expect "another's hour" "429 OUTSIDE_ALLOWED_HOURS" "$(send clerk)"

# --- who did what, from where -------------------------------------------------------------------

log=$STREET/log
has_line() { expect_true "$1" grep -rqE "$2" "$log"; }
has_line "a message, its user and its address" '\[HTTP\] [0-9a-f-]{36} \| ana \(127\.0\.0\.[12]\) \| accepted'
has_line "a message by a token" \
    "\| ana, token $(cat "$WORK/t_ana.id") \(127\.0\.0\.22\) \| accepted"
has_line "who is disabled" '\[AUDIT\] disabled \(127\.0\.0\.15\) is not let in: the account is disabled'
has_line "a token that was refused" \
    "\[AUDIT\] .* token .*from 127\.0\.0\.[0-9]+: .*(does not count|expired|no such)"
has_line "what is over a limit" '\| few \(127\.0\.0\.2\) \| refused \| The limit of this user'
for secret in "$WORK"/*.password "$WORK"/t_*.curl; do
    word=$(sed -n 's/.*Bearer \([^"]*\)".*/\1/p; /^[0-9a-f]*$/p' "$secret")
    expect "${secret##*/} is in no log" 0 "$(grep -rFc -- "$word" "$log" | awk -F: '{n += $2} END {print n}')"
done
finish
