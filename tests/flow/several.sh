#!/bin/bash
# Goal: several modems of which some are bad: no message waits for a bad one, routes and limits are
# kept, and what stands in does so only while it must. Over loopback workers, each with its own air.
. "$(dirname "$0")/street.bash"

# Worker programs: the loopback one; one that ends at once; one that is there only while
# $WORK/cut is not; one that refuses everything until $WORK/healed is there.
mkdir "$WORK/workers"
ln -s "$BIN/smsspool-loopback" "$WORK/workers/smsspool-loopback"
ln -s "$(type -P false)" "$WORK/workers/smsspool-broken"
cat >"$WORK/workers/smsspool-cut" <<END
#!/bin/sh
[ ! -e "$WORK/cut" ] || exit 1
exec "$BIN/smsspool-loopback"
END
cat >"$WORK/workers/smsspool-refuser" <<END
#!/bin/bash
while read -r line; do
    answer='"ok":"done"'
    case \$line in
    *'"op":"open"'*)
        answer='"ok":"opened","device":"nowhere","manufacturer":"none","model":"refuser","imei":"","imsi":""' ;;
    *'"op":"state"'*)
        answer='"ok":"state","network":"home","operator":"","signal":50,"used":0,"capacity":10' ;;
    *'"op":"scan"'*) answer='"ok":"scanned","messages":[],"more":false' ;;
    *'"op":"send"'*)
        answer='"ok":"refused","class":"temporary","code":500,"text":"CMS ERROR 500"'
        [ ! -e "$WORK/healed" ] || answer='"ok":"accepted","reference":1' ;;
    esac
    id=\${line#*'"id":'}
    echo "{\"re\":\${id%%,*},\$answer}"
done
END
chmod +x "$WORK/workers/smsspool-cut" "$WORK/workers/smsspool-refuser"

cat >"$WORK/power" <<END
#!/bin/sh
echo "\$# \$1 \$2 \$3 \$(env | grep -vc '^PATH=\|^PWD=\|^_=\|^SHLVL=')" >>"$WORK/hooked"
END
chmod +x "$WORK/power"

cat >"$WORK/conf" <<END
worker_dir = $WORK/workers
worker_pause = 100ms
worker_pause_most = 1s
hook_after = 4
sweep_interval = 1s
probe_first = 100ms
probe_most = 500ms

[modem sim]
worker = loopback
air = $WORK/sim.jsonl
[modem north]
worker = loopback
air = $WORK/north.jsonl
[modem south]
worker = cut
air = $WORK/south.jsonl
[modem few]
worker = loopback
air = $WORK/few.jsonl
per_minute = 3
[modem broken]
worker = broken
recovery_hook = $WORK/power
[modem refuser]
worker = refuser

[route news]
labels = news
modems = north
[route few]
prefixes = +3461
modems = few
[route abroad]
prefixes = +34 +1
modems = south broken
fallback = north
[route refused]
prefixes = +5255333
modems = refuser
[route own]
users = demo
modems = sim broken
END
touch "$WORK"/{sim,north,south,few}.jsonl
street_start "$WORK/conf"

smsctl() { "$BIN/smsctl" -c "$STREET/smsspool.conf" -c "$WORK/conf" "$@"; }
log_has() { grep -qF -- "$1" "$STREET/log/smsspoold.log"; }
on_air() { # MODEM TEXT: how often this text left through this modem
    jq -s --arg text "$2" 'map(select(.event == "message" and .text == $text)) | length' \
        "$WORK/$1.jsonl"
}
is() { [ "$(field "$1" .status)" = "$2" ]; }
modem_is() { # NAME STATE
    smsctl --json status | jq -e --arg name "$1" --arg state "$2" \
        'any(.modems[]; .name == $name and .state == $state)'
}
messages_on() { jq -s 'map(select(.event == "message")) | length' "$WORK/$1.jsonl"; }

# --- one that always fails ----------------------------------------------------------------------

ids=()
for n in 1 2 3 4 5 6 7 8; do
    ids+=("$(post 551111000"$n" "own $n")")
done
all_sent() { for id in "${ids[@]}"; do is "$id" sent || return 1; done; }
expect_true "jobs of a route go out while one of its two modems fails" until_true 10 all_sent
expect "through the other one, and no third" '8 0 0 0' \
    "$(messages_on sim) $(messages_on north) $(messages_on south) $(messages_on few)"
expect_true "the one that fails is set aside" until_true 10 modem_is broken aside
expect_true "and the log says so" log_has 'broken: set aside after 3 failures in a row'
expect_true "radio and reset are tried" log_has 'broken: radio off and on: failed'
expect_true "its hook is run" until_true 20 log_has 'broken: recovery_hook: left with status 0'
expect "once, with its three arguments and nothing else of ours" '3 broken   0' "$(cat "$WORK/hooked")"

# --- a limit ------------------------------------------------------------------------------------

few=()
for n in 1 2 3 4 5; do
    few+=("$(post "+3461234567$n" "few $n")")
done
expect_true "a modem at its limit says so" until_true 10 modem_is few limited
expect_true "in the log, too" log_has 'few: its limit of 3 parts a minute is reached until'
expect "three of five went out" 3 "$(messages_on few)"
expect "the others wait" 2 "$(for id in "${few[@]}"; do field "$id" .status; done | grep -c queued)"
began=$SECONDS

# --- what stands in -----------------------------------------------------------------------------

news=$(post +14155552671 'by its label' '"label":"news"')
expect_true "a label decides before the number, as in the file" until_true 10 is "$news" sent
expect "it is sent by the label's modem" '0 1' "$(on_air south 'by its label') $(on_air north 'by its label')"
abroad=$(post +14155552671 'by its route')
expect_true "a message takes its route" until_true 10 is "$abroad" sent
expect "through its modem" '1 0' "$(on_air south 'by its route') $(on_air north 'by its route')"
touch "$WORK/cut"
kill -KILL "$(for pid in $(processes_of smsspool-loopback); do
    [ -z "$(find "/proc/$pid/fd" -lname "$WORK/south.jsonl")" ] || echo "$pid"
done)"
abroad=$(post +14155552671 'by its fallback')
expect_true "while its modems fail another stands in" until_true 20 is "$abroad" sent
expect "the one that is named" '0 1 0' "$(on_air south 'by its fallback') $(
    on_air north 'by its fallback') $(on_air sim 'by its fallback')"
rm "$WORK/cut"
expect_true "the modem comes back" until_true 20 modem_is south ready
expect_true "with a word about how long it took" log_has 'south: recovered after'
abroad=$(post +14155552671 'its own again')
expect_true "a message takes its route again" until_true 10 is "$abroad" sent
expect "and nobody stands in" '1 0' "$(on_air south 'its own again') $(on_air north 'its own again')"

# --- one that refuses everything ----------------------------------------------------------------

refused=()
for n in 1 2 3 4 5 6; do
    refused+=("$(post 553331000"$n" "refused $n")")
done
expect_true "a modem that refuses everything is set aside" until_true 20 modem_is refuser aside
expect_true "the log says it once" \
    test "$(grep -c 'refuser: set aside' "$STREET/log/smsspoold.log")" -eq 1
probed() { [ "$(grep -c 'CMS ERROR 500' "$STREET/log/smsspoold.log")" -ge 20 ]; }
expect_true "it is tried again" until_true 30 probed
expect "no message has used up its attempts" 6 \
    "$(for id in "${refused[@]}"; do field "$id" .status; done | grep -c queued)"
touch "$WORK/healed"
healed() { log_has 'refuser: takes messages again'; }
expect_true "the first that it takes ends this" until_true 10 healed
none_waits() { for id in "${refused[@]}"; do is "$id" sent || return 1; done; }
expect_true "and all go out" until_true 40 none_waits
expect_true "it is ready" until_true 10 modem_is refuser ready

# --- the limit's end ----------------------------------------------------------------------------

all_few() { for id in "${few[@]}"; do is "$id" sent || return 1; done; }
expect_true "when the minute is over the rest goes out" until_true $((75 - (SECONDS - began))) all_few
expect "five in all" 5 "$(messages_on few)"
most=$(jq -s 'map(select(.event == "message").time_ms) | [range(length - 3) as $i | .[$i + 3] - .[$i]] | min' \
    "$WORK/few.jsonl")
expect_true "never four in a minute (the closest in $most ms)" test "$most" -ge 60000
finish
