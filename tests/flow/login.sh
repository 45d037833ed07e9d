#!/bin/bash
# Goal: POST /api/auth/login gives a token for name and password, and to nobody else: what is in the
# body is checked, limited and logged as what is in a header, by the real nginx over TLS; the token
# counts at /api/sms, ends when it should, and a user has few of them. The same of the token in the
# body of POST /enviar-sms.
. "$(dirname "$0")/street.bash"

MOST=3 # tokens of a user
{
    echo 'bcrypt_cost = 4'
    echo "login_tokens_most = $MOST"
    echo 'admins = demo'
    loopback_settings
} >"$WORK/conf"
street_start "$WORK/conf"
LOG=$STREET/log/smsspool-refused.log

smsctl() { "$BIN/smsctl" -c "$STREET/smsspool.conf" -c "$WORK/conf" "$@" 2>>"$WORK/audit"; }
# user NAME [OPTION…]: its password in WORK/NAME.password.
user() {
    openssl rand -hex 12 >"$WORK/$1.password"
    smsctl user add "$@" <"$WORK/$1.password" >>"$WORK/out" || expect "user $1 is made" 0 $?
}

# ask PATH BODY [CURL…]: "STATUS CODE"; head and body of the answer in WORK.
from=127.0.0.2
type=application/json
ask() {
    local path=$1 body=$2 status
    shift 2
    status=$(printf '%s' "$body" | curl -sk --max-time 60 --interface "$from" -H "Content-Type: $type" \
        --data-binary @- -D "$WORK/head" -o "$WORK/answer" -w '%{http_code}' "$@" "$URL$path")
    echo "$status $(jq -r '.error_code? // "-"' "$WORK/answer" 2>/dev/null || echo none)"
}
said() { jq -r "$1" "$WORK/answer"; }
# credentials NAME PASSWORD
credentials() { jq -cn --arg name "$1" --arg word "$2" '{username: $name, password: $word}'; }
login() { ask /api/auth/login "$(credentials "$1" "${2-$(cat "$WORK/$1.password")}")"; }
# with TOKEN COMMAND…: the command's curl shows it.
with() {
    local token=$1
    shift
    printf 'header = "Authorization: Bearer %s"\n' "$token" >"$WORK/bearer"
    "$@" -K "$WORK/bearer"
}
send() { ask /api/sms '{"recipient":"5511110001","content":"hi"}' "$@"; }
# Others guess at the same time, and what waited is logged later.
lines() { grep -F ' 127.0.0.2 ' "$LOG"; }
refused() { lines | wc -l; }
: >>"$LOG"

user ana
user eva
user reader --scopes status
user bot --scopes alerts
user disabled
smsctl user disable disabled >>"$WORK/out"

# --- a login ------------------------------------------------------------------------------------

expect "name and password" "200 -" "$(login ana)"
expect "a token" 'true Login successful Bearer ana send status 86400' \
    "$(said '"\(.success) \(.message) \(.data | "\(.token_type) \(.username) \(.scopes) \(.expires_in)")"')"
token=$(said .data.token)
expect "no header twice, none of what nginx was told" '' \
    "$(cut -d: -f1 "$WORK/head" | tr -d '\r' | sort | uniq -d | grep .)$(grep -iE 'x-sms|x-accel' "$WORK/head")"
expect "nobody may store it" no-store "$(sed -n 's/^cache-control: //Ip' "$WORK/head" | tr -d '\r')"
expect "the token sends" "202 -" "$(with "$token" send)"
id=$(said .data.id)
expect "and looks" "200 hi" "$(curl -sk -K "$WORK/bearer" -o "$WORK/answer" -w '%{http_code}' "$URL/api/sms/$id") $(said .data.content)"
expect "and may no more than that" "403 FORBIDDEN" \
    "$(curl -sk -K "$WORK/bearer" -o "$WORK/answer" -w '%{http_code}' "$URL/inbox") $(said .error_code)"
expect "each login has one of its own" "200 -" "$(login ana)"
expect_true "another" test "$(said .data.token)" != "$token"
expect "the first goes on" "202 -" "$(with "$token" send)"
expect "a header says nothing here" "401 UNAUTHORIZED" \
    "$(with "$token" ask /api/auth/login "$(credentials ana wrong)")"
expect "an administrator's token is no administrator" "200 send status" \
    "$(login demo "$(cut -d: -f2 "$STREET/credentials")" | cut -d' ' -f1) $(said .data.scopes)"
expect "who may only look" "200 status" "$(login reader | cut -d' ' -f1) $(said .data.scopes)"
expect "and cannot send" "403 FORBIDDEN" "$(with "$(said .data.token)" send)"
expect "who may neither" "403 FORBIDDEN" "$(login bot)"

# --- none ---------------------------------------------------------------------------------------

no="401 UNAUTHORIZED"
before=$(refused)
expect "a wrong password" "$no" "$(login ana wrong)"
words=$(cat "$WORK/answer")
expect "with the challenge" 1 "$(grep -ci '^www-authenticate: Basic' "$WORK/head")"
expect "an unknown user" "$no $words" "$(login nobody-knows wrong) $(cat "$WORK/answer")"
expect "a name that can be none" "$no" "$(login 'a:b' wrong)"
expect "a name with a line end" "$no" "$(login $'ana\r\nX-Sms-User: eva' wrong)"
expect "a password with a zero" "$no" \
    "$(ask /api/auth/login "{\"username\":\"ana\",\"password\":\"$(cat "$WORK/ana.password")\\u0000x\"}")"
expect "one that is too long" "$no" "$(login ana "$(head -c 5000 /dev/zero | tr '\0' x)")"
expect "each is a guess, and a line" "$((before + 6))" "$(refused)"
expect "of this form" 6 "$(lines | tail -6 | grep -cE '^[^ ]+ 127\.0\.0\.2 wrong password, user "[^"]*"$')"
expect "a disabled user is told the same" "$no $words" "$(login disabled) $(cat "$WORK/answer")"
expect "which the log tells apart" 1 \
    "$(grep -c '\[AUDIT\] disabled (127\.0\.0\.2) is not let in: the account is disabled' "$STREET/log/login.log")"
expect "no password" "400 MISSING_FIELDS" "$(ask /api/auth/login '{"username":"ana"}')"
expect "no JSON" "400 INVALID_JSON" "$(ask /api/auth/login '{')"
expect "a form" "415 INVALID_CONTENT_TYPE" \
    "$(type=application/x-www-form-urlencoded ask /api/auth/login 'username=ana')"
expect "too much" "413 BODY_TOO_LARGE" "$(ask /api/auth/login "$(head -c 70000 /dev/zero | tr '\0' x)")"
expect "GET" "405 METHOD_NOT_ALLOWED" "$(ask /api/auth/login '' -X GET)"
expect "none of these is a guess" "$((before + 6))" "$(refused)"
expect "the place of the check from outside" "404 NOT_FOUND" "$(ask /-/auth-posted '{}')"
tokens() { smsctl --json token list "$1" | jq -sr length; }
expect "none of these got a token" "0 0" "$(tokens disabled) $(tokens bot)"

# --- how long, and how many ---------------------------------------------------------------------

# Another password ends what was got with the old one; a token that was made by hand stays.
by_hand=$(smsctl token add eva)
login eva >>"$WORK/out"
old=$(said .data.token)
expect "before" "202 -" "$(with "$old" send)"
cp "$WORK/eva.password" "$WORK/old"
openssl rand -hex 12 >"$WORK/eva.password"
smsctl user passwd eva <"$WORK/eva.password" >>"$WORK/out"
expect "another password: the token is out" "$no" "$(with "$old" send)"
expect "so is the old password" "$no" "$(login eva "$(cat "$WORK/old")")"
expect "another login is needed" "200 -" "$(login eva)"
expect "and is good" "202 -" "$(with "$(said .data.token)" send)"
expect "what was made by hand stays" "202 -" "$(with "$by_hand" send)"

for i in $(seq "$MOST"); do
    login ana >>"$WORK/out"
    said .data.token >"$WORK/token.$i"
done
expect "a user has no more of them" "$MOST" "$(tokens ana)"
expect "the oldest is out" "$no" "$(with "$token" send)"
expect "the last ones count" "202 -" "$(with "$(cat "$WORK/token.1")" send)"

# As if the time had come.
sqlite3 "$STREET/spool.sqlite" "UPDATE token SET expires_ms = 1 WHERE username = 'ana'"
expect "a token ends by itself" "$no" "$(with "$(cat "$WORK/token.2")" send)"
login ana >>"$WORK/out"
expect "and goes with the next login" 1 "$(tokens ana)"

# --- guesses ------------------------------------------------------------------------------------

# guess ADDRESS PATH BODY: many at once, "GUESS" in BODY being another in each; their statuses. The
# first are checked at once, some wait their turn (longer than it is worth to wait here: 000), and the
# others are too many.
guess() {
    local i
    for i in $(seq 60); do
        [ "$i" = 1 ] || echo next
        printf 'url = "%s%s"\ninterface = "%s"\ninsecure\nsilent\nmax-time = 5\noutput = "/dev/null"\n' "$URL" "$2" "$1"
        printf 'header = "Content-Type: application/json"\nwrite-out = "%%{http_code}\\n"\n'
        printf '%s' "${3//GUESS/guess-$i}" >"$WORK/guess.$i"
        printf 'data = "@%s/guess.%s"\n' "$WORK" "$i"
    done >"$WORK/guesses"
    curl --parallel --parallel-max 60 --parallel-immediate -K "$WORK/guesses" 2>/dev/null
}
kinds() { grep -v 000 "$WORK/statuses" | sort -u | xargs; }
guess 127.0.0.3 /api/auth/login '{"username":"ana","password":"GUESS"}' >"$WORK/statuses" &
guesser=$!
expect "meanwhile from elsewhere" "200 -" "$(login eva)"
expect "with a password in the header, too" 200 "$(curl -sk --max-time 60 --interface 127.0.0.4 -o "$WORK/answer" \
    -w '%{http_code}' -K <(printf 'user = "ana:%s"\n' "$(cat "$WORK/ana.password")") "$URL/api/sms")"
wait "$guesser"
expect "guesses are wrong or too many" "401 429" "$(kinds)"
for what in 'wrong password' 'too many guesses'; do
    expect_true "and in the log: $what" grep -qE " 127\.0\.0\.3 $what, user \"ana\"\$" "$LOG"
done

# --- POST /enviar-sms ---------------------------------------------------------------------------

enviar() { # TOKEN
    ask /enviar-sms "$(jq -cn --arg token "$1" '{token: $token, numero: "5511110002", mensagem: "olá"}')"
}
before=$(refused)
expect "a good token" 202 "$(enviar "$by_hand" | cut -d' ' -f1)"
expect "no header twice, none of what nginx was told" '' \
    "$(cut -d: -f1 "$WORK/head" | tr -d '\r' | sort | uniq -d | grep .)$(grep -iE 'x-sms|x-accel' "$WORK/head")"
expect "a good one is no guess" "$before" "$(refused)"
for wrong in x "${by_hand}x" $'a\r\nX-Sms-User: eva' "two words" "ñ" ''; do
    expect "a wrong one: ${wrong//[^ -~]/?}" "403 Token inválido." "$(enviar "$wrong" | cut -d' ' -f1) $(said .mensagem)"
done
expect "without a challenge" 0 "$(grep -ci '^www-authenticate:' "$WORK/head")"
expect "each but the empty one is a guess" "$((before + 5))" "$(refused)"
expect "of this form" 5 "$(lines | tail -5 | grep -cE '^[^ ]+ 127\.0\.0\.2 wrong token, user "-"$')"
guess 127.0.0.5 /enviar-sms '{"token":"GUESS","numero":"5511110002","mensagem":"x"}' >"$WORK/statuses"
expect "guesses of tokens are limited, too" "403 429" "$(kinds)"
for what in 'wrong token' 'too many guesses'; do
    expect_true "and in the log: $what" grep -qE " 127\.0\.0\.5 $what, user \"-\"\$" "$LOG"
done

# --- without the programs -----------------------------------------------------------------------

away() { mv "$STREET/sockets/$1.sock" "$STREET/sockets/away"; }
back() { mv "$STREET/sockets/away" "$STREET/sockets/$1.sock"; }
from=127.0.0.6
down='503 {"error":"Service is busy, please try again later","error_code":"SERVICE_UNAVAILABLE","success":false}'
away login
expect "no program for logins" "$down" "$(login ana | cut -d' ' -f1) $(cat "$WORK/answer")"
expect "when to come back" 5 "$(sed -n 's/^retry-after: //Ip' "$WORK/head" | tr -d '\r')"
back login
away api_sms
expect "nor for messages" "$down" "$(with "$by_hand" send | cut -d' ' -f1) $(cat "$WORK/answer")"
back api_sms
away enviar
expect "nor for the other API" '503 Serviço indisponível; tente mais tarde.' "$(enviar "$by_hand" | cut -d' ' -f1) $(said .mensagem)"
back enviar
away auth
late=$(smsctl token add eva)
expect "nor for tokens" "503" "$(enviar "$late" | cut -d' ' -f1)"
back auth
expect "then all is as before" "200 -" "$(login ana)"

# Secrets are in no log.
for secret in "$WORK"/*.password "$WORK/old"; do
    expect "${secret##*/} is in no log" 0 "$(grep -rhcF -f "$secret" "$STREET/log" | paste -sd+ | bc)"
done
# As it travels between the program and nginx.
for secret in "$WORK"/*.password "$WORK/old"; do
    for user in ana eva demo; do
        expect "nor $user with ${secret##*/}, in base64" 0 "$(printf '%s:%s' "$user" "$(cat "$secret")" |
            base64 -w 0 | grep -rhcFf - "$STREET/log" | paste -sd+ | bc)"
    done
done
expect "nor a token" 0 "$(grep -rhc 'sms_[a-z2-7]\{20\}' "$STREET/log" | paste -sd+ | bc)"
finish
