// The parts of the simulator and their wires.

#include "tests/simmodem/simulator.h"

#include "common/log.h"

namespace smsspool::sim {

Simulator::Simulator(const std::string& link, const std::string& air, const ModemOptions& options)
    : events(air), network(timers, events, faults, {options.imei, options.smsc}),
      modem(options, network, faults), port(link, listener()),
      dialogue(modem, network, events, timers, line()) {
    modem.set_on_restart([this] { restarted(); });
}

Port::Listener Simulator::listener() {
    return {[this](std::string_view bytes) { dialogue.receive(bytes); }, [this] { client("open"); },
            [this] {
                dialogue.reset();
                client("close");
            }};
}

Dialogue::Line Simulator::line() {
    return {[this](std::string_view bytes) { port.write(bytes); }, [this] { die(); }};
}

void Simulator::client(const char* what) {
    log_debug("MODEM", std::string("client: ") + what);
    events.record(EventKind::client, {}, what,
                  std::string(R"({"event":"client","text":")") + what + "\"}");
}

void Simulator::switch_on(FaultName name, const FaultSettings& settings) {
    faults.on(name, settings);
    if (name == FaultName::unplug)
        unplug(settings);
    switched();
}

void Simulator::switch_off(FaultName name, const std::string& number, const std::string& link) {
    faults.off(name, number);
    if (name == FaultName::unplug)
        plug(link);
    switched();
}

void Simulator::unplug(const FaultSettings& settings) {
    if (replug_)
        timers.cancel(*replug_);
    replug_.reset();
    port.unplug();
    if (settings.ms > 0)
        replug_ =
            timers.after(std::chrono::milliseconds{settings.ms},
                         [this, link = settings.link] { switch_off(FaultName::unplug, {}, link); });
}

void Simulator::plug(const std::string& link) {
    if (replug_)
        timers.cancel(*replug_);
    replug_.reset();
    if (!port.plugged())
        port.plug(link);
}

void Simulator::die() {
    const auto death = faults.use(FaultName::die_in_pdu);
    faults.off(FaultName::die_in_pdu);
    switch_on(FaultName::unplug, death.value_or(FaultSettings{}));
}

// The answer to the command that did it is still to be read by the client.
void Simulator::restarted() {
    constexpr std::chrono::milliseconds last_words{50};
    if (reboot_time_.count() == 0)
        return;
    FaultSettings away;
    away.ms = reboot_time_.count();
    timers.after(last_words, [this, away] { switch_on(FaultName::unplug, away); });
}

void Simulator::switched() {
    modem.changed();
    dialogue.faults_changed();
    dialogue.say_unasked();
}

} // namespace smsspool::sim
