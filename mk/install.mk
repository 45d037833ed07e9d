# make install, make uninstall. Everything goes below DESTDIR; PREFIX is where programs live. What an
# administrator edits is in /etc: it is never overwritten, and uninstall leaves it.

DESTDIR =
PREFIX  = /usr/local

# --- where things go ----------------------------------------------------------------------------

TO_BIN     = $(PREFIX)/bin
TO_SBIN    = $(PREFIX)/sbin
TO_LIBEXEC = $(PREFIX)/libexec/smsspool
TO_NGINX   = $(PREFIX)/share/smsspool/nginx
TO_JAIL    = $(PREFIX)/share/smsspool/fail2ban
TO_DOC     = $(PREFIX)/share/doc/smsspool
TO_MAN     = $(PREFIX)/share/man
TO_UNITS   = $(if $(filter /usr,$(PREFIX)),,$(PREFIX))/lib/systemd/system
TO_ETC     = /etc/smsspool
TO_CRON    = /etc/cron.d
TO_LIB     = $(PREFIX)/lib

# --- what goes there ----------------------------------------------------------------------------

IN_BIN     = smsctl simmodem
IN_SBIN    = smsspoold
IN_LIBEXEC = $(filter smsspool-%,$(PROGRAMS))
IN_MAN     = $(wildcard man/*.[1-8])
IN_NGINX   = $(patsubst nginx/%,%,$(wildcard nginx/smsspool-*.conf)) openapi.json
IN_JAIL    = $(patsubst nginx/fail2ban/%,%,$(wildcard nginx/fail2ban/*.conf))
IN_UNITS   = smsspool.target smsspoold.service smsspool-pull.service smsspool-webhook.service smsspool-fcgi@.socket smsspool-fcgi@.service
READ_ONLY  = health metrics
IN_ETC     = etc/smsspool.conf nginx/alerts-allow.conf nginx/unlimited.conf
IN_DOC     = $(wildcard README.md LICENSE) systemd/provider-network.conf

# Where the unit of a FastCGI program that only reads is narrowed.
read_only = $(TO_UNITS)/smsspool-fcgi@$(1).service.d/read-only.conf

# Values of the templates' placeholders.
FILL = sh nginx/fill.sh BIN=$(TO_BIN) SBIN=$(TO_SBIN) LIBEXEC=$(TO_LIBEXEC) \
       WANTS="Wants=$(FCGI_PROGRAMS:%=smsspool-fcgi@%.socket)" \
       NGINX=$(TO_NGINX) ETC=$(TO_ETC) SOCKETS=/run/smsspool-nginx HTPASSWD=$(TO_ETC)/htpasswd \
       LISTEN=443 SERVER_NAME=sms.example.org ACCESS_LOG=/var/log/nginx/smsspool.log LOGS=/var/log/nginx \
       CERTIFICATE=/etc/ssl/certs/smsspool.pem CERTIFICATE_KEY=/etc/ssl/private/smsspool.key

# $(call put,mode,folder,files): as they are.
define put
@install -d "$(DESTDIR)$(2)"
@install -m $(1) $(3) "$(DESTDIR)$(2)"

endef

# $(call fill,template,file): with its placeholders filled.
define fill
@install -d "$(dir $(DESTDIR)$(2))"
@$(FILL) <"$(1)" >"$(DESTDIR)$(2)"
@chmod 644 "$(DESTDIR)$(2)"

endef

# $(call keep,file,place): `file` as it is, unless there is one already.
define keep
@install -d "$(dir $(DESTDIR)$(2))"
@if [ -e "$(DESTDIR)$(2)" ]; then echo "  KEPT  $(DESTDIR)$(2)"; else install -m 644 "$(1)" "$(DESTDIR)$(2)"; fi

endef

install: all
	$(call put,755,$(TO_BIN),$(IN_BIN:%=$(BIN)/%))
	$(call put,755,$(TO_SBIN),$(IN_SBIN:%=$(BIN)/%))
	$(call put,755,$(TO_LIBEXEC),$(IN_LIBEXEC:%=$(BIN)/%))
	$(foreach page,$(IN_MAN),$(call put,644,$(TO_MAN)/man$(subst .,,$(suffix $(page))),$(page)))
	$(if $(IN_DOC),$(call put,644,$(TO_DOC),$(IN_DOC)))
	$(foreach file,$(IN_NGINX),$(call fill,nginx/$(file),$(TO_NGINX)/$(file)))
	$(foreach file,$(IN_JAIL),$(call fill,nginx/fail2ban/$(file),$(TO_JAIL)/$(file)))
	$(foreach unit,$(IN_UNITS),$(call fill,systemd/$(unit),$(TO_UNITS)/$(unit)))
	$(call fill,systemd/nginx-drop-in.conf,$(TO_UNITS)/nginx.service.d/smsspool.conf)
	$(foreach program,$(READ_ONLY),$(call fill,systemd/smsspool-read-only.conf,$(call read_only,$(program))))
	$(call fill,systemd/sysusers.conf,$(TO_LIB)/sysusers.d/smsspool.conf)
	$(call fill,systemd/tmpfiles.conf,$(TO_LIB)/tmpfiles.d/smsspool.conf)
	$(foreach file,$(IN_ETC),$(call keep,$(file),$(TO_ETC)/$(notdir $(file))))
	@install -d "$(DESTDIR)$(TO_CRON)" "$(BUILD)/install"
	@$(FILL) <systemd/cron >"$(BUILD)/install/cron"
	$(call keep,$(BUILD)/install/cron,$(TO_CRON)/smsspool)
	$(if $(DESTDIR),,@PREFIX="$(PREFIX)" sh mk/next-steps.sh)

# The cron entry is removed where it is as it was installed.
uninstall:
	@rm -f $(foreach file,$(INSTALLED),"$(DESTDIR)$(file)")
	@mkdir -p "$(BUILD)/install"
	@$(FILL) <systemd/cron >"$(BUILD)/install/cron"
	@! cmp -s "$(BUILD)/install/cron" "$(DESTDIR)$(TO_CRON)/smsspool" || rm "$(DESTDIR)$(TO_CRON)/smsspool"
	@-rmdir --ignore-fail-on-non-empty $(foreach folder,$(OWN_FOLDERS),"$(DESTDIR)$(folder)") 2>/dev/null
	@echo "left: $(DESTDIR)$(TO_ETC), the spool in /var/lib/smsspool, the users smsspool and smsspool-web."
	@echo "If it was in use: systemctl disable --now smsspool.target, take the site out of nginx"
	@echo "(its files are gone), systemctl daemon-reload, nginx -t && systemctl restart nginx."

INSTALLED = $(IN_BIN:%=$(TO_BIN)/%) $(IN_SBIN:%=$(TO_SBIN)/%) $(IN_LIBEXEC:%=$(TO_LIBEXEC)/%) \
            $(foreach page,$(IN_MAN),$(TO_MAN)/man$(subst .,,$(suffix $(page)))/$(notdir $(page))) \
            $(foreach file,$(IN_DOC),$(TO_DOC)/$(notdir $(file))) $(IN_NGINX:%=$(TO_NGINX)/%) $(IN_JAIL:%=$(TO_JAIL)/%) \
            $(IN_UNITS:%=$(TO_UNITS)/%) \
            $(TO_UNITS)/nginx.service.d/smsspool.conf $(foreach program,$(READ_ONLY),$(call read_only,$(program))) \
            $(TO_LIB)/sysusers.d/smsspool.conf $(TO_LIB)/tmpfiles.d/smsspool.conf

OWN_FOLDERS = $(TO_LIBEXEC) $(TO_NGINX) $(TO_JAIL) $(dir $(TO_NGINX)) $(TO_DOC) $(TO_UNITS)/nginx.service.d \
              $(foreach program,$(READ_ONLY),$(dir $(call read_only,$(program))))

.PHONY: install uninstall
