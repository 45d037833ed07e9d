#!/bin/bash
# Installs the Debian packages that are missing, saying which; says and does nothing where all are
# there. usage: packages.sh [run|fuzz|valgrind]: what building and `make run` need; without: also what
# the tests need; with fuzz or valgrind: that, and what `make fuzz` or `make bench-valgrind` needs. Not
# root: with sudo.

set -euo pipefail

packages=(
    g++ make pkg-config
    libsqlite3-dev libphonenumber-dev libinih-dev libssl-dev libcrypt-dev libsystemd-dev
    libfcgi-dev libcgicc-dev rapidjson-dev libgammu-dev libcurl4-openssl-dev
    nginx openssl apache2-utils curl jq util-linux
)
if [ "${1:-}" != run ]; then
    packages+=(libboost-test-dev clang-format mandoc shellcheck sqlite3 wrk
        prometheus prometheus-alertmanager fail2ban libfcgi-bin testssl.sh
        python3-jsonschema)
fi
if [ "${1:-}" = fuzz ]; then
    packages+=(clang libclang-rt-14-dev)
fi
if [ "${1:-}" = valgrind ]; then
    packages+=(valgrind)
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

install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}"
}

# The lists of a fresh machine are empty, those of an old one may name files that are gone.
install || { "${as_root[@]}" apt-get update -q && install; }
