#!/bin/bash
# Goal: while one address guesses passwords and another guesses tokens, each as fast as it can, a
# client that knows its own gets what it asks for; and who guesses is refused, and can be found in
# the log. The hashes are those of the ancestor's file (bcrypt 12): each costs a worker of nginx a
# quarter of a second.
. "$(dirname "$0")/street.bash"

COUNT=${COUNT:-150} # requests of an honest client, ten a second: the memory of logins ends meanwhile
loopback_settings >"$WORK/conf"
street_start "$WORK/conf"
ID=$(post 5512345678 "an honest message")
{
    cat "$STREET/curl.conf"
    echo 'interface = "127.0.0.2"'
} >"$WORK/password.conf"
{
    printf 'insecure\nsilent\ninterface = "127.0.0.2"\n'
    printf 'header = "Authorization: Bearer %s"\n' "$(ctl token add demo | head -1)"
} >"$WORK/token.conf"

# --- who is asking ------------------------------------------------------------------------------

# honest NAME COUNT: so many requests, one each 100 ms; status and seconds of each into $WORK/NAME.
honest() {
    local i
    for i in $(seq "$2"); do
        printf 'url = "%s/status?message_id=%s&try=%s-%s"\noutput = "/dev/null"\n' "$URL" "$ID" "$2" "$i"
    done >"$WORK/$1.urls"
    curl -K "$WORK/$1.conf" -K "$WORK/$1.urls" --rate 10/s --max-time 30 \
        -w '%{http_code} %{time_total}\n' >"$WORK/$1"
}

# guess FROM LINE: floods of requests, each with another login, until the honest ones are done. LINE
# is a line of curl's configuration, in which GUESS stands for what is guessed.
guess() {
    local round=0 i patience=10 # the first are answered, later it is not worth waiting for
    until_true 10 grep -qF "try=$COUNT-5 " "$STREET/log/access.log"
    until [ -e "$WORK/done" ]; do
        round=$((round + 1))
        for i in $(seq 60); do
            [ "$i" = 1 ] || echo next
            printf 'url = "%s/status?message_id=%s"\ninterface = "%s"\n' "$URL" "$ID" "$1"
            printf 'insecure\nsilent\nmax-time = %s\n' "$patience"
            printf 'output = "%s/%s.body.%s"\n' "$WORK" "$1" "$i"
            printf 'write-out = "%%{http_code}\\n"\n%s\n' "${2/GUESS/guess-$round-$i}"
        done >"$WORK/$1.urls"
        curl --parallel --parallel-max 60 --parallel-immediate -K "$WORK/$1.urls" 2>/dev/null
        patience=1
    done >"$WORK/$1.statuses"
}

# figures NAME WHEN: in milliseconds.
figures() {
    sort -k2n "$WORK/$1" | awk -v name="$1" -v when="$2" '{all[NR] = $2 * 1000}
        END {printf "%s, %s: %d requests, p50 %.1f ms, p99 %.1f ms, at most %.1f ms\n", name, when, NR,
             all[int((NR + 1) / 2)], all[int(NR * 0.99 + 0.999)], all[NR]}'
}

# statuses_of NAME: how many of each.
statuses_of() { cut -d' ' -f1 "$WORK/$1" | sort | uniq -c | xargs; }

both_honest() { # COUNT WHEN
    honest password "$1" &
    local one=$!
    honest token "$1"
    wait "$one"
    figures password "$2"
    figures token "$2"
}

# --- all of them --------------------------------------------------------------------------------

both_honest $((COUNT / 3)) alone
expect "alone, with a password" "$((COUNT / 3)) 200" "$(statuses_of password)"
expect "alone, with a token" "$((COUNT / 3)) 200" "$(statuses_of token)"

# They begin when the honest ones are at it: the first guesses are the ones that are not slowed down.
guess 127.0.0.3 'user = "demo:GUESS"' &
guessers=($!)
guess 127.0.0.4 'header = "Authorization: Bearer sms_GUESS"' &
guessers+=($!)
has_refused() { grep -q ' 127\.0\.0\.3 too many' "$STREET/log/smsspool-refused.log" &&
    grep -q ' 127\.0\.0\.4 too many' "$STREET/log/smsspool-refused.log"; }
both_honest "$COUNT" "while others guess"
expect_true "guesses become too many" has_refused
touch "$WORK/done"
wait "${guessers[@]}"
expect "undisturbed, with a password" "$COUNT 200" "$(statuses_of password)"
expect "undisturbed, with a token" "$COUNT 200" "$(statuses_of token)"

for address in 127.0.0.3 127.0.0.4; do
    # 000: it gave up waiting for an answer.
    echo "$address, who guesses, got: $(sort "$WORK/$address.statuses" | uniq -c | xargs)"
    expect "$address: 401 and 429, and nothing else" "401 429" \
        "$(sort -u "$WORK/$address.statuses" | grep -v 000 | xargs)"
done
expect "nobody is told more" 0 "$(cat "$WORK"/127.0.0.*.body.* | grep -c "honest message")"
hashed=$(grep -c ' 127\.0\.0\.3 wrong password' "$STREET/log/smsspool-refused.log")
seconds=$(awk -F'[-+T:]' '/ 127\.0\.0\.3 /{t = $4 * 3600 + $5 * 60 + $6; if (!n++) first = t; last = t}
    END {t = last - first; print (t < 0 ? t + 86400 : t) + 1}' "$STREET/log/smsspool-refused.log")
echo "$hashed passwords were checked in $seconds s"
expect_true "passwords are checked as slowly as the limit says" test "$hashed" -le $((17 + 3 * seconds))
finish
