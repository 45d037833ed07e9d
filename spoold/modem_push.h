// What a modem says unasked, and how it is told to.

#ifndef SMSSPOOL_SPOOLD_MODEM_PUSH_H
#define SMSSPOOL_SPOOLD_MODEM_PUSH_H

#include "spoold/modem_port.h"

#include <optional>
#include <string>
#include <string_view>

namespace smsspool {

// The command by which the modem announces what arrives, chosen from what it offers in its answer
// to +CNMI=?, as "(0-2),(0-3),(0,2),(0-2),(0,1)". Messages are stored rather than handed over, and
// so are delivery reports where that can be. Nothing where the offer cannot be read or no
// announcement is in it.
[[nodiscard]] std::optional<std::string> announce_command(std::string_view offer);

// How this modem announces what arrives.
struct Push {
    // Something that is handed over counts as received only once it was acknowledged (+CNMA).
    bool wants_acknowledge = false;
    bool has_report_memory = false; // SR, where reports may be stored
};

// Switches the announcements on, and asks for the rest. Nothing where the modem fell silent; a
// refusal leaves things as they are.
[[nodiscard]] std::optional<Push> switch_on_push(AtPort& port);

} // namespace smsspool

#endif
