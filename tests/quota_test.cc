// How many parts may leave in any minute, hour and day.

#define BOOST_TEST_MODULE quota_test
#include "spoold/quota.h"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

constexpr UtcMs second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
constexpr UtcMs start = 1'700'000'040'000; // a whole minute

ModemConfig limits(std::int64_t a_minute, std::int64_t an_hour, std::int64_t a_day) {
    ModemConfig modem;
    modem.per_minute = a_minute;
    modem.per_hour = an_hour;
    modem.per_day = a_day;
    return modem;
}

} // namespace

BOOST_AUTO_TEST_SUITE(quota_test)

BOOST_AUTO_TEST_CASE(what_is_reached) {
    struct Case {
        const char* name;
        ModemConfig modem;
        std::vector<Usage> before;
        std::vector<UtcMs> sent; // since start
        UtcMs now;               // since start
        std::string unit;        // "": nothing is reached
        UtcMs until;             // since start
    };
    const std::vector<Case> cases{
        {"no limit", limits(0, 0, 0), {{start - minute, 100000}}, {0, 0, 0}, 0, "", 0},
        {"below", limits(3, 0, 0), {}, {0, 0}, 0, "", 0},
        {"a minute", limits(3, 0, 0), {}, {0, 500, 20000}, 20000, "minute", second + minute},
        {"until the first leaves the window",
         limits(3, 0, 0),
         {},
         {0, 500, 20000},
         second + minute - 1,
         "minute",
         second + minute},
        {"not longer", limits(3, 0, 0), {}, {0, 500, 20000}, second + minute, "", 0},
        {"the second one, too, must leave",
         limits(1, 0, 0),
         {},
         {0, 30000},
         30000,
         "minute",
         31000 + minute},
        {"an hour", limits(0, 2, 0), {}, {0, hour / 2}, hour / 2, "hour", second + hour},
        {"a day", limits(0, 0, 2), {}, {0, hour}, 2 * hour, "day", second + day},
        {"the one that lasts longest", limits(1, 1, 1), {}, {0}, 0, "day", second + day},
        {"of an earlier run, from the end of its minute",
         limits(2, 0, 0),
         {{start - minute, 2}},
         {},
         0,
         "minute",
         minute},
        {"of this minute, from now", limits(2, 0, 0), {{start, 2}}, {}, 0, "minute", minute},
        {"of an earlier run, over", limits(2, 0, 0), {{start - minute, 2}}, {}, minute, "", 0},
        {"of an earlier run and of this one",
         limits(0, 3, 0),
         {{start - 2 * minute, 2}},
         {10000},
         10000,
         "hour",
         hour - minute},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Quota quota(c.modem, c.before, start);
            for (const UtcMs at : c.sent)
                quota.add(start + at);
            const auto limit = quota.reached(start + c.now);
            BOOST_TEST((limit ? limit->unit : "") == c.unit);
            BOOST_TEST((limit ? limit->until - start : 0) == c.until);
        }
    }
}

// Who sends whenever it may never has more than the limit in a window, wherever that begins.
BOOST_AUTO_TEST_CASE(no_window_holds_more) {
    Quota quota(limits(7, 60, 0), {}, start);
    std::vector<UtcMs> sent;
    for (UtcMs now = start; now < start + 2 * hour; now += 137) {
        if (quota.reached(now))
            continue;
        quota.add(now);
        sent.push_back(now);
    }
    const auto most_within = [&](UtcMs length) {
        std::size_t most = 0, first = 0;
        for (std::size_t last = 0; last < sent.size(); ++last) {
            while (sent[first] + length <= sent[last])
                ++first;
            most = std::max(most, last - first + 1);
        }
        return most;
    };
    BOOST_TEST(most_within(minute) == 7U);
    BOOST_TEST(most_within(hour) == 60U);
    BOOST_TEST(sent.size() >= 110U); // and it does send
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back) {
    Quota quota(limits(1, 0, 0), {}, start);
    quota.add(start);
    const UtcMs now = start - 365 * day;
    const auto limit = quota.reached(now);
    BOOST_REQUIRE(limit);
    BOOST_TEST(limit->until == now + minute);
    BOOST_TEST(!quota.reached(now + minute));
}

BOOST_AUTO_TEST_SUITE_END()
