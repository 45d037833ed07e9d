// smsctl dead, and message cancel: what is typed, done, shown and logged.

#define BOOST_TEST_MODULE ctl_dead_test
#include "common/error.h"
#include "common/ids.h"
#include "common/retry.h"
#include "common/spool.h"
#include "common/sqlite.h"
#include "ctl/nouns.h"
#include "tests/support/desk.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>

using namespace smsspool;
using namespace smsspool::ctl;

namespace {

struct Dead : Spooled {
    [[nodiscard]] Spool spool() const { return {config(), Access::write}; }
    void write(const std::string& sql) const {
        Database(config().spool, Open::write, std::chrono::seconds(1)).run_text(sql);
    }

    // A message of `user` that was refused for good; its job. REQUIRES: nothing else is due.
    [[nodiscard]] std::string dead(const std::string& user = "ana") const {
        Spool own = spool();
        NewMessage message = new_message("hola", desk_time);
        message.user = user;
        (void)own.submit(message);
        const Work work = own.claim({"owner", "sim", 60'000}, desk_time).value();
        const WasRefused refused{RefusalKind::permanent, 28, "no \x1b[31msuch"};
        (void)own.settle(work, attempt_end(refused), decide(work, refused, config(), desk_time, 0),
                         nullptr, desk_time);
        return work.job_id;
    }
    [[nodiscard]] State state_of(const std::string& job) const {
        return spool().letter(job).value().state;
    }
    [[nodiscard]] std::string message_of(const std::string& job) const {
        return spool().letter(job).value().message_id;
    }
};

Arguments of(const std::string& id, std::map<std::string, std::string, std::less<>> values = {},
             std::vector<std::string> options = {}) {
    Arguments arguments;
    arguments.id = id;
    arguments.values = std::move(values);
    arguments.options = std::move(options);
    return arguments;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(ctl_dead_test, Dead)

BOOST_AUTO_TEST_CASE(a_list_for_people) {
    BOOST_TEST(ask(list_dead).text == "");
    const std::string id = dead();
    const std::string line = ask(list_dead).text;
    BOOST_TEST(lines_of(line).size() == 1U);
    for (const char* part : {"failed", "SEND_FAILED", "+525512345678", "ana", "no \\x1B[31msuch"})
        BOOST_TEST(holds(line, part), part);
    BOOST_TEST(line.substr(0, 36) == id);
}

BOOST_AUTO_TEST_CASE(a_list_for_programs) {
    const std::string id = dead();
    const auto object = parsed(ask(list_dead, Output::json).text);
    BOOST_TEST(object["job"].GetString() == id);
    BOOST_TEST(object["message"].GetString() == message_of(id));
    BOOST_TEST(object["user"].GetString() == "ana");
    BOOST_TEST(object["text"].GetString() == "hola");
    BOOST_TEST(object["state"].GetString() == "failed");
    BOOST_TEST(object["error_code"].GetString() == "SEND_FAILED");
    BOOST_TEST(object["attempts"].GetInt() == 1);
    BOOST_TEST(object["retries"].GetInt() == 0);
    BOOST_TEST(object["dead_ms"].GetInt64() == desk_time);
    BOOST_TEST(object["route"].IsNull());
}

BOOST_AUTO_TEST_CASE(conditions_and_pages) {
    const std::vector<std::string> ids{dead("ana"), dead("eva"), dead("ana")};
    struct Case {
        const char* name;
        Arguments arguments;
        std::vector<std::size_t> found;
        bool more = false;
    };
    const Case cases[] = {
        {"all", of(""), {0, 1, 2}},
        {"of a user", of("", {{"--user", "eva"}}), {1}},
        {"of a state", of("", {{"--state", "unknown"}}), {}},
        {"of a number", of("", {{"--number", "+52"}}), {0, 1, 2}},
        {"of an error", of("", {{"--error-code", "OTHER"}}), {}},
        {"older", of("", {{"--older-than", "1m"}}), {}},
        {"newer", of("", {{"--newer-than", "1m"}}), {0, 1, 2}},
        {"a page", of("", {{"--limit", "2"}}), {0, 1}, true},
        {"the next", of(ids[1], {{"--limit", "2"}}), {2}},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Answer answer = ask(list_dead, Output::json, c.arguments);
            std::vector<std::string> found, wanted;
            for (const std::string& line : lines_of(answer.text))
                found.emplace_back(parsed(line)["job"].GetString());
            for (const std::size_t place : c.found)
                wanted.push_back(ids[place]);
            BOOST_TEST(found == wanted, boost::test_tools::per_element());
            BOOST_TEST(answer.complaint ==
                       (c.more ? "there are more; go on with --after " + ids[1] : ""));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_refused_changes_nothing) {
    const std::string id = dead();
    struct Case {
        Answer (*verb)(const Call&);
        std::map<std::string, std::string, std::less<>> values;
        const char* why;
    };
    const Case cases[] = {
        {list_dead, {{"--state", "sent"}}, "--state must be failed or unknown, not \"sent\""},
        {list_dead, {{"--limit", "0"}}, "--limit must be a number from 1 to 10000, not \"0\""},
        {list_dead,
         {{"--older-than", "30"}},
         "--older-than must be an age like 2h, or a time like "
         "2030-01-31T12:00:00Z, not \"30\""},
        {retry_all_dead,
         {{"--number", "x"}},
         "--number must be the beginning of a number like "
         "+52, or of a service number, not \"x\""},
        {retry_all_dead,
         {{"--rate", "fast"}},
         "--rate must be a number and a unit like 30/min, "
         "2/s or 100/h, not \"fast\""},
        {abandon_all_dead,
         {{"--error-code", ""}},
         "--error-code must be a text of 1 to 256 "
         "bytes, not \"\""},
        {retry_dead, {{"--not-before", "yesterday"}}, "--not-before must be a time like "},
        {retry_dead, {{"--not-before", "31d"}}, "--not-before must be a time like "},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.why) {
            std::string why;
            try {
                (void)ask(c.verb, Output::text, of(id, c.values));
            } catch (const Error& error) {
                BOOST_TEST((error.fault() == Fault::bad_input));
                why = error.what();
            }
            BOOST_TEST(holds(why, c.why), why);
            BOOST_TEST((state_of(id) == State::failed));
        }
    }
}

BOOST_AUTO_TEST_CASE(shown) {
    const std::string id = dead();
    const std::string text = ask(show_dead, Output::text, of(id)).text;
    for (const std::string& part :
         {id, message_of(id), std::string("hola"), std::string("failed since"),
          std::string("SEND_FAILED: Failed to send SMS to +525512345678"),
          std::string("refusals 1")})
        BOOST_TEST(holds(text, part), part);
    BOOST_TEST(parsed(ask(show_dead, Output::json, of(id)).text)["job"].GetString() == id);
    write("UPDATE job SET state = 'sent'");
    const Answer sent = ask(show_dead, Output::text, of(id));
    BOOST_TEST(sent.status == status_findings);
    BOOST_TEST(sent.complaint == "job " + id + " is sent, which is no dead letter");
    const std::string none = new_id();
    BOOST_TEST(ask(show_dead, Output::text, of(none)).complaint == "there is no job " + none);
}

BOOST_AUTO_TEST_CASE(one_is_retried) {
    const std::string id = dead();
    const auto object =
        parsed(ask(retry_dead, Output::json, of(id, {{"--not-before", "2h"}})).text);
    BOOST_TEST(object["state"].GetString() == "queued");
    BOOST_TEST(object["due_ms"].GetInt64() == desk_time + 2 * 3600 * 1000);
    BOOST_TEST(object["valid_until_ms"].GetInt64() == desk_time + 26LL * 3600 * 1000);
    BOOST_TEST((state_of(id) == State::queued));
    const Answer again = ask(retry_dead, Output::text, of(id));
    BOOST_TEST(again.status == 1);
    BOOST_TEST(again.complaint == "job " + id + " is queued, which is no dead letter");
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_sent) {
    const std::string id = dead();
    write("DELETE FROM message");
    const Answer answer = ask(retry_dead, Output::text, of(id));
    BOOST_TEST(answer.status == 1);
    BOOST_TEST(
        holds(answer.complaint, "cannot be read, so it cannot be sent; it can be abandoned"));
    const Answer all = ask(retry_all_dead, Output::text, {});
    BOOST_TEST(all.status == 1);
    BOOST_TEST(all.text == "retried 0 dead letters\n");
    BOOST_TEST(all.complaint == "1 dead letter cannot be sent, since the spool is damaged there");
    BOOST_TEST(ask(abandon_dead, Output::text, of(id)).status == 0);
}

BOOST_AUTO_TEST_CASE(all_are_retried) {
    const std::vector<std::string> ids{dead("ana"), dead("eva"), dead("ana")};
    const auto rehearsal =
        ask(retry_all_dead, Output::text, of("", {{"--user", "ana"}}, {"--dry-run"}));
    BOOST_TEST(rehearsal.text == "would be 2 dead letters\n");
    BOOST_TEST((state_of(ids[0]) == State::failed));
    const auto object = parsed(
        ask(retry_all_dead, Output::json, of("", {{"--user", "ana"}, {"--rate", "2/s"}})).text);
    BOOST_TEST(object["retried"].GetInt() == 2);
    BOOST_TEST((state_of(ids[1]) == State::failed));
    Spool own = spool();
    BOOST_TEST(own.letter(ids[2]).value().not_before - own.letter(ids[0]).value().not_before ==
               500);
}

BOOST_AUTO_TEST_CASE(given_up) {
    const std::vector<std::string> ids{dead(), dead(), dead()};
    BOOST_TEST(ask(abandon_dead, Output::text, of(ids[0])).text == ids[0] + " abandoned\n");
    BOOST_TEST((state_of(ids[0]) == State::abandoned));
    BOOST_TEST(ask(abandon_all_dead, Output::text, of("", {}, {"--dry-run"})).text ==
               "would be 2 dead letters\n");
    BOOST_TEST(ask(abandon_all_dead).text == "abandoned 2 dead letters\n");
    BOOST_TEST((state_of(ids[2]) == State::abandoned));
    BOOST_TEST(ask(count_dead).text == "");
}

BOOST_AUTO_TEST_CASE(counted) {
    (void)dead();
    (void)dead();
    BOOST_TEST(ask(count_dead).text == "failed  SEND_FAILED   2\n");
    const auto object = parsed(ask(count_dead, Output::json).text);
    BOOST_TEST(object["jobs"].GetInt() == 2);
    BOOST_TEST(object["retried"].GetInt() == 0);
}

BOOST_AUTO_TEST_CASE(taken_back) {
    NewMessage message = new_message("hola", desk_time);
    (void)spool().submit(message);
    BOOST_TEST(ask(cancel_message, Output::text, of(message.id)).text ==
               message.id + " canceled 1\n");
    const Answer again = ask(cancel_message, Output::json, of(message.id));
    BOOST_TEST(again.status == 0);
    BOOST_TEST(parsed(again.text)["canceled"].GetInt() == 0);
    BOOST_TEST(parsed(again.text)["jobs"]["canceled"].GetInt() == 1);
    const std::string id = dead();
    const Answer late = ask(cancel_message, Output::text, of(message_of(id)));
    BOOST_TEST(late.status == 1);
    BOOST_TEST(late.text == message_of(id) + " failed 1\n");
    BOOST_TEST(late.complaint == "nothing of message " + message_of(id) + " waits");
    const std::string none = new_id();
    BOOST_TEST(ask(cancel_message, Output::text, of(none)).complaint ==
               "there is no message " + none);
}

// The sentences as they are typed, and who did it in the log.
BOOST_AUTO_TEST_CASE(as_typed) {
    const std::string id = dead();
    struct Case {
        std::string words;
        int status;
        const char* log;
    };
    const Case cases[] = {
        {"dead list --state failed --limit 5 --after " + new_id(), 0, ""},
        {"dead list --state", 64, ""},
        {"dead retry-all --dry-run --rate 5/min", 0, ""},
        {"dead retry", 64, ""},
        {"dead retry 7", 64, ""},
        {"dead retry " + id, 0, "retried dead letter"},
        {"dead abandon " + id, 1, ""},
        {"message cancel " + message_of(id), 0, "canceled message"},
        {"dead retry-all", 0, ""},
        {"dead bury " + id, 64, ""},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.words) {
            const Ran ran = run(c.words);
            BOOST_TEST(ran.status == c.status);
            BOOST_TEST(holds(ran.err, "[AUDIT] ") == (*c.log != '\0'));
            BOOST_TEST(holds(ran.err, c.log));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
