// Which routes a modem serves, and the turns of the priorities.

#define BOOST_TEST_MODULE routing_test
#include "spoold/routing.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

Config two_routes() {
    Config config;
    RouteConfig abroad;
    abroad.name = "abroad";
    abroad.modems = "a b";
    abroad.fallback = "c";
    RouteConfig bank;
    bank.name = "bank";
    bank.modems = "c";
    bank.fallback = "a d";
    config.routes = {abroad, bank};
    return config;
}

std::string joined(const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& word : words)
        all += "/" + word;
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(routing_test)

BOOST_AUTO_TEST_CASE(who_serves_what) {
    struct Case {
        const char* name;
        std::string modem;
        std::set<std::string> unable;
        std::string wanted;
    };
    const std::vector<Case> cases{
        {"its own", "a", {}, "//abroad"},
        {"its own, of another route", "c", {}, "//bank"},
        {"in none: what has no route", "d", {}, "/"},
        {"in no route at all", "z", {}, "/"},
        {"one of two can send: no fallback", "c", {"a"}, "//bank"},
        {"none of two can send: fallback", "c", {"a", "b"}, "//abroad/bank"},
        {"the only one cannot: both that stand in", "d", {"c"}, "//bank"},
        {"beside its own", "a", {"c"}, "//abroad/bank"},
        {"one that cannot send keeps its own", "a", {"a", "b"}, "//abroad"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name)
        BOOST_TEST(joined(routes_of(two_routes(), c.modem, c.unable)) == c.wanted);
    }
    BOOST_TEST(joined(routes_of(Config{}, "a", {})) == "/");
    BOOST_TEST(joined(route_names(two_routes())) == "/abroad/bank");
}

BOOST_AUTO_TEST_CASE(turns_of_the_priorities) {
    struct Case {
        std::int64_t share;
        std::string firsts; // of the first claims: h, n or l
    };
    const std::vector<Case> cases{
        {0, "hhhhhhhhhhhh"}, {1, "nlnlnlnlnlnl"},          {2, "nlnlnlnlnlnl"},
        {3, "nhlnhlnhlnhl"}, {10, "hhhhnhhhhlhhhhnhhhhl"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT("share " << c.share) {
            std::string firsts;
            for (std::size_t i = 0; i < c.firsts.size(); ++i) {
                auto order = order_of(static_cast<std::int64_t>(i), c.share);
                firsts += "hnl"[static_cast<std::size_t>(order[0])];
                std::sort(order.begin(), order.end());
                BOOST_TEST((order == std::array{Priority::high, Priority::normal, Priority::low}));
            }
            BOOST_TEST(firsts == c.firsts);
        }
    }
}

BOOST_AUTO_TEST_CASE(months) {
    BOOST_TEST(month_of(0) == "1970-01");
    BOOST_TEST(month_of(1'764'547'199'999) == "2025-11");
    BOOST_TEST(month_of(1'764'547'200'000) == "2025-12");
}

BOOST_AUTO_TEST_SUITE_END()
