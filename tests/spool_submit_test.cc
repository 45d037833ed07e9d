// The spool accepts: each message once, whatever is repeated.

#define BOOST_TEST_MODULE spool_submit_test
#include "common/error.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>

using namespace smsspool;
using namespace std::string_literals;

namespace {

NewMessage keyed(const std::string& key, const std::string& hash, UtcMs now, UtcMs window,
                 const std::string& user = "ana") {
    NewMessage message = new_message("hola", now);
    message.user = user;
    message.idempotency = IdempotencyKey{key, hash, now - window};
    return message;
}

NewMessage alarm(const std::string& key, const std::string& state, UtcMs now, UtcMs remind) {
    NewMessage message = new_message("[" + state + "] disk full", now);
    message.alert = AlertChange{key, state, now - remind};
    return message;
}

std::int64_t jobs_in(Spool& spool) {
    std::int64_t jobs = 0;
    for (const StateCount& count : spool.state_counts())
        jobs += count.jobs;
    return jobs;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_submit_test, FreshSpool)

BOOST_AUTO_TEST_CASE(what_was_stored_is_found) {
    NewMessage message = new_message("a\0ñ😀'"s, start_time + 7);
    message.api = "alerts";
    message.original_length = 161;
    message.reply_timeout_ms = 60'000;
    message.label = "otp";
    message.report = true;
    message.network_valid_ms = 3'600'000;
    message.not_before = start_time + 900;
    message.recipients = {{"55 1234 5678", "+525512345678"}, {"333", "333"}};
    for (Recipient& recipient : message.recipients)
        recipient.route = "fast";
    const StoreAnswer answer = spool.submit(message);
    BOOST_TEST((answer.how == Stored::done));
    BOOST_TEST(answer.message_id == message.id);
    const MessageView view = spool.find(message.id).value();
    BOOST_TEST(view.id == message.id);
    BOOST_TEST(view.user == "ana");
    BOOST_TEST(view.api == "alerts");
    BOOST_TEST(view.text == message.text);
    BOOST_TEST((view.encoding == Encoding::ucs2));
    BOOST_TEST(view.parts == 1);
    BOOST_TEST(view.original_length.value_or(0) == 161);
    BOOST_TEST(view.reply_timeout_ms.value_or(0) == 60'000);
    BOOST_TEST(view.label == "otp");
    BOOST_TEST(view.report);
    BOOST_TEST(view.created == start_time + 7);
    BOOST_TEST(view.valid_until == message.valid_until);
    BOOST_REQUIRE(view.jobs.size() == 2U);
    BOOST_TEST(view.jobs[0].number_given == "55 1234 5678");
    BOOST_TEST(view.jobs[0].number == "+525512345678");
    BOOST_TEST(view.jobs[1].number == "333");
    for (const JobView& job : view.jobs) {
        BOOST_TEST((job.state == State::queued));
        BOOST_TEST(job.route == "fast");
        BOOST_TEST(job.not_before == start_time + 900);
        BOOST_TEST((job.delivery == Delivery::none)); // until the network took a part
        BOOST_TEST(!job.delivered.has_value());
        BOOST_TEST(!job.attempted.has_value());
        BOOST_TEST(job.attempts == 0);
        BOOST_TEST(job.error_code == "");
        BOOST_TEST(job.modem == "");
        BOOST_TEST(!job.reply.has_value());
    }
    BOOST_TEST(spool.attempts(message.id).size() == 0U);
    // Another connection sees it as well.
    BOOST_TEST(open(Access::read).find(message.id).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_not_wished_for) {
    const NewMessage message = new_message("hola", start_time + 7);
    (void)spool.submit(message);
    const MessageView view = spool.find(message.id).value();
    BOOST_TEST(view.label == "");
    BOOST_TEST(!view.report);
    BOOST_TEST(view.jobs.at(0).route == "");
    BOOST_TEST(view.jobs.at(0).not_before == start_time + 7);
}

BOOST_AUTO_TEST_CASE(no_such_message) {
    for (const std::string& id : {""s, "x"s, "' OR ''='"s, "018bcfe5-6800-7abc-8def-0123456789ab"s})
        BOOST_TEST(!spool.find(id).has_value(), id);
    BOOST_TEST(spool.attempts("x").size() == 0U);
}

BOOST_AUTO_TEST_CASE(the_same_id_is_the_same_call) {
    const NewMessage message = new_message("hola");
    (void)spool.submit(message);
    const StoreAnswer again = spool.submit(message);
    BOOST_TEST((again.how == Stored::done));
    BOOST_TEST(again.message_id == message.id);
    BOOST_TEST(jobs_in(spool) == 1);
    // It is also done once it was sent, and is not sent again.
    (void)settle(claim().value(), WasAccepted{1});
    BOOST_TEST((spool.submit(message).how == Stored::done));
    BOOST_TEST((state(message.id) == State::sent));
    BOOST_TEST(!claim().has_value());
}

BOOST_AUTO_TEST_CASE(an_id_that_is_taken) {
    const NewMessage message = new_message("hola");
    (void)spool.submit(message);
    NewMessage other_text = message;
    other_text.text = "adios";
    NewMessage other_user = message;
    other_user.user = "eva";
    for (const NewMessage& other : {other_text, other_user}) {
        BOOST_CHECK_EXCEPTION((void)spool.submit(other), Error,
                              [](const Error& error) { return error.fault() == Fault::conflict; });
    }
    BOOST_TEST(spool.find(message.id).value().text == "hola");
    BOOST_TEST(jobs_in(spool) == 1);
}

BOOST_AUTO_TEST_CASE(idempotency_keys) {
    constexpr UtcMs window = 1000;
    const NewMessage first = keyed("k", "h1", start_time, window);
    (void)spool.submit(first);
    struct Case {
        const char* name;
        NewMessage message;
        Stored want;
        bool earlier; // the answer names the first message
    };
    const std::vector<Case> cases{
        {"same body", keyed("k", "h1", start_time + 1, window), Stored::again, true},
        {"other body", keyed("k", "h2", start_time + 1, window), Stored::conflict, true},
        {"at the end of the window", keyed("k", "h1", start_time + window, window), Stored::again,
         true},
        {"other user", keyed("k", "h2", start_time + 1, window, "eva"), Stored::done, false},
        {"other key", keyed("K", "h1", start_time + 1, window), Stored::done, false},
        {"after the window, other body", keyed("k", "h2", start_time + window + 1, window),
         Stored::done, false},
        // The key is now that of the message before.
        {"the window began anew", keyed("k", "h1", start_time + window + 2, window),
         Stored::conflict, false},
    };
    std::int64_t jobs = 1;
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const StoreAnswer answer = spool.submit(c.message);
            BOOST_TEST((answer.how == c.want));
            BOOST_TEST((answer.message_id == first.id) == c.earlier);
            jobs += c.want == Stored::done ? 1 : 0;
            BOOST_TEST(jobs_in(spool) == jobs);
            BOOST_TEST(spool.find(c.message.id).has_value() == (c.want == Stored::done));
        }
    }
}

// The answer was lost after the commit: the same id with the same key is done, not again.
BOOST_AUTO_TEST_CASE(a_repeated_call_with_a_key) {
    const NewMessage message = keyed("k", "h", start_time, 1000);
    (void)spool.submit(message);
    const StoreAnswer again = spool.submit(message);
    BOOST_TEST((again.how == Stored::done));
    BOOST_TEST(again.message_id == message.id);
}

BOOST_AUTO_TEST_CASE(alerts) {
    constexpr UtcMs remind = 1000;
    struct Case {
        const char* name;
        NewMessage message;
        Stored want;
        int told; // the case whose message told of this state; its own where it is stored
    };
    const std::vector<Case> cases{
        {"new", alarm("a", "FIRING", start_time, remind), Stored::done, 0},
        {"again", alarm("a", "FIRING", start_time + 10, remind), Stored::repeated, 0},
        {"another alert", alarm("b", "FIRING", start_time + 10, remind), Stored::done, 2},
        {"again at the end", alarm("a", "FIRING", start_time + remind, remind), Stored::repeated,
         0},
        {"reminder", alarm("a", "FIRING", start_time + remind + 1, remind), Stored::done, 4},
        {"counted from the reminder", alarm("a", "FIRING", start_time + remind + 2, remind),
         Stored::repeated, 4},
        {"change", alarm("a", "RESOLVED", start_time + remind + 3, remind), Stored::done, 6},
        {"change, again", alarm("a", "RESOLVED", start_time + remind + 4, remind), Stored::repeated,
         6},
        {"change back at once", alarm("a", "FIRING", start_time + remind + 5, remind), Stored::done,
         8},
        {"the other one is untouched", alarm("b", "FIRING", start_time + remind, remind),
         Stored::repeated, 2},
    };
    std::int64_t jobs = 0;
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const StoreAnswer answer = spool.submit(c.message);
            BOOST_TEST((answer.how == c.want));
            BOOST_TEST(answer.message_id == cases[static_cast<std::size_t>(c.told)].message.id);
            jobs += c.want == Stored::done ? 1 : 0;
            BOOST_TEST(jobs_in(spool) == jobs);
        }
    }
    // A repeated call of the message that told is done, not repeated.
    BOOST_TEST((spool.submit(cases[8].message).how == Stored::done));
}

BOOST_AUTO_TEST_SUITE_END()
