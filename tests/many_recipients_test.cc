// The recipients of a message to many: what goes in comes out, and duplicates go.

#define BOOST_TEST_MODULE many_recipients_test
#include "common/error.h"
#include "common/many_recipients.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace smsspool;

BOOST_AUTO_TEST_SUITE(many_recipients_test)

BOOST_AUTO_TEST_CASE(what_goes_in_comes_out) {
    const std::vector<Recipient> all{
        {"5512345678", "+525512345678", "north"},
        {"+525512345678", "+525512345678", ""},
        {"55 1234 5678", "+525512345678", "south"},
        {"", "333", ""},
        {"333", "", "north"},
        {"", "", ""},
        {"\"x\"", "+1", "north"},
        {std::string(65'535, 'x'), std::string(65'535, 'y'), std::string(300, 'z')},
    };
    ManyRecipients many;
    for (const Recipient& one : all)
        many.add(one.given, one.number, one.route);
    BOOST_TEST_REQUIRE(many.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        BOOST_TEST(many[i].given == all[i].given);
        BOOST_TEST(many[i].number == all[i].number);
        BOOST_TEST(many[i].route == all[i].route);
    }
}

BOOST_AUTO_TEST_CASE(the_first_of_equal_numbers_stays) {
    struct Case {
        const char* name;
        std::vector<std::string> numbers;
        std::vector<std::size_t> kept;
    };
    const std::vector<Case> cases{
        {"nobody", {}, {}},
        {"one", {"1"}, {0}},
        {"none twice", {"3", "1", "2"}, {0, 1, 2}},
        {"one twice", {"3", "1", "3", "2"}, {0, 1, 3}},
        {"all the same", {"1", "1", "1"}, {0}},
        {"the beginning of another", {"+12", "+1", "+123", "+1", "+12"}, {0, 1, 2}},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            ManyRecipients many;
            for (std::size_t i = 0; i < c.numbers.size(); ++i)
                many.add("given " + std::to_string(i), c.numbers[i], "");
            BOOST_TEST(many.drop_duplicates() == c.numbers.size() - c.kept.size());
            BOOST_TEST_REQUIRE(many.size() == c.kept.size());
            for (std::size_t i = 0; i < c.kept.size(); ++i) {
                BOOST_TEST(many[i].number == c.numbers[c.kept[i]]);
                BOOST_TEST(many[i].given == "given " + std::to_string(c.kept[i]));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_too_long_is_refused) {
    ManyRecipients many;
    const std::string long_text(65'536, '1');
    BOOST_CHECK_THROW(many.add(long_text, "1", ""), Error);
    BOOST_CHECK_THROW(many.add("1", long_text, ""), Error);
    BOOST_TEST(many.size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_route_is_found_again_among_many) {
    ManyRecipients many;
    for (std::size_t i = 0; i < 70'000; ++i) // more than there may be routes
        many.add("1", "1", "route " + std::to_string(i % 7));
    for (std::size_t i = 0; i < many.size(); ++i)
        BOOST_REQUIRE_EQUAL(many[i].route, "route " + std::to_string(i % 7));
}

BOOST_AUTO_TEST_SUITE_END()
