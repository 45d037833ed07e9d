// What comes in: stored once, joined, matched to the job that it answers, shown, cleaned.

#define BOOST_TEST_MODULE spool_inbox_test
#include "common/numbers.h"
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

using Which = InboxQuery::Which;
using After = InboxQuery::After;
using Unread = Spool::Unread;

// An SMS as a modem gives it; each has a place of its own.
Arrival sms(const std::string& text, const std::string& number = "+525512345678",
            std::optional<UtcMs> sent = start_time) {
    static int location = 0;
    Arrival arrival;
    arrival.kind = "deliver";
    arrival.number = number;
    arrival.text = text;
    arrival.sent = sent;
    arrival.folder = 1;
    arrival.location = ++location;
    return arrival;
}

Arrival part_of(int part, int parts, const std::string& text, int reference = 9,
                const std::string& number = "+525512345678") {
    Arrival arrival = sms(text, number);
    arrival.part = part;
    arrival.parts = parts;
    arrival.reference = reference;
    return arrival;
}

struct Fixture : FreshSpool {
    Numbers numbers{config};

    TakenIn take(const Arrival& arrival, UtcMs now = start_time, const std::string& modem = "sim") {
        return spool.take_in(modem, {arrival}, numbers, now).at(0);
    }
    std::vector<InboxMessage> look(Which which = Which::all) {
        return spool.inbox({which, After::peek, 0});
    }
    std::vector<std::string> texts(const InboxQuery& query) {
        std::vector<std::string> all;
        for (const InboxMessage& message : spool.inbox(query))
            all.push_back(message.text);
        return all;
    }
    // A sent message that waits a minute for a reply; its id.
    std::string ask(const std::string& text, const std::string& number, UtcMs sent,
                    std::int64_t timeout = 60'000) {
        NewMessage message = new_message(text, sent, number);
        message.reply_timeout_ms = timeout;
        return send(message, sent);
    }
    std::optional<JobView::Reply> reply(const std::string& id) {
        return spool.find(id).value().jobs.at(0).reply;
    }
};

using Texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_inbox_test, Fixture)

// --- taking in ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_single_message) {
    Arrival arrival = sms("hola\n😀", "Telcel", start_time - 500);
    arrival.folder = 3;
    arrival.location = 17;
    const TakenIn taken = take(arrival, start_time + 5);
    BOOST_TEST(!taken.incoming_id.empty());
    BOOST_TEST(!taken.again);
    BOOST_TEST(taken.message_id == "");
    const auto inbox = look();
    BOOST_REQUIRE(inbox.size() == 1U);
    for (const InboxMessage& message : {taken.message.value(), inbox[0]}) {
        BOOST_TEST(message.number == "Telcel");
        BOOST_TEST(message.text == "hola\n😀");
        BOOST_TEST(message.modem == "sim");
        BOOST_TEST(message.sent.value_or(0) == start_time - 500);
        BOOST_TEST(message.stored == start_time + 5);
        BOOST_TEST(message.state == "unread");
        BOOST_TEST(message.folder == 3);
        BOOST_TEST(message.location == 17);
        BOOST_TEST(message.complete);
        BOOST_TEST(message.job_id == "");
    }
    BOOST_TEST(inbox[0].id == taken.message->id);
}

BOOST_AUTO_TEST_CASE(a_second_copy_is_dropped) {
    const Arrival arrival = sms("hola");
    const TakenIn first = take(arrival);
    const TakenIn second = take(arrival, start_time + 1);
    BOOST_TEST(second.again);
    BOOST_TEST(second.incoming_id == first.incoming_id);
    BOOST_TEST(!second.message.has_value());
    // Within one batch as well, and after the programs were started again.
    const Arrival twice = sms("twice");
    const auto both = open().take_in("sim", {twice, twice, arrival}, numbers, start_time + 2);
    BOOST_TEST(!both.at(0).again);
    BOOST_TEST(both.at(1).again);
    BOOST_TEST(both.at(2).again);
    BOOST_TEST(look().size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_makes_it_another_message) {
    Arrival base = sms("hola");
    (void)take(base);
    std::vector<Arrival> others(6, base);
    others[0].text = "Hola";
    others[1].number = "+525512345679";
    others[2].sent = start_time + 1000;
    others[3].location += 1000;
    others[4].folder += 1;
    others[5].sent.reset();
    for (const Arrival& other : others)
        BOOST_TEST(take(other).message.has_value());
    BOOST_TEST(take(base, start_time, "sim2").message.has_value());
    BOOST_TEST(look().size() == 8U);
}

BOOST_AUTO_TEST_CASE(after_its_release_an_equal_message_is_new) {
    const Arrival arrival = sms("ring");
    const TakenIn first = take(arrival);
    spool.released({first.incoming_id});
    spool.released({first.incoming_id, "nobody"});
    const TakenIn second = take(arrival);
    BOOST_TEST(!second.again);
    BOOST_TEST(second.incoming_id != first.incoming_id);
    BOOST_TEST(take(arrival).again);
    BOOST_TEST(look().size() == 2U);
}

BOOST_AUTO_TEST_CASE(reports_and_raw_ones_are_kept_out_of_the_inbox) {
    for (const char* kind : {"report", "raw"}) {
        Arrival arrival = sms("0791");
        arrival.kind = kind;
        BOOST_TEST(!take(arrival).message.has_value(), kind);
        BOOST_TEST(take(arrival).again, kind);
    }
    BOOST_TEST(look().empty());
    BOOST_TEST(spool.assemble_overdue(std::numeric_limits<UtcMs>::max(), numbers, 1).empty());
}

// --- joining ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(parts_are_joined_in_any_order) {
    const std::vector<std::vector<int>> orders{{1, 2, 3}, {1, 3, 2}, {2, 1, 3},
                                               {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
    for (const auto& order : orders) {
        Fixture fresh;
        for (std::size_t i = 0; i < order.size(); ++i) {
            BOOST_TEST(fresh.look().empty());
            Arrival arrival = part_of(order[i], 3, "<" + std::to_string(order[i]) + ">");
            arrival.sent = start_time + order[i] * 1000;
            arrival.location = 100 + order[i];
            const TakenIn taken = fresh.take(arrival, start_time + static_cast<UtcMs>(i));
            BOOST_TEST(taken.message.has_value() == (i == 2));
        }
        const auto inbox = fresh.look();
        BOOST_REQUIRE(inbox.size() == 1U);
        BOOST_TEST(inbox[0].text == "<1><2><3>");
        BOOST_TEST(inbox[0].complete);
        // The place and the time are those of the first part, whenever it came.
        BOOST_TEST(inbox[0].location == 101);
        BOOST_TEST(inbox[0].sent.value_or(0) == start_time + 1000);
        BOOST_TEST(inbox[0].stored == start_time + 2);
    }
}

BOOST_AUTO_TEST_CASE(parts_wait_over_a_restart) {
    (void)take(part_of(2, 2, "world"));
    Spool later = open();
    const auto taken = later.take_in("sim", {part_of(1, 2, "hello ")}, numbers, start_time);
    BOOST_TEST(taken.at(0).message.value().text == "hello world");
}

BOOST_AUTO_TEST_CASE(what_does_not_belong_together_is_not_joined) {
    (void)take(part_of(1, 2, "a1", 9));
    (void)take(part_of(2, 2, "b2", 9, "+525599999999")); // another sender
    (void)take(part_of(2, 2, "c2", 10));                 // another reference
    (void)take(part_of(2, 3, "d2", 9));                  // another count
    // The same sender to another SIM: references are counted for each recipient.
    (void)take(part_of(2, 2, "e2", 9), start_time, "sim2");
    BOOST_TEST(look().empty());
    (void)take(part_of(1, 2, "b1", 9, "+525599999999"));
    (void)take(part_of(2, 2, "a2", 9));
    (void)take(part_of(1, 2, "e1", 9), start_time, "sim2");
    BOOST_TEST((texts({Which::all, After::peek, 0}) == Texts{"b1b2", "a1a2", "e1e2"}));
}

BOOST_AUTO_TEST_CASE(a_reference_may_be_used_again) {
    for (const char* day : {"mon", "tue"}) {
        (void)take(part_of(1, 2, std::string(day) + "1"));
        BOOST_TEST(take(part_of(2, 2, std::string(day) + "2")).message.has_value());
    }
    BOOST_TEST((texts({Which::all, After::peek, 0}) == Texts{"mon1mon2", "tue1tue2"}));
}

BOOST_AUTO_TEST_CASE(a_part_that_came_twice_counts_once) {
    (void)take(part_of(1, 2, "one "));
    (void)take(part_of(1, 2, "one ")); // the network's second copy, at another place
    const TakenIn taken = take(part_of(2, 2, "two"));
    BOOST_TEST(taken.message.value().text == "one two");
    // Nothing of it comes after as a fragment.
    BOOST_TEST(spool.assemble_overdue(start_time + 1, numbers, start_time + 1).empty());
    BOOST_TEST(look().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_part_of_an_older_message_with_the_same_reference) {
    (void)take(part_of(1, 2, "old one "), start_time);
    (void)take(part_of(1, 2, "new one "), start_time + 10);
    BOOST_TEST(take(part_of(2, 2, "two"), start_time + 20).message.value().text == "new one two");
    // The older one is handed out by itself.
    const auto overdue = spool.assemble_overdue(start_time + 5, numbers, start_time + 30);
    BOOST_REQUIRE(overdue.size() == 1U);
    BOOST_TEST(overdue[0].message.value().text == "old one …");
    BOOST_TEST(spool.assemble_overdue(start_time + 99, numbers, start_time + 99).empty());
}

BOOST_AUTO_TEST_CASE(headers_that_contradict_themselves_are_none) {
    struct Case {
        int part, parts;
    };
    for (const Case& c :
         {Case{0, 2}, Case{3, 2}, Case{-1, 2}, Case{1, 0}, Case{1, 1}, Case{7, 1}, Case{2, -3}}) {
        const TakenIn taken = take(part_of(c.part, c.parts, "whole"));
        BOOST_TEST_CONTEXT(c.part << " of " << c.parts) {
            BOOST_TEST(taken.message.value().text == "whole");
            BOOST_TEST(taken.message.value().complete);
        }
    }
}

BOOST_AUTO_TEST_CASE(gaps_are_marked_when_the_wait_is_over) {
    struct Case {
        std::vector<int> present;
        int parts;
        const char* want;
    };
    const std::vector<Case> cases{
        {{1}, 2, "<1>…"},         {{2}, 2, "…<2>"},       {{1, 3}, 3, "<1>…<3>"},
        {{2}, 3, "…<2>…"},        {{1, 4}, 4, "<1>…<4>"}, {{1, 3, 5}, 5, "<1>…<3>…<5>"},
        {{2, 4}, 5, "…<2>…<4>…"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.want) {
            Fixture fresh;
            for (const int part : c.present)
                (void)fresh.take(part_of(part, c.parts, "<" + std::to_string(part) + ">"),
                                 start_time + part);
            const UtcMs last = start_time + c.present.back();
            BOOST_TEST(fresh.spool.assemble_overdue(last, fresh.numbers, last).empty());
            const auto taken = fresh.spool.assemble_overdue(last + 1, fresh.numbers, last + 9);
            BOOST_REQUIRE(taken.size() == 1U);
            BOOST_TEST(taken[0].message.value().text == c.want);
            const auto inbox = fresh.look();
            BOOST_REQUIRE(inbox.size() == 1U);
            BOOST_TEST(inbox[0].text == c.want);
            BOOST_TEST(!inbox[0].complete);
            BOOST_TEST(inbox[0].stored == last + 9);
            BOOST_TEST(fresh.spool.assemble_overdue(last + 99, fresh.numbers, last + 99).empty());
        }
    }
}

// --- parts that come late -----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_part_that_comes_once_more_after_all_joins_its_message) {
    struct Case {
        const char* name;
        void (*change)(Arrival&);
        bool copy;
    };
    const std::vector<Case> cases{
        {"the same", [](Arrival&) {}, true},
        {"another text", [](Arrival& a) { a.text = "<Y>"; }, false},
        {"a second later", [](Arrival& a) { a.sent = start_time + 1'000; }, false},
        {"no time stamp", [](Arrival& a) { a.sent.reset(); }, false},
        {"another part", [](Arrival& a) { a.part = 2; }, false},
        {"of another count", [](Arrival& a) { a.parts = 3; }, false},
        {"another reference", [](Arrival& a) { a.reference = 10; }, false},
        {"another number", [](Arrival& a) { a.number = "+525512345679"; }, false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const TakenIn first = fresh.take(part_of(1, 2, "<1>"));
            (void)fresh.take(part_of(2, 2, "<2>"));
            BOOST_TEST(fresh.texts({Which::all, After::remove, 0}).size() == 1U);
            Arrival late = part_of(1, 2, "<1>");
            c.change(late);
            const TakenIn taken = fresh.take(late, start_time + 7'200'000);
            BOOST_TEST(taken.again == c.copy);
            BOOST_TEST(!taken.message.has_value());
            BOOST_TEST(!taken.incoming_id.empty());
            BOOST_TEST(taken.incoming_id != first.incoming_id);
            // What is no copy becomes a fragment by and by.
            const UtcMs later = start_time + 9'000'000;
            BOOST_TEST(fresh.spool.assemble_overdue(later, fresh.numbers, later).empty() == c.copy);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_part_that_comes_after_all_fills_its_gap) {
    struct Case {
        const char* name;
        std::vector<int> present;
        int parts;
        std::vector<int> late;
        const char* want;
        bool complete;
    };
    const std::vector<Case> cases{
        {"the first", {2}, 2, {1}, "<1><2>", true},
        {"the last", {1}, 2, {2}, "<1><2>", true},
        {"in the middle", {1, 3}, 3, {2}, "<1><2><3>", true},
        {"one of two", {2}, 3, {3}, "…<2><3>", false},
        {"two", {2}, 3, {3, 1}, "<1><2><3>", true},
        {"one, twice", {2}, 3, {3, 3}, "…<2><3>", false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const auto text = [](int part) { return "<" + std::to_string(part) + ">"; };
            for (const int part : c.present)
                (void)fresh.take(part_of(part, c.parts, text(part)));
            const UtcMs overdue = start_time + 3'600'000;
            const auto handed = fresh.spool.assemble_overdue(overdue, fresh.numbers, overdue);
            const InboxMessage before = handed.at(0).message.value();
            (void)fresh.spool.inbox({Which::all, After::mark_read, 0});
            TakenIn taken;
            for (const int part : c.late) {
                const TakenIn now = fresh.take(part_of(part, c.parts, text(part)), overdue + 1'000);
                taken = now.again ? taken : now;
            }
            BOOST_TEST(taken.late);
            BOOST_TEST(taken.message.value().text == c.want);
            const auto inbox = fresh.look(Which::unread);
            BOOST_REQUIRE(inbox.size() == 1U);
            BOOST_TEST(inbox[0].id == before.id);
            BOOST_TEST(inbox[0].text == c.want);
            BOOST_TEST(inbox[0].complete == c.complete);
            BOOST_TEST(inbox[0].stored == overdue);
            BOOST_TEST(fresh.spool.assemble_overdue(overdue * 2, fresh.numbers, overdue).empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_place_and_the_time_are_those_of_a_first_part_that_came_late) {
    (void)take(part_of(2, 2, "<2>"));
    (void)spool.assemble_overdue(start_time + 1, numbers, start_time + 1);
    Arrival first = part_of(1, 2, "<1>");
    first.sent = start_time - 3'000;
    first.location = 1717;
    (void)take(first);
    BOOST_TEST(look().at(0).sent.value_or(0) == start_time - 3'000);
    BOOST_TEST(look().at(0).location == 1717);
}

BOOST_AUTO_TEST_CASE(what_fills_no_gap) {
    struct Case {
        const char* name;
        std::optional<std::int64_t> sent; // after the part that came in time
        int part, reference;
        bool fills;
    };
    const std::vector<Case> cases{
        {"as it was sent", 0, 2, 9, true},
        {"ten minutes later", 600'000, 2, 9, true},
        {"ten minutes earlier", -600'000, 2, 9, true},
        {"of a message on another day", 600'001, 2, 9, false},
        {"of an older message", -600'001, 2, 9, false},
        {"no time stamp", {}, 2, 9, false},
        {"the part that is there, with another text", 0, 1, 9, false},
        {"another reference", 0, 2, 10, false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            (void)fresh.take(part_of(1, 2, "<1>"));
            (void)fresh.spool.assemble_overdue(start_time + 1, fresh.numbers, start_time + 1);
            Arrival late = part_of(c.part, 2, "<x>", c.reference);
            late.sent.reset();
            if (c.sent)
                late.sent = start_time + *c.sent;
            BOOST_TEST(fresh.take(late, start_time + 2).late == c.fills);
            BOOST_TEST(fresh.look().at(0).text == (c.fills ? "<1><x>" : "<1>…"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_part_of_a_message_on_its_way_fills_no_gap_of_an_older_one) {
    (void)take(part_of(1, 2, "old"));
    (void)spool.assemble_overdue(start_time + 1, numbers, start_time + 1);
    Arrival first = part_of(1, 2, "new ");
    first.sent = start_time + 1'000;
    (void)take(first, start_time + 2);
    BOOST_TEST(take(part_of(2, 2, "one"), start_time + 3).message.value().text == "new one");
    BOOST_TEST((texts({Which::all, After::peek, 0}) == Texts{"old…", "new one"}));
}

BOOST_AUTO_TEST_CASE(a_gap_of_a_message_that_is_gone_is_not_filled) {
    (void)take(part_of(1, 2, "<1>"));
    (void)spool.assemble_overdue(start_time + 1, numbers, start_time + 1);
    (void)spool.inbox({Which::all, After::remove, 0});
    BOOST_TEST(!take(part_of(2, 2, "<2>"), start_time + 2).late);
    const auto overdue = spool.assemble_overdue(start_time + 9, numbers, start_time + 9);
    BOOST_TEST(overdue.at(0).message.value().text == "…<2>");
}

BOOST_AUTO_TEST_CASE(a_message_that_was_whole_has_no_gap_when_its_traces_go) {
    const TakenIn first = take(part_of(1, 2, "<1>"), start_time);
    (void)take(part_of(2, 2, "<2>"), start_time + 10);
    spool.released({first.incoming_id});
    spool.purge_traces(0, start_time + 5);
    BOOST_TEST(!take(part_of(1, 2, "<x>"), start_time + 20).late);
    BOOST_TEST(look().at(0).text == "<1><2>");
}

BOOST_AUTO_TEST_CASE(a_gap_of_a_reply_is_filled_where_the_reply_is) {
    const auto id = ask("?", "+525512345678", start_time);
    Arrival first = part_of(1, 2, "yes, ");
    first.sent = start_time + 5'000;
    (void)take(first, start_time + 6'000);
    (void)spool.assemble_overdue(start_time + 7'000, numbers, start_time + 8'000);
    Arrival second = part_of(2, 2, "tomorrow");
    second.sent = start_time + 6'000;
    const TakenIn taken = take(second, start_time + 9'000);
    BOOST_TEST(taken.late);
    BOOST_TEST(taken.message_id == id);
    BOOST_TEST(taken.user == "ana");
    BOOST_TEST(taken.elapsed_s == 5);
    BOOST_TEST(taken.message.value().state == "reply");
    BOOST_TEST(reply(id).value().text == "yes, tomorrow");
    BOOST_TEST(reply(id).value().received == start_time + 5'000);
    BOOST_TEST(look().empty());
}

BOOST_AUTO_TEST_CASE(what_comes_from_no_place_is_known_by_its_time_stamp) {
    struct Case {
        const char* name;
        std::optional<UtcMs> sent;
        bool again;
    };
    for (const Case& c : {Case{"with one", start_time, true}, Case{"without", {}, false}}) {
        Fixture fresh;
        Arrival arrival = sms("ring", "+525512345678", c.sent);
        arrival.location = -1;
        (void)fresh.take(arrival);
        BOOST_TEST(fresh.take(arrival).again == c.again, c.name);
        BOOST_TEST(fresh.look().size() == (c.again ? 1U : 2U), c.name);
    }
}

// --- what cannot be stored ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(one_that_cannot_be_stored_does_not_hold_up_the_others) {
    Database(config.spool, Open::write, std::chrono::milliseconds(100))
        .run_text("CREATE TRIGGER poison BEFORE INSERT ON incoming WHEN NEW.text = 'poison' BEGIN "
                  "SELECT RAISE(ABORT, 'no'); END");
    const std::vector<Arrival> batch{sms("a"), sms("poison"), sms("b")};
    const auto taken = spool.take_in("sim", batch, numbers, start_time);
    BOOST_REQUIRE(taken.size() == 3U);
    BOOST_TEST(taken[1].failed != "");
    BOOST_TEST(taken[1].incoming_id == "");
    for (const std::size_t good : {0U, 2U}) {
        BOOST_TEST(taken[good].failed == "");
        BOOST_TEST(taken[good].message.value().text == batch[good].text);
    }
    BOOST_TEST((texts({Which::all, After::peek, 0}) == Texts{"a", "b"}));
    BOOST_TEST(spool.take_in("sim", {batch[1]}, numbers, start_time).at(0).failed != "");
}

// --- replies (contract 1.12) --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_reply) {
    const auto id = ask("¿vienes?", "+525512345678", start_time + 250);
    const Arrival arrival = sms("sí", "5512345678", start_time + 7'000);
    const TakenIn taken = take(arrival, start_time + 9'000);
    BOOST_TEST(taken.message_id == id);
    BOOST_TEST(taken.user == "ana");
    BOOST_TEST(taken.elapsed_s == 6); // whole seconds of 6.75
    BOOST_TEST(taken.message.value().state == "reply");
    BOOST_TEST((state(id) == State::replied));
    BOOST_TEST(reply(id).value().text == "sí");
    BOOST_TEST(reply(id).value().received == start_time + 7'000);
    // It is not part of the inbox, and answers nothing more.
    BOOST_TEST(look().empty());
    BOOST_TEST(take(arrival).again);
    BOOST_TEST(take(sms("otra", "5512345678", start_time + 8'000)).message_id == "");
    BOOST_TEST(reply(id).value().text == "sí");
    BOOST_TEST(spool.give_up_replies("", std::numeric_limits<UtcMs>::max()).empty());
}

BOOST_AUTO_TEST_CASE(whom_a_message_answers) {
    struct Case {
        const char* name;
        std::string question, asked; // what was sent, and to whom (as normalised)
        std::string sender, answer;
        bool matches;
    };
    const std::string him = "+525512345678";
    const std::vector<Case> cases{
        {"E.164", "?", him, "+525512345678", "x", true},
        {"ten digits", "?", him, "5512345678", "x", true},
        {"blanks", "?", him, "+52 55 1234 5678", "x", true},
        {"the old Mexican form is the same number", "?", him, "+5215512345678", "x", true},
        {"without plus it is ambiguous", "?", him, "525512345678", "x", false},
        {"+521 and no valid number", "?", "+521234567890", "+5211234567890", "x", false},
        {"the ancestor's own example", "?", "+521234567890", "1234567890", "x", true},
        {"one digit more", "?", him, "+5255123456789", "x", false},
        {"somebody else", "?", him, "+525512345679", "x", false},
        {"a name", "?", him, "Telcel", "x", false},
        {"empty sender", "?", him, "", "x", false},
        {"service number", "?", "2222", "2222", "x", true},
        {"a service answers from elsewhere", "?", "2222", "Telcel", "saldo", false},
        {"333 from itself says anything", "?", "333", "333", "x", true},
        {"333, any sender with saldo", "?", "333", "Telcel", "Tu saldo es 10", true},
        {"333, in capitals", "?", "333", "+525599999999", "SALDO: 10", true},
        {"333, inside a word", "?", "333", "", "resaldos", true},
        {"333, without the word", "?", "333", "Telcel", "sald o", false},
        {"saldo without a question to 333", "saldo", him, "Telcel", "saldo", false},
        {"7373, the digits of the question", "Recarga 5512345678 50", "7373", "Telcel",
         "Recarga a 5512345678 lista", true},
        {"7373, the first run of digits only", "Recarga 55 50", "7373", "Telcel", "listo 50",
         false},
        {"7373, anywhere in the reply", "Recarga 55", "7373", "Telcel", "x1559", true},
        {"7373, no digits in the question", "Recarga", "7373", "Telcel", "Recarga 1", false},
        {"7373, from itself", "Recarga", "7373", "7373", "x", true},
        {"an empty reply", "?", him, him, "", true},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const auto id = fresh.ask(c.question, c.asked, start_time);
            const TakenIn taken = fresh.take(sms(c.answer, c.sender, start_time + 5'000));
            BOOST_TEST((taken.message_id == id) == c.matches);
            BOOST_TEST((fresh.state(id) == (c.matches ? State::replied : State::sent)));
            BOOST_TEST(fresh.look().size() == (c.matches ? 0U : 1U));
            if (c.matches)
                BOOST_TEST(fresh.reply(id).value().text == c.answer);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_window) {
    struct Case {
        const char* name;
        std::int64_t sent; // the job, after a whole second
        std::optional<std::int64_t> stamp;
        std::int64_t stored;
        bool matches;
        std::int64_t elapsed;
    };
    const std::vector<Case> cases{
        {"after", 0, 3'000, 4'000, true, 3},
        {"the second before", 0, -1'000, 4'000, false, 0},
        {"the same moment", 0, 0, 4'000, true, 0},
        {"the same second, cut by the service centre", 999, 0, 4'000, true, 0},
        {"the second before, by a millisecond", 1'000, 0, 4'000, false, 0},
        {"the last moment", 0, 60'000, 60'000, true, 60},
        {"in the last second, whose rest the window has", 500, 60'000, 60'000, true, 59},
        {"a millisecond late", 0, 60'001, 60'001, false, 0},
        {"a second late", 0, 61'000, 61'000, false, 0},
        {"in time, and read late", 0, 59'000, 3'600'000, true, 59},
        {"no stamp: when it was read", 0, std::nullopt, 3'000, true, 3},
        {"no stamp, read late", 0, std::nullopt, 60'001, false, 0},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            const auto id = fresh.ask("?", "+525512345678", start_time + c.sent);
            Arrival arrival = sms("x");
            arrival.sent.reset();
            if (c.stamp)
                arrival.sent = start_time + *c.stamp;
            const TakenIn taken = fresh.take(arrival, start_time + c.stored);
            BOOST_TEST((taken.message_id == id) == c.matches);
            BOOST_TEST(taken.elapsed_s == c.elapsed);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_newest_job_wins_and_the_next_reply_is_for_the_older) {
    const auto older = ask("1?", "+525512345678", start_time);
    const auto newer = ask("2?", "+525512345678", start_time + 2'000);
    const auto other = ask("3?", "+525599999999", start_time + 3'000);
    BOOST_TEST(take(sms("a", "+525512345678", start_time + 9'000)).message_id == newer);
    BOOST_TEST(take(sms("b", "+525512345678", start_time + 9'000)).message_id == older);
    BOOST_TEST(take(sms("c", "+525512345678", start_time + 9'000)).message_id == "");
    BOOST_TEST(reply(newer).value().text == "a");
    BOOST_TEST(reply(older).value().text == "b");
    BOOST_TEST((state(other) == State::sent));
}

BOOST_AUTO_TEST_CASE(a_reply_from_before_the_newer_job_is_for_the_older) {
    const auto older = ask("1?", "+525512345678", start_time);
    const auto newer = ask("2?", "+525512345678", start_time + 20'000);
    BOOST_TEST(take(sms("a", "+525512345678", start_time + 9'000)).message_id == older);
    BOOST_TEST((state(newer) == State::sent));
}

BOOST_AUTO_TEST_CASE(on_a_tie_the_first_inserted_wins) {
    const auto first = ask("saldo?", "333", start_time);
    const auto second = ask("1?", "+525512345678", start_time);
    const auto third = ask("2?", "+525512345678", start_time);
    const Arrival arrival = sms("saldo 10", "+525512345678", start_time + 5'000);
    BOOST_TEST(take(arrival).message_id == first);
    BOOST_TEST(take(sms("a", "+525512345678", start_time + 5'000)).message_id == second);
    BOOST_TEST(take(sms("b", "+525512345678", start_time + 5'000)).message_id == third);
}

BOOST_AUTO_TEST_CASE(between_the_rules_the_newest_wins_too) {
    const auto direct = ask("?", "+525512345678", start_time);
    const auto service = ask("saldo?", "333", start_time + 1'000);
    BOOST_TEST(take(sms("saldo", "+525512345678", start_time + 5'000)).message_id == service);
    BOOST_TEST(take(sms("saldo", "+525512345678", start_time + 5'000)).message_id == direct);
}

BOOST_AUTO_TEST_CASE(a_service_rule_looks_past_jobs_that_it_does_not_fit) {
    const auto older = ask("Recarga 111", "7373", start_time);
    const auto newer = ask("Recarga 222", "7373", start_time + 1'000);
    BOOST_TEST(take(sms("111 lista", "Telcel", start_time + 5'000)).message_id == older);
    BOOST_TEST(take(sms("222 lista", "Telcel", start_time + 5'000)).message_id == newer);
}

BOOST_AUTO_TEST_CASE(only_jobs_that_wait_are_answered) {
    const auto silent = send(new_message("no reply wanted"), start_time);
    NewMessage queued = new_message("queued", start_time + 1);
    queued.reply_timeout_ms = 60'000;
    (void)spool.submit(queued);
    const auto given_up = ask("?", "+525512345678", start_time, 1'000);
    BOOST_TEST(spool.give_up_replies("", start_time + 2'000).size() == 1U);
    BOOST_TEST(take(sms("x", "+525512345678", start_time + 500)).message_id == "");
    BOOST_TEST((state(silent) == State::sent));
    BOOST_TEST((state(given_up) == State::timeout));
    BOOST_TEST(!reply(given_up).has_value());
}

// A reply proves that the message went out.
BOOST_AUTO_TEST_CASE(a_reply_to_what_may_have_gone_out) {
    struct Case {
        const char* name;
        UnknownPolicy policy;
        std::vector<Outcome> outcomes;
        State before;
        bool matches;
    };
    const Outcome lost = IsUnknown{"no answer"};
    const Outcome refused = WasRefused{RefusalKind::temporary, 500, "later"};
    const std::vector<Case> cases{
        {"to be sent once more", UnknownPolicy::resend, {lost}, State::queued, true},
        {"waits for a person", UnknownPolicy::hold, {lost}, State::unknown, true},
        {"twice unknown", UnknownPolicy::resend, {lost, lost}, State::unknown, true},
        {"refused the second time", UnknownPolicy::resend, {lost, refused}, State::queued, true},
        {"sent the second time", UnknownPolicy::resend, {lost, WasAccepted{1}}, State::sent, true},
        {"only refused", UnknownPolicy::resend, {refused}, State::queued, false},
        {"not told", UnknownPolicy::resend, {WasWithdrawn{"x"}}, State::queued, false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            fresh.config.unknown = c.policy;
            NewMessage message = new_message("?");
            message.reply_timeout_ms = 3'600'000;
            (void)fresh.spool.submit(message);
            UtcMs now = start_time;
            for (const Outcome& outcome : c.outcomes) {
                const Work work = fresh.claim(now).value();
                (void)fresh.settle(work, outcome, now);
                now += 60'000;
            }
            BOOST_TEST((fresh.state(message.id) == c.before));
            BOOST_TEST(fresh.spool.check().empty());
            const TakenIn taken = fresh.take(sms("yes", "+525512345678", now), now);
            BOOST_TEST((taken.message_id == message.id) == c.matches);
            if (!c.matches)
                continue;
            const JobView job = fresh.spool.find(message.id).value().jobs.at(0);
            BOOST_TEST((job.state == State::replied));
            BOOST_TEST(job.reply.value().text == "yes");
            BOOST_TEST(job.error_code == "");
            BOOST_TEST(job.error_text == "");
            // It is not sent again, and is at its end.
            BOOST_TEST(!fresh.claim(now + 3'600'000).has_value());
            BOOST_TEST(fresh.spool.give_up_replies("", now * 2).empty());
            BOOST_TEST(fresh.spool.purge(now + 1).size() == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(while_it_is_sent_once_more_a_message_is_not_its_reply) {
    NewMessage message = new_message("?");
    message.reply_timeout_ms = 60'000;
    (void)spool.submit(message);
    (void)settle(claim().value(), IsUnknown{"no answer"});
    const Work work = claim(start_time + 1).value();
    BOOST_TEST(take(sms("early", "+525512345678", start_time + 1'000)).message_id == "");
    BOOST_TEST(settle(work, WasAccepted{1}, start_time + 2'000).settled);
    BOOST_TEST(take(sms("yes", "+525512345678", start_time + 3'000)).message_id == message.id);
}

BOOST_AUTO_TEST_CASE(a_part_before_the_last_makes_nobody_answer) {
    NewMessage message = new_message(long_text(2));
    message.reply_timeout_ms = 60'000;
    (void)spool.submit(message);
    (void)settle(claim().value(), IsUnknown{"no answer"});
    BOOST_TEST(take(sms("yes", "+525512345678", start_time + 1'000)).message_id == "");
    BOOST_TEST((state(message.id) == State::queued));
}

BOOST_AUTO_TEST_CASE(a_text_that_was_told_as_a_whole_may_be_answered) {
    NewMessage message = new_message(long_text(2));
    message.reply_timeout_ms = 60'000;
    (void)spool.submit(message);
    Work work = claim().value();
    work.whole = true;
    (void)settle(work, WasAccepted{});
    BOOST_TEST(take(sms("yes", "+525512345678", start_time + 1'000)).message_id == message.id);
    BOOST_TEST((state(message.id) == State::replied));
}

// The reply to what was sent twice is due when that to the second is.
BOOST_AUTO_TEST_CASE(the_window_of_what_was_sent_twice) {
    struct Case {
        const char* name;
        std::int64_t stamp;
        bool matches;
    };
    const std::vector<Case> cases{
        {"before the first", -1'000, false},
        {"after the first", 1'000, true},
        {"in time for the second only", 70'000, true},
        {"too late for both", 80'001, false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Fixture fresh;
            NewMessage message = new_message("?");
            message.reply_timeout_ms = 60'000;
            (void)fresh.spool.submit(message);
            (void)fresh.settle(fresh.claim().value(), IsUnknown{"no answer"});
            (void)fresh.settle(fresh.claim(start_time + 20'000).value(), WasAccepted{1},
                               start_time + 20'000);
            const Arrival arrival = sms("yes", "+525512345678", start_time + c.stamp);
            const TakenIn taken = fresh.take(arrival, start_time + 90'000);
            BOOST_TEST((taken.message_id == message.id) == c.matches);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_reply_of_an_unknown_one_may_be_late_as_well) {
    NewMessage message = new_message("?");
    message.reply_timeout_ms = 60'000;
    (void)spool.submit(message);
    config.unknown = UnknownPolicy::hold;
    (void)settle(claim().value(), IsUnknown{"no answer"});
    // No reply is no news of it: it stays as it is, and nobody is told.
    BOOST_TEST(spool.give_up_replies("", start_time + 60'001).empty());
    BOOST_TEST((state(message.id) == State::unknown));
    BOOST_TEST(take(sms("yes", "+525512345678", start_time + 1'000)).message_id == "");
}

BOOST_AUTO_TEST_CASE(a_long_reply_answers_once_it_is_whole) {
    const auto id = ask("?", "+525512345678", start_time);
    Arrival second = part_of(2, 2, "tomorrow");
    second.sent = start_time + 6'000;
    BOOST_TEST(take(second).message_id == "");
    BOOST_TEST((state(id) == State::sent));
    Arrival first = part_of(1, 2, "yes, ");
    first.sent = start_time + 5'000;
    const TakenIn taken = take(first);
    BOOST_TEST(taken.message_id == id);
    BOOST_TEST(taken.elapsed_s == 5);
    BOOST_TEST(reply(id).value().text == "yes, tomorrow");
}

BOOST_AUTO_TEST_CASE(an_incomplete_reply_answers_when_it_is_given_up) {
    const auto id = ask("?", "+525512345678", start_time);
    Arrival first = part_of(1, 2, "yes, ");
    first.sent = start_time + 5'000;
    (void)take(first, start_time + 6'000);
    const auto taken = spool.assemble_overdue(start_time + 7'000, numbers, start_time + 8'000);
    BOOST_TEST(taken.at(0).message_id == id);
    BOOST_TEST(reply(id).value().text == "yes, …");
}

BOOST_AUTO_TEST_CASE(a_reply_in_the_batch_of_its_twin) {
    const auto id = ask("?", "+525512345678", start_time);
    const auto taken = spool.take_in("sim",
                                     {sms("first", "+525512345678", start_time + 1'000),
                                      sms("second", "+525512345678", start_time + 1'000)},
                                     numbers, start_time + 2'000);
    BOOST_TEST(taken.at(0).message_id == id);
    BOOST_TEST(taken.at(1).message_id == "");
    BOOST_TEST(reply(id).value().text == "first");
    BOOST_TEST((texts({Which::all, After::peek, 0}) == Texts{"second"}));
}

// --- reading and cleaning -----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(reading) {
    struct Step {
        const char* name;
        InboxQuery query;
        Texts want;
    };
    for (const char* text : {"a", "b", "c", "d"})
        (void)take(sms(text));
    const std::vector<Step> steps_in_order{
        {"a look changes nothing", {Which::unread, After::peek, 0}, {"a", "b", "c", "d"}},
        {"limit", {Which::all, After::peek, 2}, {"a", "b"}},
        {"a great limit",
         {Which::all, After::peek, std::numeric_limits<std::size_t>::max()},
         {"a", "b", "c", "d"}},
        {"exactly the returned ones are marked", {Which::unread, After::mark_read, 2}, {"a", "b"}},
        {"the others are still unread", {Which::unread, After::peek, 0}, {"c", "d"}},
        {"all are still there", {Which::all, After::peek, 0}, {"a", "b", "c", "d"}},
        {"exactly the returned ones are removed", {Which::unread, After::remove, 1}, {"c"}},
        {"one is left unread", {Which::unread, After::peek, 0}, {"d"}},
        {"marked while all are read", {Which::all, After::mark_read, 0}, {"a", "b", "d"}},
        {"none is unread", {Which::unread, After::mark_read, 0}, {}},
        {"removed with all", {Which::all, After::remove, 2}, {"a", "b"}},
        {"what remains", {Which::all, After::remove, 0}, {"d"}},
        {"nothing", {Which::all, After::remove, 0}, {}},
    };
    for (const Step& step : steps_in_order)
        BOOST_TEST(texts(step.query) == step.want, step.name);
}

BOOST_AUTO_TEST_CASE(the_state_that_is_shown_is_the_one_before) {
    (void)take(sms("a"));
    BOOST_TEST(spool.inbox({}).at(0).state == "unread");
    BOOST_TEST(spool.inbox({}).at(0).state == "read");
}

BOOST_AUTO_TEST_CASE(who_may_only_read_can_look) {
    (void)take(sms("a"));
    Spool reader = open(Access::read);
    BOOST_TEST(reader.inbox({Which::unread, After::peek, 0}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(cleaning) {
    for (int i = 0; i < 5; ++i)
        (void)take(sms("old"), start_time + i);
    (void)spool.inbox({Which::all, After::mark_read, 2});
    const auto asked = ask("?", "+525512345678", start_time);
    (void)take(sms("reply", "+525512345678", start_time + 1'000), start_time + 4);
    (void)take(sms("new"), start_time + 5);
    const UtcMs before = start_time + 5;
    BOOST_TEST(spool.count_cleanable(before, Unread::keep) == 3U);
    BOOST_TEST(spool.count_cleanable(before, Unread::remove) == 6U);
    BOOST_TEST(spool.count_cleanable(start_time, Unread::remove) == 0U);
    BOOST_TEST(spool.clean_inbox(start_time, Unread::remove, 100) == 0U);
    BOOST_TEST(spool.clean_inbox(before, Unread::keep, 2) == 2U);
    BOOST_TEST(spool.clean_inbox(before, Unread::keep, 2) == 1U);
    BOOST_TEST(spool.clean_inbox(before, Unread::keep, 2) == 0U);
    BOOST_TEST((texts({Which::all, After::peek, 0}) == Texts{"old", "old", "old", "new"}));
    BOOST_TEST(spool.clean_inbox(before, Unread::remove, 100) == 3U);
    BOOST_TEST((texts({Which::all, After::peek, 0}) == Texts{"new"}));
    // The answer of the job is the job's own.
    BOOST_TEST(reply(asked).value().text == "reply");
}

BOOST_AUTO_TEST_SUITE_END()
