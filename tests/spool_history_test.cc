// Pages of a long list, by their number: each message on one page, the newest first, wherever the
// page lies, and also while messages come and go.

#define BOOST_TEST_MODULE spool_history_test
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

constexpr UtcMs second = 1000;

struct Fixture : FreshSpool {
    Database raw{config.spool, Open::write, std::chrono::seconds(1)};

    // Messages of `user` with ids that end in `first` and the numbers behind it; their jobs do not
    // matter here.
    void fill(const std::string& user, std::int64_t first, std::int64_t count) {
        raw.run_text(
            "WITH RECURSIVE n(i) AS (SELECT " + std::to_string(first) +
            " UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(first + count - 1) +
            ") INSERT INTO message (id, username, api, address, text, encoding, parts, created_ms, "
            "valid_until_ms) SELECT printf('018bcfe5-6800-7000-8000-%012d', i), '" +
            user + "', 'rest', '', 'number ' || i, 'gsm7', 1, 0, 0 FROM n");
    }

    std::vector<std::string> texts(std::int64_t skip, std::int64_t limit, std::int64_t total,
                                   UtcMs now = start_time) {
        const auto page = spool.messages_of("ana", skip, limit, now);
        BOOST_TEST(page.total == total);
        std::vector<std::string> list;
        for (const MessageView& message : page.messages)
            list.push_back(message.text);
        return list;
    }

    // From the number `newest` down.
    static std::vector<std::string> down_from(std::int64_t newest, std::int64_t count) {
        std::vector<std::string> list;
        for (std::int64_t i = newest; i > newest - count; --i)
            list.push_back("number " + std::to_string(i));
        return list;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_history_test, Fixture)

BOOST_AUTO_TEST_CASE(of_nobody) {
    BOOST_TEST(texts(0, 10, 0).empty());
    fill("bea", 1, 30);
    BOOST_TEST(texts(0, 10, 0).empty());
    BOOST_TEST(texts(10, 10, 0).empty());
}

// About the marks, and at both ends.
BOOST_AUTO_TEST_CASE(any_page_of_lists_of_any_length) {
    std::int64_t there = 0;
    UtcMs now = start_time;
    for (const std::int64_t count : {1, 19, 20, 21, 9'999, 10'000, 10'001, 20'000, 25'000}) {
        BOOST_TEST_CONTEXT(count) {
            fill("ana", there + 1, count - there);
            there = count;
            now += 60 * second;
            for (const std::int64_t skip :
                 {std::int64_t{0}, std::int64_t{7}, count / 2, count - 10'000, count - 10'001,
                  count - 10'010, count - 9'990, count - 20, count - 1, count, count + 5}) {
                if (skip < 0)
                    continue;
                const std::int64_t left = std::max<std::int64_t>(0, count - skip);
                const auto wanted = down_from(count - skip, std::min<std::int64_t>(20, left));
                const auto found = texts(skip, 20, count, now);
                BOOST_TEST(found == wanted, boost::test_tools::per_element());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_comes_is_seen_at_once) {
    fill("ana", 1, 10'000);
    BOOST_TEST(texts(0, 2, 10'000) == down_from(10'000, 2), boost::test_tools::per_element());
    fill("ana", 10'001, 1);
    BOOST_TEST(texts(0, 2, 10'001) == down_from(10'001, 2), boost::test_tools::per_element());
    fill("ana", 10'002, 15'000);
    BOOST_TEST(texts(0, 2, 25'001) == down_from(25'001, 2), boost::test_tools::per_element());
    BOOST_TEST(texts(25'000, 2, 25'001) == down_from(1, 1), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_goes_is_seen_after_ten_seconds) {
    fill("ana", 1, 20'500);
    (void)texts(0, 1, 20'500);
    raw.run_text("DELETE FROM message WHERE text IN ('number 3', 'number 4')");
    BOOST_TEST(texts(0, 1, 20'500, start_time + 9 * second) == down_from(20'500, 1),
               boost::test_tools::per_element());
    BOOST_TEST(texts(20'496, 2, 20'498, start_time + 10 * second) == down_from(2, 2),
               boost::test_tools::per_element());
    // A clock that is put back does not keep old marks for ever.
    raw.run_text("DELETE FROM message WHERE text = 'number 5'");
    BOOST_TEST(texts(0, 1, 20'497, start_time) == down_from(20'500, 1),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
