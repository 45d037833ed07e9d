#!/bin/bash
# Goal: every answer of the HTTP contract that a client can see, through the real nginx, in the order
# in which its checks are made. The rows are in contract.table, which says how to read them; each is
# a line here.
#
# Three streets: as shipped, with alerts, and with a modem.
. "$(dirname "$0")/street.bash"

TABLE=$PWD/tests/flow/contract.table
# Local time is not UTC here, so that a mix-up shows.
export TZ=HERE6

# --- users --------------------------------------------------------------------------------------

# Three more users beside the street's own; only one of them may see what alerts became.
add_users() {
    local user password
    sed 's/^/user = "/; s/$/"/' "$STREET/credentials" >"$WORK/user.demo"
    for user in other grafana; do
        password=$(openssl rand -hex 12)
        htpasswd -iB -C 4 "$STREET/htpasswd" "$user" <<<"$password" 2>/dev/null
        printf 'user = "%s:%s"\n' "$user" "$password" >"$WORK/user.$user"
    done
    printf 'user = "demo:wrong"\n' >"$WORK/user.wrong"
    printf 'user = "nobody:wrong"\n' >"$WORK/user.stranger"
    : >"$WORK/user.none"
}

# --- what a row says ----------------------------------------------------------------------------

declare -A saved=()

# Fills <<NAME>> (what an earlier row saved) and <<TEXT*COUNT>> into $1; the result is in $filled.
fill() {
    local inside value
    filled=$1
    while [[ $filled =~ '<<'([^<>]+)'>>' ]]; do
        inside=${BASH_REMATCH[1]}
        if [[ $inside == *'*'* ]]; then
            printf -v value '%*s' "${inside##*'*'}" ''
            value=${value// /${inside%'*'*}}
        else
            value=${saved[$inside]-unknown}
        fi
        filled=${filled/"<<$inside>>"/"$value"}
    done
}

# Splits a request's words into $arguments of curl; METHOD and PATH are the first two.
read_request() {
    local word words method path user=demo type=application/json
    fill "$1"
    read -ra words <<<"$filled"
    method=${words[0]} path=${words[1]} patience=0
    arguments=(-X "$method")
    [ "$method" != HEAD ] || arguments=(-I)
    for word in "${words[@]:2}"; do
        case $word in
        user:*) user=${word#*:} ;;
        type:*) type=${word#*:} ;;
        from:*) arguments+=(--interface "${word#*:}") ;;
        within:*) patience=${word#*:} ;;
        *:*) arguments+=(-H "${word%%:*}: ${word#*:}") ;;
        esac
    done
    arguments+=(-K "$WORK/user.$user" -H "Content-Type:${type:+ $type}" "$URL$path")
    shape_of "$path"
}

# Which of the defaults holds for a path.
shape_of() {
    case ${1%%\?*} in
    /inbox | /health | /metrics) shape=short ;;
    /api/*) shape=none ;;
    *) shape=envelope ;;
    esac
}

# --- asking and comparing -----------------------------------------------------------------------

# Prints nothing if the answer is the wanted one, else what was found. Sentences in < > stand for
# values that are different each time.
JUDGE='
def age($zone): (strptime("%Y-%m-%d %H:%M:%S") | mktime) - $zone | now - . | fabs;
def fits($found): . as $want
    | if $want == "<absent>" then false
      elif ($found | type) == "string" and $want == "<uuid>" then
          $found | test("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
      elif ($found | type) == "string" and $want == "<utc>" then
          ($found | test("^....-..-..T..:..:..Z$")) and
              ($found | sub("T"; " ") | sub("Z"; "") | age(0)) < 90
      elif ($found | type) == "string" and $want == "<local>" then
          ($found | test("^....-..-.. ..:..:..$")) and ($found | age(-6 * 3600)) < 90
      elif $want == "<text>" then ($found | type) == "string" and $found != ""
      elif $want == "<count>" then ($found | type) == "number" and $found >= 0
      elif ($want | type) == "object" and ($found | type) == "object" then
          ($want | with_entries(select(.value != "<absent>"))) as $want
          | ($want | keys) == ($found | keys) and
              all($want | keys[]; . as $key | $want[$key] | fits($found[$key]))
      elif ($want | type) == "array" and ($found | type) == "array" then
          ($want | length) == ($found | length) and
              all(range($want | length); . as $i | $want[$i] | fits($found[$i]))
      else $want == $found end;
({envelope: {error_code: "<absent>", error_message: "<absent>", from: "demo", message: null,
             message_id: null, reply: null, status: "failed", timestamp: "<utc>", to: null},
  short: {status: "failed"}, none: {}}[$shape] as $defaults
 | if ($want | type) == "object" then $defaults + $want else $want end) as $want
| . as $found | if $want | fits($found) then empty else $found | tojson end'

# differs STATUS JSON: asks; empty if the answer is as wanted, else what it was.
differs() {
    local status
    rm -f "$WORK/answer" "$WORK/head"
    status=$(curl -sk --max-time 30 -o "$WORK/answer" -D "$WORK/head" -w '%{http_code}' \
        "${arguments[@]}")
    touch "$WORK/answer"
    if [ "$status" != "$1" ]; then
        echo "$status $(head -c 300 "$WORK/answer")"
    elif [ -z "$2" ]; then
        if [ "${arguments[0]}" != -I ] && [ -s "$WORK/answer" ]; then
            echo "a body: $(head -c 300 "$WORK/answer")"
        fi
    elif ! grep -qi '^content-type: application/json' "$WORK/head"; then
        echo "$(grep -i '^content-type' "$WORK/head")"
    else
        jq -r --arg shape "$shape" --argjson want "$2" "$JUDGE" "$WORK/answer" 2>&1
    fi
}

# missing_headers WANTED: those lines of WANTED that the answer's head does not have.
missing_headers() {
    tr -d '\r' <"$WORK/head" >"$WORK/head.lines"
    while IFS= read -r line; do
        [ -z "$line" ] || grep -qixF -- "$line" "$WORK/head.lines" || echo "no header $line"
    done <<<"$1"
}

# ask NAME REQUEST BODY ANSWER HEADERS
ask() {
    local found deadline filled arguments patience shape
    read_request "$2"
    fill "$3"
    if [ -n "$3" ]; then
        case $filled in
        bytes:*) printf '%b' "${filled#bytes:}" >"$WORK/body" ;;
        *) printf '%s' "$filled" >"$WORK/body" ;;
        esac
        arguments+=(--data-binary "@$WORK/body")
    fi
    fill "$4"
    deadline=$((SECONDS + patience))
    while :; do
        found=$(differs "${filled%% *}" "$([[ $filled != *' '* ]] || echo "${filled#* }")")
        [ -n "$found" ] && [ "$SECONDS" -lt "$deadline" ] || break
        sleep 0.1
    done
    [ -n "$found" ] || found=$(missing_headers "$5")
    expect "$1" "${found:+$filled $5}" "$found"
}

# --- the table ----------------------------------------------------------------------------------

# Runs the rows between the line "== $1" and the next such line.
run_rows() {
    local line name='' request='' body='' headers=''
    while IFS= read -r line <&4; do
        case $line in
        '' | '#'*) ;;
        '= '*) name=${line#= } request='' body='' headers='' ;;
        '$ '*)
            fill "${line#$ }"
            expect_true "$name: ${filled:0:60}" eval "$filled"
            ;;
        '> '*) request=${line#> } body='' headers='' ;;
        '+ '*) headers+="${headers:+$'\n'}${line#+ }" ;;
        '< '*) ask "$name" "$request" "$body" "${line#< }" "$headers" ;;
        '! '*) saved[$(cut -d' ' -f2 <<<"$line")]=$(jq -r "$(cut -d' ' -f3- <<<"$line")" "$WORK/answer") ;;
        *) body=$line ;;
        esac
    done 4< <(sed -n "/^== $1\$/,/^== /{/^== /d;s/^  *//;p}" "$TABLE")
}

# What the rows call.
on_air() { # NUMBER TEXT: this message went out
    jq -se --arg number "$1" --arg text "$2" 'any(.[];
        .event == "message" and .number == $number and .text == $text)' "$STREET/air.jsonl"
}
unread() { # COUNT: so many messages wait for /inbox
    [ "$("$BIN/smsctl" -c "$STREET/smsspool.conf" --json inbox list --unread | wc -l)" = "$1" ]
}
unread_soon() { until_true 20 unread "$1"; }

street_with() { # SECTION, settings on standard input; WHICH= runs only one
    [ "${WHICH:-$1}" = "$1" ] || return 0
    mkdir -p "$STREET"
    cat >"$WORK/conf"
    street_start "$WORK/conf"
    add_users
    run_rows "$1"
    street_end
    rm -rf "$STREET"
}

street_with shipped <<<"sweep_interval = 1s
$(loopback_settings)"

street_with alerts <<<"alerts = yes
admins = root other
$(loopback_settings)"

street_with modem <<END
alerts = yes
alerts_number = +525500000099
alerts_remind = 1s
long_messages = split
sweep_interval = 1s
scan_interval = 1s
END
finish
