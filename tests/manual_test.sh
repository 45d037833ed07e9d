#!/bin/sh
# Goal of this test: the manual pages and the programs say the same.
# - Every setting of the code is in smsspool.conf(5) with its kind, limits and default, and no other.
# - Every sentence of smsctl is in smsctl(8), and no other; so are the options of smsctl, smsspoold and
#   smsspool-pull.
# - Every member of smsctl's JSON objects is in smsctl(8).
# - Every state of a job is in smsspool(7), and no other.
# - Every page that a page points to is there, if it is one of ours.

set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
bin=${BUILD:-build}/bin
case $bin in /*) ;; *) bin=$root/$bin ;; esac

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
passed=0
failed=0

# compare WHAT: the files `code` and `page` of the folder hold the same lines.
compare() {
    sort "$folder/code" >"$folder/code.sorted"
    sort "$folder/page" >"$folder/page.sorted"
    if [ -s "$folder/code" ] && cmp -s "$folder/code.sorted" "$folder/page.sorted"; then
        echo "ok    $1"
        passed=$((passed + 1))
    else
        echo "FAIL  $1: < only in the code, > only in the page"
        diff "$folder/code.sorted" "$folder/page.sorted" | grep '^[<>]' || echo "      nothing was found"
        failed=$((failed + 1))
    fi
}

# section FILE NAME: the lines of the page from .Sh or .Ss NAME to the next one.
section() {
    awk -v name="$2" '/^\.S[hs] / { inside = substr($0, 5) == name; next } inside' "$1"
}

# --- settings -----------------------------------------------------------------------------------

# words NAME PART: the words that a setting takes, as its own error message lists them.
words() {
    case $2 in
    SETTINGS) ;;
    PROVIDERS) echo "[provider x]" ;;
    REMOTES) echo "[remote x]" ;;
    *) echo "[modem x]" ;;
    esac >"$folder/word.conf"
    echo "$1 = ?" >>"$folder/word.conf"
    "$bin/smsctl" -c "$folder/word.conf" config check 2>&1 |
        sed -n 's/.* must be one of \(.*\), not "?"$/\1/p' | sed 's/ /, /g'
}

# One line a setting, in the words of the page.
settings_of_code() {
    printf '[modem a]\n[provider b]\nurl = https://localhost/\n[route a]\nmodems = a\n[remote c]\n%s' \
        "$(printf '%s\n' 'url = https://localhost/' 'number = 1' 'country = RO' 'grant = none')" \
        >"$folder/sections.conf"
    "$bin/smsctl" -c "$folder/sections.conf" --json config show >"$folder/settings"
    jq -r '[if .modem then "MODEMS" elif .provider then "PROVIDERS" elif .route then "ROUTES" elif .remote then "REMOTES" else "SETTINGS" end, .name, .kind, .least // "-", .most // "-",
            if .default == "" then "empty" else .default end] | @tsv' "$folder/settings" |
        while IFS='	' read -r part name kind least most default; do
            case $kind in
            number) what="A number from $least to $most" ;;
            duration) what="A time from $least to $most" ;;
            flag) what="yes or no" ;;
            choice) what="One of $(words "$name" "$part")" ;;
            *) what="Text" ;;
            esac
            echo "$part: $name: $what; default $default."
        done
}

settings_of_page() {
    awk '/^\.Sh / { part = $2 }
         /^\.It Cm / && (part == "SETTINGS" || part == "MODEMS" || part == "PROVIDERS" || part == "ROUTES" ||
                          part == "REMOTES") {
             name = $3; getline; print part ": " name ": " $0 }' man/smsspool.conf.5
}

settings_of_code >"$folder/code"
settings_of_page >"$folder/page"
compare "settings, their limits and defaults"

# --- sentences and options ----------------------------------------------------------------------

# The macros of an item as the text that smsctl --help has.
sed_item='s/^\.It Cm //; s/Oo Fl -\([a-z-]*\) Ar \([a-z]*\) Oc/[--\1 <\2>]/g; s/Op Ar \([a-z]*\)/[<\1>]/g
    s/O[op] Fl -\([a-z-]*\)\( Oc\)*/[--\1]/g; s/Fl -/--/g; s/Ar \([a-z]*\)/<\1>/g'

"$bin/smsctl" --help | sed -n 's/^  \([a-z].*\)/\1/p' >"$folder/code"
section man/smsctl.8 Sentences | sed -n "/^\.It Cm/{$sed_item;p;}" >"$folder/page"
compare "sentences of smsctl"

# options_of_page FILE: each option as -x or --word.
options_of_page() {
    section "$1" DESCRIPTION | sed -n 's/^\.It Fl //p' | tr ',' '\n' |
        sed 's/^ *//; s/ *Ar .*//; s/ *$//; s/^/-/'
}

"$bin/smsctl" --help | sed -n '1,2p' | grep -o -e '--*[a-zA-Z][a-z]*' >"$folder/code"
options_of_page man/smsctl.8 | grep -v -e '^--help$' -e '^--version$' >"$folder/page"
compare "options of smsctl"

"$bin/smsspoold" -h | sed -n 's/^  \(-[a-zA-Z]\).*/\1/p' >"$folder/code"
options_of_page man/smsspoold.8 >"$folder/page"
compare "options of smsspoold"

"$bin/smsspool-pull" -h | sed -n 's/^  \(--*[a-zA-Z]*\).*/\1/p' >"$folder/code"
options_of_page man/smsspool-pull.8 >"$folder/page"
compare "options of smsspool-pull"

"$bin/smsspool-webhook" -h | sed -n 's/^  \(--*[a-zA-Z]*\).*/\1/p' >"$folder/code"
options_of_page man/smsspool-webhook.8 >"$folder/page"
compare "options of smsspool-webhook"

# --- a spool of its own -------------------------------------------------------------------------

printf 'spool = %s/spool.sqlite\nhtpasswd = %s/htpasswd\nlogin_cache =\n' "$folder" "$folder" >"$folder/conf"
ctl() {
    "$bin/smsctl" -c "$folder/conf" --json "$@"
}

ctl spool migrate >"$folder/migrate"

# The page may have members of objects that an empty spool does not show: only one way is compared.
{
    cat "$folder/migrate" "$folder/settings"
    ctl status
    ctl config check
    ctl inbox clean --older-than 1d
    ctl user add ana --generate 2>/dev/null
    ctl token add ana 2>/dev/null | tee "$folder/token"
    ctl token revoke "$(jq -r .id "$folder/token")" 2>/dev/null
    ctl user list
    echo garbage >"$folder/old"
    ctl user import "$folder/old" || true
} | jq -r 'paths | select(.[0] != "jobs" or length == 1) | .[-1] | strings' | sort -u >"$folder/code"
section man/smsctl.8 JSON | sed -n 's/^\.Va //p' | tr -s ' ,;.()' '\n' |
    grep -x -F -f "$folder/code" | sort -u >"$folder/page"
compare "members of JSON objects"

ctl status | jq -r '.jobs | keys[]' >"$folder/code"
section man/smsspool.7 "The states of a job" | sed -n 's/^\.It Cm //p' >"$folder/page"
compare "states of a job"

# --- pages --------------------------------------------------------------------------------------

# Pages of our own are called smsspool… or smsctl or simmodem; others are the system's.
grep -ho 'Xr [a-z.-]* [1-8]' man/*.[1-8] | awk '{ print $2 "." $3 }' |
    grep -e '^smsspool' -e '^smsctl' -e '^simmodem' | sort -u >"$folder/code"
while read -r page; do
    [ ! -e "man/$page" ] || echo "$page"
done <"$folder/code" >"$folder/page"
compare "pages that are pointed to"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
