# For flow tests: a real OpenID server (glewlwyd) on a free port of this machine, with a database of
# its own in $WORK. Source it behind street.bash, then
#
#   openid_start [SECONDS]     starts it; its tokens live that long (30)
#   openid_stop                ends it, as a server that is down; openid_again brings it back
#   openid_log                 its log: a line for each token that it gave, and each refusal
#
# Then $OPENID_ISSUER is its issuer and $OPENID_TOKEN_URL its token endpoint; the files $OPENID_PASSWORD
# and $OPENID_SECRET (mode 0600) hold the password of its user `gateway` and the secret of its client
# `sms-gateway`, which may use both grants. The user has the scope `openid`, the client on its own behalf
# the scope `service`.

OPENID=$WORK/openid
OPENID_PASSWORD=$OPENID/password
OPENID_SECRET=$OPENID/secret
openid_pid=

openid_config() { # PORT
    cat <<END
port=$1
bind_address="127.0.0.1"
external_url="http://127.0.0.1:$1"
api_prefix="api"
log_mode="file"
log_level="INFO"
log_file="$OPENID/log"
cookie_domain="127.0.0.1"
cookie_secure=0
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
database = { type = "sqlite3" path = "$OPENID/glewlwyd.db" };
END
}

openid_api() { # PATH: posts the JSON of standard input
    curl -sS --fail-with-body --max-time 20 -b "$OPENID/cookies" -c "$OPENID/cookies" \
        -H 'Content-Type: application/json' --data-binary @- "$OPENID_URL/api/$1" >>"$OPENID/out"
}

openid_answers() {
    curl -sf --max-time 5 -o /dev/null "$OPENID_URL/config/"
}

openid_up_or_gone() {
    openid_answers || ! kill -0 "$openid_pid" 2>/dev/null
}

openid_again() {
    glewlwyd --config-file="$OPENID/conf" >>"$OPENID/out" 2>&1 &
    openid_pid=$!
    children+=("$openid_pid")
    until_true 30 openid_up_or_gone
    kill -0 "$openid_pid" 2>/dev/null && openid_answers
}

openid_stop() {
    kill -TERM "$openid_pid"
    wait "$openid_pid" 2>/dev/null
}

openid_log() {
    cat "$OPENID/log"
}

openid_start() {
    local attempt port started=no
    mkdir "$OPENID"
    (umask 077 && openssl rand -hex 12 >"$OPENID_PASSWORD" && openssl rand -hex 12 >"$OPENID_SECRET")
    sqlite3 "$OPENID/glewlwyd.db" </usr/share/dbconfig-common/data/glewlwyd/install/sqlite3 >"$OPENID/out"
    for attempt in 1 2 3; do
        : "$attempt"
        port=$(free_port)
        OPENID_URL=http://127.0.0.1:$port
        openid_config "$port" >"$OPENID/conf"
        openid_again && started=yes && break
    done
    if [ $started = no ] || ! openid_furnish "${1:-30}"; then
        echo "FAIL the OpenID server did not become ready"
        cat "$OPENID/out" "$OPENID/log"
        failures=$((failures + 1))
        exit 1
    fi
}

# The administrator's name and password are those of a new database.
openid_furnish() { # SECONDS
    # shellcheck disable=SC2034 # for the tests
    OPENID_ISSUER=$OPENID_URL/api/oidc
    # shellcheck disable=SC2034
    OPENID_TOKEN_URL=$OPENID_ISSUER/token
    openid_api auth/ <<<'{"username": "admin", "password": "password"}' &&
        openid_api scope/ <<<'{"name": "service", "password_required": false}' &&
        openid_api user/ <<END && openid_api client/ <<END2 && openid_api mod/plugin/ <<END3
{"username": "gateway", "enabled": true, "password": "$(cat "$OPENID_PASSWORD")", "scope": ["openid"]}
END
{"client_id": "sms-gateway", "enabled": true, "confidential": true,
 "client_secret": "$(cat "$OPENID_SECRET")", "scope": ["service"],
 "token_endpoint_auth_method": ["client_secret_post", "client_secret_basic"],
 "authorization_type": ["password", "client_credentials", "refresh_token"]}
END2
{"module": "oidc", "name": "oidc", "parameters": {
 "iss": "$OPENID_ISSUER", "jwt-type": "sha", "jwt-key-size": "256", "key": "$(openssl rand -hex 32)",
 "access-token-duration": $1, "refresh-token-duration": 3600, "code-duration": 60,
 "refresh-token-rolling": true, "allow-non-oidc": true, "auth-type-password-enabled": true,
 "auth-type-client-enabled": true, "auth-type-refresh-enabled": true,
 "introspection-revocation-allowed": true, "introspection-revocation-allow-target-client": true}}
END3
}
