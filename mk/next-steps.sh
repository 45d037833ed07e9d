#!/bin/sh
# What an administrator does after `make install` on this machine; printed, not done.

cat <<END
Installed below $PREFIX. Once:

    systemd-sysusers && systemd-tmpfiles --create && systemctl daemon-reload
    systemctl enable --now smsspool.target
    smsctl user add USER          # asks for a password; or: smsctl user import FILE

and the site: copy $PREFIX/share/smsspool/nginx/smsspool-site.conf into
/etc/nginx/sites-enabled/, name your host and certificate in it, then
    nginx -t && systemctl restart nginx
END
