// What is old goes: messages that came to an end, and traces. Nothing that still waits.

#define BOOST_TEST_MODULE spool_purge_test
#include "common/numbers.h"
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <limits>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

constexpr UtcMs for_ever = std::numeric_limits<UtcMs>::max() - 1;

// An SMS at a place of the modem.
Arrival arrival_at(int location, const std::string& text, UtcMs sent = start_time) {
    Arrival arrival;
    arrival.kind = "deliver";
    arrival.number = "5512345678";
    arrival.text = text;
    arrival.sent = sent;
    arrival.location = location;
    return arrival;
}

struct Fixture : FreshSpool {
    Numbers numbers{config};

    bool there(const std::string& id) { return spool.find(id).has_value(); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_purge_test, Fixture)

BOOST_AUTO_TEST_CASE(only_what_came_to_an_end) {
    const WasRefused for_good{RefusalKind::permanent, 28, "no such number"};
    struct Case {
        const char* name;
        std::function<void(Fixture&)> make; // of the message that was submitted
        State state;
        bool goes;
        bool reply = false; // it asks for one
    };
    const std::vector<Case> cases{
        {"queued", [](Fixture&) {}, State::queued, false},
        {"sending", [](Fixture& f) { (void)f.claim(); }, State::sending, false},
        {"sent", [](Fixture& f) { (void)f.settle(f.claim().value(), WasAccepted{1}); }, State::sent,
         true},
        {"waits for a reply", [](Fixture& f) { (void)f.settle(f.claim().value(), WasAccepted{1}); },
         State::sent, false, true},
        {"no reply came",
         [](Fixture& f) {
             (void)f.settle(f.claim().value(), WasAccepted{1});
             (void)f.spool.give_up_replies("", for_ever);
         },
         State::timeout, true, true},
        {"replied",
         [](Fixture& f) {
             (void)f.settle(f.claim().value(), WasAccepted{1});
             (void)f.spool.take_in("sim", {arrival_at(1, "si", start_time + 1000)}, f.numbers,
                                   start_time + 1500);
         },
         State::replied, true, true},
        {"failed", [&](Fixture& f) { (void)f.settle(f.claim().value(), for_good); }, State::failed,
         true},
        {"unknown",
         [](Fixture& f) {
             (void)f.settle(f.claim().value(), IsUnknown{"x"});
             (void)f.settle(f.claim().value(), IsUnknown{"x"});
         },
         State::unknown, true},
        {"expired", [](Fixture& f) { (void)expire_all(f.spool, for_ever, "EXPIRED", "late"); },
         State::expired, true},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            NewMessage message = new_message("hola");
            if (c.reply)
                message.reply_timeout_ms = 60'000;
            (void)fresh.spool.submit(message);
            c.make(fresh);
            BOOST_REQUIRE((fresh.state(message.id) == c.state));
            // Not yet old enough.
            BOOST_TEST(fresh.spool.purge(start_time).empty());
            BOOST_TEST(fresh.there(message.id));
            const auto gone = fresh.spool.purge(for_ever + 1);
            BOOST_TEST(gone.size() == (c.goes ? 1U : 0U));
            BOOST_TEST(fresh.there(message.id) != c.goes);
            BOOST_TEST(fresh.spool.attempts(message.id).empty() ==
                       (c.goes || c.state == State::queued));
            if (c.goes) {
                BOOST_TEST(gone[0].message_id == message.id);
                BOOST_TEST(gone[0].user == "ana");
                BOOST_TEST(gone[0].number == "+525512345678");
                BOOST_TEST(gone[0].created == start_time);
                BOOST_TEST((gone[0].state == c.state));
                BOOST_TEST(fresh.spool.state_counts().empty());
            }
            BOOST_TEST(fresh.spool.purge(start_time + 1).empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(one_job_that_waits_keeps_the_whole_message) {
    NewMessage message = new_message("hola");
    message.recipients = {{"5512345678", "+525512345678"}, {"333", "333"}};
    (void)spool.submit(message);
    (void)settle(claim().value(), WasAccepted{1});
    BOOST_TEST(spool.purge(for_ever).empty());
    BOOST_TEST(spool.find(message.id).value().jobs.size() == 2U);
    (void)settle(claim().value(), WasAccepted{2});
    BOOST_TEST(spool.purge(for_ever).size() == 1U);
    BOOST_TEST(spool.state_counts().empty());
}

BOOST_AUTO_TEST_CASE(in_bites) {
    for (int i = 0; i < 501; ++i)
        (void)spool.submit(new_message("hola"));
    BOOST_TEST(expire_all(spool, for_ever).size() == 501U);
    BOOST_TEST(spool.purge(for_ever + 1).size() == 500U);
    BOOST_TEST(spool.purge(for_ever + 1).size() == 1U);
}

BOOST_AUTO_TEST_CASE(keys_are_forgotten) {
    const auto keyed = [](const std::string& key, UtcMs now) {
        NewMessage message = new_message("hola", now);
        message.idempotency = IdempotencyKey{key, "hash", 0};
        return message;
    };
    (void)spool.submit(keyed("old", start_time));
    (void)spool.submit(keyed("new", start_time + 1));
    spool.purge_traces(start_time + 1, 0);
    BOOST_TEST((spool.submit(keyed("old", start_time + 2)).how == Stored::done));
    BOOST_TEST((spool.submit(keyed("new", start_time + 2)).how == Stored::again));
}

BOOST_AUTO_TEST_CASE(resolved_alerts_are_forgotten_and_firing_ones_are_not) {
    const auto alarm = [](const std::string& key, const std::string& alert_state, UtcMs now) {
        NewMessage message = new_message("disk", now);
        message.alert = AlertChange{key, alert_state, 0};
        return message;
    };
    (void)spool.submit(alarm("resolved", "RESOLVED", start_time));
    (void)spool.submit(alarm("fresh", "RESOLVED", start_time + 1));
    (void)spool.submit(alarm("firing", "FIRING", start_time));
    spool.purge_traces(0, start_time + 1);
    BOOST_TEST((spool.submit(alarm("resolved", "RESOLVED", start_time + 2)).how == Stored::done));
    BOOST_TEST((spool.submit(alarm("fresh", "RESOLVED", start_time + 2)).how == Stored::repeated));
    BOOST_TEST((spool.submit(alarm("firing", "FIRING", start_time + 2)).how == Stored::repeated));
}

// What the modem may still hold, and parts that wait for others, must stay known.
BOOST_AUTO_TEST_CASE(incoming_messages_are_forgotten_once_the_modem_let_go_of_them) {
    const Arrival whole = arrival_at(1, "hola");
    Arrival half = arrival_at(2, "first half");
    half.parts = 2;
    half.reference = 9;
    Arrival report = arrival_at(3, "ok");
    report.kind = "report";
    const auto take = [&](UtcMs now) {
        return spool.take_in("sim", {whole, half, report}, numbers, now);
    };
    const auto first = take(start_time);
    spool.purge_traces(0, for_ever);
    for (const TakenIn& taken : take(start_time + 1))
        BOOST_TEST(taken.again);
    spool.released({first[0].incoming_id, first[1].incoming_id, first[2].incoming_id});
    spool.purge_traces(0, start_time); // not old enough
    spool.purge_traces(0, for_ever);
    // The message is still in the inbox, and the half still waits for its other half.
    BOOST_TEST(spool.inbox({}).size() == 1U);
    half.part = 2;
    half.text = " and second";
    const auto second = spool.take_in("sim", {half}, numbers, start_time + 2);
    BOOST_TEST(second.at(0).message.value().text == "first half and second");
}

// A message to many goes in bites, so that nobody waits long for the spool.
BOOST_AUTO_TEST_CASE(a_message_to_many) {
    FreshSpool fresh;
    NewMessage message = new_message("hi");
    message.recipients.clear();
    for (int i = 0; i < 5001; ++i)
        message.recipients.push_back({"333", "333"});
    (void)fresh.spool.submit(message);
    // While some have no jobs yet it has not ended, however old it is.
    BOOST_TEST(fresh.spool.unfold() == 500U);
    Database raw(fresh.config.spool, Open::write, std::chrono::seconds(1));
    raw.run_text("UPDATE job SET state = 'sent', ended_ms = 1");
    BOOST_TEST(fresh.spool.purge(start_time + 1).empty());
    BOOST_TEST(raw.ask_text("SELECT COUNT(*) FROM job") == "500");
    while (fresh.spool.unfold() > 0) {
    }
    raw.run_text("UPDATE job SET state = 'sent', ended_ms = 1");
    BOOST_TEST(fresh.spool.purge(start_time + 1).empty());
    BOOST_TEST(raw.ask_text("SELECT COUNT(*) FROM job") == "1");
    const auto removed = fresh.spool.purge(start_time + 1);
    BOOST_TEST_REQUIRE(removed.size() == 1U);
    BOOST_TEST(removed.front().message_id == message.id);
    BOOST_TEST(removed.front().user == "ana");
    BOOST_TEST(!fresh.spool.find(message.id).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
