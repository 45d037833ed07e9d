// Who is told next.

#include "pull/webhook_board.h"

#include "pull/backoff.h"

#include <algorithm>

namespace smsspool {

namespace {

// Of job ids kept here; the spool has the others, and is asked again. Users are those of the
// configuration, so there is no bound for all of them.
constexpr std::size_t most_of_receiver = 1'000;
constexpr std::size_t most_of_user = 2'000;
// Up to here, a receiver of which nothing is noted finds room: those of many jobs keep none out.
constexpr std::size_t most_of_user_at_all = 4'000;
// A receiver that has nothing to be told is remembered for this long behind its pause, so that the
// pauses grow also where events come seldom; and no more than so many.
constexpr auto remembered = std::chrono::minutes(10);
constexpr std::size_t most_idle = 10'000;

// The first behind `last`, in a circle, of which `rule` is true.
template <typename Map, typename Rule>
auto find_behind(const Map& map, const std::string& last, const Rule& rule) {
    const auto middle = map.upper_bound(last);
    const auto found = std::find_if(middle, map.end(), rule);
    if (found != map.end())
        return found;
    const auto again = std::find_if(map.begin(), middle, rule);
    return again != middle ? again : map.end();
}

} // namespace

bool WebhookBoard::has_room(const WebhookReceiver& receiver) const {
    const auto user = users_.find(receiver.user);
    if (user == users_.end())
        return true;
    const auto found = user->second.receivers.find(receiver.origin);
    if (found == user->second.receivers.end() || found->second.jobs.empty())
        return user->second.noted < most_of_user_at_all;
    return !found->second.may_hold_up() && found->second.jobs.size() < most_of_receiver &&
           user->second.noted < most_of_user;
}

bool WebhookBoard::note(const WebhookReceiver& receiver, const std::string& job_id) {
    const std::lock_guard lock(mutex_);
    if (noted_.contains(job_id))
        return true;
    if (!has_room(receiver))
        return false;
    User& user = users_[receiver.user];
    user.receivers[receiver.origin].jobs.push_back(job_id);
    ++user.noted;
    noted_.insert(job_id);
    changed_.notify_one();
    return true;
}

std::optional<WebhookReceiver> WebhookBoard::next(Kind kind, Monotonic::time_point now) const {
    const std::int64_t share = (config_.webhook_threads + 1) / 2;
    const auto may_go = [&](const auto& each) {
        const Receiver& one = each.second;
        return !one.busy && !one.jobs.empty() && one.rested <= now &&
               one.may_hold_up() == (kind == Kind::may_hold_up);
    };
    const auto in_turn = [&](const User& user) {
        return find_behind(user.receivers, user.last, may_go);
    };
    const auto user = find_behind(users_, last_, [&](const auto& each) {
        return each.second.busy < share && in_turn(each.second) != each.second.receivers.end();
    });
    if (user == users_.end())
        return std::nullopt;
    return WebhookReceiver{user->first, in_turn(user->second)->first};
}

// Those that answer go first; else each in its turn, behind the one that was last.
std::optional<WebhookTurn> WebhookBoard::take_locked(Monotonic::time_point now) {
    const std::int64_t most = std::max<std::int64_t>(1, config_.webhook_threads - 1);
    auto found = next(Kind::answers, now);
    if (!found && held_up_ < most)
        found = next(Kind::may_hold_up, now);
    if (!found)
        return std::nullopt;
    User& user = users_[found->user];
    Receiver& receiver = user.receivers[found->origin];
    WebhookTurn turn{*found, receiver.jobs.front()};
    receiver.jobs.pop_front();
    receiver.busy = true;
    ++user.busy;
    held_up_ += receiver.may_hold_up() ? 1 : 0;
    user.last = found->origin;
    last_ = found->user;
    return turn;
}

std::optional<WebhookTurn> WebhookBoard::take(Monotonic::time_point now) {
    const std::lock_guard lock(mutex_);
    return take_locked(now);
}

void WebhookBoard::hear(Receiver& receiver, const WebhookHearing& hearing,
                        Monotonic::time_point now) const {
    switch (hearing.how) {
    case WebhookHearing::How::nothing:
        return;
    case WebhookHearing::How::heard:
    case WebhookHearing::How::slow:
        receiver.failures = 0;
        receiver.error.clear();
        receiver.rested = now;
        receiver.slow = hearing.how == WebhookHearing::How::slow;
        return;
    case WebhookHearing::How::silent:
        ++receiver.failures;
        receiver.error = hearing.error;
        receiver.rested =
            now + pause_after(receiver.failures, config_.webhook_first, config_.webhook_pause_most,
                              random_jitter(), std::min(hearing.pause, config_.webhook_pause_most));
        return;
    }
}

// But for one job: then its next turn comes as soon as it may.
void WebhookBoard::give_back(User& user, Receiver& receiver) {
    for (; receiver.jobs.size() > 1; receiver.jobs.pop_back()) {
        noted_.erase(receiver.jobs.back());
        --user.noted;
    }
}

void WebhookBoard::forget_idle(Monotonic::time_point now) {
    std::size_t idle = 0;
    std::optional<WebhookReceiver> oldest;
    auto oldest_rested = Monotonic::time_point::max();
    for (auto& [name, user] : users_) {
        std::erase_if(user.receivers, [&](const auto& each) {
            const Receiver& one = each.second;
            return one.idle() && (!one.may_hold_up() || one.rested + remembered < now);
        });
        for (const auto& [origin, one] : user.receivers) {
            if (!one.idle())
                continue;
            ++idle;
            if (one.rested < oldest_rested) {
                oldest = WebhookReceiver{name, origin};
                oldest_rested = one.rested;
            }
        }
    }
    if (idle > most_idle) // by one: each turn makes no more than one idle
        users_[oldest->user].receivers.erase(oldest->origin);
    std::erase_if(users_, [](const auto& each) { return each.second.receivers.empty(); });
}

void WebhookBoard::done(const WebhookTurn& turn, const WebhookHearing& hearing,
                        Monotonic::time_point now) {
    const std::lock_guard lock(mutex_);
    User& user = users_[turn.receiver.user];
    Receiver& receiver = user.receivers[turn.receiver.origin];
    noted_.erase(turn.job_id);
    --user.noted;
    --user.busy;
    held_up_ -= receiver.may_hold_up() ? 1 : 0;
    receiver.busy = false;
    hear(receiver, hearing, now);
    if (receiver.may_hold_up())
        give_back(user, receiver);
    forget_idle(now);
    changed_.notify_all();
}

std::optional<Monotonic::time_point> WebhookBoard::next_rested(Monotonic::time_point now) const {
    std::optional<Monotonic::time_point> first;
    for (const auto& [name, user] : users_) {
        for (const auto& [origin, receiver] : user.receivers) {
            if (!receiver.busy && !receiver.jobs.empty() && receiver.rested > now)
                first = std::min(first.value_or(receiver.rested), receiver.rested);
        }
    }
    return first;
}

std::optional<WebhookTurn> WebhookBoard::wait() {
    std::unique_lock lock(mutex_);
    while (!closed_) {
        const auto now = Monotonic::now();
        if (auto turn = take_locked(now))
            return turn;
        if (const auto rested = next_rested(now))
            changed_.wait_until(lock, *rested);
        else
            changed_.wait(lock);
    }
    return std::nullopt;
}

void WebhookBoard::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
}

WebhookBoard::View WebhookBoard::view() const {
    const std::lock_guard lock(mutex_);
    View view;
    view.noted = noted_.size();
    for (const auto& [name, user] : users_) {
        view.receivers += user.receivers.size();
        for (const auto& [origin, receiver] : user.receivers) {
            if (receiver.failures == 0)
                continue;
            if (++view.silent == 1)
                view.error = origin + ": " + receiver.error;
        }
    }
    return view;
}

} // namespace smsspool
