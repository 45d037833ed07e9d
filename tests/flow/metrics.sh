#!/bin/bash
# Goal: the real Prometheus scrapes /metrics with the password of an administrator, promtool has
# nothing to say about it, and what it tells follows what happens. Nobody else sees it.
. "$(dirname "$0")/street.bash"

{
    echo 'admins = demo'
    loopback_settings
} >"$WORK/conf"
mkdir -p "$STREET"
street_start "$WORK/conf"
cut -d: -f2 "$STREET/credentials" >"$WORK/password"
openssl rand -hex 12 >"$WORK/other"
htpasswd -iB -C 4 "$STREET/htpasswd" other <"$WORK/other" 2>/dev/null

# --- as it is -----------------------------------------------------------------------------------

sed "s/.*/user = \"other:&\"/" "$WORK/other" >"$WORK/other.conf"
status_as() { # CURL_OPTION...: of GET /metrics
    curl -sk --max-time 30 -o "$WORK/answer" -w '%{http_code}' "$@" "$URL/metrics"
}
expect "without a login" 401 "$(status_as)"
expect "a user who is no administrator" 403 "$(status_as -K "$WORK/other.conf")"
expect "who sees nothing" FORBIDDEN "$(jq -r .error_code "$WORK/answer")"

api GET /metrics -D "$WORK/head" >"$WORK/metrics"
expect "its type" 'text/plain; version=0.0.4; charset=utf-8' \
    "$(tr -d '\r' <"$WORK/head" | sed -n 's/^content-type: //Ip')"
expect_true "its length" grep -qi "^content-length: $(wc -c <"$WORK/metrics")" "$WORK/head"
expect "what promtool says" "" "$(promtool check metrics <"$WORK/metrics" 2>&1)"

# --- scraped ------------------------------------------------------------------------------------

PROMETHEUS=127.0.0.1:$(free_port)
cat >"$WORK/prometheus.yml" <<END
scrape_configs:
  - job_name: smsspool
    scrape_interval: 1s
    scheme: https
    basic_auth: {username: demo, password_file: "$WORK/password"}
    tls_config: {insecure_skip_verify: true}
    static_configs: [{targets: ["${URL#https://}"]}]
END
child prometheus --config.file="$WORK/prometheus.yml" --storage.tsdb.path="$WORK/data" \
    --web.listen-address="$PROMETHEUS" --log.level=warn

# value QUERY: the only value of it; empty: none.
value() {
    curl -sG --max-time 10 --data-urlencode "query=$1" "http://$PROMETHEUS/api/v1/query" |
        jq -r '.data.result | if length == 1 then .[0].value[1] else empty end'
}
is() { [ "$(value "$1")" = "$2" ]; }

expect_true "Prometheus gets an answer" until_true 60 is up 1
expect_true "the gateway is ready" until_true 20 is smsspool_ready 1
expect "the modem is up" 1 "$(value 'smsspool_modem_up{modem="sim"}')"
expect "in one state" 1 "$(value 'sum(smsspool_modem_state{modem="sim"})')"
expect "registered" 1 "$(value 'smsspool_modem_registered')"
expect "a kind of a figure that promises to grow" counter \
    "$(curl -s "http://$PROMETHEUS/api/v1/metadata?metric=smsspool_modem_recoveries_total" |
        jq -r '.data[][0].type')"

id=$(post 5512345678 hello)
post 5512345678 later "not_before: $(($(date +%s) + 3600))" >"$WORK/later"
is_sent() { [ "$(field "$id" .status)" = sent ]; }
expect_true "a message goes out" until_true 20 is_sent
expect_true "it is counted as sent" until_true 20 is 'smsspool_jobs{state="sent"}' 1
expect_true "the other as queued" until_true 20 is 'smsspool_jobs{state="queued"}' 1
expect "which is not late" 0 "$(value smsspool_oldest_due_age_seconds)"
expect_true "what the modem sent" until_true 20 is 'smsspool_modem_sent_parts{period="hour"}' 1
finish
