# Runs rows of faults.table, several at once. Source it from the root of the repository, with $BUILD.
#
#   row_names [short]        of all rows, or of those of `make check`
#   run_rows FOLDER JOBS NAME…   FOLDER/NAME.json is what came of it (row.bash tells what), and
#                            FOLDER/NAME.log what the row had to say

row_names() {
    sed -nE "s/^([a-z_0-9]+) *\|.*${1:-}.*/\1/p" tests/fault/faults.table
}

run_rows() {
    local folder=$1 jobs=$2 name
    shift 2
    for name in "$@"; do
        rm -f "$folder/$name.json"
    done
    printf '%s\n' "$@" |
        BUILD=$BUILD xargs -P "$jobs" -I{} sh -c \
            'bash tests/fault/row.bash "$1" "$2/$1.json" >"$2/$1.log" 2>&1' row {} "$folder"
}
