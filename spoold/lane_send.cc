// How a lane claims work, tells it to its worker, and settles it.

#include "common/log.h"
#include "spoold/lane.h"
#include "spoold/records.h"
#include "spoold/routing.h"

#include <algorithm>

namespace smsspool {

namespace {

SendRequest send_request(const Work& work) {
    constexpr std::int64_t ms_per_second = 1000;
    SendRequest request;
    request.number = work.number;
    request.text = work.whole ? work.whole_text : work.text;
    request.whole = work.whole;
    request.encoding = work.encoding;
    request.part = work.part;
    request.parts = work.parts;
    request.reference = work.reference;
    request.report = work.report;
    if (work.network_valid_ms > 0)
        request.validity = std::max<std::int64_t>(work.network_valid_ms / ms_per_second, 1);
    return request;
}

struct ToOutcome {
    const std::string& trace;

    Outcome operator()(const Accepted& accepted) const {
        return WasAccepted{accepted.reference, accepted.answer};
    }
    Outcome operator()(const Refused& refused) const {
        return WasRefused{refused.kind, refused.code, refused.text, trace,
                          std::chrono::seconds(refused.retry_after)};
    }
    Outcome operator()(const Unknown& unknown) const { return IsUnknown{unknown.text, trace}; }
    Outcome operator()(const Trouble& trouble) const { return WasWithdrawn{trouble.text, trace}; }
    // An answer that does not belong to a send: what became of it nobody knows.
    template <class Other>
    Outcome operator()(const Other&) const {
        return IsUnknown{"the worker gave no outcome", trace};
    }
};

const WasRefused* temporary(const Outcome& outcome) {
    const auto* refused = std::get_if<WasRefused>(&outcome);
    return refused != nullptr && refused->kind == RefusalKind::temporary ? refused : nullptr;
}

} // namespace

// --- claiming -----------------------------------------------------------------------------------

bool Lane::may_claim(Monotonic::time_point now) {
    return context_.phase == Context::Phase::running && link_.idle() && open_ && registered_ &&
           now >= hold_until_ && now >= retry_at_ && now >= trust_.probe_at() &&
           !quota_->reached(utc_now());
}

Claimer Lane::claimer(UtcMs now) const {
    const Config& config = context_.config;
    Claimer claimer{context_.owner, modem_.name, config.send_deadline.count()};
    claimer.routes = routes_of(config, sender_of(modem_.name), context_.unable);
    claimer.order = order_of(claims_, config.fair_share);
    claimer.recipients_most = modem_.recipients_per_month;
    claimer.month = month_of(now);
    return claimer;
}

bool Lane::send(Monotonic::time_point now) {
    if (!may_claim(now) || !(look_ || now >= due_at_))
        return false;
    claim_next(now);
    return work_.has_value();
}

void Lane::claim_next(Monotonic::time_point now) {
    try {
        const UtcMs now_utc = utc_now();
        const Claimer claimer = this->claimer(now_utc);
        // An answer of the spool that was lost may have been a claim: that one goes first.
        auto work = claim_unsure_ ? context_.spool.claimed(claimer) : std::nullopt;
        claim_unsure_ = false;
        if (!work)
            work = context_.spool.claim(claimer, now_utc);
        record_damaged(context_.spool);
        if (work) {
            context_.outage.worked(now);
            tell(*work);
            return;
        }
        look_ = false;
        const auto due = context_.spool.next_due(claimer);
        // What is due and was not claimed has expired, or its recipient is one too many for this
        // month: the sweep deals with the one, and looks again for the other.
        due_at_ = due && *due > now_utc ? now + Ms(*due - now_utc) : Monotonic::time_point::max();
    } catch (const Error& error) {
        put_off(error);
    }
}

void Lane::tell(const Work& work) {
    work_ = work;
    work_->whole = whole_;
    prefer_send_ = false;
    if (work.part == 1)
        ++claims_;
    quota_->add(utc_now());
    // Between the claim and here the worker may have gone (a commit that had to wait), and a daemon
    // that stops leaves the parts that follow to the next one.
    if (!open_ || !link_.idle() || context_.phase == Context::Phase::stopping) {
        finish(WasWithdrawn{"the worker was not told", {}});
    } else if (!link_.ask(send_request(*work_), Monotonic::now() + context_.config.send_deadline)) {
        fail("did not take a request", Obstacle::link, Doing::sending);
        finish(WasWithdrawn{"the worker was not told", {}});
    }
}

// --- what came of it ----------------------------------------------------------------------------

void Lane::send_answered(const Answer& answer) {
    const Outcome outcome = std::visit(ToOutcome{trace()}, answer);
    judge_modem(outcome);
    if (const auto* unknown = std::get_if<IsUnknown>(&outcome)) {
        // A late answer would be taken for that of the next send.
        fail("is replaced after an unknown outcome: " + unknown->text, Obstacle::link,
             Doing::sending);
    } else if (const auto* withdrawn = std::get_if<WasWithdrawn>(&outcome)) {
        fail("could not send: " + withdrawn->text, Obstacle::link, Doing::sending);
    } else {
        ladder_.worked(Doing::sending);
    }
    finish(outcome);
}

// What an outcome says of the modem, beside what it says of the message.
void Lane::judge_modem(const Outcome& outcome) {
    const auto* refused = std::get_if<WasRefused>(&outcome);
    if (refused != nullptr &&
        (refused->kind == RefusalKind::network || refused->retry_after.count() > 0))
        hold(refused->text, std::min(refused->retry_after, context_.config.retry_most));
    if (std::holds_alternative<WasAccepted>(outcome)) {
        holds_ = 0;
        if (trust_.accepted())
            log_info("MODEM", modem_.name + ": takes messages again");
    } else if (temporary(outcome) != nullptr || std::holds_alternative<IsUnknown>(outcome)) {
        if (trust_.refused(work_->job_id, Monotonic::now()))
            log_warning("MODEM",
                        modem_.name + ": set aside, since " +
                            std::to_string(context_.config.aside_after) +
                            " messages in a row failed; it is tried with one now and then");
    }
}

// --- settling -----------------------------------------------------------------------------------

void Lane::finish(const Outcome& outcome) {
    outcome_ = outcome;
    settle();
}

// What a modem refuses that refuses everything is not the message's fault: no attempt is used up.
// It waits as long as the modem does, so that another message is the next one to be tried.
Decision Lane::decision(UtcMs now) {
    const double jitter =
        static_cast<double>(random_()) / static_cast<double>(std::minstd_rand::max());
    const WasRefused* refused = temporary(*outcome_);
    if (refused == nullptr || !trust_.suspected())
        return decide(*work_, *outcome_, context_.config, now, jitter);
    WasRefused innocent = *refused;
    innocent.kind = RefusalKind::network;
    Decision decision = decide(*work_, innocent, context_.config, now, jitter);
    decision.not_before = now + std::max(trust_.pause(), refused->retry_after).count();
    return decision;
}

void Lane::settle() {
    const auto now = Monotonic::now();
    try {
        const UtcMs now_utc = utc_now();
        const Claimer claimer = this->claimer(now_utc);
        // Receiving takes its turn: the next job is claimed here only while nothing waits.
        const bool go_on = may_claim(now) && !claim_unsure_ && now < next_state_ &&
                           removals_.empty() && !scan_wanted_ && now < next_scan_;
        const Turn turn = context_.spool.settle(*work_, attempt_end(*outcome_), decision(now_utc),
                                                go_on ? &claimer : nullptr, now_utc);
        context_.outage.worked(now);
        const Work settled = std::move(*work_);
        const Outcome outcome = std::move(*outcome_);
        work_.reset();
        outcome_.reset();
        look_ = true;
        if (turn.next)
            tell(*turn.next);
        // The worker is at the next already.
        record_attempt(settled, outcome, context_.config);
        record_damaged(context_.spool);
        if (!turn.settled)
            log_error("SPOOL", "job " + settled.job_id + " was taken away while it was sent");
    } catch (const Error& error) {
        put_off(error);
    }
}

} // namespace smsspool
