#!/bin/sh
# Fills templates: every @NAME@ of standard input becomes VALUE on standard output.
# usage: fill.sh NAME=VALUE... <template >file
# A placeholder that is left over, or a value that would need quoting in nginx, is an error.

set -eu

fail() {
    echo "fill.sh: $1" >&2
    exit 1
}

# A sed command for each pair; values hold no newline, and \, & and | are escaped.
commands=
for pair in "$@"; do
    name=${pair%%=*}
    value=${pair#*=}
    case $value in
    *'"'* | *'$'* | *'
'*) fail "the value of $name holds a character that a configuration cannot take: $value" ;;
    esac
    escaped=$(printf '%s' "$value" | sed 's/[\\&|]/\\&/g')
    commands="${commands}s|@$name@|$escaped|g
"
done

filled=$(sed "$commands" && echo end)
filled=${filled%end}
left=$(printf '%s' "$filled" | grep -o '@[A-Z][A-Z_]*@' | sort -u | tr '\n' ' ')
[ -z "$left" ] || fail "no value for $left"
printf '%s' "$filled"
