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
expect "a wrong password" "$no" "$(stranger / -u demo:wrong)"
expect "challenges then" 1 "$(grep -ci '^www-authenticate:' "$WORK/head")"
expect "an unknown user" "$no" "$(stranger / -u "nobody:$PASSWORD")"
expect "no user" "$no" "$(stranger / -u ":$PASSWORD")"
expect "another scheme" "$no" "$(stranger / -H 'Authorization: Bearer abc')"
expect "headers that look like an identity" "$no" "$(stranger / -H 'Remote-User: demo' \
    -H 'REMOTE_USER: demo' -H 'X-Sms-User: demo' -H 'X-Remote-User: demo')"
good="Authorization: Basic $(printf 'demo:%s' "$PASSWORD" | base64 -w0)"
bad="Authorization: Basic $(printf 'other:x' | base64 -w0)"
expect "the good header" 405 "$(stranger / -H "$good" | cut -d' ' -f1)"
expect "two headers, the good one first" "400 BAD_REQUEST" "$(stranger / -H "$good" -H "$bad")"
expect "two headers, the good one last" "400 BAD_REQUEST" "$(stranger / -H "$bad" -H "$good")"
expect "the location of the check from outside" "404 NOT_FOUND" "$(stranger /-/auth)"
expect "health needs no credentials" "200 healthy" "$(stranger /health)"

# An alert needs none from loopback, unless it carries some or came through another proxy.
json='Content-Type: application/json'
expect "an alert from loopback" "200 completed" "$(stranger /api/v1/alerts -H "$json" -d '[]')"
expect "with a wrong password" 401 "$(stranger /api/v1/alerts -u demo:x -H "$json" -d '[]' | cut -d' ' -f1)"
expect "passed on by a proxy" 401 \
    "$(stranger /api/v2/alerts -H 'X-Forwarded-For: 127.0.0.1' -H "$json" -d '[]' | cut -d' ' -f1)"
expect "from another address" 401 \
    "$(stranger /api/v2/alerts --interface 127.0.0.2 -H "$json" -d '[]' | cut -d' ' -f1)"

# A removed user is out as soon as the memory of ten seconds ends.
cp "$STREET/htpasswd" "$WORK/htpasswd"
sed -i 's/^demo:/gone:/' "$STREET/htpasswd"
is_out() { [ "$(stranger / -H "$good")" = "$no" ]; }
expect_true "a removed user is out within 15 s" until_true 15 is_out
cp "$WORK/htpasswd" "$STREET/htpasswd"
expect "the folder of the memory" 700 "$(stat -Lc %a "$STREET/sockets/logins")"

# The forms in which a bcrypt hash is written.
hash=$(cut -d: -f2- "$WORK/htpasswd" | cut -c5-)
for form in a b y; do
    echo "form$form:\$2$form\$$hash" >>"$STREET/htpasswd"
    expect "a hash that begins with \$2$form\$" 405 \
        "$(stranger / -u "form$form:$PASSWORD" | cut -d' ' -f1)"
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
flood 127.0.0.5 120 /inbox demo >"$WORK/guesses" &
guesser=$!
is_429() { [ "$(stranger /inbox --interface 127.0.0.5 -u demo:last)" = "429 TOO_MANY_REQUESTS" ]; }
expect_true "a guess too many gets 429 in JSON" until_true 10 is_429
expect "somebody who knows his password meanwhile" 405 "$(stranger / -H "$good" | cut -d' ' -f1)"
wait "$guesser"
expect_true "most guesses were refused" test "$(grep -c 429 "$WORK/guesses")" -gt 50
expect_true "a guess is in the log with its address" \
    grep -q 'password mismatch, client: 127.0.0.5,' "$STREET/log/nginx-error.log"
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
