#!/bin/bash
# Goal: the real fail2ban, with the filter and the jail that are shipped, bans who guesses passwords
# or tokens, nobody else, and nobody whose address a guesser only writes into what he sends.
. "$(dirname "$0")/street.bash"

if ! command -v fail2ban-server >/dev/null; then
    echo "ok skipped: fail2ban is not installed (tests/packages.sh installs it)"
    finish
fi

mkdir -p "$STREET"
loopback_settings >"$WORK/conf"
street_start "$WORK/conf"
LOG=$STREET/log/smsspool-refused.log
GUESSES=20 # maxretry of the jail

# --- a fail2ban of its own ----------------------------------------------------------------------

# Debian's files, with ours for everything that is local; whom it bans it writes into a file.
make_fail2ban() {
    cp -r /etc/fail2ban "$WORK/fail2ban"
    rm -rf "$WORK"/fail2ban/jail.d/* "$WORK/fail2ban/jail.local"
    cp nginx/fail2ban/filter.conf "$WORK/fail2ban/filter.d/smsspool.conf"
    sh nginx/fill.sh "LOGS=$STREET/log" <nginx/fail2ban/jail.conf >"$WORK/fail2ban/jail.d/smsspool.conf"
    cat >"$WORK/fail2ban/action.d/tell.conf" <<END
[Definition]
actionban = echo <ip> >>$WORK/banned
END
    printf 'banaction = tell\naction = tell\nignoreself = no\nignoreip = 127.0.0.90\n' \
        >>"$WORK/fail2ban/jail.d/smsspool.conf"
    printf '[Definition]\ndbfile = None\nloglevel = INFO\nlogtarget = %s\nsyslogsocket = none\n' \
        "$WORK/f2b.log" >"$WORK/fail2ban/fail2ban.local"
    touch "$LOG" "$WORK/banned"
}

F2B=(-c "$WORK/fail2ban" -s "$WORK/f2b.sock" -p "$WORK/f2b.pid")
seen() { fail2ban-client "${F2B[@]}" status smsspool | sed -n 's/.*Total failed:[^0-9]*//p'; }
# Every line of the file is about a guess.
all_read() { [ "$(seen)" = "$(wc -l <"$LOG")" ]; }

make_fail2ban
expect_true "fail2ban takes the jail" fail2ban-client "${F2B[@]}" -t
child fail2ban-server "${F2B[@]}" -f -x start
expect_true "it runs" until_true 20 fail2ban-client "${F2B[@]}" status smsspool

# --- what is sent -------------------------------------------------------------------------------

# from ADDRESS COUNT HEADER: so many requests with this header, one after the other.
from() {
    for _ in $(seq "$2"); do
        printf 'url = "%s/status"\ninterface = "%s"\nmax-time = 30\ninsecure\nsilent\n' "$URL" "$1"
        printf 'output = "/dev/null"\nheader = "%s"\nnext\n' "$3"
    done | sed '$d' | curl --parallel --parallel-immediate -K - 2>/dev/null
}
basic() { printf 'Authorization: Basic %s' "$(printf '%s' "$1" | base64 -w0)"; }
is_banned() { grep -qxF "$1" "$WORK/banned"; }

# A cheap hash: nginx is to answer at once.
PASSWORD=$(cut -d: -f2 "$STREET/credentials")
htpasswd -iB -C 4 "$STREET/htpasswd" demo <<<"$PASSWORD" 2>/dev/null

from 127.0.0.81 $((GUESSES + 2)) "$(basic demo:wrong)"
expect_true "who guesses passwords is banned" until_true 20 is_banned 127.0.0.81
from 127.0.0.82 $((GUESSES + 2)) "Authorization: Bearer sms_wrong"
expect_true "who guesses tokens is banned" until_true 20 is_banned 127.0.0.82

# The same where the login is in the body.
# posts ADDRESS PATH BODY: more than the jail takes, one after the other; GUESS is another in each.
posts() {
    local i
    for i in $(seq $((GUESSES + 2))); do
        [ "$i" = 1 ] || echo next
        printf 'url = "%s%s"\ninterface = "%s"\nmax-time = 30\ninsecure\nsilent\n' "$URL" "$2" "$1"
        printf 'header = "Content-Type: application/json"\noutput = "/dev/null"\n'
        printf '%s' "${3/GUESS/guess$i}" >"$WORK/body.$i"
        printf 'data = "@%s/body.%s"\n' "$WORK" "$i"
    done | curl --parallel --parallel-immediate -K - 2>/dev/null
}
posts 127.0.0.86 /api/auth/login '{"username":"demo","password":"GUESS"}'
expect_true "who guesses passwords at the login is banned" until_true 20 is_banned 127.0.0.86
posts 127.0.0.87 /enviar-sms '{"token":"GUESS","numero":"5512345678","mensagem":"x"}'
expect_true "who guesses tokens there is banned" until_true 20 is_banned 127.0.0.87

# Names that look like lines of a log, about an address that did nothing. As many as would do.
line="$(date -u +%FT%T+00:00) 203.0.113.9 wrong password, user \"x\""
names=("$line" $'x"\n'"$line"$'\n' $'\r\n'"$line"$'\r\n' "x\" $line" $'x\xe2\x80\xa8'"$line" $'\x85'"$line"
    $'x"\n203.0.113.9 wrong password, user "x' '203.0.113.9' '<HOST>' '<ADDR>' '%(ip)s' "$(seq -s ' ' 900)")
number=0
for name in "${names[@]}"; do
    number=$((number + 1))
    from "127.0.1.$number" $((GUESSES / 10)) "$(basic "$name:x")"
done
expect "each is a line" $((number * (GUESSES / 10))) \
    "$(grep -cE '^[^ ]+ 127\.0\.1\.[0-9]+ wrong password, user "[^"]*"$' "$LOG")"
expect_true "fail2ban takes them all" until_true 20 all_read
expect "no line is another's" 0 "$(grep -cE '^[^ ]+ 203\.' "$LOG")"

# Whoever gives no login, or a right one, is not told of.
before=$(wc -l <"$LOG")
from 127.0.0.83 $((GUESSES + 2)) "X-Nothing: x"
from 127.0.0.83 $((GUESSES + 2)) "$(basic "demo:$PASSWORD")"
posts 127.0.0.83 /api/auth/login "{\"username\":\"demo\",\"password\":\"$PASSWORD\"}"
posts 127.0.0.83 /api/auth/login '{"username":"demo"}'
posts 127.0.0.83 /enviar-sms '{"numero":"5512345678","mensagem":"x"}'
expect "no login and a right one are no guesses" "$before" "$(wc -l <"$LOG")"

# A password file that cannot be read is nobody's fault.
mv "$STREET/htpasswd" "$WORK/htpasswd"
from 127.0.0.84 $((GUESSES + 2)) "$(basic "demo:wrong")"
mv "$WORK/htpasswd" "$STREET/htpasswd"
expect "nor is a password that could not be checked" "$before" "$(wc -l <"$LOG")"

# What comes last has been read, so has all before it.
from 127.0.0.85 1 "$(basic demo:wrong)"
expect_true "all is read" until_true 20 all_read
expect "banned are" "127.0.0.81 127.0.0.82 127.0.0.86 127.0.0.87" "$(sort "$WORK/banned" | xargs)"
expect "no password is in it" 0 "$(grep -cF -e "$PASSWORD" -e sms_wrong -e guess "$LOG")"
finish
