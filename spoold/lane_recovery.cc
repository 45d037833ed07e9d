// What a lane tries when its modem fails.

#include "common/log.h"
#include "spoold/lane.h"

#include <iomanip>
#include <sstream>

namespace smsspool {

namespace {

// The same failure of a modem that is set aside is not news each few seconds.
constexpr std::chrono::minutes tell_again{1};

std::string seconds_text(Monotonic::duration time) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(1) << std::chrono::duration<double>(time).count()
         << " s";
    return text.str();
}

} // namespace

void Lane::fail(const std::string& why, Obstacle obstacle, Doing doing) {
    link_.stop(0);
    view_.trace = trace();
    open_ = false;
    network_asked_ = false;
    removals_.clear();
    // What was known of the network is not known any more.
    view_.network = "unknown";
    view_.operator_name.clear();
    view_.signal = view_.used = view_.capacity = -1;
    unregistered_since_.reset();
    const auto now = Monotonic::now();
    const bool was_aside = ladder_.aside();
    const Ladder::Next next = ladder_.failed(obstacle, doing, now);
    if (!outage_began_)
        outage_began_ = now;
    ++outage_failures_;
    next_rung_ = next.rung;
    restart_at_ = now + next.pause;
    down_why_ = "the worker " + why;
    if (!was_aside)
        view_.step.clear();
    tell_failure(why, next);
    if (!was_aside && ladder_.aside())
        tell_aside();
}

void Lane::tell_failure(const std::string& why, const Ladder::Next& next) {
    const auto now = Monotonic::now();
    const bool news =
        next.rung != Rung::reopen || why != told_why_ || now >= tell_again_at_ || !ladder_.aside();
    const std::string when = next.pause.count() == 0
                                 ? std::string("at once")
                                 : "in " + std::to_string(next.pause.count()) + " ms";
    const std::string line =
        modem_.name + ": the worker " + why + "; " +
        (next.rung == Rung::reopen ? "another is started " + when
                                   : when + ": " + std::string(name_of(next.rung)));
    log(news ? LogLevel::warning : LogLevel::debug, "MODEM", line);
    if (!news)
        return;
    told_why_ = why;
    tell_again_at_ = now + tell_again;
}

void Lane::tell_aside() {
    log_warning("MODEM", modem_.name + ": set aside after " + std::to_string(ladder_.failures()) +
                             " failures in a row; it is tried again at least each " +
                             std::to_string(context_.config.worker_pause_most.count()) + " ms");
}

// Without a failure: at once.
void Lane::begin(Rung rung) {
    constexpr int patience_ms = 50;
    link_.stop(patience_ms);
    open_ = false;
    network_asked_ = false;
    removals_.clear();
    next_rung_ = rung;
    restart_at_ = Monotonic::now();
}

void Lane::start_reset(ResetRequest::Level level) {
    link_.start();
    // No PIN: what resets a modem does not unlock it.
    ask(ResetRequest{level, worker_settings()}, context_.config.reset_deadline);
}

void Lane::start_hook(Monotonic::time_point now) {
    hook_.start(modem_.recovery_hook, {modem_.name, view_.device, view_.imei},
                now + context_.config.reset_deadline);
}

// A radio, reset or hook came to its end: whatever came of it, the modem is opened next.
void Lane::end_step(const std::string& result, LogLevel level) {
    const auto now = Monotonic::now();
    const std::string name(name_of(next_rung_));
    if (level == LogLevel::warning)
        view_.trace = trace();
    view_.step = name + ": " + result;
    changed_ = true;
    log(level, "MODEM",
        modem_.name + ": " + name + ": " + result + " (" + seconds_text(now - step_began_) + ")");
    begin(Rung::reopen);
}

void Lane::recovered(Monotonic::time_point now) {
    const auto lasted = now - *outage_began_;
    ++view_.recoveries;
    view_.recovery_ms = std::chrono::duration_cast<Ms>(lasted).count();
    changed_ = true;
    log_info("MODEM", modem_.name + ": recovered after " + seconds_text(lasted) + ", " +
                          std::to_string(outage_failures_) +
                          (outage_failures_ == 1 ? " failure" : " failures"));
    outage_began_.reset();
    outage_failures_ = 0;
    told_why_.clear();
}

// Messages of which this modem sent the first parts wait for it, but not for ever.
void Lane::release_pinned(Monotonic::time_point now) {
    if (!unable_since_ || unpinned_ || outcome_ || work_ || now < retry_at_ ||
        now - *unable_since_ < context_.config.modem_patience)
        return;
    try {
        const std::int64_t released = context_.spool.unpin(modem_.name);
        unpinned_ = true;
        if (released > 0)
            log_warning("MODEM", modem_.name + ": " + std::to_string(released) +
                                     " of its messages are sent from their first part again, "
                                     "through any modem");
    } catch (const Error& error) {
        put_off(error);
    }
}

} // namespace smsspool
