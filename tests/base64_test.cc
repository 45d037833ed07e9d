// Base64: the examples of RFC 4648 10, and what is no text.

#define BOOST_TEST_MODULE base64_test
#include "common/base64.h"

#include <boost/test/unit_test.hpp>

using namespace smsspool;

namespace {

std::string hundred_times(const std::string& text) {
    std::string all;
    for (int i = 0; i < 100; ++i)
        all += text;
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(base64_test)

BOOST_AUTO_TEST_CASE(examples) {
    struct Case {
        std::string name, bytes, want;
    };
    const Case cases[] = {
        {"nothing", "", ""},
        {"one", "f", "Zg=="},
        {"two", "fo", "Zm8="},
        {"three", "foo", "Zm9v"},
        {"four", "foob", "Zm9vYg=="},
        {"six", "foobar", "Zm9vYmFy"},
        {"the last letters", "\xFB\xEF\xFF", "++//"},
        {"a zero", std::string("a\0b", 3), "YQBi"},
        {"long, on one line", std::string(300, 'x'), hundred_times("eHh4")},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            BOOST_TEST(base64(c.bytes) == c.want);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
