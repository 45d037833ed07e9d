// What a person decides: dead letters are sent again or given up, messages are taken back. Each
// step from the right states only, once, and with nothing left over of what went before.

#define BOOST_TEST_MODULE spool_dead_test
#include "common/ids.h"
#include "common/numbers.h"
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"
#include "tests/support/test_child.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace smsspool;
using How = Verdict::How;

namespace {

constexpr UtcMs minute = 60'000;
constexpr UtcMs hour = 60 * minute;
constexpr UtcMs day = 24 * hour;
constexpr UtcMs later = start_time + 30 * hour; // than the first validity

const WasRefused for_good{RefusalKind::permanent, 28, "no such number"};

struct Fixture : FreshSpool {
    // Whatever a case does, what is listed as a dead letter is one.
    ~Fixture() {
        BOOST_TEST(ask("SELECT COUNT(*) FROM job WHERE state IN ('failed', 'unknown')") ==
                   ask("SELECT COUNT(*) FROM job JOIN dead_letter ON job_id = id AND "
                       "dead_letter.state = job.state"));
        BOOST_TEST(
            ask("SELECT COUNT(*) FROM dead_letter WHERE job_id NOT IN (SELECT id FROM job)") ==
            "0");
    }

    void write(const std::string& sql) { write_behind(config, sql); }
    std::string ask(const std::string& sql) {
        return Database(config.spool, Open::read, std::chrono::seconds(1)).ask_text(sql);
    }

    // A message that was refused for good; its id. REQUIRES: nothing else is due.
    std::string dead(const NewMessage& message = new_message("hola")) {
        (void)spool.submit(message);
        (void)settle(claim(message.created).value(), for_good, message.created);
        return message.id;
    }
    // One that may have gone out, and is held.
    std::string unknown(NewMessage message = new_message("hola")) {
        config.unknown = UnknownPolicy::hold;
        (void)spool.submit(message);
        (void)settle(claim(message.created).value(), IsUnknown{"no answer"}, message.created);
        return message.id;
    }
    JobView job(const std::string& message_id) { return spool.find(message_id).value().jobs.at(0); }
    Verdict resend(const std::string& job_id, UtcMs now = later, UtcMs not_before = 0) {
        return spool.resend({{job_id, not_before}}, config, now).at(0);
    }
    Verdict abandon(const std::string& job_id, UtcMs now = later) {
        return spool.abandon({job_id}, now).at(0);
    }
};

std::vector<std::string> ids_of(const std::vector<DeadLetter>& letters) {
    std::vector<std::string> ids;
    for (const DeadLetter& letter : letters)
        ids.push_back(letter.job_id);
    return ids;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_dead_test, Fixture)

BOOST_AUTO_TEST_CASE(from_each_state) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(State::count); ++i) {
        const State state = static_cast<State>(i);
        BOOST_TEST_CONTEXT(name_of(state)) {
            Fixture fresh;
            const NewMessage message = new_message("hola");
            (void)fresh.spool.submit(message);
            fresh.write("UPDATE job SET state = '" + std::string(name_of(state)) + "'");
            const std::string id = fresh.job(message.id).id;
            const bool dead = state == State::failed || state == State::unknown;

            const Verdict verdict = fresh.resend(id);
            BOOST_TEST((verdict.how == (dead ? How::done : How::alive)));
            BOOST_TEST((verdict.state == (dead ? State::queued : state)));
            BOOST_TEST((fresh.state(message.id) == (dead ? State::queued : state)));

            fresh.write("UPDATE job SET state = '" + std::string(name_of(state)) + "'");
            const bool is_end = dead || state == State::abandoned; // given up already: done
            const Verdict end = fresh.abandon(id);
            BOOST_TEST((end.how == (is_end ? How::done : How::alive)));
            BOOST_TEST((fresh.state(message.id) == (is_end ? State::abandoned : state)));
        }
    }
    BOOST_TEST((resend(new_id()).how == How::missing));
    BOOST_TEST((abandon(new_id()).how == How::missing));
}

BOOST_AUTO_TEST_CASE(a_retried_job_is_as_new) {
    const std::string id = dead();
    write("UPDATE job SET attempts = 5, waits = 3, pinned = 'gone', parts_done = 0");
    const Verdict verdict = resend(job(id).id);
    BOOST_TEST((verdict.how == How::done));
    BOOST_TEST(verdict.message_id == id);
    BOOST_TEST(verdict.not_before == later);
    BOOST_TEST(verdict.valid_until == later + day);
    const JobView now = job(id);
    BOOST_TEST(now.attempts == 0);
    BOOST_TEST(now.not_before == later);
    BOOST_TEST(now.error_code == "");
    BOOST_TEST(now.error_text == "");
    BOOST_TEST(ask("SELECT waits || pinned || ended_ms FROM job") == ""); // NULL
    BOOST_TEST(ask("SELECT retries FROM job") == "1");
    BOOST_TEST(spool.find(id).value().valid_until == later + day);
    // Neither the sweep nor the purge takes it.
    BOOST_TEST(expire_all(spool, later, "EXPIRED", "late").empty());
    BOOST_TEST(spool.purge(later + 10 * day).empty());
    const Work work = claim(later).value();
    BOOST_TEST(work.attempts == 0);
    (void)settle(work, WasAccepted{1}, later);
    BOOST_TEST((state(id) == State::sent));
    BOOST_TEST(spool.attempts(id).size() == 2U);
    BOOST_TEST(spool.check().empty());
}

BOOST_AUTO_TEST_CASE(it_gets_all_its_attempts_again) {
    const std::string id = dead();
    (void)resend(job(id).id);
    const WasRefused busy{RefusalKind::temporary, 500, "busy"};
    (void)settle(claim(later).value(), busy, later);
    BOOST_TEST((state(id) == State::queued));
    BOOST_TEST(job(id).attempts == 1);
}

BOOST_AUTO_TEST_CASE(the_same_call_twice_and_another_call) {
    const std::string id = job(dead()).id;
    BOOST_TEST((resend(id).how == How::done));
    BOOST_TEST((resend(id).how == How::done)); // its answer was lost
    BOOST_TEST(ask("SELECT retries FROM job") == "1");
    BOOST_TEST((resend(id, later + 1).how == How::alive));
    BOOST_TEST((resend(id, later, later + minute).how == How::alive));
    BOOST_TEST(ask("SELECT retries FROM job") == "1");
}

BOOST_AUTO_TEST_CASE(a_job_that_was_never_dead_is_not_taken_for_a_retried_one) {
    const NewMessage message = new_message("hola");
    (void)spool.submit(message);
    // Of the same times to the millisecond.
    BOOST_TEST((resend(job(message.id).id, start_time).how == How::alive));
}

BOOST_AUTO_TEST_CASE(an_attempt_that_may_have_gone_out_stays_declared) {
    const std::string id = unknown();
    (void)resend(job(id).id);
    BOOST_TEST(job(id).unknowns == 1);
    (void)settle(claim(later).value(), WasAccepted{1}, later);
    BOOST_TEST((state(id) == State::sent));
    BOOST_TEST(job(id).unknowns == 1);
    BOOST_TEST(spool.attempts(id).front().outcome == "unknown");
}

BOOST_AUTO_TEST_CASE(a_second_unknown_is_held_whatever_the_setting) {
    const std::string id = unknown();
    config.unknown = UnknownPolicy::resend;
    (void)resend(job(id).id);
    (void)settle(claim(later).value(), IsUnknown{"no answer"}, later);
    BOOST_TEST((state(id) == State::unknown));
    BOOST_TEST(job(id).unknowns == 2);
}

BOOST_AUTO_TEST_CASE(a_reply_proves_that_it_went_out) {
    const Numbers numbers(config);
    NewMessage message = new_message("hola?");
    message.reply_timeout_ms = 40 * hour;
    const std::string id = unknown(message);
    (void)resend(job(id).id);
    Arrival reply;
    reply.kind = "deliver";
    reply.number = "5512345678";
    reply.text = "si";
    reply.sent = later;
    (void)spool.take_in("sim", {reply}, numbers, later);
    BOOST_TEST((state(id) == State::replied));
    BOOST_TEST(!claim(later).has_value());
    BOOST_TEST((resend(job(id).id).how == How::alive));
}

BOOST_AUTO_TEST_CASE(a_long_message_goes_from_its_first_part_on) {
    NewMessage message = new_message(long_text(3));
    (void)spool.submit(message);
    const Work first = claim().value();
    const Work second = settle(first, WasAccepted{1}).next.value();
    (void)settle(second, for_good);
    BOOST_TEST(job(message.id).parts_done == 1);
    (void)resend(job(message.id).id);
    const Work again = claim(later, "host-1", "other").value();
    BOOST_TEST(again.part == 1U);
    BOOST_TEST(again.parts == 3U);
    BOOST_TEST(ask("SELECT parts_done FROM job") == "0");
    Turn turn{true, again};
    for (int i = 0; i < 3; ++i)
        turn = settle(turn.next.value(), WasAccepted{10 + i}, later);
    BOOST_TEST((state(message.id) == State::sent));
    BOOST_TEST(spool.check().empty());
}

BOOST_AUTO_TEST_CASE(its_reference_is_another_one) {
    NewMessage message = new_message(long_text(2));
    (void)spool.submit(message);
    const Work first = claim().value();
    (void)settle(settle(first, WasAccepted{1}).next.value(), for_good);
    (void)resend(job(message.id).id);
    // The parts of two tries must not be joined on the recipient's phone.
    BOOST_TEST(int(claim(later).value().reference) != int(first.reference));
}

BOOST_AUTO_TEST_CASE(validity) {
    config.valid_for = std::chrono::hours(2);
    NewMessage message = new_message("hola");
    message.network_valid_ms = 3 * hour;
    const std::string id = dead(message);
    const UtcMs wanted = later + 5 * hour;
    const Verdict verdict = resend(job(id).id, later, wanted);
    BOOST_TEST(verdict.not_before == wanted);
    BOOST_TEST(verdict.valid_until == wanted + 2 * hour);
    BOOST_TEST(!claim(wanted - 1).has_value());
    const Work work = claim(wanted).value();
    BOOST_TEST(work.network_valid_ms == 2 * hour);
    // One that would live longer keeps what its message had.
    Fixture fresh;
    fresh.config.valid_for = std::chrono::minutes(1);
    const std::string other = fresh.dead();
    (void)fresh.resend(fresh.job(other).id, start_time);
    BOOST_TEST(fresh.spool.find(other).value().valid_until == start_time + day);
    BOOST_TEST(expire_all(fresh.spool, start_time + minute, "EXPIRED", "late").size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_route_is_that_of_the_present_settings) {
    NewMessage message = new_message("hola");
    message.label = "otp";
    message.recipients.front().route = "gone";
    (void)spool.submit(message);
    write("UPDATE job SET state = 'failed'");
    RouteConfig route;
    route.name = "codes";
    route.labels = "otp";
    config.routes = {route};
    (void)resend(job(message.id).id);
    BOOST_TEST(job(message.id).route == "codes");
    write("UPDATE job SET state = 'failed'");
    config.routes.clear();
    (void)resend(job(message.id).id, later + 1);
    BOOST_TEST(job(message.id).route == "");
    BOOST_TEST(claim(later + 1).has_value());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_not_sent_but_can_be_given_up) {
    struct Case {
        const char* name;
        const char* sql;
    };
    const Case cases[] = {
        {"no message", "DELETE FROM message"},
        {"no encoding", "UPDATE message SET encoding = 'morse'"},
        {"no text", "UPDATE message SET text = CAST(x'ff' AS TEXT)"},
        {"the wrong encoding", "UPDATE message SET text = '\xE2\x98\x83'"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const std::string id = fresh.job(fresh.dead()).id;
            fresh.write(c.sql);
            BOOST_TEST((fresh.resend(id).how == How::damaged));
            BOOST_TEST(fresh.ask("SELECT state || retries FROM job") == "failed0");
            BOOST_TEST(fresh.spool.dead_letters({}, "", 10).size() == 1U);
            BOOST_TEST((fresh.abandon(id).how == How::done));
        }
    }
}

BOOST_AUTO_TEST_CASE(given_up_is_for_good_and_says_why_it_died) {
    const std::string id = dead();
    BOOST_TEST((abandon(job(id).id).how == How::done));
    BOOST_TEST((abandon(job(id).id).how == How::done));
    BOOST_TEST(job(id).error_code == "ABANDONED");
    BOOST_TEST(job(id).error_text == "An administrator gave the message up: Failed to send SMS to "
                                     "+525512345678: no such number");
    BOOST_TEST((resend(job(id).id).how == How::alive));
    BOOST_TEST(!claim(later).has_value());
    BOOST_TEST(spool.dead_letters({}, "", 10).empty());
    BOOST_TEST(spool.purge(later).empty()); // it came to its end now
    BOOST_TEST(spool.purge(later + 1).size() == 1U);
}

BOOST_AUTO_TEST_CASE(many_in_one_transaction) {
    const std::string one = job(dead()).id;
    const std::string two = job(dead()).id;
    const std::string three = job(dead()).id;
    (void)abandon(two);
    const auto verdicts = spool.resend(
        {{one, later}, {two, later}, {new_id(), 0}, {three, later + minute}}, config, later);
    BOOST_REQUIRE(verdicts.size() == 4U);
    BOOST_TEST((verdicts[0].how == How::done));
    BOOST_TEST((verdicts[1].how == How::alive));
    BOOST_TEST((verdicts[2].how == How::missing));
    BOOST_TEST((verdicts[3].how == How::done));
    BOOST_TEST(verdicts[3].not_before == later + minute);
    BOOST_TEST(claim(later).value().job_id == one);
    BOOST_TEST(!claim(later).has_value());
    BOOST_TEST(claim(later + minute).value().job_id == three);
}

// --- the list -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_listed) {
    struct Row {
        const char* user;
        const char* number;
        UtcMs when;
    };
    const Row rows[] = {
        {"ana", "+525512345678", start_time},
        {"eva", "+525512345678", start_time + minute},
        {"ana", "+12125550100", start_time + 2 * minute},
        {"eva", "333", start_time + 3 * minute},
    };
    std::vector<std::string> ids;
    for (const Row& row : rows) {
        NewMessage message = new_message("hola", row.when, row.number);
        message.user = row.user;
        ids.push_back(job(dead(message)).id);
    }
    write("UPDATE job SET state = 'unknown', error_code = 'MODEM_TIMEOUT' WHERE id = '" + ids[1] +
          "'");
    NewMessage alive = new_message("waits");
    (void)spool.submit(alive);

    struct Case {
        const char* name;
        DeadFilter filter;
        std::set<std::size_t> found;
    };
    const auto filter = [](auto change) {
        DeadFilter wanted;
        change(wanted);
        return wanted;
    };
    const Case cases[] = {
        {"all", {}, {0, 1, 2, 3}},
        {"failed", filter([](auto& f) { f.state = State::failed; }), {0, 2, 3}},
        {"unknown", filter([](auto& f) { f.state = State::unknown; }), {1}},
        {"user", filter([](auto& f) { f.user = "eva"; }), {1, 3}},
        {"part of a user", filter([](auto& f) { f.user = "ev"; }), {}},
        {"number", filter([](auto& f) { f.number = "+52"; }), {0, 1}},
        {"whole number", filter([](auto& f) { f.number = "333"; }), {3}},
        {"inside of a number", filter([](auto& f) { f.number = "5512"; }), {}},
        {"a wildcard is none", filter([](auto& f) { f.number = "%"; }), {}},
        {"error", filter([](auto& f) { f.error_code = "MODEM_TIMEOUT"; }), {1}},
        {"another error", filter([](auto& f) { f.error_code = "X' OR '1'='1"; }), {}},
        {"since", filter([](auto& f) { f.since = start_time + 2 * minute; }), {2, 3}},
        {"before", filter([](auto& f) { f.before = start_time + 2 * minute; }), {0, 1}},
        {"two conditions",
         filter([](auto& f) {
             f.user = "ana";
             f.number = "+52";
         }),
         {0}},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            std::vector<std::string> wanted;
            for (const std::size_t place : c.found)
                wanted.push_back(ids[place]);
            BOOST_TEST(ids_of(spool.dead_letters(c.filter, "", 100)) == wanted,
                       boost::test_tools::per_element());
        }
    }
    const DeadLetter letter = spool.letter(ids[1]).value();
    BOOST_TEST(letter.user == "eva");
    BOOST_TEST(letter.text == "hola");
    BOOST_TEST((letter.state == State::unknown));
    BOOST_TEST(letter.created == start_time + minute);
    BOOST_TEST(letter.ended.value() == start_time + minute);
    BOOST_TEST(letter.parts == 1);
    BOOST_TEST((spool.letter(job(alive.id).id).value().state == State::queued));
    BOOST_TEST(!spool.letter(new_id()).has_value());
}

BOOST_AUTO_TEST_CASE(page_by_page) {
    std::vector<std::string> wanted;
    for (int i = 0; i < 7; ++i)
        wanted.push_back(job(dead()).id);
    write("UPDATE job SET state = 'unknown' WHERE id IN ('" + wanted[1] + "', '" + wanted[4] +
          "')");
    std::vector<std::string> found;
    std::string after;
    for (;;) {
        const auto page = spool.dead_letters({}, after, 3);
        BOOST_TEST(page.size() <= 3U);
        if (page.empty())
            break;
        for (const DeadLetter& letter : page)
            found.push_back(letter.job_id);
        after = found.back();
        // What is decided meanwhile neither hides nor repeats another.
        (void)abandon(page.front().job_id);
    }
    BOOST_TEST(found == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(counted) {
    BOOST_TEST(spool.dead_counts().empty());
    for (int i = 0; i < 3; ++i)
        (void)dead();
    const std::string again = dead();
    (void)resend(job(again).id, start_time);
    (void)settle(claim(start_time).value(), for_good, start_time);
    (void)unknown();
    const auto counts = spool.dead_counts();
    BOOST_REQUIRE(counts.size() == 2U);
    BOOST_TEST((counts[0].state == State::failed));
    BOOST_TEST(counts[0].error_code == "SEND_FAILED");
    BOOST_TEST(counts[0].jobs == 4);
    BOOST_TEST(counts[0].retried == 1);
    BOOST_TEST((counts[1].state == State::unknown));
    BOOST_TEST(counts[1].error_code == "MODEM_TIMEOUT");
    BOOST_TEST(counts[1].jobs == 1);
}

// --- taken back ---------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_waits_is_canceled_and_nothing_else) {
    NewMessage message = new_message("hola");
    message.recipients.clear();
    for (std::size_t i = 0; i < static_cast<std::size_t>(State::count); ++i)
        message.recipients.push_back({"333", "333"});
    (void)spool.submit(message);
    for (std::size_t i = 0; i < static_cast<std::size_t>(State::count); ++i)
        write("UPDATE job SET state = '" + std::string(name_of(static_cast<State>(i))) +
              "', error_code = 'X' WHERE id = '" + spool.find(message.id).value().jobs[i].id + "'");
    BOOST_TEST(!spool.cancel(message.id, "eva", later).has_value());
    BOOST_TEST(!spool.cancel(message.id, "an", later).has_value());
    BOOST_TEST(!spool.cancel(new_id(), "ana", later).has_value());
    const Withdrawal withdrawal = spool.cancel(message.id, "ana", later).value();
    BOOST_TEST(withdrawal.canceled == 1);
    for (std::size_t i = 0; i < static_cast<std::size_t>(State::count); ++i) {
        const State before = static_cast<State>(i);
        const State wanted = before == State::queued ? State::canceled : before;
        const JobView view = spool.find(message.id).value().jobs[i];
        BOOST_TEST((view.state == wanted), name_of(before));
        BOOST_TEST(view.error_code == (before == State::queued ? "" : "X"), name_of(before));
    }
    // Once more, by an administrator.
    const Withdrawal again = spool.cancel(message.id, "", later).value();
    BOOST_TEST(again.canceled == 0);
    std::int64_t jobs = 0;
    for (const std::int64_t count : again.jobs.jobs)
        jobs += count;
    BOOST_TEST(jobs == static_cast<std::int64_t>(State::count));
}

BOOST_AUTO_TEST_CASE(what_was_taken_back_is_never_claimed) {
    NewMessage message = new_message("hola");
    message.not_before = start_time + hour;
    (void)spool.submit(message);
    BOOST_TEST(spool.cancel(message.id, "ana", start_time).value().canceled == 1);
    BOOST_TEST(!claim(start_time + 2 * hour).has_value());
    BOOST_TEST(expire_all(spool, start_time + 10 * day, "EXPIRED", "late").empty());
    BOOST_TEST((resend(job(message.id).id).how == How::alive));
    BOOST_TEST(spool.purge(start_time + 1).size() == 1U);
    BOOST_TEST(spool.check().empty());
}

BOOST_AUTO_TEST_CASE(one_that_waits_for_its_modem_is_canceled_too) {
    NewMessage message = new_message(long_text(2));
    (void)spool.submit(message);
    const Work second = settle(claim().value(), WasAccepted{1}).next.value();
    (void)settle(second, WasWithdrawn{"gone"});
    BOOST_TEST(ask("SELECT pinned FROM job") == "sim");
    BOOST_TEST(spool.cancel(message.id, "ana", later).value().canceled == 1);
    BOOST_TEST(ask("SELECT pinned FROM job") == "");
    BOOST_TEST(!claim(later).has_value());
    BOOST_TEST(spool.check().empty());
}

BOOST_AUTO_TEST_CASE(a_bulk_of_many_bites) {
    NewMessage message = new_message("hola");
    message.recipients.assign(1203, {"333", "333"});
    (void)spool.submit(message);
    BOOST_TEST(spool.unfold() == 500U); // the others have no jobs yet
    const Work work = claim().value();
    const Withdrawal withdrawal = spool.cancel(message.id, "ana", later).value();
    BOOST_TEST(withdrawal.canceled == 1202);
    (void)settle(work, WasAccepted{1});
    BOOST_TEST(spool.cancel(message.id, "ana", later).value().canceled == 0);
    BOOST_TEST(!claim(later).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

// No spool may be open where a process of its own is made.
BOOST_AUTO_TEST_SUITE(spool_dead_at_once_test)

BOOST_AUTO_TEST_CASE(two_at_once_send_once) {
    const TempFolder where;
    const Config settings = fresh_config(where);
    std::string id, message_id;
    {
        Spool own(settings, Access::write);
        const NewMessage message = new_message("hola");
        message_id = message.id;
        (void)own.submit(message);
        const Work work = own.claim({"host-1", "sim", 60'000}, start_time).value();
        (void)own.settle(work, attempt_end(for_good), decide(work, for_good, settings, 0, 0),
                         nullptr, start_time);
        id = work.job_id;
    }
    const auto body = [&](UtcMs now) {
        Spool own(settings, Access::write);
        return own.resend({{id, 0}}, settings, now).at(0).how == How::done ? 1 : 0;
    };
    TestChild one([&](int) { return body(later); });
    TestChild other([&](int) { return body(later + 1); });
    BOOST_TEST(one.wait() + other.wait() == 1);
    Spool own(settings, Access::write);
    BOOST_TEST(own.claim({"host-1", "sim", 60'000}, later + 2).has_value());
    BOOST_TEST(!own.claim({"host-1", "sim", 60'000}, later + 2).has_value());
    BOOST_TEST(own.attempts(message_id).size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(what_an_older_program_did_not_note, Fixture) {
    const auto behind = [this](const std::string& sql) {
        Database(config.spool, Open::write, std::chrono::seconds(1)).run_text(sql);
    };
    const std::string again = dead();
    const std::string missing = dead();
    // It sent the one again, and the other died.
    behind("UPDATE job SET state = 'queued' WHERE message_id = '" + again + "'");
    behind("DELETE FROM dead_letter WHERE job_id IN (SELECT id FROM job WHERE message_id = '" +
           missing + "')");
    BOOST_TEST(spool.dead_letters({}, "", 10).empty());
    // What dies again is a dead letter again, whatever was left behind.
    (void)settle(claim().value(), for_good);
    BOOST_TEST(spool.dead_letters({}, "", 10).size() == 1U);
    behind("UPDATE job SET state = 'canceled' WHERE message_id = '" + again + "'");
    spool.reconcile();
    BOOST_TEST(spool.check().empty());
    BOOST_TEST(spool.dead_letters({}, "", 10).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
