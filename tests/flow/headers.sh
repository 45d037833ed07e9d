#!/bin/bash
# Goal: bytes that no ordinary client sends. Whatever a request claims, whoever is not let in gets
# nothing; one request is never taken for two; and a login counts for the request that carries it.
# Each row is asked by its own address, so that the limit of guesses does not answer.
. "$(dirname "$0")/street.bash"

{
    echo "alerts = yes"
    loopback_settings
} >"$WORK/conf"
street_start "$WORK/conf"
HOST=${URL#https://}
PASSWORD=$(cut -d: -f2 "$STREET/credentials")
OTHER=$(ctl user add other --generate 2>/dev/null | tail -1)
SECRET="nobody but demo may read this"
ID=$(post 5512345678 "$SECRET")
TOKEN=$(ctl token add demo | head -1)
TOKEN_ID=$(ctl --json token list demo | jq -r .id)

basic() { printf 'Authorization: Basic %s' "$(printf '%s' "$1" | base64 -w0)"; }
GOOD=$(basic "demo:$PASSWORD")
WRONG=$(basic demo:wrong)
THEIRS=$(basic "other:$OTHER")
ASK="/status?message_id=$ID"
STORED=$(sqlite3 "$STREET/spool.sqlite" 'SELECT COUNT(*) FROM message')
rows=0

# --- asking -------------------------------------------------------------------------------------

# answers FROM BYTES: the statuses of what comes back, until nginx closes the connection. What was
# said is kept in $WORK/said.
answers() {
    printf '%b' "$2" | timeout 20 openssl s_client -quiet -bind "$1:0" -connect "$HOST" \
        2>/dev/null >"$WORK/said"
    cat "$WORK/said" >>"$WORK/all"
    grep -aoE '^HTTP/1\.[01] [0-9]{3}' "$WORK/said" | cut -d' ' -f2 | xargs
}

# row NAME WANTED BYTES: these statuses, and nothing more is stored than before.
row() {
    local found
    rows=$((rows + 1))
    found=$(answers "127.0.$((1 + rows / 200)).$((1 + rows % 200))" "$3")
    [ "$(sqlite3 "$STREET/spool.sqlite" 'SELECT COUNT(*) FROM message')" = "$STORED" ] ||
        found="$found and stored something"
    expect "$1" "$2" "$found"
}

# get PATH [HEADER…], post_of LENGTH_HEADERS BODY [HEADER…]: the bytes of a request.
get() {
    printf 'GET %s HTTP/1.1\\r\\nHost: localhost\\r\\n' "$1"
    [ $# -eq 1 ] || printf '%s\\r\\n' "${@:2}"
    printf '\\r\\n'
}
post_of() {
    printf 'POST / HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Type: application/json\\r\\n%s\\r\\n' "$1"
    [ $# -eq 2 ] || printf '%s\\r\\n' "${@:3}"
    printf '\\r\\n%s' "$2"
}
# The last request of a connection, which nginx closes then: it is answered if, and only if, what was
# before it ended where it should.
LAST=$(get /health "Connection: close")
last() { printf '%s%s' "$1" "$LAST"; }

# --- who one claims to be -----------------------------------------------------------------------

row "demo sees the message of demo" "200 200" "$(last "$(get "$ASK" "$GOOD")")"
expect_true "which is how it would be noticed" grep -qaF "$SECRET" "$WORK/said"
: >"$WORK/all" # from here on nobody may read it
row "somebody else does not" "404 200" "$(last "$(get "$ASK" "$THEIRS")")"

while read -r header; do
    row "a stranger with $header" "401 200" "$(last "$(get "$ASK" "$header")")"
    row "a user with $header" "404 200" "$(last "$(get "$ASK" "$THEIRS" "$header")")"
done <<END
X-Sms-User: demo
X-Sms-Token: $TOKEN_ID
X-Sms-Client: 127.0.0.1
X-Sms-Refusal: 200
X-Sms-Login: /unavailable
X-Sms-Login: ${GOOD#*: }
X-Sms-Words: sms
Remote-User: demo
Remote_User: demo
REMOTE_USER: demo
HTTP_REMOTE_USER: demo
X-Remote-User: demo
X-Forwarded-User: demo
Sms-Token: $TOKEN_ID
Sms_Token: $TOKEN_ID
SMS_TOKEN: $TOKEN_ID
Smsspool-Open: 1
SMSSPOOL_OPEN: 1
Smsspool-Error: 200
Proxy-${GOOD#*-}
Proxy-$GOOD
Cookie: $GOOD
X-Accel-Redirect: /health
X-Accel-Redirect: @smsspool_posted
X-Original-URL: /health
X-Rewrite-URL: /health
X-HTTP-Method-Override: DELETE
X-Forwarded-For: 127.0.0.1
Forwarded: for=127.0.0.1
Upgrade: websocket
Connection: Authorization
END

row "the address of the client is not what it says" "401 200" \
    "$(last "$(get /api/v1/alerts "X-Sms-Client: 127.0.0.1")")"

# --- the header of a login ----------------------------------------------------------------------

row "right and wrong" 400 "$(get "$ASK" "$GOOD" "$WRONG")"
row "wrong and right" 400 "$(get "$ASK" "$WRONG" "$GOOD")"
row "right twice" 400 "$(get "$ASK" "$GOOD" "$GOOD")"
row "a token and a password" 400 "$(get "$ASK" "Authorization: Bearer $TOKEN" "$GOOD")"
row "two in one line" "401 200" "$(last "$(get "$ASK" "$WRONG, ${GOOD#*: }")")"
row "its name in lower case" "404 200" "$(last "$(get "$ASK" "authorization${THEIRS#Authorization}")")"
row "a blank before the colon" 400 "$(get "$ASK" "Authorization : ${GOOD#*: }")"
row "a line that goes on" 400 "$(get "$ASK" "Authorization: Basic" " ${GOOD##* }")"
row "a line end in the middle" "401 200" "$(last "$(get "$ASK" "Authorization: Basic\\n${GOOD##* }")")"
row "a zero byte" 400 "$(get "$ASK" "$GOOD\\x00")"

# Each is nobody.
while read -r header; do
    row "Authorization: ${header:0:40}" "401 200" "$(last "$(get "$ASK" "Authorization: $header")")"
done <<END

Basic
Basic !!!!
Basic ====
Basic $(printf 'nocolon' | base64 -w0)
Basic $(printf ':' | base64 -w0)
Basic $(printf ':%s' "$PASSWORD" | base64 -w0)
Basic $(printf 'demo:' | base64 -w0)
Basic $(printf 'demo' | base64 -w0)
Basic $(printf 'DEMO:%s' "$PASSWORD" | base64 -w0)
Basic $(printf ' demo:%s' "$PASSWORD" | base64 -w0)
Basic $(printf 'demo\0:%s' "$PASSWORD" | base64 -w0)
Basic $(printf 'demo\n:%s' "$PASSWORD" | base64 -w0)
Basic $(printf '#:%s' "$PASSWORD" | base64 -w0)
Basic $(printf 'demo:%s ' "$PASSWORD" | base64 -w0)
Basic $(head -c 9000 /dev/zero | tr '\0' A)
Basic $(printf 'demo:%s' "$(head -c 9000 /dev/zero | tr '\0' a)" | base64 -w0)
Bearer
Bearer sms_
Bearer ${TOKEN}x
Bearer ${TOKEN%?}
Bearer ${TOKEN^^}
Bearer $TOKEN $TOKEN
Bearer $TOKEN,
Bearer $TOKEN_ID
Bearer demo:$PASSWORD
Bearer ' OR '1'='1
Bearer $(head -c 9000 /dev/zero | tr '\0' A)
Token $TOKEN
$TOKEN
Digest username="demo", realm="smsspool", nonce="x", uri="/", response="x"
Negotiate YII=
demo:$PASSWORD
END

# --- where one request ends ---------------------------------------------------------------------

SMUGGLED="$(get "$ASK" "$GOOD")"
TEXT='{"number":"5512345678","message":"smuggled"}'

row "a login is for its own request only" "405 401 200" "$(last "$(get / "$GOOD")$(get "$ASK")")"
row "also where it was a wrong one" "401 401 200" "$(last "$(get / "$WRONG")$(get "$ASK")")"
row "a body of a refused request is no request" "401 200" \
    "$(last "$(post_of "Content-Length: $(printf '%b' "$SMUGGLED" | wc -c)" "$SMUGGLED")")"
row "a body of a GET neither" "404 200" \
    "$(last "$(get "$ASK" "$THEIRS" "Content-Length: $(printf '%b' "$SMUGGLED" | wc -c)")$SMUGGLED")"
row "what is behind the length is another request" "401 401 200" \
    "$(last "$(post_of "Content-Length: 0" "")$(get "$ASK")")"
while IFS='|' read -r name wanted lines; do
    row "$name" "$wanted" "$(last "$(post_of "$lines" "$TEXT" "$GOOD")$SMUGGLED")"
done <<'END'
two lengths|400|Content-Length: 44\r\nContent-Length: 0
the same length twice|400|Content-Length: 44\r\nContent-Length: 44
two lengths in a line|400|Content-Length: 44, 0
a length and chunks|400|Content-Length: 44\r\nTransfer-Encoding: chunked
chunks and a length|400|Transfer-Encoding: chunked\r\nContent-Length: 44
a negative length|400|Content-Length: -1
a length with a sign|400|Content-Length: +44
a length in hexadecimal|400|Content-Length: 0x2c
a length with more behind it|400|Content-Length: 44 abc
a length that is too long|400|Content-Length: 99999999999999999999999
another coding|501|Transfer-Encoding: gzip
two codings|501|Transfer-Encoding: gzip, chunked
a coding that is no word|501|Transfer-Encoding: xchunked
chunked twice|400|Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked
chunked twice in a line|501|Transfer-Encoding: chunked, chunked
identity|501|Transfer-Encoding: identity
a blank before the colon of a coding|400|Transfer-Encoding : chunked
END
while IFS='|' read -r name wanted body; do
    row "$name" "$wanted" "$(post_of "Transfer-Encoding: chunked" "$body" "$GOOD")$SMUGGLED"
done <<'END'
a chunk without a size|400|\r\n{}\r\n0\r\n\r\n
a chunk size that is no number|400|zz\r\n{}\r\n0\r\n\r\n
a negative chunk|400|-2\r\n{}\r\n0\r\n\r\n
a chunk size with 0x|400|0x2\r\n{}\r\n0\r\n\r\n
a chunk that is too large|413|7fffffff\r\n{}
a chunk that overflows|400|ffffffffffffffffff\r\n{}
a chunk that is longer than its size|400|1\r\n{}\r\n0\r\n\r\n
END
row "a login behind the chunks is none" "401 200" \
    "$(last "$(post_of "Transfer-Encoding: chunked" "" "Trailer: Authorization")0\\r\\n$GOOD\\r\\n\\r\\n")"

# --- addresses ----------------------------------------------------------------------------------

while IFS='|' read -r wanted path; do
    row "GET ${path:0:60}" "$wanted" "$(last "$(get "$path")")"
done <<END
401 200|$ASK
401 200|/
401 200|//status?message_id=$ID
401 200|/./status?message_id=$ID
401 200|/%2e/status?message_id=$ID
401 200|/inbox/../status?message_id=$ID
401 200|/%73tatus?message_id=$ID
401 200|https://elsewhere.example$ASK
404 200|https://elsewhere.example/-/auth
404 200|/status/
404 200|/STATUS
404 200|/status%20
404 200|/status%2fx
404 200|/status;x=y
404 200|/..;/status
404 200|/status.json
404 200|/-/auth
404 200|/-/auth-alerts
404 200|/-%2fauth
404 200|//-//auth
404 200|/health/../-/auth
404 200|/-/malformed
404 200|/-/not-allowed
404 200|/login
404 200|/bearer
404 200|/unavailable
404 200|/malformed
404 200|/@smsspool_refused
404 200|/nginx_status
404 200|/index.html
404 200|/.htpasswd
404 200|/api/v1/alerts/
404 200|/api/v3/alerts
404 200|/api/v1/alertsx
400|/status%00
400|/../status
400|/%
400|/%zz
400|status
END

# --- the rest of a head -------------------------------------------------------------------------

LONG=$(head -c 17000 /dev/zero | tr '\0' a)
row "a header that is too long" 400 "$(get "$ASK" "X-Long: $LONG")"
row "many headers" 400 "$(get "$ASK" "$(for i in $(seq 90); do printf 'X-%s: %s\\r\\n' "$i" "${LONG:0:1000}"; done)X: y")"
row "an address that is too long" 414 "$(get "/status?$LONG")"
row "HTTP/1.0 without a host" 401 "GET $ASK HTTP/1.0\r\n\r\n"
row "HTTP/1.1 without a host" 400 "GET $ASK HTTP/1.1\r\n\r\n"
row "two hosts" 400 "$(get "$ASK" "Host: smsspool-inner")"
row "the host of the second server" "401 200" "$(last "$(get "$ASK" | sed 's/localhost/smsspool-inner/')")"
row "a host that is a path" 400 "$(get "$ASK" | sed 's|localhost|x/../y|')"
row "no version" "" "GET $ASK\r\n"
row "HTTP/3 in words" 505 "GET $ASK HTTP/3.0\r\nHost: localhost\r\n\r\n"
row "HTTP/2 in words" 400 "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
row "h2c" "401 200" "$(last "$(get "$ASK" "Connection: Upgrade, HTTP2-Settings" "Upgrade: h2c" \
    "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA")")"
row "TRACE" 405 "TRACE $ASK HTTP/1.1\r\nHost: localhost\r\n$GOOD\r\n\r\n"
row "CONNECT" 400 "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n$GOOD\r\n\r\n"
row "a method in lower case" 400 "get $ASK HTTP/1.1\r\nHost: localhost\r\n$GOOD\r\n\r\n"
row "a method that nobody knows" "405 200" \
    "$(last "$(get "$ASK" "$GOOD" | sed 's/^GET/PURGE/')")"
row "OPTIONS needs no login to do nothing" "401 200" "$(last "$(get / | sed 's/^GET/OPTIONS/')")"
row "a line end without a return" "401 200" "$(last "GET $ASK HTTP/1.1\nHost: localhost\n\n")"
row "a return without a line end" 400 "GET $ASK HTTP/1.1\rHost: localhost\r\r"

# --- HTTP/2 -------------------------------------------------------------------------------------

# two NAME WANTED CURL…
two() {
    rows=$((rows + 1))
    expect "HTTP/2: $1" "2 $2" "$(curl -sk --http2 --max-time 20 --path-as-is -o "$WORK/said" \
        --interface "127.0.$((1 + rows / 200)).$((1 + rows % 200))" -w '%{http_version} %{http_code}' "${@:3}")"
    cat "$WORK/said" >>"$WORK/all"
}
two "right and wrong" 400 -H "$GOOD" -H "$WRONG" "$URL$ASK"
two "wrong and right" 400 -H "$WRONG" -H "$GOOD" "$URL$ASK"
two "X-Sms-User" 401 -H "X-Sms-User: demo" "$URL$ASK"
two "Sms_Token" 401 -H "Sms_Token: $TOKEN_ID" "$URL$ASK"
two "the check from outside" 404 "$URL/-/auth"
two "an address with dots" 401 "$URL/x/..$ASK"
two "TRACE" 405 -X TRACE "$URL$ASK"
two "CONNECT as a path" 405 -X CONNECT "$URL/"
two "chunks" 400 -H "Transfer-Encoding: chunked" -H "$GOOD" --data-binary "$TEXT" "$URL/"
two "a length that is wrong" 400 -H "Content-Length: 3" -H "$GOOD" -H "Content-Type: application/json" \
    --data-binary "$TEXT" "$URL/"
two "another host" 401 -H "Host: smsspool-inner" "$URL$ASK"

# --- and in all that ----------------------------------------------------------------------------

expect "nobody else has read it" 0 "$(grep -acF "$SECRET" "$WORK/all")"
expect "nothing more is stored" "$STORED" "$(sqlite3 "$STREET/spool.sqlite" 'SELECT COUNT(*) FROM message')"
expect "no login is in a log" 0 \
    "$(cat "$STREET"/log/*.log | grep -acF -e "$PASSWORD" -e "$OTHER" -e "$TOKEN" -e "${GOOD##* }")"
expect_true "it goes on" api GET "$ASK" -f
finish
