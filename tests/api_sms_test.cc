// The addresses below /api/sms: contract 3.4 to 3.6 as an outside client sees them, and the
// differences that are deliberate.

#define BOOST_TEST_MODULE api_sms_test
#include <boost/test/unit_test.hpp>

#include "common/ids.h"
#include "common/sqlite.h"
#include "support/handler.h"

using namespace smsspool;

namespace {

struct ApiFixture : HandlerFixture {
    Answer post(const std::string& path, const std::string& body, const std::string& user = "ana") {
        Request request = post_request(path, body);
        request.user = user;
        return ask(request);
    }
    Answer get(const std::string& path, const std::string& query = {},
               const std::string& user = "ana") {
        Request request = get_request(path, query);
        request.user = user;
        return ask(request);
    }
    // The member of `data`.
    static std::string data(const Answer& answer, const char* name) {
        const auto found = answer.json.FindMember("data");
        return found == answer.json.MemberEnd() ? "no data" : Answer::get(found->value, name);
    }
    std::string send(const std::string& recipient = "5512345678", const std::string& text = "hi",
                     const std::string& user = "ana") {
        return data(post("/api/sms",
                         R"({"recipient":")" + recipient + R"(","content":")" + text + "\"}", user),
                    "id");
    }
    // What the daemon would have written.
    void write(const std::string& sql) {
        Database(config.spool, Open::write, std::chrono::seconds(1)).run_text(sql);
    }
};

constexpr auto numbers_of_three = R"(["5512345678","+447700900123","333"])";

} // namespace

BOOST_FIXTURE_TEST_SUITE(api_sms_test, ApiFixture)

// --- POST /api/sms ------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_whole_answer) {
    const Answer answer = post("/api/sms", R"({"recipient":"5512345678","content":"hi"})");
    BOOST_TEST(int(answer.status()) == 202);
    const std::string id = data(answer, "id"), message_id = data(answer, "message_id");
    BOOST_TEST(answer.reply.body ==
               "{\"data\":{\"content\":\"hi\",\"created_at\":\"2025-11-14T22:25:28.123000\","
               "\"id\":" +
                   id + ",\"message_id\":\"" + message_id +
                   "\",\"recipient\":\"5512345678\",\"status\":\"pending\"},\"message\":\"SMS "
                   "queued for sending\",\"success\":true}\n");
    BOOST_TEST(std::stoll(id) > 0);
    BOOST_TEST(std::stoll(id) < (std::int64_t{1} << 53));
    BOOST_TEST(door.get().id_numbered(std::stoll(id)).value() == message_id);
    const auto stored = door.get().find(message_id);
    BOOST_REQUIRE(stored);
    BOOST_TEST(stored->user == "ana");
    BOOST_TEST(stored->api == "sms");
}

BOOST_AUTO_TEST_CASE(refusals) {
    struct Case {
        std::string name, path, body;
        int status;
        std::string code, text;
    };
    const std::string one = "/api/sms", bulk = "/api/sms/send-bulk";
    const std::string no_json = "Request body must be valid JSON";
    const std::string form = "Invalid phone number format: ";
    const std::string plain = "Invalid phone number format (use 10 digits or "
                              "+{country_code}{number})";
    const Case cases[] = {
        {"no body", one, "", 400, "INVALID_JSON", no_json},
        {"no JSON", one, "{", 400, "INVALID_JSON", no_json},
        {"empty object", one, "{}", 400, "INVALID_JSON", no_json},
        {"null", one, "null", 400, "INVALID_JSON", no_json},
        {"a list of the names", one, R"(["recipient","content"])", 400, "INVALID_JSON", no_json},
        {"nothing that counts", one, R"({"x":1})", 400, "MISSING_FIELDS",
         "Missing required field(s): recipient, content"},
        {"no content", one, R"({"recipient":"1"})", 400, "MISSING_FIELDS",
         "Missing required field(s): content"},
        {"empty ones", one, R"({"recipient":"","content":null})", 400, "MISSING_FIELDS",
         "Missing required field(s): recipient, content"},
        {"recipient 0", one, R"({"recipient":0,"content":"x"})", 400, "MISSING_FIELDS",
         "Missing required field(s): recipient"},
        {"a list as recipient", one, R"({"recipient":["1"],"content":"x"})", 400,
         "INVALID_FIELD_TYPE",
         "Field 'recipient' must be a text or a whole number that is not negative"},
        {"an object as content", one, R"({"recipient":"5512345678","content":{"a":1}})", 400,
         "INVALID_FIELD_TYPE",
         "Field 'content' must be a text or a whole number that is not negative"},
        {"a wrong number", one, R"({"recipient":"12","content":"x"})", 400, "INVALID_PHONE_FORMAT",
         form + plain},
        {"a wish that is none", one, R"({"recipient":"5512345678","content":"x","priority":"x"})",
         400, "INVALID_PRIORITY_VALUE", "Field 'priority' must be high, normal or low, not \"x\""},
        {"no recipients", bulk, R"({"content":"x"})", 400, "MISSING_FIELDS",
         "Missing required field(s): recipients"},
        {"an empty list", bulk, R"({"recipients":[],"content":"x"})", 400, "MISSING_FIELDS",
         "Missing required field(s): recipients"},
        {"a text is no list", bulk, R"({"recipients":"12345678","content":"x"})", 400,
         "INVALID_FIELD_TYPE", "Field 'recipients' must be a list"},
        {"an object is no list", bulk, R"({"recipients":{"a":1},"content":"x"})", 400,
         "INVALID_FIELD_TYPE", "Field 'recipients' must be a list"},
        {"a list in the list", bulk, R"({"recipients":["5512345678",[]],"content":"x"})", 400,
         "INVALID_PHONE_FORMAT", form + "recipient 2 is no text"},
        {"wrong ones with their places", bulk,
         R"({"recipients":["5512345678","12","+447700900123","x"],"content":"x"})", 400,
         "INVALID_PHONE_FORMAT",
         form + "recipient 2 (12): " + plain + "; recipient 4 (x): " + plain},
        {"too many", bulk, R"({"recipients":["1","2","3","4"],"content":"x"})", 400,
         "TOO_MANY_RECIPIENTS", "A message must have at most 3 recipients, not 4"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            config.bulk_most = c.name == "too many" ? 3 : 100;
            const Answer answer = post(c.path, c.body);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.get("success") == "false");
            BOOST_TEST(answer.get("error_code") == c.code);
            BOOST_TEST(answer.get("error") == c.text);
        }
    }
    BOOST_TEST(door.get().state_counts().empty());
    Request request = post_request("/api/sms", "{}");
    request.content_type = "text/plain";
    BOOST_TEST(int(ask(request).status()) == 415);
    BOOST_TEST(ask(request).get("success") == "false");
}

// As smspanel says it from its version 0.26 on, whoever refuses.
BOOST_AUTO_TEST_CASE(nested_errors) {
    config.api_sms_errors = ErrorForm::nested;
    const auto nested = [](const Answer& answer, int status, const std::string& code,
                           const std::string& text) {
        BOOST_TEST(int(answer.status()) == status);
        BOOST_TEST(answer.reply.body ==
                   R"({"error":{"code":")" + code + R"(","message":")" + text + "\"}}\n");
    };
    nested(post("/api/sms", "{"), 400, "INVALID_JSON", "Request body must be valid JSON");
    nested(post("/api/sms/send-bulk", R"({"recipients":["1"]})"), 400, "MISSING_FIELDS",
           "Missing required field(s): content");
    nested(post("/api/sms/send-bulk", R"({"recipients":"1","content":"x"})"), 400,
           "INVALID_FIELD_TYPE", "Field 'recipients' must be a list");
    nested(post("/api/sms/preview", R"({"content":[1]})"), 400, "INVALID_FIELD_TYPE",
           "Field 'content' must be a text or a whole number that is not negative");
    nested(post("/api/sms", "{}", ""), 401, "UNAUTHORIZED", "Unauthorized");
    nested(get("/api/sms/1"), 404, "NOT_FOUND", "Message not found");
    nested(get("/api/sms/1/recipients"), 404, "NOT_FOUND", "Message not found");
    nested(get("/api/sms/1/2"), 404, "NOT_FOUND", "There is nothing at this address");
    Request request = post_request("/api/sms", "{}");
    request.refused = "413";
    nested(ask(request), 413, "BODY_TOO_LARGE", "The request body is too large");
    request.refused = "429";
    nested(ask(request), 429, "TOO_MANY_REQUESTS", "Too many requests, try again later");
    BOOST_TEST(ask(request).header("Retry-After") == "1");
    // What succeeds is as it was.
    BOOST_TEST(post("/api/sms", R"({"recipient":"5512345678","content":"hi"})").get("success") ==
               "true");
    std::filesystem::remove(config.spool);
    nested(get("/api/sms"), 503, "SERVICE_UNAVAILABLE", "Service is busy, please try again later");
}

BOOST_AUTO_TEST_CASE(who_may_do_what) {
    door.get().put_account({"sender", true, {Scope::send}, {}, test_time});
    door.get().put_account({"reader", true, {Scope::status}, {}, test_time});
    const std::string body = R"({"recipient":"5512345678","content":"hi"})";
    struct Case {
        std::string user, method, path;
        int status;
        std::string code;
    };
    const Case cases[] = {
        {"", "POST", "/api/sms", 401, "UNAUTHORIZED"},
        {"", "GET", "/api/sms", 401, "UNAUTHORIZED"},
        {"reader", "POST", "/api/sms", 403, "FORBIDDEN"},
        {"reader", "POST", "/api/sms/send-bulk", 403, "FORBIDDEN"},
        {"reader", "GET", "/api/sms", 200, "-"},
        {"sender", "POST", "/api/sms", 202, "-"},
        {"sender", "GET", "/api/sms", 403, "FORBIDDEN"},
        {"sender", "HEAD", "/api/sms", 403, "FORBIDDEN"},
        {"sender", "GET", "/api/sms/1", 403, "FORBIDDEN"},
        {"sender", "GET", "/api/sms/1/recipients", 403, "FORBIDDEN"},
        {"ana", "PUT", "/api/sms", 405, "METHOD_NOT_ALLOWED"},
        {"ana", "POST", "/api/sms/1", 405, "METHOD_NOT_ALLOWED"},
        {"ana", "GET", "/api/sms/1/2", 404, "NOT_FOUND"},
        {"ana", "GET", "/api/sms/", 404, "NOT_FOUND"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.user << " " << c.method << " " << c.path) {
            Request request = post_request(c.path, c.method == "POST" ? body : "");
            request.method = c.method;
            request.user = c.user;
            const Answer answer = ask(request);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.get("error_code") == c.code);
        }
    }
    BOOST_TEST(post("/api/sms", body, "").get("error") == "Unauthorized");
}

BOOST_AUTO_TEST_CASE(wishes) {
    struct Case {
        std::string more;
        std::int64_t priority;
        std::string adhoc;
    };
    const Case cases[] = {
        {"", 1, "-"},
        {R"(,"adhoc":0)", 0, "0"},
        {R"(,"adhoc":false)", 0, "false"},
        {R"(,"adhoc":1)", 1, "1"},
        {R"(,"adhoc":true)", 1, "true"},
        {R"(,"adhoc":0,"priority":"low")", 2, "0"},
        {R"(,"priority":"high")", 0, "-"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.more) {
            const Answer answer =
                post("/api/sms", R"({"recipient":"5512345678","content":"x")" + c.more + "}");
            BOOST_TEST(int(answer.status()) == 202);
            BOOST_TEST(data(answer, "adhoc") == c.adhoc);
            Database db(config.spool, Open::read, std::chrono::seconds(1));
            BOOST_TEST(db.ask_text("SELECT priority FROM job WHERE message_id = '" +
                                   data(answer, "message_id") + "'") == std::to_string(c.priority));
        }
    }
    // What was long was never cut here, and number and text are echoed as they came.
    const Answer answer =
        post("/api/sms", R"({"recipient":5512345678,"content":")" + std::string(161, 'x') + "\"}");
    BOOST_TEST(data(answer, "parts") == "2");
    BOOST_TEST(data(answer, "recipient") == "5512345678");
}

BOOST_AUTO_TEST_CASE(the_same_request_twice) {
    Request request = post_request("/api/sms", R"({"recipient":"5512345678","content":"x"})");
    request.idempotency_key = "k";
    const std::string id = data(ask(request), "id");
    BOOST_TEST(data(ask(request), "id") == id);
    request.body = R"({"recipient":"5512345678","content":"y"})";
    BOOST_TEST(int(ask(request).status()) == 409);
}

// --- POST /api/sms/send-bulk --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_bulk) {
    const Answer answer =
        post("/api/sms/send-bulk",
             R"({"recipients":)" + std::string(numbers_of_three) + R"(,"content":"all"})");
    BOOST_TEST(int(answer.status()) == 202);
    BOOST_TEST(answer.get("message") == "Bulk SMS queued for sending");
    BOOST_TEST(data(answer, "total") == "3");
    BOOST_TEST(data(answer, "status") == "pending");
    BOOST_TEST(data(answer, "duplicates") == "-");
    BOOST_TEST(data(answer, "rejected") == "-");
    const auto stored = door.get().find(data(answer, "message_id"));
    BOOST_REQUIRE(stored);
    BOOST_TEST(stored->jobs.size() == 3U);
    BOOST_TEST(stored->jobs.at(1).number == "+447700900123");
}

BOOST_AUTO_TEST_CASE(recipients_that_are_the_same) {
    const Answer answer =
        post("/api/sms/send-bulk",
             R"({"recipients":["5512345678","55 1234 5678",5512345678,"333"],"content":"x"})");
    BOOST_TEST(data(answer, "total") == "2");
    BOOST_TEST(data(answer, "duplicates") == "2");
}

BOOST_AUTO_TEST_CASE(wrong_recipients_left_out) {
    config.bulk_partial = true;
    const Answer answer =
        post("/api/sms/send-bulk", R"({"recipients":["12","5512345678","ab"],"content":"x"})");
    BOOST_TEST(int(answer.status()) == 202);
    BOOST_TEST(data(answer, "total") == "1");
    const auto& rejected = answer.json["data"]["rejected"];
    BOOST_TEST(rejected.Size() == 2U);
    BOOST_TEST(Answer::get(rejected[1], "position") == "3");
    BOOST_TEST(Answer::get(rejected[1], "recipient") == "ab");
    // Where none is left there is nothing to send.
    BOOST_TEST(int(post("/api/sms/send-bulk", R"({"recipients":["12"],"content":"x"})").status()) ==
               400);
}

BOOST_AUTO_TEST_CASE(a_limit_counts_each_recipient) {
    door.get().put_account({"ana", true, {Scope::send}, {5, "", ""}, test_time});
    const std::string body =
        R"({"recipients":)" + std::string(numbers_of_three) + R"(,"content":"x"})";
    BOOST_TEST(int(post("/api/sms/send-bulk", body).status()) == 202);
    const Answer answer = post("/api/sms/send-bulk", body);
    BOOST_TEST(int(answer.status()) == 429);
    BOOST_TEST(answer.get("error_code") == "DAILY_LIMIT_REACHED");
    BOOST_TEST(answer.header("Retry-After") != "-");
}

BOOST_AUTO_TEST_CASE(a_preview) {
    Answer answer =
        post("/api/sms/preview", R"({"recipients":["5512345678","12"],"content":"a€ñ→b→😀"})");
    BOOST_TEST(int(answer.status()) == 200);
    BOOST_TEST(data(answer, "characters") == "7");
    BOOST_TEST(data(answer, "encoding") == "ucs2");
    BOOST_TEST(data(answer, "forces_ucs2") == "[\"\\u2192\",\"\\uD83D\\uDE00\"]");
    BOOST_TEST(data(answer, "parts") == "1");
    BOOST_TEST(data(answer, "recipients") ==
               "[{\"number\":\"+525512345678\",\"reason\":null,\"recipient\":\"5512345678\"},"
               "{\"number\":null,\"reason\":\"Invalid phone number format (use 10 digits or "
               "+{country_code}{number})\",\"recipient\":\"12\"}]");
    answer = post("/api/sms/preview", R"({"content":")" + std::string(161, '{') + "\"}");
    BOOST_TEST(data(answer, "encoding") == "gsm7");
    BOOST_TEST(data(answer, "parts") == "3"); // two septets each, 76 in a part
    BOOST_TEST(data(answer, "forces_ucs2") == "[]");
    BOOST_TEST(int(post("/api/sms/preview", R"({"recipient":"1"})").status()) == 400);
    config.bulk_most = 2;
    BOOST_TEST(
        post("/api/sms/preview", R"({"recipients":[1,2,3],"content":"x"})").get("error_code") ==
        "TOO_MANY_RECIPIENTS");
    BOOST_TEST(door.get().state_counts().empty());
}

// --- GET ----------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_message) {
    const std::string id = send();
    const Answer answer = get("/api/sms/" + id);
    BOOST_TEST(answer.reply.body ==
               "{\"data\":{\"content\":\"hi\",\"created_at\":\"2025-11-14T22:25:28.123000\","
               "\"failed_count\":0,\"hkt_response\":null,\"id\":" +
                   id + ",\"message_id\":\"" + door.get().id_numbered(std::stoll(id)).value() +
                   "\",\"recipient_count\":1,\"sent_at\":null,\"status\":\"pending\","
                   "\"success_count\":0},\"success\":true}\n");
    struct Case {
        std::string path, user;
        int status;
    };
    const std::string message_id = door.get().id_numbered(std::stoll(id)).value();
    config.admins = "chief";
    const Case cases[] = {
        {"/api/sms/" + id, "ana", 200},
        {"/api/sms/" + message_id, "ana", 200},
        {"/api/sms/" + id, "chief", 200},
        {"/api/sms/" + id, "eva", 404},
        {"/api/sms/" + id + "/recipients", "eva", 404},
        {"/api/sms/" + std::to_string(std::stoll(id) + 1), "ana", 404},
        {"/api/sms/0", "ana", 404},
        {"/api/sms/-1", "ana", 404},
        {"/api/sms/x", "ana", 404},
        {"/api/sms/" + id + "x", "ana", 404},
        {"/api/sms/99999999999999999999999", "ana", 404},
    };
    for (const Case& c : cases) {
        const Answer found = get(c.path, "", c.user);
        BOOST_TEST(int(found.status()) == c.status, c.path << " " << c.user);
        if (c.status == 404) {
            BOOST_TEST(found.get("error") == "Message not found");
            BOOST_TEST(found.get("error_code") == "NOT_FOUND");
        }
    }
}

BOOST_AUTO_TEST_CASE(states) {
    struct Case {
        std::string one, other; // of the two jobs
        std::string status, sent, failed;
        bool sent_at;
    };
    const Case cases[] = {
        {"queued", "queued", "pending", "0", "0", false},
        {"sent", "sending", "pending", "1", "0", false},
        {"failed", "queued", "pending", "0", "1", false},
        {"sent", "sent", "sent", "2", "0", true},
        {"replied", "timeout", "sent", "2", "0", true},
        {"sent", "failed", "partial", "1", "1", false},
        {"sent", "unknown", "partial", "1", "1", false},
        {"failed", "expired", "failed", "0", "2", false},
        {"canceled", "abandoned", "failed", "0", "2", false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.one << " and " << c.other) {
            const Answer bulk =
                post("/api/sms/send-bulk", R"({"recipients":["5512345678","333"],"content":"x"})");
            const std::string message_id = data(bulk, "message_id");
            const auto set = [&](const std::string& number, const std::string& state) {
                write("UPDATE job SET state = '" + state +
                      "', attempted_ms = 1763159130123 WHERE message_id = '" + message_id +
                      "' AND number = '" + number + "'");
            };
            set("333", c.other);
            set("+525512345678", c.one);
            const Answer answer = get("/api/sms/" + data(bulk, "id"));
            BOOST_TEST(data(answer, "status") == c.status);
            BOOST_TEST(data(answer, "success_count") == c.sent);
            BOOST_TEST(data(answer, "failed_count") == c.failed);
            BOOST_TEST(data(answer, "recipient_count") == "2");
            BOOST_TEST(data(answer, "sent_at") ==
                       (c.sent_at ? "2025-11-14T22:25:30.123000" : "null"));
        }
    }
}

BOOST_AUTO_TEST_CASE(recipients_of_a_message) {
    const Answer bulk =
        post("/api/sms/send-bulk",
             R"({"recipients":)" + std::string(numbers_of_three) + R"(,"content":"x"})");
    write("UPDATE job SET state = 'sent' WHERE number = '+525512345678'");
    write("UPDATE job SET state = 'failed', error_text = 'no' WHERE number = '333'");
    const Answer answer = get("/api/sms/" + data(bulk, "id") + "/recipients");
    BOOST_TEST(answer.reply.body ==
               "{\"data\":{\"recipients\":[{\"error_message\":null,\"id\":1,\"phone\":"
               "\"5512345678\",\"status\":\"sent\"},{\"error_message\":null,\"id\":2,\"phone\":"
               "\"+447700900123\",\"status\":\"pending\"},{\"error_message\":\"no\",\"id\":3,"
               "\"phone\":\"333\",\"status\":\"failed\"}]},\"success\":true}\n");
}

BOOST_AUTO_TEST_CASE(lists) {
    for (int i = 1; i <= 25; ++i)
        send("5512345678", "m" + std::to_string(i));
    send("5512345678", "not hers", "eva");
    struct Case {
        std::string query;
        std::size_t count;
        std::string first, current, pages;
    };
    const Case cases[] = {
        {"", 20, "m25", "1", "2"},
        {"page=2", 5, "m5", "2", "2"},
        {"page=3", 0, "", "3", "2"},
        {"page=0", 20, "m25", "0", "2"},
        {"page=-7", 20, "m25", "-7", "2"},
        {"page=x", 20, "m25", "1", "2"},
        {"per_page=10&page=3", 5, "m5", "3", "3"},
        {"per_page=0", 20, "m25", "1", "2"},
        {"per_page=-1", 20, "m25", "1", "2"},
        {"per_page=x", 20, "m25", "1", "2"},
        {"per_page=1000", 25, "m25", "1", "1"},
        {"page=9223372036854775807", 0, "", "9223372036854775807", "2"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.query) {
            const Answer answer = get("/api/sms", c.query);
            BOOST_TEST(int(answer.status()) == 200);
            const auto& messages = answer.json["data"]["messages"];
            BOOST_TEST(messages.Size() == c.count);
            if (c.count > 0)
                BOOST_TEST(Answer::get(messages[0], "content") == c.first);
            BOOST_TEST(data(answer, "total") == "25");
            BOOST_TEST(data(answer, "pages") == c.pages);
            BOOST_TEST(data(answer, "current_page") == c.current);
        }
    }
    const auto one = get("/api/sms", "per_page=1");
    BOOST_TEST(Answer::get(one.json["data"]["messages"][0], "recipients") == "[\"5512345678\"]");
    BOOST_TEST(Answer::get(one.json["data"]["messages"][0], "recipient_count") == "1");
    BOOST_TEST(data(get("/api/sms", "", "nobody"), "pages") == "0");
}

BOOST_AUTO_TEST_CASE(searching_a_list) {
    for (int i = 1; i <= 5; ++i)
        send("5512345678", "Number " + std::to_string(i));
    send("5512345678", "number of hers", "eva");
    const Answer page = get("/api/sms", "search=NUMBER&per_page=2&page=2");
    BOOST_TEST(data(page, "total") == "5");
    BOOST_TEST(data(page, "pages") == "3");
    BOOST_TEST(data(page, "complete") == "-");
    BOOST_TEST(Answer::get(page.json["data"]["messages"][0], "content") == "Number 3");
    BOOST_TEST(data(get("/api/sms", "search=of%20hers"), "total") == "0");
    BOOST_TEST(data(get("/api/sms", "search=of%20hers", "eva"), "total") == "1");
    BOOST_TEST(data(get("/api/sms", "search="), "total") == "5");
    const Answer refused = get("/api/sms", "search=" + std::string(201, 'x'));
    BOOST_TEST(int(refused.status()) == 400);
    BOOST_TEST(refused.get("error_code") == "INVALID_SEARCH");
    BOOST_TEST(refused.get("error") == "search must have at most 200 characters, it has 201");
}

BOOST_AUTO_TEST_CASE(a_list_names_some_of_many) {
    std::string list;
    for (int i = 0; i < 1500; ++i)
        list += (i == 0 ? "" : ",") + std::to_string(5510000000 + i);
    const Answer bulk =
        post("/api/sms/send-bulk", R"({"recipients":[)" + list + R"(],"content":"x"})");
    BOOST_TEST(data(bulk, "total") == "1500");
    const Answer answer = get("/api/sms");
    const auto& message = answer.json["data"]["messages"][0];
    BOOST_TEST(Answer::get(message, "recipient_count") == "1500");
    BOOST_TEST(message["recipients"].Size() == 1000U);
    const Answer all = get("/api/sms/" + data(bulk, "id") + "/recipients");
    BOOST_TEST(all.json["data"]["recipients"].Size() == 1500U);
}

BOOST_AUTO_TEST_SUITE_END()
