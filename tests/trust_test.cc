// When a modem that keeps refusing is set aside, and when it is tried.

#define BOOST_TEST_MODULE trust_test
#include "spoold/trust.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

constexpr Monotonic::time_point start{1h};

Config small_config() {
    Config config;
    config.aside_after = 3;
    config.probe_first = 1s;
    config.probe_most = 8s;
    return config;
}

} // namespace

BOOST_AUTO_TEST_SUITE(trust_test)

BOOST_AUTO_TEST_CASE(what_ends_the_trust) {
    struct Case {
        const char* name;
        std::string outcomes; // a letter is the job that was refused, '+' one that was accepted
        std::vector<std::int64_t> pauses;
    };
    const std::vector<Case> cases{
        {"a new one is trusted", "", {}},
        {"two different ones", "ab", {0, 0}},
        {"three different ones", "abc", {0, 0, 1000}},
        {"one job again and again", "aaaaaa", {0, 0, 0, 0, 0, 0}},
        {"two jobs by turns", "abababab", {0, 0, 0, 0, 0, 0, 0, 0}},
        {"an accepted one between them", "ab+ab+ab", {0, 0, 0, 0, 0, 0, 0, 0}},
        {"each probe doubles the pause, whose it is",
         "abcdddad",
         {0, 0, 1000, 2000, 4000, 8000, 8000, 8000}},
        {"one that is accepted ends it", "abcd+a", {0, 0, 1000, 2000, 0, 0}},
        {"then it takes three again", "abc+abc", {0, 0, 1000, 0, 0, 0, 1000}},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Config config = small_config();
            Trust trust(config);
            std::vector<std::int64_t> pauses;
            auto now = start;
            for (const char outcome : c.outcomes) {
                now += 10s;
                const bool before = trust.suspected();
                const bool turned =
                    outcome == '+' ? trust.accepted() : trust.refused(std::string(1, outcome), now);
                BOOST_TEST(turned == (before != trust.suspected()));
                pauses.push_back(trust.pause().count());
                if (trust.suspected())
                    BOOST_TEST((trust.probe_at() == now + trust.pause()));
                else
                    BOOST_TEST((trust.probe_at() <= start));
            }
            BOOST_TEST(pauses == c.pauses, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
