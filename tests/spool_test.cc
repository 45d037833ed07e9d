// The spool: opening it, who is alive, what is in it in numbers, and the marks of refused PINs.

#define BOOST_TEST_MODULE spool_test
#include "common/error.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace smsspool;

namespace {

DaemonView daemon_of(const std::string& owner, const std::string& host, UtcMs beat) {
    return {owner, host, 4711, start_time, beat};
}

ModemView modem_of(const std::string& name, const std::string& state, UtcMs beat) {
    ModemView view;
    view.name = name;
    view.state = state;
    view.device = "/dev/ttyUSB2";
    view.manufacturer = "huawei";
    view.model = "E1550";
    view.imei = "356938035643809";
    view.imsi = "334020000000000";
    view.network = "home";
    view.operator_name = "Telcel ñ";
    view.signal = 60;
    view.used = 3;
    view.capacity = 20;
    view.error = "";
    view.since = start_time;
    view.beat = beat;
    view.failures = 3;
    view.recoveries = 2;
    view.recovery_ms = 4500;
    view.step = "reopened: no answer";
    view.trace = "> AT\n";
    return view;
}

std::vector<std::string> names_of(const Health& health) {
    std::vector<std::string> names;
    for (const DaemonView& daemon : health.daemons)
        names.push_back(daemon.owner);
    for (const ModemView& modem : health.modems)
        names.push_back(modem.name);
    return names;
}

using Names = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(spool_test, FreshSpool)

BOOST_AUTO_TEST_CASE(a_beat_is_seen) {
    BOOST_TEST(spool.health().daemons.empty());
    BOOST_TEST(spool.health().modems.empty());
    spool.beat(daemon_of("h-1", "h", start_time + 5),
               {modem_of("b", "ready", start_time + 5), modem_of("a", "down", start_time + 4)});
    const Health health = open(Access::read).health();
    BOOST_TEST((names_of(health) == Names{"h-1", "a", "b"}));
    BOOST_TEST(health.daemons[0].host == "h");
    BOOST_TEST(health.daemons[0].pid == 4711);
    BOOST_TEST(health.daemons[0].started == start_time);
    BOOST_TEST(health.daemons[0].beat == start_time + 5);
    const ModemView& modem = health.modems[1];
    BOOST_TEST(modem.state == "ready");
    BOOST_TEST(modem.device == "/dev/ttyUSB2");
    BOOST_TEST(modem.manufacturer == "huawei");
    BOOST_TEST(modem.model == "E1550");
    BOOST_TEST(modem.imei == "356938035643809");
    BOOST_TEST(modem.imsi == "334020000000000");
    BOOST_TEST(modem.network == "home");
    BOOST_TEST(modem.operator_name == "Telcel ñ");
    BOOST_TEST(modem.signal == 60);
    BOOST_TEST(modem.used == 3);
    BOOST_TEST(modem.capacity == 20);
    BOOST_TEST(modem.error == "");
    BOOST_TEST(modem.since == start_time);
    BOOST_TEST(modem.beat == start_time + 5);
    BOOST_TEST(modem.failures == 3);
    BOOST_TEST(modem.recoveries == 2);
    BOOST_TEST(modem.recovery_ms == 4500);
    BOOST_TEST(modem.step == "reopened: no answer");
    BOOST_TEST(modem.trace == "> AT\n");
}

BOOST_AUTO_TEST_CASE(beats_follow_each_other) {
    spool.beat(daemon_of("h-1", "h", start_time), {modem_of("a", "starting", start_time)});
    ModemView down = modem_of("a", "down", start_time + 9);
    down.error = "no answer";
    down.signal = -1;
    down.failures = 4;
    down.recoveries = 5;
    down.recovery_ms = -1;
    down.step = "";
    down.trace = "< +CMS ERROR: 38";
    spool.beat(daemon_of("h-1", "h", start_time + 9), {down});
    const Health health = spool.health();
    BOOST_TEST((names_of(health) == Names{"h-1", "a"}));
    BOOST_TEST(health.daemons[0].beat == start_time + 9);
    BOOST_TEST(health.modems[0].state == "down");
    BOOST_TEST(health.modems[0].error == "no answer");
    BOOST_TEST(health.modems[0].signal == -1);
    BOOST_TEST(health.modems[0].failures == 4);
    BOOST_TEST(health.modems[0].recoveries == 5);
    BOOST_TEST(health.modems[0].recovery_ms == -1);
    BOOST_TEST(health.modems[0].step == "");
    BOOST_TEST(health.modems[0].trace == "< +CMS ERROR: 38");
}

BOOST_AUTO_TEST_CASE(a_new_run_takes_the_place_of_the_dead_one) {
    spool.beat(daemon_of("h-1", "h", start_time),
               {modem_of("a", "ready", start_time), modem_of("removed", "ready", start_time)});
    spool.beat(daemon_of("h-2", "h", start_time + 5), {modem_of("a", "starting", start_time + 5)});
    BOOST_TEST((names_of(spool.health()) == Names{"h-2", "a"}));
    BOOST_TEST(spool.health().modems[0].state == "starting");
    // Another host's daemon stays; the newest beat comes first.
    spool.beat(daemon_of("g-1", "g", start_time + 3), {modem_of("a", "ready", start_time + 3)});
    BOOST_TEST((names_of(spool.health()) == Names{"h-2", "g-1", "a"}));
    spool.beat(daemon_of("g-1", "g", start_time + 6), {});
    BOOST_TEST((names_of(spool.health()) == Names{"g-1", "h-2", "a"}));
}

BOOST_AUTO_TEST_CASE(leaving) {
    spool.beat(daemon_of("h-1", "h", start_time), {modem_of("a", "ready", start_time)});
    spool.leave("nobody");
    BOOST_TEST(spool.health().daemons.size() == 1U);
    spool.leave("h-1");
    spool.leave("h-1");
    BOOST_TEST(spool.health().daemons.empty());
    spool.beat(daemon_of("h-1", "h", start_time + 5), {modem_of("a", "ready", start_time + 5)});
    BOOST_TEST((names_of(spool.health()) == Names{"h-1", "a"}));
}

BOOST_AUTO_TEST_CASE(notes_of_pins) {
    using Fate = Spool::PinNote::Fate;
    BOOST_TEST(spool.pin_note("sim").mark == "");
    spool.note_pin("sim", {"1700000000:5", Fate::given});
    spool.note_pin("sim", {"1700000000:5", Fate::given});
    spool.note_pin("other", {"9:9", Fate::refused});
    BOOST_TEST(open(Access::read).pin_note("sim").mark == "1700000000:5");
    BOOST_TEST((spool.pin_note("sim").fate == Fate::given));
    spool.note_pin("sim", {"1700000009:5", Fate::refused});
    BOOST_TEST(spool.pin_note("sim").mark == "1700000009:5");
    BOOST_TEST((spool.pin_note("sim").fate == Fate::refused));
    BOOST_TEST(spool.pin_note("other").mark == "9:9");
    spool.note_pin("sim", {"", Fate::given});
    BOOST_TEST(spool.pin_note("sim").mark == "");
}

BOOST_AUTO_TEST_CASE(how_many_of_each_state) {
    BOOST_TEST(spool.state_counts().empty());
    (void)send(new_message("a"), start_time);
    (void)spool.submit(new_message("b"));
    (void)spool.submit(new_message("c"));
    (void)spool.submit(new_message("d"));
    (void)claim();
    std::vector<std::pair<std::string, std::int64_t>> counts;
    for (const StateCount& count : spool.state_counts())
        counts.emplace_back(name_of(count.state), count.jobs);
    using Counts = decltype(counts);
    BOOST_TEST((counts == Counts{{"queued", 2}, {"sending", 1}, {"sent", 1}}));
}

BOOST_AUTO_TEST_CASE(who_may_only_read_changes_nothing) {
    const auto id = send(new_message("a"), start_time);
    Spool reader = open(Access::read);
    BOOST_TEST(reader.find(id).has_value());
    BOOST_TEST(reader.attempts(id).size() == 1U);
    BOOST_CHECK_EXCEPTION((void)reader.submit(new_message("b")), Error,
                          [](const Error& error) { return error.fault() == Fault::unavailable; });
    BOOST_TEST(spool.state_counts().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_spool_can_be_moved) {
    Spool one = open();
    Spool two = std::move(one);
    one = open();
    const auto id = send(new_message("a"), start_time);
    BOOST_TEST(one.find(id).has_value());
    BOOST_TEST(two.find(id).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
