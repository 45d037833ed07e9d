#!/bin/bash
# Goal: what `make install` puts below DESTDIR is complete, has the right modes, is taken by systemd
# and nginx, spares what an administrator edited, and goes again with `make uninstall`.
. "$(dirname "$0")/flow/street.bash"

ROOT=$WORK/root

# make_target TARGET PREFIX: without building again.
make_target() {
    make -s -o all "$1" "BUILD=$BUILD" "DESTDIR=$ROOT" "PREFIX=$2" >"$WORK/make.out" 2>&1 ||
        cat "$WORK/make.out"
}

mode_of() {
    stat -c %a "$ROOT$1" 2>/dev/null
}

everything() {
    (cd "$ROOT" && find . -type f -o -type l) | sort
}

# --- what is there, with which mode -------------------------------------------------------------

make_target install /usr
for program in bin/smsctl bin/simmodem sbin/smsspoold libexec/smsspool/smsspool-modem \
    libexec/smsspool/smsspool-loopback libexec/smsspool/smsspool-provider libexec/smsspool/smsspool-webhook libexec/smsspool/smsspool-pull libexec/smsspool/smsspool-{send,status,inbox,alerts,health,metrics,auth,login}; do
    expect "mode of $program" 755 "$(mode_of "/usr/$program")"
done
for file in /etc/smsspool/smsspool.conf /etc/smsspool/alerts-allow.conf /etc/smsspool/unlimited.conf \
    /etc/cron.d/smsspool /lib/systemd/system/smsspoold.service /usr/lib/sysusers.d/smsspool.conf \
    /usr/lib/tmpfiles.d/smsspool.conf /usr/share/smsspool/nginx/smsspool-site.conf \
    /usr/share/smsspool/fail2ban/filter.conf /usr/share/smsspool/fail2ban/jail.conf; do
    expect "mode of $file" 644 "$(mode_of "$file")"
done
for page in man/*.[1-8]; do
    expect_true "${page#man/} is installed" test -e "$ROOT/usr/share/man/man${page##*.}/${page#man/}"
done
expect "files with a placeholder left over" "" \
    "$(grep -rlE '@[A-Z][A-Z_]*@' "$ROOT/etc" "$ROOT/lib" "$ROOT/usr/lib" "$ROOT/usr/share/smsspool")"

# --- do the programs find each other ------------------------------------------------------------

expect "the installed configuration is good" "configuration OK" \
    "$("$ROOT/usr/sbin/smsspoold" -c "$ROOT/etc/smsspool/smsspool.conf" -n 2>&1)"

# --- systemd ------------------------------------------------------------------------------------

expect "systemd-analyze verify, and its security at 1.5 or less" "" "$(tests/verify_units.sh "$ROOT" /usr 2>&1 || echo "status $?")"

for program in send status inbox alerts health metrics auth login; do
    expect_true "the target wants the socket of $program" \
        grep -qw "smsspool-fcgi@$program.socket" "$ROOT/lib/systemd/system/smsspool.target"
done
# Who answers without a login, and who only reads, has no right to write.
expect "units without a right to write" "health metrics " "$(cd "$ROOT/lib/systemd/system" &&
    grep -l '^ReadWritePaths=$' smsspool-fcgi@*.service.d/*.conf | sed 's/.*@//; s/\..*//' | tr '\n' ' ')"
expect "of the programs that only read (status is asked too often to go without its shared memory)" "health metrics status " \
    "$(grep -l 'Access::read\b' fcgi/*.cc | xargs -n 1 basename -s .cc | grep -vx program | tr '\n' ' ')"

# The users and folders, made in a tree of their own.
make_accounts() {
    local tree=$WORK/tree
    mkdir -p "$tree/etc"
    printf 'root:x:0:0::/:/bin/sh\n' >"$tree/etc/passwd"
    printf 'root:x:0:\ndialout:x:20:\nwww-data:x:33:\n' >"$tree/etc/group"
    printf 'www-data:x:33:33::/var/www:/bin/false\n' >>"$tree/etc/passwd"
    systemd-sysusers --root="$tree" "$ROOT/usr/lib/sysusers.d/smsspool.conf" >/dev/null 2>&1
    systemd-tmpfiles --create --root="$tree" "$ROOT/usr/lib/tmpfiles.d/smsspool.conf" 2>/dev/null
    for folder in var/lib/smsspool run/smsspool run/smsspool-nginx run/smsspool-nginx/logins; do
        stat -c "$folder %a %u:%g" "$tree/$folder"
    done | sed "s/$(id_in passwd smsspool):$(id_in group smsspool)\$/spool/"
}

id_in() {
    awk -F: -v name="$2" '$1 == name {print $3}' "$WORK/tree/etc/$1"
}

if [ "$(id -u)" -eq 0 ]; then
    expect "users and folders" "var/lib/smsspool 2770 spool
run/smsspool 2770 spool
run/smsspool-nginx 750 0:33
run/smsspool-nginx/logins 700 33:33" "$(make_accounts)"
fi

# --- nginx --------------------------------------------------------------------------------------

# The installed files with the paths of this tree, and a port that needs no root.
copy_nginx() {
    mkdir -p "$WORK/nginx" "$WORK/sockets"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost \
        -keyout "$WORK/smsspool.key" -out "$WORK/smsspool.pem" 2>/dev/null
    for file in "$ROOT"/usr/share/smsspool/nginx/*.conf; do
        sed -e "s|/usr/share/smsspool/nginx|$WORK/nginx|; s|/etc/smsspool|$ROOT/etc/smsspool|" \
            -e "s|/run/smsspool-nginx|$WORK/sockets|; s|/etc/ssl/[a-z]*/|$WORK/|" \
            -e "s|/var/log/nginx|$WORK|; s|listen 443|listen 127.0.0.1:$1|" \
            "$file" >"$WORK/nginx/${file##*/}"
    done
}

# nginx_takes LINES: whether nginx takes an http { } with them.
nginx_takes() {
    cat >"$WORK/nginx.conf" <<END
pid $WORK/nginx.pid;
events { }
http {
    client_body_temp_path $WORK/body;
    proxy_temp_path $WORK/proxy;
    fastcgi_temp_path $WORK/fastcgi;
    uwsgi_temp_path $WORK/uwsgi;
    scgi_temp_path $WORK/scgi;
    access_log off;
    $1
}
END
    PATH=$PATH:/usr/sbin nginx -t -q -e "$WORK/nginx-error.log" -c "$WORK/nginx.conf" 2>&1
}

port=$(free_port)
copy_nginx "$port"
expect "nginx takes the site" "" "$(nginx_takes "include $WORK/nginx/smsspool-site.conf;")"
expect "nginx takes the includes in a server of the administrator" "" "$(nginx_takes "
    include $WORK/nginx/smsspool-http.conf;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $WORK/smsspool.pem;
        ssl_certificate_key $WORK/smsspool.key;
        auth_basic other;
        location / { return 200; }
        include $WORK/nginx/smsspool-locations.conf;
    }")"

# --- again, and away ----------------------------------------------------------------------------

echo '# mine' >>"$ROOT/etc/smsspool/smsspool.conf"
echo '# mine' >>"$ROOT/etc/cron.d/smsspool"
make_target install /usr
expect "an edited configuration stays" "# mine" "$(tail -1 "$ROOT/etc/smsspool/smsspool.conf")"
expect "an edited cron entry stays" "# mine" "$(tail -1 "$ROOT/etc/cron.d/smsspool")"

make_target uninstall /usr
expect "uninstall leaves the configuration" "./etc/cron.d/smsspool
./etc/smsspool/alerts-allow.conf
./etc/smsspool/smsspool.conf
./etc/smsspool/unlimited.conf" "$(everything)"

rm -rf "$ROOT"
make_target install /usr/local
expect "mode of the unit below another prefix" 644 \
    "$(mode_of /usr/local/lib/systemd/system/smsspoold.service)"
expect "its program" "ExecStart=/usr/local/sbin/smsspoold" \
    "$(grep ^ExecStart= "$ROOT/usr/local/lib/systemd/system/smsspoold.service")"
make_target uninstall /usr/local
expect "an unedited cron entry goes" "./etc/smsspool/alerts-allow.conf
./etc/smsspool/smsspool.conf
./etc/smsspool/unlimited.conf" "$(everything)"
finish
