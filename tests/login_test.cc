// POST /api/auth/login: what it hands to nginx to be checked, and what it makes of the answer.

#define BOOST_TEST_MODULE login_test
#include <boost/test/unit_test.hpp>

#include "common/base64.h"
#include "common/ids.h"
#include "common/login_tokens.h"
#include "common/sqlite.h"
#include "support/handler.h"

using namespace smsspool;

namespace {

constexpr auto path = "/api/auth/login";
constexpr auto good = R"({"username":"ana","password":"correct horse"})";

struct LoginFixture : HandlerFixture {
    // As it comes, from nobody yet.
    Answer post(const std::string& body, const std::string& type = "application/json") {
        Request request = post_request(path, body);
        request.user.clear();
        request.content_type = type;
        return ask(request);
    }
    // As it comes again, when nginx has found the password to be right.
    Answer checked(const std::string& user = "ana") {
        Request request = post_request(path, good);
        request.user = user;
        return ask(request);
    }
    static std::string data(const Answer& answer, const char* name) {
        const auto found = answer.json.FindMember("data");
        return found == answer.json.MemberEnd() ? "no data" : Answer::get(found->value, name);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(login_test, LoginFixture)

BOOST_AUTO_TEST_CASE(the_whole_answer) {
    const Answer answer = checked();
    BOOST_TEST(int(answer.status()) == 200);
    const std::string token = data(answer, "token");
    BOOST_TEST(answer.reply.body ==
               "{\"data\":{\"expires_at\":\"2025-11-15T22:25:28.123000\",\"expires_in\":86400,"
               "\"scopes\":\"send status\",\"token\":\"" +
                   token +
                   "\",\"token_type\":\"Bearer\",\"username\":\"ana\"},\"message\":\"Login "
                   "successful\",\"success\":true}\n");
    BOOST_TEST(token.size() > 50U);
    const auto stored = door.get().token_with_hash(sha256_hex(token));
    BOOST_REQUIRE(stored);
    BOOST_TEST(stored->user == "ana");
    BOOST_TEST(stored->note == login_note);
}

// The reply is for nginx alone: nothing of it is kept for the client.
BOOST_AUTO_TEST_CASE(what_is_handed_to_nginx) {
    const Answer answer = post(good);
    BOOST_TEST(cgi_text(answer.reply, "POST") ==
               "Status: 200 OK\r\nX-Accel-Redirect: @smsspool_posted\r\nX-Sms-Login: Basic " +
                   base64("ana:correct horse") + "\r\n\r\n");
    BOOST_TEST(door.get().tokens("ana").empty());
}

// Each of these is checked, and so counts as a guess; what can be no name or no password as one
// that is certainly wrong.
BOOST_AUTO_TEST_CASE(guesses) {
    struct Case {
        std::string name, body, want;
    };
    const std::string none = ":";
    const Case cases[] = {
        {"a colon in the password", R"({"username":"ana","password":"a:b"})", "ana:a:b"},
        {"letters of all kinds", R"({"username":"añá","password":"\u4e2d 文"})", "añá:中 文"},
        {"blanks count", R"({"username":"ana","password":" x "})", "ana: x "},
        {"a long password", R"({"username":"ana","password":")" + std::string(1024, 'x') + "\"}",
         "ana:" + std::string(1024, 'x')},
        {"others are ignored", R"({"username":"ana","password":"x","otp":[1]})", "ana:x"},
        {"a colon in the name", R"({"username":"a:b","password":"x"})", none},
        {"a line end in the name", R"({"username":"ana\r\nX-Sms-User: ben","password":"x"})", none},
        {"a zero in the name", R"({"username":"ana\u0000","password":"x"})", none},
        {"a zero in the password", R"({"username":"ana","password":"right\u0000x"})", none},
        {"a name too long", R"({"username":")" + std::string(81, 'a') + R"(","password":"x"})",
         none},
        {"a password too long",
         R"({"username":"ana","password":")" + std::string(1025, 'x') + "\"}", none},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Answer answer = post(c.body);
            BOOST_TEST((answer.reply.reader == Reader::web_server));
            BOOST_TEST(answer.header("X-Sms-Login") == "Basic " + base64(c.want));
        }
    }
}

BOOST_AUTO_TEST_CASE(refusals) {
    struct Case {
        std::string name, body;
        std::string code, text;
    };
    const std::string no_json = "Request body must be valid JSON";
    const Case cases[] = {
        {"no body", "", "INVALID_JSON", no_json},
        {"no JSON", "{", "INVALID_JSON", no_json},
        {"a list", R"(["username","password"])", "INVALID_JSON", no_json},
        {"empty object", "{}", "INVALID_JSON", no_json},
        {"neither", R"({"x":1})", "MISSING_FIELDS",
         "Missing required field(s): username, password"},
        {"no password", R"({"username":"ana"})", "MISSING_FIELDS",
         "Missing required field(s): password"},
        {"empty ones", R"({"username":"","password":null})", "MISSING_FIELDS",
         "Missing required field(s): username, password"},
        {"names in another case", R"({"Username":"ana","password":"x"})", "MISSING_FIELDS",
         "Missing required field(s): username"},
        {"a number", R"({"username":"ana","password":12345678})", "INVALID_FIELD_TYPE",
         "Field 'password' must be a text"},
        {"a list as name", R"({"username":["ana"],"password":"x"})", "INVALID_FIELD_TYPE",
         "Field 'username' must be a text"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Answer answer = post(c.body);
            BOOST_TEST((answer.reply.reader == Reader::client));
            BOOST_TEST(int(answer.status()) == 400);
            BOOST_TEST(answer.get("success") == "false");
            BOOST_TEST(answer.get("error_code") == c.code);
            BOOST_TEST(answer.get("error") == c.text);
        }
    }
    BOOST_TEST(int(post("username=ana&password=x", "application/x-www-form-urlencoded").status()) ==
               415);
}

BOOST_AUTO_TEST_CASE(what_nginx_refuses) {
    Request request = post_request(path, good);
    request.user.clear();
    request.refused = "401";
    Answer answer = ask(request);
    BOOST_TEST(int(answer.status()) == 401);
    BOOST_TEST(answer.reply.body == "{\"error\":\"Invalid username or password\",\"error_code\":"
                                    "\"UNAUTHORIZED\",\"success\":false}\n");
    BOOST_TEST(answer.header("WWW-Authenticate") != "-");
    config.api_sms_errors = ErrorForm::nested;
    BOOST_TEST(ask(request).reply.body ==
               "{\"error\":{\"code\":\"UNAUTHORIZED\",\"message\":\"Invalid username or "
               "password\"}}\n");
    config.api_sms_errors = ErrorForm::flat;
    request.refused = "429";
    answer = ask(request);
    BOOST_TEST(int(answer.status()) == 429);
    BOOST_TEST(answer.get("error_code") == "TOO_MANY_REQUESTS");
    request.refused.clear();
    request.method = "GET";
    answer = ask(request);
    BOOST_TEST(int(answer.status()) == 405);
    BOOST_TEST(answer.header("Allow") == "POST, OPTIONS");
    BOOST_TEST(door.get().tokens("ana").empty());
}

// The password is right, and it depends on the user what follows.
BOOST_AUTO_TEST_CASE(who_gets_what) {
    door.get().put_account({"off", false, {Scope::send, Scope::status}, {}, test_time});
    door.get().put_account({"reader", true, {Scope::status, Scope::inbox}, {}, test_time});
    door.get().put_account({"sender", true, {Scope::send}, {}, test_time});
    door.get().put_account({"bot", true, {Scope::alerts}, {}, test_time});
    config.admins = "chief";
    struct Case {
        std::string user;
        int status;
        std::string code, scopes;
    };
    const Case cases[] = {
        {"ana", 200, "-", "send status"},     {"chief", 200, "-", "send status"},
        {"reader", 200, "-", "status"},       {"sender", 200, "-", "send"},
        {"bot", 403, "FORBIDDEN", "no data"}, {"off", 401, "UNAUTHORIZED", "no data"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.user) {
            const Answer answer = checked(c.user);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.get("error_code") == c.code);
            BOOST_TEST(data(answer, "scopes") == c.scopes);
            BOOST_TEST(door.get().tokens(c.user).size() == (c.status == 200 ? 1U : 0U));
        }
    }
    // Not told from a wrong password.
    BOOST_TEST(checked("off").get("error") == "Invalid username or password");
}

// What is told is on the disk.
BOOST_AUTO_TEST_CASE(a_token_that_cannot_be_stored) {
    Database(config.spool, Open::write, std::chrono::seconds(1))
        .run_text("CREATE TRIGGER full BEFORE INSERT ON token BEGIN SELECT RAISE(ABORT, 'full'); "
                  "END");
    const Answer answer = checked();
    BOOST_TEST(int(answer.status()) >= 500);
    BOOST_TEST(data(answer, "token") == "no data");
    std::filesystem::remove(config.spool);
    BOOST_TEST(int(checked().status()) == 503);
}

BOOST_AUTO_TEST_SUITE_END()
