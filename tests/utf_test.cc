// UTF-8: what is valid, and how it is counted, cut, read, written and mended.

#define BOOST_TEST_MODULE utf_test
#include "common/utf.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

using namespace smsspool;

BOOST_AUTO_TEST_SUITE(utf_test)

BOOST_AUTO_TEST_CASE(what_is_valid_and_how_it_is_mended) {
    using namespace std::string_literals;
    struct Case {
        const char* name;
        std::string bytes;
        bool valid;
        std::string mended;
    };
    const std::string bad = "\xEF\xBF\xBD";
    const std::vector<Case> cases{
        {"nothing", "", true, ""},
        {"ASCII", "hola", true, "hola"},
        {"a zero byte is a code point", "a\0b"s, true, "a\0b"s},
        {"two bytes", "\xC3\xB1", true, "\xC3\xB1"},
        {"three bytes", "\xE2\x82\xAC", true, "\xE2\x82\xAC"},
        {"four bytes", "\xF0\x9F\x98\x80", true, "\xF0\x9F\x98\x80"},
        {"U+0080, the first of two bytes", "\xC2\x80", true, "\xC2\x80"},
        {"U+0800, the first of three", "\xE0\xA0\x80", true, "\xE0\xA0\x80"},
        {"U+D7FF, before the surrogates", "\xED\x9F\xBF", true, "\xED\x9F\xBF"},
        {"U+E000, behind the surrogates", "\xEE\x80\x80", true, "\xEE\x80\x80"},
        {"U+10000, the first of four", "\xF0\x90\x80\x80", true, "\xF0\x90\x80\x80"},
        {"U+10FFFF, the last of all", "\xF4\x8F\xBF\xBF", true, "\xF4\x8F\xBF\xBF"},
        {"above U+10FFFF", "\xF4\x90\x80\x80", false, bad + bad + bad + bad},
        {"a surrogate", "\xED\xA0\x80", false, bad + bad + bad},
        {"overlong slash, two bytes", "\xC0\xAF", false, bad + bad},
        {"overlong, C1", "\xC1\xBF", false, bad + bad},
        {"overlong, three bytes", "\xE0\x80\xAF", false, bad + bad + bad},
        {"overlong, four bytes", "\xF0\x80\x80\xAF", false, bad + bad + bad + bad},
        {"a lone continuation", "a\x80z", false, "a" + bad + "z"},
        {"two bytes cut short", "a\xC3", false, "a" + bad},
        {"three bytes cut short are one fault", "a\xE2\x82", false, "a" + bad},
        {"four bytes cut short by a letter", "\xF0\x9F\x98z", false, bad + "z"},
        {"a byte that begins nothing", "\xFFz", false, bad + "z"},
        {"a good one behind a bad one", "\xC3\xC3\xB1", false, bad + "\xC3\xB1"},
    };
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.name) {
            BOOST_TEST(valid_utf8(c.bytes) == c.valid);
            BOOST_TEST(to_valid_utf8(c.bytes) == c.mended);
            BOOST_TEST(valid_utf8(to_valid_utf8(c.bytes)));
        }
}

BOOST_AUTO_TEST_CASE(counting_and_cutting) {
    struct Case {
        const char* name;
        std::string_view text;
        std::size_t points;
        std::size_t count;
        std::string_view first;
    };
    const std::vector<Case> cases{
        {"nothing", "", 0, 5, ""},
        {"none of it", "abc", 3, 0, ""},
        {"some of it", "abc", 3, 2, "ab"},
        {"all of it", "abc", 3, 3, "abc"},
        {"more than there is", "abc", 3, 4, "abc"},
        {"never inside a character", "a\u00F1\u20AC\U0001F600z", 5, 4, "a\u00F1\u20AC\U0001F600"},
        {"the first is long", "\U0001F600z", 2, 1, "\U0001F600"},
    };
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.name) {
            BOOST_TEST(code_points(c.text) == c.points);
            BOOST_TEST(first_code_points(c.text, c.count) == c.first);
        }
}

// Every code point there is: written, valid, read back.
BOOST_AUTO_TEST_CASE(every_code_point_comes_back) {
    for (char32_t point = 0; point <= 0x10FFFF; ++point) {
        if (point >= 0xD800 && point <= 0xDFFF)
            continue;
        std::string text;
        append_utf8(text, point);
        std::size_t at = 0;
        if (!valid_utf8(text) || next_code_point(text, at) != point || at != text.size())
            BOOST_ERROR("U+" << std::hex << static_cast<unsigned>(point));
    }
}

BOOST_AUTO_TEST_CASE(reading_moves_behind_what_was_read) {
    const std::string_view text = "a\u00F1\u20AC\U0001F600";
    const std::vector<char32_t> want{U'a', U'\u00F1', U'\u20AC', U'\U0001F600'};
    std::vector<char32_t> got;
    for (std::size_t at = 0; at < text.size();)
        got.push_back(next_code_point(text, at));
    BOOST_TEST((got == want));
}

BOOST_AUTO_TEST_SUITE_END()
