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
    std::string reason;      // why not ready, a sentence; empty if ready
};

// Ready: a daemon's heartbeat is younger than `heartbeat_stale`, and so is that of a modem that is
// ready.
[[nodiscard]] Readiness readiness(const Health& health, const Config& config, UtcMs now);

// The modem's state if its heartbeat is younger than `heartbeat_stale`, else "unknown".
[[nodiscard]] std::string_view present_state(const ModemView& modem, const Config& config,
                                             UtcMs now) noexcept;

} // namespace smsspool

#endif
