// Messages to many: accepted as a whole or not at all, seen as a whole at once, and each recipient
// has one job in the end, whatever happened in between.

#define BOOST_TEST_MODULE spool_bulk_test
#include "common/error.h"
#include "common/ids.h"
#include "common/spool_bulk.h"
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <set>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

constexpr UtcMs minute = 60'000;

std::string number_of(std::size_t index) {
    return "+5255" + std::to_string(10'000'000 + index);
}

NewMessage to_many(std::size_t count, const std::string& text = "hola") {
    NewMessage message = new_message(text);
    message.recipients.clear();
    for (std::size_t i = 0; i < count; ++i)
        message.recipients.push_back({i % 2 == 0 ? number_of(i) : "\"" + number_of(i), number_of(i),
                                      i % 3 == 0 ? "north" : ""});
    return message;
}

struct Fixture : FreshSpool {
    Database raw{config.spool, Open::write, std::chrono::seconds(1)};

    void unfold_all() {
        while (spool.unfold() > 0) {
        }
    }
    std::int64_t count(const std::string& table) {
        return std::stoll(raw.ask_text("SELECT COUNT(*) FROM " + table));
    }
    std::vector<JobView> jobs_of(const std::string& id) {
        const auto message = spool.find(id);
        return message ? message->jobs : std::vector<JobView>();
    }
    std::int64_t queued(const std::string& id) {
        return spool.job_counts(id).jobs[static_cast<std::size_t>(State::queued)];
    }
};

// The same as they come from a client: in the list that takes little memory.
NewMessage packed(NewMessage message) {
    for (const Recipient& one : message.recipients)
        message.many.add(one.given, one.number, one.route);
    message.recipients.clear();
    return message;
}

bool is_like(const std::vector<JobView>& jobs, const NewMessage& message) {
    if (jobs.size() != message.recipient_count())
        return false;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const Recipient wanted = message.recipient(i);
        if (jobs[i].number != wanted.number || jobs[i].number_given != wanted.given ||
            jobs[i].route != wanted.route || jobs[i].state != State::queued)
            return false;
    }
    return true;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_bulk_test, Fixture)

BOOST_AUTO_TEST_CASE(readers_see_no_difference) {
    const NewMessage message = to_many(6123);
    BOOST_TEST((spool.submit(message).how == Stored::done));
    BOOST_TEST(count("job") == 0);
    std::vector<std::string> ids;
    for (const JobView& job : jobs_of(message.id))
        ids.push_back(job.id);
    for (std::size_t unfolded = 0; unfolded < 6123;) {
        BOOST_TEST(is_like(jobs_of(message.id), message));
        BOOST_TEST(queued(message.id) == 6123);
        BOOST_TEST(spool.state_counts().at(0).jobs == 6123);
        BOOST_TEST(spool.has_folded());
        const std::size_t more = spool.unfold();
        BOOST_TEST_REQUIRE(more > 0U);
        unfolded += more;
        BOOST_TEST(count("job") == static_cast<std::int64_t>(unfolded));
        BOOST_TEST(spool.check().empty());
    }
    BOOST_TEST(!spool.has_folded());
    BOOST_TEST(spool.unfold() == 0U);
    BOOST_TEST(count("bulk") == 0);
    BOOST_TEST(count("bulk_piece") == 0);
    std::vector<std::string> now;
    for (const JobView& job : jobs_of(message.id))
        now.push_back(job.id);
    BOOST_TEST(now == ids);
    BOOST_TEST(is_like(jobs_of(message.id), message));
}

BOOST_AUTO_TEST_CASE(both_lists_are_recipients) {
    for (const std::size_t count : {3U, 600U, 11'111U}) {
        NewMessage message = packed(to_many(count));
        message.recipients = {{"first", "+525500000000", "south"}};
        BOOST_TEST((spool.submit(message).how == Stored::done));
        unfold_all();
        BOOST_TEST(is_like(jobs_of(message.id), message));
        BOOST_TEST(queued(message.id) == static_cast<std::int64_t>(count + 1));
    }
    BOOST_TEST(spool.check().empty());
}

BOOST_AUTO_TEST_CASE(a_reader_may_stop_anywhere) {
    const NewMessage message = to_many(1200);
    (void)spool.submit(message);
    (void)spool.unfold();
    for (const std::size_t most : {1U, 499U, 500U, 501U, 1100U}) {
        std::size_t seen = 0;
        spool.each_job(message.id, [&](const JobView& job) {
            BOOST_TEST(job.number == number_of(seen));
            return ++seen < most ? Spool::Each::go_on : Spool::Each::stop;
        });
        BOOST_TEST(seen == most);
    }
}

BOOST_AUTO_TEST_CASE(the_jobs_are_as_those_of_one) {
    NewMessage message = to_many(501);
    message.priority = Priority::low;
    message.not_before = start_time + 5 * minute;
    message.valid_until = start_time + 9 * minute;
    message.following = Following{"webhook"};
    (void)spool.submit(message);
    unfold_all();
    BOOST_TEST(raw.ask_text("SELECT COUNT(*) FROM job WHERE priority = 2 AND not_before_ms = " +
                            std::to_string(message.not_before) + " AND valid_until_ms = " +
                            std::to_string(message.valid_until)) == "501");
    BOOST_TEST(count("follow WHERE follower = 'webhook'") == 501);
}

BOOST_AUTO_TEST_CASE(the_more_urgent_first_then_the_older) {
    NewMessage slow = to_many(501, "slow"), urgent = to_many(501, "urgent"),
               older = to_many(501, "older");
    slow.priority = Priority::low;
    urgent.priority = Priority::high;
    urgent.created = older.created = start_time + 1;
    older.created = start_time - 1;
    for (const NewMessage* each : {&slow, &urgent, &older})
        (void)spool.submit(*each);
    for (const NewMessage* each : {&urgent, &older, &slow}) {
        BOOST_TEST(spool.unfold() == 500U);
        BOOST_TEST(count("job WHERE message_id = '" + each->id + "'") == 500);
        BOOST_TEST(spool.unfold() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(what_was_never_closed_is_no_message) {
    const NewMessage message = to_many(1200);
    (void)spool.submit(message);
    // As a program that died before the end leaves it.
    raw.run_text("UPDATE bulk SET progress = 'open'; DELETE FROM message");
    BOOST_TEST(!spool.find(message.id).has_value());
    BOOST_TEST(queued(message.id) == 0);
    BOOST_TEST(spool.state_counts().empty());
    BOOST_TEST(spool.unfold() == 0U);
    BOOST_TEST(!spool.has_folded());
    BOOST_TEST(spool.check().empty());
    BOOST_TEST(!spool.remove_unfinished(start_time)); // not old enough
    while (spool.remove_unfinished(start_time + 1)) {
    }
    BOOST_TEST(count("bulk_piece") == 0);
    BOOST_TEST(count("bulk") == 0);
    // The same call again, as after a lost answer, begins from its start.
    (void)spool.submit(message);
    raw.run_text("UPDATE bulk SET progress = 'open'; DELETE FROM message");
    BOOST_TEST((spool.submit(message).how == Stored::done));
    BOOST_TEST(is_like(jobs_of(message.id), message));
}

BOOST_AUTO_TEST_CASE(the_same_call_again_changes_nothing) {
    const NewMessage message = to_many(700);
    (void)spool.submit(message);
    BOOST_TEST((spool.submit(message).how == Stored::done));
    (void)spool.unfold();
    BOOST_TEST((spool.submit(message).how == Stored::done));
    BOOST_TEST(is_like(jobs_of(message.id), message));
    unfold_all();
    BOOST_TEST((spool.submit(message).how == Stored::done));
    BOOST_TEST(count("job") == 700);
    BOOST_TEST(count("bulk_piece") == 0);
}

BOOST_AUTO_TEST_CASE(what_is_not_to_be_stored_leaves_nothing) {
    struct Case {
        const char* name;
        std::function<void(NewMessage&)> change;
        Stored want;
    };
    NewMessage first = to_many(600);
    first.idempotency = IdempotencyKey{"key", "hash", 0};
    (void)spool.submit(first);
    unfold_all();
    const std::vector<Case> cases{
        {"its key again", [](NewMessage&) {}, Stored::again},
        {"its key for another body",
         [](NewMessage& message) { message.idempotency->body_hash = "other"; }, Stored::conflict},
        {"too many parts a day",
         [](NewMessage& message) {
             message.idempotency.reset();
             message.spenders = {Spender{"user:ana", {100, "", ""}}};
         },
         Stored::refused},
    };
    for (const Case& one : cases) {
        BOOST_TEST_CONTEXT(one.name) {
            NewMessage message = to_many(600);
            message.idempotency = first.idempotency;
            one.change(message);
            BOOST_TEST((spool.submit(message).how == one.want));
            BOOST_TEST(count("bulk") == 0);
            BOOST_TEST(count("bulk_piece") == 0);
            BOOST_TEST(count("message") == 1);
        }
    }
    NewMessage other = to_many(600);
    other.id = first.id;
    other.text = "something else";
    BOOST_CHECK_THROW((void)spool.submit(other), Error);
    BOOST_TEST(count("bulk_piece") == 0);
    BOOST_TEST(count("job") == 600);
}

BOOST_AUTO_TEST_CASE(pieces_that_went_missing_are_no_success) {
    const NewMessage message = to_many(600);
    raw.run_text("CREATE TRIGGER mouse AFTER INSERT ON bulk_piece WHEN NEW.piece = 1 BEGIN DELETE "
                 "FROM bulk_piece WHERE message_id = NEW.message_id AND piece = 0; END");
    BOOST_CHECK_THROW((void)spool.submit(message), Error);
    BOOST_TEST(!spool.find(message.id).has_value());
    BOOST_TEST(count("bulk_piece") == 0);
}

// Who they were nobody knows; that they were accepted is not forgotten.
BOOST_AUTO_TEST_CASE(damage_is_said_and_holds_up_nobody) {
    for (const char* text :
         {"[[", "{}", "[[1,2,3]]", "[[\"x\",\"333\",\"\"]]", "[3]", "[]", "[[\"a\"]]"}) {
        BOOST_TEST_CONTEXT(text) {
            Fixture fresh;
            const NewMessage message = to_many(1101);
            (void)fresh.spool.submit(message);
            fresh.raw.run_text("UPDATE bulk_piece SET recipients = '" + std::string(text) +
                               "' WHERE piece = 1");
            BOOST_TEST(fresh.spool.unfold() == 500U);
            BOOST_TEST(fresh.spool.take_damaged().empty());
            BOOST_TEST(fresh.spool.unfold() == 500U);
            BOOST_TEST(fresh.spool.take_damaged() == std::vector{message.id});
            BOOST_TEST(fresh.spool.unfold() == 101U);
            const JobCounts counts = fresh.spool.job_counts(message.id);
            BOOST_TEST(counts.jobs[static_cast<std::size_t>(State::failed)] == 500);
            BOOST_TEST(counts.jobs[static_cast<std::size_t>(State::queued)] == 601);
            BOOST_TEST(fresh.spool.check().empty());
            const auto letters = fresh.spool.dead_letters({}, "", 1);
            BOOST_TEST_REQUIRE(letters.size() == 1U);
            BOOST_TEST(letters.front().error_code == "SPOOL_DAMAGED");
            BOOST_TEST((fresh.spool.resend({{letters.front().job_id, 0}}, fresh.config, start_time)
                            .at(0)
                            .how == Verdict::How::damaged));
        }
    }
}

// A commit whose answer was lost is not taken back: nobody could tell the client.
BOOST_AUTO_TEST_CASE(what_was_accepted_is_never_removed) {
    const NewMessage message = to_many(700);
    (void)spool.submit(message);
    {
        Database other(config.spool, Open::write, std::chrono::seconds(1));
        remove_bulk(other, message.id);
    }
    BOOST_TEST(!spool.remove_unfinished(start_time + 1));
    BOOST_TEST(is_like(jobs_of(message.id), message));
}

BOOST_AUTO_TEST_CASE(who_takes_it_back_takes_back_all) {
    const NewMessage message = to_many(1700);
    (void)spool.submit(message);
    (void)spool.unfold();
    BOOST_TEST(spool.cancel(message.id, "ana", start_time).value().canceled == 1700);
    BOOST_TEST(jobs_of(message.id).size() == 1700U);
    BOOST_TEST(!claim().has_value());
    BOOST_TEST(spool.unfold() == 0U);
    BOOST_TEST(count("bulk_piece") == 0);
}

BOOST_AUTO_TEST_CASE(rows_stay_small) {
    NewMessage message = new_message("hola");
    message.recipients.assign(2000, {std::string(500, 'x'), "+525512345678", "north"});
    (void)spool.submit(message);
    BOOST_TEST(std::stoi(raw.ask_text("SELECT MAX(LENGTH(recipients)) FROM bulk_piece")) < 64'000);
    unfold_all();
    BOOST_TEST(count("job") == 2000);
}

BOOST_AUTO_TEST_SUITE_END()
