// Unlocking the SIM, with every care not to use up its tries.

#ifndef SMSSPOOL_SPOOLD_MODEM_SIM_H
#define SMSSPOOL_SPOOLD_MODEM_SIM_H

#include "spoold/worker_protocol.h"

#include <optional>
#include <string>
#include <variant>

namespace smsspool {

// What is known of a PIN. Unsure: it may have been given before, and no answer came.
enum class PinHistory { fresh, unsure };

// Gives `pin` to the SIM behind `path`, which was seen to want it, and waits until it is ready.
// Nothing where it is. The PIN is sent once; it is not sent at all if it is not 4 to 8 digits or
// the SIM says that fewer than two tries are left. An unsure one is sent only if the SIM says that
// none of its three tries was used. No log and no text holds it.
[[nodiscard]] std::optional<Trouble> unlock_sim(const std::string& path, unsigned baud,
                                                const std::string& pin, PinHistory history);

// The IMSI of the SIM behind `path`, which is ready; Trouble where it does not come.
[[nodiscard]] std::variant<std::string, Trouble> ask_imsi(const std::string& path, unsigned baud);

} // namespace smsspool

#endif
