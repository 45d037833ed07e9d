// Readiness.

#include "common/readiness.h"

namespace smsspool {

namespace {

bool fresh(UtcMs beat, const Config& config, UtcMs now) noexcept {
    return beat > now - config.heartbeat_stale.count();
}

std::string_view daemon_state(const Health& health, const Config& config, UtcMs now) {
    if (health.daemons.empty())
        return "absent";
    return fresh(health.daemons.front().beat, config, now) ? "running" : "stale";
}

bool a_modem_is_ready(const Health& health, const Config& config, UtcMs now) {
    for (const ModemView& modem : health.modems) {
        if (present_state(modem, config, now) == "ready")
            return true;
    }
    return false;
}

} // namespace

std::string_view present_state(const ModemView& modem, const Config& config, UtcMs now) noexcept {
    return fresh(modem.beat, config, now) ? std::string_view(modem.state) : "unknown";
}

Readiness readiness(const Health& health, const Config& config, UtcMs now) {
    Readiness answer;
    answer.daemon = daemon_state(health, config, now);
    if (answer.daemon != "running")
        answer.reason = "The sending daemon is not running";
    else if (!a_modem_is_ready(health, config, now))
        answer.reason = "No modem is ready";
    answer.ready = answer.reason.empty();
    return answer;
}

} // namespace smsspool
