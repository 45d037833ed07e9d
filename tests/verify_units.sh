#!/bin/bash
# Goal: systemd takes the units as they are installed. Usage: verify_units.sh ROOT [PREFIX], ROOT
# being the DESTDIR of a `make install`. Prints what systemd-analyze complains about.

set -euo pipefail

root=$1
prefix=${2:-/usr}
units=$root$([ "$prefix" = /usr ] || echo "$prefix")/lib/systemd/system

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

# The programs are looked for below ROOT; the units of this machine are there for what ours refer to.
for unit in "$units"/smsspool*.{service,socket,target}; do
    sed "s|^\(Exec[A-Za-z]*=\)$prefix/|\1$root$prefix/|" "$unit" >"$copy/${unit##*/}"
done
cp -r "$units"/*.service.d "$copy"

names=(smsspool.target smsspoold.service smsspool-pull.service smsspool-webhook.service)
while read -r socket; do
    names+=("$socket" "${socket%.socket}.service")
done < <(grep -o 'smsspool-fcgi@[a-z_]*\.socket' "$units/smsspool.target")

# Exposure in tenths: the unit files say which sandboxing is missing, and why.
exposure_most=15
for unit in "${names[@]}"; do
    case $unit in *.service) ;; *) continue ;; esac
    SYSTEMD_UNIT_PATH="$copy:" systemd-analyze security --offline=yes --no-pager \
        --threshold="$exposure_most" "$copy/$unit" >"$copy/security" 2>&1 || {
        echo "smsspool: $unit is less secure than 1.5: $(tail -n 1 "$copy/security")"
        failed=1
    }
done

complaints=$(SYSTEMD_UNIT_PATH="$copy:" systemd-analyze verify --man=no "${names[@]/#/$copy/}" 2>&1) || failed=1
# Units of other packages on this machine are not ours to judge.
complaints=$(grep smsspool <<<"$complaints" || true)
if [ -n "$complaints" ] || [ -n "${failed:-}" ]; then
    printf '%s\n' "$complaints"
    exit 1
fi
