// What the daemon does from time to time.

#include "common/disk.h"
#include "common/log.h"
#include "spoold/daemon.h"
#include "spoold/records.h"
#include "spoold/routing.h"

#include <algorithm>
#include <array>

namespace smsspool {

namespace {

constexpr Ms traces_kept = std::chrono::hours(24 * 30);

// Replies of a modem that is not in the configuration any more are given up this much later.
constexpr Ms forgotten_modem_grace = std::chrono::minutes(2);

} // namespace

bool Daemon::try_to(void (Daemon::*what)()) {
    try {
        (this->*what)();
        return true;
    } catch (const Error& error) {
        context_.outage.failed(error, Monotonic::now());
        return error.fault() != Fault::busy;
    }
}

void Daemon::beat() {
    self_.beat = utc_now();
    std::vector<ModemView> views;
    for (const auto& lane : lanes_) {
        views.push_back(lane->view());
        views.back().beat = self_.beat;
    }
    spool_.beat(self_, views);
    context_.outage.worked(Monotonic::now());
}

void Daemon::sweep() {
    // Where a poke was lost, this is what finds the work.
    look_everywhere();
    folded_ = unfinished_ = walking_ = true;
    texts_came();
    watch_disk();
    constexpr std::array chores{&Daemon::reroute, &Daemon::give_up_replies,
                                &Daemon::hand_out_fragments, &Daemon::purge};
    (void)std::all_of(chores.begin(), chores.end(), [&](auto chore) { return try_to(chore); });
}

// Said once, when it begins and when it ends.
void Daemon::watch_disk() {
    constexpr std::int64_t mega = 1024 * 1024;
    const auto free = free_bytes(config_.spool);
    const bool low = free && *free < config_.disk_reserve;
    if (!free || low == disk_low_)
        return;
    disk_low_ = low;
    const std::string room = std::to_string(*free / mega) + " MB free beside the spool";
    if (low)
        log_warning("SPOOL", room + ", less than disk_reserve: new messages get 507; what was "
                                    "accepted is still sent");
    else
        log_info("SPOOL", room + ": new messages are accepted again");
}

// Routes may have gone from the configuration since their messages were accepted.
void Daemon::reroute() {
    const std::int64_t moved = spool_.reroute(route_names(config_));
    if (moved > 0)
        log_warning("DAEMON", std::to_string(moved) +
                                  " waiting messages were of routes that are not in the "
                                  "configuration; any modem may send them now");
}

void Daemon::hand_out_fragments() {
    const UtcMs now = utc_now();
    for (const TakenIn& taken :
         spool_.assemble_overdue(now - config_.assembly_timeout.count(), numbers_, now))
        record_incoming(taken, config_);
}

// Each sweep begins a walk where none is under way. It takes a hundredth of the daemon's time,
// however long the queue; where the spool is slow, no bite waits longer than a sweep.
void Daemon::expire() {
    const auto began = Monotonic::now();
    if (!walking_ || began < next_walk_)
        return;
    walking_ = false; // if it throws, the next sweep goes on
    (void)try_to(&Daemon::expire_some);
    constexpr int share = 100;
    const Monotonic::duration pause = share * (Monotonic::now() - began);
    next_walk_ = began + std::min<Monotonic::duration>(pause, config_.sweep_interval);
}

void Daemon::expire_some() {
    const bool can_send = std::any_of(lanes_.begin(), lanes_.end(),
                                      [](const auto& lane) { return lane->can_send(); });
    // Contract 1.11: the word for "there was no modem"; and ours for every other delay.
    const std::string_view code = can_send ? "EXPIRED" : "MODEM_NOT_AVAILABLE";
    const std::string_view text = can_send ? "The message was not sent while it was valid"
                                           : "Could not establish connection to GSM modem";
    for (const SweptJob& job : spool_.expire(walked_, utc_now(), code, text))
        record_expired(job);
    walking_ = static_cast<bool>(walked_);
}

// Where the modem is read, its lane gives up replies after each scan. Here are the others: what
// waits on a modem that cannot be read nobody knows, but no client waits for ever. The grace counts
// from the deadline, and from the last time that the modem could be read (or this start).
void Daemon::give_up_replies() {
    const UtcMs before = utc_now() - config_.reply_grace.count();
    const auto give_up = [&](std::string_view modem, UtcMs deadline) {
        for (const SweptJob& job : spool_.give_up_replies(modem, deadline))
            record_reply_late(job);
    };
    for (const auto& lane : lanes_) {
        if (lane->last_read() < before)
            give_up(lane->view().name, before);
    }
    const UtcMs forgotten = before - forgotten_modem_grace.count();
    if (self_.started < forgotten)
        give_up("", forgotten);
}

void Daemon::purge() {
    const UtcMs now = utc_now();
    if (config_.retention.count() > 0) {
        for (const SweptJob& job : spool_.purge(now - config_.retention.count()))
            record_purged(job, now);
    }
    spool_.purge_traces(now - config_.idempotency_window.count(), now - traces_kept.count());
}

} // namespace smsspool
