// Readiness.

#include "common/readiness.h"

#include <algorithm>

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

// The names of the modems that a route has; nothing: all.
std::vector<std::string> modems_of(const Config& config, std::string_view name) {
    for (const RouteConfig& route : config.routes) {
        if (route.name == name)
            return words_in(route.modems + " " + route.fallback);
    }
    return {};
}

enum class Modems { none, limited, ready };

Modems look_at(const Health& health, const std::vector<std::string>& names, const Config& config,
               UtcMs now) {
    Modems found = Modems::none;
    for (const ModemView& modem : health.modems) {
        const std::string_view state = present_state(modem, config, now);
        if (!names.empty() &&
            std::find(names.begin(), names.end(), sender_of(modem.name)) == names.end())
            continue;
        if (state == "ready")
            return Modems::ready;
        if (state == "limited")
            found = Modems::limited;
    }
    return found;
}

} // namespace

std::string_view present_state(const ModemView& modem, const Config& config, UtcMs now) noexcept {
    return fresh(modem.beat, config, now) ? std::string_view(modem.state) : "unknown";
}

std::string_view present_state(const AgentView& agent, const Config& config, UtcMs now) noexcept {
    const Ms stale = std::max<Ms>(config.heartbeat_stale, std::chrono::seconds(30));
    return agent.beat > now - stale.count() ? std::string_view(agent.state) : "unknown";
}

Readiness readiness(const Health& health, const Config& config, UtcMs now) {
    return readiness(health, config, {}, now);
}

Readiness readiness(const Health& health, const Config& config, std::string_view route, UtcMs now) {
    Readiness answer;
    answer.daemon = daemon_state(health, config, now);
    if (answer.daemon != "running") {
        answer.reason = "The sending daemon is not running";
        return answer;
    }
    const auto names = modems_of(config, route);
    const Modems modems = look_at(health, names, config, now);
    answer.ready = modems != Modems::none;
    if (!answer.ready)
        answer.reason = names.empty() ? "No modem is ready" : "No modem of its route is ready";
    else if (modems == Modems::limited)
        answer.reason = "The modems have reached their limits";
    return answer;
}

} // namespace smsspool
