// One modem as the daemon drives it.

#include "spoold/lane.h"

#include "common/error.h"
#include "common/log.h"
#include "spoold/records.h"

#include <algorithm>

namespace smsspool {

namespace {

// The worker's own patience ends before the daemon's, so that a silent network is the worker's
// "unknown" and only a hung worker is killed.
constexpr Ms least_send_timeout{1000};

Ms worker_send_timeout(const Config& config) {
    return std::max(least_send_timeout, config.send_deadline / 2);
}

SendRequest send_request(const Work& work) {
    SendRequest request;
    request.number = work.number;
    request.text = work.text;
    request.encoding = work.encoding;
    request.part = work.part;
    request.parts = work.parts;
    request.reference = work.reference;
    return request;
}

} // namespace

Lane::Lane(const ModemConfig& modem, Context& context, const std::string& program)
    : modem_(modem), context_(context), link_(program) {
    view_.name = modem.name;
    view_.network = "unknown";
    set_state("starting", "");
}

void Lane::set_state(const std::string& state, const std::string& error) {
    if (view_.state != state) {
        view_.state = state;
        view_.since = utc_now();
        changed_ = true;
    }
    view_.error = error;
}

// --- what to do next ----------------------------------------------------------------------------

void Lane::step() {
    const auto now = Monotonic::now();
    check_deadline(now);
    if (outcome_ && now >= retry_at_)
        settle();
    if (!link_.running() && now >= restart_at_ && context_.phase == Context::Phase::running)
        start_worker();
    if (link_.idle() && open_ && !outcome_ && now >= retry_at_)
        choose(now);
}

void Lane::check_deadline(Monotonic::time_point now) {
    if (const auto late = link_.overdue(now))
        lost(*late);
}

void Lane::start_worker() {
    try {
        link_.start();
        open_ = false;
        if (failures_ == 0)
            set_state("starting", "");
        ask(open_request(), context_.config.open_deadline);
    } catch (const Error& error) {
        replace_worker(error.what(), context_.config.worker_pause);
    }
}

void Lane::choose(Monotonic::time_point now) {
    if (context_.phase == Context::Phase::stopping)
        return;
    // Rarely, and before anything else: nothing is sent before the network is known.
    if (now >= next_state_) {
        next_state_ = now + context_.config.state_interval;
        ask(StateRequest{}, context_.config.scan_deadline);
    } else if (prefer_send_) {
        (void)(send(now) || receive(now));
    } else {
        (void)(receive(now) || send(now));
    }
}

// True if a request is under way.
bool Lane::receive(Monotonic::time_point now) {
    if (!removals_.empty()) {
        ask(removals_.front().request, context_.config.scan_deadline);
        return true;
    }
    release_removed();
    if (!scan_wanted_ && now < next_scan_)
        return false;
    scan_wanted_ = false;
    next_scan_ = now + context_.config.scan_interval;
    scan_began_ = utc_now();
    ask(ScanRequest{}, context_.config.scan_deadline);
    return true;
}

bool Lane::may_claim(Monotonic::time_point now) const {
    return context_.phase == Context::Phase::running && link_.idle() && open_ && registered_ &&
           now >= hold_until_ && now >= retry_at_;
}

bool Lane::send(Monotonic::time_point now) {
    if (!may_claim(now) || !(look_ || now >= due_at_))
        return false;
    claim_next(now);
    return work_.has_value();
}

void Lane::claim_next(Monotonic::time_point now) {
    try {
        const Claimer claimer{context_.owner, modem_.name, context_.config.send_deadline.count()};
        const UtcMs now_utc = utc_now();
        // An answer of the spool that was lost may have been a claim: that one goes first.
        auto work = claim_unsure_ ? context_.spool.claimed(claimer) : std::nullopt;
        claim_unsure_ = false;
        if (!work)
            work = context_.spool.claim(claimer, now_utc);
        if (work) {
            tell(*work);
            return;
        }
        look_ = false;
        const auto due = context_.spool.next_due();
        // What is due and was not claimed has expired: the sweep deals with it, and looks again.
        due_at_ = due && *due > now_utc ? now + Ms(*due - now_utc) : Monotonic::time_point::max();
    } catch (const Error& error) {
        put_off(error);
    }
}

Monotonic::time_point Lane::wake_at() const {
    if (outcome_)
        return retry_at_;
    if (!link_.running())
        return context_.phase == Context::Phase::running ? restart_at_
                                                         : Monotonic::time_point::max();
    if (!link_.idle() || !open_)
        return link_.deadline();
    if (context_.phase == Context::Phase::stopping)
        return Monotonic::time_point::max();
    auto wake = std::min(next_scan_, next_state_);
    if (registered_)
        wake = std::min(wake, std::max(due_at_, hold_until_));
    return std::max(wake, retry_at_);
}

// --- requests -----------------------------------------------------------------------------------

OpenRequest Lane::open_request() {
    OpenRequest request;
    for (const auto& setting : modem_settings())
        request.settings[std::string(setting.name)] = show(setting, modem_);
    request.settings["send_timeout"] = std::to_string(worker_send_timeout(context_.config).count());
    pin_mark_.clear();
    if (modem_.pin_file.empty())
        return request;
    // Taken before the file is read: what is written meanwhile is not what failed.
    const std::string mark = secret_mark(modem_.pin_file);
    // A PIN that failed once is never given again: three wrong ones lock the SIM.
    const bool refused = mark == refused_pin_ || mark == context_.spool.rejected_pin(modem_.name);
    if (refused && !mark.empty()) {
        log_error("MODEM", modem_.name + ": the SIM refused the PIN of " + modem_.pin_file +
                               "; it is not given again until that file changes");
        return request;
    }
    request.settings["pin"] = read_secret(modem_.pin_file);
    pin_mark_ = mark;
    return request;
}

void Lane::ask(const Request& request, Ms patience) {
    if (!link_.ask(request, Monotonic::now() + patience))
        lost({std::nullopt, "did not take a request"});
}

void Lane::tell(const Work& work) {
    work_ = work;
    prefer_send_ = false;
    // Between the claim and here the worker may have gone (a commit that had to wait), and a daemon
    // that stops leaves the parts that follow to the next one.
    if (!open_ || !link_.idle() || context_.phase == Context::Phase::stopping) {
        finish(WasWithdrawn{"the worker was not told"});
    } else if (!link_.ask(send_request(work), Monotonic::now() + context_.config.send_deadline)) {
        replace_worker("did not take a request", context_.config.worker_pause);
        finish(WasWithdrawn{"the worker was not told"});
    }
}

void Lane::stop() {
    constexpr int patience_ms = 1000;
    release_removed();
    link_.stop(patience_ms);
    open_ = false;
    set_state("down", "the daemon has stopped");
}

} // namespace smsspool
