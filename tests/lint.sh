#!/bin/sh
# What `make lint` checks: format, manuals, units, shell scripts, and the house rules that grep can
# see. HACKING.md says why each rule is there.
#
# Runs from the root of the repository. One line a rule, and what breaks it below.

set -eu

cd "$(dirname "$0")/.."
passed=0
failed=0

# verdict RULE FINDINGS: no findings are good.
verdict() {
    if [ -z "$2" ]; then
        echo "ok    $1"
        passed=$((passed + 1))
    else
        echo "FAIL  $1"
        printf '%s\n' "$2" | sed 's/^/      /'
        failed=$((failed + 1))
    fi
}

sources=$(find common fcgi spoold pull ctl tests -name '*.cc' -o -name '*.h' | sort)
product=$(printf '%s\n' "$sources" | grep -v '^tests/')
scripts=$(find . -maxdepth 4 \( -name '*.sh' -o -name '*.bash' -o -path './.ci/run' \) \
    -not -path './build*' -not -path './run*' | sort -u)
texts=$(find . -type f -not -path './.git/*' -not -path './build*' -not -path './run*' \
    -not -name LICENSE -not -path './tests/lint.sh' | sort)

# only PATTERN PLACES RULE: no line of the product matches PATTERN but in files that match PLACES.
# Lines that are nothing but a comment do not count.
only() {
    # shellcheck disable=SC2086 # a list of files
    verdict "$3" "$(grep -nE -- "$1" $product | grep -vE "^($2):" |
        grep -vE '^[^:]*:[0-9]+: *//' || true)"
}

# --- tools --------------------------------------------------------------------------------------

# shellcheck disable=SC2086
verdict "clang-format (14) has nothing to change" \
    "$(clang-format --dry-run -Werror $sources 2>&1 |
        sed -n 's/^\([a-z_/]*\.[ch]*\):.*error:.*/\1: clang-format -i changes it/p' | sort -u)"

verdict "mandoc has nothing to say about the manuals" \
    "$(mandoc -T lint -W warning man/*.[1-8] 2>&1 | head -20 || true)"

# The units are templates: they are looked at as they are installed.
installed=$(mktemp -d)
trap 'rm -rf "$installed"' EXIT
verify_units() {
    if ! make -s BUILD="${BUILD:-build}" DESTDIR="$installed" PREFIX=/usr install >"$installed/log" 2>&1 ||
        ! tests/verify_units.sh "$installed" /usr >"$installed/log" 2>&1; then
        cat "$installed/log"
    fi
}
verdict "systemd-analyze takes the units, and finds each secure (1.5 or less)" "$(verify_units)"

if command -v shellcheck >/dev/null; then
    # shellcheck disable=SC2086
    verdict "shellcheck has nothing to say about the scripts" \
        "$(shellcheck -S warning $scripts 2>&1 | head -40 || true)"
fi

# --- one place for each dangerous thing ---------------------------------------------------------

only '#include <sqlite3\.h>' 'common/sqlite(_open|_resting)?\.cc' "SQLite's header is in common/sqlite*.cc only"

# A statement begins a string, and is in capitals.
only '(R"sql\(|"(SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|REPLACE|PRAGMA|BEGIN|COMMIT) )' \
    'common/(sql\.h|schema\.cc|sqlite(_open)?\.cc)' "SQL text is in common/sql.h, schema.cc and sqlite.cc only"

only '#include <gammu' 'spoold/modem_gammu(_[a-z]+)?\.(cc|h)' "libgammu is in spoold/modem_gammu* only"

only '#include <(fcgiapp|fcgi_stdio|fcgio)\.h>' 'fcgi/exchange\.cc' "libfcgi is in fcgi/exchange.cc only"

only '#include <curl/' 'common/http\.cc' "libcurl is in common/http.cc only"

only '#include <cgicc' 'fcgi/request\.cc' "cgicc is in fcgi/request.cc only"

only '#include <phonenumbers/' 'common/numbers\.cc' "libphonenumber is in common/numbers.cc only"

only '#include <ini\.h>' 'common/settings_file\.cc' "inih is in common/settings_file.cc only"

only 'system_clock|[^a-z_](time|gettimeofday)\((NULL|nullptr|0|&)|CLOCK_REALTIME' \
    'common/clock\.cc' "the wall clock is read in common/clock.cc only"

# --- one direction ------------------------------------------------------------------------------

# includes FOLDER OTHERS: files of FOLDER that include one of OTHERS.
includes() {
    grep -nE "#include \"($2)/" "$1"/*.cc "$1"/*.h 2>/dev/null || true
}

verdict "common/ includes nobody else" "$(includes common 'fcgi|spoold|pull|ctl|tests')"
verdict "fcgi/ includes only common/" "$(includes fcgi 'spoold|pull|ctl|tests')"
verdict "spoold/ includes only common/" "$(includes spoold 'fcgi|pull|ctl|tests')"
verdict "pull/ includes only common/" "$(includes pull 'fcgi|spoold|ctl|tests')"
verdict "ctl/ includes only common/" "$(includes ctl 'fcgi|spoold|pull|tests')"

# --- habits -------------------------------------------------------------------------------------

# Where a switch is over a number and not over an enum of ours, it must have a default.
only '^ *default:' \
    'common/(sqlite|utf)\.cc|fcgi/listener\.cc|spoold/modem_(gammu_errors|pdu|port|probe)\.cc' \
    "no switch over an enum has a default, so that the compiler finds the missing case"

# shellcheck disable=SC2086
verdict "nothing is left for later" "$(grep -nwE 'TODO|FIXME|XXX' $texts || true)"

# Each of these is one thing that would not be clearer in two files.
#   HACKING.md "Size" tells what to do before a name is added here.
long='^(common/schema\.cc|common/settings\.cc|common/spool\.h|common/sql\.h|spoold/worker_protocol\.cc)$'
verdict "no source file has more than 400 lines" \
    "$(for file in $product; do
        lines=$(wc -l <"$file")
        [ "$lines" -le 400 ] || echo "$file" | grep -qE "$long" || echo "$file: $lines lines"
    done)"

# shellcheck disable=SC2086
verdict "no path of a machine is in a file" \
    "$({
        grep -nF "$PWD/" $texts
        grep -nE '/home/[a-z]' $texts
    } | cut -c 1-160 || true)"

verdict "each header is guarded by its own name" \
    "$(for file in $(printf '%s\n' "$product" | grep '\.h$'); do
        guard=SMSSPOOL_$(echo "$file" | tr 'a-z/.' 'A-Z__')
        grep -qx "#ifndef $guard" "$file" || echo "$file: wants $guard"
    done)"

verdict "each source file says first what it is" \
    "$(for file in $sources; do
        head -n 1 "$file" | grep -q '^// ' || echo "$file"
    done)"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
