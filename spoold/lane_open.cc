// How a lane opens its modem: a worker, its settings, and the PIN.

#include "common/log.h"
#include "spoold/lane.h"

#include <algorithm>

namespace smsspool {

namespace {

// The worker's own patience ends before the daemon's, so that a silent network is the worker's
// "unknown" and only a hung worker is killed.
constexpr Ms least_send_timeout{1000};

Ms worker_send_timeout(const Config& config) {
    return std::max(least_send_timeout, config.send_deadline / 2);
}

std::string shown_trace(const Config& config) {
    for (const auto& setting : settings()) {
        if (setting.name == "trace")
            return show(setting, config);
    }
    return "off";
}

} // namespace

void Lane::remember(const ModemView& before) {
    if (modem_.device.empty() || modem_.device == before.device)
        known_imei_ = before.imei;
}

void Lane::start(Monotonic::time_point now) {
    step_began_ = now;
    try {
        switch (next_rung_) {
        case Rung::reopen:
            open_modem();
            break;
        case Rung::radio:
            start_reset(ResetRequest::Level::radio);
            break;
        case Rung::reset:
            start_reset(ResetRequest::Level::modem);
            break;
        case Rung::hook:
            start_hook(now);
            break;
        }
    } catch (const Error& error) {
        fail(error.what(), Obstacle::settings, Doing::other);
    }
}

void Lane::open_modem() {
    OpenRequest request{worker_settings()};
    if (!add_secret(request) || !add_pin(request))
        return;
    link_.start();
    ask(request, context_.config.open_deadline);
}

std::map<std::string, std::string> Lane::worker_settings() const {
    std::map<std::string, std::string> all;
    for (const auto& setting : modem_settings())
        all[std::string(setting.name)] = show(setting, modem_);
    if (modem_.provider) {
        for (const auto& setting : provider_settings())
            all[std::string(setting.name)] = show(setting, *modem_.provider);
    }
    all["send_timeout"] = std::to_string(worker_send_timeout(context_.config).count());
    all["trace"] = shown_trace(context_.config);
    if (!known_imei_.empty())
        all["known_imei"] = known_imei_;
    return all;
}

// False: not now.
bool Lane::add_secret(OpenRequest& request) {
    if (!modem_.provider || modem_.provider->secret_file.empty())
        return true;
    try {
        request.settings["secret"] = read_secret(modem_.provider->secret_file);
        return true;
    } catch (const Error& error) {
        fail(std::string("cannot be given its secret: ") + error.what(), Obstacle::settings,
             Doing::other);
        return false;
    }
}

// False: not now. A PIN that failed once is never given again: three wrong ones lock the SIM. That
// it is given is written down before, so that one whose answer nobody heard is known as such.
bool Lane::add_pin(OpenRequest& request) {
    given_pin_.clear();
    if (modem_.pin_file.empty())
        return true;
    // Taken before the file is read: what is written meanwhile is not what failed.
    const std::string mark = secret_mark(modem_.pin_file);
    const auto pin = read_pin();
    if (!pin)
        return false;
    try {
        const Spool::PinNote note = context_.spool.pin_note(modem_.name);
        if (pin_is_refused(mark, note))
            return true;
        request.settings["pin"] = *pin;
        if (mark == note.mark)
            request.settings.insert_or_assign("pin_unsure", std::string(1, '1'));
        context_.spool.note_pin(modem_.name, {mark, Spool::PinNote::Fate::given});
        given_pin_ = mark;
        return true;
    } catch (const Error& error) {
        put_off(error);
        restart_at_ = retry_at_;
        return false;
    }
}

std::optional<std::string> Lane::read_pin() {
    try {
        return read_secret(modem_.pin_file);
    } catch (const Error& error) {
        fail(std::string("cannot be given its PIN: ") + error.what(), Obstacle::settings,
             Doing::other);
        return std::nullopt;
    }
}

bool Lane::pin_is_refused(const std::string& mark, const Spool::PinNote& note) {
    const bool noted = mark == note.mark && note.fate == Spool::PinNote::Fate::refused;
    if (!noted && mark != refused_pin_)
        return false;
    if (mark != told_refused_pin_)
        log_error("MODEM", modem_.name + ": the SIM refused the PIN of " + modem_.pin_file +
                               "; it is not given again until that file changes");
    told_refused_pin_ = mark;
    return true;
}

void Lane::note_pin(const Spool::PinNote& note) {
    try {
        context_.spool.note_pin(modem_.name, note);
    } catch (const Error& error) {
        put_off(error);
    }
}

void Lane::opened(const Opened& opened) {
    if (!given_pin_.empty())
        note_pin({}); // the PIN was right; a note that stays only makes the next try more careful
    given_pin_.clear();
    known_imei_ = opened.imei;
    view_.device = opened.device;
    view_.manufacturer = opened.manufacturer;
    view_.model = opened.model;
    view_.imei = opened.imei;
    view_.imsi = opened.imsi;
    open_ = true;
    whole_ = opened.whole;
    look_ = true;
    registered_ = !unregistered_since_;
    network_asked_ = false;
    hold_until_ = {};
    stuck_.clear();
    // How the network is comes first, then what came in while nobody listened.
    scan_wanted_ = true;
    prefer_send_ = false;
    next_state_ = Monotonic::now();
    if (outage_began_)
        view_.step = std::string(name_of(Rung::reopen)) + ": done";
    changed_ = true;
    log_info("MODEM", "Connection established: " + modem_.name + " on " + opened.device + " (" +
                          opened.manufacturer + " " + opened.model + ", IMEI " + opened.imei + ")");
}

} // namespace smsspool
