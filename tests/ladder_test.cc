// The recovery ladder: what follows which failure.

#define BOOST_TEST_MODULE ladder_test
#include "spoold/ladder.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

constexpr Monotonic::time_point start{1h};

Config small_config() {
    Config config;
    config.worker_pause = 1s;
    config.worker_pause_most = 3s;
    config.aside_after = 3;
    config.radio_after = 3;
    config.reset_after = 5;
    config.hook_after = 7;
    config.ladder_again = 10min;
    return config;
}

// Each failure comes a second after the one before it.
std::vector<std::string> climb(Ladder& ladder, Obstacle obstacle, std::size_t count,
                               Monotonic::time_point from = start) {
    std::vector<std::string> seen;
    for (std::size_t i = 0; i < count; ++i) {
        const auto next = ladder.failed(obstacle, Doing::other, from + i * 1s);
        seen.push_back(std::string(name_of(next.rung)) + " " + std::to_string(next.pause.count()) +
                       (ladder.aside() ? " aside" : ""));
    }
    return seen;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ladder_test)

BOOST_AUTO_TEST_CASE(what_follows_which_failure) {
    using Words = std::vector<std::string>;
    const std::string again = "another worker ";
    struct Case {
        const char* name;
        Obstacle obstacle;
        Ladder::Hook hook;
        std::int64_t radio_after, reset_after, hook_after;
        Words wanted;
    };
    const std::vector<Case> cases{
        {"all rungs, one a failure", Obstacle::link, Ladder::Hook::present, 3, 5, 7,
         Words{again + "0", again + "1000", "radio off and on 0 aside", again + "3000 aside",
               "reset of the modem 0 aside", again + "3000 aside", "recovery_hook 0 aside",
               again + "3000 aside", again + "3000 aside"}},
        {"no hook is set", Obstacle::link, Ladder::Hook::none, 3, 5, 7,
         Words{again + "0", again + "1000", "radio off and on 0 aside", again + "3000 aside",
               "reset of the modem 0 aside", again + "3000 aside", again + "3000 aside"}},
        {"no port: only the hook", Obstacle::port, Ladder::Hook::present, 1, 1, 4,
         Words{again + "0", again + "1000", again + "2000 aside", "recovery_hook 0 aside",
               again + "3000 aside"}},
        {"0 is never", Obstacle::link, Ladder::Hook::present, 0, 0, 0,
         Words{again + "0", again + "1000", again + "2000 aside", again + "3000 aside"}},
        {"due together: the gentle one first", Obstacle::link, Ladder::Hook::present, 2, 2, 2,
         Words{again + "0", "radio off and on 0", "reset of the modem 0 aside",
               "recovery_hook 0 aside", again + "3000 aside"}},
        {"a PIN or a file: nothing is done to the modem", Obstacle::settings, Ladder::Hook::present,
         1, 1, 1, Words{again + "3000", again + "3000", again + "3000 aside"}},
        {"a SIM is missing: slowly", Obstacle::sim, Ladder::Hook::none, 2, 0, 0,
         Words{again + "3000", "radio off and on 3000", again + "3000 aside"}},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Config config = small_config();
            config.radio_after = c.radio_after;
            config.reset_after = c.reset_after;
            config.hook_after = c.hook_after;
            Ladder ladder(config, c.hook);
            BOOST_TEST(climb(ladder, c.obstacle, c.wanted.size()) == c.wanted,
                       boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_rungs_come_again) {
    const Config config = small_config();
    Ladder ladder(config, Ladder::Hook::none);
    (void)climb(ladder, Obstacle::link, 9); // radio at 2 s, reset at 4 s
    const auto at = [&](Monotonic::time_point when) {
        return name_of(ladder.failed(Obstacle::link, Doing::other, when).rung);
    };
    BOOST_TEST(at(start + 2s + 10min - 1ms) == "another worker");
    BOOST_TEST(at(start + 2s + 10min) == "radio off and on");
    BOOST_TEST(at(start + 3s + 10min) == "another worker");
    BOOST_TEST(at(start + 4s + 10min) == "reset of the modem");
    BOOST_TEST(at(start + 5s + 10min) == "another worker");
}

BOOST_AUTO_TEST_CASE(what_has_no_radio_is_only_opened_again) {
    const Config config = small_config();
    Ladder ladder(config, Ladder::Hook::none, Ladder::Radio::none);
    for (const std::string& step : climb(ladder, Obstacle::link, 9))
        BOOST_TEST(step.starts_with("another worker "), step);
}

// A rung that could not be taken for want of a port is taken when there is one.
BOOST_AUTO_TEST_CASE(a_port_that_comes_back) {
    const Config config = small_config();
    Ladder ladder(config, Ladder::Hook::none);
    (void)climb(ladder, Obstacle::port, 20);
    BOOST_TEST(name_of(ladder.failed(Obstacle::link, Doing::other, start + 30s).rung) ==
               "radio off and on");
}

BOOST_AUTO_TEST_CASE(what_ends_a_row) {
    struct Event {
        enum class What { fails, works } what;
        Doing doing;
        std::chrono::seconds after; // the event before
    };
    using What = Event::What;
    struct Case {
        const char* name;
        std::vector<Event> events;
        std::int64_t failures;
    };
    const std::vector<Case> cases{
        {"it works", {{What::fails, Doing::other, 0s}, {What::works, Doing::other, 1s}}, 0},
        {"sending ends it, too",
         {{What::fails, Doing::other, 0s}, {What::works, Doing::sending, 1s}},
         0},
        {"sending failed: an answer is not enough",
         {{What::fails, Doing::sending, 0s}, {What::works, Doing::other, 1s}},
         1},
        {"so the row goes on",
         {{What::fails, Doing::sending, 0s},
          {What::works, Doing::other, 1s},
          {What::fails, Doing::sending, 1s}},
         2},
        {"until it sends",
         {{What::fails, Doing::sending, 0s},
          {What::fails, Doing::other, 1s},
          {What::works, Doing::sending, 1s}},
         0},
        {"or nothing failed for long",
         {{What::fails, Doing::sending, 0s},
          {What::works, Doing::other, 1s},
          {What::fails, Doing::sending, 600s}},
         1},
        {"silence alone is no such time",
         {{What::fails, Doing::sending, 0s}, {What::fails, Doing::sending, 600s}},
         2},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Config config = small_config();
            Ladder ladder(config, Ladder::Hook::none);
            auto now = start;
            for (const Event& event : c.events) {
                now += event.after;
                if (event.what == What::works)
                    ladder.worked(event.doing);
                else
                    (void)ladder.failed(Obstacle::link, event.doing, now);
            }
            BOOST_TEST(ladder.failures() == c.failures);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_new_row_begins_below) {
    const Config config = small_config();
    Ladder ladder(config, Ladder::Hook::present);
    const auto first = climb(ladder, Obstacle::link, 9);
    ladder.worked(Doing::other);
    BOOST_TEST(!ladder.aside());
    BOOST_TEST(climb(ladder, Obstacle::link, 9, start + 20s) == first,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(doubling) {
    struct Case {
        Ms first, most;
        std::int64_t times;
        Ms wanted;
    };
    for (const Case& c :
         {Case{1s, 60s, 0, 1s}, Case{1s, 60s, 3, 8s}, Case{5s, 60s, 4, 60s},
          Case{1s, 60s, 1'000'000'000'000, 60s}, Case{0s, 3s, 2, 2ms}, Case{9s, 3s, 0, 3s}})
        BOOST_TEST(doubled(c.first, c.most, c.times).count() == c.wanted.count());
}

BOOST_AUTO_TEST_SUITE_END()
