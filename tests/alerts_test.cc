// Alerts: contract 1.8, with what contract/README changes.

#define BOOST_TEST_MODULE alerts_test
#include <boost/test/unit_test.hpp>

#include "common/ids.h"
#include "support/handler.h"

using namespace smsspool;

namespace {

struct AlertsFixture : HandlerFixture {
    AlertsFixture() { config.alerts = true; }

    Answer post(const std::string& body, UtcMs when = test_time) {
        Request request = post_request("/api/v1/alerts", body);
        request.user.clear();
        request.open = true;
        request.when = when;
        return ask(request);
    }

    std::string text_of(const std::string& message_id) {
        const auto message = door.get().find(message_id);
        return message ? message->text : "(none)";
    }
};

// The result at `index` of an answer.
const rapidjson::Value& result(const Answer& answer, unsigned index = 0) {
    return answer.json["results"][index];
}

std::string alert(const std::string& labels, const std::string& rest = {}) {
    return R"({"labels":{"alertname":"Disk","number":"5512345678")" + labels + "}" + rest + "}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(alerts_test)

BOOST_FIXTURE_TEST_CASE(the_whole_answer, AlertsFixture) {
    const Answer answer = post("[" + alert("", R"(,"annotations":{"summary":"full"})") + "]");
    BOOST_TEST(int(answer.status()) == 200);
    const std::string id = Answer::get(result(answer), "message_id");
    BOOST_TEST(is_id(id));
    BOOST_TEST(answer.reply.body ==
               "{\"failed\":0,\"results\":[{\"alert_index\":1,\"alert_name\":\"Disk\","
               "\"message_id\":\"" +
                   id +
                   "\",\"phone_number\":\"5512345678\",\"status\":\"FIRING\",\"success\":true,"
                   "\"truncated\":false}],\"status\":\"completed\",\"successful\":1,"
                   "\"timestamp\":\"2025-11-14T22:25:28Z\",\"total_alerts\":1}\n");
    const auto stored = door.get().find(id);
    BOOST_REQUIRE(stored);
    BOOST_TEST(stored->user == "grafana");
    BOOST_TEST(stored->api == "alerts");
    BOOST_TEST(stored->address == "192.0.2.1");
    BOOST_TEST(stored->text == "[FIRING] Disk: full");
    BOOST_TEST(!stored->reply_timeout_ms);
    BOOST_TEST(stored->jobs.at(0).number == "+525512345678");
}

BOOST_FIXTURE_TEST_CASE(requests, AlertsFixture) {
    struct Case {
        std::string name, type, body;
        int status;
        std::string error, details;
    };
    const std::string json = "application/json";
    const std::string no_array = "Expected JSON array of alerts";
    const Case cases[] = {
        {"media type", "text/plain", "[]", 400, "Content-Type must be application/json", "-"},
        {"malformed", json, "[", 400, "Invalid JSON payload", "*"},
        {"empty", json, "", 400, "Invalid JSON payload", "*"},
        {"null", json, "null", 400, no_array, "-"},
        {"text", json, "\"x\"", 400, no_array, "-"},
        {"object", json, "{}", 400, no_array, "-"},
        {"object with another alerts", json, R"({"alerts":{}})", 400, no_array, "-"},
        {"no alerts", json, "[]", 200, "-", "-"},
        {"no alerts in a webhook", json, R"({"alerts":[]})", 200, "-", "-"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Request request = post_request("/api/v2/alerts", c.body);
            request.content_type = c.type;
            const Answer answer = ask(request);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.get("error") == c.error);
            if (c.details == "*")
                BOOST_TEST(answer.get("details").size() > 1u);
            else
                BOOST_TEST(answer.get("details") == c.details);
            if (c.status == 200)
                BOOST_TEST(answer.get("total_alerts") == "0");
        }
    }
}

BOOST_FIXTURE_TEST_CASE(who_may, AlertsFixture) {
    struct Case {
        std::string name;
        bool enabled, open;
        std::string user, refused, method;
        int status;
        std::string error;
    };
    const std::string disabled = "Grafana webhook endpoint is disabled";
    const std::string nobody = "Invalid credentials or missing Authorization header";
    const Case cases[] = {
        {"open address", true, true, "", "", "POST", 200, "-"},
        {"user", true, false, "ana", "", "POST", 200, "-"},
        {"nobody", true, false, "", "", "POST", 401, nobody},
        {"nginx says 401", true, true, "", "401", "POST", 401, nobody},
        {"disabled comes first", false, true, "", "", "POST", 404, disabled},
        {"also before the credentials", false, false, "", "401", "POST", 404, disabled},
        {"too many", true, true, "", "429", "POST", 429, "Too many requests, try again later"},
        {"method", true, true, "", "", "GET", 405, "This address does not take this method"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            config.alerts = c.enabled;
            Request request = post_request("/api/v1/alerts", "[]");
            request.open = c.open;
            request.user = c.user;
            request.refused = c.refused;
            request.method = c.method;
            const Answer answer = ask(request);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.get("error") == c.error);
            BOOST_TEST((answer.header("WWW-Authenticate") != "-") == (c.status == 401));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(texts, AlertsFixture) {
    struct Case {
        std::string name, alert, text, alert_name, number;
    };
    const std::string past = "2025-11-14T22:25:27Z";
    const std::string future = "2025-11-14T22:30:00Z";
    const auto ending = [](const std::string& when) {
        return alert("", R"(,"endsAt":")" + when + "\"");
    };
    const std::string firing = "[FIRING] Disk: Alert triggered";
    const std::string resolved = "[RESOLVED] Disk: Alert triggered";
    const std::string number = "5512345678";
    const Case cases[] = {
        {"no endsAt", alert(""), firing, "Disk", number},
        {"endsAt of the year 1", ending("0001-01-01T00:00:00Z"), firing, "Disk", number},
        {"endsAt in the future", ending(future), firing, "Disk", number},
        {"endsAt in the past", ending(past), resolved, "Disk", number},
        {"endsAt with a fraction", ending("2025-11-14T22:25:28.122Z"), resolved, "Disk", number},
        {"endsAt with an offset", ending("2025-11-14T16:25:27-06:00"), resolved, "Disk", number},
        {"endsAt null", alert("", R"(,"endsAt":null)"), firing, "Disk", number},
        {"endsAt is no time", ending("soon"), firing, "Disk", number},
        {"status firing counts", alert("", R"(,"status":"firing","endsAt":")" + past + "\""),
         firing, "Disk", number},
        {"status resolved counts", alert("", R"(,"status":"Resolved","endsAt":")" + future + "\""),
         resolved, "Disk", number},
        {"another status", alert("", R"(,"status":"odd","endsAt":")" + past + "\""), resolved,
         "Disk", number},
        {"summary first",
         alert("", R"(,"annotations":{"message":"m","description":"d","summary":" s "})"),
         "[FIRING] Disk: s", "Disk", number},
        {"description",
         alert("", R"(,"annotations":{"message":"m","description":"d","summary":""})"),
         "[FIRING] Disk: d", "Disk", number},
        {"message", alert("", R"(,"annotations":{"message":"m","summary":"  "})"),
         "[FIRING] Disk: m", "Disk", number},
        {"no name", R"({"labels":{"number":"333"}})", "[FIRING] Unknown Alert: Alert triggered",
         "Unknown Alert", "333"},
        {"empty name", R"({"labels":{"alertname":"","number":"333"}})",
         "[FIRING] : Alert triggered", "", "333"},
        {"phone", R"({"labels":{"phone":"333"}})", "[FIRING] Unknown Alert: Alert triggered",
         "Unknown Alert", "333"},
        {"sms_number", R"({"labels":{"sms_number":"333"}})",
         "[FIRING] Unknown Alert: Alert triggered", "Unknown Alert", "333"},
        {"phone_number", R"({"labels":{"phone_number":" 333 "}})",
         "[FIRING] Unknown Alert: Alert triggered", "Unknown Alert", "333"},
        {"number first", R"({"labels":{"phone":"2222","number":"333"}})",
         "[FIRING] Unknown Alert: Alert triggered", "Unknown Alert", "333"},
        {"a blank label is skipped", R"({"labels":{"number":"  ","phone":"333"}})",
         "[FIRING] Unknown Alert: Alert triggered", "Unknown Alert", "333"},
        {"integer as number", R"({"labels":{"number":5512345678}})",
         "[FIRING] Unknown Alert: Alert triggered", "Unknown Alert", "5512345678"},
        {"no labels: the default", R"({})", "[FIRING] Unknown Alert: Alert triggered",
         "Unknown Alert", "7373"},
        {"names of labels are compared exactly", R"({"labels":{"Number":"333"}})",
         "[FIRING] Unknown Alert: Alert triggered", "Unknown Alert", "7373"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            AlertsFixture fresh;
            fresh.config.alerts_number = "7373";
            const Answer answer = fresh.post("[" + c.alert + "]");
            BOOST_TEST(int(answer.status()) == 200);
            BOOST_TEST(fresh.text_of(Answer::get(result(answer), "message_id")) == c.text);
            BOOST_TEST(Answer::get(result(answer), "alert_name") == c.alert_name);
            BOOST_TEST(Answer::get(result(answer), "phone_number") == c.number);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(bad_alerts_beside_good_ones, AlertsFixture) {
    struct Case {
        std::string name, alert, error, alert_name, number;
    };
    const Case cases[] = {
        {"no object", "5", "The alert is not an object", "-", "-"},
        {"null", "null", "The alert is not an object", "-", "-"},
        {"labels null", R"({"labels":null})", "'labels' must be an object", "-", "-"},
        {"labels array", R"({"labels":[]})", "'labels' must be an object", "-", "-"},
        {"annotations text", alert("", R"(,"annotations":"x")"), "'annotations' must be an object",
         "-", "-"},
        {"name object", R"({"labels":{"alertname":{}}})", "'alertname' must be a text", "-", "-"},
        {"number array", R"({"labels":{"number":["1"]}})", "'number' must be a text", "-", "-"},
        {"summary object", alert("", R"(,"annotations":{"summary":{}})"),
         "'summary' must be a text", "-", "-"},
        {"zero byte", alert("", R"(,"annotations":{"summary":"a\u0000b"})"),
         "The message must not hold the character U+0000", "Disk", "5512345678"},
        {"no number", R"({"labels":{"alertname":"A"}})",
         "No phone number found in alert labels and no default configured", "A", "-"},
        {"bad number", R"({"labels":{"alertname":"A","number":"12"}})",
         "Invalid phone number: Invalid phone number format (use 10 digits or "
         "+{country_code}{number})",
         "A", "12"},
        {"several numbers", R"({"labels":{"alertname":"A","number":"333,2222"}})",
         "Invalid phone number: Invalid phone number format (use 10 digits or "
         "+{country_code}{number})",
         "A", "333,2222"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            AlertsFixture fresh;
            const Answer answer = fresh.post("{\"alerts\":[" + alert(R"(,"n":"1")") + "," +
                                             c.alert + "," + alert(R"(,"n":"3")") + "]}");
            BOOST_TEST(int(answer.status()) == 207);
            BOOST_TEST(answer.get("total_alerts") == "3");
            BOOST_TEST(answer.get("successful") == "2");
            BOOST_TEST(answer.get("failed") == "1");
            BOOST_TEST(answer.get("status") == "completed");
            BOOST_TEST(Answer::get(result(answer, 0), "success") == "true");
            BOOST_TEST(Answer::get(result(answer, 2), "success") == "true");
            BOOST_TEST(Answer::get(result(answer, 2), "alert_index") == "3");
            const auto& bad = result(answer, 1);
            BOOST_TEST(Answer::get(bad, "alert_index") == "2");
            BOOST_TEST(Answer::get(bad, "success") == "false");
            BOOST_TEST(Answer::get(bad, "error") == c.error);
            BOOST_TEST(Answer::get(bad, "alert_name") == c.alert_name);
            BOOST_TEST(Answer::get(bad, "phone_number") == c.number);
            BOOST_TEST(Answer::get(bad, "message_id") == "-");
            BOOST_TEST(Answer::get(bad, "status") == "-");
        }
    }
}

BOOST_FIXTURE_TEST_CASE(lengths, AlertsFixture) {
    const auto with = [](const std::string& summary) {
        return "[" + alert("", R"(,"annotations":{"summary":")" + summary + "\"}") + "]";
    };
    // "[FIRING] Disk: " has 15 characters.
    Answer answer = post(with(std::string(135, 'a')));
    BOOST_TEST(Answer::get(result(answer), "truncated") == "false");
    answer = post(with(std::string(136, 'a')), test_time + config.alerts_remind.count() + 1);
    BOOST_TEST(Answer::get(result(answer), "truncated") == "true");
    BOOST_TEST(text_of(Answer::get(result(answer), "message_id")) ==
               "[FIRING] Disk: " + std::string(135, 'a'));
    config.long_messages = LongMessages::split;
    answer = post(with(std::string(200, 'a')), test_time + 2 * config.alerts_remind.count() + 2);
    BOOST_TEST(Answer::get(result(answer), "truncated") == "false");
    BOOST_TEST(Answer::get(result(answer), "parts") == "2");
}

// One SMS for each change of state, whatever else of the alert changes; a reminder when it is due.
BOOST_FIXTURE_TEST_CASE(repetitions, AlertsFixture) {
    config.alerts_remind = std::chrono::hours(4);
    constexpr UtcMs minute = 60000;
    constexpr UtcMs hour = 60 * minute;
    struct Step {
        std::string name, alert;
        UtcMs after;
        bool repeated;
    };
    const std::string resolved = R"(,"status":"resolved")";
    const Step steps[] = {
        {"first", alert(R"(,"host":"h1")"), 0, false},
        {"again", alert(R"(,"host":"h1")"), minute, true},
        {"another annotation", alert(R"(,"host":"h1")", R"(,"annotations":{"summary":"87 %"})"),
         2 * minute, true},
        {"labels in another order",
         R"({"labels":{"host":"h1","number":"5512345678","alertname":"Disk"}})", 3 * minute, true},
        {"another label", alert(R"(,"host":"h2")"), 3 * minute, false},
        {"resolved", alert(R"(,"host":"h1")", resolved), 4 * minute, false},
        {"resolved again", alert(R"(,"host":"h1")", resolved), 5 * minute, true},
        {"resolved is never told a second time", alert(R"(,"host":"h1")", resolved), 20 * hour,
         true},
        {"fires again", alert(R"(,"host":"h1")"), 21 * hour, false},
        {"just before the reminder", alert(R"(,"host":"h1")"), 25 * hour, true},
        {"the reminder", alert(R"(,"host":"h1")"), 25 * hour + 1, false},
        {"after the reminder", alert(R"(,"host":"h1")"), 26 * hour, true},
    };
    std::string last;
    for (const Step& step : steps) {
        BOOST_TEST_CONTEXT(step.name) {
            const Answer answer = post("[" + step.alert + "]", test_time + step.after);
            BOOST_TEST(int(answer.status()) == 200);
            const auto& found = result(answer);
            BOOST_TEST(Answer::get(found, "success") == "true");
            BOOST_TEST(Answer::get(found, "repeated") == (step.repeated ? "true" : "-"));
            const std::string id = Answer::get(found, "message_id");
            BOOST_TEST(is_id(id));
            if (step.name != "another label") {
                BOOST_TEST((id == last) == step.repeated);
                last = id;
            }
        }
    }
}

BOOST_FIXTURE_TEST_CASE(no_reminders, AlertsFixture) {
    config.alerts_remind = Ms(0);
    (void)post("[" + alert("") + "]");
    const Answer answer = post("[" + alert("") + "]", test_time + 365LL * 86400 * 1000);
    BOOST_TEST(Answer::get(result(answer), "repeated") == "true");
}

BOOST_FIXTURE_TEST_CASE(the_same_alert_twice_in_a_request, AlertsFixture) {
    const Answer answer = post("[" + alert("") + "," + alert("") + "]");
    BOOST_TEST(Answer::get(result(answer, 0), "repeated") == "-");
    BOOST_TEST(Answer::get(result(answer, 1), "repeated") == "true");
    BOOST_TEST(Answer::get(result(answer, 0), "message_id") ==
               Answer::get(result(answer, 1), "message_id"));
}

BOOST_FIXTURE_TEST_CASE(settings, AlertsFixture) {
    config.alerts_user = "monitor";
    config.alerts_most = 2;
    const Answer answer = post("[" + alert("") + "]");
    BOOST_TEST(door.get().find(Answer::get(result(answer), "message_id"))->user == "monitor");
    const Answer refused = post("[1,2,3]");
    BOOST_TEST(int(refused.status()) == 413);
    BOOST_TEST(refused.get("error") == "At most 2 alerts can be posted at once");
}

BOOST_FIXTURE_TEST_CASE(without_a_spool, AlertsFixture) {
    std::filesystem::remove(config.spool);
    BOOST_TEST(int(post("[]").status()) == 200);
    const Answer answer = post("[" + alert("") + "]");
    BOOST_TEST(int(answer.status()) == 503);
    BOOST_TEST(answer.header("Retry-After") == "5");
    BOOST_TEST(answer.get("error") == "The message store is not available, try again later");
}

BOOST_FIXTURE_TEST_CASE(who_logs_in_needs_the_right, AlertsFixture) {
    Spool& spool = door.get();
    spool.put_account({"other", true, {Scope::send}, {}, test_time});
    SendLimits limits;
    limits.recipients = "+1";
    spool.put_account({"limited", true, {Scope::alerts}, limits, test_time});
    struct Case {
        std::string name, user;
        bool open;
        int status;
        std::string error; // of the alert
    };
    const Case cases[] = {
        {"without the right", "other", false, 403, ""},
        {"without the right, where nobody needs one", "other", true, 403, ""},
        {"nobody", "", false, 401, ""},
        {"limited", "limited", false, 207,
         "+525512345678 is not among the recipients that this user may write to"},
        {"with the right", "ana", false, 200, "-"},
        {"nobody, where no login is needed", "", true, 200, "-"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Request request = post_request("/api/v1/alerts", "[" + alert("") + "]");
            request.user = c.user;
            request.open = c.open;
            const Answer answer = ask(request);
            BOOST_TEST(int(answer.status()) == c.status);
            if (!c.error.empty())
                BOOST_TEST(Answer::get(result(answer), "error") == c.error);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
