#!/bin/bash
# Goal: messages are fetched and told of with the tokens of a real OpenID server, over several of their
# lifetimes, over its being down, and over the server's forgetting them; each is on the air once.
. "$(dirname "$0")/street.bash"
. tests/flow/remote.bash
. tests/flow/openid.bash

life=6
openid_start $life
# shellcheck disable=SC2154 # by openid.bash
remote user --userinfo "$OPENID_ISSUER/userinfo"
remote service

# shellcheck disable=SC2154 # by remote.bash
cat >"$WORK/conf" <<END
worker_pause = 100ms
region = RO
[modem sim]
worker = loopback
air = $WORK/air.jsonl

[remote user]
url = http://127.0.0.1:${remote_port[user]}/sms
number = +40712345678
country = RO
poll_interval = 500ms
retry_first = 100ms
retry_most = 500ms
token_url = $OPENID_TOKEN_URL
client_id = sms-gateway
client_secret_file = $OPENID_SECRET
username = gateway
password_file = $OPENID_PASSWORD
[remote service]
url = http://127.0.0.1:${remote_port[service]}/sms
number = +40712345679
country = RO
poll_interval = 500ms
retry_first = 100ms
retry_most = 500ms
issuer = $OPENID_ISSUER
grant = client_credentials
client_id = sms-gateway
client_secret_file = $OPENID_SECRET
scope = service
END
street_start "$WORK/conf"
agent pull -c etc/smsspool.conf -c "$STREET/smsspool.conf" -c "$WORK/conf"

# tokens NAME: how many different ones the server was shown.
tokens() {
    jq -r '.headers[] | select(.[0] == "authorization")[1]' "$WORK/$1.jsonl" | sort -u | wc -l
}
has_tokens() { [ "$(tokens "$1")" -ge "$2" ]; }
both_sent() { has_steps user "user: $1" 'Entrusted Sent' && has_steps service "service: $1" 'Entrusted Sent'; }
add_both() {
    add user +40711111111 "user: $1"
    add service +40711111111 "service: $1"
}

add_both 'the first'
expect_true "fetched and told with a real token" until_true 20 both_sent 'the first'
for n in 2 3; do
    expect_true "in its lifetime number $n" until_true 30 eval "has_tokens user $n && has_tokens service $n"
    add_both "with token $n"
    expect_true "too" until_true 20 both_sent "with token $n"
done
expect "no request was refused" '0 0' "$(requests user '.status == 401') $(requests service '.status == 401')"
# By the tokens themselves: their claims are in their middle.
stale() {
    jq -r '.time_ms as $now | .headers[] | select(.[0] == "authorization")[1] | split(".")[1] | gsub("-"; "+") | gsub("_"; "/")
        | @base64d | fromjson | select(.exp * 1000 < $now) | .exp' "$WORK/$1.jsonl" | wc -l
}
expect "nor had a token that was over" '0 0' "$(stale user) $(stale service)"

# --- the server is away for longer than a token lives ------------------------------------------------

openid_stop
add service +40711111112 'with the token that is left'
expect_true "what a token is good for goes on" until_true 20 has_steps service 'with the token that is left' 'Entrusted Sent'
failing() {
    "$BIN/smsctl" -c etc/smsspool.conf -c "$STREET/smsspool.conf" -c "$WORK/conf" --json status |
        jq -e '[.agents[] | select(.state == "failing")] | length == 2'
}
expect_true "then it says that it fails" until_true 30 failing
add_both 'while it is away'
expect_true "it comes back" openid_again
expect_true "and all goes on" until_true 20 both_sent 'while it is away'

expect "each on the air once" '9 9' "$(jq -s -r 'map(select(.event == "message").text) | "\(length) \(unique | length)"' \
    "$WORK/air.jsonl")"

# --- the end ----------------------------------------------------------------------------------------

last=$(jq -r 'select(.operation == "next").headers[] | select(.[0] == "authorization")[1]' "$WORK/user.jsonl" | tail -1)
expect "the last token is good" 200 "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: $last" "$OPENID_ISSUER/userinfo")"
end_agent pull
# shellcheck disable=SC2154 # by remote.bash
expect "SIGTERM ends it in order" 0 "$ended"
expect "no secret in logs and spool" '' "$(grep -lrF -e "$(cat "$OPENID_PASSWORD")" -e "$(cat "$OPENID_SECRET")" \
    -e "${last#Bearer }" "$STREET/log" "$STREET"/spool.sqlite* || true)"
finish
