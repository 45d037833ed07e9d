# For flow tests of smsspool-pull, behind street.bash: servers of the remote API, and the agent.
#
#   remote NAME [OPTION…]       a server (mockremote); its requests go to $WORK/NAME.jsonl, its port is
#                               ${remote_port[NAME]}
#   at NAME METHOD PATH [CURL…] steers it, see tests/mockremote/main.cc
#   add NAME NUMBER TEXT [FIELD=VALUE…]   a message there, of country RO and tenant sr unless told; its id
#                               is ${remote_id[NAME]}
#   ill NAME KIND FAULT [TIMES] the requests of this kind have this fault (tests/mockremote/faults.h)
#   well NAME                   none has one now
#   steps NAME TEXT             what became of a message there, in order: "Entrusted Sent"; what was
#                               told twice counts once
#   has_steps NAME TEXT STEPS   whether it is just that; last_step …: whether it ended in this one
#   requests NAME JQ            how many requests there were of which this is true
#   asked NAME JQ [LEAST]       whether there were that many
#   mark NAME                   these two look only at what comes from now on
#   on_air TEXT                 how often this text is in the air of this test, $WORK/*.jsonl
#   agent NAME [OPTION…]        starts smsspool-pull; its process is ${agent_pid[NAME]}, its log
#                               $STREET/log/NAME.log
#   end_agent NAME              SIGTERM; its exit status is $ended. kill_agent NAME: SIGKILL
#   certificate NAME            one of its own for 127.0.0.1: $WORK/NAME.pem, $WORK/NAME.key

declare -A remote_port=() remote_mark=() remote_id=() agent_pid=()

certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj /CN=remote -addext 'subjectAltName=IP:127.0.0.1' \
        -keyout "$WORK/$1.key" -out "$WORK/$1.pem" 2>/dev/null
}

remote() {
    touch "$WORK/$1.jsonl"
    child "$BIN/mockremote" --port-file "$WORK/$1.port" --log "$WORK/$1.jsonl" --control "$WORK/$1.sock" "${@:2}"
    until_true 10 test -s "$WORK/$1.port"
    # shellcheck disable=SC2034 # for the test
    remote_port[$1]=$(cat "$WORK/$1.port")
}

at() {
    curl -s --max-time 10 --unix-socket "$WORK/$1.sock" -X "$2" "${@:4}" "http://remote$3"
}

add() {
    local field words=()
    for field in "number=$2" "text=$3" "${@:4}" country=RO tenant=sr; do
        words+=(--data-urlencode "$field")
    done
    # shellcheck disable=SC2034 # for the test
    remote_id[$1]=$(at "$1" POST /messages "${words[@]}" | jq -r '.[-1]')
}

ill() { at "$1" POST /faults -d "on=$2" --data-urlencode "fault=$3" -d "times=${4:-0}" >/dev/null; }
well() { at "$1" DELETE /faults >/dev/null; }

steps() {
    at "$1" GET /messages | jq -r --arg text "$2" '[.[] | select(.text == $text).changes[].to]
        | reduce .[] as $to ([]; if .[-1] == $to then . else . + [$to] end) | join(" ")'
}
has_steps() { [ "$(steps "$1" "$2")" = "$3" ]; }
last_step() { [[ "$(steps "$1" "$2")" =~ (^| )$3$ ]]; }

mark() { remote_mark[$1]=$(wc -l <"$WORK/$1.jsonl"); }
requests() { tail -n "+$((${remote_mark[$1]:-0} + 1))" "$WORK/$1.jsonl" | jq -s "map(select($2)) | length"; }
asked() { [ "$(requests "$1" "$2")" -ge "${3:-1}" ]; }

on_air() {
    jq -s --arg text "$1" 'map(select(.event? == "message" and .text == $text)) | length' "$WORK"/*.jsonl
}

agent() {
    "$BIN/smsspool-pull" "${@:2}" >>"$STREET/log/$1.log" 2>&1 &
    agent_pid[$1]=$!
    children+=($!)
}
end_agent() {
    kill -TERM "${agent_pid[$1]}"
    wait "${agent_pid[$1]}"
    # shellcheck disable=SC2034 # for the test
    ended=$?
}
kill_agent() {
    kill -KILL "${agent_pid[$1]}"
    wait "${agent_pid[$1]}" 2>/dev/null
}
