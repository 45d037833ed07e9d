#!/bin/bash
# Goal: nginx lets in whom it should and nobody else, refuses in JSON, and limits guesses.
. "$(dirname "$0")/street.bash"

printf 'alerts = yes\n' >"$WORK/conf"
street_start "$WORK/conf"
PASSWORD=$(cut -d: -f2 "$STREET/credentials")
ZERO=$WORK/zero
head -c 70000 /dev/zero >"$ZERO"

# stranger PATH [CURL…]: status, a space, and the error code (or error) of a request without credentials.
stranger() {
    local path=$1 status
    shift
    status=$(curl -sk --max-time 30 -o "$WORK/body" -D "$WORK/head" -w '%{http_code}' "$@" "$URL$path")
    echo "$status $(jq -r '.error_code // .error // .status // "none"' "$WORK/body" 2>/dev/null)"
}

# as USER:PASSWORD: for curl -K; a password is never an argument of a program.
as() { printf 'user = "%s"\n' "$1"; }

# raw TEXT: the first line of what nginx answers to these bytes.
raw() {
    printf '%b' "$1" | timeout 10 openssl s_client -quiet -connect "${URL#https://}" 2>/dev/null |
        head -1 | cut -d' ' -f2
}

# --- who is let in ------------------------------------------------------------------------------

no="401 AUTHENTICATION_REQUIRED"
for path in / /status /inbox; do
    expect "no credentials at $path" "$no" "$(stranger "$path")"
    expect "challenges at $path" 1 "$(grep -ci '^www-authenticate:' "$WORK/head")"
done
expect "a wrong password" "$no" "$(stranger / -K <(as demo:wrong))"
expect "challenges then" 1 "$(grep -ci '^www-authenticate:' "$WORK/head")"
expect "an unknown user" "$no" "$(stranger / -K <(as "nobody:$PASSWORD"))"
expect "no user" "$no" "$(stranger / -K <(as ":$PASSWORD"))"
expect "another scheme" "$no" "$(stranger / -H 'Authorization: Bearer abc')"
expect "headers that look like an identity" "$no" "$(stranger / -H 'Remote-User: demo' \
    -H 'REMOTE_USER: demo' -H 'X-Sms-User: demo' -H 'X-Remote-User: demo')"
printf 'Authorization: Basic %s\n' "$(printf 'demo:%s' "$PASSWORD" | base64 -w0)" >"$WORK/good"
good=@$WORK/good
bad="Authorization: Basic $(printf 'other:x' | base64 -w0)"
expect "the good header" 405 "$(stranger / -H "$good" | cut -d' ' -f1)"
expect "two headers, the good one first" "400 BAD_REQUEST" "$(stranger / -H "$good" -H "$bad")"
expect "two headers, the good one last" "400 BAD_REQUEST" "$(stranger / -H "$bad" -H "$good")"
expect "the location of the check from outside" "404 NOT_FOUND" "$(stranger /-/auth)"
expect "health needs no credentials" "200 healthy" "$(stranger /health)"

# An alert needs none from loopback, unless it carries some or came through another proxy.
json='Content-Type: application/json'
expect "an alert from loopback" "200 completed" "$(stranger /api/v1/alerts -H "$json" -d '[]')"
expect "with a wrong password" 401 "$(stranger /api/v1/alerts -K <(as demo:x) -H "$json" -d '[]' | cut -d' ' -f1)"
expect "passed on by a proxy" 401 \
    "$(stranger /api/v2/alerts -H 'X-Forwarded-For: 127.0.0.1' -H "$json" -d '[]' | cut -d' ' -f1)"
expect "from another address" 401 \
    "$(stranger /api/v2/alerts --interface 127.0.0.2 -H "$json" -d '[]' | cut -d' ' -f1)"

# A removed user is out as soon as the memory of ten seconds ends, or when it is emptied.
cp "$STREET/htpasswd" "$WORK/htpasswd"
sed -i 's/^demo:/gone:/' "$STREET/htpasswd"
expect "until then he is in" 405 "$(stranger / -H "$good" | cut -d' ' -f1)"
is_out() { [ "$(stranger / -H "$good")" = "$no" ]; }
expect_true "a removed user is out within 15 s" until_true 15 is_out
cp "$WORK/htpasswd" "$STREET/htpasswd"
expect "once more in" 405 "$(stranger / -H "$good" | cut -d' ' -f1)"
sed -i 's/^demo:/gone:/' "$STREET/htpasswd"
find -H "$STREET/sockets/logins" -type f -delete
expect "out at once where the memory is emptied" "$no" "$(stranger / -H "$good")"
cp "$WORK/htpasswd" "$STREET/htpasswd"
expect "the folder of the memory" 700 "$(stat -Lc %a "$STREET/sockets/logins")"

# A token goes the same road, whatever the case of its scheme; what program and log are told of it
# is its owner.
token=$(ctl token add demo --scopes "status inbox" | head -1)
here=$(ctl token add demo --networks 127.0.0.7 | head -1)
bearer() { stranger "$1" -H @<(echo "Authorization: ${3:-Bearer} $2") "${@:4}"; }
missing="400 MISSING_REQUIRED_FIELDS"
expect "a token" "$missing" "$(bearer /status "$token")"
expect "another case of the scheme" "$missing" "$(bearer /status "$token" bEaRer)"
expect "a wrong token" "$no" "$(bearer /status "${token}x")"
expect "no token" "$no" "$(bearer /status "")"
expect "a token in the place of a password" "$no" "$(stranger /status -K <(as "demo:$token"))"
expect "a password in the place of a token" "$no" "$(bearer /status "$PASSWORD")"
expect "a token without the right" "403 FORBIDDEN" "$(bearer / "$token" Bearer -H "$json" -d '{}')"
expect "the owner is in the access log" 1 \
    "$(awk '$7 == "/status" && $9 == 400 {print $3}' "$STREET/log/access.log" | sort -u | grep -c '^demo$')"
# 60 at once: with one check for each the limit of guesses would refuse most.
for _ in $(seq 60); do
    printf 'url = "%s/status"\nmax-time = 20\ninsecure\nsilent\noutput = "/dev/null"\n' "$URL"
    printf 'interface = "127.0.0.8"\nheader = "Authorization: Bearer %s"\n' "$token"
    printf 'write-out = "%%{http_code}\\n"\nnext\n'
done | sed '$d' >"$WORK/many"
expect "a token is checked once for many requests" "60 400" \
    "$(curl --parallel --parallel-max 60 -K "$WORK/many" 2>/dev/null | sort | uniq -c | xargs)"
# What was found out at one address does not hold at another.
expect "a token at its address" "$missing" "$(bearer /status "$here" Bearer --interface 127.0.0.7)"
expect "and at another" "$no" "$(bearer /status "$here" Bearer --interface 127.0.0.8)"
id=$(ctl --json token list demo | jq -r 'select(.networks == "").id')
ctl token revoke "$id" >/dev/null
expect "a revoked token is out at once" "$no" "$(bearer /status "$token")"

# Without the program that knows the tokens nobody is let in, and nobody is told that his is wrong.
late=$(ctl token add demo | head -1)
mv "$STREET/sockets/auth.sock" "$STREET/sockets/away"
expect "no program for tokens" "503 SERVICE_UNAVAILABLE" "$(bearer /status "$late")"
expect "when to come back then" 1 "$(grep -ci '^retry-after:' "$WORK/head")"
expect "passwords need none" "$missing" "$(stranger /status -H "$good")"
mv "$STREET/sockets/away" "$STREET/sockets/auth.sock"
expect "it is asked again at once" "$missing" "$(bearer /status "$late")"

# The forms in which a bcrypt hash is written.
hash=$(cut -d: -f2- "$WORK/htpasswd" | cut -c5-)
for form in a b y; do
    echo "form$form:\$2$form\$$hash" >>"$STREET/htpasswd"
    expect "a hash that begins with \$2$form\$" 405 \
        "$(stranger / -K <(as "form$form:$PASSWORD") | cut -d' ' -f1)"
done

# --- refusals in JSON ---------------------------------------------------------------------------

expect "an unknown address" "404 NOT_FOUND" "$(stranger /nope)"
expect "a body that is too large" "413 BODY_TOO_LARGE" "$(stranger / -H "$good" --data-binary "@$ZERO")"
expect "the same in chunks" "413 BODY_TOO_LARGE" "$(stranger / --http1.1 -H "$good" \
    -H 'Transfer-Encoding: chunked' --data-binary "@$ZERO")"
expect "TRACE" "405 METHOD_NOT_ALLOWED" "$(stranger / -X TRACE)"
expect "HTTP without TLS" 400 \
    "$(curl -s --max-time 10 -o /dev/null -w '%{http_code}' "http://${URL#https://}/")"
expect "a first line that is too long" "414 BAD_REQUEST" \
    "$(stranger "/status?$(tr '\0' a <"$ZERO" | head -c 20000)" --http1.1)"
expect "no HTTP at all" 400 "$(raw 'nonsense\r\n\r\n')"
expect "two lengths" 400 \
    "$(raw 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')"
expect "HSTS" 1 "$(stranger /nope >/dev/null && grep -ci '^strict-transport-security:' "$WORK/head")"
expect "nginx does not tell its version" 0 "$(grep -ci '^server: nginx/' "$WORK/head")"

# --- limits -------------------------------------------------------------------------------------

# flood FROM COUNT PATH [USER]: status codes of so many requests at once from one address, each with
# another password.
flood() {
    local i
    for i in $(seq "$2"); do
        [ "$i" = 1 ] || echo next
        printf 'url = "%s%s"\ninterface = "%s"\nmax-time = 4\n' "$URL" "$3" "$1"
        printf 'insecure\nsilent\noutput = "/dev/null"\nwrite-out = "%%{http_code}\\n"\n'
        [ -z "${4:-}" ] || printf 'user = "%s:guess%s"\n' "$4" "$i"
    done >"$WORK/flood"
    curl --parallel --parallel-max 150 --parallel-immediate -K "$WORK/flood" 2>/dev/null
}

# A cheap hash, so that the limit is measured and not bcrypt.
printf '%s\n' "$PASSWORD" | htpasswd -iB -C 4 -c "$STREET/htpasswd" demo 2>/dev/null
flood_on() { until [ -e "$WORK/enough" ]; do flood 127.0.0.5 120 /inbox demo; done; }
flood_on >"$WORK/guesses" &
guesser=$!
is_429() { [ "$(stranger /inbox --interface 127.0.0.5 -K <(as demo:last))" = "429 TOO_MANY_REQUESTS" ]; }
expect_true "a guess too many gets 429 in JSON" until_true 30 is_429
expect "somebody who knows his password meanwhile" 405 "$(stranger / -H "$good" | cut -d' ' -f1)"
touch "$WORK/enough"
wait "$guesser"
expect_true "most guesses were refused" test "$(grep -c 429 "$WORK/guesses")" -gt 50

# Whoever has an IPv6 address has 2^64 of them: they are counted as one. Asked as nginx asks itself.
inner_guess() {
    curl -s --unix-socket "$STREET/sockets/inner.sock" -o /dev/null -w '%header{x-sms-refusal}\n' \
        -H "X-Sms-Client: $1" -K <(as demo:guess) http://inner/login --max-time 5
}
# all_of PREFIX SUFFIX: how many of 60 guesses at once, each from another address, are refused.
all_of() {
    for i in $(seq 60); do inner_guess "$1$(printf %x "$i")$2" & done | grep -c 429
}
expect_true "the addresses of one IPv6 network are one guesser" test "$(all_of 2001:db8:0:1:: '')" -ge 5
expect "those of several networks are not" 0 "$(all_of 2001:db8:1: ::1)"

expect_true "a guess is in the log with its address" \
    grep -q ' 127\.0\.0\.5 wrong password, user "demo"$' "$STREET/log/smsspool-refused.log"
flood 127.0.0.6 600 /health >"$WORK/requests"
expect_true "requests are limited" grep -q 429 "$WORK/requests"
flood 127.0.0.1 600 /health >"$WORK/requests"
expect "requests from this machine are not" 600 "$(grep -c 200 "$WORK/requests")"

# --- a program that is gone ---------------------------------------------------------------------

mv "$STREET/sockets/inbox.sock" "$STREET/sockets/away"
expect "no program" "503 SERVICE_UNAVAILABLE" "$(stranger /inbox -H "$good")"
expect "when to come back" 1 "$(grep -ci '^retry-after:' "$WORK/head")"
expect "the keys of that answer" \
    error_code,error_message,from,message,message_id,reply,status,timestamp,to \
    "$(jq -r 'keys | join(",")' "$WORK/body")"
mv "$STREET/sockets/away" "$STREET/sockets/inbox.sock"
finish
