#!/bin/bash
# Measures the street on this machine and prints one table. Beside each figure stands a limit or a
# peer that was measured in the same run, their ratio, and what is aimed at: a ratio, or a time. The
# ratio is what can be compared with another machine.
#
# usage: bench.sh      Environment: BUILD, and
#
#   ROWS         which: accept slowdisk login status inbox history bulk pickup drain line connect
#                modems backlog memory (all)
#   TIME         seconds of a load (11: longer than nginx remembers a login, so that there is one
#                check of the password in each), CLIENTS (32)
#   SIZES        messages stored where status is asked ("1000 1000000 10000000", which takes 12 GB),
#                LISTED (1000000) in the inbox and the history
#   RECIPIENTS   of one request (100000), POSTS single ones (30)
#   JOBS         to drain (10000), PEER_JOBS (1000) by gammu-smsd
#   BACKLOG      messages queued (1000000), CLAIMS (5000)
#   LINE         messages through a modem of 0 s a send (20; by us 25 times as many), LINE_SLOW of
#                2 s (12), IDLE seconds to look at what waits (10), CONNECTS (5)
#   MODEM_JOBS   for each of several modems (50)
#   N            messages, and then the memory (100000)
#
# A short run, to see that all works: TIME=2 SIZES="100 2000" LISTED=2000 RECIPIENTS=2000 POSTS=3 JOBS=500
# PEER_JOBS=50 BACKLOG=2000 CLAIMS=200 LINE=4 LINE_SLOW=3 IDLE=1 CONNECTS=1 MODEM_JOBS=10 N=1000
#
# What each run said is added to $BUILD/bench/raw.jsonl, the table is in $BUILD/bench/table.txt. Each
# row works in a folder of its own on the disk of $BUILD, and can be measured alone. Figures mean
# something on a quiet machine only: its load stands above the table. Nothing depends on them: the
# status is 0 if everything could be measured.

set -u
ALL="accept slowdisk login status inbox history bulk pickup drain line connect modems backlog memory"
ROWS=${ROWS:-$ALL}
TIME=${TIME:-11}
CLIENTS=${CLIENTS:-32}
SIZES=${SIZES:-1000 1000000 10000000}
LISTED=${LISTED:-1000000}
RECIPIENTS=${RECIPIENTS:-100000}
POSTS=${POSTS:-30}
JOBS=${JOBS:-10000}
PEER_JOBS=${PEER_JOBS:-1000}
BACKLOG=${BACKLOG:-1000000}
CLAIMS=${CLAIMS:-5000}
LINE=${LINE:-20}
LINE_SLOW=${LINE_SLOW:-12}
IDLE=${IDLE:-10}
CONNECTS=${CONNECTS:-5}
MODEM_JOBS=${MODEM_JOBS:-50}
N=${N:-100000}
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
RESULTS=$BUILD/bench
BEGAN=$(date -u +%FT%TZ)
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$RESULTS"
# Not in memory: a commit has to reach the disk.
export BUILD BEGAN TMPDIR=$RESULTS

. "$(dirname "${BASH_SOURCE[0]}")/../flow/street.bash"
for part in common peers rows_accept rows_read rows_send rows_modem rows_memory; do
    # shellcheck disable=SC1090 # one of these
    . "tests/bench/$part.bash"
done

head_lines() {
    echo "machine   $(nproc) cores, $(lscpu | sed -n 's/^Model name: *//p' | head -n 1)," \
        "Linux $(uname -r), spool on $(stat -f -c %T "$RESULTS"), load $(cut -d' ' -f1 /proc/loadavg)"
    echo "versions  $("$BIN/smsctl" -V), $(nginx -v 2>&1 | sed 's/.*nginx.//' | cut -d' ' -f1 | sed 's/^/nginx /')," \
        "SQLite $(sqlite3 --version | cut -d' ' -f1), libgammu $(pkg-config --modversion gammu)," \
        "g++ $(g++ -dumpfullversion)"
    echo "peers     $(peer_versions)"
    echo
    row work figure "limit or peer, in the same run" ratio aim
}

# A row that cannot be measured does not keep the others from it.
measure() (
    trap end_row EXIT
    trap 'exit 130' INT TERM
    "measure_$1"
)

for each in $ROWS; do
    [[ " $ALL " == *" $each "* ]] || give_up "there is no row $each; there are: $ALL"
done
compile_all
failed=0
{
    head_lines
    for each in $ROWS; do
        measure "$each" || echo "$each could not be measured"
    done
} | tee "$RESULTS/table.txt"
! grep -q 'could not be measured$' "$RESULTS/table.txt" || failed=1
echo
echo "Raw figures: $RAW"
exit "$failed"
