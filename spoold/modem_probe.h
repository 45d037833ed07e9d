// Finding the modem among the ttys: every port is asked at the same time.

#ifndef SMSSPOOL_SPOOLD_MODEM_PROBE_H
#define SMSSPOOL_SPOOLD_MODEM_PROBE_H

#include "spoold/worker_protocol.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// What the SIM says of itself (+CPIN?).
enum class Sim {
    unknown, // the modem has no such question; a CDMA stick, for one
    ready,
    pin,    // wants its PIN
    locked, // wants a PUK or an unlocking code: a person must act
    absent,
};

// What one port answered.
struct ProbedPort {
    std::string path;
    // Empty where SMS can be sent and read in PDU mode through this port, or could be once its SIM
    // is seen to; else why not.
    std::string fault;
    std::string fault_kind = "timeout"; // the word of a Trouble
    Sim sim = Sim::unknown;
    std::string manufacturer;
    std::string imei;
    std::string incoming_memory; // where arriving messages are stored: "SM", "ME", "MT"; or empty

    [[nodiscard]] bool usable() const { return fault.empty(); }
};

// The existing paths that match the space-separated glob patterns: pattern by pattern, in the order
// of their names with numbers by value, each device once (under the first of its names).
[[nodiscard]] std::vector<std::string> matching_ports(std::string_view patterns);

// Asks all ports at once, in plain AT; the answers come in the order of `paths`. A port that does
// not answer a question within `timeout`, or all within eight times that, is given up. No port is
// held when this returns.
[[nodiscard]] std::vector<ProbedPort> probe_ports(const std::vector<std::string>& paths,
                                                  unsigned baud, std::chrono::milliseconds timeout);

} // namespace smsspool

#endif
