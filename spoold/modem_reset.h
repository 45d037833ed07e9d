// Bringing a modem back to its senses, in plain AT commands.

#ifndef SMSSPOOL_SPOOLD_MODEM_RESET_H
#define SMSSPOOL_SPOOLD_MODEM_RESET_H

#include "spoold/worker_protocol.h"

#include <string>

namespace smsspool {

// Switches the radio off and on, or starts the modem again, whether or not it answers; then waits
// until it answers AT or, after a start, hangs up. Done; or Trouble where the port cannot be
// opened, the modem refuses or stays silent. Takes 20 s at most.
[[nodiscard]] Answer reset_modem(const std::string& path, unsigned baud, ResetRequest::Level level);

} // namespace smsspool

#endif
