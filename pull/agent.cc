// The agent of one remote API: what it does when, and how messages come in.

#include "pull/agent.h"

#include "common/error.h"
#include "common/ids.h"
#include "common/log.h"
#include "pull/backoff.h"

#include <algorithm>
#include <utility>

namespace smsspool {

namespace {

using How = RemoteOutcome::How;

constexpr Ms look_interval{500};
constexpr Ms count_interval = std::chrono::seconds(10);
constexpr Ms say_again = std::chrono::minutes(10);
constexpr int enrolments_awaited = 3;
constexpr std::size_t page = 500;
constexpr std::size_t remembered_most = 100;
// A message that has ended and that the server keeps refusing to hear of takes no place any more.
constexpr std::int64_t tries_that_count = 5;

// False: it is among them. Else it is the newest of the last hundred.
bool remember(std::deque<std::string>& list, const std::string& text) {
    if (std::find(list.begin(), list.end(), text) != list.end())
        return false;
    list.push_back(text);
    if (list.size() > remembered_most)
        list.pop_front();
    return true;
}

bool takes_place(const Followed& followed) {
    const auto status = remote_status(followed.state);
    if (!status)
        return true;
    const bool known = followed.told && remote_status(*followed.told) == status;
    return !known && followed.failures < tries_that_count;
}

} // namespace

std::string agent_name(const RemoteConfig& remote) {
    return "pull:" + remote.name;
}

Agent::Agent(const Config& config, const RemoteConfig& remote, const Numbers& numbers, Remote& api,
             SpoolSource spool, Clock clock, Stopping stopping)
    : config_(config), remote_(remote), numbers_(numbers), api_(api), spool_(std::move(spool)),
      clock_(std::move(clock)), stopping_(std::move(stopping)), follower_(agent_name(remote)) {
    view_.name = follower_;
    view_.state = "starting";
    view_.since = clock_().utc;
}

Ms Agent::turn() {
    try {
        work();
    } catch (const Error& error) {
        spool_error_ = error.what();
        show();
        throw;
    }
    spool_error_.clear();
    say_counts();
    show();
    return pause();
}

void Agent::work() {
    if (!enrolled_ && clock_().tick >= enrolling_.due && !stopping_())
        enrol();
    if (clock_().tick >= refusing_.due)
        tell_refusals();
    if (clock_().tick >= telling_.due)
        tell();
    const bool stored = store_fetched() > 0;
    if (!stored && may_fetch() && clock_().tick >= fetching_.due && has_room() && !stopping_())
        fetch();
}

AgentView Agent::view() const {
    const std::scoped_lock lock(view_lock_);
    return view_;
}

std::string Agent::counts() const {
    const AgentView now = view();
    return std::to_string(now.fetched) + " fetched, " + std::to_string(now.told) + " told, " +
           std::to_string(in_hand_) + " waiting";
}

// --- the server as a whole ----------------------------------------------------------------------

void Agent::enrol() {
    const RemoteOutcome outcome = api_.enrol();
    if (outcome.how != How::done) {
        failed(enrolling_, outcome);
        return;
    }
    enrolled_ = true;
    worked(enrolling_);
    log_info("PULL", named("known as " + provider_name(remote_)));
}

void Agent::fetch() {
    Fetched fetched = api_.fetch();
    if (fetched.how == How::trouble) {
        failed(fetching_, fetched);
        return;
    }
    worked(fetching_);
    if (!fetched.why.empty() && fetched.how == How::done)
        log_warning("PULL", named(fetched.why));
    std::move(fetched.messages.begin(), fetched.messages.end(), std::back_inserter(fetched_));
    // One that is known already is no work: the server may hand it out for ever.
    fetching_.due = clock_().tick + std::max(remote_.poll_interval, fetched.retry_after);
    if (store_fetched() > 0)
        fetching_.due = clock_().tick;
}

void Agent::worked(Errand& errand) {
    heard_ = true;
    if (errand.failures == 0)
        return;
    const auto lasted = clock_().tick - errand.began;
    log_info("PULL",
             named(std::string(errand.what) + " works again after " +
                   std::to_string(std::chrono::round<std::chrono::seconds>(lasted).count()) +
                   " s"));
    errand = Errand{errand.what};
}

// Logged where it is the first failure or another one, and now and then.
void Agent::failed(Errand& errand, const RemoteOutcome& outcome) {
    const auto now = clock_().tick;
    const std::string why =
        outcome.why.empty() ? "HTTP " + std::to_string(outcome.code) : outcome.why;
    ++errand.failures;
    const Ms rest = pause_after(errand.failures, remote_.retry_first, remote_.retry_most,
                                random_jitter(), outcome.retry_after);
    errand.due = now + rest;
    if (errand.failures == 1)
        errand.began = now;
    if (errand.failures == 1 || why != errand.error || now - errand.said >= say_again) {
        errand.said = now;
        log_warning("PULL",
                    named(std::string(errand.what) + ": " + why + "; it is tried again in " +
                          std::to_string(rest.count() / 1000 + 1) + " s"));
    }
    errand.error = why;
    const std::scoped_lock lock(view_lock_);
    ++view_.failures;
}

void Agent::show() {
    std::string state = heard_ ? "working" : "starting";
    std::string error;
    for (const Errand* errand : {&enrolling_, &fetching_, &telling_, &refusing_}) {
        if (errand->failures == 0 || !error.empty())
            continue;
        state = "failing";
        error = std::string(errand->what) + ": " + errand->error;
    }
    if (!spool_error_.empty()) {
        state = "failing";
        error = spool_error_;
    }
    const std::scoped_lock lock(view_lock_);
    if (view_.state != state)
        view_.since = clock_().utc;
    view_.state = std::move(state);
    view_.error = std::move(error);
}

std::string Agent::named(std::string_view text) const {
    return remote_.name + ": " + std::string(text);
}

// --- messages come in ---------------------------------------------------------------------------

// How many were not known.
std::size_t Agent::store_fetched() {
    std::size_t count = 0;
    while (!fetched_.empty()) {
        if (store(fetched_.front()))
            ++count;
        fetched_.pop_front();
    }
    return count;
}

// True: it was not known.
bool Agent::store(const RemoteMessage& message) {
    const std::string target = text_of(message.name);
    if (const auto known = spool_().followed_target(follower_, target)) {
        handed_out_again(message, *known);
        return false;
    }
    if (message.text.empty())
        return refuse(message.name, RemoteStatus::failed, "the message has no text");
    const UtcMs now = clock_().utc;
    const SubmitAnswer answer = submit(draft_of(message, now), config_, numbers_, spool_, now);
    if (const auto* faults = std::get_if<std::vector<FieldFault>>(&answer))
        return refuse(message.name, RemoteStatus::failed, faults->front().text);
    if (const auto* limit = std::get_if<NotAllowed>(&answer))
        return refuse(message.name, RemoteStatus::failed, limit->text);
    return took(message, std::get<Submitted>(answer));
}

Draft Agent::draft_of(const RemoteMessage& message, UtcMs now) const {
    const std::string target = text_of(message.name);
    Draft draft;
    draft.user = remote_.user;
    draft.api = "pull";
    draft.number = message.number;
    draft.text = message.text;
    draft.long_messages = LongMessages::split;
    draft.valid_for = validity(message, config_.valid_for_most, now);
    if (!remote_.label.empty())
        draft.label = remote_.label;
    draft.idempotency =
        IdempotencyKey{follower_ + ":" + target, sha256_hex(message.number + "\n" + message.text),
                       now - config_.idempotency_window.count()};
    draft.following = Following{follower_, target};
    return draft;
}

bool Agent::took(const RemoteMessage& message, const Submitted& submitted) {
    switch (submitted.how) {
    case Stored::done:
        break;
    case Stored::conflict:
        contradicted(message);
        return forgotten(message);
    case Stored::again:
        return forgotten(message);
    case Stored::taken:
    case Stored::repeated:
    case Stored::refused:
        return false;
    }
    ++in_hand_;
    log_info("PULL",
             named(message.name.id + " is " + submitted.message_id + " | accepted | " +
                   std::to_string(submitted.parts) + (submitted.parts == 1 ? " part" : " parts")));
    const std::scoped_lock lock(view_lock_);
    ++view_.fetched;
    return true;
}

// The spool had it. False: another agent brought it in a moment ago; else all is forgotten but
// that, for it came to an end long ago.
bool Agent::forgotten(const RemoteMessage& message) {
    if (const auto known = spool_().followed_target(follower_, text_of(message.name))) {
        handed_out_again(message, *known);
        return false;
    }
    return refuse(message.name, RemoteStatus::unknown, "it was taken before, and is forgotten");
}

// The server has not heard of it, or lost what it heard: all is told once more. What waits to be
// told waits on.
void Agent::handed_out_again(const RemoteMessage& message, const Followed& known) {
    const auto stored = spool_().message(known.message_id);
    if (stored && (stored->text != message.text || known.number_given != message.number))
        contradicted(message);
    else
        log_info("PULL", named(message.name.id + " was handed out again; it is " +
                               known.message_id + " | " + std::string(name_of(known.state))));
    if (known.told || known.progress != Followed::Progress::open)
        (void)spool_().tell_again(follower_, known.job_id, clock_().utc);
}

// Said once; the server may hand it out again and again.
void Agent::contradicted(const RemoteMessage& message) {
    if (remember(contradicted_, text_of(message.name)))
        log_error("PULL", named(message.name.id +
                                " was handed out before with another text or number; it is not "
                                "sent, and what becomes of the first is told"));
}

// True: for the first time. It is told each time that the server hands it out, but a server that
// does so for ever is not asked without a pause.
bool Agent::refuse(const RemoteName& name, RemoteStatus status, const std::string& reason) {
    const bool waits = std::any_of(refusals_.begin(), refusals_.end(),
                                   [&](const Refusal& each) { return each.name == name; });
    if (waits)
        return false;
    refusals_.push_back({name, {status, std::nullopt, reason}, 0, {}});
    const bool is_new = remember(refused_, text_of(name));
    log(is_new ? LogLevel::warning : LogLevel::debug, "PULL",
        named(name.id + " | refused | " + reason));
    return is_new;
}

// --- when ---------------------------------------------------------------------------------------

// The server makes up a gateway that it does not know and that asks, and one that it knows cannot
// say any more what it can (contract 4B.5, 4B.6). But where it knows none, asking is all there is.
bool Agent::may_fetch() const {
    return enrolled_ || enrolling_.failures >= enrolments_awaited;
}

bool Agent::is_full() const {
    return in_hand_ + static_cast<std::int64_t>(refusals_.size()) >= remote_.in_hand_most;
}

bool Agent::has_room() {
    const auto now = clock_().tick;
    if (!counted_ || now - *counted_ >= count_interval || is_full()) {
        in_hand_ = count_in_hand();
        counted_ = now;
    }
    return !is_full();
}

// Up to in_hand_most: more make no difference.
std::int64_t Agent::count_in_hand() {
    std::int64_t count = 0;
    for (std::string after; count < remote_.in_hand_most;) {
        const auto list = spool_().followed(follower_, Followed::Progress::open, after, page);
        count += std::count_if(list.begin(), list.end(), takes_place);
        if (list.size() < page)
            break;
        after = list.back().job_id;
    }
    return count;
}

Ms Agent::pause() const {
    const auto now = clock_().tick;
    auto next = now + std::max(count_interval, look_interval);
    if (may_fetch() && !is_full())
        next = std::min(next, fetching_.due);
    if (!enrolled_)
        next = std::min(next, enrolling_.due);
    if (in_hand_ > 0)
        next = std::min(next, std::max(telling_.due, now + look_interval));
    if (!refusals_.empty())
        next = std::min(next, std::max(refusing_.due, now + look_interval));
    return std::max(Ms(0), std::chrono::ceil<Ms>(next - now));
}

void Agent::say_counts() {
    constexpr int polls = 60; // contract 4A.5
    const auto now = clock_().tick;
    if (!counts_said_)
        counts_said_ = now;
    if (now - *counts_said_ < std::max(polls * remote_.poll_interval, Ms(std::chrono::minutes(1))))
        return;
    counts_said_ = now;
    log_info("PULL", named(counts()));
}

} // namespace smsspool
