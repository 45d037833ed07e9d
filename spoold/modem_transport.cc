// The transport over a GSM modem.

#include "spoold/modem_transport.h"

#include "common/log.h"
#include "spoold/modem_sim.h"
#include "spoold/worker_check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <poll.h>

namespace smsspool {

namespace {

constexpr std::string_view word = "MODEM";
constexpr std::string_view dummy_prefix = "dummy:";
constexpr unsigned usual_baud = 115200;
// Where the tty's descriptor is not known it cannot be waited for.
constexpr int blind_listen_ms = 1000;

const Trouble not_open{"other", "the modem is not open"};

// --- settings -----------------------------------------------------------------------------------

struct TextSetting {
    std::string_view name;
    std::string ModemSettings::*member;
};
constexpr std::array text_settings{
    TextSetting{"device", &ModemSettings::device},
    TextSetting{"discover", &ModemSettings::discover},
    TextSetting{"connection", &ModemSettings::connection},
    TextSetting{"pin", &ModemSettings::pin},
    TextSetting{"smsc", &ModemSettings::smsc},
    TextSetting{"features", &ModemSettings::features},
};

std::optional<unsigned> number_in(std::string_view text, unsigned least, unsigned most) {
    unsigned number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size() || number < least ||
        number > most)
        return std::nullopt;
    return number;
}

bool set_number(std::string_view name, std::string_view text, ModemSettings& settings) {
    using std::chrono::milliseconds;
    if (name == "scan_limit") {
        const auto number = number_in(text, 1, 50);
        settings.scan_limit = number.value_or(1);
        return number.has_value();
    }
    if (name == "send_timeout") {
        const auto number = number_in(text, 100, 600000);
        settings.send_timeout = milliseconds(number.value_or(0));
        return number.has_value();
    }
    if (name == "probe_timeout") {
        const auto number = number_in(text, 100, 60000);
        settings.probe_timeout = milliseconds(number.value_or(0));
        return number.has_value();
    }
    return true;
}

// --- words for the log --------------------------------------------------------------------------

std::string name_of(const ProbedPort& port) {
    const std::string maker = port.manufacturer.empty() ? "unknown maker" : port.manufacturer;
    return port.path + " (" + maker + ", IMEI " + (port.imei.empty() ? "unknown" : port.imei) + ")";
}

// Every port and what it said.
std::string faults_of(const std::vector<ProbedPort>& ports) {
    std::string text;
    for (const ProbedPort& port : ports) {
        text += text.empty() ? "" : "; ";
        // The texts of a port that did not open name it themselves.
        text += port.fault.find(port.path) == 0 ? port.fault : port.path + ": " + port.fault;
    }
    return text;
}

// The kind that all have in common; otherwise no device among them is one.
std::string kind_of(const std::vector<ProbedPort>& ports) {
    for (const ProbedPort& port : ports) {
        if (port.fault_kind != ports.front().fault_kind)
            return "device_missing";
    }
    return ports.empty() ? "device_missing" : ports.front().fault_kind;
}

// --- finding ------------------------------------------------------------------------------------

// The digits at the end of "at19200".
unsigned baud_of(std::string_view connection) {
    const auto digits = connection.find_first_of("0123456789");
    unsigned baud = usual_baud;
    if (digits != std::string_view::npos)
        std::from_chars(connection.data() + digits, connection.data() + connection.size(), baud);
    return baud;
}

std::variant<ProbedPort, Trouble> find_port(const ModemSettings& settings) {
    const std::vector<std::string> paths =
        settings.device.empty() ? matching_ports(settings.discover) : std::vector{settings.device};
    const auto ports = probe_ports(paths, baud_of(settings.connection), settings.probe_timeout);
    const auto found = std::find_if(ports.begin(), ports.end(),
                                    [](const ProbedPort& port) { return port.usable(); });
    if (found != ports.end())
        return *found;
    const std::string why =
        ports.empty() ? "no port matches " + settings.discover : faults_of(ports);
    log_warning(word, "Detection failed: " + why);
    return Trouble{kind_of(ports), why};
}

bool is_plain_tty(std::string_view connection) {
    return connection.substr(0, 2) == "at";
}

} // namespace

std::variant<ModemSettings, Trouble>
read_modem_settings(const std::map<std::string, std::string>& texts) {
    ModemSettings settings;
    for (const auto& [name, text] : texts) {
        if (text.empty()) // not set
            continue;
        const auto row =
            std::find_if(text_settings.begin(), text_settings.end(),
                         [&](const TextSetting& setting) { return setting.name == name; });
        if (text.find('\0') != std::string::npos || !set_number(name, text, settings))
            return Trouble{"other", "the setting " + name + " is not usable"};
        if (row != text_settings.end())
            settings.*(row->member) = text;
    }
    if (!settings.smsc.empty() && !is_dialable(settings.smsc))
        return Trouble{"other", "the setting smsc is not a number"};
    return settings;
}

Answer ModemTransport::open(const OpenRequest& request) {
    gammu_.reset();
    auto read = read_modem_settings(request.settings);
    if (const auto* trouble = std::get_if<Trouble>(&read))
        return *trouble;
    settings_ = std::get<ModemSettings>(std::move(read));
    GammuConfig config{GammuConfig::Driver::at, settings_.device, settings_.connection,
                       settings_.features,      settings_.smsc,   GammuConfig::Sim::unchecked};
    if (settings_.device.compare(0, dummy_prefix.size(), dummy_prefix) == 0) {
        config.driver = GammuConfig::Driver::dummy;
        config.device = settings_.device.substr(dummy_prefix.size());
        return connect(config, {});
    }
    if (!is_plain_tty(settings_.connection))
        return connect(config, {});
    return connect_tty();
}

Answer ModemTransport::connect_tty() {
    auto found = find_port(settings_);
    if (const auto* trouble = std::get_if<Trouble>(&found))
        return *trouble;
    const auto& port = std::get<ProbedPort>(found);
    if (const auto trouble = unlock(port))
        return *trouble;
    return connect({GammuConfig::Driver::at, port.path, settings_.connection, settings_.features,
                    settings_.smsc, GammuConfig::Sim::ready},
                   port);
}

std::optional<Trouble> ModemTransport::unlock(const ProbedPort& port) {
    switch (port.sim) {
    case Sim::ready:
    case Sim::unknown:
        return std::nullopt;
    case Sim::locked:
        return Trouble{"sim", port.path + ": the SIM is locked beyond its PIN"};
    case Sim::absent:
        return Trouble{"sim", port.path + ": no SIM"};
    case Sim::pin:
        break;
    }
    if (settings_.pin.empty())
        return Trouble{"pin", port.path + ": the SIM wants its PIN"};
    // Not "pin": the one that was tried may have been right. The process that comes next may try.
    if (pin_tried_)
        return Trouble{"other", port.path + ": the SIM wants its PIN again"};
    pin_tried_ = true;
    return unlock_sim(port.path, baud_of(settings_.connection), settings_.pin);
}

Answer ModemTransport::connect(const GammuConfig& config, const ProbedPort& port) {
    auto gammu = std::make_unique<Gammu>();
    if (const auto trouble = gammu->open(config))
        return *trouble;
    Opened opened = gammu->identity();
    port_ = port;
    // What the modem said of itself; libgammu has its own names for some makers.
    if (!port.manufacturer.empty())
        opened.manufacturer = port.manufacturer;
    if (opened.imei.empty())
        opened.imei = port.imei;
    on_tty_ = config.driver == GammuConfig::Driver::at;
    gammu_ = std::move(gammu);
    log_info(word, "Initialized on " +
                       name_of({opened.device, {}, {}, {}, opened.manufacturer, opened.imei, {}}));
    return opened;
}

Answer ModemTransport::send(const SendRequest& request) {
    if (!gammu_)
        return not_open;
    return gammu_->send(request, settings_.send_timeout);
}

Answer ModemTransport::scan() {
    if (!gammu_)
        return not_open;
    return gammu_->scan(settings_.scan_limit);
}

Answer ModemTransport::remove(const DeleteRequest& request) {
    if (!gammu_)
        return not_open;
    return gammu_->remove(request);
}

Answer ModemTransport::state() {
    if (!gammu_)
        return not_open;
    return gammu_->state(port_.incoming_memory);
}

Transport::Watch ModemTransport::watch() const {
    if (!gammu_)
        return {};
    if (gammu_->broken() || gammu_->has_incoming())
        return {-1, 0};
    if (gammu_->descriptor() >= 0)
        return {gammu_->descriptor(), -1};
    return {-1, on_tty_ ? blind_listen_ms : -1};
}

Transport::Event ModemTransport::listen() {
    if (gammu_->broken()) {
        log_warning(word, "The link is not usable any more: " + port_.path);
        return Event::gone;
    }
    // libgammu reads a device that is gone as one that is silent, for ever.
    pollfd tty{gammu_->descriptor(), POLLIN, 0};
    if (::poll(&tty, 1, 0) > 0 && (tty.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) {
        log_error(word, "The device vanished: " + port_.path);
        return Event::gone;
    }
    if (!gammu_->has_incoming())
        gammu_->listen();
    return gammu_->take_incoming() ? Event::incoming : Event::nothing;
}

} // namespace smsspool
