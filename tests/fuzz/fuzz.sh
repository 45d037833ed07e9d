#!/bin/bash
# Runs fuzz targets one after the other, each for FUZZ_SECONDS (default 30) from its seeds in
# tests/fuzz/NAME/. What is found is written to $BUILD/found/; copied into the folder of seeds it is
# tried by `make check` ever after.
#
# usage: fuzz.sh [NAME_fuzz...]    default: all. Environment: BUILD (build-fuzz), FUZZ_SECONDS, JOBS.
# To see one again: $BUILD/bin/NAME_fuzz $BUILD/found/FILE

set -euo pipefail
cd "$(dirname "$0")/../.."

BUILD=${BUILD:-build-fuzz}
SECONDS_EACH=${FUZZ_SECONDS:-30}
JOBS=${JOBS:-2}
LIBRARIES="-lGammu -lfcgi -lcgicc -lsqlite3 -lphonenumber -linih -lnettle -lcrypt"

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for source in tests/fuzz/*_fuzz.cc; do
        source=${source##*/}
        targets+=("${source%.cc}")
    done
fi

tests/packages.sh fuzz

# Of the targets that need a spool; libFuzzer ends without tidying up.
work=$(mktemp -d /dev/shm/smsspool-fuzz.XXXXXX)
trap 'rm -rf "$work"' EXIT

# What the targets look at, beside common/ and the FastCGI programs' own library.
looked_at=(
    fcgi/send pull/ini pull/oauth_answer pull/remote_answer spoold/worker_protocol spoold/modem_{pdu,port,ucs2}
    tests/simmodem/{content,octets,pdu_deliver,pdu_submit} tests/support/{fresh_spool,temp_folder}
    tests/fuzz/libfuzzer
)

# Built by clang, which counts what an input reaches; the libraries are as they are.
build() {
    local checks="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
        -fsanitize-ignorelist=tests/fuzz/ignore.txt"
    local source objects=("${looked_at[@]/#/$BUILD/}")
    objects=("${objects[@]/%/.o}")
    for source in tests/fuzz/*_fuzz.cc; do
        objects+=("$BUILD/${source%.cc}.o")
    done
    objects+=("$BUILD/libfcgi-common.a" "$BUILD/libcommon.a")
    make --no-print-directory -s -j"$JOBS" BUILD="$BUILD" CXX=clang++ CXXFLAGS="-O1 -g" HARDENING= \
        SANITIZE="-fsanitize=fuzzer-no-link $checks" "${objects[@]}"
    mkdir -p "$BUILD/bin" "$BUILD/found"
    # shellcheck disable=SC2086 # lists of words
    clang++ -g -pthread -fsanitize=fuzzer $checks -o "$BUILD/bin/all_fuzz" "${objects[@]}" $LIBRARIES
}

# A text that libFuzzer's own log would bury comes again at the end.
run() {
    local name=${1%_fuzz} corpus=$BUILD/corpus/${1%_fuzz} log=$BUILD/$1.log status=0
    mkdir -p "$corpus"
    ln -sf all_fuzz "$BUILD/bin/$1"
    TMPDIR=$work "$BUILD/bin/$1" -max_total_time="$SECONDS_EACH" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$BUILD/found/$name-" -print_final_stats=1 -verbosity=1 \
        "$corpus" "tests/fuzz/$name" >"$log" 2>&1 || status=$?
    local runs covered
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    covered=$(grep -o 'cov: [0-9]*' "$log" | tail -n 1)
    if [ "$status" -eq 0 ]; then
        echo "ok   $1: ${runs:-?} inputs, ${covered:-cov: ?}"
    else
        echo "FAIL $1: status $status; $log ends with:"
        grep -vE '^(#|[[:space:]]*NEW_FUNC)' "$log" | tail -n 40
        return 1
    fi
}

build
failed=0
for target in "${targets[@]}"; do
    run "$target" || failed=$((failed + 1))
done
[ "$failed" -eq 0 ]
