// Tokens of logins: what they may do, for how long, and how many a user has.

#define BOOST_TEST_MODULE login_tokens_test
#include <boost/test/unit_test.hpp>

#include "common/ids.h"
#include "common/login_tokens.h"
#include "support/handler.h"

using namespace smsspool;

namespace {

constexpr UtcMs hour = 3600 * 1000;

struct LoginFixture {
    LoginFixture() : config(test_config(folder)) {
        Spool::migrate(config, test_time);
        config.login_tokens_most = 3;
    }

    Spool& spool() { return spool_ ? *spool_ : spool_.emplace(config, Access::write); }

    LoginToken login(const std::string& user = "ana", UtcMs now = test_time,
                     Scopes scopes = {Scope::send, Scope::status, Scope::inbox, Scope::admin}) {
        return log_in(config, spool(), {user, "", scopes}, now);
    }
    std::vector<std::string> ids(const std::string& user = "ana") {
        std::vector<std::string> all;
        for (const Token& token : spool().tokens(user))
            all.push_back(token.id);
        std::sort(all.begin(), all.end());
        return all;
    }
    bool counts(const LoginToken& login, UtcMs now = test_time) {
        return std::holds_alternative<Caller>(
            rights_of_bearer(config, spool(), login.secret, "192.0.2.1", now));
    }
    void add_other(const std::string& id, const std::string& note) {
        Token token;
        token.id = id;
        token.user = "ana";
        token.hash = sha256_hex(id);
        token.note = note;
        spool().add_token(token);
    }

    TestFolder folder;
    Config config;
    std::optional<Spool> spool_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(login_tokens_test, LoginFixture)

BOOST_AUTO_TEST_CASE(what_it_is) {
    const LoginToken made = login();
    const auto stored = spool().token(made.token.id);
    BOOST_REQUIRE(stored);
    BOOST_TEST(stored->user == "ana");
    BOOST_TEST(stored->hash == sha256_hex(made.secret));
    BOOST_TEST(stored->note == login_note);
    BOOST_TEST(stored->scopes.text() == "send status");
    BOOST_TEST(stored->expires.value() == test_time + 24 * hour);
    BOOST_TEST(stored->created == test_time);
    BOOST_TEST(login().secret != made.secret);
}

BOOST_AUTO_TEST_CASE(never_more_than_the_user) {
    BOOST_TEST(login("ana", test_time, {Scope::status, Scope::inbox}).token.scopes.text() ==
               "status");
    BOOST_TEST(login("ana", test_time, {Scope::send}).token.scopes.text() == "send");
}

BOOST_AUTO_TEST_CASE(it_ends_by_itself) {
    config.login_token_for = std::chrono::hours(1);
    const LoginToken made = login();
    BOOST_TEST(counts(made));
    BOOST_TEST(counts(made, test_time + hour - 1));
    BOOST_TEST(!counts(made, test_time + hour));
}

BOOST_AUTO_TEST_CASE(the_oldest_goes) {
    std::vector<LoginToken> made;
    for (UtcMs i = 0; i < 5; ++i)
        made.push_back(login("ana", test_time + i));
    BOOST_TEST(!counts(made[0]));
    BOOST_TEST(!counts(made[1]));
    for (std::size_t i = 2; i < 5; ++i)
        BOOST_TEST(counts(made[i]));
    BOOST_TEST(ids().size() == 3U);
    config.login_tokens_most = 1;
    const LoginToken last = login();
    BOOST_TEST(ids() == std::vector{last.token.id}, boost::test_tools::per_element());
}

// Expired ones make room, and are gone; those of others, and those that smsctl made, stay.
BOOST_AUTO_TEST_CASE(what_goes_and_what_stays) {
    add_other("by hand", "");
    add_other("another note", "post /api/auth/login");
    const LoginToken of_ben = login("ben");
    const LoginToken early = login("ana", test_time - 24 * hour);
    const LoginToken late = login("ana", test_time - 24 * hour + 1);
    const LoginToken now = login();
    const std::vector<std::string> want{late.token.id, now.token.id, "another note", "by hand"};
    BOOST_TEST(ids() == want, boost::test_tools::per_element());
    BOOST_TEST(!counts(early));
    for (int i = 0; i < 5; ++i)
        (void)login();
    BOOST_TEST(ids().size() == 5U);
    BOOST_TEST(counts(of_ben));
}

BOOST_AUTO_TEST_CASE(all_of_them_end) {
    add_other("by hand", "");
    const LoginToken of_ben = login("ben");
    const LoginToken one = login(), other = login();
    end_logins(spool(), "ana");
    BOOST_TEST(!counts(one));
    BOOST_TEST(!counts(other));
    BOOST_TEST(counts(of_ben));
    BOOST_TEST(ids().size() == 1U);
    end_logins(spool(), "ana");
    end_logins(spool(), "nobody");
}

BOOST_AUTO_TEST_SUITE_END()
