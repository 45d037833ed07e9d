// The transport over a GSM modem.

#include "spoold/modem_transport.h"

#include "common/log.h"
#include "spoold/modem_find.h"
#include "spoold/modem_reset.h"
#include "spoold/modem_sim.h"

#include <algorithm>
#include <poll.h>

namespace smsspool {

namespace {

constexpr std::string_view word = "MODEM";
constexpr std::string_view dummy_prefix = "dummy:";
// Where the tty's descriptor is not known it cannot be waited for.
constexpr int blind_listen_ms = 1000;

const Trouble not_open{"other", "the modem is not open"};

std::string name_of(const ProbedPort& port) {
    const std::string maker = port.manufacturer.empty() ? "unknown maker" : port.manufacturer;
    return port.path + " (" + maker + ", IMEI " + (port.imei.empty() ? "unknown" : port.imei) + ")";
}

bool is_dummy(const std::string& device) {
    return device.compare(0, dummy_prefix.size(), dummy_prefix) == 0;
}

std::string last_digits(const std::string& number) {
    constexpr std::size_t shown = 4;
    return number.substr(number.size() - std::min(shown, number.size()));
}

bool is_plain_tty(std::string_view connection) {
    return connection.substr(0, 2) == "at";
}

} // namespace

Answer ModemTransport::open(const OpenRequest& request) {
    gammu_.reset();
    auto read = read_modem_settings(request.settings);
    if (const auto* trouble = std::get_if<Trouble>(&read))
        return *trouble;
    settings_ = std::get<ModemSettings>(std::move(read));
    GammuConfig config{GammuConfig::Driver::at, settings_.device, settings_.connection,
                       settings_.features,      settings_.smsc,   GammuConfig::Sim::unchecked};
    if (is_dummy(settings_.device)) {
        config.driver = GammuConfig::Driver::dummy;
        config.device = settings_.device.substr(dummy_prefix.size());
        return connect(config, {});
    }
    if (!is_plain_tty(settings_.connection))
        return connect(config, {});
    return connect_tty();
}

Answer ModemTransport::connect_tty() {
    auto found = find_modem(settings_);
    if (const auto* trouble = std::get_if<Trouble>(&found))
        return *trouble;
    const auto& port = std::get<ProbedPort>(found);
    if (const auto trouble = unlock(port))
        return *trouble;
    if (const auto trouble = check_imsi(port))
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
    return unlock_sim(port.path, baud_of(settings_.connection), settings_.pin,
                      settings_.pin_history);
}

std::optional<Trouble> ModemTransport::check_imsi(const ProbedPort& port) const {
    if (settings_.imsi.empty())
        return std::nullopt;
    const auto asked = ask_imsi(port.path, baud_of(settings_.connection));
    if (const auto* trouble = std::get_if<Trouble>(&asked))
        return *trouble;
    const auto& found = std::get<std::string>(asked);
    if (found == settings_.imsi)
        return std::nullopt;
    return Trouble{"sim", port.path + ": the SIM is the one that ends in " + last_digits(found) +
                              ", wanted is " + last_digits(settings_.imsi)};
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

Answer ModemTransport::reset(const ResetRequest& request) {
    gammu_.reset();
    auto read = read_modem_settings(request.settings);
    if (const auto* trouble = std::get_if<Trouble>(&read))
        return *trouble;
    const auto& settings = std::get<ModemSettings>(read);
    if (is_dummy(settings.device) || !is_plain_tty(settings.connection))
        return Done{};
    const auto found = find_silent_modem(settings);
    if (const auto* trouble = std::get_if<Trouble>(&found))
        return *trouble;
    const auto& port = std::get<ProbedPort>(found);
    auto answer = reset_modem(port.path, baud_of(settings.connection), request.level);
    if (auto* trouble = std::get_if<Trouble>(&answer);
        trouble && trouble->text.find(port.path) != 0)
        trouble->text = port.path + ": " + trouble->text;
    return answer;
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
