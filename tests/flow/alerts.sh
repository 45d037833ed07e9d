#!/bin/bash
# Goal: the real Prometheus and the real Alertmanager tell of an alert and of its end, and an SMS
# says so, once for each. Prometheus posts to /api/v2/alerts as if this were an Alertmanager; an
# Alertmanager, which another Prometheus tells, posts its webhook to /api/v1/alerts with a password.
. "$(dirname "$0")/street.bash"

printf 'alerts = yes\n' >"$WORK/conf"
street_start "$WORK/conf"
cut -d: -f2 "$STREET/credentials" >"$WORK/password"
MANAGER=127.0.0.1:$(free_port)

# --- the peers ----------------------------------------------------------------------------------

# rule NAME NUMBER EXPRESSION: the rule file of a Prometheus; with vector(0) > 1 nothing fires.
rule() {
    cat >"$WORK/$1.rules" <<END
groups:
  - name: flow
    interval: 1s
    rules:
      - alert: $1
        expr: $3
        labels: {number: "$2", severity: page}
        annotations: {summary: "told by $1"}
END
}

declare -A pid_of=()

# prometheus_of NAME: with the rule file of this name, and its alertmanagers on standard input.
prometheus_of() {
    {
        printf 'global: {scrape_interval: 1h, evaluation_interval: 1s}\nrule_files: ["%s"]\n' "$WORK/$1.rules"
        printf 'alerting:\n  alertmanagers:\n'
        cat
    } >"$WORK/$1.yml"
    child prometheus --config.file="$WORK/$1.yml" --storage.tsdb.path="$WORK/$1.data" \
        --web.listen-address="127.0.0.1:$(free_port)" --rules.alert.resend-delay=1s --log.level=warn
    pid_of[$1]=$!
}

alertmanager() {
    cat >"$WORK/manager.yml" <<END
route: {receiver: sms, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 2s}
receivers:
  - name: sms
    webhook_configs:
      - url: $URL/api/v1/alerts
        http_config:
          basic_auth: {username: demo, password_file: "$WORK/password"}
          tls_config: {insecure_skip_verify: true}
END
    child prometheus-alertmanager --config.file="$WORK/manager.yml" --storage.path="$WORK/manager.data" \
        --web.listen-address="$MANAGER" --cluster.listen-address= --log.level=warn
}

# --- what is seen -------------------------------------------------------------------------------

# The texts that went to a number, in their order.
texts() {
    [ ! -e "$STREET/air.jsonl" ] || jq -cs --arg number "$1" \
        'map(select(.event == "message" and .number == $number).text)' "$STREET/air.jsonl"
}
has_texts() { [ "$(texts "$1")" = "$2" ]; }

# posts PATH: how often a peer posted there and was answered with 200.
posts() { grep -c "\"POST $1 HTTP/[0-9.]*\" 200 " "$STREET/log/access.log"; }
posted_more() { [ "$(posts "$1")" -ge "$2" ]; }

# is_told NAME NUMBER PATH: the whole life of an alert.
is_told() {
    local seen texts='["[FIRING] '$1': told by '$1'"]'
    expect_true "$1: an SMS when it fires" until_true 60 has_texts "$2" "$texts"
    seen=$(posts "$3")
    expect_true "$1: it is posted again and again" until_true 60 posted_more "$3" $((seen + 3))
    expect "$1: but told once" "$texts" "$(texts "$2")"
    rule "$1" "$2" 'vector(0) > 1'
    kill -HUP "${pid_of[$1]}"
    texts='["[FIRING] '$1': told by '$1'","[RESOLVED] '$1': told by '$1'"]'
    expect_true "$1: an SMS when it ends" until_true 90 has_texts "$2" "$texts"
}

rule Direct +525500000001 'vector(1)'
rule Managed +525500000002 'vector(1)'
alertmanager
prometheus_of Direct <<END
    - scheme: https
      api_version: v2
      tls_config: {insecure_skip_verify: true}
      static_configs: [{targets: ["${URL#https://}"]}]
END
prometheus_of Managed <<END
    - static_configs: [{targets: ["$MANAGER"]}]
END
is_told Direct +525500000001 /api/v2/alerts
is_told Managed +525500000002 /api/v1/alerts
expect "Direct: still two" 2 "$(texts +525500000001 | jq length)"
expect "nobody else got anything" 4 "$(jq -s 'map(select(.event == "message")) | length' "$STREET/air.jsonl")"
expect "Prometheus came without a login, Alertmanager with one" '- /api/v2/alerts
demo /api/v1/alerts' "$(awk '$6 == "\"POST" {print $3, $7}' "$STREET/log/access.log" | sort -u)"
finish
