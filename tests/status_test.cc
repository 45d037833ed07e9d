// GET /status: contract 1.6, and the states in the words of that API.

#define BOOST_TEST_MODULE status_test
#include <boost/test/unit_test.hpp>

#include "common/sqlite.h"
#include "common/submit.h"
#include "support/fresh_spool.h"
#include "support/handler.h"

using namespace smsspool;

namespace {

struct StatusFixture : HandlerFixture {
    // A message of `user`, stored.
    std::string put(const std::string& user, const std::string& text = "hi",
                    std::optional<Ms> reply_timeout = {}) {
        Draft draft = wishes;
        draft.user = user;
        draft.api = "rest";
        draft.number = "5512345678";
        draft.text = text;
        draft.reply_timeout = reply_timeout;
        const auto answer = submit(
            draft, config, numbers, [this]() -> Spool& { return door.get(); }, test_time);
        return std::get<Submitted>(answer).message_id;
    }

    // Claims the next job a second after test_time.
    Work claim() {
        const auto work = door.get().claim(claimer, attempt_time);
        BOOST_REQUIRE(work);
        return *work;
    }

    void settle(const Work& work, const Outcome& outcome) {
        const auto turn = door.get().settle(work, attempt_end(outcome),
                                            decide(work, outcome, config, attempt_time + 500, 0.0),
                                            nullptr, attempt_time + 500);
        BOOST_TEST(turn.settled);
    }

    Answer status_of(const std::string& id, const std::string& user = "ana",
                     const std::string& more = {}) {
        Request request = get_request("/status", "message_id=" + id + more);
        request.user = user;
        return ask(request);
    }

    // What the daemon would have written.
    void write(const std::string& sql) {
        Database(config.spool, Open::write, std::chrono::seconds(1)).run_text(sql);
    }

    void a_ready_modem() {
        ModemView modem;
        modem.name = "m";
        modem.state = "ready";
        modem.beat = test_time;
        door.get().beat({"owner", "host", 1, test_time, test_time}, {modem});
    }

    Draft wishes; // beside the text
    Claimer claimer{"owner", "m", 60000};
    UtcMs attempt_time = test_time + 2000;
};

constexpr auto attempt_text = "2025-11-14T22:25:30Z";

} // namespace

BOOST_AUTO_TEST_SUITE(status_test)

BOOST_FIXTURE_TEST_CASE(the_whole_answer, StatusFixture) {
    a_ready_modem();
    const std::string id = put("ana");
    const Answer answer = status_of(id);
    BOOST_TEST(int(answer.status()) == 200);
    BOOST_TEST(answer.reply.body == "{\"from\":\"ana\",\"message\":\"hi\",\"message_id\":\"" + id +
                                        "\",\"reply\":null,\"status\":\"queued\",\"timestamp\":"
                                        "\"2025-11-14T22:25:28Z\",\"to\":\"5512345678\"}\n");
}

BOOST_FIXTURE_TEST_CASE(who_is_asked_for_what, StatusFixture) {
    const std::string id = put("ana");
    config.admins = "root  chief";
    struct Case {
        std::string name, query, type, body, user;
        int status;
        std::string code, text;
    };
    const std::string json = "application/json";
    const std::string in_body = "{\"message_id\":\"" + id + "\"}";
    const Case cases[] = {
        {"own", "message_id=" + id, "", "", "ana", 200, "-", "-"},
        {"an admin", "message_id=" + id, "", "", "chief", 200, "-", "-"},
        {"part of an admin's name", "message_id=" + id, "", "", "chie", 404, "NOT_FOUND",
         "Message not found"},
        {"of somebody else", "message_id=" + id, "", "", "eva", 404, "NOT_FOUND",
         "Message not found"},
        {"user in other case", "message_id=" + id, "", "", "Ana", 404, "NOT_FOUND",
         "Message not found"},
        {"unknown", "message_id=x", "", "", "ana", 404, "NOT_FOUND", "Message not found"},
        {"none", "", "", "", "ana", 400, "MISSING_REQUIRED_FIELDS", "message_id is required"},
        {"empty", "message_id=", "", "", "ana", 400, "MISSING_REQUIRED_FIELDS",
         "message_id is required"},
        {"name in other case", "Message_Id=" + id, "", "", "ana", 400, "MISSING_REQUIRED_FIELDS",
         "message_id is required"},
        {"in the body", "", json, in_body, "ana", 200, "-", "-"},
        {"in the body, query empty", "message_id=", json, in_body, "ana", 200, "-", "-"},
        {"the query counts", "message_id=x", json, in_body, "ana", 404, "NOT_FOUND",
         "Message not found"},
        {"in a body of another type", "", "text/plain", in_body, "ana", 400,
         "MISSING_REQUIRED_FIELDS", "message_id is required"},
        {"bad JSON", "", json, "{", "ana", 400, "MISSING_REQUIRED_FIELDS",
         "message_id is required"},
        {"array", "", json, "[\"" + id + "\"]", "ana", 400, "MISSING_REQUIRED_FIELDS",
         "message_id is required"},
        {"no text", "", json, "{\"message_id\":5}", "ana", 400, "MISSING_REQUIRED_FIELDS",
         "message_id is required"},
        {"null", "", json, "{\"message_id\":null}", "ana", 400, "MISSING_REQUIRED_FIELDS",
         "message_id is required"},
        {"nobody", "message_id=" + id, "", "", "", 401, "AUTHENTICATION_REQUIRED",
         "Invalid credentials or missing Authorization header"},
        {"a statement as id", "message_id=%27%20OR%201=1%20--", "", "", "ana", 404, "NOT_FOUND",
         "Message not found"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Request request = get_request("/status", c.query);
            request.content_type = c.type;
            request.body = c.body;
            request.user = c.user;
            const Answer answer = ask(request);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.get("error_code") == c.code);
            BOOST_TEST(answer.get("error_message") == c.text);
            if (c.status == 200)
                BOOST_TEST(answer.get("from") == "ana");
            else
                BOOST_TEST(answer.get("status") == "failed");
            BOOST_TEST(answer.get("to") == (c.status == 200 ? "5512345678" : "null"));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(sending_is_queued, StatusFixture) {
    const std::string id = put("ana");
    const Work work = claim();
    Answer answer = status_of(id);
    BOOST_TEST(answer.get("status") == "queued");
    BOOST_TEST(answer.get("timestamp") == attempt_text);
    settle(work, WasAccepted{7});
    answer = status_of(id);
    BOOST_TEST(answer.get("status") == "sent");
    BOOST_TEST(answer.get("timestamp") == attempt_text);
    BOOST_TEST(answer.get("error_code") == "-");
    BOOST_TEST(answer.get("meta") == "-");
}

BOOST_FIXTURE_TEST_CASE(replied, StatusFixture) {
    const std::string id = put("ana", "hi", std::chrono::seconds(60));
    settle(claim(), WasAccepted{7});
    Arrival arrival;
    arrival.kind = "deliver";
    arrival.number = "+525512345678";
    arrival.text = "";
    arrival.sent = attempt_time + 5900;
    door.get().take_in("m", {arrival}, numbers, attempt_time + 6000);
    const Answer answer = status_of(id);
    BOOST_TEST(answer.get("status") == "replied");
    BOOST_TEST(answer.get("reply") ==
               R"({"elapsed_seconds":5,"received_at":"2025-11-14T22:25:36Z","text":""})");
}

BOOST_FIXTURE_TEST_CASE(no_reply_in_time, StatusFixture) {
    const std::string id = put("ana", "hi", std::chrono::seconds(60));
    settle(claim(), WasAccepted{7});
    door.get().give_up_replies("", attempt_time + 100000);
    const Answer answer = status_of(id);
    BOOST_TEST(int(answer.status()) == 200);
    BOOST_TEST(answer.get("status") == "timeout");
    BOOST_TEST(answer.get("reply") == "null");
    BOOST_TEST(answer.get("error_code") == "-");
}

BOOST_FIXTURE_TEST_CASE(failed, StatusFixture) {
    const std::string id = put("ana");
    settle(claim(), WasRefused{RefusalKind::permanent, 21, "rejected"});
    const Answer answer = status_of(id);
    BOOST_TEST(int(answer.status()) == 200);
    BOOST_TEST(answer.get("status") == "failed");
    BOOST_TEST(answer.get("error_code") == "SEND_FAILED");
    BOOST_TEST(answer.get("error_message").size() > 1u);
    BOOST_TEST(answer.get("message_id") == id);
}

BOOST_FIXTURE_TEST_CASE(expired, StatusFixture) {
    const std::string id = put("ana");
    expire_all(door.get(), test_time + config.valid_for.count() + 1, "MODEM_NOT_AVAILABLE",
               "Could not establish connection to GSM modem");
    const Answer answer = status_of(id);
    BOOST_TEST(answer.get("status") == "failed");
    BOOST_TEST(answer.get("error_code") == "MODEM_NOT_AVAILABLE");
    BOOST_TEST(answer.get("error_message") == "Could not establish connection to GSM modem");
    BOOST_TEST(answer.get("timestamp") == test_time_text);
}

// What may have gone out twice says so, whatever becomes of it.
BOOST_FIXTURE_TEST_CASE(unknown_attempts, StatusFixture) {
    config.unknown = UnknownPolicy::resend;
    const std::string id = put("ana");
    settle(claim(), IsUnknown{"no answer"});
    Answer answer = status_of(id);
    BOOST_TEST(answer.get("status") == "queued");
    BOOST_TEST(Answer::get(answer.json["meta"], "unknown_attempts") == "1");
    attempt_time += 3600000;
    settle(claim(), WasAccepted{8});
    answer = status_of(id);
    BOOST_TEST(answer.get("status") == "sent");
    BOOST_TEST(answer.get("meta") == R"({"unknown_attempts":1})");
}

BOOST_FIXTURE_TEST_CASE(held, StatusFixture) {
    config.unknown = UnknownPolicy::hold;
    const std::string id = put("ana");
    settle(claim(), IsUnknown{"no answer"});
    const Answer answer = status_of(id);
    BOOST_TEST(answer.get("status") == "failed");
    BOOST_TEST(answer.get("error_code") != "-");
    BOOST_TEST(answer.get("error_message") != "-");
    BOOST_TEST(answer.get("meta") == R"({"unknown_attempts":1})");
}

BOOST_FIXTURE_TEST_CASE(why_it_waits, StatusFixture) {
    const std::string id = put("ana");
    Answer answer = status_of(id);
    BOOST_TEST(answer.get("meta") == R"({"waiting":"The sending daemon is not running"})");
    door.get().beat({"owner", "host", 1, test_time, test_time}, {});
    answer = status_of(id);
    BOOST_TEST(answer.get("meta") == R"({"waiting":"No modem is ready"})");
    a_ready_modem();
    answer = status_of(id);
    BOOST_TEST(answer.get("meta") == "-");
    // One that waits for its limits works, but not now.
    write("UPDATE modem SET state = 'limited'");
    BOOST_TEST(status_of(id).get("meta") ==
               R"({"waiting":"The modems have reached their limits"})");
}

// Only the modems of its route can send a message.
BOOST_FIXTURE_TEST_CASE(it_waits_for_its_route, StatusFixture) {
    config.routes.resize(1);
    config.routes[0].name = "other";
    config.routes[0].modems = "n";
    a_ready_modem(); // not of this route
    const std::string id = put("ana");
    BOOST_TEST(status_of(id).get("meta") == R"({"waiting":"No modem of its route is ready"})");
    config.routes[0].fallback = "m";
    BOOST_TEST(status_of(id).get("meta") == "-");
    // A route that is not there any more is no route.
    config.routes[0].fallback = "";
    config.routes[0].name = "renamed";
    BOOST_TEST(status_of(id).get("meta") == "-");
}

BOOST_FIXTURE_TEST_CASE(not_before, StatusFixture) {
    a_ready_modem();
    wishes.not_before = test_time + 3600'000;
    const std::string id = put("ana");
    Answer answer = status_of(id);
    BOOST_TEST(answer.get("status") == "queued");
    BOOST_TEST(answer.get("meta") == R"({"waiting":"It is not sent before 2025-11-14T23:25:28Z"})");
    BOOST_TEST(answer.get("timestamp") == test_time_text);
    wishes.not_before = test_time - 1;
    BOOST_TEST(status_of(put("ana")).get("meta") == "-");
}

BOOST_FIXTURE_TEST_CASE(delivery, StatusFixture) {
    const std::string id = put("ana");
    settle(claim(), WasAccepted{7});
    BOOST_TEST(status_of(id).get("delivery") == "-");
    struct Case {
        const char* sql;
        const char* want;
    };
    const Case cases[] = {
        {"UPDATE job SET delivery = 'pending'", R"({"state":"pending"})"},
        {"UPDATE job SET delivery = 'partly'", R"({"state":"partly"})"},
        {"UPDATE job SET delivery = 'undelivered'", R"({"state":"undelivered"})"},
        {"UPDATE job SET delivery = 'delivered', delivered_ms = 1763159140999",
         R"({"at":"2025-11-14T22:25:40Z","state":"delivered"})"},
    };
    for (const Case& c : cases) {
        write(c.sql);
        const Answer answer = status_of(id);
        BOOST_TEST(answer.get("delivery") == c.want);
        BOOST_TEST(answer.get("status") == "sent"); // never a state
    }
    // Where it stands among the others.
    BOOST_TEST(status_of(id).reply.body.find(
                   R"({"delivery":{"at":"2025-11-14T22:25:40Z","state":"delivered"},"from":)") ==
               0u);
}

BOOST_FIXTURE_TEST_CASE(the_journal_is_for_admins, StatusFixture) {
    const std::string id = put("ana");
    settle(claim(), WasRefused{RefusalKind::temporary, 38, "no network"});
    attempt_time += 3600'000;
    settle(claim(), WasAccepted{7});
    // The conversation holds what a modem said, which may be anything.
    write("UPDATE attempt SET trace = 'AT+CMGS' || CAST(x'0DFF' AS TEXT) || 'ERROR' "
          "WHERE outcome = 'refused'");
    config.admins = "ana root";
    const std::string attempts =
        R"([{"code":38,"ended":"2025-11-14T22:25:30Z","modem":"m","outcome":"refused","part":1,)"
        R"("reason":"no network","reference":null,"report_status":null,)"
        R"("started":"2025-11-14T22:25:30Z","trace":"AT+CMGS\r\uFFFDERROR"},)"
        R"({"code":null,"ended":"2025-11-14T23:25:30Z","modem":"m","outcome":"accepted","part":1,)"
        R"("reason":"","reference":7,"report_status":null,"started":"2025-11-14T23:25:30Z"}])";
    struct Case {
        const char* user;
        const char* more;
        std::string want;
    };
    const Case cases[] = {
        {"root", "", "-"},
        {"root", "&attempts=1", attempts},
        {"root", "&attempts", attempts},
        {"root", "&attempts=TRUE", attempts},
        {"root", "&attempts=0", "-"},
        {"root", "&Attempts=1", "-"},
        {"ana", "&attempts=1", attempts},
    };
    for (const Case& c : cases)
        BOOST_TEST(status_of(id, c.user, c.more).get("attempts") == c.want, c.user << c.more);
    config.admins = "root";
    const Answer own = status_of(id, "ana", "&attempts=1");
    BOOST_TEST(int(own.status()) == 200);
    BOOST_TEST(own.get("attempts") == "-");
    config.admins = "ana";
    BOOST_TEST(status_of(put("ana"), "ana", "&attempts").get("attempts") == "[]");
}

BOOST_FIXTURE_TEST_CASE(what_else_meta_says, StatusFixture) {
    a_ready_modem();
    const std::string cut = put("ana", std::string(161, 'a'));
    BOOST_TEST(status_of(cut).get("meta") ==
               R"({"original_length":161,"sent_length":160,"truncated":true})");
    const std::string two = put("ana", "\u4e2d" + std::string(70, 'a'));
    BOOST_TEST(status_of(two).get("meta") == R"({"parts":2})");
}

BOOST_FIXTURE_TEST_CASE(methods, StatusFixture) {
    const std::string id = put("ana");
    Request request = get_request("/status", "message_id=" + id);
    request.method = "HEAD";
    BOOST_TEST(int(ask(request).status()) == 200);
    request.method = "POST";
    const Answer answer = ask(request);
    BOOST_TEST(int(answer.status()) == 405);
    BOOST_TEST(answer.header("Allow") == "GET, HEAD, OPTIONS");
}

BOOST_FIXTURE_TEST_CASE(without_a_spool, StatusFixture) {
    std::filesystem::remove(config.spool);
    BOOST_TEST(int(status_of("x").status()) == 503);
}

BOOST_AUTO_TEST_SUITE_END()
