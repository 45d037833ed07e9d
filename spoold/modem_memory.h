// The memory for delivery reports (SR), which libgammu does not know, in plain AT commands.
//
// The memory that was chosen before is chosen again afterwards: libgammu remembers it.

#ifndef SMSSPOOL_SPOOLD_MODEM_MEMORY_H
#define SMSSPOOL_SPOOLD_MODEM_MEMORY_H

#include "spoold/modem_port.h"

#include <string>
#include <variant>
#include <vector>

namespace smsspool {

struct StoredPdu {
    int place = 0;
    std::string pdu; // in hexadecimal

    friend bool operator==(const StoredPdu&, const StoredPdu&) = default;
};

// The messages in an answer to +CMGL, in its order. What is not in hexadecimal is left out.
[[nodiscard]] std::vector<StoredPdu> stored_pdus(const std::vector<std::string>& lines);

// What stands in SR. Trouble of the kind `timeout` after an answer that did not come: then the port
// is in an unknown state; `other` where the modem refused.
[[nodiscard]] std::variant<std::vector<StoredPdu>, Trouble> list_reports(AtPort& port);

// Deletes one place of SR. Done also where it was empty.
[[nodiscard]] Answer delete_report(AtPort& port, int place);

} // namespace smsspool

#endif
