// The queue as a whole: when it is due, changes of many jobs, and what is kept for limits.

#define BOOST_TEST_MODULE spool_queue_test
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

constexpr UtcMs day = 24LL * 60 * 60 * 1000;

Claimer claimer_of(const std::string& modem, const std::vector<std::string>& routes = {""}) {
    Claimer claimer{"host-1", modem, 60'000};
    claimer.routes = routes;
    return claimer;
}

struct Fixture : FreshSpool {
    Database raw{config.spool, Open::write, 1000ms};

    std::string add(const std::string& route, UtcMs now = start_time,
                    Priority priority = Priority::normal, std::size_t parts = 1) {
        NewMessage message = new_message(parts == 1 ? "hola" : long_text(parts), now);
        message.recipients.front().route = route;
        message.priority = priority;
        (void)spool.submit(message);
        return message.id;
    }
    JobView job(const std::string& id) { return spool.find(id).value().jobs.at(0); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_queue_test, Fixture)

BOOST_AUTO_TEST_CASE(the_oldest_that_is_due) {
    BOOST_TEST(!spool.oldest_due(start_time).has_value());
    (void)add("late", start_time + 50);
    BOOST_TEST(!spool.oldest_due(start_time + 49).has_value());
    BOOST_TEST(spool.oldest_due(start_time + 50).value() == start_time + 50);
    (void)add("", start_time + 30, Priority::low);
    (void)add("a", start_time + 20, Priority::low);
    (void)add("a", start_time + 40, Priority::high);
    (void)add("b", start_time + 10, Priority::normal);
    BOOST_TEST(spool.oldest_due(start_time + 99).value() == start_time + 10);
    BOOST_TEST(spool.next_due().value() == start_time + 10);
    BOOST_TEST(spool.next_due(claimer_of("one", {"a", "late"})).value() == start_time + 20);
    while (spool.claim(claimer_of("one", {"a", "b"}), start_time + 99)) {
    }
    BOOST_TEST(spool.oldest_due(start_time + 99).value() == start_time + 30);
}

BOOST_AUTO_TEST_CASE(routes_that_are_no_more) {
    const auto gone = add("gone");
    const auto kept = add("kept");
    const auto plain = add("");
    const auto sending = add("sending");
    (void)spool.claim(claimer_of("one", {"sending"}), start_time);
    for (int i = 0; i < 1'001; ++i)
        (void)add("many");
    BOOST_TEST(spool.reroute({"kept", "unused"}) == 1'002);
    BOOST_TEST(job(gone).route == "");
    BOOST_TEST(job(kept).route == "kept");
    BOOST_TEST(job(plain).route == "");
    BOOST_TEST(job(sending).route == "sending"); // until it is queued again
    BOOST_TEST(spool.reroute({"kept"}) == 0);
    BOOST_TEST(spool.reroute({}) == 1);
    BOOST_TEST(job(kept).route == "");
}

BOOST_AUTO_TEST_CASE(a_modem_that_will_not_come_back) {
    std::vector<std::string> begun;
    for (const char* modem : {"one", "one", "two"}) {
        begun.push_back(add("", start_time, Priority::normal, 2));
        const Work first = spool.claim(claimer_of(modem), start_time).value();
        (void)settle(settle(first, WasAccepted{1}).next.value(), WasWithdrawn{"gone"});
    }
    const UtcMs later = start_time + 1'000;
    BOOST_TEST(spool.unpin("") == 0);
    BOOST_TEST(spool.unpin("one") == 2);
    BOOST_TEST(spool.unpin("one") == 0);
    BOOST_TEST(job(begun[0]).parts_done == 0);
    BOOST_TEST(job(begun[2]).parts_done == 1);
    const Work again = spool.claim(claimer_of("three"), later).value();
    BOOST_TEST(again.message_id == begun[0]);
    BOOST_TEST(again.part == 1U);
    BOOST_TEST(spool.claim(claimer_of("three"), later).value().message_id == begun[1]);
    BOOST_TEST(!spool.claim(claimer_of("three"), later).has_value());
}

BOOST_AUTO_TEST_CASE(many_jobs_of_a_modem_that_will_not_come_back) {
    for (int i = 0; i < 1'001; ++i)
        (void)add("");
    raw.run_text("UPDATE job SET pinned = 'one', parts_done = 1");
    BOOST_TEST(spool.unpin("one") == 1'001);
    BOOST_TEST(raw.ask_text("SELECT COUNT(*) FROM job WHERE pinned <> '' OR parts_done <> 0") ==
               "0");
}

// The configuration has it no more: nobody else would ever free its jobs.
BOOST_AUTO_TEST_CASE(a_modem_that_is_not_in_the_configuration_any_more) {
    const DaemonView old{"h-1", "h", 1, start_time, start_time};
    ModemView one, two;
    one.name = "one";
    two.name = "two";
    spool.beat(old, {one, two});
    const auto id = add("", start_time, Priority::normal, 2);
    const Work first = spool.claim(claimer_of("one"), start_time).value();
    (void)settle(settle(first, WasAccepted{1}).next.value(), WasWithdrawn{"gone"});
    const UtcMs later = start_time + 1'000;
    spool.beat({"h-2", "h", 2, later, later}, {one});
    BOOST_TEST(!spool.next_due(claimer_of("two")).has_value());
    spool.beat({"h-3", "h", 3, later, later}, {two});
    BOOST_TEST(spool.claim(claimer_of("two"), later).value().message_id == id);
}

BOOST_AUTO_TEST_CASE(what_is_kept_for_limits_goes_in_the_end) {
    const auto count = [&](const std::string& table) {
        return raw.ask_text("SELECT COUNT(*) FROM " + table);
    };
    Claimer claimer = claimer_of("one");
    claimer.recipients_most = 9;
    for (const char* month : {"2023-09", "2023-10", "2023-11"}) {
        claimer.month = month;
        (void)add("");
        (void)spool.claim(claimer, start_time); // in 2023-11
    }
    BOOST_TEST(count("recipient") == "3");
    BOOST_TEST(count("usage_minute") == "1");
    spool.purge_traces(0, start_time - start_time % 60'000 + 2 * day); // not old enough
    BOOST_TEST(raw.ask_text("SELECT MIN(month) FROM recipient") == "2023-11");
    BOOST_TEST(count("recipient") == "1");
    BOOST_TEST(count("usage_minute") == "1");
    spool.purge_traces(0, start_time - start_time % 60'000 + 2 * day + 1);
    BOOST_TEST(count("usage_minute") == "0");
    BOOST_TEST(count("recipient") == "1");
    spool.purge_traces(0, start_time + 30 * day);
    BOOST_TEST(count("recipient") == "0");
}

BOOST_AUTO_TEST_SUITE_END()
