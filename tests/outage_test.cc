// The spool's own trouble: what is said of it, and how often.

#define BOOST_TEST_MODULE outage_test
#include "spoold/outage.h"
#include "tests/support/test_child.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

struct Event {
    std::chrono::milliseconds at;
    bool fails;
    Fault fault = Fault::full;
};

// What is logged of these events.
std::string logged(const std::vector<Event>& events) {
    TestChild child([&](int out) {
        ::dup2(out, STDERR_FILENO);
        ::unsetenv("JOURNAL_STREAM");
        SpoolOutage outage;
        for (const Event& event : events) {
            const Monotonic::time_point now{1h + event.at};
            if (event.fails)
                outage.failed(Error(event.fault, "spool"), now);
            else
                outage.worked(now);
        }
        return 0;
    });
    std::string text = child.read_all();
    BOOST_TEST(child.wait() == 0);
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(outage_test)

BOOST_AUTO_TEST_CASE(what_is_said) {
    struct Case {
        const char* name;
        std::vector<Event> events;
        std::string ends; // the last line's end
        std::ptrdiff_t lines;
    };
    const std::vector<Case> cases{
        {"nothing failed", {{0ms, false}, {9s, false}}, "", 0},
        {"the first failure", {{0ms, true}}, "and it goes on by itself\n", 1},
        {"what is missing", {{0ms, true, Fault::unavailable}}, "it goes on by itself\n", 1},
        {"what is busy", {{0ms, true, Fault::busy}}, "it is tried again each second\n", 1},
        {"not each time", {{0ms, true}, {1s, true}, {9999ms, true}}, "by itself\n", 1},
        {"again after ten seconds",
         {{0ms, true}, {9s, true}, {10s, true}, {19s, true}},
         "by itself\n",
         2},
        {"its end", {{0ms, true}, {5s, true}, {7s, false}}, "the spool works again after 7 s\n", 2},
        {"once", {{0ms, true}, {7s, false}, {8s, false}}, "after 7 s\n", 2},
        {"something small between two failures is no end",
         {{0ms, true}, {1s, false}, {2s, true}, {3s, false}, {4s, true}},
         "by itself\n",
         1},
        {"then another one is said at once",
         {{0ms, true}, {7s, false}, {8s, true}},
         "by itself\n",
         3},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const std::string text = logged(c.events);
            BOOST_TEST(std::count(text.begin(), text.end(), '\n') == c.lines);
            BOOST_TEST(text.ends_with(c.ends));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
