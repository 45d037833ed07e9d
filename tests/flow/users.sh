#!/bin/bash
# Goal: what smsctl says about users is what nginx and the programs do, at once: passwords, changed
# ones, disabled and deleted users, imported ones; and no password is seen on the way.
. "$(dirname "$0")/street.bash"

printf 'bcrypt_cost = 4\n' >"$WORK/conf"
street_start "$WORK/conf"
LOGINS=$STREET/sockets/logins

# ctl WORDS…: smsctl on this street. All it says is in $WORK/said.
ctl() {
    "$BIN/smsctl" -c "$STREET/smsspool.conf" -c "$WORK/conf" "$@" 2>&1 | tee -a "$WORK/said"
    return "${PIPESTATUS[0]}"
}

# login USER PASSWORD: the status of a request with them.
login() {
    printf 'user = "%s:%s"\n' "$1" "$2" |
        curl -sk --max-time 30 -o /dev/null -w '%{http_code}' -K - "$URL/inbox"
}

remembered() { find "$LOGINS/" -type f | wc -l; }

# --- a user and the password --------------------------------------------------------------------

ctl user add ana <<<'first horse' >"$WORK/out"
expect "a user is added" 0 $?
expect_true "which is in the log, with who did it" \
    grep -qE '^\[AUDIT\] .+ \(.+\) added user ana, scopes send status inbox alerts$' "$WORK/out"
expect "logs in" 200 "$(login ana 'first horse')"
expect "with that password only" 401 "$(login ana 'second horse')"
expect "the file's mode stays" 600 "$(stat -c %a "$STREET/htpasswd")"

# By hand, to see that there is a memory at all.
cp "$STREET/htpasswd" "$WORK/before"
htpasswd -iB -C 4 "$STREET/htpasswd" ana <<<'other horse' 2>/dev/null
expect "without smsctl the old password counts a while" 200 "$(login ana 'first horse')"
cp "$WORK/before" "$STREET/htpasswd"
expect_true "what is right is remembered" test "$(remembered)" -gt 0

expect "is remembered" 200 "$(login ana 'first horse')"
ctl user passwd ana <<<'second horse' >/dev/null
expect "another password" 0 $?
expect "the old one is out at once" 401 "$(login ana 'first horse')"
expect "the new one is in" 200 "$(login ana 'second horse')"

secret=$(ctl user passwd ana --generate 2>&1 | grep -v AUDIT)
expect "a generated one has 26 characters" 26 "${#secret}"
expect "and is in" 200 "$(login ana "$secret")"
expect "the one before it is out at once" 401 "$(login ana 'second horse')"

# --- disabled and deleted -----------------------------------------------------------------------

ctl user disable ana >/dev/null
expect "who is disabled is out at once" 401 "$(login ana "$secret")"
ctl user enable ana >/dev/null
expect "and in again" 200 "$(login ana "$secret")"
ctl user set ana --scopes send >/dev/null
expect "a scope that is taken is gone at once" 403 "$(login ana "$secret")"
ctl user set ana --scopes send,inbox >/dev/null
expect "and given is there at once" 200 "$(login ana "$secret")"

token=$(ctl token add ana --scopes inbox 2>/dev/null | grep ^sms_)
bearer() {
    curl -sk --max-time 30 -o /dev/null -w '%{http_code}' -H @- "$URL/inbox" <<<"Authorization: Bearer $token"
}
expect "a token" 200 "$(bearer)"
ctl user disable ana >/dev/null
expect "of somebody who is disabled" 401 "$(bearer)"
ctl user enable ana >/dev/null
ctl token revoke "$(ctl --json token list ana | jq -r .id)" >/dev/null
expect "which is revoked" 401 "$(bearer)"

expect "is remembered" 200 "$(login ana "$secret")"
ctl user delete ana >/dev/null
expect "who is deleted is out at once" 401 "$(login ana "$secret")"
expect "and in the file no more" 0 "$(grep -c ^ana: "$STREET/htpasswd")"
expect "nor in the spool" '["demo"]' "$(ctl --json user list | jq -cs 'map(.user)')"

# Where the memory cannot be emptied: out at once too, and the usual rights do not come back.
printf 'bcrypt_cost = 4\n' >"$WORK/conf"
ctl user add ben --scopes send <<<'third horse' >/dev/null
expect "without the scope" 403 "$(login ben 'third horse')"
printf 'bcrypt_cost = 4\nlogin_cache = %s/none\n' "$STREET" >"$WORK/conf"
ctl user passwd ben <<<'third horse' >"$WORK/out"
expect "the memory cannot be emptied" 1 \
    "$(grep -c 'cannot be emptied: No such file.*counts for up to 10 seconds more$' "$WORK/out")"
ctl user delete ben >/dev/null &
deleting=$!
is_out() { [ "$(login ben 'third horse')" = 401 ]; }
expect_true "out while it waits" until_true 5 is_out
expect_true "it waits" kill -0 "$deleting"
wait "$deleting"
expect "and then" 401 "$(login ben 'third horse')"
printf 'bcrypt_cost = 4\n' >"$WORK/conf"

# --- import -------------------------------------------------------------------------------------

{
    echo '# of the old panel'
    htpasswd -inB -C 4 bcrypt <<<'fourth horse' 2>/dev/null
    htpasswd -inm apr1 <<<'fourth horse' 2>/dev/null
    htpasswd -ins sha <<<'fourth horse' 2>/dev/null
    # SSHA: SHA-1 of password and salt, and the salt behind it.
    echo "ssha:{SSHA}$({
        printf 'fourth horsesalt' | openssl dgst -sha1 -binary
        printf salt
    } | base64)"
    echo 'garbage'
    echo 'clear:fourth horse'
    echo 'demo:{SSHA}AAAA'
} | sed '/^$/d' >"$WORK/old"
sed -i '1i # of this site' "$STREET/htpasswd"
ctl user import "$WORK/old" >"$WORK/out"
expect "with lines that are left the status is 1" 1 $?
expect "what was done" 'added 4, replaced 0, kept 1, left 2' "$(grep ^added "$WORK/out")"
for name in bcrypt apr1 sha ssha; do
    expect "an imported user ($name)" 200 "$(login "$name" 'fourth horse')"
done
expect "one whose hash cannot be checked" 401 "$(login clear 'fourth horse')"
expect "who was there before keeps the password" 200 \
    "$(login demo "$(cut -d: -f2 "$STREET/credentials")")"
expect "a comment stays, where it was" '# of this site' "$(head -1 "$STREET/htpasswd")"

# --- refusals -----------------------------------------------------------------------------------

cp "$STREET/htpasswd" "$WORK/before"
# refused WHAT WORDS…: ends with 64 and says something.
refused() {
    local what=$1
    shift
    ctl "$@" <<<'fifth horse' >"$WORK/out"
    expect "refused: $what" 64 $?
    expect_true "$what is complained of" test -s "$WORK/out"
}
refused "a password as an argument" user add eve horsehorse
refused "an unknown scope" user add eve --scopes fly
refused "a bad number" user add eve --parts-per-day many
refused "a bad time of day" user add eve --hours 9to5
refused "a bad recipient" user add eve --recipients office
refused "a name with a colon" user add e:ve
refused "somebody who is there" user add demo
refused "a network that is none" token add demo --networks office
refused "a time that is over" token add demo --expires 2020-01-01T00:00:00Z
expect_true "nothing has changed" cmp "$WORK/before" "$STREET/htpasswd"
expect "nobody was made" 0 "$(ctl --json user list | grep -c eve)"

# --- secrets ------------------------------------------------------------------------------------

# While it waits for the password, its arguments and environment are there for all to see.
mkfifo "$WORK/slow"
"$BIN/smsctl" -c "$STREET/smsspool.conf" user add fay <"$WORK/slow" >>"$WORK/said" 2>&1 &
waiting=$!
exec 7>"$WORK/slow"
printf 'sixth horse' >&7
is_asking() { tr '\0' ' ' <"/proc/$waiting/cmdline" | grep -q 'user add fay'; }
expect_true "waits for the end of the line" until_true 5 is_asking
expect "no secret in arguments and environment" 0 \
    "$(tr '\0' '\n' <"/proc/$waiting/cmdline" | cat - "/proc/$waiting/environ" | grep -ac horse)"
exec 7>&-
wait "$waiting"
expect "then it is added" 200 "$(login fay 'sixth horse')"
expect "no password in what was said and logged" 0 \
    "$(cat "$WORK/said" "$STREET"/log/* | grep -cw horse)"
expect "nor a token" 0 "$(cat "$STREET"/log/* "$STREET"/spool.sqlite* | grep -ac "$token")"
expect "nor a generated one" 0 "$(cat "$STREET"/log/* "$STREET"/spool.sqlite* | grep -ac "$secret")"
finish
