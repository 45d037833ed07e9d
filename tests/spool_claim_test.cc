// What a claimer takes: routes, order, jobs that belong to a modem, limits, and rows that cannot be
// read.

#define BOOST_TEST_MODULE spool_claim_test
#include "common/error.h"
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <functional>
#include <sqlite3.h>
#include <string>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

constexpr UtcMs minute = 60'000;

const WasRefused for_now{RefusalKind::temporary, 500, "later"};
const WasRefused no_network{RefusalKind::network, 30, "no network"};

Claimer claimer_of(const std::string& modem, const std::vector<std::string>& routes = {""}) {
    Claimer claimer{"host-1", modem, 60'000};
    claimer.routes = routes;
    return claimer;
}

struct Fixture : FreshSpool {
    Database raw{config.spool, Open::write, 1000ms};

    // A message with what `change` sets; its id.
    std::string add(const std::function<void(NewMessage&)>& change, UtcMs now = start_time) {
        NewMessage message = new_message("hola", now);
        change(message);
        (void)spool.submit(message);
        return message.id;
    }
    std::string add_on(const std::string& route, UtcMs now = start_time) {
        return add([&](NewMessage& message) { message.recipients.front().route = route; }, now);
    }
    std::string add_parts(std::size_t parts, UtcMs now = start_time) {
        return add([&](NewMessage& message) { message.text = long_text(parts); }, now);
    }
    std::string add_to(const std::string& number, UtcMs now = start_time) {
        return add([&](NewMessage& message) { message.recipients = {{number, number}}; }, now);
    }
    // Claims until there is nothing; the message ids.
    std::vector<std::string> take_all(const Claimer& claimer, UtcMs now) {
        std::vector<std::string> ids;
        while (const auto work = spool.claim(claimer, now))
            ids.push_back(work->message_id);
        return ids;
    }
    // The message is left with its first part sent by `modem`, and due again at `now`.
    Work send_first_part(const std::string& modem, UtcMs now) {
        const Work first = spool.claim(claimer_of(modem), now).value();
        const Work second = settle(first, WasAccepted{1}, now).next.value();
        (void)settle(second, WasWithdrawn{"unplugged"}, now - 1'000);
        return second;
    }
    JobView job(const std::string& id) { return spool.find(id).value().jobs.at(0); }
    std::int64_t used(const std::string& modem, UtcMs since = 0) {
        std::int64_t parts = 0;
        for (const Usage& usage : spool.usage(modem, since))
            parts += usage.parts;
        return parts;
    }
};

using Ids = std::vector<std::string>;

// How SQLite will run a statement of the list, a line a step.
std::string plan_of(const std::string& file, Sql id) {
    sqlite3* handle = nullptr;
    BOOST_REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    const std::string text =
        "EXPLAIN QUERY PLAN " + std::string(statements.at(static_cast<std::size_t>(id)).text);
    sqlite3_stmt* statement = nullptr;
    BOOST_REQUIRE(sqlite3_prepare_v2(handle, text.c_str(), -1, &statement, nullptr) == SQLITE_OK);
    std::string plan;
    while (sqlite3_step(statement) == SQLITE_ROW)
        plan +=
            std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, 3))) + "\n";
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return plan;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_claim_test, Fixture)

// --- which job ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(routes) {
    const auto plain = add_on("", start_time + 3);
    const auto fast = add_on("fast", start_time + 2);
    const auto cheap = add_on("cheap", start_time + 1);
    const auto fast_later = add_on("fast", start_time + 4);
    struct Case {
        const char* name;
        std::vector<std::string> routes;
        Ids want;
    };
    // Each gives back what it took, so that the next case finds it.
    const std::vector<Case> cases{
        {"none", {}, {}},
        {"unknown", {"other"}, {}},
        {"those of none", {""}, {plain}},
        {"one", {"fast"}, {fast, fast_later}},
        {"the oldest of all its routes", {"", "fast", "cheap"}, {cheap, fast, plain, fast_later}},
        {"in whatever order they are named", {"fast", ""}, {fast, plain, fast_later}},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Claimer claimer = claimer_of("sim", c.routes);
            const auto due = spool.next_due(claimer);
            BOOST_TEST(due.has_value() == !c.want.empty());
            BOOST_TEST(take_all(claimer, start_time + 10) == c.want,
                       boost::test_tools::per_element());
            BOOST_TEST(!spool.next_due(claimer).has_value());
            raw.run_text("UPDATE job SET state = 'queued'");
        }
    }
    BOOST_TEST(spool.next_due(claimer_of("sim", {"fast", ""})).value() == start_time + 2);
    BOOST_TEST(spool.next_due().value() == start_time + 1);
    BOOST_TEST(spool.claim(claimer_of("sim", {"fast"}), start_time + 10).value().route == "fast");
    BOOST_TEST(job(fast).route == "fast");
}

// The same moment on two routes: by id, as on one.
BOOST_AUTO_TEST_CASE(routes_of_the_same_moment) {
    Ids want;
    for (const char* route : {"b", "a", "b", "a"})
        want.push_back(add_on(route));
    BOOST_TEST(take_all(claimer_of("sim", {"a", "b"}), start_time) == want,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_order_of_priorities_is_the_claimers) {
    const auto of = [&](Priority priority, const std::string& route) {
        return add([&](NewMessage& message) {
            message.priority = priority;
            message.recipients.front().route = route;
        });
    };
    const auto low = of(Priority::low, "");
    const auto normal = of(Priority::normal, "fast");
    const auto high = of(Priority::high, "");
    using Order = std::array<Priority, 3>;
    struct Case {
        Order order;
        Ids want;
    };
    const std::vector<Case> cases{
        {{Priority::high, Priority::normal, Priority::low}, {high, normal, low}},
        {{Priority::low, Priority::high, Priority::normal}, {low, high, normal}},
        {{Priority::normal, Priority::low, Priority::high}, {normal, low, high}},
    };
    for (const Case& c : cases) {
        Claimer claimer = claimer_of("sim", {"", "fast"});
        claimer.order = c.order;
        BOOST_TEST(take_all(claimer, start_time) == c.want, boost::test_tools::per_element());
        raw.run_text("UPDATE job SET state = 'queued'");
    }
}

BOOST_AUTO_TEST_CASE(not_before) {
    const auto later = add([](NewMessage& message) { message.not_before = start_time + 5'000; });
    const auto past = add([](NewMessage& message) { message.not_before = start_time - 5'000; });
    BOOST_TEST(job(later).not_before == start_time + 5'000);
    BOOST_TEST(job(past).not_before == start_time);
    BOOST_TEST((take_all(claimer_of("sim"), start_time + 4'999) == Ids{past}));
    BOOST_TEST((take_all(claimer_of("sim"), start_time + 5'000) == Ids{later}));
}

BOOST_AUTO_TEST_CASE(what_is_told_of_the_message) {
    (void)add([](NewMessage& message) {
        message.label = "otp";
        message.report = true;
        message.recipients.front().route = "fast";
    });
    (void)add([](NewMessage& message) { message.recipients.front().route = "fast"; },
              start_time + 1);
    const Work work = spool.claim(claimer_of("sim", {"fast"}), start_time + 5).value();
    BOOST_TEST(work.label == "otp");
    BOOST_TEST(work.report);
    BOOST_TEST(work.route == "fast");
    const Work plain = spool.claim(claimer_of("sim", {"fast"}), start_time + 5).value();
    BOOST_TEST(plain.label == "");
    BOOST_TEST(!plain.report);
}

BOOST_AUTO_TEST_CASE(the_network_tries_no_longer_than_the_message_is_valid) {
    constexpr std::int64_t valid = 10'000;
    struct Case {
        const char* name;
        std::int64_t wanted;
        UtcMs claimed; // after it was submitted
        std::int64_t want;
    };
    const std::vector<Case> cases{
        {"as long as it likes", 0, 0, 0},      {"shorter", 3'000, 0, 3'000},
        {"what is left", 9'000, 4'000, 6'000}, {"nearly nothing left", 9'000, valid - 1, 1},
        {"less than nothing", -5, 0, 0},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            (void)add([&](NewMessage& message) {
                message.network_valid_ms = c.wanted;
                message.valid_until = start_time + valid;
                message.text = long_text(2);
            });
            const Work work = spool.claim(claimer_of("sim"), start_time + c.claimed).value();
            BOOST_TEST(work.network_valid_ms == c.want);
            // It goes on after the validity has ended: with the least there is.
            const Work second = settle(work, WasAccepted{1}, start_time + valid + 5).next.value();
            BOOST_TEST(second.network_valid_ms == (c.want > 0 ? 1 : 0));
            (void)settle(second, WasAccepted{2}, start_time + valid + 6);
        }
    }
}

// --- jobs that belong to a modem ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_rest_of_a_message_waits_for_its_modem) {
    const auto id = add_parts(3);
    const Work second = send_first_part("one", start_time);
    BOOST_TEST(!spool.claim(claimer_of("two"), start_time).has_value());
    BOOST_TEST(!spool.next_due(claimer_of("two")).has_value());
    BOOST_TEST(spool.next_due(claimer_of("one")).value() == start_time);
    // It holds up nobody else.
    const auto other = add_parts(1, start_time + 1);
    BOOST_TEST((take_all(claimer_of("two"), start_time + 1) == Ids{other}));
    const Work again = spool.claim(claimer_of("one"), start_time + 1).value();
    BOOST_TEST(again.message_id == id);
    BOOST_TEST(again.part == 2U);
    BOOST_TEST(again.reference == second.reference);
}

BOOST_AUTO_TEST_CASE(what_keeps_a_job_with_its_modem) {
    struct Case {
        const char* name;
        unsigned part; // that ends so
        Outcome outcome;
        bool pinned;
    };
    const std::vector<Case> cases{
        {"first refused", 1, for_now, false},
        {"first unknown", 1, IsUnknown{"mute"}, false},
        {"first withdrawn", 1, WasWithdrawn{"gone"}, false},
        {"second refused", 2, for_now, true},
        {"second without a network", 2, no_network, true},
        {"second unknown", 2, IsUnknown{"mute"}, true},
        {"second withdrawn", 2, WasWithdrawn{"gone"}, true},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const auto id = fresh.add_parts(3);
            Work work = fresh.spool.claim(claimer_of("one"), start_time).value();
            if (c.part == 2)
                work = fresh.settle(work, WasAccepted{1}).next.value();
            (void)fresh.settle(work, c.outcome);
            BOOST_TEST((fresh.state(id) == State::queued));
            BOOST_TEST(fresh.job(id).parts_done == c.part - 1);
            const auto later = start_time + 60'000;
            BOOST_TEST(fresh.spool.next_due(claimer_of("two")).has_value() == !c.pinned);
            BOOST_TEST(fresh.spool.claim(claimer_of("two"), later).has_value() == !c.pinned);
            BOOST_TEST(fresh.spool.claim(claimer_of("one"), later).has_value() == c.pinned);
        }
    }
}

// Its route may have been taken from the modem meanwhile: by the configuration, or since it only
// stood in. Nobody else may send the rest.
BOOST_AUTO_TEST_CASE(the_rest_of_a_message_is_of_no_route) {
    const auto id = add([](NewMessage& message) {
        message.text = long_text(2);
        message.recipients.front().route = "abroad";
    });
    const Work first = spool.claim(claimer_of("one", {"", "abroad"}), start_time).value();
    const Work second = settle(first, WasAccepted{1}, start_time).next.value();
    (void)settle(second, WasWithdrawn{"unplugged"}, start_time - 1'000);
    BOOST_TEST(!spool.next_due(claimer_of("two", {"", "abroad"})).has_value());
    BOOST_TEST(!spool.claim(claimer_of("two", {"", "abroad"}), start_time).has_value());
    BOOST_TEST(spool.next_due(claimer_of("one")).value() == start_time);
    // It takes its turn among what is on the modem's routes.
    const auto later = add_on("", start_time + 1);
    BOOST_TEST((take_all(claimer_of("one"), start_time + 1) == Ids{id, later}));
}

// Its parts come from another sender: the number that joins them is of that modem's row.
BOOST_AUTO_TEST_CASE(another_modem_counts_references_for_itself) {
    (void)add_parts(2);
    const Work first = spool.claim(claimer_of("one"), start_time).value();
    (void)settle(first, WasWithdrawn{"gone"}, start_time);
    raw.run_text("INSERT INTO concat VALUES ('two', '+525512345678', " +
                 std::to_string((first.reference + 100) & 0xFF) + ")");
    const Work other = spool.claim(claimer_of("two"), start_time + 1'000).value();
    BOOST_TEST(other.reference == ((first.reference + 101) & 0xFF));
    // The same modem again keeps it: what went out may be joined to what follows.
    (void)settle(other, IsUnknown{"mute"}, start_time + 1'000);
    BOOST_TEST(spool.claim(claimer_of("two"), start_time + 1'000).value().reference ==
               other.reference);
}

BOOST_AUTO_TEST_CASE(an_end_frees_a_job_from_its_modem) {
    const auto pinned = [&] { return raw.ask_text("SELECT pinned FROM job"); };
    const auto id = add_parts(2);
    (void)send_first_part("one", start_time);
    BOOST_TEST(pinned() == "one");
    BOOST_TEST(
        expire_all(spool, start_time + 30LL * 24 * 60 * 60 * 1000, "EXPIRED", "late").size() == 1U);
    BOOST_TEST((state(id) == State::expired));
    BOOST_TEST(pinned() == "");
    raw.run_text("UPDATE job SET state = 'queued', pinned = 'one', ended_ms = NULL");
    const Work work = spool.claim(claimer_of("one"), start_time).value();
    (void)settle(work, WasAccepted{2});
    BOOST_TEST((state(id) == State::sent));
    BOOST_TEST(pinned() == "");
}

// --- limits -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(usage_is_counted_by_the_minute) {
    BOOST_TEST(spool.usage("one", 0).empty());
    const UtcMs began = start_time - start_time % minute;
    (void)add_parts(3);
    const Work first = spool.claim(claimer_of("one"), start_time).value();
    const Work second = settle(first, WasAccepted{1}, start_time + 1).next.value();
    // The repeated call counts nothing.
    (void)settle(first, WasAccepted{1}, start_time + 2);
    (void)settle(second, WasAccepted{2}, start_time + minute);
    const auto list = spool.usage("one", 0);
    BOOST_REQUIRE(list.size() == 2U);
    BOOST_TEST(list[0].minute == began);
    BOOST_TEST(list[0].parts == 2);
    BOOST_TEST(list[1].minute == began + minute);
    BOOST_TEST(list[1].parts == 1);
    BOOST_TEST(spool.usage("two", 0).empty());
    // From the minute of the moment that is asked for.
    BOOST_TEST(spool.usage("one", began + minute - 1).size() == 2U);
    BOOST_TEST(spool.usage("one", began + minute).size() == 1U);
    BOOST_TEST(spool.usage("one", began + 2 * minute).empty());
}

BOOST_AUTO_TEST_CASE(what_counts_as_used) {
    struct Case {
        const char* name;
        Outcome outcome;
        std::int64_t parts;
    };
    const std::vector<Case> cases{
        {"accepted", WasAccepted{1}, 1},        {"refused", for_now, 1},
        {"no network", no_network, 1},          {"unknown", IsUnknown{"mute"}, 1},
        {"withdrawn", WasWithdrawn{"gone"}, 0},
    };
    for (const Case& c : cases) {
        Fixture fresh;
        (void)fresh.add_parts(1);
        const Work work = fresh.spool.claim(claimer_of("one"), start_time).value();
        BOOST_TEST(fresh.used("one") == 1, c.name);
        // Said late, and twice.
        (void)fresh.settle(work, c.outcome, start_time + 5 * minute);
        (void)fresh.settle(work, c.outcome, start_time + 6 * minute);
        BOOST_TEST(fresh.used("one") == c.parts, c.name);
    }
}

BOOST_AUTO_TEST_CASE(a_month_has_so_many_recipients) {
    Claimer limited = claimer_of("one");
    limited.recipients_most = 2;
    limited.month = "2026-11";
    const auto first = add_to("+525500000001", start_time);
    const auto second = add_to("+525500000002", start_time + 1);
    const auto third = add_to("+525500000003", start_time + 2);
    const auto first_again = add_to("+525500000001", start_time + 3);
    BOOST_TEST((take_all(limited, start_time + 9) == Ids{first, second, first_again}));
    // What only the limit forbids counts as due.
    BOOST_TEST(spool.next_due(limited).value() == start_time + 2);
    // Neither another modem's limit nor another month's is reached.
    Claimer other = limited;
    other.modem = "two";
    const auto fourth = add_to("+525500000004", start_time + 4);
    BOOST_TEST(spool.claim(other, start_time + 9).value().message_id == third);
    limited.month = "2026-12";
    BOOST_TEST((take_all(limited, start_time + 9) == Ids{fourth}));
}

BOOST_AUTO_TEST_CASE(without_a_limit_no_recipient_is_noted) {
    (void)add_to("+525500000001");
    BOOST_TEST(spool.claim(claimer_of("one"), start_time).has_value());
    BOOST_TEST(raw.ask_text("SELECT COUNT(*) FROM recipient") == "0");
}

// --- rows that cannot be read -------------------------------------------------------------------

const std::vector<std::pair<const char*, const char*>> damages{
    {"no message", "DELETE FROM message WHERE id = "},
    {"more parts done than there are", "UPDATE job SET parts_done = 7 WHERE message_id = "},
    {"an encoding that is none", "UPDATE message SET encoding = 'ebcdic' WHERE id = "},
    {"a text that is none", "UPDATE message SET text = CAST(x'ff41' AS TEXT) WHERE id = "},
    {"a text beyond its alphabet", "UPDATE message SET text = '漢' WHERE id = "},
};

BOOST_AUTO_TEST_CASE(a_damaged_job_holds_up_nobody) {
    for (const auto& [name, sql] : damages) {
        BOOST_TEST_CONTEXT(name) {
            Fixture fresh;
            const auto bad = fresh.add_parts(1, start_time);
            const auto good = fresh.add_parts(1, start_time + 1);
            fresh.raw.run_text(std::string(sql) + "'" + bad + "'");
            BOOST_TEST((fresh.take_all(claimer_of("one"), start_time + 5) == Ids{good}));
            BOOST_TEST((fresh.spool.take_damaged() == Ids{bad}));
            BOOST_TEST(fresh.spool.take_damaged().empty());
            const auto of_bad = [&](const std::string& column) {
                return fresh.raw.ask_text("SELECT " + column + " FROM job WHERE message_id = '" +
                                          bad + "'");
            };
            BOOST_TEST(of_bad("state") == "failed");
            BOOST_TEST(of_bad("error_code") == "SPOOL_DAMAGED");
            BOOST_TEST(of_bad("error_text") != "");
            BOOST_TEST(of_bad("ended_ms") == std::to_string(start_time + 5));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_message_that_is_damaged_between_its_parts) {
    const auto bad = add_parts(3);
    const auto good = add_parts(1, start_time + 1);
    const Work first = spool.claim(claimer_of("one"), start_time + 2).value();
    raw.run_text("UPDATE message SET text = 'short' WHERE id = '" + bad + "'");
    const Outcome accepted = WasAccepted{1};
    const Decision decision = decide(first, accepted, config, start_time + 3, 0);
    const Claimer claimer = claimer_of("one");
    const Turn turn =
        spool.settle(first, attempt_end(accepted), decision, &claimer, start_time + 3);
    BOOST_TEST(turn.settled);
    BOOST_REQUIRE(turn.next.has_value());
    BOOST_TEST(turn.next->message_id == good);
    BOOST_TEST((spool.take_damaged() == Ids{bad}));
    BOOST_TEST((state(bad) == State::failed));
    BOOST_TEST(job(bad).parts_done == 1);
    BOOST_TEST(spool.attempts(bad).at(0).outcome == "accepted");
    // The same call again, after a lost answer.
    BOOST_TEST(settle(first, accepted, start_time + 4).settled);
    BOOST_TEST(spool.take_damaged().empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_orphan_does_not_keep_a_daemon_from_starting) {
    for (const auto& [name, sql] : damages) {
        BOOST_TEST_CONTEXT(name) {
            Fixture fresh;
            const auto bad = fresh.add_parts(1, start_time);
            const auto good = fresh.add_parts(1, start_time + 1);
            const Work work = fresh.claim(start_time + 2).value();
            (void)fresh.claim(start_time + 3);
            fresh.raw.run_text(std::string(sql) + "'" + bad + "'");
            const auto left = fresh.spool.orphans("host-2");
            BOOST_REQUIRE(left.size() == 1U);
            BOOST_TEST(left[0].message_id == good);
            BOOST_TEST((fresh.spool.take_damaged() == Ids{bad}));
            BOOST_TEST(fresh.spool.orphans("host-2").size() == 1U);
            BOOST_TEST(fresh.spool.take_damaged().empty());
            const std::string of_bad = " FROM job WHERE message_id = '" + bad + "'";
            BOOST_TEST(fresh.raw.ask_text("SELECT state" + of_bad) == "failed");
            BOOST_TEST(fresh.raw.ask_text("SELECT error_code" + of_bad) == "SPOOL_DAMAGED");
            const std::string of_attempt = " FROM attempt WHERE id = '" + work.attempt_id + "'";
            BOOST_TEST(fresh.raw.ask_text("SELECT outcome" + of_attempt) == "unknown");
            BOOST_TEST(fresh.raw.ask_text("SELECT ended_ms" + of_attempt) ==
                       std::to_string(start_time + 2));
        }
    }
}

BOOST_AUTO_TEST_CASE(an_orphan_without_an_open_attempt) {
    const auto id = add_parts(1);
    (void)claim();
    raw.run_text("DELETE FROM attempt");
    BOOST_TEST(spool.orphans("host-2").empty());
    BOOST_TEST((spool.take_damaged() == Ids{id}));
    BOOST_TEST((state(id) == State::failed));
}

BOOST_AUTO_TEST_CASE(a_damaged_claim_of_ones_own) {
    const Claimer claimer = claimer_of("sim");
    BOOST_TEST(!spool.claimed(claimer).has_value());
    const auto bad = add_parts(1);
    const Work work = claim().value();
    BOOST_TEST(spool.claimed(claimer).value().attempt_id == work.attempt_id);
    BOOST_TEST(!spool.claimed(claimer_of("other")).has_value());
    raw.run_text("DELETE FROM message WHERE id = '" + bad + "'");
    BOOST_TEST(!spool.claimed(claimer).has_value());
    BOOST_TEST((spool.take_damaged() == Ids{bad}));
    BOOST_TEST(raw.ask_text("SELECT state FROM job") == "failed");
}

// --- a long queue -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(looks_go_by_the_index) {
    const std::string due = "SEARCH job USING INDEX job_route_due "
                            "(state=? AND pinned=? AND route=? AND priority=? AND not_before_ms<?)";
    const std::vector<std::pair<Sql, std::string>> cases{
        {Sql::job_look, due},
        {Sql::job_look_known, due},
        {Sql::job_due, "(state=? AND pinned=? AND route=? AND priority=?)"},
        {Sql::job_due_all_pinned, "(state=? AND pinned>?)"},
        {Sql::job_pinned, "(state=? AND pinned=?)"},
        {Sql::job_after, "(state=? AND (pinned,route,priority,not_before_ms,id)>(?,?,?,?,?))"},
        {Sql::job_route_after, "(state=? AND pinned=? AND route>?)"},
        {Sql::job_of_route, "(state=? AND pinned=? AND route=?)"},
        {Sql::usage_list, "SEARCH usage_minute USING PRIMARY KEY (modem=? AND minute_ms>?)"},
        {Sql::recipient_known, "(modem=? AND month=? AND number=?)"},
    };
    for (const auto& [statement, want] : cases) {
        const std::string plan = plan_of(config.spool, statement);
        BOOST_TEST(plan.find(want) != std::string::npos, plan);
        // In the order of the index: nothing is sorted, nothing is read that is not wanted.
        BOOST_TEST(plan.find("TEMP B-TREE") == std::string::npos, plan);
        BOOST_TEST(plan.find("SCAN") == std::string::npos, plan);
    }
    // What waits for one modem is so little that it may be sorted.
    for (const Sql statement : {Sql::job_look_pinned, Sql::job_due_pinned}) {
        const std::string plan = plan_of(config.spool, statement);
        BOOST_TEST(plan.find("(state=? AND pinned=?)") != std::string::npos, plan);
    }
}

BOOST_AUTO_TEST_SUITE_END()
