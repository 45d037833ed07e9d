#!/bin/sh
# What an administrator does after `make install` on this machine; printed, not done.

cat <<END
Installed below $PREFIX. Once:

    systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload
    htpasswd -B -C 12 -c /etc/smsspool/htpasswd USER       # package apache2-utils
    chown root:www-data /etc/smsspool/htpasswd && chmod 640 /etc/smsspool/htpasswd
    systemctl enable --now smsspool.target

and the site: copy $PREFIX/share/smsspool/nginx/smsspool-site.conf into
/etc/nginx/sites-enabled/, name your host and certificate in it, then
    nginx -t && systemctl restart nginx
END
