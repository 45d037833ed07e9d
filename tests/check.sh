#!/bin/bash
# Runs the unit tests and then the flows named as arguments (X_test, path/to/x.sh), each with its
# time, and ends with a line that counts. A flow prints a line "ok WHAT" or "FAIL WHAT" for each thing
# that it looked at; one that ends badly without a FAIL counts as one failure.
#
# ONLY=word runs only what has this word in its name.
set -u
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
export BUILD SMSSPOOL_BIN=$BUILD/bin
output=$(mktemp)
trap 'rm -f "$output"' EXIT
passed=0 failed=0

count() { # NAME STATUS SECONDS OK FAILED
    passed=$((passed + $4)) failed=$((failed + $5))
    if [ "$2" -ne 0 ] && [ "$5" -eq 0 ]; then
        failed=$((failed + 1))
    fi
    if [ "$2" -ne 0 ] || [ "$5" -ne 0 ]; then
        echo "FAIL  $1 (status $2, $4 passed, $5 failed, ${3}s)"
        sed 's/^/    /' "$output"
    else
        echo "ok    $1 ($4 passed, ${3}s)"
    fi
}

unit() {
    local began=$SECONDS status good bad
    "$BUILD/bin/$1" --report_level=short --color_output=no >"$output" 2>&1
    status=$?
    good=$(grep -oE '[0-9]+ test cases? out of [0-9]+ passed' "$output" | tail -1 | cut -d' ' -f1)
    bad=$(grep -oE '[0-9]+ test cases? out of [0-9]+ failed' "$output" |
        awk '{n += $1} END {print n + 0}')
    count "$1" "$status" $((SECONDS - began)) "${good:-0}" "$bad"
}

flow() {
    local began=$SECONDS status
    bash "$1" >"$output" 2>&1
    status=$?
    count "$1" "$status" $((SECONDS - began)) "$(grep -c '^ok ' "$output")" \
        "$(grep -c '^FAIL ' "$output")"
}

for each in "$@"; do
    case $each in *"${ONLY:-}"*) ;; *) continue ;; esac
    case $each in
    *.sh) flow "$each" ;;
    *) unit "$each" ;;
    esac
done
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
