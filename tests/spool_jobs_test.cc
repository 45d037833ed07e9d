// The daemon's side of sending: claims, settlements, the journal, what a dead daemon left.

#define BOOST_TEST_MODULE spool_jobs_test
#include "common/error.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

const Claimer sim{"host-1", "sim", 60'000};

struct Fixture : FreshSpool {
    std::string add(const std::string& text, UtcMs now = start_time,
                    Priority priority = Priority::normal) {
        NewMessage message = new_message(text, now);
        message.priority = priority;
        (void)spool.submit(message);
        return message.id;
    }
    JobView job(const std::string& id) { return spool.find(id).value().jobs.at(0); }
    std::string outcomes(const std::string& id) {
        std::string text;
        for (const AttemptView& attempt : spool.attempts(id))
            text += std::to_string(attempt.part) + ":" + attempt.outcome + " ";
        return text;
    }
    Turn settle_and_claim(const Work& work, const Outcome& outcome, UtcMs now) {
        return spool.settle(work, attempt_end(outcome), decide(work, outcome, config, now, 0), &sim,
                            now);
    }
};

const WasRefused no_network{RefusalKind::network, 30, "no network"};
const WasRefused for_now{RefusalKind::temporary, 500, "later"};
const WasRefused for_good{RefusalKind::permanent, 28, "no such number"};

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_jobs_test, Fixture)

// --- claims -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(order_of_the_queue) {
    const std::vector<std::string> want = [&] {
        const auto low = add("low", start_time - 100, Priority::low);
        const auto late = add("late", start_time + 2);
        const auto first = add("first", start_time + 1);
        const auto second = add("second", start_time + 1); // the same moment: by id
        const auto high = add("high", start_time + 3, Priority::high);
        return std::vector{high, first, second, late, low};
    }();
    std::vector<std::string> got;
    while (const auto work = claim(start_time + 10))
        got.push_back(work->message_id);
    BOOST_TEST(got == want, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_claim_tells_everything) {
    NewMessage message = new_message("hola");
    message.recipients = {{"55 1234 5678", "+525512345678"}};
    message.reply_timeout_ms = 60'000;
    (void)spool.submit(message);
    const Work work = claim(start_time + 5).value();
    BOOST_TEST(work.message_id == message.id);
    BOOST_TEST(work.user == "ana");
    BOOST_TEST(work.api == "rest");
    BOOST_TEST(work.number == "+525512345678");
    BOOST_TEST(work.number_given == "55 1234 5678");
    BOOST_TEST(work.text == "hola");
    BOOST_TEST(work.whole_text == "hola");
    BOOST_TEST((work.encoding == Encoding::gsm7));
    BOOST_TEST(work.part == 1U);
    BOOST_TEST(work.parts == 1U);
    BOOST_TEST(work.owner == "host-1");
    BOOST_TEST(work.modem == "sim");
    BOOST_TEST(work.started == start_time + 5);
    BOOST_TEST(work.reply_timeout_ms.value_or(0) == 60'000);
    // The journal says so before anybody is told.
    Spool other = open(Access::read);
    const auto attempts = other.attempts(message.id);
    BOOST_REQUIRE(attempts.size() == 1U);
    BOOST_TEST(attempts[0].outcome == "open");
    BOOST_TEST(attempts[0].modem == "sim");
    BOOST_TEST(attempts[0].started == start_time + 5);
    BOOST_TEST(!attempts[0].ended.has_value());
    const JobView view = other.find(message.id).value().jobs.at(0);
    BOOST_TEST((view.state == State::sending));
    BOOST_TEST(view.attempted.value_or(0) == start_time + 5);
    BOOST_TEST(view.modem == "sim");
}

BOOST_AUTO_TEST_CASE(what_is_not_claimed) {
    const auto future = add("future", start_time + 100);
    BOOST_TEST(!claim(start_time + 99).has_value());
    BOOST_TEST(claim(start_time + 100).value().message_id == future);
    BOOST_TEST(!claim(start_time + 100).has_value()); // sending
    NewMessage brief = new_message("brief");
    brief.valid_until = start_time + 50;
    (void)spool.submit(brief);
    BOOST_TEST(!claim(start_time + 50).has_value()); // its validity has ended
    BOOST_TEST(claim(start_time + 49).value().message_id == brief.id);
}

BOOST_AUTO_TEST_CASE(one_that_waits_holds_up_no_other) {
    const auto first = add("first", start_time);
    const auto second = add("second", start_time + 1);
    (void)settle(claim(start_time + 1).value(), no_network, start_time + 1);
    BOOST_TEST(claim(start_time + 2).value().message_id == second);
    BOOST_TEST(!claim(start_time + 5'000).has_value());
    BOOST_TEST(claim(start_time + 5'001).value().message_id == first);
}

BOOST_AUTO_TEST_CASE(when_the_next_is_due) {
    BOOST_TEST(!spool.next_due().has_value());
    add("low", start_time + 5, Priority::low);
    BOOST_TEST(spool.next_due().value() == start_time + 5);
    add("normal", start_time + 7);
    BOOST_TEST(spool.next_due().value() == start_time + 5);
    add("high", start_time + 3, Priority::high);
    BOOST_TEST(spool.next_due().value() == start_time + 3);
    while (claim(start_time + 10)) {
    }
    BOOST_TEST(!spool.next_due().has_value());
}

// --- settlements --------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_becomes_of_a_job) {
    struct Case {
        const char* name;
        Outcome outcome;
        State state;
        const char* journal;
        std::int64_t attempts, unknowns;
        std::int64_t due; // after the settlement; -1: not queued
        const char* error;
    };
    const std::vector<Case> cases{
        {"accepted", WasAccepted{200}, State::sent, "1:accepted ", 0, 0, -1, ""},
        {"refused for now", for_now, State::queued, "1:refused ", 1, 0, 10'000, "SEND_FAILED"},
        {"refused for good", for_good, State::failed, "1:refused ", 1, 0, -1, "SEND_FAILED"},
        {"no network", no_network, State::queued, "1:refused ", 0, 0, 5'000, "SEND_FAILED"},
        {"unknown", IsUnknown{"mute"}, State::queued, "1:unknown ", 0, 1, 0, "MODEM_TIMEOUT"},
        {"withdrawn", WasWithdrawn{"gone"}, State::queued, "1:withdrawn ", 0, 0, 1'000, ""},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const auto id = fresh.add("hola");
            const Turn turn = fresh.settle(fresh.claim().value(), c.outcome, start_time + 3);
            BOOST_TEST(turn.settled);
            BOOST_TEST(!turn.next.has_value());
            const JobView view = fresh.job(id);
            BOOST_TEST((view.state == c.state));
            BOOST_TEST(fresh.outcomes(id) == c.journal);
            BOOST_TEST(view.attempts == c.attempts);
            BOOST_TEST(view.unknowns == c.unknowns);
            BOOST_TEST(view.parts_done == (c.state == State::sent ? 1 : 0));
            BOOST_TEST(view.error_code == c.error);
            BOOST_TEST(fresh.spool.attempts(id).at(0).ended.value_or(0) == start_time + 3);
            const auto due = fresh.spool.next_due();
            BOOST_TEST((due ? *due - start_time - 3 : -1) == c.due);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_journal_keeps_references_and_reasons) {
    const auto id = add("hola");
    (void)settle(claim().value(), for_now);
    (void)settle(claim(start_time + 10'000).value(), WasAccepted{200}, start_time + 10'001);
    const auto attempts = spool.attempts(id);
    BOOST_REQUIRE(attempts.size() == 2U);
    BOOST_TEST(attempts[0].code.value_or(-1) == 500);
    BOOST_TEST(attempts[0].reason == "later");
    BOOST_TEST(!attempts[0].reference.has_value());
    BOOST_TEST(attempts[1].reference.value_or(-1) == 200);
    BOOST_TEST(!attempts[1].code.has_value());
    BOOST_TEST(attempts[1].reason == "");
    BOOST_TEST(attempts[0].trace == "");
    BOOST_TEST(!attempts[0].report_status.has_value());
    // The error of the first attempt is over.
    BOOST_TEST(job(id).error_code == "");
    BOOST_TEST(job(id).error_text == "");
}

BOOST_AUTO_TEST_CASE(the_journal_keeps_the_conversation_of_what_ended_badly) {
    const std::vector<std::pair<Outcome, std::string>> cases{
        {WasAccepted{1}, ""},
        {WasRefused{RefusalKind::temporary, 500, "later", "> AT+CMGS\n< +CMS ERROR: 500"},
         "> AT+CMGS\n< +CMS ERROR: 500"},
        {IsUnknown{"mute", "> AT+CMGS"}, "> AT+CMGS"},
        {WasWithdrawn{"gone", "> AT"}, "> AT"},
        {WasWithdrawn{"gone"}, ""},
    };
    for (const auto& [outcome, trace] : cases) {
        Fixture fresh;
        const auto id = fresh.add("hola");
        (void)fresh.settle(fresh.claim().value(), outcome);
        BOOST_TEST(fresh.spool.attempts(id).at(0).trace == trace);
    }
}

BOOST_AUTO_TEST_CASE(attempts_are_used_up) {
    const auto id = add("hola");
    UtcMs now = start_time;
    for (int i = 0; i < 5; ++i) {
        BOOST_TEST((job(id).state == State::queued));
        (void)settle(claim(now).value(), for_now, now);
        now += 24LL * 60 * 60 * 1000 / 10;
    }
    BOOST_TEST((job(id).state == State::failed));
    BOOST_TEST(job(id).attempts == 5);
    BOOST_TEST(job(id).error_text == "Failed to send SMS to +525512345678: later");
    BOOST_TEST(!claim(now).has_value());
}

BOOST_AUTO_TEST_CASE(unknown_is_sent_once_more_and_then_held) {
    const auto id = add("hola");
    (void)settle(claim().value(), IsUnknown{"mute"});
    BOOST_TEST((job(id).state == State::queued));
    (void)settle(claim().value(), IsUnknown{"mute again"});
    BOOST_TEST((job(id).state == State::unknown));
    BOOST_TEST(job(id).unknowns == 2);
    BOOST_TEST(job(id).error_code == "MODEM_TIMEOUT");
    BOOST_TEST(outcomes(id) == "1:unknown 1:unknown ");
    BOOST_TEST(!claim().has_value());
}

BOOST_AUTO_TEST_CASE(unknown_is_held_at_once_where_the_setting_says_so) {
    config.unknown = UnknownPolicy::hold;
    const auto id = add("hola");
    (void)settle(claim().value(), IsUnknown{"mute"});
    BOOST_TEST((job(id).state == State::unknown));
}

BOOST_AUTO_TEST_CASE(parts_go_one_after_the_other) {
    const std::string text = long_text(3);
    const auto id = add(text);
    Work work = claim().value();
    const Work first = work;
    for (unsigned part = 1; part <= 3; ++part) {
        BOOST_TEST_CONTEXT("part " << part) {
            BOOST_TEST(work.part == part);
            BOOST_TEST(work.parts == 3U);
            BOOST_TEST(work.text == text.substr(153 * (part - 1), 153));
            BOOST_TEST(work.whole_text == text);
            BOOST_TEST(work.reference == first.reference);
            BOOST_TEST(work.claim == first.claim);
            BOOST_TEST(work.started == start_time + (part - 1));
            BOOST_TEST(job(id).parts_done == part - 1);
            BOOST_TEST((job(id).state == State::sending));
            const Turn turn = settle(work, WasAccepted{static_cast<int>(part)}, start_time + part);
            BOOST_TEST(turn.settled);
            BOOST_TEST(turn.next.has_value() == (part < 3));
            if (turn.next)
                work = *turn.next;
        }
    }
    BOOST_TEST((job(id).state == State::sent));
    BOOST_TEST(job(id).parts_done == 3);
    const auto attempts = spool.attempts(id);
    BOOST_TEST(outcomes(id) == "1:accepted 2:accepted 3:accepted ");
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(attempts.at(static_cast<std::size_t>(i)).reference.value_or(-1) == i + 1);
}

BOOST_AUTO_TEST_CASE(a_text_that_is_taken_as_a_whole_settles_all_parts) {
    const auto id = add(long_text(3));
    const auto claim_whole = [&](UtcMs when) {
        Work work = claim(when).value();
        BOOST_TEST(work.part == 1U);
        BOOST_TEST(work.parts == 3U);
        work.whole = true;
        return work;
    };
    (void)settle(claim_whole(start_time), WasRefused{RefusalKind::temporary, 500, "HTTP 500"});
    BOOST_TEST((job(id).state == State::queued));
    BOOST_TEST(job(id).parts_done == 0);
    const Turn turn = settle(claim_whole(start_time + 20'000), WasAccepted{-1, "200 OK"});
    BOOST_TEST(turn.settled);
    BOOST_TEST(!turn.next.has_value());
    BOOST_TEST((job(id).state == State::sent));
    BOOST_TEST(job(id).parts_done == 3);
    BOOST_TEST(outcomes(id) == "1:refused 1:accepted ");
    BOOST_TEST(spool.attempts(id).at(1).reason == "200 OK");
}

BOOST_AUTO_TEST_CASE(a_part_that_was_refused_comes_back_alone) {
    const auto id = add(long_text(3));
    const Work first = claim().value();
    const Work second = settle(first, WasAccepted{1}).next.value();
    BOOST_TEST(!settle(second, for_now).next.has_value());
    BOOST_TEST(job(id).parts_done == 1);
    const Work again = claim(start_time + 10'000).value();
    BOOST_TEST(again.part == 2U);
    BOOST_TEST(again.text == second.text);
    BOOST_TEST(again.reference == first.reference);
    BOOST_TEST(again.claim != first.claim);
    BOOST_TEST(again.attempts == 1);
    const Work third = settle(again, WasAccepted{2}, start_time + 10'001).next.value();
    BOOST_TEST(third.part == 3U);
    (void)settle(third, WasAccepted{3}, start_time + 10'002);
    BOOST_TEST((job(id).state == State::sent));
    BOOST_TEST(outcomes(id) == "1:accepted 2:refused 2:accepted 3:accepted ");
}

// A part went through, so the row of waits is over, within the same claim as well.
BOOST_AUTO_TEST_CASE(waits_begin_anew_after_a_part) {
    add(long_text(2));
    UtcMs now = start_time;
    for (int i = 0; i < 3; ++i) {
        (void)settle(claim(now).value(), no_network, now);
        now += 60'000;
    }
    const Work first = claim(now).value();
    BOOST_TEST(first.waits == 3);
    const Work second = settle(first, WasAccepted{1}, now).next.value();
    (void)settle(second, no_network, now);
    BOOST_TEST(spool.next_due().value() == now + 5'000);
}

BOOST_AUTO_TEST_CASE(references_of_messages_that_follow_each_other_differ) {
    std::set<int> seen;
    int last = -1;
    for (int i = 0; i < 300; ++i) {
        add(long_text(2));
        const Work work = claim().value();
        if (last >= 0)
            BOOST_TEST(work.reference == (last + 1) % 256);
        last = work.reference;
        seen.insert(last);
        (void)settle(settle(work, WasAccepted{1}).next.value(), WasAccepted{2});
    }
    BOOST_TEST(seen.size() == 256U);
    // Another recipient has a row of its own: it does not move this one on.
    (void)spool.submit(new_message(long_text(2), start_time, "+525599999999"));
    (void)settle(settle(claim().value(), WasAccepted{1}).next.value(), WasAccepted{2});
    add(long_text(2));
    BOOST_TEST(claim().value().reference == (last + 1) % 256);
}

BOOST_AUTO_TEST_CASE(settling_and_claiming_in_one_call) {
    const auto first = add("first", start_time);
    const auto second = add("second", start_time + 1);
    const Turn turn =
        settle_and_claim(claim(start_time + 5).value(), WasAccepted{1}, start_time + 6);
    BOOST_TEST(turn.settled);
    BOOST_TEST((job(first).state == State::sent));
    BOOST_REQUIRE(turn.next.has_value());
    BOOST_TEST(turn.next->message_id == second);
    BOOST_TEST(turn.next->started == start_time + 6);
    BOOST_TEST((job(second).state == State::sending));
    const Turn last = settle_and_claim(*turn.next, WasAccepted{2}, start_time + 7);
    BOOST_TEST(last.settled);
    BOOST_TEST(!last.next.has_value());
}

// What is due again at once may be handed out by the same call.
BOOST_AUTO_TEST_CASE(the_next_may_be_the_same) {
    const auto id = add("hola");
    const Work work = claim().value();
    const Turn turn = settle_and_claim(work, IsUnknown{"gone"}, start_time + 1);
    BOOST_REQUIRE(turn.next.has_value());
    BOOST_TEST(turn.next->message_id == id);
    BOOST_TEST(turn.next->claim != work.claim);
    BOOST_TEST(turn.next->attempt_id != work.attempt_id);
}

BOOST_AUTO_TEST_CASE(a_repeated_settlement_changes_nothing) {
    const std::vector<Outcome> all{WasAccepted{200}, for_now,           for_good,
                                   no_network,       IsUnknown{"mute"}, WasWithdrawn{"gone"}};
    for (const Outcome& outcome : all) {
        BOOST_TEST_CONTEXT(attempt_end(outcome).outcome) {
            Fixture fresh;
            const auto id = fresh.add("hola");
            const Work work = fresh.claim().value();
            (void)fresh.settle(work, outcome, start_time + 1);
            const JobView before = fresh.job(id);
            const auto due = fresh.spool.next_due();
            const Turn again = fresh.settle(work, outcome, start_time + 999);
            BOOST_TEST(again.settled);
            BOOST_TEST(!again.next.has_value());
            const JobView after = fresh.job(id);
            BOOST_TEST((after.state == before.state));
            BOOST_TEST(after.attempts == before.attempts);
            BOOST_TEST(after.unknowns == before.unknowns);
            BOOST_TEST((fresh.spool.next_due() == due));
            BOOST_TEST(fresh.spool.attempts(id).size() == 1U);
            BOOST_TEST(fresh.spool.attempts(id).at(0).ended.value_or(0) == start_time + 1);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_repeated_settlement_of_a_part_gives_the_same_next_part) {
    const auto id = add(long_text(3));
    const Work first = claim().value();
    const Work second = settle(first, WasAccepted{1}, start_time + 1).next.value();
    const Turn again = settle(first, WasAccepted{1}, start_time + 5);
    BOOST_TEST(again.settled);
    BOOST_REQUIRE(again.next.has_value());
    BOOST_TEST(again.next->attempt_id == second.attempt_id);
    BOOST_TEST(again.next->part == 2U);
    BOOST_TEST(again.next->text == second.text);
    BOOST_TEST(again.next->started == start_time + 1);
    BOOST_TEST(outcomes(id) == "1:accepted 2:open ");
    // Once that part is settled too there is nothing left to give.
    const Work third = settle(second, WasAccepted{2}).next.value();
    const Turn late = settle(first, WasAccepted{1});
    BOOST_TEST(late.settled);
    BOOST_TEST(!late.next.has_value());
    (void)settle(third, WasAccepted{3});
    BOOST_TEST(!settle(second, WasAccepted{2}).next.has_value());
    BOOST_TEST((job(id).state == State::sent));
    BOOST_TEST(outcomes(id) == "1:accepted 2:accepted 3:accepted ");
}

// The claim went to somebody else meanwhile: what is said late is not believed.
BOOST_AUTO_TEST_CASE(a_settlement_whose_claim_is_lost_changes_nothing) {
    const auto id = add("hola");
    const Work stale = claim().value();
    (void)settle(stale, IsUnknown{"taken for dead"}, start_time + 1);
    const Work present = claim(start_time + 2).value();
    const Turn turn = settle(stale, WasAccepted{9}, start_time + 3);
    BOOST_TEST(!turn.settled);
    BOOST_TEST(!turn.next.has_value());
    BOOST_TEST((job(id).state == State::sending));
    BOOST_TEST(outcomes(id) == "1:unknown 1:open ");
    BOOST_TEST(settle(present, WasAccepted{10}, start_time + 4).settled);
    BOOST_TEST(!settle(stale, for_good, start_time + 5).settled);
    BOOST_TEST((job(id).state == State::sent));
    BOOST_TEST(outcomes(id) == "1:unknown 1:accepted ");
}

BOOST_AUTO_TEST_CASE(a_settlement_with_a_foreign_token_changes_nothing) {
    const auto id = add(long_text(2));
    const Work work = claim().value();
    Work forged = work;
    forged.claim = "018bcfe5-6800-7abc-8def-0123456789ab";
    Work unheard = work;
    unheard.attempt_id = "018bcfe5-6800-7abc-8def-0123456789ab";
    for (const Work& bad : {forged, unheard}) {
        for (const Outcome& outcome : std::vector<Outcome>{WasAccepted{1}, for_good}) {
            BOOST_TEST(!settle(bad, outcome).settled);
            BOOST_TEST((job(id).state == State::sending));
            BOOST_TEST(job(id).parts_done == 0);
            BOOST_TEST(outcomes(id) == "1:open ");
        }
    }
    BOOST_TEST(settle(work, WasAccepted{1}).settled);
}

// An earlier part's settlement must not end a job that is at a later part.
BOOST_AUTO_TEST_CASE(a_late_settlement_of_an_earlier_part_changes_nothing) {
    const auto id = add(long_text(2));
    const Work first = claim().value();
    (void)settle(first, WasAccepted{1});
    for (const Outcome& outcome : std::vector<Outcome>{for_good, IsUnknown{"x"}, for_now})
        BOOST_TEST(!settle(first, outcome).settled);
    BOOST_TEST((job(id).state == State::sending));
    BOOST_TEST(outcomes(id) == "1:accepted 2:open ");
}

BOOST_AUTO_TEST_CASE(a_step_that_is_none_is_a_bug) {
    const auto id = add("hola");
    const Work work = claim().value();
    Decision decision;
    decision.event = Event::reply;
    BOOST_CHECK_EXCEPTION(
        (void)spool.settle(work, attempt_end(WasAccepted{1}), decision, nullptr, start_time), Error,
        [](const Error& error) { return error.fault() == Fault::bug; });
    BOOST_TEST(outcomes(id) == "1:open ");
    BOOST_TEST(settle(work, WasAccepted{1}).settled);
}

// --- what a dead daemon left --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(orphans_are_settled_by_the_ordinary_path) {
    const auto plain = add("plain", start_time);
    const auto parts = add(long_text(2), start_time + 1);
    const auto alive = add("alive", start_time + 2);
    const auto waiting = add("waiting", start_time + 900);
    const Work dead = claim(start_time + 10, "host-1").value();
    const Work half =
        settle(claim(start_time + 11, "host-1").value(), WasAccepted{1}, start_time + 12)
            .next.value();
    (void)claim(start_time + 13, "host-2");
    const auto left = spool.orphans("host-2");
    BOOST_REQUIRE(left.size() == 2U);
    BOOST_TEST(left[0].message_id == plain);
    BOOST_TEST(left[0].attempt_id == dead.attempt_id);
    BOOST_TEST(left[0].claim == dead.claim);
    BOOST_TEST(left[0].owner == "host-1");
    BOOST_TEST(left[0].modem == "sim");
    BOOST_TEST(left[0].text == "plain");
    BOOST_TEST(left[0].started == start_time + 10);
    BOOST_TEST(left[1].message_id == parts);
    BOOST_TEST(left[1].attempt_id == half.attempt_id);
    BOOST_TEST(left[1].part == 2U);
    BOOST_TEST(left[1].text == half.text);
    BOOST_TEST(left[1].reference == half.reference);
    BOOST_TEST(left[1].started == start_time + 12);
    for (const Work& orphan : left)
        BOOST_TEST(settle(orphan, IsUnknown{"the daemon ended"}, start_time + 20).settled);
    BOOST_TEST(spool.orphans("host-2").empty());
    BOOST_TEST((job(plain).state == State::queued));
    BOOST_TEST(job(plain).unknowns == 1);
    BOOST_TEST(job(parts).parts_done == 1);
    BOOST_TEST((job(alive).state == State::sending));
    BOOST_TEST((job(waiting).state == State::queued));
    // The part that had gone out is not sent again.
    BOOST_TEST(claim(start_time + 20).value().message_id == plain);
    BOOST_TEST(claim(start_time + 20).value().part == 2U);
    // The dead one comes back after all: it is not believed.
    BOOST_TEST(!settle(dead, WasAccepted{1}, start_time + 30).settled);
}

BOOST_AUTO_TEST_CASE(no_orphans) {
    BOOST_TEST(spool.orphans("host-1").empty());
    add("hola");
    BOOST_TEST(spool.orphans("host-2").empty());
    (void)claim();
    BOOST_TEST(spool.orphans("host-1").empty());
}

// --- sweeps -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_too_old_expires) {
    NewMessage brief = new_message("brief");
    brief.valid_until = start_time + 50;
    (void)spool.submit(brief);
    const auto other = add("other");
    BOOST_TEST(expire_all(spool, start_time + 49, "EXPIRED", "too late").empty());
    const auto swept = expire_all(spool, start_time + 50, "MODEM_NOT_AVAILABLE", "no modem");
    BOOST_REQUIRE(swept.size() == 1U);
    BOOST_TEST(swept[0].message_id == brief.id);
    BOOST_TEST(swept[0].user == "ana");
    BOOST_TEST(swept[0].number == "+525512345678");
    BOOST_TEST(swept[0].created == start_time);
    BOOST_TEST((swept[0].state == State::expired));
    BOOST_TEST(swept[0].error_code == "MODEM_NOT_AVAILABLE");
    BOOST_TEST((job(brief.id).state == State::expired));
    BOOST_TEST(job(brief.id).error_code == "MODEM_NOT_AVAILABLE");
    BOOST_TEST(job(brief.id).error_text == "no modem");
    BOOST_TEST((job(other).state == State::queued));
    BOOST_TEST(expire_all(spool, start_time + 50, "EXPIRED", "too late").empty());
}

// On several routes and priorities, with equal times.
BOOST_AUTO_TEST_CASE(a_walk_looks_at_each_queued_job_once) {
    std::size_t brief = 0;
    for (int i = 0; i < 1100; ++i) {
        NewMessage message = new_message("hola", start_time + i / 7);
        message.recipients.front().route = i % 3 == 0 ? "fast" : "";
        message.priority = i % 5 == 0 ? Priority::high : Priority::normal;
        if (i % 4 == 0) {
            message.valid_until = start_time + 2000;
            ++brief;
        }
        (void)spool.submit(message);
    }
    QueuePlace place;
    std::vector<std::size_t> bites;
    do
        bites.push_back(spool.expire(place, start_time + 2000, "EXPIRED", "too late").size());
    while (place);
    BOOST_TEST(bites.size() == 3U);
    BOOST_TEST(bites.at(0) + bites.at(1) + bites.at(2) == brief);
    BOOST_TEST(bites.at(0) > 0U);
    BOOST_TEST(bites.at(2) > 0U);
    BOOST_TEST(expire_all(spool, start_time + 2000).empty());
}

// The walk goes on behind the place, wherever the job there is now.
BOOST_AUTO_TEST_CASE(a_walk_goes_on_behind_what_was_sent_meanwhile) {
    for (int i = 0; i < 501; ++i)
        (void)spool.submit(new_message("hola", start_time + i));
    QueuePlace place;
    BOOST_TEST(spool.expire(place, start_time + 1000, "EXPIRED", "too late").empty());
    BOOST_REQUIRE(static_cast<bool>(place));
    (void)settle(claim(start_time + 1000).value(), WasAccepted{1}, start_time + 1000);
    BOOST_TEST(spool.expire(place, start_time + 100'000'000, "EXPIRED", "too late").size() == 1U);
    BOOST_TEST(!static_cast<bool>(place));
}

BOOST_AUTO_TEST_CASE(what_is_being_sent_does_not_expire) {
    NewMessage brief = new_message("brief");
    brief.valid_until = start_time + 50;
    (void)spool.submit(brief);
    const Work work = claim(start_time + 49).value();
    BOOST_TEST(expire_all(spool, start_time + 60, "EXPIRED", "too late").empty());
    (void)settle(work, WasAccepted{1}, start_time + 61);
    BOOST_TEST((job(brief.id).state == State::sent));
}

BOOST_AUTO_TEST_CASE(replies_are_given_up_after_their_deadline) {
    const auto asking = [&](const std::string& modem, UtcMs when) {
        NewMessage message = new_message("asking", when);
        message.reply_timeout_ms = 1'000;
        (void)spool.submit(message);
        (void)settle(claim(when, "host-1", modem).value(), WasAccepted{1}, when + 5);
        return message.id;
    };
    const auto first = asking("sim", start_time);
    const auto other = asking("sim2", start_time + 1);
    const auto later = asking("sim", start_time + 100);
    // The window begins when the attempt began, and its last moment belongs to it.
    BOOST_TEST(spool.give_up_replies("", start_time + 1'000).empty());
    const auto late = spool.give_up_replies("sim", start_time + 1'100);
    BOOST_REQUIRE(late.size() == 1U);
    BOOST_TEST(late[0].message_id == first);
    BOOST_TEST(late[0].user == "ana");
    BOOST_TEST(late[0].number == "+525512345678");
    BOOST_TEST(late[0].created == start_time);
    BOOST_TEST(late[0].reply_timeout_ms == 1'000);
    BOOST_TEST((late[0].state == State::timeout));
    BOOST_TEST((job(first).state == State::timeout));
    BOOST_TEST((job(other).state == State::sent));
    BOOST_TEST((job(later).state == State::sent));
    BOOST_TEST(spool.give_up_replies("sim", start_time + 1'100).empty());
    BOOST_TEST(spool.give_up_replies("", start_time + 9'000).size() == 2U);
    BOOST_TEST((job(other).state == State::timeout));
}

BOOST_AUTO_TEST_CASE(without_a_wish_for_a_reply_sent_is_the_end) {
    const auto id = add("hola");
    (void)settle(claim().value(), WasAccepted{1});
    BOOST_TEST(spool.give_up_replies("", std::numeric_limits<UtcMs>::max()).empty());
    BOOST_TEST((job(id).state == State::sent));
}

BOOST_AUTO_TEST_SUITE_END()
