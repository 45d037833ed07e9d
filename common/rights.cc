// Who is asking, and what that somebody may do.

#include "common/rights.h"

#include "common/ids.h"

#include <algorithm>

namespace smsspool {

namespace {

using Rights = std::variant<Caller, NotLetIn>;

Rights rights_of_account(const Config& config, Spool& spool, std::string_view user) {
    Account account;
    account.name = user;
    if (const auto stored = spool.account(user))
        account = *stored;
    if (!account.enabled)
        return NotLetIn{"the account is disabled"};
    Caller caller{
        std::string(user), {}, account.scopes, {{"user:" + account.name, account.limits}}};
    const auto admins = words_in(config.admins);
    if (std::find(admins.begin(), admins.end(), user) != admins.end())
        caller.scopes.add(Scope::admin);
    return caller;
}

Rights rights_of_token(const Config& config, Spool& spool, const Token& token,
                       std::string_view address, UtcMs now) {
    if (token.expires && *token.expires <= now)
        return NotLetIn{"token " + token.id + " has expired"};
    if (!in_networks(token.networks, address))
        return NotLetIn{"token " + token.id + " does not count at this address"};
    Rights rights = rights_of_account(config, spool, token.user);
    if (auto* caller = std::get_if<Caller>(&rights)) {
        caller->token = token.id;
        caller->scopes = caller->scopes & token.scopes;
        caller->spenders.push_back({"token:" + token.id, token.limits});
    }
    return rights;
}

} // namespace

std::variant<Caller, NotLetIn> rights_of(const Config& config, Spool& spool, std::string_view user,
                                         std::string_view token_id, std::string_view address,
                                         UtcMs now) {
    if (token_id.empty())
        return rights_of_account(config, spool, user);
    const auto token = spool.token(token_id);
    if (!token || token->user != user)
        return NotLetIn{"there is no such token"};
    return rights_of_token(config, spool, *token, address, now);
}

std::variant<Caller, NotLetIn> rights_of_bearer(const Config& config, Spool& spool,
                                                std::string_view secret, std::string_view address,
                                                UtcMs now) {
    // Nobody learns from the time that this takes: what is compared is a hash of what was guessed.
    const auto token = spool.token_with_hash(sha256_hex(secret));
    if (!token)
        return NotLetIn{"there is no such token"};
    return rights_of_token(config, spool, *token, address, now);
}

} // namespace smsspool
