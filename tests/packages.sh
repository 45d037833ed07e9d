#!/bin/bash
# Installs the Debian packages that are missing, saying which; says and does nothing where all are
# there. usage: packages.sh [run|fuzz|valgrind|bench]: what building and `make run` need; without: also
# what the tests need; with another word: that, and what `make fuzz` or `make bench-valgrind` needs, or
# what `make bench` compares with. Not root: with sudo.

set -euo pipefail

packages=(
    g++ make pkg-config
    libsqlite3-dev libphonenumber-dev libinih-dev nettle-dev libssl-dev libcrypt-dev libsystemd-dev
    libfcgi-dev libcgicc-dev rapidjson-dev libgammu-dev libcurl4-openssl-dev
    nginx openssl apache2-utils curl jq util-linux
)
if [ "${1:-}" != run ]; then
    packages+=(libboost-test-dev clang-format mandoc shellcheck sqlite3 wrk
        prometheus prometheus-alertmanager fail2ban libfcgi-bin testssl.sh
        python3-jsonschema glewlwyd)
fi
if [ "${1:-}" = fuzz ]; then
    packages+=(clang libclang-rt-14-dev)
fi
if [ "${1:-}" = valgrind ]; then
    packages+=(valgrind)
fi
# The comparisons run these by hand. As services of this machine they would take its modem.
services=()
if [ "${1:-}" = bench ]; then
    packages+=(gammu-smsd libdbd-sqlite3 smstools)
    services=(gammu-smsd smstools)
fi

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
for package in "${packages[@]}"; do
    installed "$package" || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "These Debian packages are needed and will be installed: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "Neither root nor sudo; as root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

# Only what is not there yet: a service that somebody uses stays as it is.
for i in "${!services[@]}"; do
    installed "${services[i]}" && unset "services[i]"
done
if [ ! -d /run/systemd/system ]; then
    services=()
fi
[ ${#services[@]} -eq 0 ] || "${as_root[@]}" systemctl mask --quiet "${services[@]}"

install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# The lists of a fresh machine are empty, those of an old one may name files that are gone.
install || { "${as_root[@]}" apt-get update -q && install; }
[ ${#services[@]} -eq 0 ] || echo "Not started, and masked (systemctl unmask): ${services[*]}"
