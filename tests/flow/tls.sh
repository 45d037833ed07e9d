#!/bin/bash
# Goal: testssl.sh has nothing to say about the shipped site that is medium or worse, and sees what
# should be there. Its quick checks; CHECKS=all makes all of them (make check-tls), which takes a
# minute.
. "$(dirname "$0")/street.bash"

# --- a certificate as a real one is -------------------------------------------------------------

# From an authority, with the address of a list of revoked ones, which nobody asks for here.
make_certificate() {
    local key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
    mkdir -p "$STREET"
    openssl req -x509 "${key[@]}" -days 365 -subj "/CN=Authority" -keyout "$WORK/authority.key" \
        -out "$WORK/authority.pem" &&
        openssl req "${key[@]}" -subj /CN=localhost -keyout "$STREET/key.pem" -out "$WORK/request.pem" &&
        openssl x509 -req -in "$WORK/request.pem" -CA "$WORK/authority.pem" -days 365 \
            -CAkey "$WORK/authority.key" -out "$STREET/cert.pem" -extfile <(
            echo "subjectAltName = DNS:localhost, IP:127.0.0.1"
            echo "extendedKeyUsage = serverAuth"
            echo "crlDistributionPoints = URI:http://127.0.0.1:9/none"
        )
}

make_certificate >"$WORK/openssl.log" 2>&1
loopback_settings >"$WORK/conf"
street_start "$WORK/conf"

# --- what testssl.sh finds ----------------------------------------------------------------------

# scan OPTION…: its findings go into $WORK/findings, a JSON object each.
scan() {
    local began=$SECONDS
    rm -f "$WORK/found.json"
    testssl --ip 127.0.0.1 --add-ca "$WORK/authority.pem" --warnings batch --color 0 --quiet \
        --jsonfile "$WORK/found.json" "$@" "https://localhost:${URL##*:}/health" >"$WORK/testssl.log" 2>&1
    # Its status is the number of connections that it did not understand, or says why it gave up.
    expect_true "testssl.sh $* comes to an end" test $? -lt 50
    jq -c '.[]' "$WORK/found.json" >>"$WORK/findings"
    echo "$*: $((SECONDS - began)) s"
}

if [ "${CHECKS:-}" = all ]; then
    scan -p -s -f -P -S -h -U
else
    scan -p -P -h
fi

expect_true "its last finding is there" grep -q '"id":"scanTime"' "$WORK/findings"
expect "findings of medium and worse" "" \
    "$(jq -r 'select(.severity | IN("MEDIUM", "HIGH", "CRITICAL", "FATAL")) |
        "\(.severity) \(.id): \(.finding)"' "$WORK/findings")"

finding() { jq -r --arg id "$1" 'select(.id == $id).finding' "$WORK/findings"; }
expect "TLS 1.3" "offered with final" "$(finding TLS1_3)"
expect "TLS 1.2" "offered" "$(finding TLS1_2)"
for version in TLS1 TLS1_1 SSLv3 SSLv2; do
    expect "no $version" "not offered" "$(finding "$version")"
done
expect "the server chooses the cipher" "server" "$(finding cipher_order)"
expect "HSTS for two years" 730 "$(finding HSTS_time | grep -oE '[0-9]+ days' | cut -d' ' -f1)"
expect "the banner has no version" "nginx" "$(finding banner_server)"
finish
