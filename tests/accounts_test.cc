// Scopes, networks and hours: what their texts mean.

#define BOOST_TEST_MODULE accounts_test
#include "common/accounts.h"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace smsspool;

BOOST_AUTO_TEST_SUITE(accounts_test)

// These words are in the spools of users: a failure here is never mended by changing the test.
BOOST_AUTO_TEST_CASE(stored_words) {
    struct Case {
        Scope scope;
        const char* word;
    };
    const std::vector<Case> cases{{Scope::send, "send"},
                                  {Scope::status, "status"},
                                  {Scope::inbox, "inbox"},
                                  {Scope::alerts, "alerts"},
                                  {Scope::admin, "admin"}};
    BOOST_TEST(cases.size() == static_cast<std::size_t>(Scope::count));
    for (const Case& c : cases)
        BOOST_TEST(name_of(c.scope) == c.word);
}

BOOST_AUTO_TEST_CASE(scopes) {
    const auto some = Scopes::parse(" inbox  send ");
    BOOST_TEST_REQUIRE(some.has_value());
    BOOST_TEST(some->text() == "send inbox");
    BOOST_TEST(some->has(Scope::inbox));
    BOOST_TEST(!some->has(Scope::admin));
    BOOST_TEST((*some & Scopes{Scope::inbox, Scope::admin}).text() == "inbox");
    BOOST_TEST(Scopes::parse("")->empty());
    BOOST_TEST(!Scopes::parse("send everything").has_value());
    BOOST_TEST(!Scopes::parse("Send").has_value());
}

BOOST_AUTO_TEST_CASE(networks) {
    struct Case {
        const char* networks;
        const char* address;
        bool want;
    };
    const std::vector<Case> cases{
        {"", "192.0.2.1", true},
        {"", "", true},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.0/24", "192.0.2.255", true},
        {"192.0.2.0/24", "192.0.3.0", false},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.128/25", "192.0.2.129", true},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"0.0.0.0/0", "", false},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {"192.0.2.0/24", "::ffff:192.0.2.7", true},
        {"10.0.0.0/8 192.0.2.0/24", "192.0.2.7", true},
        {"nonsense", "192.0.2.7", false},
        {"192.0.2.0/24", "192.0.2.7x", false},
    };
    for (const Case& c : cases)
        BOOST_TEST(in_networks(c.networks, c.address) == c.want,
                   c.networks << " has " << c.address);
}

BOOST_AUTO_TEST_CASE(bad_networks) {
    struct Case {
        const char* networks;
        const char* want;
    };
    const std::vector<Case> cases{
        {"", ""},
        {"192.0.2.0/24 2001:db8::/32", ""},
        {"192.0.2.0/33", "192.0.2.0/33"},
        {"2001:db8::/129", "2001:db8::/129"},
        {"192.0.2.0/", "192.0.2.0/"},
        {"192.0.2.0/-1", "192.0.2.0/-1"},
        {"192.0.2.0/24 host.example", "host.example"},
    };
    for (const Case& c : cases)
        BOOST_TEST(bad_network(c.networks) == c.want, c.networks);
}

BOOST_AUTO_TEST_CASE(hours) {
    struct Case {
        const char* text;
        int minute;
        int want; // -1: no hours
    };
    const std::vector<Case> cases{
        {"08:00-20:00", 8 * 60, 0},
        {"08:00-20:00", 8 * 60 - 1, 1},
        {"08:00-20:00", 20 * 60 - 1, 0},
        {"08:00-20:00", 20 * 60, 12 * 60},
        {"22:00-06:00", 23 * 60, 0},
        {"22:00-06:00", 0, 0},
        {"22:00-06:00", 6 * 60, 16 * 60},
        {"00:00-24:00", 24 * 60 - 1, 0},
        {"08:00", 0, -1},
        {"8:00-20:00", 0, -1},
        {"08:00-08:00", 0, -1},
        {"24:00-08:00", 0, -1},
        {"08:60-20:00", 0, -1},
        {"08:00-25:00", 0, -1},
        {"-1:00-20:00", 0, -1},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.text << " at " << c.minute) {
            const auto found = hours_in(c.text);
            BOOST_TEST((found ? minutes_until(*found, c.minute) : -1) == c.want);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
