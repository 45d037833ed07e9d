// Who is asking, and what that somebody may do: the one place where accounts, tokens and the
// setting `admins` come together.

#ifndef SMSSPOOL_COMMON_RIGHTS_H
#define SMSSPOOL_COMMON_RIGHTS_H

#include "common/accounts.h"
#include "common/settings.h"
#include "common/spool.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace smsspool {

struct Caller {
    std::string user;
    std::string token; // its id; empty: a password, or nobody had to log in
    Scopes scopes;
    // Whose limits count for what is sent: the user's, and those of the token.
    std::vector<Spender> spenders{};

    [[nodiscard]] bool may(Scope scope) const noexcept { return scopes.has(scope); }
};

// Why somebody is not let in: a sentence for the log, without secrets.
struct NotLetIn {
    std::string why;
};

// What `user` may do, who came from `address` with a password (`token_id` empty) or with that
// token. A password allows what the account does; a token what both do. `admins` gives its users
// the scope admin in addition. Not let in: a disabled account; a token that is revoked, has
// expired, belongs to another user, or does not count at that address. Throws what the spool
// throws.
[[nodiscard]] std::variant<Caller, NotLetIn> rights_of(const Config& config, Spool& spool,
                                                       std::string_view user,
                                                       std::string_view token_id,
                                                       std::string_view address, UtcMs now);

// The same for whoever shows `secret`, a bearer token as its owner has it.
[[nodiscard]] std::variant<Caller, NotLetIn> rights_of_bearer(const Config& config, Spool& spool,
                                                              std::string_view secret,
                                                              std::string_view address, UtcMs now);

} // namespace smsspool

#endif
