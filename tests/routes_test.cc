// Which route a message takes.

#define BOOST_TEST_MODULE routes_test
#include "common/routes.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

RouteConfig route(const std::string& name, const std::string& prefixes, const std::string& users,
                  const std::string& labels) {
    RouteConfig config;
    config.name = name;
    config.prefixes = prefixes;
    config.users = users;
    config.labels = labels;
    config.modems = "modem";
    return config;
}

} // namespace

BOOST_AUTO_TEST_SUITE(routes_test)

BOOST_AUTO_TEST_CASE(the_first_whose_conditions_are_met) {
    Config config;
    config.routes = {
        route("otp", "", "", "otp login"),    route("ana-abroad", "+1 +44", "ana", ""),
        route("mexico", "+52", "", ""),       route("eva", "", "eva  max", ""),
        route("mexico-again", "+52", "", ""),
    };
    struct Case {
        const char* name;
        const char* number;
        const char* user;
        const char* label;
        const char* want;
    };
    const std::vector<Case> cases{
        {"a label", "+525512345678", "ana", "otp", "otp"},
        {"its other label", "+525512345678", "ana", "login", "otp"},
        {"part of a label", "+525512345678", "ana", "ot", "mexico"},
        {"a label in other case", "+525512345678", "ana", "OTP", "mexico"},
        {"a prefix and a user", "+15551234567", "ana", "", "ana-abroad"},
        {"its other prefix", "+441234567890", "ana", "", "ana-abroad"},
        {"the prefix with another user", "+441234567890", "max", "", "eva"},
        {"the user with another prefix", "+525512345678", "ana", "", "mexico"},
        {"the first of two", "+525512345678", "eva", "", "mexico"},
        {"a user", "+331234567890", "eva", "", "eva"},
        {"part of a user", "+331234567890", "ev", "", ""},
        {"none", "+331234567890", "ana", "other", ""},
        {"a service number begins with no prefix", "333", "ana", "", ""},
        {"the prefix inside the number", "+995255123456", "ana", "", ""},
        {"nobody", "+331234567890", "", "", ""},
    };
    for (const Case& c : cases)
        BOOST_TEST(route_for(config, c.number, c.user, c.label) == c.want, c.name);
}

BOOST_AUTO_TEST_CASE(a_route_without_conditions_takes_all) {
    Config config;
    BOOST_TEST(route_for(config, "+525512345678", "ana", "") == "");
    config.routes = {route("all", "", "", ""), route("mexico", "+52", "", "")};
    BOOST_TEST(route_for(config, "+525512345678", "ana", "") == "all");
    BOOST_TEST(route_for(config, "333", "", "otp") == "all");
    // Blanks alone are no condition.
    config.routes = {route("all", " \t", " ", "  ")};
    BOOST_TEST(route_for(config, "333", "", "") == "all");
}

BOOST_AUTO_TEST_SUITE_END()
