// Everything that is simulated, put together: line, conversation, modem, network, faults.

#ifndef SMSSPOOL_TESTS_SIMMODEM_SIMULATOR_H
#define SMSSPOOL_TESTS_SIMMODEM_SIMULATOR_H

#include "tests/simmodem/dialogue.h"
#include "tests/simmodem/events.h"
#include "tests/simmodem/faults.h"
#include "tests/simmodem/modem.h"
#include "tests/simmodem/network.h"
#include "tests/simmodem/port.h"
#include "tests/simmodem/timers.h"

#include <chrono>
#include <optional>
#include <string>

namespace smsspool::sim {

class Simulator {
public:
    // Makes the terminal and its link, opens the air file. Throws Error unavailable.
    Simulator(const std::string& link, const std::string& air, const ModemOptions& options);

    Timers timers;
    Events events;
    Faults faults;
    Network network;
    Modem modem;
    Port port;
    Dialogue dialogue;

    // Switches a fault and does what follows from it at once.
    void switch_on(FaultName name, const FaultSettings& settings);
    // A number: only that refusal. A link: the name under which an unplugged modem comes back.
    void switch_off(FaultName name, const std::string& number = {}, const std::string& link = {});

    // How long the line is away when the client restarts the modem; 0: it stays.
    void set_reboot_time(std::chrono::milliseconds time) { reboot_time_ = time; }

private:
    [[nodiscard]] Port::Listener listener();
    [[nodiscard]] Dialogue::Line line();
    void client(const char* what);
    void unplug(const FaultSettings& settings);
    void plug(const std::string& link);
    void die();
    void switched();
    void restarted();

    std::optional<Timers::Id> replug_; // when an unplugged modem comes back by itself
    std::chrono::milliseconds reboot_time_{0};
};

} // namespace smsspool::sim

#endif
