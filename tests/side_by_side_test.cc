// Steps of several threads: each is done once, taken in order, and nothing is left behind.

#define BOOST_TEST_MODULE side_by_side_test
#include "common/side_by_side.h"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>
#include <vector>

using namespace smsspool;

BOOST_AUTO_TEST_SUITE(side_by_side_test)

BOOST_AUTO_TEST_CASE(each_is_taken_once_and_in_order) {
    for (const std::size_t count : {0U, 1U, 9U, 10U, 11U, 20U, 21U, 30U, 35U, 1000U}) {
        for (const std::size_t threads : {1U, 2U, 3U, 7U}) {
            std::atomic<std::size_t> made{0};
            std::vector<std::string> taken;
            side_by_side(
                count, threads,
                [&](std::size_t i) {
                    ++made;
                    return std::to_string(i);
                },
                [&](std::size_t i, std::string&& text) {
                    BOOST_REQUIRE_EQUAL(i, taken.size());
                    taken.push_back(std::move(text));
                },
                10);
            BOOST_TEST(made == count);
            BOOST_TEST_REQUIRE(taken.size() == count);
            for (std::size_t i = 0; i < count; ++i)
                BOOST_TEST(taken[i] == std::to_string(i));
        }
    }
}

// In whatever thread it fails, what was before it is taken, and no thread goes on afterwards.
BOOST_AUTO_TEST_CASE(a_failure_ends_all) {
    for (const std::size_t failing : {0U, 5U, 10U, 25U, 40U, 99U}) {
        std::atomic<int> running{0};
        std::size_t taken = 0;
        const auto make = [&](std::size_t i) {
            ++running;
            const bool fails = i == failing;
            --running;
            if (fails)
                throw std::runtime_error("no " + std::to_string(i));
            return i;
        };
        const auto take = [&](std::size_t, std::size_t) { ++taken; };
        BOOST_CHECK_EXCEPTION(side_by_side(100, 3, make, take, 10), std::runtime_error,
                              [&](const std::runtime_error& error) {
                                  return error.what() == "no " + std::to_string(failing);
                              });
        BOOST_TEST(taken == failing / 10 * 10);
        BOOST_TEST(running == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_taker_ends_all) {
    const auto make = [](std::size_t i) { return i; };
    const auto take = [](std::size_t i, std::size_t) {
        if (i == 15)
            throw std::runtime_error("enough");
    };
    BOOST_CHECK_THROW(side_by_side(100, 3, make, take, 10), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
