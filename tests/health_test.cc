// GET /health: contract 1.9 and readiness.

#define BOOST_TEST_MODULE health_test
#include <boost/test/unit_test.hpp>

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
    mute.network.clear();
    door.get().beat({"owner", "host", 1, test_time, test_time},
                    {modem("a", "ready", test_time), mute});
    const Answer answer = health();
    BOOST_TEST(int(answer.status()) == 200);
    BOOST_TEST(answer.reply.body ==
               "{\"daemon\":\"running\",\"modems\":[{\"name\":\"a\",\"network\":\"home\","
               "\"signal\":71,\"state\":\"ready\"},{\"name\":\"b\",\"network\":\"\","
               "\"signal\":null,\"state\":\"down\"}],\"ready\":true,\"service\":\"SMS REST API\","
               "\"status\":\"healthy\",\"timestamp\":\"2025-11-14 16:25:28\"}\n");
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

BOOST_FIXTURE_TEST_CASE(nothing_that_belongs_to_somebody, HealthFixture) {
    door.get().beat({"owner", "host", 4711, test_time, test_time},
                    {modem("a", "ready", test_time)});
    const std::string body = health().reply.body;
    for (const char* secret : {"490154203237518", "334020123456789", "ttyUSB7", "Maker", "4711",
                               "owner", "host", "a reason"})
        BOOST_TEST(body.find(secret) == std::string::npos, secret);
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
