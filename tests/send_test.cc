// POST /: every row of contract 1.5 and the differences that are deliberate.

#define BOOST_TEST_MODULE send_test
#include <boost/test/unit_test.hpp>

#include "common/ids.h"
#include "common/json.h"
#include "support/handler.h"

using namespace smsspool;

namespace {

std::string repeated(std::string_view text, int count) {
    std::string all;
    for (int i = 0; i < count; ++i)
        all += text;
    return all;
}

Request post(const std::string& body) {
    return post_request("/", body);
}

std::string body_with(const std::string& more) {
    return R"({"number":"5512345678","message":"hi")" + more + "}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(send_test)

BOOST_FIXTURE_TEST_CASE(the_whole_answer, HandlerFixture) {
    const Answer answer = ask(post(body_with("")));
    BOOST_TEST(int(answer.status()) == 200);
    const std::string id = answer.get("message_id");
    BOOST_TEST(is_id(id));
    BOOST_TEST(answer.reply.body == "{\"from\":\"ana\",\"message\":\"hi\",\"message_id\":\"" + id +
                                        "\",\"reply\":null,\"status\":\"queued\",\"timestamp\":\"" +
                                        test_time_text + "\",\"to\":\"5512345678\"}\n");
    const auto stored = door.get().find(id);
    BOOST_REQUIRE(stored);
    BOOST_TEST(stored->user == "ana");
    BOOST_TEST(stored->api == "rest");
    BOOST_TEST(stored->address == "192.0.2.1");
    BOOST_TEST(stored->text == "hi");
    BOOST_TEST(stored->jobs.size() == 1u);
    BOOST_TEST(stored->jobs[0].number == "+525512345678");
    BOOST_TEST(stored->jobs[0].number_given == "5512345678");
    BOOST_TEST(!stored->reply_timeout_ms);
}

BOOST_FIXTURE_TEST_CASE(the_whole_refusal, HandlerFixture) {
    const Answer answer = ask(post(R"({"number":"12","message":"h\u00e9"})"));
    BOOST_TEST(int(answer.status()) == 400);
    BOOST_TEST(answer.reply.body ==
               "{\"error_code\":\"INVALID_PHONE_NUMBER\",\"error_message\":\"Invalid phone number "
               "format (use 10 digits or +{country_code}{number})\",\"from\":\"ana\","
               "\"message\":\"h\\u00E9\",\"message_id\":null,\"reply\":null,\"status\":\"failed\","
               "\"timestamp\":\"2025-11-14T22:25:28Z\",\"to\":\"12\"}\n");
}

BOOST_FIXTURE_TEST_CASE(before_the_fields, HandlerFixture) {
    struct Case {
        std::string name, user, type, body;
        int status;
        std::string code, text;
    };
    const std::string json = "application/json";
    const std::string bad_json = "Request body must contain valid JSON";
    const Case cases[] = {
        {"nobody", "", "text/plain", "x", 401, "AUTHENTICATION_REQUIRED",
         "Invalid credentials or missing Authorization header"},
        {"media type", "ana", "text/plain", "x", 400, "INVALID_CONTENT_TYPE",
         "Content-Type must be application/json"},
        {"no media type", "ana", "", "{}", 400, "INVALID_CONTENT_TYPE",
         "Content-Type must be application/json"},
        {"a form", "ana", "application/x-www-form-urlencoded", "number=1", 400,
         "INVALID_CONTENT_TYPE", "Content-Type must be application/json"},
        {"empty body", "ana", json, "", 400, "INVALID_JSON", bad_json},
        {"malformed", "ana", json, "{\"number\":", 400, "INVALID_JSON", bad_json},
        {"something behind", "ana", json, "{\"a\":1} x", 400, "INVALID_JSON", bad_json},
        {"empty object", "ana", json, "{}", 400, "INVALID_JSON", bad_json},
        {"empty array", "ana", json, "[]", 400, "INVALID_JSON", bad_json},
        {"array", "ana", json, "[{\"number\":1}]", 400, "INVALID_JSON", bad_json},
        {"text", "ana", json, "\"x\"", 400, "INVALID_JSON", bad_json},
        {"empty text", "ana", json, "\"\"", 400, "INVALID_JSON", bad_json},
        {"number", "ana", json, "5", 400, "INVALID_JSON", bad_json},
        {"zero", "ana", json, "0", 400, "INVALID_JSON", bad_json},
        {"null", "ana", json, "null", 400, "INVALID_JSON", bad_json},
        {"false", "ana", json, "false", 400, "INVALID_JSON", bad_json},
        {"NaN", "ana", json, "{\"number\":NaN}", 400, "INVALID_JSON", bad_json},
        {"too large a number", "ana", json, "{\"number\":1e999}", 400, "INVALID_JSON", bad_json},
        {"byte order mark", "ana", json, "\xEF\xBB\xBF{\"number\":1}", 400, "INVALID_JSON",
         bad_json},
        {"lone surrogate", "ana", json, "{\"number\":\"\\ud800\"}", 400, "INVALID_JSON", bad_json},
        {"no UTF-8", "ana", json, "{\"number\":\"\xff\"}", 400, "INVALID_JSON", bad_json},
        {"too deep", "ana", json, repeated("[", 100000), 400, "INVALID_JSON", bad_json},
        {"both missing", "ana", json, "{\"x\":1}", 400, "MISSING_REQUIRED_FIELDS",
         "Missing required field(s): number, message"},
        {"+json is enough", "ana", "application/vnd.x+json; charset=utf-8", "{\"x\":1}", 400,
         "MISSING_REQUIRED_FIELDS", "Missing required field(s): number, message"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Request request = post(c.body);
            request.user = c.user;
            request.content_type = c.type;
            const Answer answer = ask(request);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.get("error_code") == c.code);
            BOOST_TEST(answer.get("error_message") == c.text);
            BOOST_TEST(answer.get("status") == "failed");
            BOOST_TEST(answer.get("from") == (c.user.empty() ? "null" : c.user));
            BOOST_TEST(answer.get("message_id") == "null");
            BOOST_TEST(answer.get("reply") == "null");
            BOOST_TEST(answer.get("timestamp") == test_time_text);
        }
    }
}

// From the required fields on, `to` and `message` echo what was received.
BOOST_FIXTURE_TEST_CASE(wrong_fields, HandlerFixture) {
    const std::string range = "Timeout must be between 1 and 600 seconds";
    const std::string format = "Timeout must be a valid integer";
    const std::string e164 = "Invalid E.164 format (use +{country_code}{number})";
    const std::string ambiguous =
        "Ambiguous format (use +{country_code}{number} for international numbers)";
    const auto type_of = [](const std::string& field) {
        return "Field '" + field + "' must be a text or a whole number that is not negative";
    };
    const std::string reply_text = "Field 'reply' must be true or false";
    const std::string validity =
        "Field 'valid_for' must be whole seconds or a text such as \"2h\", not ";
    const std::string not_before = "Field 'not_before' must be an RFC 3339 time with its offset or "
                                   "whole seconds since 1970, not ";
    const std::string label =
        "Field 'label' must have 1 to 64 printable ASCII characters without blanks, not ";
    struct Case {
        std::string name, body, code, text, to, message;
    };
    const Case cases[] = {
        {"no message", R"({"number":"5512345678"})", "MISSING_REQUIRED_FIELDS",
         "Missing required field(s): message", "5512345678", "null"},
        {"no number", R"({"message":"hi"})", "MISSING_REQUIRED_FIELDS",
         "Missing required field(s): number", "null", "hi"},
        {"missing comes first", R"({"message":null,"reply":"x"})", "MISSING_REQUIRED_FIELDS",
         "Missing required field(s): number", "null", "null"},
        {"null number", R"({"number":null,"message":"hi"})", "INVALID_FIELD_TYPE",
         type_of("number"), "null", "hi"},
        {"null message", R"({"number":"5512345678","message":null})", "INVALID_FIELD_TYPE",
         type_of("message"), "5512345678", "null"},
        {"object as number", R"({"number":{},"message":"hi"})", "INVALID_FIELD_TYPE",
         type_of("number"), "null", "hi"},
        {"array as number", R"({"number":["5512345678"],"message":"hi"})", "INVALID_FIELD_TYPE",
         type_of("number"), "null", "hi"},
        {"object as message", R"({"number":"5512345678","message":{"a":1}})", "INVALID_FIELD_TYPE",
         type_of("message"), "5512345678", "null"},
        {"boolean as message", R"({"number":"5512345678","message":true})", "INVALID_FIELD_TYPE",
         type_of("message"), "5512345678", "null"},
        {"boolean as number", R"({"number":true,"message":"hi"})", "INVALID_FIELD_TYPE",
         type_of("number"), "null", "hi"},
        {"float as number", R"({"number":5512345678.0,"message":"hi"})", "INVALID_FIELD_TYPE",
         type_of("number"), "null", "hi"},
        {"negative number", R"({"number":-5512345678,"message":"hi"})", "INVALID_FIELD_TYPE",
         type_of("number"), "null", "hi"},
        {"zero byte in the message", R"({"number":"5512345678","message":"a\u0000b"})",
         "INVALID_MESSAGE", "The message must not hold the character U+0000", "5512345678",
         std::string("a")},
        {"reply of another word", body_with(R"(,"reply":"maybe")"), "INVALID_REPLY_VALUE",
         reply_text, "5512345678", "hi"},
        {"empty reply", body_with(R"(,"reply":"")"), "INVALID_REPLY_VALUE", reply_text,
         "5512345678", "hi"},
        {"reply 2", body_with(R"(,"reply":2)"), "INVALID_REPLY_VALUE", reply_text, "5512345678",
         "hi"},
        {"reply object", body_with(R"(,"reply":{})"), "INVALID_REPLY_VALUE", reply_text,
         "5512345678", "hi"},
        {"timeout 0", body_with(R"(,"reply":true,"timeout":0)"), "INVALID_TIMEOUT_VALUE", range,
         "5512345678", "hi"},
        {"timeout 601", body_with(R"(,"reply":true,"timeout":601)"), "INVALID_TIMEOUT_VALUE", range,
         "5512345678", "hi"},
        {"timeout -1", body_with(R"(,"reply":true,"timeout":-1)"), "INVALID_TIMEOUT_VALUE", range,
         "5512345678", "hi"},
        {"timeout 0.9", body_with(R"(,"reply":true,"timeout":0.9)"), "INVALID_TIMEOUT_VALUE", range,
         "5512345678", "hi"},
        {"timeout 601.5", body_with(R"(,"reply":true,"timeout":601.5)"), "INVALID_TIMEOUT_VALUE",
         range, "5512345678", "hi"},
        {"timeout 1e300", body_with(R"(,"reply":true,"timeout":1e300)"), "INVALID_TIMEOUT_VALUE",
         range, "5512345678", "hi"},
        {"timeout \"0\"", body_with(R"(,"reply":true,"timeout":"0")"), "INVALID_TIMEOUT_VALUE",
         range, "5512345678", "hi"},
        {"timeout \"-5\"", body_with(R"(,"reply":true,"timeout":"-5")"), "INVALID_TIMEOUT_VALUE",
         range, "5512345678", "hi"},
        {"timeout of many digits",
         body_with(R"(,"reply":true,"timeout":"99999999999999999999999")"), "INVALID_TIMEOUT_VALUE",
         range, "5512345678", "hi"},
        {"timeout \"abc\"", body_with(R"(,"reply":true,"timeout":"abc")"), "INVALID_TIMEOUT_FORMAT",
         format, "5512345678", "hi"},
        {"timeout \"1.5\"", body_with(R"(,"reply":true,"timeout":"1.5")"), "INVALID_TIMEOUT_FORMAT",
         format, "5512345678", "hi"},
        {"timeout \"+-5\"", body_with(R"(,"reply":true,"timeout":"+-5")"), "INVALID_TIMEOUT_FORMAT",
         format, "5512345678", "hi"},
        {"timeout blank", body_with(R"(,"reply":true,"timeout":"  ")"), "INVALID_TIMEOUT_FORMAT",
         format, "5512345678", "hi"},
        {"timeout true", body_with(R"(,"reply":true,"timeout":true)"), "INVALID_TIMEOUT_FORMAT",
         format, "5512345678", "hi"},
        {"timeout array", body_with(R"(,"reply":true,"timeout":[5])"), "INVALID_TIMEOUT_FORMAT",
         format, "5512345678", "hi"},
        {"timeout comes before the number",
         R"({"number":"12","message":"hi","reply":true,"timeout":601})", "INVALID_TIMEOUT_VALUE",
         range, "12", "hi"},
        {"long of another word", body_with(R"(,"long":"cut")"), "INVALID_LONG_VALUE",
         "Field 'long' must be truncate, split or reject", "5512345678", "hi"},
        {"long boolean", body_with(R"(,"long":true)"), "INVALID_LONG_VALUE",
         "Field 'long' must be truncate, split or reject", "5512345678", "hi"},
        {"priority of another word", body_with(R"(,"priority":"urgent")"), "INVALID_PRIORITY_VALUE",
         "Field 'priority' must be high, normal or low, not \"urgent\"", "5512345678", "hi"},
        {"priority as a number", body_with(R"(,"priority":1)"), "INVALID_PRIORITY_VALUE",
         "Field 'priority' must be high, normal or low, not 1", "5512345678", "hi"},
        {"priority object", body_with(R"(,"priority":{"a":1})"), "INVALID_PRIORITY_VALUE",
         "Field 'priority' must be high, normal or low, not an object", "5512345678", "hi"},
        {"priority of a long text", body_with(",\"priority\":\"" + repeated("\u00e9", 41) + "\""),
         "INVALID_PRIORITY_VALUE",
         "Field 'priority' must be high, normal or low, not \"" + repeated("\u00e9", 40) +
             "\u2026\"",
         "5512345678", "hi"},
        {"valid_for too short", body_with(R"(,"valid_for":59)"), "INVALID_VALIDITY_VALUE",
         "Field 'valid_for' must be between 60 and 2592000 seconds, not 59 seconds", "5512345678",
         "hi"},
        {"valid_for too long", body_with(R"(,"valid_for":"31d")"), "INVALID_VALIDITY_VALUE",
         "Field 'valid_for' must be between 60 and 2592000 seconds, not 2678400 seconds",
         "5512345678", "hi"},
        {"valid_for of no unit known", body_with(R"(,"valid_for":"2 weeks")"),
         "INVALID_VALIDITY_VALUE", validity + "\"2 weeks\"", "5512345678", "hi"},
        {"valid_for with a fraction", body_with(R"(,"valid_for":60.5)"), "INVALID_VALIDITY_VALUE",
         validity + "60.5", "5512345678", "hi"},
        {"valid_for with a fraction of a unit", body_with(R"(,"valid_for":"90500ms")"),
         "INVALID_VALIDITY_VALUE", validity + "\"90500ms\"", "5512345678", "hi"},
        {"valid_for negative", body_with(R"(,"valid_for":-60)"), "INVALID_VALIDITY_VALUE",
         validity + "-60", "5512345678", "hi"},
        {"valid_for beyond all numbers", body_with(R"(,"valid_for":18446744073709551615)"),
         "INVALID_VALIDITY_VALUE", validity + "18446744073709551615", "5512345678", "hi"},
        {"valid_for empty", body_with(R"(,"valid_for":"")"), "INVALID_VALIDITY_VALUE",
         validity + "\"\"", "5512345678", "hi"},
        {"valid_for true", body_with(R"(,"valid_for":true)"), "INVALID_VALIDITY_VALUE",
         validity + "true", "5512345678", "hi"},
        {"not_before without an offset", body_with(R"(,"not_before":"2025-11-15T10:00:00")"),
         "INVALID_NOT_BEFORE_VALUE", not_before + "\"2025-11-15T10:00:00\"", "5512345678", "hi"},
        {"not_before a day that is none", body_with(R"(,"not_before":"2025-02-30T10:00:00Z")"),
         "INVALID_NOT_BEFORE_VALUE", not_before + "\"2025-02-30T10:00:00Z\"", "5512345678", "hi"},
        {"not_before a word", body_with(R"(,"not_before":"tomorrow")"), "INVALID_NOT_BEFORE_VALUE",
         not_before + "\"tomorrow\"", "5512345678", "hi"},
        {"not_before negative", body_with(R"(,"not_before":-1)"), "INVALID_NOT_BEFORE_VALUE",
         not_before + "-1", "5512345678", "hi"},
        {"not_before negative, as a text", body_with(R"(,"not_before":"-1")"),
         "INVALID_NOT_BEFORE_VALUE", not_before + "\"-1\"", "5512345678", "hi"},
        {"not_before with a fraction", body_with(R"(,"not_before":1763159128.5)"),
         "INVALID_NOT_BEFORE_VALUE", not_before + "1763159128.5", "5512345678", "hi"},
        {"not_before array", body_with(R"(,"not_before":[])"), "INVALID_NOT_BEFORE_VALUE",
         not_before + "an array", "5512345678", "hi"},
        {"not_before in milliseconds", body_with(R"(,"not_before":1763159128123)"),
         "INVALID_NOT_BEFORE_VALUE",
         "Field 'not_before' must be at most 2592000 seconds ahead, not 9999-12-31T23:59:59Z",
         "5512345678", "hi"},
        {"not_before beyond all numbers", body_with(R"(,"not_before":"99999999999999999999999")"),
         "INVALID_NOT_BEFORE_VALUE",
         "Field 'not_before' must be at most 2592000 seconds ahead, not 9999-12-31T23:59:59Z",
         "5512345678", "hi"},
        {"not_before too far ahead", body_with(R"(,"not_before":"2025-12-15T22:25:28+00:00")"),
         "INVALID_NOT_BEFORE_VALUE",
         "Field 'not_before' must be at most 2592000 seconds ahead, not 2025-12-15T22:25:28Z",
         "5512345678", "hi"},
        {"report of another word", body_with(R"(,"report":"maybe")"), "INVALID_REPORT_VALUE",
         "Field 'report' must be true or false, not \"maybe\"", "5512345678", "hi"},
        {"report 2", body_with(R"(,"report":2)"), "INVALID_REPORT_VALUE",
         "Field 'report' must be true or false, not 2", "5512345678", "hi"},
        {"label empty", body_with(R"(,"label":"")"), "INVALID_LABEL_VALUE", label + "\"\"",
         "5512345678", "hi"},
        {"label with a blank", body_with(R"(,"label":"a b")"), "INVALID_LABEL_VALUE",
         label + "\"a b\"", "5512345678", "hi"},
        {"label array", body_with(R"(,"label":["a"])"), "INVALID_LABEL_VALUE",
         "Field 'label' must be a text, not an array", "5512345678", "hi"},
        {"callback of another kind", body_with(R"(,"callback":7)"), "INVALID_CALLBACK_VALUE",
         "Field 'callback' must be a text, not 7", "5512345678", "hi"},
        {"callback where there are none", body_with(R"(,"callback":"https://a.example/")"),
         "INVALID_CALLBACK_VALUE", "Field 'callback' is not taken: webhooks are switched off here",
         "5512345678", "hi"},
        {"the priority comes before the number",
         R"({"number":"12","message":"hi","priority":"urgent"})", "INVALID_PRIORITY_VALUE",
         "Field 'priority' must be high, normal or low, not \"urgent\"", "12", "hi"},
        {"the number comes before the label", R"({"number":"12","message":"hi","label":"a b"})",
         "INVALID_PHONE_NUMBER",
         "Invalid phone number format (use 10 digits or +{country_code}{number})", "12", "hi"},
        {"short number", R"({"number":"12","message":"hi"})", "INVALID_PHONE_NUMBER",
         "Invalid phone number format (use 10 digits or +{country_code}{number})", "12", "hi"},
        {"empty number", R"({"number":"","message":"hi"})", "INVALID_PHONE_NUMBER",
         "Invalid phone number format (use 10 digits or +{country_code}{number})", "", "hi"},
        {"eleven digits", R"({"number":"15512345678","message":"hi"})", "INVALID_PHONE_NUMBER",
         ambiguous, "15512345678", "hi"},
        {"eleven digits as an integer", R"({"number":15512345678,"message":"hi"})",
         "INVALID_PHONE_NUMBER", ambiguous, "15512345678", "hi"},
        {"plus and letters", R"({"number":"+12a45","message":"hi"})", "INVALID_PHONE_NUMBER", e164,
         "+12a45", "hi"},
        {"newline behind the number", R"({"number":"5512345678\n","message":"hi"})",
         "INVALID_PHONE_NUMBER",
         "Invalid phone number format (use 10 digits or +{country_code}{number})", "5512345678\n",
         "hi"},
        {"digits of another script", R"({"number":"\u0665512345678","message":"hi"})",
         "INVALID_PHONE_NUMBER",
         "Invalid phone number format (use 10 digits or +{country_code}{number})",
         "\u0665512345678", "hi"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Answer answer = ask(post(c.body));
            BOOST_TEST(int(answer.status()) == 400);
            BOOST_TEST(answer.get("error_code") == c.code);
            BOOST_TEST(answer.get("error_message") == c.text);
            BOOST_TEST(answer.get("to") == c.to);
            BOOST_TEST(answer.get("message") == c.message);
            BOOST_TEST(answer.get("from") == "ana");
            BOOST_TEST(answer.get("message_id") == "null");
            BOOST_TEST(answer.get("meta") == "-");
        }
    }
    BOOST_TEST(door.get().state_counts().empty());
}

BOOST_FIXTURE_TEST_CASE(good_fields, HandlerFixture) {
    struct Case {
        std::string name, body, to, message;
        std::int64_t reply_timeout; // seconds; 0: no reply awaited
    };
    const Case cases[] = {
        {"names in any case", R"({"NUMBER":"5512345678","Message":"hi"})", "5512345678", "hi", 0},
        {"the last spelling counts",
         R"({"number":"1","Number":"2","number":"5512345678","message":"a","MESSAGE":"b"})",
         "5512345678", "b", 0},
        {"the last spelling counts, also in capitals",
         R"({"number":"1","NUMBER":"5512345678","message":"a"})", "5512345678", "a", 0},
        {"integer as number", R"({"number":5512345678,"message":"hi"})", "5512345678", "hi", 0},
        {"integer as message", R"({"number":"5512345678","message":42})", "5512345678", "42", 0},
        {"empty message", R"({"number":"5512345678","message":""})", "5512345678", "", 0},
        {"to is as it was written", R"({"number":"55 1234-5678","message":"hi"})", "55 1234-5678",
         "hi", 0},
        {"service number", R"({"number":"333","message":"saldo"})", "333", "saldo", 0},
        {"unknown fields", body_with(R"(,"x":{"y":[1]},"from":"eve")"), "5512345678", "hi", 0},
        {"no reply", body_with(R"(,"reply":false)"), "5512345678", "hi", 0},
        {"null reply", body_with(R"(,"reply":null)"), "5512345678", "hi", 0},
        {"\"false\" is false", body_with(R"(,"reply":"false")"), "5512345678", "hi", 0},
        {"\"No\" is false", body_with(R"(,"reply":"No")"), "5512345678", "hi", 0},
        {"\"0\" is false", body_with(R"(,"reply":"0")"), "5512345678", "hi", 0},
        {"0 is false", body_with(R"(,"reply":0)"), "5512345678", "hi", 0},
        {"a timeout without a reply is not looked at", body_with(R"(,"timeout":"abc")"),
         "5512345678", "hi", 0},
        {"nor with reply false", body_with(R"(,"reply":false,"timeout":-1)"), "5512345678", "hi",
         0},
        {"true", body_with(R"(,"reply":true)"), "5512345678", "hi", 60},
        {"\"TRUE\"", body_with(R"(,"reply":"TRUE")"), "5512345678", "hi", 60},
        {"\"yes\"", body_with(R"(,"Reply":"yes")"), "5512345678", "hi", 60},
        {"\"1\"", body_with(R"(,"reply":"1")"), "5512345678", "hi", 60},
        {"1", body_with(R"(,"reply":1)"), "5512345678", "hi", 60},
        {"timeout 1", body_with(R"(,"reply":true,"timeout":1)"), "5512345678", "hi", 1},
        {"timeout 600", body_with(R"(,"reply":true,"timeout":600)"), "5512345678", "hi", 600},
        {"timeout 1.9", body_with(R"(,"reply":true,"timeout":1.9)"), "5512345678", "hi", 1},
        {"timeout 600.9", body_with(R"(,"reply":true,"timeout":600.9)"), "5512345678", "hi", 600},
        {"timeout \"30\"", body_with(R"(,"reply":true,"timeout":"30")"), "5512345678", "hi", 30},
        {"timeout \" +30 \"", body_with(R"(,"reply":true,"timeout":" +30 ")"), "5512345678", "hi",
         30},
        {"timeout null", body_with(R"(,"reply":true,"timeout":null)"), "5512345678", "hi", 60},
        {"timeout empty", body_with(R"(,"reply":true,"timeout":"")"), "5512345678", "hi", 60},
        {"long null", body_with(R"(,"long":null)"), "5512345678", "hi", 0},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Answer answer = ask(post(c.body));
            BOOST_TEST(int(answer.status()) == 200);
            BOOST_TEST(answer.get("status") == "queued");
            BOOST_TEST(answer.get("to") == c.to);
            BOOST_TEST(answer.get("message") == c.message);
            BOOST_TEST(answer.get("error_code") == "-");
            const auto stored = door.get().find(answer.get("message_id"));
            BOOST_REQUIRE(stored);
            BOOST_TEST(stored->text == c.message);
            BOOST_TEST(stored->reply_timeout_ms.value_or(0) == c.reply_timeout * 1000);
        }
    }
}

// What a client may ask for beside its text. Of it all, `valid_until` can be seen from outside in
// every spool, and stands for the rest: the door's own test looks at each.
BOOST_FIXTURE_TEST_CASE(wishes, HandlerFixture) {
    constexpr std::int64_t second = 1000, hour = 3600 * second, day = 24 * hour;
    const std::int64_t ahead = 1763163000; // 2025-11-14T23:30:00Z
    const std::int64_t from_ahead = ahead * 1000 + day;
    struct Case {
        std::string name, more;
        std::int64_t valid_until;
    };
    const Case cases[] = {
        {"none", "", test_time + day},
        {"all null",
         R"(,"priority":null,"valid_for":null,"not_before":null,"report":null,"label":null)",
         test_time + day},
        {"priorities", R"(,"priority":"high","PRIORITY":"Low")", test_time + day},
        {"seconds", R"(,"valid_for":90)", test_time + 90 * second},
        {"seconds as a text", R"(,"valid_for":" 90 ")", test_time + 90 * second},
        {"hours", R"(,"valid_for":"2h")", test_time + 2 * hour},
        {"the longest", R"(,"valid_for":"30d")", test_time + 30 * day},
        {"the shortest", R"(,"Valid_For":60000,"valid_for":60)", test_time + 60 * second},
        {"a time with Z", R"(,"not_before":"2025-11-14T23:30:00Z")", from_ahead},
        {"a time with an offset", R"(,"not_before":"2025-11-14T17:30:00-06:00")", from_ahead},
        {"unix seconds", R"(,"not_before":1763163000)", from_ahead},
        {"unix seconds as a text", R"(,"not_before":"1763163000")", from_ahead},
        {"a time that has passed", R"(,"not_before":"2020-01-01T00:00:00Z")", test_time + day},
        {"the beginning of time", R"(,"not_before":0)", test_time + day},
        {"both", R"(,"not_before":1763163000,"valid_for":"2h")", ahead * 1000 + 2 * hour},
        {"reports", R"(,"report":"yes","label":"otp")", test_time + day},
        {"a label of digits", R"(,"label":4711)", test_time + day},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Answer answer = ask(post(body_with(c.more)));
            BOOST_TEST(int(answer.status()) == 200);
            BOOST_TEST(answer.get("error_message") == "-");
            const auto stored = door.get().find(answer.get("message_id"));
            BOOST_REQUIRE(stored);
            BOOST_TEST(stored->valid_until == c.valid_until);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(lengths, HandlerFixture) {
    struct Case {
        std::string name, text, field, sent, meta; // meta "-": none
        int status;
    };
    const std::string long_gsm = repeated("a", 161);
    const std::string emoji = repeated("\U0001F600", 161);
    const Case cases[] = {
        {"160 stay", repeated("a", 160), "", repeated("a", 160), "-", 200},
        {"161 are cut", long_gsm, "", repeated("a", 160),
         R"({"original_length":161,"sent_length":160,"truncated":true})", 200},
        {"characters are counted, not bytes", repeated("\u00e9", 160), "", repeated("\u00e9", 160),
         "-", 200},
        {"no character is cut in two", emoji, "", repeated("\U0001F600", 160),
         R"({"original_length":161,"parts":5,"sent_length":160,"truncated":true})", 200},
        {"160 that need two septets each", repeated("\u20ac", 160), "", repeated("\u20ac", 160),
         R"({"parts":3})", 200},
        {"71 of another alphabet", repeated("\u4e2d", 71), "", repeated("\u4e2d", 71),
         R"({"parts":2})", 200},
        {"split", long_gsm, "split", long_gsm, R"({"parts":2})", 200},
        {"split in any case", long_gsm, "SPLIT", long_gsm, R"({"parts":2})", 200},
        {"split, and short", "a", "split", "a", "-", 200},
        {"truncate", long_gsm, "truncate", repeated("a", 160),
         R"({"original_length":161,"sent_length":160,"truncated":true})", 200},
        {"reject", long_gsm, "reject", long_gsm, "-", 400},
        {"reject, and short", "a", "reject", "a", "-", 200},
        {"more parts than allowed", repeated("a", 1531), "split", repeated("a", 1531), "-", 400},
        {"as many parts as allowed", repeated("a", 1530), "split", repeated("a", 1530),
         R"({"parts":10})", 200},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const std::string more = c.field.empty() ? "" : ",\"long\":\"" + c.field + "\"";
            const Answer answer =
                ask(post("{\"number\":\"5512345678\",\"message\":\"" + c.text + "\"" + more + "}"));
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.get("message") == c.sent);
            BOOST_TEST(answer.get("meta") == c.meta);
            if (c.status == 400)
                BOOST_TEST(answer.get("error_code") == "MESSAGE_TOO_LONG");
        }
    }
}

BOOST_FIXTURE_TEST_CASE(settings_of_length, HandlerFixture) {
    config.long_messages = LongMessages::split;
    BOOST_TEST(
        ask(post("{\"number\":\"333\",\"message\":\"" + repeated("a", 161) + "\"}")).get("meta") ==
        R"({"parts":2})");
    config.long_messages = LongMessages::truncate;
    config.message_length = 5;
    BOOST_TEST(ask(post(R"({"number":"333","message":"abcdef"})")).get("message") == "abcde");
    config.reply_timeout_most = std::chrono::seconds(30);
    BOOST_TEST(ask(post(body_with(R"(,"reply":true,"timeout":31)"))).get("error_message") ==
               "Timeout must be between 1 and 30 seconds");
}

BOOST_FIXTURE_TEST_CASE(idempotency, HandlerFixture) {
    Request request = post(body_with(""));
    request.idempotency_key = "key-1";
    const Answer first = ask(request);
    BOOST_TEST(int(first.status()) == 200);
    const std::string id = first.get("message_id");

    // The same again, later and with other settings: the first answer.
    config.message_length = 1;
    request.when += 60000;
    const Answer again = ask(request);
    BOOST_TEST(int(again.status()) == 200);
    BOOST_TEST(again.reply.body == first.reply.body);

    Request other = request;
    other.body = body_with(" ");
    const Answer conflict = ask(other);
    BOOST_TEST(int(conflict.status()) == 409);
    BOOST_TEST(conflict.get("error_code") == "IDEMPOTENCY_CONFLICT");
    BOOST_TEST(conflict.get("message_id") == "null");
    BOOST_TEST(conflict.get("to") == "5512345678");

    Request of_other_user = request;
    of_other_user.user = "eva";
    BOOST_TEST(ask(of_other_user).get("message_id") != id);

    Request after_a_day = request;
    after_a_day.when = test_time + config.idempotency_window.count() + 1;
    BOOST_TEST(ask(after_a_day).get("message_id") != id);

    Request without = request;
    without.idempotency_key.clear();
    BOOST_TEST(ask(without).get("message_id") != id);
}

BOOST_FIXTURE_TEST_CASE(idempotency_keys, HandlerFixture) {
    struct Case {
        std::string name, key;
        int status;
    };
    const Case cases[] = {
        {"255", std::string(255, 'k'), 200}, {"256", std::string(256, 'k'), 400},
        {"blank inside", "a b", 200},        {"control", "a\tb", 400},
        {"not ASCII", "\u00e9", 400},        {"no UTF-8", "\xff", 400},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Request request = post(body_with(""));
            request.idempotency_key = c.key;
            const Answer answer = ask(request);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.get("error_code") ==
                       (c.status == 200 ? "-" : "INVALID_IDEMPOTENCY_KEY"));
        }
    }
}

// A wrong request keeps its answer while the spool is away; a right one is told to come back.
// What somebody may not send says which limit it is, and when it may be.
BOOST_FIXTURE_TEST_CASE(limits_of_a_user, HandlerFixture) {
    SendLimits limits;
    limits.parts_per_day = 2;
    limits.recipients = "+52 +1";
    door.get().put_account({"ana", true, {Scope::send}, limits, test_time});
    BOOST_TEST(int(ask(post(body_with(""))).status()) == 200);
    Request request = post(body_with(""));
    request.idempotency_key = "k";
    BOOST_TEST(int(ask(request).status()) == 200);
    // The same again is no new message.
    BOOST_TEST(int(ask(request).status()) == 200);

    Answer answer = ask(post(body_with("")));
    BOOST_TEST(int(answer.status()) == 429);
    BOOST_TEST(answer.get("error_code") == "DAILY_LIMIT_REACHED");
    BOOST_TEST(answer.get("error_message") == "The limit of this user is 2 parts a day, 2 are "
                                              "spent, and this message has 1");
    BOOST_TEST(answer.get("to") == "5512345678");
    BOOST_TEST(answer.get("message_id") == "null");
    const int seconds = std::stoi(answer.header("Retry-After"));
    BOOST_TEST(seconds > 24 * 60 * 60 - 1);
    BOOST_TEST(seconds <= 24 * 60 * 60 + 10 * 60);

    answer = ask(post(R"({"number":"+447700900123","message":"hi"})"));
    BOOST_TEST(int(answer.status()) == 403);
    BOOST_TEST(answer.get("error_code") == "RECIPIENT_NOT_ALLOWED");
    BOOST_TEST(answer.header("Retry-After") == "-");
    // What is wrong in itself is said first.
    BOOST_TEST(ask(post(R"({"number":"12","message":"hi"})")).get("error_code") ==
               "INVALID_PHONE_NUMBER");
    BOOST_TEST(door.get().state_counts().at(0).jobs == 2);
}

BOOST_FIXTURE_TEST_CASE(without_a_spool, HandlerFixture) {
    std::filesystem::remove(config.spool);
    const Answer answer = ask(post(body_with("")));
    BOOST_TEST(int(answer.status()) == 503);
    BOOST_TEST(answer.header("Retry-After") == "5");
    BOOST_TEST(answer.get("error_code") == "SPOOL_UNAVAILABLE");
    BOOST_TEST(answer.get("status") == "failed");
    BOOST_TEST(answer.reply.body.find(folder.file("")) == std::string::npos);
}

// A user that nginx did not let in is not named, whatever a parameter says.
BOOST_FIXTURE_TEST_CASE(refused_by_nginx, HandlerFixture) {
    Request request = post(body_with(""));
    request.refused = "401";
    Answer answer = ask(request);
    BOOST_TEST(int(answer.status()) == 401);
    BOOST_TEST(answer.get("from") == "null");
    BOOST_TEST(answer.get("error_code") == "AUTHENTICATION_REQUIRED");
    request.refused = "429";
    answer = ask(request);
    BOOST_TEST(int(answer.status()) == 429);
    BOOST_TEST(answer.get("from") == "ana");
    BOOST_TEST(answer.get("error_code") == "TOO_MANY_REQUESTS");
    BOOST_TEST(door.get().state_counts().empty());
}

BOOST_FIXTURE_TEST_CASE(methods, HandlerFixture) {
    for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE"}) {
        Request request = post(body_with(""));
        request.method = method;
        const Answer answer = ask(request);
        BOOST_TEST(int(answer.status()) == 405);
        BOOST_TEST(answer.header("Allow") == "POST, OPTIONS");
        BOOST_TEST(answer.get("error_code") == "METHOD_NOT_ALLOWED");
    }
    BOOST_TEST(door.get().state_counts().empty());
}

BOOST_AUTO_TEST_SUITE_END()
