// Which of the ports is the modem that is wanted.

#include "spoold/modem_find.h"

#include "common/log.h"

#include <algorithm>
#include <filesystem>

namespace smsspool {

namespace {

constexpr std::string_view word = "MODEM";

using Ports = std::vector<ProbedPort>;

std::filesystem::path canonical(const std::string& path) {
    std::error_code error;
    auto device = std::filesystem::canonical(path, error);
    return error ? std::filesystem::path(path) : device;
}

bool same_device(const std::string& one, const std::string& other) {
    return canonical(one) == canonical(other);
}

// Every port and what it said.
std::string faults_of(const Ports& ports) {
    std::string text;
    for (const ProbedPort& port : ports) {
        text += text.empty() ? "" : "; ";
        const std::string fault =
            port.usable() ? "another modem, IMEI " + (port.imei.empty() ? "unknown" : port.imei)
                          : port.fault;
        // The texts of a port that did not open name it themselves.
        text += fault.find(port.path) == 0 ? fault : port.path + ": " + fault;
    }
    return text;
}

// The kind that all have in common; otherwise no device among them is one.
std::string kind_of(const Ports& ports) {
    const auto differs = [&](const ProbedPort& port) {
        return port.usable() || port.fault_kind != ports.front().fault_kind;
    };
    if (ports.empty() || std::any_of(ports.begin(), ports.end(), differs))
        return "device_missing";
    return ports.front().fault_kind;
}

Ports probe(const ModemSettings& settings, const std::vector<std::string>& paths) {
    return probe_ports(paths, baud_of(settings.connection), settings.probe_timeout);
}

// The ports of `discover` that are not among `known`.
std::vector<std::string> other_ports(const ModemSettings& settings, const Ports& known) {
    auto paths = matching_ports(settings.discover);
    std::erase_if(paths, [&](const std::string& path) {
        return std::any_of(known.begin(), known.end(),
                           [&](const ProbedPort& port) { return same_device(port.path, path); });
    });
    return paths;
}

// `device` alone is enough where it is the modem; the others are asked only where it is not.
Ports ask_ports(const ModemSettings& settings) {
    if (settings.device.empty())
        return probe(settings, matching_ports(settings.discover));
    Ports ports = probe(settings, {settings.device});
    const std::string& wanted = settings.wanted_imei();
    const bool is_it = ports.front().usable() && ports.front().imei == wanted;
    if (is_it || wanted.empty())
        return ports;
    const Ports others = probe(settings, other_ports(settings, ports));
    ports.insert(ports.end(), others.begin(), others.end());
    return ports;
}

std::optional<std::size_t> index_of(const Ports& ports, auto fits) {
    const auto found = std::find_if(ports.begin(), ports.end(), [&](const ProbedPort& port) {
        return port.usable() && fits(port);
    });
    if (found == ports.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - ports.begin());
}

std::variant<ProbedPort, Trouble> choose_from(const Ports& ports, const ModemSettings& settings) {
    if (const auto chosen = choose_port(ports, settings)) {
        const ProbedPort& port = ports[*chosen];
        if (!settings.device.empty() && !same_device(port.path, settings.device))
            log_warning(word, "The modem of IMEI " + port.imei + " is not " + settings.device +
                                  " but " + port.path + " now");
        return port;
    }
    const std::string why =
        ports.empty() ? "no port matches " + settings.discover : faults_of(ports);
    log_warning(word, "Detection failed: " + why);
    return Trouble{kind_of(ports), why};
}

} // namespace

std::optional<std::size_t> choose_port(const Ports& ports, const ModemSettings& settings) {
    const std::string& wanted = settings.wanted_imei();
    if (!wanted.empty()) {
        const auto same = [&](const ProbedPort& port) { return port.imei == wanted; };
        if (const auto found = index_of(ports, same))
            return found;
    }
    if (!settings.imei.empty())
        return std::nullopt;
    return index_of(ports, [&](const ProbedPort& port) {
        return settings.device.empty() || same_device(port.path, settings.device);
    });
}

std::variant<ProbedPort, Trouble> find_modem(const ModemSettings& settings) {
    return choose_from(ask_ports(settings), settings);
}

std::variant<ProbedPort, Trouble> find_silent_modem(const ModemSettings& settings) {
    const Ports ports = ask_ports(settings);
    const std::string& wanted = settings.wanted_imei();
    // Also one that cannot do SMS at the moment.
    for (const ProbedPort& port : ports) {
        if (!wanted.empty() && port.imei == wanted)
            return port;
    }
    if (const auto chosen = choose_port(ports, settings))
        return ports[*chosen];
    const auto is_silent = [&](const ProbedPort& port) {
        return !port.usable() && port.fault_kind == "timeout" && port.imei.empty() &&
               (settings.device.empty() || same_device(port.path, settings.device));
    };
    const auto silent = std::find_if(ports.begin(), ports.end(), is_silent);
    if (silent == ports.end() || std::find_if(silent + 1, ports.end(), is_silent) != ports.end())
        return choose_from(ports, settings);
    return *silent;
}

} // namespace smsspool
