// Ids: their form, their order, that none is made twice.

#define BOOST_TEST_MODULE ids_test
#include "common/clock.h"
#include "common/ids.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <limits>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace smsspool;
using namespace std::string_literals;

namespace {

UtcMs millisecond_of(const std::string& id) {
    return std::stoll(id.substr(0, 8) + id.substr(9, 4), nullptr, 16);
}

} // namespace

BOOST_AUTO_TEST_SUITE(ids_test)

BOOST_AUTO_TEST_CASE(form_of_a_new_id) {
    const UtcMs before = utc_now();
    const std::string id = new_id();
    const UtcMs after = utc_now();
    BOOST_TEST(id.size() == 36U);
    BOOST_TEST(is_id(id));
    BOOST_TEST(id[14] == '7');
    BOOST_TEST("89ab"s.find(id[19]) != std::string::npos, id);
    BOOST_TEST(millisecond_of(id) >= before);
    BOOST_TEST(millisecond_of(id) <= after);
}

BOOST_AUTO_TEST_CASE(ids_of_one_thread_ascend) {
    std::string last;
    for (int i = 0; i < 20'000; ++i) { // many more than the counter of one millisecond
        const std::string id = new_id();
        BOOST_REQUIRE_LT(last, id);
        BOOST_REQUIRE(is_id(id));
        last = id;
    }
    // The milliseconds that were borrowed are few.
    BOOST_TEST(millisecond_of(last) < utc_now() + 1000);
}

BOOST_AUTO_TEST_CASE(many_at_once_are_different_and_in_order) {
    for (const std::size_t count : {0U, 1U, 15U, 16U, 17U, 1000U}) {
        std::string last = new_id();
        const std::vector<std::string> ids = new_ids(count);
        BOOST_TEST(ids.size() == count);
        std::set<std::string> ends;
        for (const std::string& id : ids) {
            BOOST_REQUIRE(is_id(id));
            BOOST_REQUIRE_LT(last, id);
            ends.insert(id.substr(19)); // what is neither time nor counter is random
            last = id;
        }
        BOOST_TEST(ends.size() == count);
        BOOST_REQUIRE_LT(last, new_id());
    }
}

BOOST_AUTO_TEST_CASE(threads_never_share_an_id_and_each_sees_order) {
    constexpr std::size_t thread_count = 4;
    constexpr std::size_t each = 3'000;
    std::vector<std::vector<std::string>> made(thread_count);
    {
        std::vector<std::jthread> threads;
        for (auto& ids : made) {
            threads.emplace_back([&ids] {
                for (std::size_t i = 0; i < each; ++i)
                    ids.push_back(new_id());
            });
        }
    }
    std::set<std::string> all;
    for (const auto& ids : made) {
        BOOST_TEST(std::is_sorted(ids.begin(), ids.end()));
        all.insert(ids.begin(), ids.end());
    }
    BOOST_TEST(all.size() == thread_count * each);
}

BOOST_AUTO_TEST_CASE(what_has_the_form_of_an_id) {
    struct Case {
        const char* name;
        std::string text;
        bool want;
    };
    const std::vector<Case> cases{
        {"version 7", "018bcfe5-6800-7abc-8def-0123456789ab", true},
        {"version 4", "9b2f8a10-4c3d-4e5f-a1b2-c3d4e5f60718", true},
        {"nothing", "", false},
        {"one short", "018bcfe5-6800-7abc-8def-0123456789a", false},
        {"one more", "018bcfe5-6800-7abc-8def-0123456789abc", false},
        {"upper case", "018BCFE5-6800-7abc-8def-0123456789ab", false},
        {"no hyphen", "018bcfe5x6800-7abc-8def-0123456789ab", false},
        {"hyphen elsewhere", "018bcfe-56800-7abc-8def-0123456789ab", false},
        {"not hexadecimal", "018bcfe5-6800-7abc-8def-0123456789ag", false},
        {"newline at the end", "018bcfe5-6800-7abc-8def-0123456789a\n", false},
        {"zero byte", "018bcfe5-6800-7abc-8def-0123456789a\0"s, false},
        {"braces", "{18bcfe5-6800-7abc-8def-0123456789a}", false},
    };
    for (const Case& c : cases)
        BOOST_TEST(is_id(c.text) == c.want, c.name);
}

BOOST_AUTO_TEST_CASE(hashes) {
    struct Case {
        const char* name;
        std::string bytes;
        const char* want; // as sha256sum(1) says
    };
    const std::vector<Case> cases{
        {"nothing", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"zero bytes count", "a\0b"s,
         "59b271ae1bbcb1d31d41929817f4b16fb439eb4f31520b5ad1d5ce98920a7138"},
    };
    for (const Case& c : cases)
        BOOST_TEST(sha256_hex(c.bytes) == c.want, c.name);
}

BOOST_AUTO_TEST_CASE(numbers_of_ids) {
    struct Case {
        std::string id;
        std::int64_t number; // -1: none
    };
    const Case cases[] = {
        // 2020-01-01T00:00:00.000Z and 2025-11-14T22:25:28.123Z
        {"016f5e66-e800-7000-8000-000000000000", 0},
        {"016f5e66-e800-7fff-8000-000000000000", 4095},
        {"019a8479-383b-7001-bfff-ffffffffffff",
         (1'763'159'128'123 - 1'577'836'800'000) * 4096 + 1},
        {"016f5e66-e7ff-7fff-8000-000000000000", -1}, // before 2020
        {"ffffffff-ffff-7fff-8000-000000000000", -1}, // after 2089
        {"019a8479-383b-4001-bfff-ffffffffffff", -1}, // of another version
        {"no id", -1},
    };
    for (const Case& c : cases) {
        const auto number = number_of_id(c.id);
        BOOST_TEST(number.value_or(-1) == c.number, c.id);
        if (number)
            BOOST_TEST(id_beginning(*number) == c.id.substr(0, 19), c.id);
    }
    BOOST_TEST(id_beginning(-1) == "");
    BOOST_TEST(id_beginning(std::int64_t{1} << 53) == "");
    const std::string one = new_id(), two = new_id();
    BOOST_TEST(number_of_id(one).value() < number_of_id(two).value());
    BOOST_TEST(id_beginning(number_of_id(two).value()) == two.substr(0, 19));
}

BOOST_AUTO_TEST_CASE(between_the_ids_of_two_milliseconds) {
    constexpr std::int64_t when = 1'763'159'128'123;
    BOOST_TEST((id_at(when) > "019a8479-383a-7fff-bfff-ffffffffffff"));
    BOOST_TEST((id_at(when) < "019a8479-383b-7000-8000-000000000000"));
    BOOST_TEST(id_at(0) == "");
    BOOST_TEST(id_at(-1) == "");
    BOOST_TEST(id_at(std::int64_t{1} << 53) == "");
    BOOST_TEST(id_at(std::numeric_limits<std::int64_t>::max()) == "");
}

BOOST_AUTO_TEST_SUITE_END()
