// The agent of one remote API: what it tells.

#include "common/log.h"
#include "pull/agent.h"
#include "pull/backoff.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace smsspool {

namespace {

using How = RemoteOutcome::How;

constexpr Ms telling_most = std::chrono::seconds(5);     // of one turn, and of refusals
constexpr Ms giving_back_most = std::chrono::seconds(3); // at the end
constexpr std::size_t bite = 200;
constexpr int bites_most = 5;                   // of one turn
constexpr std::int64_t refusals_told_most = 10; // tries
constexpr std::int64_t entrusting_most = 3;     // likewise

// When a message that the server does not find is believed to be gone. An address that is not
// there for a while looks alike, so it takes both; less where the server names the message.
constexpr int not_found = 404;
constexpr std::int64_t absences_least = 5;
constexpr Ms absence_least = std::chrono::hours(1);
constexpr Ms named_absence_least = std::chrono::minutes(1);

struct Meaning {
    State state;
    std::optional<RemoteStatus> status;
};
constexpr std::array meanings{
    Meaning{State::queued, std::nullopt},           Meaning{State::sending, std::nullopt},
    Meaning{State::sent, RemoteStatus::sent},       Meaning{State::replied, RemoteStatus::sent},
    Meaning{State::timeout, RemoteStatus::sent},    Meaning{State::failed, RemoteStatus::failed},
    Meaning{State::unknown, RemoteStatus::unknown}, Meaning{State::abandoned, RemoteStatus::failed},
    Meaning{State::canceled, RemoteStatus::failed}, Meaning{State::expired, RemoteStatus::expired},
};
static_assert(meanings.size() == static_cast<std::size_t>(State::count));

RemoteReport report_of(const Followed& followed, RemoteStatus status) {
    RemoteReport report;
    report.status = status;
    if (status == RemoteStatus::sent)
        report.sent = followed.ended ? followed.ended : followed.attempted;
    else
        report.reason = followed.error_text.empty() ? std::string(name_of(followed.state))
                                                    : followed.error_text;
    return report;
}

} // namespace

std::optional<RemoteStatus> remote_status(State state) noexcept {
    for (const Meaning& meaning : meanings) {
        if (meaning.state == state)
            return meaning.status;
    }
    return std::nullopt;
}

void Agent::tell() {
    const auto until = clock_().tick + telling_most;
    for (const Followed& followed : due_jobs()) {
        if (clock_().tick >= until || stopping_() || tell_job(followed) == After::stop)
            return;
    }
}

void Agent::tell_refusals() {
    const auto until = clock_().tick + telling_most;
    for (std::size_t i = 0; i < refusals_.size() && clock_().tick < until && !stopping_();) {
        if (clock_().tick < refusals_[i].due) {
            ++i;
            continue;
        }
        Refusal refusal = std::move(refusals_[i]);
        refusals_.erase(refusals_.begin() + static_cast<std::ptrdiff_t>(i));
        if (tell_refusal(refusal) == After::stop)
            return;
    }
}

// Those first that failed least, then those that wait longest, so that messages at which the server
// breaks down each time let the others pass. Where there are more than a turn can
// look at, the next one looks at the next ones.
std::vector<Followed> Agent::due_jobs() {
    std::vector<Followed> due;
    for (int i = 0; i < bites_most; ++i) {
        auto list = spool_().to_tell(follower_, Spool::First::tell, told_to_, bite, clock_().utc);
        told_to_ = list.size() < bite ? "" : list.back().job_id;
        std::move(list.begin(), list.end(), std::back_inserter(due));
        if (told_to_.empty())
            break;
    }
    std::stable_sort(due.begin(), due.end(), [](const Followed& a, const Followed& b) {
        return std::tie(a.failures, a.due) < std::tie(b.failures, b.due);
    });
    return due;
}

// How the errand as a whole fares.
void Agent::note(Errand& errand, const RemoteOutcome& outcome) {
    switch (outcome.how) {
    case How::done:
        worked(errand);
        return;
    case How::nothing:
    case How::refused:
    case How::denied: { // this one alone
        worked(errand);
        const std::scoped_lock lock(view_lock_);
        ++view_.failures;
        return;
    }
    case How::trouble:
        failed(errand, outcome);
        return;
    }
}

void Agent::count_told() {
    const std::scoped_lock lock(view_lock_);
    ++view_.told;
}

Agent::After Agent::tell_refusal(Refusal& refusal) {
    const RemoteOutcome outcome = api_.tell(refusal.name, refusal.report);
    note(refusing_, outcome);
    if (outcome.how == How::done)
        count_told();
    if (outcome.how == How::done || outcome.unknown_id)
        return After::go_on;
    ++refusal.failures;
    refusal.due =
        clock_().tick + pause_after(refusal.failures, remote_.retry_first, remote_.retry_most,
                                    random_jitter(), outcome.retry_after);
    if (outcome.how != How::trouble && refusal.failures >= refusals_told_most) {
        log_error("PULL", named(refusal.name.id +
                                " was refused, and the server does not take that: " + outcome.why));
        return After::go_on;
    }
    refusals_.push_back(std::move(refusal));
    return outcome.how == How::trouble ? After::stop : After::go_on;
}

Agent::After Agent::tell_job(Followed followed) {
    const auto status = remote_status(followed.state);
    if (!followed.told) {
        const RemoteOutcome outcome = say(followed, {RemoteStatus::entrusted, {}, {}});
        // Who entrusts by handing out may refuse to hear it (contract 4B.10): how it ends counts.
        const bool known = outcome.how == How::refused && followed.failures + 1 >= entrusting_most;
        if (outcome.how == How::done || known)
            entrusted(followed, outcome.code);
        else if (outcome.how != How::refused || !status)
            return not_told(followed, outcome);
    }
    if (!status)
        return After::go_on;
    if (followed.told && remote_status(*followed.told) == status) {
        ended(followed, static_cast<int>(followed.code)); // nothing that the server has a word for
        return After::go_on;
    }
    const RemoteOutcome outcome = say(followed, report_of(followed, *status));
    if (outcome.how != How::done)
        return not_told(followed, outcome);
    count_told();
    ended(followed, outcome.code);
    return After::go_on;
}

RemoteOutcome Agent::say(const Followed& followed, const RemoteReport& report) {
    RemoteOutcome outcome = api_.tell(remote_name_from(followed.target), report);
    note(telling_, outcome);
    if (outcome.how == How::done)
        log_debug("PULL",
                  named(followed.target + " is told " + std::string(name_of(report.status))));
    return outcome;
}

void Agent::entrusted(Followed& followed, int code) {
    Followed taken = followed;
    taken.state = State::queued;
    taken.delivery = Delivery::none;
    spool_().told(taken, code, clock_().utc);
    followed.told = State::queued;
}

void Agent::ended(const Followed& followed, int code) {
    const UtcMs now = clock_().utc;
    spool_().told(followed, code, now);
    in_hand_ = std::max(std::int64_t{0}, in_hand_ - 1);
    if (followed.is_final())
        return;
    // A delivery report may come yet, for which the server has no word.
    Followed done = followed;
    done.progress = Followed::Progress::done;
    done.code = code;
    done.failures = 0;
    done.error.clear();
    spool_().not_told(done, now);
}

Agent::After Agent::not_told(Followed followed, const RemoteOutcome& outcome) {
    const UtcMs now = clock_().utc;
    const bool gone = is_gone(followed, outcome);
    const bool first = followed.failures == 0;
    if (outcome.how == How::nothing && followed.code != not_found)
        followed.failures = 0; // absences are counted on their own
    followed.code = outcome.code;
    followed.error = outcome.why;
    if (gone) {
        log_warning("PULL", named(followed.target + " is not known to the server any more"));
        followed.progress = Followed::Progress::done;
        in_hand_ = std::max(std::int64_t{0}, in_hand_ - 1);
    } else {
        if (outcome.how != How::trouble && first)
            log_warning("PULL", named(followed.target + " cannot be told: " + outcome.why));
        ++followed.failures;
        Ms rest = pause_after(followed.failures, remote_.retry_first, remote_.retry_most,
                              random_jitter(), outcome.retry_after);
        if (outcome.unknown_id)
            rest = std::max(rest, named_absence_least);
        followed.due = now + rest.count();
    }
    spool_().not_told(followed, now);
    return outcome.how == How::trouble ? After::stop : After::go_on;
}

// `followed` is as it was before. How long it has been absent is known by the pauses that it had at
// the least, also over a restart.
bool Agent::is_gone(const Followed& followed, const RemoteOutcome& outcome) const {
    if (outcome.how != How::nothing || followed.code != not_found || followed.failures == 0)
        return false;
    if (outcome.unknown_id && followed.error == outcome.why)
        return true;
    Ms absent{0};
    for (std::int64_t i = 1; i <= followed.failures && absent < absence_least; ++i)
        absent += pause_after(i, remote_.retry_first, remote_.retry_most, 0);
    return followed.failures + 1 >= absences_least && absent >= absence_least;
}

// --- the end ------------------------------------------------------------------------------------

void Agent::leave() {
    for (const Refusal& refusal : refusals_)
        log_warning("PULL", named(refusal.name.id +
                                  " was refused, and the server has not heard of that yet"));
    for (const RemoteMessage& message : fetched_)
        log_warning("PULL", named(message.name.id + " was handed out, and is in no spool"));
    const auto until = clock_().tick + giving_back_most;
    for (const RemoteMessage& message : fetched_) {
        if (clock_().tick >= until)
            return;
        // What the spool holds after all must not go to another gateway.
        if (spool_().followed_target(follower_, text_of(message.name)))
            continue;
        if (api_.tell(message.name, {RemoteStatus::pending, {}, {}}).how != How::done)
            return;
        log_info("PULL", named(message.name.id + " is given back"));
    }
}

} // namespace smsspool
