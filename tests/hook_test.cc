// The admin's program: what it is given, and what becomes of one that does not end.

#define BOOST_TEST_MODULE hook_test
#include "common/error.h"
#include "spoold/hook.h"
#include "tests/support/temp_folder.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <string>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

// Waits for the end as the daemon does: by descriptor and deadline.
std::string end_of(Hook& hook) {
    const auto give_up = Monotonic::now() + 20s;
    while (Monotonic::now() < give_up) {
        if (const auto end = hook.ended(Monotonic::now()))
            return *end;
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(hook.deadline() - Monotonic::now());
        pollfd wait{hook.descriptor(), POLLIN, 0};
        ::poll(&wait, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    }
    return "did not end";
}

std::string content(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

} // namespace

BOOST_AUTO_TEST_SUITE(hook_test)

BOOST_AUTO_TEST_CASE(how_it_ends) {
    struct Case {
        const char* name;
        std::string program, script;
        std::chrono::milliseconds patience;
        std::string wanted;
    };
    const std::vector<Case> cases{
        {"well", "/bin/sh", "exit 0", 20s, "left with status 0"},
        {"badly", "/bin/sh", "exit 3", 20s, "left with status 3"},
        {"by a signal", "/bin/sh", "kill -TERM $$", 20s, "killed by signal 15"},
        {"not at all", "/bin/sh", "sleep 60", 100ms, "was not done by its deadline and was killed"},
        {"it is not there", "/nowhere/hook", "", 20s, "could not be started"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Hook hook;
            hook.start(c.program, {"-c", c.script}, Monotonic::now() + c.patience);
            BOOST_TEST(hook.running());
            BOOST_TEST(end_of(hook) == c.wanted);
            BOOST_TEST(!hook.running());
            BOOST_TEST(hook.descriptor() == -1);
            BOOST_TEST(!hook.ended(Monotonic::now()));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_it_is_given) {
    const TempFolder folder;
    const std::string file = folder.file("seen");
    ::setenv("SECRET", "of the daemon", 1);
    Hook hook;
    hook.start("/bin/sh",
               {"-c", "{ echo \"$0|$1|$2\"; cat; env | grep -c SECRET || true; } >" + file, "sim",
                "", "4901"},
               Monotonic::now() + 20s);
    BOOST_TEST(end_of(hook) == "left with status 0");
    BOOST_TEST(content(file) == "sim||4901\n0\n");
}

BOOST_AUTO_TEST_SUITE_END()
