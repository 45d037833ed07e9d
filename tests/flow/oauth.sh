#!/bin/bash
# Goal: tokens of a real OpenID server, found by its issuer's name: one login with a password, then the
# token is renewed again and again before each of its short lives ends; a wrong password is told and
# mended without a restart; the session is ended with the program; no secret is told to anybody else.
. "$(dirname "$0")/street.bash"
. tests/flow/remote.bash
. tests/flow/openid.bash

life=4
openid_start $life
# shellcheck disable=SC2154 # by openid.bash, remote.bash
remote centre --userinfo "$OPENID_ISSUER/userinfo"
mkdir -p "$STREET/log"
# shellcheck disable=SC2154
cat >"$WORK/conf" <<END
spool = $WORK/spool.sqlite
wake_socket = $WORK/wake
[remote centre]
url = http://127.0.0.1:${remote_port[centre]}
number = +40712345678
country = RO
poll_interval = 200ms
retry_first = 100ms
retry_most = 1s
issuer = $OPENID_ISSUER
client_secret_file = $OPENID_SECRET
username = gateway
password_file = $WORK/password
END
"$BIN/smsctl" -c "$WORK/conf" spool migrate >"$STREET/log/migrate.log"

# given WHAT: how many of them the server gave ("Access token", "Refresh token").
given() { openid_log | grep -c "$1 generated for client 'sms-gateway' granted by user 'gateway'"; }
has_given() { [ "$(given "$1")" -ge "$2" ]; }
logged() { grep -qF -- "$1" "$STREET/log/pull.log"; }

# --- a wrong password ---------------------------------------------------------------------------

(umask 077 && echo 'not+it' >"$WORK/password")
agent pull -c "$WORK/conf"
expect_true "a wrong password is told" until_true 20 logged "no token: $OPENID_URL answers HTTP 403"
expect_true "it was the user's" eval "openid_log | grep -q 'Authorization invalid for username gateway'"
expect "the API was not asked without a token" 0 "$(requests centre true)"
cat "$OPENID_PASSWORD" >"$WORK/password"
expect_true "the right one is taken without a restart" until_true 20 logged "logged in at $OPENID_URL"
expect_true "and the API with its token" until_true 20 asked centre '.status == 404'

# --- renewals -----------------------------------------------------------------------------------

expect_true "the token is renewed" until_true 60 has_given 'Access token' 5
expect "by one login" 1 "$(given 'Refresh token')"
expect "no request was made with one that had ended" 0 "$(requests centre '.status == 401')"

# --- the end ------------------------------------------------------------------------------------

end_agent pull
# shellcheck disable=SC2154 # by remote.bash
expect "SIGTERM ends it in order" 0 "$ended"
expect_true "and the session at the server" \
    eval "openid_log | grep -q \"Refresh token generated for client 'sms-gateway' revoked\""
expect "no secret in logs and spool" '' "$(grep -lrF -e 'not+it' -e 'not%2Bit' -e "$(cat "$OPENID_PASSWORD")" \
    -e "$(cat "$OPENID_SECRET")" "$STREET/log" "$WORK"/spool.sqlite* || true)"
finish
