// Tokens of logins.

#include "common/login_tokens.h"

#include "common/ids.h"
#include "common/password.h"

#include <algorithm>

namespace smsspool {

namespace {

std::vector<Token> logins_of(Spool& spool, std::string_view user) {
    std::vector<Token> tokens = spool.tokens(user);
    std::erase_if(tokens, [](const Token& token) { return token.note != login_note; });
    return tokens;
}

// Of several logins at the same time each finds the same tokens to be the newest.
void end_old(Spool& spool, std::string_view user, std::int64_t most, UtcMs now) {
    std::vector<Token> tokens = logins_of(spool, user);
    std::sort(tokens.begin(), tokens.end(),
              [](const Token& one, const Token& other) { return one.id > other.id; });
    std::int64_t kept = 0;
    for (const Token& token : tokens) {
        const bool expired = token.expires && *token.expires <= now;
        if (expired || ++kept > most)
            (void)spool.remove_token(token.id);
    }
}

} // namespace

LoginToken log_in(const Config& config, Spool& spool, const Caller& caller, UtcMs now) {
    LoginToken login{new_token_secret(), {}};
    Token& token = login.token;
    token.id = new_id();
    token.user = caller.user;
    token.hash = sha256_hex(login.secret);
    token.note = login_note;
    token.scopes = caller.scopes & Scopes{Scope::send, Scope::status};
    token.expires = now + config.login_token_for.count();
    token.created = now;
    spool.add_token(token);
    end_old(spool, caller.user, config.login_tokens_most, now);
    return login;
}

void end_logins(Spool& spool, std::string_view user) {
    for (const Token& token : logins_of(spool, user))
        (void)spool.remove_token(token.id);
}

} // namespace smsspool
