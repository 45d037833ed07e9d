// What a lane does next, and how its modem is.

#include "spoold/lane.h"

#include "common/log.h"

#include <algorithm>

namespace smsspool {

namespace {

// The spool's own trouble (busy, full, gone): how long before it is tried again.
constexpr Ms spool_pause{1000};

// A modem that fails for no longer than this is still counted on.
constexpr Ms able_grace{5000};

TraceRing ring_of(const Config& config) {
    return config.trace == TraceDetail::off
               ? TraceRing()
               : TraceRing::make(static_cast<std::size_t>(config.trace_limit));
}

bool is_able(const std::string& state) {
    return state == "ready" || state == "limited";
}

std::string limit_text(const Quota::Limit& limit) {
    return "its limit of " + std::to_string(limit.most) + " parts a " + std::string(limit.unit) +
           " is reached until " + utc_seconds_text(limit.until);
}

} // namespace

Lane::Lane(const ModemConfig& modem, Context& context, const std::string& program,
           std::shared_ptr<Quota> quota)
    : modem_(modem), context_(context), link_(program, ring_of(context.config)),
      ladder_(context.config,
              modem.recovery_hook.empty() ? Ladder::Hook::none : Ladder::Hook::present,
              modem.provider ? Ladder::Radio::none : Ladder::Radio::present),
      trust_(context.config), quota_(std::move(quota)) {
    view_.name = modem.name;
    view_.network = "unknown";
    show_state(Monotonic::now());
}

int Lane::descriptor() const noexcept {
    return hook_.running() ? hook_.descriptor() : link_.descriptor();
}

void Lane::step() {
    const auto now = Monotonic::now();
    (void)link_.reap();
    if (const auto end = hook_.ended(now))
        end_step(*end, LogLevel::info);
    check_deadline(now);
    if (outcome_ && now >= retry_at_)
        settle();
    if (!link_.running() && !hook_.running() && now >= restart_at_ &&
        context_.phase == Context::Phase::running)
        start(now);
    if (link_.idle() && open_ && !outcome_ && now >= retry_at_)
        choose(now);
    show_state(Monotonic::now());
    release_pinned(now);
}

void Lane::check_deadline(Monotonic::time_point now) {
    if (const auto late = link_.overdue(now))
        lost(*late);
}

void Lane::choose(Monotonic::time_point now) {
    if (context_.phase == Context::Phase::stopping)
        return;
    // A modem that runs full takes nothing more in: it is emptied before anything is sent.
    const bool drain = storage_full_ && (scan_wanted_ || !removals_.empty());
    // Rarely, and before anything else: nothing is sent before the network is known.
    if (now >= next_state_) {
        next_state_ = now + context_.config.state_interval;
        ask(StateRequest{}, context_.config.scan_deadline);
    } else if (prefer_send_ && !drain) {
        (void)(send(now) || receive(now));
    } else {
        (void)(receive(now) || send(now));
    }
}

Monotonic::time_point Lane::wake_at() const {
    if (outcome_)
        return retry_at_;
    if (hook_.running())
        return hook_.deadline();
    if (!link_.running())
        return context_.phase == Context::Phase::running ? restart_at_
                                                         : Monotonic::time_point::max();
    if (!link_.idle() || !open_)
        return link_.deadline();
    if (context_.phase == Context::Phase::stopping)
        return Monotonic::time_point::max();
    return std::max(std::min({next_scan_, next_state_, send_at()}), retry_at_);
}

// When it may send again, as far as this is known.
Monotonic::time_point Lane::send_at() const {
    if (!registered_)
        return Monotonic::time_point::max();
    const auto due = look_ ? Monotonic::time_point{} : due_at_;
    auto free = std::max(hold_until_, trust_.probe_at());
    if (limit_)
        free = std::max(free, Monotonic::now() + Ms(std::max<UtcMs>(limit_->until - utc_now(), 0)));
    return std::max(due, free);
}

void Lane::ask(const Request& request, Ms patience) {
    if (!link_.ask(request, Monotonic::now() + patience))
        lost({std::nullopt, "did not take a request"});
}

void Lane::stop() {
    constexpr int patience_ms = 1000;
    release_removed();
    link_.stop(patience_ms);
    open_ = false;
    stopped_ = true;
    show_state(Monotonic::now());
}

// --- how the modem is ---------------------------------------------------------------------------

Lane::Shown Lane::shown(Monotonic::time_point now) const {
    if (stopped_)
        return {"down", "the daemon has stopped"};
    if (!open_ || !network_asked_) {
        if (ladder_.failures() > 0)
            return {ladder_.aside() ? "aside" : "down", down_why_};
        if (!unregistered_since_)
            return {"starting", ""};
    }
    if (!registered_)
        return {"waiting", "not registered in a network (" + view_.network + ")"};
    if (now < hold_until_)
        return {"waiting", hold_why_};
    if (trust_.suspected())
        return {"aside", "the network refuses what it sends; it is tried with one message each " +
                             std::to_string(trust_.pause().count()) + " ms"};
    if (limit_)
        return {"limited", limit_text(*limit_)};
    return {"ready", ""};
}

void Lane::show_state(Monotonic::time_point now) {
    limit_ = quota_->reached(utc_now());
    const Shown next = shown(now);
    if (view_.state != next.state) {
        if (next.state == "limited")
            log_warning("MODEM", modem_.name + ": " + next.error);
        view_.state = next.state;
        view_.since = utc_now();
        changed_ = true;
    }
    view_.error = next.error;
    view_.failures = ladder_.failures();
    if (!is_able(view_.state)) {
        if (!unable_since_)
            unable_since_ = now;
        return;
    }
    unable_since_.reset();
    unpinned_ = false;
    if (outage_began_)
        recovered(now);
}

bool Lane::able(Monotonic::time_point now) const {
    if (!unable_since_)
        return true;
    const Ms grace = view_.state == "starting" ? context_.config.open_deadline : able_grace;
    return now - *unable_since_ < grace;
}

// The spool failed: nothing is asked of it for a moment.
void Lane::put_off(const Error& error) {
    const auto now = Monotonic::now();
    retry_at_ = now + spool_pause;
    claim_unsure_ = true;
    context_.outage.failed(error, now);
}

// What was said since the last request: no longer than the setting, whole lines.
std::string Lane::trace() const {
    std::string text = link_.trace();
    const auto limit = static_cast<std::size_t>(context_.config.trace_limit);
    if (text.size() > limit)
        text.erase(0, text.find('\n', text.size() - limit) + 1);
    return text;
}

} // namespace smsspool
