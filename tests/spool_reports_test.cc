// Delivery reports: what a status means, whose report it is, and what a job's parts add up to.

#define BOOST_TEST_MODULE spool_reports_test
#include "common/spool_reports.h"

#include "common/numbers.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

constexpr std::int64_t window = 3'600'000;
constexpr const char* recipient = "+525512345678";

// TP-Status values that stand for their groups.
constexpr int received = 0x00;
constexpr int trying = 0x30;
constexpr int gave_up = 0x63;
constexpr int refused = 0x45;

Arrival report_of(int reference, int status = received, const std::string& number = recipient) {
    static int location = 0;
    Arrival arrival;
    arrival.kind = "report";
    arrival.number = number;
    arrival.sent = start_time - 6 * window; // another zone: it must not matter
    arrival.folder = 1;
    arrival.location = ++location;
    arrival.reference = reference;
    arrival.report_status = status;
    return arrival;
}

Config short_window(Config config) {
    config.report_window = std::chrono::milliseconds(window);
    return config;
}

struct Fixture : FreshSpool {
    Fixture() { spool = Spool(short_window(config), Access::write); }

    Numbers numbers{config};

    TakenIn take(const Arrival& arrival, UtcMs now = start_time + 1'000,
                 const std::string& modem = "sim") {
        return spool.take_in(modem, {arrival}, numbers, now).at(0);
    }

    // A message that asks for reports, not claimed yet; its id.
    std::string submit(const std::string& text = "hola", const std::string& number = recipient,
                       UtcMs now = start_time) {
        NewMessage message = new_message(text, now, number);
        message.report = true;
        (void)spool.submit(message);
        return message.id;
    }
    // The same, with every part accepted with the references that follow `reference`.
    std::string send(int reference, UtcMs when = start_time, const std::string& text = "hola",
                     const std::string& number = recipient, const std::string& modem = "sim") {
        const std::string id = submit(text, number, when);
        for (std::optional<Work> work = claim(when, "host-1", modem); work;)
            work = settle(*work, WasAccepted{reference++}, when).next;
        return id;
    }

    JobView job(const std::string& id) { return spool.find(id).value().jobs.at(0); }
    std::string delivery(const std::string& id) { return std::string(name_of(job(id).delivery)); }
    std::optional<std::int64_t> status(const std::string& id, std::size_t attempt = 0) {
        return spool.attempts(id).at(attempt).report_status;
    }
};

std::string word(const std::optional<Delivery>& delivery) {
    return delivery ? std::string(name_of(*delivery)) : "no match";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_reports_test, Fixture)

// --- what they mean -----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(meanings) {
    struct Case {
        int first, last;
        ReportMeaning want;
    };
    const std::vector<Case> cases{
        {-1000, -1, ReportMeaning::trying},     {0x00, 0x02, ReportMeaning::delivered},
        {0x03, 0x0F, ReportMeaning::failed},    {0x10, 0x1F, ReportMeaning::delivered},
        {0x20, 0x3F, ReportMeaning::trying},    {0x40, 0x5F, ReportMeaning::failed},
        {0x60, 0x7F, ReportMeaning::failed},    {0x80, 0xFF, ReportMeaning::failed},
        {0x100, 0x1000, ReportMeaning::trying},
    };
    for (const Case& c : cases) {
        for (int status = c.first; status <= c.last; ++status)
            BOOST_TEST((meaning_of(status) == c.want), "status " << status);
    }
}

BOOST_AUTO_TEST_CASE(parts_add_up) {
    struct Case {
        const char* name;
        std::int64_t parts;
        std::vector<PartReport> reports;
        Delivery want;
        std::optional<UtcMs> when;
    };
    const std::vector<Case> cases{
        {"nothing went out", 1, {}, Delivery::none, {}},
        {"no report", 1, {{1, {}, {}}}, Delivery::pending, {}},
        {"still trying", 1, {{1, trying, 5}}, Delivery::pending, {}},
        {"delivered", 1, {{1, received, 5}}, Delivery::delivered, 5},
        {"not delivered", 1, {{1, refused, 5}}, Delivery::undelivered, {}},
        {"the last part counts", 2, {{1, received, 9}, {2, received, 5}}, Delivery::delivered, 9},
        {"a part without a report", 2, {{1, received, 5}, {2, {}, {}}}, Delivery::pending, {}},
        {"a part that was not sent", 2, {{1, received, 5}}, Delivery::pending, {}},
        {"a failed part and one not sent", 2, {{2, refused, 5}}, Delivery::pending, {}},
        {"one of two", 2, {{1, received, 5}, {2, gave_up, 6}}, Delivery::partly, {}},
        {"none of two", 2, {{1, gave_up, 5}, {2, refused, 6}}, Delivery::undelivered, {}},
        {"twice sent, once delivered",
         1,
         {{1, refused, 5}, {1, received, 6}},
         Delivery::delivered,
         6},
        {"twice sent, once delivered, once without a report",
         1,
         {{1, {}, {}}, {1, received, 6}},
         Delivery::delivered,
         6},
        {"twice sent, once failed, once without a report",
         1,
         {{1, refused, 5}, {1, {}, {}}},
         Delivery::pending,
         {}},
        {"twice delivered: the phone has it since the first",
         1,
         {{1, received, 8}, {1, received, 6}},
         Delivery::delivered,
         6},
        {"parts that there are not",
         1,
         {{0, received, 5}, {2, received, 5}, {-1, refused, 5}},
         Delivery::pending,
         {}},
        {"a number of parts that cannot be",
         std::numeric_limits<std::int64_t>::max(),
         {{1, received, 5}},
         Delivery::pending,
         {}},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Delivered found = delivery_of(c.parts, c.reports);
            BOOST_TEST(name_of(found.delivery) == name_of(c.want));
            BOOST_TEST((found.when == c.when));
        }
    }
}

// --- the way of a report ------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(delivered) {
    const auto id = submit();
    BOOST_TEST(delivery(id) == "none");
    (void)settle(claim().value(), WasAccepted{7});
    BOOST_TEST(delivery(id) == "pending");
    Arrival arrival = report_of(7);
    arrival.settled = start_time + 4'000;
    const TakenIn taken = take(arrival, start_time + 9'000);
    BOOST_TEST(word(taken.delivery) == "delivered");
    BOOST_TEST(taken.message_id == id);
    BOOST_TEST(taken.user == "ana");
    BOOST_TEST(taken.number == recipient);
    BOOST_TEST(!taken.incoming_id.empty());
    BOOST_TEST(!taken.message.has_value());
    BOOST_TEST(delivery(id) == "delivered");
    BOOST_TEST(job(id).delivered.value_or(0) == start_time + 4'000);
    BOOST_TEST((job(id).state == State::sent));
    BOOST_TEST(status(id).value_or(-1) == received);
    BOOST_TEST(spool.attempts(id).at(0).settled.value_or(0) == start_time + 4'000);
}

BOOST_AUTO_TEST_CASE(who_asked_for_none_has_none) {
    const auto id = FreshSpool::send(new_message("hola"), start_time);
    BOOST_TEST(delivery(id) == "none");
    BOOST_TEST(word(take(report_of(7)).delivery) == "no match");
    BOOST_TEST(delivery(id) == "none");
}

BOOST_AUTO_TEST_CASE(what_was_not_accepted_waits_for_none) {
    struct Case {
        const char* name;
        Outcome outcome;
    };
    const std::vector<Case> cases{
        {"refused", WasRefused{RefusalKind::permanent, 28, "no such number"}},
        {"unknown", IsUnknown{"no answer"}},
        {"withdrawn", WasWithdrawn{"not told"}},
        {"accepted without a reference", WasAccepted{-1}},
    };
    for (const Case& c : cases) {
        Fixture fresh;
        const auto id = fresh.submit();
        (void)fresh.settle(fresh.claim().value(), c.outcome);
        BOOST_TEST(fresh.delivery(id) == "none", c.name);
        BOOST_TEST(word(fresh.take(report_of(-1)).delivery) == "no match", c.name);
    }
}

BOOST_AUTO_TEST_CASE(every_group_of_status) {
    struct Case {
        int status;
        const char* want;
        bool awaits; // another report still finds it as the one that is awaited
    };
    for (const Case& c : {Case{received, "delivered", false}, Case{0x01, "delivered", false},
                          Case{trying, "pending", true}, Case{refused, "undelivered", false},
                          Case{gave_up, "undelivered", false}, Case{-1, "pending", true}}) {
        BOOST_TEST_CONTEXT("status " << c.status) {
            Fixture fresh;
            const auto older = fresh.send(7);
            const auto newer = fresh.send(7, start_time + 1);
            BOOST_TEST(word(fresh.take(report_of(7, c.status)).delivery) == c.want);
            BOOST_TEST(fresh.delivery(newer) == c.want);
            BOOST_TEST(fresh.delivery(older) == "pending");
            BOOST_TEST((fresh.take(report_of(7)).message_id == newer) == c.awaits);
        }
    }
}

BOOST_AUTO_TEST_CASE(whose_report_it_is) {
    struct Case {
        const char* name;
        std::string number, modem;
        int reference;
        std::int64_t after; // the send
        bool matches;
    };
    const std::vector<Case> cases{
        {"the same", recipient, "sim", 7, 1'000, true},
        {"ten digits", "5512345678", "sim", 7, 1'000, true},
        {"the old Mexican form", "+5215512345678", "sim", 7, 1'000, true},
        {"no number", "", "sim", 7, 1'000, true},
        {"no plus: it is not clear whose", "525512345678", "sim", 7, 1'000, true},
        {"a name", "Operator", "sim", 7, 1'000, true},
        {"another number", "+525512345679", "sim", 7, 1'000, false},
        {"another reference", recipient, "sim", 8, 1'000, false},
        {"another modem", recipient, "sim2", 7, 1'000, false},
        {"at once", recipient, "sim", 7, 0, true},
        {"the clock was set back a little", recipient, "sim", 7, -60'000, true},
        {"the clock was set back", recipient, "sim", 7, -60'001, false},
        {"the end of the window", recipient, "sim", 7, window, true},
        {"after the window", recipient, "sim", 7, window + 1, false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const auto id = fresh.send(7);
            const TakenIn taken = fresh.take(report_of(c.reference, received, c.number),
                                             start_time + c.after, c.modem);
            BOOST_TEST((taken.message_id == id) == c.matches);
            BOOST_TEST(fresh.delivery(id) == (c.matches ? "delivered" : "pending"));
            const ReportCount count = fresh.spool.report_count();
            BOOST_TEST(count.all == 1);
            BOOST_TEST(count.matched == (c.matches ? 1 : 0));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_service_number_is_compared_as_it_is) {
    const auto id = send(7, start_time, "saldo", "333");
    BOOST_TEST(take(report_of(7, received, "333")).message_id == id);
}

BOOST_AUTO_TEST_CASE(without_a_number_two_candidates_are_too_many) {
    const auto one = send(7, start_time, "hola", recipient);
    const auto other = send(7, start_time, "hola", "+525599999999");
    BOOST_TEST(word(take(report_of(7, received, "")).delivery) == "no match");
    BOOST_TEST(take(report_of(7, received, "+525599999999")).message_id == other);
    BOOST_TEST(take(report_of(7, received, "")).message_id == one);
}

BOOST_AUTO_TEST_CASE(a_reference_that_came_round_is_the_newest_one_that_waits) {
    const auto oldest = send(7, start_time);
    const auto older = send(7, start_time + 1'000);
    const auto newest = send(7, start_time + 2'000);
    for (const auto& want : {newest, older, oldest})
        BOOST_TEST(take(report_of(7), start_time + 3'000).message_id == want);
    BOOST_TEST(spool.report_count().matched == 3);
}

BOOST_AUTO_TEST_CASE(a_second_copy_of_a_report_is_for_the_same_attempt) {
    const auto older = send(7, start_time);
    const auto newer = send(7, start_time + 1'000);
    for (int i = 0; i < 2; ++i) {
        Arrival arrival = report_of(7); // at another place each time
        arrival.settled = start_time + 2'000;
        BOOST_TEST(take(arrival, start_time + 3'000).message_id == newer);
    }
    BOOST_TEST(delivery(older) == "pending");
}

BOOST_AUTO_TEST_CASE(reports_of_one_place_that_say_different_things_are_two) {
    const auto id = send(7);
    Arrival arrival = report_of(7, trying);
    arrival.location = -1;
    BOOST_TEST(!take(arrival).again);
    BOOST_TEST(take(arrival).again);
    arrival.report_status = received;
    BOOST_TEST(!take(arrival).again);
    BOOST_TEST(delivery(id) == "delivered");
}

// A phone does not lose what it received; but a service centre may have given up too early.
BOOST_AUTO_TEST_CASE(a_second_report_changes_only_for_the_better) {
    struct Case {
        const char* name;
        int first, second;
        const char* want;
        int status;
    };
    const std::vector<Case> cases{
        {"trying, delivered", trying, received, "delivered", received},
        {"trying, failed", trying, refused, "undelivered", refused},
        {"trying, trying", trying, 0x31, "pending", 0x31},
        {"trying, nothing", trying, -1, "pending", trying},
        {"delivered, failed", received, refused, "delivered", received},
        {"delivered, trying", received, trying, "delivered", received},
        {"failed, delivered", gave_up, received, "delivered", received},
        {"failed, trying", gave_up, trying, "undelivered", gave_up},
        {"failed, failed", gave_up, refused, "undelivered", gave_up},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const auto id = fresh.send(7);
            (void)fresh.take(report_of(7, c.first));
            BOOST_TEST(fresh.spool.check().empty());
            BOOST_TEST(fresh.take(report_of(7, c.second)).message_id == id);
            BOOST_TEST(fresh.delivery(id) == c.want);
            BOOST_TEST(fresh.status(id).value_or(-1) == c.status);
            // None of them is lost.
            BOOST_TEST(fresh.spool.report_count().matched == 2);
        }
    }
}

BOOST_AUTO_TEST_CASE(several_parts) {
    struct Case {
        const char* name;
        int first, second;
        const char *half_way, *want;
    };
    const std::vector<Case> cases{
        {"both", received, received, "pending", "delivered"},
        {"one", received, gave_up, "pending", "partly"},
        {"the other", refused, received, "pending", "partly"},
        {"none", refused, gave_up, "pending", "undelivered"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const auto id = fresh.send(7, start_time, long_text(2));
            BOOST_TEST(fresh.delivery(id) == "pending");
            // In any order.
            BOOST_TEST(word(fresh.take(report_of(8, c.second), start_time + 1'000).delivery) ==
                       c.half_way);
            BOOST_TEST(word(fresh.take(report_of(7, c.first), start_time + 2'000).delivery) ==
                       c.want);
            BOOST_TEST(fresh.delivery(id) == c.want);
            BOOST_TEST(fresh.job(id).delivered.has_value() == (std::string(c.want) == "delivered"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_part_that_was_sent_twice) {
    const auto id = submit();
    (void)settle(claim().value(), IsUnknown{"no answer"});
    BOOST_TEST(delivery(id) == "none");
    (void)settle(claim(start_time + 1).value(), WasAccepted{7}, start_time + 1);
    BOOST_TEST(take(report_of(7)).message_id == id);
    BOOST_TEST(delivery(id) == "delivered");
    BOOST_TEST(!status(id, 0).has_value());
    BOOST_TEST(status(id, 1).value_or(-1) == received);
}

BOOST_AUTO_TEST_CASE(when_it_was_delivered) {
    struct Case {
        const char* name;
        std::optional<std::int64_t> settled; // after the send
        std::int64_t want;
    };
    const std::vector<Case> cases{
        {"as the service centre says", 4'000, 4'000},
        {"its clock is a little behind", -30'000, -30'000},
        {"its clock is of another zone", -6 * window, 9'000},
        {"its clock is in the future", 6 * window, 9'000},
        {"it does not say", {}, 9'000},
        {"it says nonsense", std::numeric_limits<std::int64_t>::max() - start_time, 9'000},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const auto id = fresh.send(7);
            Arrival arrival = report_of(7);
            if (c.settled)
                arrival.settled = start_time + *c.settled;
            (void)fresh.take(arrival, start_time + 9'000);
            BOOST_TEST(fresh.job(id).delivered.value_or(0) == start_time + c.want);
        }
    }
}

// --- before its time ----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_report_that_comes_before_its_send_is_settled) {
    const auto id = submit();
    const Work work = claim().value();
    const TakenIn taken = take(report_of(7), start_time + 500);
    BOOST_TEST(word(taken.delivery) == "no match");
    BOOST_TEST(!taken.incoming_id.empty());
    BOOST_TEST(spool.report_count().matched == 0);
    (void)settle(work, WasAccepted{7}, start_time + 1'000);
    BOOST_TEST(delivery(id) == "delivered");
    BOOST_TEST(job(id).delivered.value_or(0) == start_time + 500);
    BOOST_TEST(spool.report_count().matched == 1);
    // A settlement that is repeated changes nothing.
    (void)settle(work, WasAccepted{7}, start_time + 1'000);
    BOOST_TEST(delivery(id) == "delivered");
}

BOOST_AUTO_TEST_CASE(before_its_send_and_without_a_number) {
    const auto id = submit();
    const Work work = claim().value();
    BOOST_TEST(word(take(report_of(7, refused, ""), start_time + 500).delivery) == "no match");
    (void)settle(work, WasAccepted{7}, start_time + 1'000);
    BOOST_TEST(delivery(id) == "undelivered");
}

// The old message with the same reference and number must not get the report of the new one.
BOOST_AUTO_TEST_CASE(while_a_message_is_on_its_way_reports_of_its_number_wait) {
    struct Case {
        const char* name;
        Outcome outcome;
        bool is_of_new;
    };
    const std::vector<Case> cases{
        {"it was about the new one", WasAccepted{7}, true},
        {"the new one got another reference", WasAccepted{8}, false},
        {"the new one was refused", WasRefused{RefusalKind::temporary, 500, "later"}, false},
        {"the new one is unknown", IsUnknown{"no answer"}, false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const auto old = fresh.send(7);
            const auto young = fresh.submit("hola", recipient, start_time + 10);
            const Work work = fresh.claim(start_time + 10).value();
            BOOST_TEST(word(fresh.take(report_of(7), start_time + 20).delivery) == "no match");
            BOOST_TEST(fresh.delivery(old) == "pending");
            (void)fresh.settle(work, c.outcome, start_time + 30);
            BOOST_TEST((fresh.delivery(old) == "delivered") == !c.is_of_new);
            BOOST_TEST((fresh.delivery(young) == "delivered") == c.is_of_new);
        }
    }
}

BOOST_AUTO_TEST_CASE(reports_of_other_numbers_do_not_wait) {
    const auto id = send(7);
    (void)submit("hola", "+525599999999", start_time + 10);
    const Work work = claim(start_time + 10).value();
    BOOST_TEST(take(report_of(7), start_time + 20).message_id == id);
    // Nor do those that another modem brought.
    const auto there = send(9, start_time + 20, "hola", "+525599999999", "sim2");
    BOOST_TEST(take(report_of(9, received, "+525599999999"), start_time + 30, "sim2").message_id ==
               there);
}

BOOST_AUTO_TEST_CASE(the_first_part_is_reported_while_the_second_is_on_its_way) {
    const auto id = submit(long_text(2));
    const Work first = claim().value();
    const Work second = settle(first, WasAccepted{7}, start_time + 10).next.value();
    BOOST_TEST(delivery(id) == "pending");
    (void)take(report_of(7), start_time + 20);
    (void)settle(second, WasAccepted{8}, start_time + 30);
    BOOST_TEST(delivery(id) == "pending");
    BOOST_TEST(word(take(report_of(8), start_time + 40).delivery) == "delivered");
}

// --- at the end ---------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(nothing_of_a_purged_message_is_matched) {
    const auto id = send(7);
    const auto later = send(9, start_time + 2);
    BOOST_TEST(spool.purge(start_time + 1).size() == 1U);
    BOOST_TEST(!spool.find(id).has_value());
    BOOST_TEST(Database(config.spool, Open::read, std::chrono::milliseconds(100))
                   .ask_text("SELECT COUNT(*) FROM report_due") == "1");
    BOOST_TEST(word(take(report_of(7)).delivery) == "no match");
    BOOST_TEST(take(report_of(9)).message_id == later);
    BOOST_TEST(spool.purge(start_time + 3).size() == 1U);
    BOOST_TEST(word(take(report_of(9, refused)).delivery) == "no match");
}

BOOST_AUTO_TEST_CASE(reports_are_forgotten_with_the_other_traces) {
    (void)send(7);
    const TakenIn matched = take(report_of(7));
    const TakenIn other = take(report_of(8));
    Arrival from_nowhere = report_of(9);
    from_nowhere.location = -1;
    (void)take(from_nowhere);
    BOOST_TEST(spool.report_count().all == 3);
    // The modem may still hold the first two.
    spool.purge_traces(0, start_time + window);
    BOOST_TEST(spool.report_count().all == 2);
    spool.released({matched.incoming_id, other.incoming_id});
    spool.purge_traces(0, start_time + window);
    BOOST_TEST(spool.report_count().all == 0);
}

BOOST_AUTO_TEST_SUITE_END()
