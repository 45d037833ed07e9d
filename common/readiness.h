// Whether messages can leave now, as the daemon's and the modems' heartbeats say.

#ifndef SMSSPOOL_COMMON_READINESS_H
#define SMSSPOOL_COMMON_READINESS_H

#include "common/settings.h"
#include "common/spool.h"

#include <string>
#include <string_view>

namespace smsspool {

struct Readiness {
    bool ready = false;
    std::string_view daemon; // running, stale, absent
    std::string reason;      // why messages do not leave now, a sentence; empty: they do
};

// Ready: a daemon's heartbeat is younger than `heartbeat_stale`, and so is that of a modem that is
// ready, or limited: such a modem works, and what has to wait for its limits leaves by itself.
// Where all that work are limited, there is a `reason` beside `ready`.
[[nodiscard]] Readiness readiness(const Health& health, const Config& config, UtcMs now);

// The same for the messages of one route: only its modems count. A route that is not configured
// (any more), and the empty one, have all modems.
[[nodiscard]] Readiness readiness(const Health& health, const Config& config,
                                  std::string_view route, UtcMs now);

// The modem's state if its heartbeat is younger than `heartbeat_stale`, else "unknown".
[[nodiscard]] std::string_view present_state(const ModemView& modem, const Config& config,
                                             UtcMs now) noexcept;
// The same of an agent, which is heard of every few seconds whatever the settings say: after half a
// minute at the earliest.
[[nodiscard]] std::string_view present_state(const AgentView& agent, const Config& config,
                                             UtcMs now) noexcept;

} // namespace smsspool

#endif
