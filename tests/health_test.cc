// GET /health: contract 1.9 and readiness.

#define BOOST_TEST_MODULE health_test
#include <boost/test/unit_test.hpp>

#include "common/readiness.h"
#include "support/handler.h"

#include <ctime>

using namespace smsspool;

namespace {

struct HealthFixture : HandlerFixture {
    HealthFixture() {
        ::setenv("TZ", "America/Mexico_City", 1);
        ::tzset();
    }

    static ModemView modem(const std::string& name, const std::string& state, UtcMs beat) {
        ModemView view;
        view.name = name;
        view.state = state;
        view.device = "/dev/ttyUSB7";
        view.manufacturer = "Maker";
        view.imei = "490154203237518";
        view.imsi = "334020123456789";
        view.network = "home";
        view.error = "a reason";
        view.signal = 71;
        view.operator_name = "Telcel";
        view.used = 3;
        view.capacity = 25;
        view.failures = 2;
        view.recoveries = 4;
        view.recovery_ms = 3250;
        view.step = "reopened /dev/ttyUSB8";
        view.trace = "AT+CPIN=1234";
        view.beat = beat;
        return view;
    }

    Answer health(const std::string& method = "GET") {
        Request request = get_request("/health");
        request.method = method;
        request.user.clear();
        return ask(request);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(health_test)

BOOST_FIXTURE_TEST_CASE(the_whole_answer, HealthFixture) {
    ModemView mute = modem("b", "down", test_time);
    mute.signal = -1;
    mute.used = mute.capacity = -1;
    mute.failures = mute.recoveries = 0;
    mute.recovery_ms = -1;
    mute.network.clear();
    mute.operator_name.clear();
    door.get().beat({"owner", "host", 1, test_time, test_time},
                    {modem("a", "ready", test_time), mute});
    config.disk_reserve = 0;
    const Answer answer = health();
    BOOST_TEST(int(answer.status()) == 200);
    const std::string free = Answer::get(answer.json["disk"], "free");
    BOOST_TEST(answer.reply.body ==
               R"({"daemon":"running","disk":{"free":)" + free +
                   R"(,"low":false,"reserve":0},"modems":[{"failures":2,)"
                   R"("last_recovery_seconds":3.25,"name":"a","network":"home",)"
                   R"("operator":"Telcel","recoveries":4,"signal":71,"state":"ready",)"
                   R"("storage":{"capacity":25,"used":3}},{"failures":0,)"
                   R"("last_recovery_seconds":null,"name":"b","network":"","operator":"",)"
                   R"("recoveries":0,"signal":null,"state":"down",)"
                   R"("storage":{"capacity":null,"used":null}}],"ready":true,)"
                   R"("service":"SMS REST API","status":"healthy",)"
                   R"("timestamp":"2025-11-14 16:25:28"})"
                   "\n");
    BOOST_TEST(std::stoll(free) > 0);
}

// What was accepted can leave all the same.
BOOST_FIXTURE_TEST_CASE(the_disk_is_nearly_full, HealthFixture) {
    door.get().beat({"owner", "host", 1, test_time, test_time}, {modem("a", "ready", test_time)});
    config.disk_reserve = std::int64_t{1} << 60;
    const Answer answer = health();
    BOOST_TEST(int(answer.status()) == 200);
    BOOST_TEST(Answer::get(answer.json["disk"], "low") == "true");
    BOOST_TEST(Answer::get(answer.json["disk"], "reserve") == "1152921504606846976");
}

BOOST_AUTO_TEST_CASE(readiness_of) {
    struct Case {
        std::string name;
        UtcMs daemon_age; // ms; negative: no daemon
        std::string modem_state;
        UtcMs modem_age;
        bool ready;
        std::string daemon, shown_state, reason;
    };
    const Config config;
    const UtcMs stale = config.heartbeat_stale.count();
    const Case cases[] = {
        {"ready", 0, "ready", 0, true, "running", "ready", "-"},
        {"just fresh", stale - 1, "ready", stale - 1, true, "running", "ready", "-"},
        {"daemon stale", stale, "ready", 0, false, "stale", "ready",
         "The sending daemon is not running"},
        {"modem stale", 0, "ready", stale, false, "running", "unknown", "No modem is ready"},
        {"modem down", 0, "down", 0, false, "running", "down", "No modem is ready"},
        {"modem starting", 0, "starting", 0, false, "running", "starting", "No modem is ready"},
        {"modem waiting", 0, "waiting", 0, false, "running", "waiting", "No modem is ready"},
        {"modem aside", 0, "aside", 0, false, "running", "aside", "No modem is ready"},
        {"modem limited", 0, "limited", 0, true, "running", "limited",
         "The modems have reached their limits"},
        {"modem limited and stale", 0, "limited", stale, false, "running", "unknown",
         "No modem is ready"},
        {"no daemon", -1, "", 0, false, "absent", "-", "The sending daemon is not running"},
        {"no modem", 0, "", 0, false, "running", "-", "No modem is ready"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            HealthFixture fixture;
            std::vector<ModemView> modems;
            if (!c.modem_state.empty())
                modems.push_back(HealthFixture::modem("a", c.modem_state, test_time - c.modem_age));
            if (c.daemon_age >= 0)
                fixture.door.get().beat({"owner", "host", 1, 0, test_time - c.daemon_age}, modems);
            const Answer answer = fixture.health();
            BOOST_TEST(int(answer.status()) == (c.ready ? 200 : 503));
            BOOST_TEST(answer.get("ready") == (c.ready ? "true" : "false"));
            BOOST_TEST(answer.get("status") == (c.ready ? "healthy" : "unhealthy"));
            BOOST_TEST(answer.get("daemon") == c.daemon);
            BOOST_TEST(answer.get("reason") == c.reason);
            BOOST_TEST(answer.get("service") == "SMS REST API");
            const auto& list = answer.json["modems"];
            BOOST_TEST((list.Empty() ? "-" : Answer::get(list[0], "state")) == c.shown_state);
        }
    }
}

// One that is limited says nothing while another one sends.
BOOST_FIXTURE_TEST_CASE(limited_and_ready, HealthFixture) {
    for (const char* order : {"ab", "ba"}) {
        door.get().beat(
            {"owner", "host", 1, 0, test_time},
            {modem({order[0]}, "limited", test_time), modem({order[1]}, "ready", test_time)});
        const Answer answer = health();
        BOOST_TEST(answer.get("ready") == "true");
        BOOST_TEST(answer.get("reason") == "-");
    }
}

BOOST_AUTO_TEST_CASE(readiness_of_a_route) {
    Config config;
    config.routes.resize(1);
    config.routes[0].name = "r";
    config.routes[0].modems = "b";
    config.routes[0].fallback = "c d";
    struct Case {
        const char* name;
        const char* route;
        std::vector<std::pair<const char*, const char*>> modems; // name and state
        bool ready;
        const char* reason;
    };
    const std::vector<Case> cases{
        {"its modem", "r", {{"a", "down"}, {"b", "ready"}}, true, ""},
        {"its fallback", "r", {{"b", "down"}, {"d", "ready"}}, true, ""},
        {"another", "r", {{"a", "ready"}, {"b", "down"}}, false, "No modem of its route is ready"},
        {"another, its own limited",
         "r",
         {{"a", "ready"}, {"b", "limited"}},
         true,
         "The modems have reached their limits"},
        {"no route", "", {{"a", "ready"}, {"b", "down"}}, true, ""},
        {"a route that is gone", "s", {{"a", "ready"}, {"b", "down"}}, true, ""},
        {"no modem", "r", {}, false, "No modem of its route is ready"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Health health;
            health.daemons.push_back({"owner", "host", 1, 0, test_time});
            for (const auto& [name, state] : c.modems)
                health.modems.push_back(HealthFixture::modem(name, state, test_time));
            const Readiness answer = readiness(health, config, c.route, test_time);
            BOOST_TEST(answer.ready == c.ready);
            BOOST_TEST(answer.reason == c.reason);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(nothing_that_belongs_to_somebody, HealthFixture) {
    door.get().beat({"owner", "host", 4711, test_time, test_time},
                    {modem("a", "ready", test_time)});
    const std::string body = health().reply.body;
    for (const char* secret : {"490154203237518", "334020123456789", "ttyUSB7", "Maker", "4711",
                               "owner", "host", "a reason", "ttyUSB8", "1234"})
        BOOST_TEST(body.find(secret) == std::string::npos, secret);
}

BOOST_FIXTURE_TEST_CASE(agents_are_told_by_name_and_state, HealthFixture) {
    BOOST_TEST(health().get("agents") == "-");
    Spool& spool = door.get();
    spool.agent_beat({"webhook", "failing", "a.example is away", test_time, test_time, 0, 1, 2});
    spool.agent_beat({"pull:a", "working", "", test_time, test_time - 40'000, 3, 4, 5});
    BOOST_TEST(health().get("agents") == "[{\"name\":\"pull:a\",\"state\":\"unknown\"},"
                                         "{\"name\":\"webhook\",\"state\":\"failing\"}]");
}

BOOST_FIXTURE_TEST_CASE(methods, HealthFixture) {
    BOOST_TEST(int(health("HEAD").status()) == 503);
    const Answer answer = health("POST");
    BOOST_TEST(int(answer.status()) == 405);
    BOOST_TEST(answer.header("Allow") == "GET, HEAD, OPTIONS");
    BOOST_TEST(answer.get("error_code") == "METHOD_NOT_ALLOWED");
}

BOOST_FIXTURE_TEST_CASE(without_a_spool, HealthFixture) {
    std::filesystem::remove(config.spool);
    const Answer answer = health();
    BOOST_TEST(int(answer.status()) == 503);
    BOOST_TEST(answer.get("status") == "unhealthy");
    BOOST_TEST(answer.get("daemon") == "unknown");
    BOOST_TEST(answer.get("modems") == "[]");
    BOOST_TEST(answer.get("reason") == "The message store is not available");
    BOOST_TEST(answer.reply.body.find(folder.file("")) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
