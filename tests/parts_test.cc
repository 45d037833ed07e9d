// How a text travels: alphabet, encoding, and where it is cut.

#define BOOST_TEST_MODULE parts_test
#include "common/parts.h"

#include "common/utf.h"

#include <boost/test/unit_test.hpp>
#include <numeric>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

std::string times(std::size_t count, const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i)
        result += text;
    return result;
}

std::string joined(const std::vector<std::string>& parts) {
    return std::accumulate(parts.begin(), parts.end(), std::string());
}

std::size_t cost(const std::string& text, Encoding encoding) {
    std::size_t sum = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t point = next_code_point(text, at);
        sum += encoding == Encoding::gsm7 ? gsm7_septets(point) : (point > 0xFFFF ? 2U : 1U);
    }
    return sum;
}

} // namespace

BOOST_AUTO_TEST_SUITE(parts_test)

// The names are in spools: this test is here so that nobody renames them.
BOOST_AUTO_TEST_CASE(the_stored_names) {
    BOOST_TEST(name_of(Encoding::gsm7) == "gsm7");
    BOOST_TEST(name_of(Encoding::ucs2) == "ucs2");
    BOOST_TEST((encoding_named("gsm7") == Encoding::gsm7));
    BOOST_TEST((encoding_named("ucs2") == Encoding::ucs2));
    BOOST_TEST(!encoding_named("8bit").has_value());
    BOOST_TEST(!encoding_named("").has_value());
}

BOOST_AUTO_TEST_CASE(characters_of_the_alphabet) {
    struct Case {
        const char* name;
        char32_t point;
        unsigned septets;
        unsigned code;
    };
    const std::vector<Case> cases{
        {"at sign, code 0", U'@', 1, 0x00},
        {"line feed", U'\n', 1, 0x0A},
        {"carriage return", U'\r', 1, 0x0D},
        {"letter", U'A', 1, 0x41},
        {"dollar is not where ASCII has it", U'$', 1, 0x02},
        {"underscore", U'_', 1, 0x11},
        {"inverted question mark", U'\u00BF', 1, 0x60},
        {"n with tilde", U'\u00F1', 1, 0x7D},
        {"a with grave, the last", U'\u00E0', 1, 0x7F},
        {"capital c with cedilla", U'\u00C7', 1, 0x09},
        {"delta", U'\u0394', 1, 0x10},
        {"euro", U'\u20AC', 2, 0x65},
        {"form feed", U'\f', 2, 0x0A},
        {"backslash", U'\\', 2, 0x2F},
        {"open brace", U'{', 2, 0x28},
        {"bar", U'|', 2, 0x40},
        {"tilde", U'~', 2, 0x3D},
        {"circumflex", U'^', 2, 0x14},
    };
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.name) {
            BOOST_TEST(gsm7_septets(c.point) == c.septets);
            BOOST_REQUIRE(gsm7_code(c.point).has_value());
            BOOST_TEST(unsigned{*gsm7_code(c.point)} == c.code);
        }
    for (const char32_t point : {U'\0', U'\x1B', U'\t', U'`', U'\u00E7', U'\u00E1', U'\u0391',
                                 U'\u2019', U'\U0001F600', U'\U0010FFFF'})
        BOOST_TEST_CONTEXT("U+" << static_cast<unsigned>(point)) {
            BOOST_TEST(gsm7_septets(point) == 0U);
            BOOST_TEST(!gsm7_code(point).has_value());
        }
}

BOOST_AUTO_TEST_CASE(every_septet_comes_back) {
    for (unsigned septet = 0; septet < 128; ++septet) {
        const auto code = static_cast<std::uint8_t>(septet);
        const char32_t basic = gsm7_character(code, Gsm7Table::basic);
        if (septet == 0x1B)
            BOOST_TEST((basic == U' '));
        else
            BOOST_TEST(unsigned{gsm7_code(basic).value_or(0xFF)} == septet);
        const char32_t extension = gsm7_character(code, Gsm7Table::extension);
        if (gsm7_septets(extension) == 2)
            BOOST_TEST(unsigned{*gsm7_code(extension)} == septet);
        else
            BOOST_TEST((extension == basic)); // an unused place
    }
}

BOOST_AUTO_TEST_CASE(which_encoding) {
    struct Case {
        const char* name;
        std::string text;
        Encoding want;
    };
    const std::vector<Case> cases{
        {"nothing", "", Encoding::gsm7},
        {"Spanish that the alphabet has", "\u00BFMa\u00F1ana \u00F9til?", Encoding::gsm7},
        {"the extension table", "{}[]~|^\\\u20AC", Encoding::gsm7},
        {"a with acute is not in it", "m\u00E1s", Encoding::ucs2},
        {"tab is not in it", "a\tb", Encoding::ucs2},
        {"grave accent alone", "`", Encoding::ucs2},
        {"escape itself", "\x1B", Encoding::ucs2},
        {"typographic apostrophe", "it\u2019s", Encoding::ucs2},
        {"emoji", "ok \U0001F600", Encoding::ucs2},
        {"the one strange character is the last", times(500, "a") + "\u00E1", Encoding::ucs2},
    };
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.name) {
            BOOST_TEST((encoding_for(c.text) == c.want));
        }
}

BOOST_AUTO_TEST_CASE(how_many_parts) {
    struct Case {
        const char* name;
        std::string text;
        Encoding encoding;
        std::vector<std::size_t> costs; // of each part
    };
    const Encoding gsm7 = Encoding::gsm7;
    const Encoding ucs2 = Encoding::ucs2;
    const std::string smile = "\U0001F600";
    const std::vector<Case> cases{
        {"nothing is one part", "", gsm7, {0}},
        {"nothing is one part, UCS-2", "", ucs2, {0}},
        {"160", times(160, "a"), gsm7, {160}},
        {"161", times(161, "a"), gsm7, {153, 8}},
        {"306", times(306, "a"), gsm7, {153, 153}},
        {"307", times(307, "a"), gsm7, {153, 153, 1}},
        {"80 euro signs", times(80, "\u20AC"), gsm7, {160}},
        {"81 euro signs: a pair is not cut", times(81, "\u20AC"), gsm7, {152, 10}},
        {"a pair at the edge", times(152, "a") + "{" + times(20, "b"), gsm7, {152, 22}},
        {"a pair just before the edge", times(151, "a") + "{" + times(20, "b"), gsm7, {153, 20}},
        {"70", times(70, "\u00E1"), ucs2, {70}},
        {"71", times(71, "\u00E1"), ucs2, {67, 4}},
        {"134", times(134, "\u00E1"), ucs2, {67, 67}},
        {"135", times(135, "\u00E1"), ucs2, {67, 67, 1}},
        {"35 emoji", times(35, smile), ucs2, {70}},
        {"36 emoji", times(36, smile), ucs2, {66, 6}},
        {"80 emoji", times(80, smile), ucs2, {66, 66, 28}},
        {"ASCII as UCS-2", times(71, "a"), ucs2, {67, 4}},
    };
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.name) {
            const auto parts = split(c.text, c.encoding);
            std::vector<std::size_t> costs;
            for (const std::string& part : parts) {
                costs.push_back(cost(part, c.encoding));
                BOOST_TEST(valid_utf8(part));
            }
            BOOST_TEST(costs == c.costs, boost::test_tools::per_element());
            BOOST_TEST(joined(parts) == c.text);
            BOOST_TEST(count_parts(c.text, c.encoding) == c.costs.size());
        }
}

BOOST_AUTO_TEST_CASE(cut_at_another_limit) {
    BOOST_TEST(cut("abcdef", Encoding::gsm7, 4) == (std::vector<std::string>{"abcd", "ef"}),
               boost::test_tools::per_element());
    BOOST_TEST(cut("abc{d", Encoding::gsm7, 4) == (std::vector<std::string>{"abc", "{d"}),
               boost::test_tools::per_element());
    BOOST_TEST(cut("ab", Encoding::ucs2, 4) == std::vector<std::string>{"ab"},
               boost::test_tools::per_element());
    BOOST_TEST(cut("", Encoding::ucs2, 4) == std::vector<std::string>{""},
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
