// The log: what a line looks like, and that no foreign text can make one of its own.

#define BOOST_TEST_MODULE log_test
#include "common/log.h"
#include "tests/support/test_child.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace smsspool;
using namespace std::string_literals;

namespace {

enum class Sink { terminal, journal };

// What `body` logs, run in a child whose standard error it is.
std::string logged(Sink sink, const std::function<void()>& body) {
    TestChild child([&](int out) {
        ::dup2(out, STDERR_FILENO);
        if (sink == Sink::journal)
            ::setenv("JOURNAL_STREAM", "8:12345", 1);
        else
            ::unsetenv("JOURNAL_STREAM");
        body();
        return 0;
    });
    std::string text = child.read_all();
    BOOST_TEST(child.wait() == 0);
    return text;
}

void one_of_each() {
    log_error("MODEM", "e");
    log_warning("SMS", "w");
    log_info("REPLY", "i");
    log_debug("STORE", "d");
}

} // namespace

BOOST_AUTO_TEST_SUITE(log_test)

BOOST_AUTO_TEST_CASE(escaping) {
    struct Case {
        const char* name;
        std::string text;
        std::string want;
    };
    const std::vector<Case> cases{
        {"nothing", "", ""},
        {"ASCII", "a ~ \\ \"", "a ~ \\ \""},
        {"more than ASCII", "ñ€😀", "ñ€😀"},
        {"a line of its own", "a\n[SMS] forged", "a\\x0A[SMS] forged"},
        {"carriage return and tab", "\r\t", "\\x0D\\x09"},
        {"zero byte", "a\0b"s, "a\\x00b"},
        {"escape sequence", "\x1B[31m", "\\x1B[31m"},
        {"delete", "\x7F", "\\x7F"},
        {"C1 control, U+009B",
         "\xC2\x9B"
         "31m",
         "\\xC2\\x9B"
         "31m"},
        {"C1 control, U+0085", "\xC2\x85", "\\xC2\\x85"},
        {"the first after C1, U+00A0", "\xC2\xA0", "\xC2\xA0"},
        {"lone continuation byte", "a\x80z", "a\\x80z"},
        {"lead byte at the end", "a\xC3", "a\\xC3"},
        {"lead byte before ASCII", "\xE2\x82z", "\\xE2\\x82z"},
        {"overlong newline", "\xC0\x8A", "\\xC0\\x8A"},
        {"surrogate", "\xED\xA0\x80", "\\xED\\xA0\\x80"},
        {"FE and FF", "\xFE\xFF", "\\xFE\\xFF"},
    };
    for (const Case& c : cases)
        BOOST_TEST(printable(c.text) == c.want, c.name);
}

BOOST_AUTO_TEST_CASE(lines) {
    BOOST_TEST(logged(Sink::terminal, one_of_each) == "[MODEM] e\n[SMS] w\n[REPLY] i\n");
    BOOST_TEST(logged(Sink::journal, one_of_each) == "<3>[MODEM] e\n<4>[SMS] w\n<6>[REPLY] i\n");
    BOOST_TEST(logged(Sink::terminal, [] { log_info("SMS", "a\n[SMS] b\0c"s); }) ==
               "[SMS] a\\x0A[SMS] b\\x00c\n");
}

BOOST_AUTO_TEST_CASE(levels) {
    struct Case {
        LogLevel least;
        const char* want;
    };
    const std::vector<Case> cases{
        {LogLevel::error, "<3>[MODEM] e\n"},
        {LogLevel::warning, "<3>[MODEM] e\n<4>[SMS] w\n"},
        {LogLevel::info, "<3>[MODEM] e\n<4>[SMS] w\n<6>[REPLY] i\n"},
        {LogLevel::debug, "<3>[MODEM] e\n<4>[SMS] w\n<6>[REPLY] i\n<7>[STORE] d\n"},
    };
    for (const Case& c : cases) {
        const std::string text = logged(Sink::journal, [&] {
            set_log_level(c.least);
            one_of_each();
        });
        BOOST_TEST(text == c.want);
    }
}

BOOST_AUTO_TEST_CASE(errno_is_kept) {
    // A closed standard error makes the write fail; nobody is told.
    (void)logged(Sink::terminal, [] {
        ::close(STDERR_FILENO);
        errno = ENOSPC;
        log_error("SMS", "x");
        if (errno != ENOSPC)
            std::abort();
    });
}

BOOST_AUTO_TEST_CASE(lines_of_threads_do_not_mix) {
    constexpr int each = 200;
    const std::string line(120, 'x');
    const std::string text = logged(Sink::terminal, [&] {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < each; ++i)
                    log_info("SMS", line);
            });
        }
    });
    const std::string want = "[SMS] " + line + "\n";
    BOOST_REQUIRE(text.size() == 4 * each * want.size());
    for (std::size_t at = 0; at < text.size(); at += want.size())
        BOOST_REQUIRE(text.compare(at, want.size(), want) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
