// Which of the ports is the modem that is wanted.

#ifndef SMSSPOOL_SPOOLD_MODEM_FIND_H
#define SMSSPOOL_SPOOLD_MODEM_FIND_H

#include "spoold/modem_probe.h"
#include "spoold/modem_settings.h"

#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

namespace smsspool {

// The first port that can do SMS and is the modem that the settings mean: the one of their IMEI;
// else, unless `imei` is set, of `device`; else, with no `device`, any. Nothing where none is.
[[nodiscard]] std::optional<std::size_t> choose_port(const std::vector<ProbedPort>& ports,
                                                     const ModemSettings& settings);

// Asks the ports that come into question and chooses. `device` alone first; then, where that is not
// the modem, all of `discover`.
[[nodiscard]] std::variant<ProbedPort, Trouble> find_modem(const ModemSettings& settings);

// The port of the modem, whether or not it answers: what find_modem() finds, else `device`, else
// the only port that opens and says nothing.
[[nodiscard]] std::variant<ProbedPort, Trouble> find_silent_modem(const ModemSettings& settings);

} // namespace smsspool

#endif
