// Tokens that somebody got for name and password (POST /api/auth/login), as others get a session:
// each login makes one, so they end by themselves, and by the number of those after them.
//
// They are tokens as any other (common/accounts.h), told apart by their note.

#ifndef SMSSPOOL_COMMON_LOGIN_TOKENS_H
#define SMSSPOOL_COMMON_LOGIN_TOKENS_H

#include "common/rights.h"

#include <string>
#include <string_view>

namespace smsspool {

inline constexpr std::string_view login_note = "POST /api/auth/login";

struct LoginToken {
    std::string secret; // what the client shows from now on; it is nowhere else
    Token token;
};

// Makes one for `caller`, who has just logged in with a password: it may send and look at messages,
// as far as the caller may, for `login_token_for`. Of the user's such tokens those that have
// expired go, and the oldest beyond `login_tokens_most`. Throws what the spool throws; a token may
// then be there that nobody knows, and goes as the others do.
[[nodiscard]] LoginToken log_in(const Config& config, Spool& spool, const Caller& caller,
                                UtcMs now);

// Ends all logins of `user`: their tokens count no more. Throws what the spool throws.
void end_logins(Spool& spool, std::string_view user);

} // namespace smsspool

#endif
