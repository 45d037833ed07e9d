#!/bin/bash
# Runs the unit tests and the flows named as arguments (X_test, path/to/x.sh), JOBS at once, each with
# its time, and ends with a line that counts. A flow prints a line "ok WHAT" or "FAIL WHAT" for each
# thing that it looked at; one that ends badly without a FAIL counts as one failure.
#
# ONLY=word runs only what has this word in its name. JOBS: as many as there are processors; flows
# wait for timers more than they compute.
set -u
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
export BUILD SMSSPOOL_BIN=$BUILD/bin
JOBS=${JOBS:-$(nproc)}
outputs=$(mktemp -d)
passed=0 failed=0
declare -A name_of=() began=()

# Who breaks off breaks off what runs, too, and lets it clean up.
clean_up() {
    local running
    running=$(jobs -p)
    # shellcheck disable=SC2086 # a list of processes
    [ -z "$running" ] || { kill -TERM $running && wait; } 2>/dev/null
    rm -rf "$outputs"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

count() { # NAME STATUS SECONDS OK FAILED OUTPUT
    passed=$((passed + $4)) failed=$((failed + $5))
    if [ "$2" -ne 0 ] && [ "$5" -eq 0 ]; then
        failed=$((failed + 1))
    fi
    if [ "$2" -ne 0 ] || [ "$5" -ne 0 ]; then
        echo "FAIL  $1 (status $2, $4 passed, $5 failed, ${3}s)"
        sed 's/^/    /' "$6"
    else
        echo "ok    $1 ($4 passed, ${3}s)"
    fi
}

start() { # NAME
    local output=$outputs/${1//\//_}
    case $1 in
    *.sh) bash "$1" >"$output" 2>&1 & ;;
    *) "$BUILD/bin/$1" --report_level=short --color_output=no >"$output" 2>&1 & ;;
    esac
    name_of[$!]=$1 began[$!]=$SECONDS
}

# The first that ends of those that run.
end_one() {
    local pid status name output good bad
    wait -n -p pid
    status=$?
    name=${name_of[$pid]} output=$outputs/${name_of[$pid]//\//_}
    case $name in
    *.sh)
        good=$(grep -c '^ok ' "$output")
        bad=$(grep -c '^FAIL ' "$output")
        ;;
    *)
        good=$(grep -oE '[0-9]+ test cases? out of [0-9]+ passed' "$output" | tail -1 | cut -d' ' -f1)
        bad=$(grep -oE '[0-9]+ test cases? out of [0-9]+ failed' "$output" |
            awk '{n += $1} END {print n + 0}')
        ;;
    esac
    count "$name" "$status" $((SECONDS - began[$pid])) "${good:-0}" "$bad" "$output"
    unset "name_of[$pid]"
}

for each in "$@"; do
    case $each in *"${ONLY:-}"*) ;; *) continue ;; esac
    [ ${#name_of[@]} -lt "$JOBS" ] || end_one
    start "$each"
done
while [ ${#name_of[@]} -gt 0 ]; do
    end_one
done
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
