// The recovery ladder.

#include "spoold/ladder.h"

#include <algorithm>

namespace smsspool {

std::string_view name_of(Rung rung) noexcept {
    switch (rung) {
    case Rung::reopen:
        return "another worker";
    case Rung::radio:
        return "radio off and on";
    case Rung::reset:
        return "reset of the modem";
    case Rung::hook:
        return "recovery_hook";
    }
    return {};
}

Ms doubled(Ms first, Ms most, std::int64_t times) noexcept {
    Ms pause = first;
    for (; times > 0 && pause < most; --times)
        pause = std::max(pause * 2, Ms(1));
    return std::min(pause, most);
}

Ladder::Next Ladder::failed(Obstacle obstacle, Doing doing, Monotonic::time_point now) {
    if (answered_since_ && now - last_ >= config_.ladder_again)
        worked(Doing::sending);
    last_ = now;
    answered_since_ = false;
    sending_failed_ = sending_failed_ || doing == Doing::sending;
    ++failures_;
    const Rung next = rung(obstacle, now);
    if (obstacle == Obstacle::settings || obstacle == Obstacle::sim)
        return {next, config_.worker_pause_most};
    // What it needs has just been found out: waiting would not make it truer.
    if (failures_ == 1 || next != Rung::reopen)
        return {next, Ms(0)};
    return {next, doubled(config_.worker_pause, config_.worker_pause_most, failures_ - 2)};
}

void Ladder::worked(Doing doing) noexcept {
    if (sending_failed_ && doing != Doing::sending) {
        answered_since_ = true;
        return;
    }
    failures_ = 0;
    sending_failed_ = false;
    answered_since_ = false;
    tried_ = {};
}

// One a failure, the gentle ones first.
Rung Ladder::rung(Obstacle obstacle, Monotonic::time_point now) {
    if (obstacle == Obstacle::settings)
        return Rung::reopen;
    if (obstacle != Obstacle::port && radio_ == Radio::present) {
        if (take(Rung::radio, config_.radio_after, now))
            return Rung::radio;
        if (take(Rung::reset, config_.reset_after, now))
            return Rung::reset;
    }
    if (hook_ == Hook::present && take(Rung::hook, config_.hook_after, now))
        return Rung::hook;
    return Rung::reopen;
}

bool Ladder::take(Rung rung, std::int64_t after, Monotonic::time_point now) {
    auto& tried = tried_[static_cast<std::size_t>(rung)];
    if (after == 0 || failures_ < after || (tried && now - *tried < config_.ladder_again))
        return false;
    tried = now;
    return true;
}

} // namespace smsspool
