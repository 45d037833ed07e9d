// Who is let in, and with which scopes: accounts, tokens, the setting admins.

#define BOOST_TEST_MODULE rights_test
#include "common/rights.h"

#include "common/ids.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>

using namespace smsspool;

namespace {

struct Fixture : FreshSpool {
    Fixture() {
        config.admins = "boss gone";
        spool.put_account({"shop", true, {Scope::send, Scope::status}, {}, start_time});
        spool.put_account({"chief", true, {Scope::send, Scope::admin}, {}, start_time});
        spool.put_account({"gone", false, {Scope::send}, {}, start_time});
        add("plain", "shop");
        Token limited = token("limited", "chief");
        limited.scopes = {Scope::status, Scope::admin};
        limited.networks = "192.0.2.0/24";
        limited.expires = start_time + 1000;
        spool.add_token(limited);
        add("of-gone", "gone");
        add("of-none", "unknown");
    }

    static Token token(const std::string& id, const std::string& user) {
        Token token;
        token.id = id;
        token.user = user;
        token.hash = sha256_hex("secret of " + id);
        token.created = start_time;
        return token;
    }
    void add(const std::string& id, const std::string& user) { spool.add_token(token(id, user)); }
};

// The scopes, or why not.
std::string shown(const std::variant<Caller, NotLetIn>& rights) {
    if (const auto* caller = std::get_if<Caller>(&rights))
        return caller->user + ": " + caller->scopes.text();
    return "not let in: " + std::get<NotLetIn>(rights).why;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rights_test)

BOOST_FIXTURE_TEST_CASE(who_may_do_what, Fixture) {
    struct Case {
        const char* name;
        const char* user;
        const char* token;
        const char* address;
        UtcMs now;
        const char* want;
    };
    constexpr const char* home = "192.0.2.7";
    const std::vector<Case> cases{
        {"no account", "ana", "", home, start_time, "ana: send status inbox alerts"},
        {"an account", "shop", "", home, start_time, "shop: send status"},
        {"an administrator", "chief", "", home, start_time, "chief: send admin"},
        {"by the setting", "boss", "", home, start_time, "boss: send status inbox alerts admin"},
        {"disabled, whatever the setting says", "gone", "", home, start_time,
         "not let in: the account is disabled"},
        {"a token", "shop", "plain", home, start_time, "shop: send status"},
        {"what both allow", "chief", "limited", home, start_time + 999, "chief: admin"},
        {"expired", "chief", "limited", home, start_time + 1000,
         "not let in: token limited has expired"},
        {"elsewhere", "chief", "limited", "198.51.100.1", start_time,
         "not let in: token limited does not count at this address"},
        {"no address at all", "chief", "limited", "", start_time,
         "not let in: token limited does not count at this address"},
        {"of another user", "chief", "plain", home, start_time,
         "not let in: there is no such token"},
        {"revoked", "shop", "revoked", home, start_time, "not let in: there is no such token"},
        {"of a disabled account", "gone", "of-gone", home, start_time,
         "not let in: the account is disabled"},
        {"of a user without an account", "unknown", "of-none", home, start_time,
         "unknown: send status"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            BOOST_TEST(shown(rights_of(config, spool, c.user, c.token, c.address, c.now)) ==
                       c.want);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(bearers, Fixture) {
    const auto rights = rights_of_bearer(config, spool, "secret of plain", "192.0.2.7", start_time);
    BOOST_TEST(shown(rights) == "shop: send status");
    BOOST_TEST(std::get<Caller>(rights).token == "plain");
    for (const char* wrong : {"", "plain", "secret of plain ", "Secret of plain"})
        BOOST_TEST(shown(rights_of_bearer(config, spool, wrong, "192.0.2.7", start_time)) ==
                   "not let in: there is no such token");
    // Its hash, as a copy of the spool shows it, opens nothing.
    BOOST_TEST(shown(rights_of_bearer(config, spool, sha256_hex("secret of plain"), "192.0.2.7",
                                      start_time)) == "not let in: there is no such token");
}

BOOST_AUTO_TEST_SUITE_END()
