// GET /metrics: what a Prometheus is told, and who may ask.

#define BOOST_TEST_MODULE metrics_test
#include <boost/test/unit_test.hpp>

#include "common/sqlite.h"
#include "common/submit.h"
#include "support/fresh_spool.h"
#include "support/handler.h"

#include <sstream>

using namespace smsspool;

namespace {

struct MetricsFixture : HandlerFixture {
    MetricsFixture() { config.admins = "root"; }

    Reply metrics(const std::string& user = "root", const std::string& method = "GET") {
        Request request = get_request("/metrics");
        request.user = user;
        request.method = method;
        return answer(the_program, request, {config, &numbers, door});
    }

    // The value of a sample; "-" where there is no such sample.
    std::string value(const std::string& sample) {
        std::istringstream lines(metrics().body);
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with(sample + " "))
                return line.substr(sample.size() + 1);
        }
        return "-";
    }

    static ModemView modem(const std::string& name, const std::string& state, UtcMs beat) {
        ModemView view;
        view.name = name;
        view.state = state;
        view.network = "roaming";
        view.signal = 71;
        view.beat = beat;
        return view;
    }

    void beat(const std::vector<ModemView>& modems) {
        door.get().beat({"owner", "host-1", 1, test_time - 60'000, test_time - 1500}, modems);
    }

    void put(const std::string& text) {
        Draft draft;
        draft.user = "ana";
        draft.number = "5512345678";
        draft.text = text;
        (void)submit(
            draft, config, numbers, [this]() -> Spool& { return door.get(); }, test_time - 2500);
    }

    void write(const std::string& sql) { write_behind(config, sql); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(metrics_test)

BOOST_FIXTURE_TEST_CASE(who_may_ask, MetricsFixture) {
    struct Case {
        const char* user;
        const char* method;
        int status;
    };
    const Case cases[] = {
        {"root", "GET", 200}, {"root", "HEAD", 200}, {"ana", "GET", 403},
        {"roo", "GET", 403},  {"", "GET", 401},      {"root", "POST", 405},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.user << " " << c.method) {
            const Reply reply = metrics(c.user, c.method);
            BOOST_TEST(int(reply.status) == c.status);
            BOOST_TEST((reply.body.find("smsspool_") != std::string::npos) == (c.status == 200));
            BOOST_TEST(reply.content_type == (c.status == 200
                                                  ? "text/plain; version=0.0.4; charset=utf-8"
                                                  : "application/json"));
        }
    }
    BOOST_TEST(metrics("ana").body.find("FORBIDDEN") != std::string::npos);
    config.admins = "";
    BOOST_TEST(int(metrics("").status) == 401);
    BOOST_TEST(int(metrics("root").status) == 403);
}

BOOST_FIXTURE_TEST_CASE(every_family_has_help_and_type_once, MetricsFixture) {
    beat({modem("a", "ready", test_time), modem("b", "down", test_time)});
    std::istringstream lines(metrics().body);
    std::vector<std::string> names;
    std::string present;
    for (std::string line; std::getline(lines, line);) {
        BOOST_TEST_CONTEXT(line) {
            std::istringstream words(line);
            std::string mark, kind, name;
            words >> mark >> kind >> name;
            if (mark == "#" && kind == "HELP") {
                BOOST_TEST((std::find(names.begin(), names.end(), name) == names.end()));
                names.push_back(present = name);
            } else if (mark == "#") {
                BOOST_TEST(kind == "TYPE");
                BOOST_TEST(name == present);
            } else {
                BOOST_TEST(mark.substr(0, mark.find('{')) == present);
            }
        }
    }
    BOOST_TEST(names.size() > 20u);
}

BOOST_FIXTURE_TEST_CASE(an_empty_spool, MetricsFixture) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(State::count); ++i) {
        const std::string state(name_of(static_cast<State>(i)));
        BOOST_TEST(value("smsspool_jobs{state=\"" + state + "\"}") == "0", state);
    }
    BOOST_TEST(value("smsspool_dead_letters") == "0");
    BOOST_TEST(value("smsspool_oldest_due_age_seconds") == "0.000");
    BOOST_TEST(value("smsspool_delivery_reports") == "0");
    BOOST_TEST(value("smsspool_delivery_reports_matched") == "0");
    BOOST_TEST(value("smsspool_ready") == "0");
    BOOST_TEST(value("smsspool_build_info{version=\"" SMSSPOOL_VERSION "\"}") == "1");
    BOOST_TEST(value("smsspool_disk_reserve_bytes") == std::to_string(config.disk_reserve));
    BOOST_TEST(std::stoll(value("smsspool_disk_free_bytes")) > 0);
    BOOST_TEST(std::stoll(value("smsspool_spool_size_bytes")) > 4096);
    BOOST_TEST(metrics().body.find("modem=") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(jobs, MetricsFixture) {
    for (const char* text : {"a", "b", "c", "d"})
        put(text);
    write("UPDATE job SET state = 'failed' WHERE message_id = "
          "(SELECT id FROM message WHERE text = 'a')");
    write("UPDATE job SET state = 'unknown' WHERE message_id = "
          "(SELECT id FROM message WHERE text = 'b')");
    BOOST_TEST(value("smsspool_jobs{state=\"queued\"}") == "2");
    BOOST_TEST(value("smsspool_jobs{state=\"failed\"}") == "1");
    BOOST_TEST(value("smsspool_jobs{state=\"sent\"}") == "0");
    BOOST_TEST(value("smsspool_dead_letters") == "2");
    BOOST_TEST(value("smsspool_oldest_due_age_seconds") == "2.500");
}

// However many words the spool holds, there are never more samples.
BOOST_FIXTURE_TEST_CASE(dead_letters_by_error, MetricsFixture) {
    const std::string sample = "smsspool_dead_letters_by_error{error_code=\"";
    for (const char* code : {"MODEM_TIMEOUT", "SEND_FAILED", "SPOOL_DAMAGED", "other"})
        BOOST_TEST(value(sample + code + "\"}") == "0", code);
    for (const char* text : {"a", "b", "c", "d", "e", "f"})
        put(text);
    write("UPDATE job SET state = 'failed', error_code = (SELECT CASE text WHEN 'a' THEN "
          "'SEND_FAILED' WHEN 'b' THEN 'SEND_FAILED' WHEN 'c' THEN 'NEW\"WORD' WHEN 'd' THEN NULL "
          "ELSE 'MODEM_TIMEOUT' END FROM message WHERE message.id = message_id)");
    write("UPDATE job SET state = 'sent' WHERE message_id = "
          "(SELECT id FROM message WHERE text = 'f')");
    write("UPDATE job SET retries = 2 WHERE error_code = 'SEND_FAILED'");
    BOOST_TEST(value(sample + "SEND_FAILED\"}") == "2");
    BOOST_TEST(value(sample + "MODEM_TIMEOUT\"}") == "1");
    BOOST_TEST(value(sample + "SPOOL_DAMAGED\"}") == "0");
    BOOST_TEST(value(sample + "other\"}") == "2");
    BOOST_TEST(value("smsspool_dead_letters") == "5");
    BOOST_TEST(value("smsspool_dead_letters_retried") == "2");
    BOOST_TEST(metrics().body.find("NEW") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(daemon_and_readiness, MetricsFixture) {
    beat({modem("a", "ready", test_time)});
    BOOST_TEST(value("smsspool_ready") == "1");
    BOOST_TEST(value("smsspool_daemon_heartbeat_age_seconds{host=\"host-1\"}") == "1.500");
    BOOST_TEST(value("smsspool_daemon_start_time_seconds{host=\"host-1\"}") == "1763159068.123");
}

BOOST_FIXTURE_TEST_CASE(states_of_modems, MetricsFixture) {
    struct Case {
        const char* state;
        UtcMs age;
        const char* shown;
        const char* up;
    };
    const Case cases[] = {
        {"ready", 0, "ready", "1"},        {"limited", 0, "limited", "1"},
        {"aside", 0, "aside", "0"},        {"waiting", 0, "waiting", "0"},
        {"down", 0, "down", "0"},          {"starting", 0, "starting", "0"},
        {"ready", 60'000, "unknown", "0"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.state << " " << c.age) {
            beat({modem("a", c.state, test_time - c.age)});
            BOOST_TEST(value("smsspool_modem_up{modem=\"a\"}") == c.up);
            for (const char* state :
                 {"starting", "ready", "waiting", "limited", "aside", "down", "unknown"})
                BOOST_TEST(value("smsspool_modem_state{modem=\"a\",state=\"" + std::string(state) +
                                 "\"}") == (std::string(state) == c.shown ? "1" : "0"),
                           state);
            BOOST_TEST(value("smsspool_modem_heartbeat_age_seconds{modem=\"a\"}") ==
                       std::to_string(c.age / 1000) + ".000");
        }
    }
}

BOOST_FIXTURE_TEST_CASE(figures_of_modems, MetricsFixture) {
    ModemView good = modem("a", "ready", test_time);
    good.device = "/dev/x\"y";
    good.manufacturer = "Maker";
    good.model = "E1";
    good.imei = "490154203237518";
    good.imsi = "334020123456789";
    good.operator_name = "Telcel";
    good.used = 3;
    good.capacity = 25;
    good.failures = 2;
    good.recoveries = 4;
    good.recovery_ms = 3250;
    ModemView mute = modem("b", "down", test_time);
    mute.signal = -1;
    mute.network = "searching";
    beat({good, mute});
    write("INSERT INTO usage_minute (modem, minute_ms, parts) VALUES ('a', 1763158800000, 5), "
          "('a', 1763150000000, 7), ('a', 1763059000000, 11), ('b', 1763159100000, 1)");
    struct Case {
        const char* name;
        const char* a;
        const char* b;
    };
    const Case cases[] = {
        {"signal_ratio", "0.71", "-"},
        {"storage_used", "3", "-"},
        {"storage_capacity", "25", "-"},
        {"registered", "1", "0"},
        {"failures", "2", "0"},
        {"recoveries_total", "4", "0"},
        {"last_recovery_seconds", "3.250", "-"},
    };
    for (const Case& c : cases) {
        const std::string name = "smsspool_modem_" + std::string(c.name);
        BOOST_TEST(value(name + "{modem=\"a\"}") == c.a, name);
        BOOST_TEST(value(name + "{modem=\"b\"}") == c.b, name);
    }
    BOOST_TEST(value("smsspool_modem_sent_parts{modem=\"a\",period=\"hour\"}") == "5");
    BOOST_TEST(value("smsspool_modem_sent_parts{modem=\"a\",period=\"day\"}") == "12");
    BOOST_TEST(value("smsspool_modem_sent_parts{modem=\"b\",period=\"hour\"}") == "1");
    BOOST_TEST(
        value("smsspool_modem_info{modem=\"a\",device=\"/dev/x\\\"y\",manufacturer=\"Maker\","
              "model=\"E1\",imei=\"490154203237518\",network=\"roaming\","
              "operator=\"Telcel\"}") == "1");
    // Whose card it is, is nobody's business.
    BOOST_TEST(metrics().body.find("334020123456789") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(agents, MetricsFixture) {
    Spool& spool = door.get();
    spool.agent_beat({"webhook", "working", "", test_time, test_time - 1500, 0, 12, 3});
    spool.agent_beat({"pull:a", "failing", "away", test_time, test_time, 4, 5, 6});
    spool.agent_beat({"pull:b", "working", "", test_time, test_time - 40'000, 0, 0, 0});
    struct Case {
        const char* sample;
        const char* want;
    };
    const Case cases[] = {
        {"agent_up{agent=\"webhook\"}", "1"},
        {"agent_up{agent=\"pull:a\"}", "0"},
        {"agent_up{agent=\"pull:b\"}", "0"},
        {"agent_up{agent=\"pull:c\"}", "-"},
        {"agent_heartbeat_age_seconds{agent=\"webhook\"}", "1.500"},
        {"agent_fetched_total{agent=\"pull:a\"}", "4"},
        {"agent_told_total{agent=\"webhook\"}", "12"},
        {"agent_failures_total{agent=\"webhook\"}", "3"},
    };
    for (const Case& c : cases)
        BOOST_TEST(value("smsspool_" + std::string(c.sample)) == c.want, c.sample);
    BOOST_TEST(metrics().body.find("away") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(followed_jobs, MetricsFixture) {
    config.webhooks = true;
    Draft draft;
    draft.user = "ana";
    draft.number = "5512345678";
    draft.text = "hi";
    draft.callback = "https://a.example/";
    for (int i = 0; i < 2; ++i)
        (void)submit(
            draft, config, numbers, [this]() -> Spool& { return door.get(); }, test_time);
    BOOST_TEST(value("smsspool_followed_jobs{agent=\"webhook\",progress=\"open\"}") == "2");
    write(
        "UPDATE follow SET progress = 'given_up' WHERE job_id = (SELECT MIN(job_id) FROM follow)");
    BOOST_TEST(value("smsspool_followed_jobs{agent=\"webhook\",progress=\"open\"}") == "1");
    BOOST_TEST(value("smsspool_followed_jobs{agent=\"webhook\",progress=\"given_up\"}") == "1");
}

BOOST_FIXTURE_TEST_CASE(without_a_spool, MetricsFixture) {
    std::filesystem::remove(config.spool);
    const Reply reply = metrics();
    BOOST_TEST(int(reply.status) == 503);
    BOOST_TEST(reply.body.find(folder.file("")) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
