// The spool: users and tokens.

#define BOOST_TEST_MODULE spool_accounts_test
#include "tests/support/fresh_spool.h"

#include "common/error.h"

#include <boost/test/unit_test.hpp>

using namespace smsspool;

namespace {

Token token_of(const std::string& user, const std::string& name) {
    Token token;
    token.id = "id-" + name;
    token.user = user;
    token.hash = "hash-" + name;
    token.note = "for " + name;
    token.limits = {5, "+52", "08:00-20:00"};
    token.networks = "192.0.2.0/24";
    token.expires = start_time + 1000;
    token.created = start_time;
    return token;
}

} // namespace

BOOST_AUTO_TEST_SUITE(spool_accounts_test)

BOOST_AUTO_TEST_CASE(accounts) {
    FreshSpool fresh;
    Spool& spool = fresh.spool;
    BOOST_TEST(spool.accounts().empty());
    BOOST_TEST(!spool.account("shop").has_value());
    spool.put_account(
        {"shop", true, {Scope::send, Scope::admin}, {100, "+52 +1", "22:00-06:00"}, start_time});
    spool.put_account({"alarm", true, {Scope::send}, {}, start_time + 1});
    // Changed: the time of its creation stays.
    spool.put_account({"alarm", false, {Scope::status}, {7, "", ""}, start_time + 99});

    const auto all = fresh.open(Access::read).accounts();
    BOOST_TEST_REQUIRE(all.size() == 2u);
    BOOST_TEST(all[0].name == "alarm");
    BOOST_TEST(!all[0].enabled);
    BOOST_TEST(all[0].scopes.text() == "status");
    BOOST_TEST(all[0].limits.parts_per_day == 7);
    BOOST_TEST(all[0].created == start_time + 1);
    const auto shop = spool.account("shop");
    BOOST_TEST_REQUIRE(shop.has_value());
    BOOST_TEST(shop->enabled);
    BOOST_TEST(shop->scopes.text() == "send admin");
    BOOST_TEST((shop->limits == SendLimits{100, "+52 +1", "22:00-06:00"}));
    // Names are compared as bytes.
    BOOST_TEST(!spool.account("Shop").has_value());
}

BOOST_AUTO_TEST_CASE(tokens) {
    FreshSpool fresh;
    Spool& spool = fresh.spool;
    spool.add_token(token_of("shop", "a"));
    spool.add_token(token_of("shop", "b"));
    spool.add_token(token_of("alarm", "c"));
    spool.add_token(token_of("shop", "a")); // again: nothing new
    Token thief = token_of("alarm", "d");
    thief.hash = "hash-a";
    BOOST_CHECK_THROW(spool.add_token(thief), Error);

    BOOST_TEST(spool.tokens("").size() == 3u);
    BOOST_TEST(spool.tokens("shop").size() == 2u);
    BOOST_TEST(spool.tokens("nobody").empty());
    const auto found = spool.token_with_hash("hash-b");
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST(found->id == "id-b");
    BOOST_TEST(found->user == "shop");
    BOOST_TEST(found->note == "for b");
    BOOST_TEST(found->scopes.text() == "send status");
    BOOST_TEST((found->limits == SendLimits{5, "+52", "08:00-20:00"}));
    BOOST_TEST(found->networks == "192.0.2.0/24");
    BOOST_TEST(found->expires.value() == start_time + 1000);
    BOOST_TEST(!found->used.has_value());
    BOOST_TEST(spool.token("id-c")->user == "alarm");
    BOOST_TEST(!spool.token("hash-c").has_value());
    BOOST_TEST(!spool.token_with_hash("").has_value());
}

BOOST_AUTO_TEST_CASE(use_is_noted_by_the_minute) {
    FreshSpool fresh;
    fresh.spool.add_token(token_of("shop", "a"));
    const UtcMs minute = start_time - start_time % 60000;
    fresh.spool.note_token_use("id-a", minute + 59999);
    BOOST_TEST(fresh.spool.token("id-a")->used.value() == minute);
    fresh.spool.note_token_use("id-a", minute + 60001);
    BOOST_TEST(fresh.spool.token("id-a")->used.value() == minute + 60000);
    // A clock that was set back tells nothing new.
    fresh.spool.note_token_use("id-a", minute);
    BOOST_TEST(fresh.spool.token("id-a")->used.value() == minute + 60000);
}

BOOST_AUTO_TEST_CASE(removing) {
    FreshSpool fresh;
    Spool& spool = fresh.spool;
    spool.put_account({"shop", true, {Scope::send}, {}, start_time});
    spool.add_token(token_of("shop", "a"));
    spool.add_token(token_of("shop", "b"));
    spool.add_token(token_of("alarm", "c"));
    BOOST_TEST(spool.remove_token("id-a"));
    BOOST_TEST(!spool.remove_token("id-a"));
    BOOST_TEST(spool.remove_account("shop"));
    BOOST_TEST(!spool.remove_account("shop"));
    BOOST_TEST(!spool.account("shop").has_value());
    BOOST_TEST(spool.tokens("shop").empty());
    BOOST_TEST(spool.tokens("alarm").size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
