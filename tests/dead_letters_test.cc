// Decisions over HTTP: dead letters for administrators, and taking back what still waits. Also the
// words of their filters, and many letters at once.

#define BOOST_TEST_MODULE dead_letters_test
#include <boost/test/unit_test.hpp>

#include "common/dead_letters.h"
#include "common/ids.h"
#include "common/sqlite.h"
#include "common/submit.h"
#include "support/fresh_spool.h"
#include "support/handler.h"

using namespace smsspool;

namespace {

constexpr UtcMs minute = 60'000;
constexpr UtcMs hour = 60 * minute;

struct Fixture : HandlerFixture {
    Fixture() { config.admins = "chief"; }

    Spool& spool() { return door.get(); }
    void write(const std::string& sql) { write_behind(config, sql); }

    // A message of `user`, stored; its id.
    std::string put(const std::string& user = "ana", const std::string& number = "5512345678",
                    std::optional<UtcMs> not_before = {}) {
        Draft draft;
        draft.user = user;
        draft.api = "rest";
        draft.number = number;
        draft.text = "hi";
        draft.not_before = not_before;
        const auto answer = submit(
            draft, config, numbers, [this]() -> Spool& { return door.get(); }, test_time);
        return std::get<Submitted>(answer).message_id;
    }
    // One that was refused for good; the id of its job. REQUIRES: nothing else is due.
    std::string dead(const std::string& user = "ana", const std::string& number = "5512345678") {
        (void)put(user, number);
        die();
        return last_;
    }
    // The next job is refused for good.
    void die(UtcMs when = test_time) {
        const auto work = spool().claim({"owner", "m", 60'000}, when).value();
        const WasRefused refused{RefusalKind::permanent, 28, "no such number"};
        (void)spool().settle(work, attempt_end(refused), decide(work, refused, config, when, 0),
                             nullptr, when);
        last_ = work.job_id;
    }
    State state_of(const std::string& job_id) { return spool().letter(job_id).value().state; }

    Answer get(const std::string& path, const std::string& query = {},
               const std::string& user = "chief") {
        Request request = get_request(path, query);
        request.user = user;
        return ask(request);
    }
    Answer post(const std::string& path, const std::string& body = "{}",
                const std::string& user = "chief") {
        Request request = post_request(path, body);
        request.user = user;
        return ask(request);
    }
    Answer retry(const std::string& job_id, const std::string& body = "{}") {
        return post("/api/dead-letters/" + job_id + "/retry", body);
    }
    Answer abandon(const std::string& job_id) {
        return post("/api/dead-letters/" + job_id + "/abandon");
    }
    Answer cancel(const std::string& message_id, const std::string& user = "ana") {
        return post("/api/messages/" + message_id + "/cancel", "{}", user);
    }

private:
    std::string last_;
};

std::vector<std::string> ids_in(const Answer& answer) {
    std::vector<std::string> ids;
    for (const auto& letter : answer.json["dead_letters"].GetArray())
        ids.push_back(Answer::get(letter, "job_id"));
    return ids;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dead_letters_test)

// --- words --------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(conditions) {
    struct Case {
        const char* name;
        std::string value;
        bool good;
        const char* words = "";
    };
    const Case cases[] = {
        {"state", "failed", true, "state failed"},
        {"state", "unknown", true, "state unknown"},
        {"state", "expired", false},
        {"state", "Failed", false},
        {"state", "", false},
        {"user", "ana", true, "user ana"},
        {"user", "", false},
        {"user", std::string(257, 'a'), false},
        {"number", "+52", true, "number +52"},
        {"number", "333", true, "number 333"},
        {"number", "", false},
        {"number", "5%", false},
        {"number", "5+2", false},
        {"number", "+5212345678901234567890", false},
        {"error_code", "SEND_FAILED", true, "error_code SEND_FAILED"},
        {"error_code", "", false},
        {"older_than", "2h", true, "dead before 2025-11-14T20:25:28Z"},
        {"older_than", "2025-01-01T00:00:00Z", true, "dead before 2025-01-01T00:00:00Z"},
        {"newer_than", "1d", true, "dead since 2025-11-13T22:25:28Z"},
        {"newer_than", "2025-01-01T01:00:00+01:00", true, "dead since 2025-01-01T00:00:00Z"},
        {"newer_than", "30", false}, // of what?
        {"newer_than", "", false},
        {"older_than", "-1h", false},
        {"older_than", "9223372036854775807ms", false},
        {"older_than", "yesterday", false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name << " " << c.value) {
            DeadFilter filter;
            const auto wanted = put_condition(filter, c.name, c.value, test_time);
            BOOST_TEST(!wanted.has_value() == c.good);
            if (c.good)
                BOOST_TEST(words_of(filter) == c.words);
        }
    }
    BOOST_TEST(words_of({}) == "all");
}

BOOST_AUTO_TEST_CASE(paces) {
    struct Case {
        const char* text;
        std::int64_t apart; // 0: it is none
    };
    const Case cases[] = {
        {"60/min", 1000},  {"60/m", 1000},   {"60", 1000},
        {"1/min", 60'000}, {"7/min", 8572},  {"2/s", 500},
        {"100/h", 36'000}, {"1000000/s", 1}, {"0/min", 0},
        {"-1/min", 0},     {"", 0},          {"/min", 0},
        {"60/day", 0},     {"60/min ", 0},   {" 60/min", 0},
        {"1.5/min", 0},    {"1000001", 0},   {"9999999999999999999/s", 0},
    };
    for (const Case& c : cases)
        BOOST_TEST(pace_from(c.text).value_or(0) == c.apart, c.text);
}

BOOST_AUTO_TEST_CASE(moments) {
    BOOST_TEST(moment_from("2h", test_time).value() == test_time + 2 * hour);
    BOOST_TEST(moment_from("2025-01-01T00:00:00Z", test_time).value() == 1735689600000);
    for (const char* none :
         {"", "9223372036854775807ms", "36501d", "2", "-2h", "2 h", "2025-01-01T00:00:00", "now"})
        BOOST_TEST(!moment_from(none, test_time).has_value(), none);
}

// --- many ---------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(all_are_sent_again_one_after_the_other, Fixture) {
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i)
        ids.push_back(dead());
    write("DELETE FROM message WHERE id = (SELECT message_id FROM job WHERE id = '" + ids[2] +
          "')");
    std::string told;
    const auto tell = [&](std::int64_t done, const std::string& first, const std::string& last) {
        told += std::to_string(done) + " " + first + " " + last;
    };
    const Progress progress =
        resend_all(spool(), {}, {test_time + hour, 20'000}, 100, config, test_time, tell);
    BOOST_TEST(progress.done == 4);
    BOOST_TEST(progress.damaged == 1);
    BOOST_TEST(!progress.more);
    BOOST_TEST(told == "4 " + ids[0] + " " + ids[4]);
    BOOST_TEST(progress.next == test_time + hour + 5 * 20'000);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const DeadLetter letter = spool().letter(ids[i]).value();
        BOOST_TEST((letter.state == (i == 2 ? State::failed : State::queued)));
        if (i != 2)
            BOOST_TEST(letter.not_before == test_time + hour + static_cast<UtcMs>(i) * 20'000);
    }
}

// Nobody gets past them otherwise, who may do so many in one request.
BOOST_FIXTURE_TEST_CASE(damaged_ones_do_not_use_up_what_may_be_done, Fixture) {
    std::vector<std::string> ids;
    for (int i = 0; i < 3; ++i)
        ids.push_back(dead());
    for (int i = 0; i < 2; ++i)
        write("DELETE FROM message WHERE id = (SELECT message_id FROM job WHERE id = '" +
              ids[static_cast<std::size_t>(i)] + "')");
    const auto ignore = [](std::int64_t, const std::string&, const std::string&) {};
    const Progress progress = resend_all(spool(), {}, {test_time, 0}, 1, config, test_time, ignore);
    BOOST_TEST(progress.damaged == 2);
    BOOST_TEST(progress.done == 1);
    BOOST_TEST(!progress.more);
}

BOOST_FIXTURE_TEST_CASE(in_bites, Fixture) {
    for (int i = 0; i < 1203; ++i)
        (void)put();
    write("UPDATE job SET state = 'failed', ended_ms = 5");
    std::vector<std::int64_t> bites;
    const auto tell = [&](std::int64_t done, const std::string&, const std::string&) {
        bites.push_back(done);
    };
    BOOST_TEST(count_letters(spool(), {}) == 1203);
    // Begun, cut short, gone on with.
    const Progress first = resend_all(spool(), {}, {test_time, 10}, 700, config, test_time, tell);
    BOOST_TEST(first.done == 700);
    BOOST_TEST(first.more);
    const Progress second =
        resend_all(spool(), {}, {first.next, 10}, 503, config, test_time + 1, tell);
    BOOST_TEST(second.done == 503);
    BOOST_TEST(!second.more);
    const std::vector<std::int64_t> wanted{500, 200, 500, 3};
    BOOST_TEST(bites == wanted, boost::test_tools::per_element());
    BOOST_TEST(count_letters(spool(), {}) == 0);
    Database db(config.spool, Open::read, std::chrono::seconds(1));
    BOOST_TEST(db.ask_text("SELECT COUNT(DISTINCT not_before_ms) FROM job") == "1203");
}

BOOST_FIXTURE_TEST_CASE(what_dies_after_it_began_is_left, Fixture) {
    const std::string early = dead();
    (void)put();
    die(test_time + 1);
    const Progress progress =
        resend_all(spool(), {}, {}, 10, config, test_time,
                   [](std::int64_t, const std::string&, const std::string&) {});
    BOOST_TEST(progress.done == 1);
    BOOST_TEST((state_of(early) == State::queued));
}

BOOST_FIXTURE_TEST_CASE(all_are_given_up, Fixture) {
    const std::string one = dead("ana");
    const std::string other = dead("eva");
    DeadFilter filter;
    filter.user = "eva";
    int told = 0;
    const auto tell = [&](std::int64_t, const std::string&, const std::string&) { ++told; };
    BOOST_TEST(abandon_all(spool(), filter, 10, test_time, tell).done == 1);
    BOOST_TEST(abandon_all(spool(), filter, 10, test_time, tell).done == 0);
    BOOST_TEST(told == 1);
    BOOST_TEST((state_of(one) == State::failed));
    BOOST_TEST((state_of(other) == State::abandoned));
}

// --- who may ------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(each_address_and_who_asks, Fixture) {
    const std::string id = dead();
    const std::string waits = put("ana", "5512345678", test_time + hour);
    Account reader;
    reader.name = "reader";
    reader.scopes = {Scope::status};
    spool().put_account(reader);
    struct Case {
        const char* method;
        std::string path;
        int chief, ana, reader, nobody;
    };
    const std::string one = "/api/dead-letters/" + id;
    const Case cases[] = {
        {"GET", "/api/dead-letters", 200, 403, 403, 401},
        {"HEAD", "/api/dead-letters", 200, 403, 403, 401},
        {"GET", "/api/dead-letters/counts", 200, 403, 403, 401},
        {"POST", "/api/dead-letters", 405, 405, 405, 405},
        {"GET", one + "/retry", 405, 405, 405, 405},
        {"DELETE", one + "/abandon", 405, 405, 405, 405},
        {"GET", one, 404, 404, 404, 404},
        {"POST", one, 404, 404, 404, 404},
        {"POST", one + "/bury", 404, 404, 404, 404},
        {"POST", "/api/dead-letters//retry", 404, 404, 404, 404},
        {"GET", "/api/messages", 404, 404, 404, 404},
        {"POST", one + "/retry", 200, 403, 403, 401},
        {"POST", one + "/abandon", 200, 403, 403, 401},
        {"POST", "/api/dead-letters/retry", 200, 403, 403, 401},
        {"POST", "/api/messages/" + waits + "/cancel", 200, 200, 403, 401},
        {"OPTIONS", "/api/messages/" + waits + "/cancel", 200, 200, 200, 200},
    };
    for (const Case& c : cases) {
        const std::pair<const char*, int> rows[] = {
            {"", c.nobody}, {"reader", c.reader}, {"ana", c.ana}, {"chief", c.chief}};
        for (const auto& [user, status] : rows) {
            BOOST_TEST_CONTEXT(c.method << " " << c.path << " by " << user) {
                write("UPDATE job SET state = 'failed' WHERE id = '" + id + "'");
                write("UPDATE job SET state = 'queued' WHERE message_id = '" + waits + "'");
                Request request = post_request(c.path, "");
                request.method = c.method;
                request.user = user;
                const Answer answer = ask(request);
                BOOST_TEST(int(answer.status()) == status);
                if (status >= 400)
                    BOOST_TEST((state_of(id) == State::failed));
            }
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_token_of_an_administrator_without_the_right_to_send, Fixture) {
    Account account;
    account.name = "boss";
    account.scopes = {Scope::admin};
    spool().put_account(account);
    BOOST_TEST(int(cancel(put(), "boss").status()) == 200);
}

// --- looking ------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(the_whole_list, Fixture) {
    const std::string id = dead();
    const std::string message = spool().letter(id).value().message_id;
    const Answer answer = get("/api/dead-letters");
    BOOST_TEST(int(answer.status()) == 200);
    BOOST_TEST(
        answer.reply.body ==
        "{\"count\":1,\"dead_letters\":[{\"attempts\":1,\"created\":\"" +
            std::string(test_time_text) + "\",\"dead_since\":\"" + test_time_text +
            "\",\"error_code\":\"SEND_FAILED\",\"error_message\":\"Failed to send SMS to "
            "+525512345678: no such number\",\"from\":\"ana\",\"job_id\":\"" +
            id + "\",\"label\":null,\"message\":\"hi\",\"message_id\":\"" + message +
            "\",\"modem\":\"m\",\"number\":\"+525512345678\",\"parts\":1,\"parts_done\":0,"
            "\"retries\":0,\"route\":null,\"state\":\"failed\",\"to\":\"5512345678\","
            "\"unknown_attempts\":0}],\"next\":null,\"status\":\"success\",\"timestamp\":\"" +
            test_time_text + "\"}\n");
}

BOOST_FIXTURE_TEST_CASE(filters_and_pages, Fixture) {
    const std::vector<std::string> ids{dead("ana"), dead("eva"), dead("eva", "333"), dead("ana")};
    write("UPDATE job SET state = 'unknown', error_code = 'MODEM_TIMEOUT' WHERE id = '" + ids[3] +
          "'");
    struct Case {
        std::string query;
        std::vector<std::size_t> found;
        bool more = false;
    };
    const Case cases[] = {
        {"", {0, 1, 2, 3}},
        {"state=unknown", {3}},
        {"user=eva", {1, 2}},
        {"number=%2B52", {0, 1, 3}},
        {"number=+52", {0, 1, 3}}, // not escaped
        {"number=333", {2}},
        {"error_code=SEND_FAILED&user=ana", {0}},
        {"older_than=1h", {}},
        {"newer_than=1h", {0, 1, 2, 3}},
        {"limit=2", {0, 1}, true},
        {"limit=2&after=" + ids[1], {2, 3}},
        {"limit=2&after=" + ids[0], {1, 2}, true},
        {"after=" + ids[3], {}},
        {"limit=500", {0, 1, 2, 3}},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.query) {
            const Answer answer = get("/api/dead-letters", c.query);
            BOOST_REQUIRE(int(answer.status()) == 200);
            std::vector<std::string> wanted;
            for (const std::size_t place : c.found)
                wanted.push_back(ids[place]);
            BOOST_TEST(ids_in(answer) == wanted, boost::test_tools::per_element());
            BOOST_TEST(answer.get("next") == (c.more ? wanted.back() : "null"));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(queries_that_are_refused, Fixture) {
    struct Case {
        const char* query;
        const char* code;
    };
    const Case cases[] = {
        {"state=sent", "INVALID_FILTER"},  {"user=", "INVALID_FILTER"},
        {"number=x", "INVALID_FILTER"},    {"older_than=5", "INVALID_FILTER"},
        {"newer_than=", "INVALID_FILTER"}, {"after=7", "INVALID_FILTER"},
        {"limit=0", "INVALID_LIMIT"},      {"limit=501", "INVALID_LIMIT"},
        {"limit=-1", "INVALID_LIMIT"},     {"limit=", "INVALID_LIMIT"},
        {"limit=ten", "INVALID_LIMIT"},    {"limit=99999999999999999999", "INVALID_LIMIT"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.query) {
            const Answer answer = get("/api/dead-letters", c.query);
            BOOST_TEST(int(answer.status()) == 400);
            BOOST_TEST(answer.get("error_code") == c.code);
            BOOST_TEST(answer.get("status") == "failed");
        }
    }
}

BOOST_FIXTURE_TEST_CASE(counted, Fixture) {
    (void)dead();
    (void)dead();
    const Answer answer = get("/api/dead-letters/counts");
    BOOST_TEST(answer.reply.body == "{\"counts\":[{\"count\":2,\"error_code\":\"SEND_FAILED\","
                                    "\"retried\":0,\"state\":\"failed\"}],\"status\":\"success\","
                                    "\"timestamp\":\"2025-11-14T22:25:28Z\"}\n");
}

// What is no UTF-8 in a damaged spool must not spoil the answer.
BOOST_FIXTURE_TEST_CASE(damaged_text_is_shown_as_far_as_it_goes, Fixture) {
    const std::string id = dead();
    write("UPDATE message SET text = CAST(x'ff41' AS TEXT)");
    write("UPDATE job SET error_text = CAST(x'ff' AS TEXT)");
    BOOST_TEST(ids_in(get("/api/dead-letters")).at(0) == id);
    write("DELETE FROM message");
    BOOST_TEST(ids_in(get("/api/dead-letters")).at(0) == id);
}

// --- deciding -----------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(retried, Fixture) {
    const std::string id = dead();
    const std::string message = spool().letter(id).value().message_id;
    const Answer answer = retry(id);
    BOOST_TEST(answer.reply.body == "{\"due\":\"2025-11-14T22:25:28Z\",\"job_id\":\"" + id +
                                        "\",\"message_id\":\"" + message +
                                        "\",\"state\":\"queued\",\"status\":\"success\","
                                        "\"valid_until\":\"2025-11-15T22:25:28Z\"}\n");
    BOOST_TEST((state_of(id) == State::queued));
    // A second later somebody else.
    Request late = post_request("/api/dead-letters/" + id + "/retry", "");
    late.user = "chief";
    late.when += 1000;
    const Answer again = ask(late);
    BOOST_TEST(int(again.status()) == 409);
    BOOST_TEST(again.reply.body ==
               "{\"error_code\":\"NOT_A_DEAD_LETTER\",\"error_message\":\"The job is queued, which "
               "is no dead letter\",\"state\":\"queued\",\"status\":\"failed\"}\n");
}

BOOST_FIXTURE_TEST_CASE(retried_later, Fixture) {
    struct Case {
        const char* body;
        int status;
        const char* due; // or the code
    };
    const Case cases[] = {
        {"", 200, "2025-11-14T22:25:28Z"},
        {"{}", 200, "2025-11-14T22:25:28Z"},
        {"{\"not_before\":\"2h\"}", 200, "2025-11-15T00:25:28Z"},
        {"{\"not_before\":\"2025-11-16T00:00:00Z\"}", 200, "2025-11-16T00:00:00Z"},
        {"{\"not_before\":1763251200}", 200, "2025-11-16T00:00:00Z"},
        {"{\"not_before\":\"2020-01-01T00:00:00Z\"}", 200, "2025-11-14T22:25:28Z"},
        {"{\"not_before\":\"2026-11-16T00:00:00Z\"}", 400, "INVALID_NOT_BEFORE_VALUE"},
        {"{\"not_before\":18446744073709551615}", 400, "INVALID_NOT_BEFORE_VALUE"},
        {"{\"not_before\":\"\"}", 400, "INVALID_NOT_BEFORE_VALUE"},
        {"{\"not_before\":null}", 400, "INVALID_NOT_BEFORE_VALUE"},
        {"{\"not_before\":-1}", 400, "INVALID_NOT_BEFORE_VALUE"},
        {"{\"rate\":\"1/s\"}", 400, "INVALID_FIELD"},
        {"{\"user\":\"ana\"}", 400, "INVALID_FIELD"},
        {"[]", 400, "INVALID_JSON"},
        {"{", 400, "INVALID_JSON"},
    };
    const std::string id = dead();
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.body) {
            write("UPDATE job SET state = 'failed'");
            const Answer answer = retry(id, c.body);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.get(c.status == 200 ? "due" : "error_code") == c.due);
            BOOST_TEST((state_of(id) == (c.status == 200 ? State::queued : State::failed)));
        }
    }
}

// A browser of an administrator must not be made to do it by the page of a stranger.
BOOST_FIXTURE_TEST_CASE(a_form_decides_nothing, Fixture) {
    const std::string id = dead();
    const std::string waits = put("ana", "5512345678", test_time + hour);
    for (const std::string& path :
         {"/api/dead-letters/" + id + "/retry", "/api/dead-letters/" + id + "/abandon",
          std::string("/api/dead-letters/retry"), "/api/messages/" + waits + "/cancel"}) {
        for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded"}) {
            Request request = post_request(path, "");
            request.content_type = type;
            request.user = "chief";
            const Answer answer = ask(request);
            BOOST_TEST(int(answer.status()) == 400, path);
            BOOST_TEST(answer.get("error_code") == "INVALID_CONTENT_TYPE");
        }
    }
    BOOST_TEST((state_of(id) == State::failed));
}

BOOST_FIXTURE_TEST_CASE(what_is_not_there_or_cannot_be_sent, Fixture) {
    for (const std::string& id : {new_id(), std::string("7"), std::string("*")}) {
        BOOST_TEST(int(retry(id).status()) == 404);
        BOOST_TEST(int(abandon(id).status()) == 404);
        BOOST_TEST(abandon(id).get("error_code") == "NOT_FOUND");
    }
    const std::string id = dead();
    write("DELETE FROM message");
    const Answer answer = retry(id);
    BOOST_TEST(int(answer.status()) == 409);
    BOOST_TEST(answer.get("error_code") == "SPOOL_DAMAGED");
    BOOST_TEST(answer.get("state") == "failed");
    BOOST_TEST(int(abandon(id).status()) == 200);
}

BOOST_FIXTURE_TEST_CASE(given_up, Fixture) {
    const std::string id = dead();
    const std::string message = spool().letter(id).value().message_id;
    BOOST_TEST(abandon(id).reply.body ==
               "{\"job_id\":\"" + id + "\",\"message_id\":\"" + message +
                   "\",\"state\":\"abandoned\",\"status\":\"success\"}\n");
    BOOST_TEST(int(abandon(id).status()) == 200);
    BOOST_TEST(int(retry(id).status()) == 409);
    BOOST_TEST(retry(id).get("state") == "abandoned");
}

BOOST_FIXTURE_TEST_CASE(all_that_match, Fixture) {
    const std::vector<std::string> ids{dead("ana"), dead("eva"), dead("ana")};
    const Answer answer = post("/api/dead-letters/retry", "{\"user\":\"ana\",\"rate\":\"6/min\"}");
    BOOST_TEST(answer.reply.body ==
               "{\"damaged\":0,\"more\":false,\"next\":\"2025-11-14T22:25:49Z\",\"retried\":2,"
               "\"skipped\":0,\"status\":\"success\"}\n");
    BOOST_TEST(spool().letter(ids[0]).value().not_before == test_time);
    BOOST_TEST((state_of(ids[1]) == State::failed));
    BOOST_TEST(spool().letter(ids[2]).value().not_before == test_time + 10'000);
    BOOST_TEST(post("/api/dead-letters/retry", "{\"user\":\"ana\"}").get("retried") == "0");
}

BOOST_FIXTURE_TEST_CASE(wishes_that_are_refused_change_nothing, Fixture) {
    const std::string id = dead();
    struct Case {
        const char* body;
        const char* code;
    };
    const Case cases[] = {
        {"{\"usr\":\"ana\"}", "INVALID_FIELD"}, // spelt wrong, it would mean all
        {"{\"limit\":5}", "INVALID_FIELD"},
        {"{\"user\":7}", "INVALID_FILTER"},
        {"{\"user\":null}", "INVALID_FILTER"},
        {"{\"state\":\"queued\"}", "INVALID_FILTER"},
        {"{\"rate\":0}", "INVALID_RATE_VALUE"},
        {"{\"rate\":\"fast\"}", "INVALID_RATE_VALUE"},
        {"{\"rate\":1.5}", "INVALID_RATE_VALUE"},
        {"{\"rate\":null}", "INVALID_RATE_VALUE"},
        {"{\"not_before\":true}", "INVALID_NOT_BEFORE_VALUE"},
        {"null", "INVALID_JSON"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.body) {
            const Answer answer = post("/api/dead-letters/retry", c.body);
            BOOST_TEST(int(answer.status()) == 400);
            BOOST_TEST(answer.get("error_code") == c.code);
            BOOST_TEST((state_of(id) == State::failed));
        }
    }
}

// --- taking back --------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(taken_back, Fixture) {
    const std::string id = put();
    BOOST_TEST(int(cancel(id, "eva").status()) == 404);
    BOOST_TEST(cancel(id, "eva").get("error_message") == "Message not found");
    BOOST_TEST(cancel(id).reply.body ==
               "{\"canceled\":1,\"jobs\":{\"canceled\":1},\"message_id\":\"" + id +
                   "\",\"status\":\"success\"}\n");
    BOOST_TEST(cancel(id).get("canceled") == "0"); // again, after a lost answer
    BOOST_TEST(int(cancel(id).status()) == 200);
    BOOST_TEST(int(cancel(new_id()).status()) == 404);
    BOOST_TEST(!spool().claim({"owner", "m", 60'000}, test_time + hour).has_value());
    BOOST_TEST(int(cancel(put(), "chief").status()) == 200);
}

BOOST_FIXTURE_TEST_CASE(too_late, Fixture) {
    for (const char* state : {"sending", "sent", "failed", "expired"}) {
        const std::string id = put();
        write("UPDATE job SET state = '" + std::string(state) + "' WHERE message_id = '" + id +
              "'");
        const Answer answer = cancel(id);
        BOOST_TEST(int(answer.status()) == 409, state);
        BOOST_TEST(answer.reply.body ==
                   "{\"error_code\":\"NOT_CANCELABLE\",\"error_message\":\"Nothing of this message "
                   "waits any more\",\"jobs\":{\"" +
                       std::string(state) + "\":1},\"status\":\"failed\"}\n");
    }
}

BOOST_AUTO_TEST_SUITE_END()
