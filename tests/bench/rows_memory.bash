# The row of the memory that all of smsspool's programs together have. soak.sh shows each of them.

. "$HERE/memory.bash"

# What a rush needed goes back two seconds after it.
rest() { sleep 4; }

# memory_now NAME: KiB of all of ours, and of nginx, which has no environment to know it by.
memory_now() {
    local pid name
    rest
    {
        programs | while read -r pid name; do
            [[ ${name##*/} != smsspool* ]] || echo "{\"ours\":$(pss_of "$pid")}"
        done
        for pid in $(family_of "$(cat "$STREET/nginx.pid")"); do
            echo "{\"nginx\":$(pss_of "$pid")}"
        done
    } | jq -sc '{programs: (map(select(.ours)) | length), ours_kib: (map(.ours // 0) | add),
        nginx_kib: (map(.nginx // 0) | add)}' | keep "$1"
}

measure_memory() {
    local idle warm full
    mkdir -p "$WORK/memory"
    row_street memory "$(STREET=$WORK/memory loopback_settings)"
    curl -K "$STREET/curl.conf" -o /dev/null "$URL/health"
    idle=$(memory_now memory/idle) || exit
    flood "$((N / 10))"
    warm=$(memory_now "memory/$((N / 10))") || exit
    flood "$N"
    full=$(memory_now "memory/$N") || exit
    row "memory after $N messages, PSS" \
        "$(jq -rn --argjson idle "$idle" --argjson warm "$warm" --argjson full "$full" '
            def mb: . / 102.4 | round / 10;
            "\($full.ours_kib | mb) MiB in \($full.programs) programs, idle \($idle.ours_kib | mb)"')" \
        "$(jq -rn --argjson warm "$warm" --argjson full "$full" '
            def mb: . / 102.4 | round / 10;
            "after a tenth of them: \($warm.ours_kib | mb) MiB; nginx \($full.nginx_kib | mb)"')" \
        "$(jq -rn --argjson warm "$warm" --argjson full "$full" '$full.ours_kib / $warm.ours_kib * 100 | round / 100')" \
        "24 MiB; 1"
}
