// smsspool-modem and what goes wrong around it, on simulated modems: found again, reset, kept from
// the wrong SIM, given up in time; reports by every way; what is kept of the conversation.

#define BOOST_TEST_MODULE modem_recovery_test
#include <boost/test/unit_test.hpp>

#include "common/json.h"
#include "spoold/modem_probe.h"
#include "tests/support/simulated_modem.h"
#include "tests/support/worker_process.h"

#include <sstream>

using namespace smsspool;

using smsspool::testing::SimulatedModem;
using Worker = smsspool::testing::WorkerProcess;
using Settings = std::map<std::string, std::string>;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::string number = "+525512345678";

SendRequest text(const std::string& content) {
    SendRequest request;
    request.number = number;
    request.text = content;
    return request;
}

bool has(const std::string& whole, const std::string& piece) {
    return whole.find(piece) != std::string::npos;
}

Settings on(const SimulatedModem& modem, Settings more = {}) {
    more.emplace("device", modem.link());
    more.emplace("probe_timeout", "500");
    return more;
}

void fault(SimulatedModem& modem, const std::string& members) {
    modem.control(R"({"cmd":"fault",)" + members + "}");
}

// The last line of a kind in an air file.
rapidjson::Document last_on_air(const SimulatedModem& modem, const std::string& event) {
    std::istringstream lines(modem.air());
    rapidjson::Document found;
    for (std::string line; std::getline(lines, line);) {
        rapidjson::Document document;
        BOOST_REQUIRE(!parse_json(line, 1, document));
        if (text_member(document, "event") == event)
            found = std::move(document);
    }
    BOOST_REQUIRE(found.IsObject());
    return found;
}

// Sends with a report asked for, and gives the report back once it is there.
IncomingSms sent_and_reported(Worker& worker) {
    SendRequest request = text("tell me");
    request.report = true;
    const auto accepted = worker.get<Accepted>(request);
    worker.wait_for_hint();
    const auto scanned = worker.get<Scanned>(ScanRequest{});
    BOOST_REQUIRE(scanned.messages.size() == 1U);
    const IncomingSms report = scanned.messages.front();
    BOOST_TEST((report.kind == IncomingSms::Kind::report));
    BOOST_TEST(report.number == number);
    BOOST_TEST(report.reference == accepted.reference);
    BOOST_TEST(report.report_status == 0x30);
    BOOST_TEST(report.sent.has_value());
    BOOST_TEST(report.settled.has_value());
    return report;
}

} // namespace

BOOST_AUTO_TEST_SUITE(modem_recovery_test)

BOOST_AUTO_TEST_CASE(validity_and_report_go_on_the_air) {
    SimulatedModem modem;
    Worker worker;
    worker.get<Opened>(OpenRequest{on(modem)});
    const struct {
        std::int64_t asked;
        std::int64_t on_air;
        bool report;
    } cases[] = {
        {0, 63LL * 7 * 24 * 3600, false},
        {1, 300, true},
        {3700, 3600, false},
        {13 * 3600 + 100, 13 * 3600, true},
        {3LL * 24 * 3600, 3LL * 24 * 3600, false},
    };
    for (const auto& row : cases) {
        SendRequest request = text("validity");
        request.validity = row.asked;
        request.report = row.report;
        worker.get<Accepted>(request);
        const auto part = last_on_air(modem, "part");
        BOOST_TEST((int_member(part, "validity") == row.on_air), row.asked);
        BOOST_TEST((bool_member(part, "report") == row.report), row.asked);
    }
}

BOOST_AUTO_TEST_CASE(reports_from_every_memory) {
    SimulatedModem modem;
    modem.control(R"({"cmd":"set","report_status":48})");
    Worker worker;
    worker.get<Opened>(OpenRequest{on(modem)});
    for (const std::string memory : {"SM", "ME", "SR"}) {
        modem.control(R"({"cmd":"set","report_memory":")" + memory + "\"}");
        const IncomingSms report = sent_and_reported(worker);
        BOOST_TEST((report.folder == 9) == (memory == "SR"), memory);
        worker.get<Done>(DeleteRequest{report.folder, report.location});
        worker.get<Done>(DeleteRequest{report.folder, report.location}); // gone already
        BOOST_TEST(worker.get<Scanned>(ScanRequest{}).messages.empty(), memory);
        BOOST_TEST(has(modem.ask(R"({"cmd":"status"})"), "\"" + memory + "\":0"));
    }
    // What is no report and cannot be read is handed out as it is.
    modem.control(R"({"cmd":"incoming","raw_pdu":"0004","memory":"SR"})");
    const auto scanned = worker.get<Scanned>(ScanRequest{});
    BOOST_REQUIRE(scanned.messages.size() == 1U);
    BOOST_TEST((scanned.messages[0].kind == IncomingSms::Kind::raw));
    BOOST_TEST(scanned.messages[0].text == "0004");
    // libgammu goes on in the memory that it had chosen.
    modem.control(R"({"cmd":"incoming","from":"+5255000001","text":"after all"})");
    BOOST_TEST(worker.get<Scanned>(ScanRequest{}).messages.size() == 2U);
}

BOOST_AUTO_TEST_CASE(reports_that_are_handed_over) {
    for (const std::string acknowledge : {"false", "true"}) {
        SimulatedModem modem;
        modem.control(R"({"cmd":"set","report_status":48,"reports":"direct","acknowledge":)" +
                      acknowledge + "}");
        Worker worker;
        worker.get<Opened>(OpenRequest{on(modem)});
        for (int i = 0; i < 2; ++i) { // a second one comes only if the first was acknowledged
            const IncomingSms report = sent_and_reported(worker);
            BOOST_TEST(report.location == -1);
            BOOST_TEST(worker.get<Scanned>(ScanRequest{}).messages.empty());
        }
        BOOST_TEST(has(modem.ask(R"({"cmd":"wait","event":"command","command":"AT+CNMA",)"
                                 R"("count":2,"timeout_ms":0})"),
                       "\"ok\":" + acknowledge));
    }
}

BOOST_AUTO_TEST_CASE(a_reset_ends_what_it_can_end) {
    SimulatedModem modem;
    const struct {
        const char* name;
        const char* fault;
        ResetRequest::Level level;
        bool ends;
    } cases[] = {
        {"mute, by radio", R"("name":"mute","until":"radio")", ResetRequest::Level::radio, true},
        {"mute, by reset", R"("name":"mute","until":"reset")", ResetRequest::Level::modem, true},
        {"deaf, by reset", R"("name":"deaf_echo","until":"reset")", ResetRequest::Level::modem,
         true},
        {"a radio is not enough", R"("name":"mute","until":"reset")", ResetRequest::Level::radio,
         false},
    };
    for (const auto& row : cases) {
        fault(modem, row.fault);
        Worker worker;
        const auto answer = worker.ask(ResetRequest{row.level, on(modem)});
        BOOST_TEST(std::holds_alternative<Done>(answer) == row.ends, row.name);
        BOOST_TEST((worker.took() < seconds(22)), row.name);
        BOOST_TEST_MESSAGE(row.name << ": " << worker.took().count() << " ms");
        fault(modem, R"("name":"mute","on":false)");
        fault(modem, R"("name":"deaf_echo","on":false)");
    }
}

BOOST_AUTO_TEST_CASE(a_healthy_modem_is_reset) {
    SimulatedModem modem;
    modem.control(R"({"cmd":"set","reboot_ms":300})");
    Worker worker;
    worker.get<Done>(ResetRequest{ResetRequest::Level::radio, on(modem)});
    BOOST_TEST_MESSAGE("radio: " << worker.took().count() << " ms");
    modem.wait(R"("event":"command","command":"AT+CFUN=4")");
    modem.wait(R"("event":"command","command":"AT+CFUN=1")");
    worker.get<Done>(ResetRequest{ResetRequest::Level::modem, on(modem)}); // it hangs up
    BOOST_TEST_MESSAGE("modem: " << worker.took().count() << " ms");
    modem.wait(R"("event":"command","command":"AT+CFUN=1,1")");
    const auto gone =
        worker.get<Trouble>(ResetRequest{ResetRequest::Level::radio, {{"device", "/dev/nosuch"}}});
    BOOST_TEST(gone.kind == "device_missing");
    worker.get<Done>(
        ResetRequest{ResetRequest::Level::radio, {{"device", "dummy:/tmp"}}}); // nothing to do
}

// It answers a question when it has been said again already: the second answer is nobody's.
BOOST_AUTO_TEST_CASE(a_slow_modem_is_recognised) {
    SimulatedModem modem({"--imei", "490154203237518"});
    fault(modem, R"("name":"slow","ms":1100)");
    const auto ports = probe_ports({modem.link()}, 115200, std::chrono::seconds(2));
    BOOST_TEST_REQUIRE(ports.size() == 1U);
    BOOST_TEST(ports.front().fault == "");
    BOOST_TEST(ports.front().imei == "490154203237518");
    BOOST_TEST((ports.front().sim == Sim::ready));
}

BOOST_AUTO_TEST_CASE(a_modem_is_found_under_another_name) {
    SimulatedModem modem({"--imei", "490154203237518"});
    SimulatedModem other({"--imei", "356938035643809"});
    const std::string renamed = modem.path("modem2");
    fault(modem, R"("name":"unplug")");
    fault(modem, R"("name":"unplug","on":false,"link":")" + renamed + "\"");
    Worker worker;
    const auto ask = [&](const std::string& device, Settings more) {
        more["device"] = device;
        more["discover"] = other.link() + " " + modem.path("modem*");
        more["probe_timeout"] = "500";
        return worker.ask(OpenRequest{more});
    };
    const std::string mine = "490154203237518";
    // The other one answers under the name that was mine.
    for (const char* key : {"imei", "known_imei"}) {
        const auto answer = ask(other.link(), {{key, mine}});
        BOOST_REQUIRE_MESSAGE(std::holds_alternative<Opened>(answer), key);
        BOOST_TEST(std::get<Opened>(answer).device == renamed, key);
        BOOST_TEST(std::get<Opened>(answer).imei == mine, key);
    }
    const std::string nobodys = "111111111111111";
    BOOST_TEST(std::get<Trouble>(ask("", {{"imei", nobodys}})).kind == "device_missing");
    BOOST_TEST(std::get<Trouble>(ask(other.link(), {{"imei", nobodys}})).kind == "device_missing");
    // A device that was named and was changed for another is used.
    BOOST_TEST(std::get<Opened>(ask(other.link(), {{"known_imei", nobodys}})).device ==
               other.link());
}

BOOST_AUTO_TEST_CASE(only_the_sim_that_is_wanted) {
    SimulatedModem modem({"--imsi", "334020000001234", "--pin", "4321"});
    Worker worker;
    const auto trouble =
        worker.get<Trouble>(OpenRequest{on(modem, {{"imsi", "334020000009876"}, {"pin", "4321"}})});
    BOOST_TEST(trouble.kind == "sim");
    BOOST_TEST(has(trouble.text, "1234"), trouble.text);
    BOOST_TEST(has(trouble.text, "9876"), trouble.text);
    BOOST_TEST(!has(trouble.text, "334020"), trouble.text);
    BOOST_TEST(
        has(modem.ask(R"({"cmd":"wait","event":"command","command":"AT+CPIN=","timeout_ms":0})"),
            "\"ok\":true"));
    BOOST_TEST(has(modem.ask(R"({"cmd":"wait","event":"command","command":"AT+CSCS",)"
                             R"("timeout_ms":0})"),
                   "\"ok\":false")); // libgammu never came so far
    const auto opened = worker.get<Opened>(OpenRequest{on(modem, {{"imsi", "334020000001234"}})});
    BOOST_TEST(opened.imsi == "334020000001234");
}

BOOST_AUTO_TEST_CASE(an_unsure_pin_needs_all_tries) {
    SimulatedModem modem({"--pin", "4321"});
    const auto settings = [&](const std::string& pin, const std::string& unsure) {
        return OpenRequest{on(modem, {{"pin", pin}, {"pin_unsure", unsure}, {"trace", "full"}})};
    };
    Worker first;
    BOOST_TEST(first.get<Trouble>(settings("1111", "")).kind == "pin"); // one try is gone
    Worker second;
    const auto kept = second.get<Trouble>(settings("4321", "1"));
    BOOST_TEST(kept.kind == "pin");
    BOOST_TEST(has(kept.text, "2 tries left"), kept.text);
    BOOST_TEST(has(modem.ask(R"({"cmd":"wait","event":"command","command":"AT+CPIN=",)"
                             R"("count":2,"timeout_ms":0})"),
                   "\"ok\":false"));
    Worker third; // the right one makes them three again
    third.get<Opened>(settings("4321", "0"));
    BOOST_TEST(has(third.trace(), "AT+CPIN="));
    BOOST_TEST(!has(third.trace(), "4321"));
}

BOOST_AUTO_TEST_CASE(an_unsure_pin_with_all_tries_is_given) {
    SimulatedModem modem({"--pin", "4321"});
    Worker worker;
    const auto opened =
        worker.get<Opened>(OpenRequest{on(modem, {{"pin", "4321"}, {"pin_unsure", "1"}})});
    BOOST_TEST(opened.device == modem.link());
}

BOOST_AUTO_TEST_CASE(what_is_kept_of_the_conversation) {
    SimulatedModem modem;
    const struct {
        const char* detail;
        bool any, number;
    } cases[] = {{"redacted", true, false}, {"full", true, true}, {"off", false, false}};
    for (const auto& row : cases) {
        Worker worker;
        worker.get<Opened>(OpenRequest{on(modem, {{"trace", row.detail}})});
        const std::string opening = worker.trace();
        BOOST_TEST(has(opening, "> AT+CPMS?") == row.any); // in plain AT
        BOOST_TEST(has(opening, "> AT+CSCA?") == row.any); // by libgammu
        BOOST_TEST(has(opening, "490154203237518") == row.number);
        fault(modem, R"("name":"refuse","code":41,"count":1)");
        worker.get<Refused>(text("secret words"));
        const std::string trace = worker.trace();
        for (const char* said : {"> AT+CMGS=", "< > ", "> <CTRL-Z>", "< +CMS ERROR: 41"})
            BOOST_TEST(has(trace, said) == row.any, row.detail << ": " << said << "\n" << trace);
        // As digits swapped in pairs, and as packed septets.
        BOOST_TEST(has(trace, "255521436587") == row.number, trace);
        BOOST_TEST(has(trace, "octets)") == (row.any && !row.number), trace);
        BOOST_TEST(!has(trace, "AT+CSCA?")); // of the request before
    }
}

BOOST_AUTO_TEST_CASE(a_modem_that_only_chatters_is_given_up_in_time) {
    SimulatedModem modem;
    const std::string noise = R"("name":"chatter","ms":100)";
    Worker before; // from the beginning
    fault(modem, noise);
    fault(modem, R"("name":"mute")");
    BOOST_TEST(before.get<Trouble>(OpenRequest{on(modem)}).kind == "timeout");
    BOOST_TEST((before.took() < seconds(3)));
    fault(modem, R"("name":"mute","on":false)");
    fault(modem, R"("name":"chatter","on":false)");

    Worker between; // libgammu is at it
    between.begin(OpenRequest{on(modem)});
    modem.wait(R"("event":"command","command":"AT+CGMM")");
    const auto begun = Monotonic::now();
    fault(modem, noise);
    fault(modem, R"("name":"mute")");
    const Answer given_up = between.finish();
    BOOST_REQUIRE(std::holds_alternative<Trouble>(given_up));
    BOOST_TEST(std::get<Trouble>(given_up).kind == "timeout");
    BOOST_TEST((Monotonic::now() - begun < seconds(15)));
    fault(modem, R"("name":"mute","on":false)");
    fault(modem, R"("name":"chatter","on":false)");

    Worker after;
    after.get<Opened>(OpenRequest{on(modem)});
    fault(modem, noise);
    fault(modem, R"("name":"no_prompt","count":1)");
    const auto trouble = after.get<Trouble>(text("never"));
    BOOST_TEST(trouble.kind == "timeout", trouble.text);
    BOOST_TEST((after.took() < seconds(15)));
    BOOST_TEST(modem.air().empty());
}

BOOST_AUTO_TEST_SUITE_END()
