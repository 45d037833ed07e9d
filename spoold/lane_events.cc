// What a lane makes of what its worker says, and how its work is settled.

#include "common/log.h"
#include "spoold/lane.h"
#include "spoold/records.h"

#include <algorithm>

namespace smsspool {

namespace {

// The spool's own trouble (busy, full, gone): how long before it is tried again, and how often it
// is said.
constexpr Ms spool_pause{1000};
constexpr Ms complain_every{10000};

Ms doubled(Ms first, Ms most, std::int64_t times) {
    Ms pause = first;
    for (; times > 0 && pause < most; --times)
        pause = std::max(pause * 2, Ms(1));
    return std::min(pause, most);
}

bool can_register(const std::string& network) {
    // A transport without a notion of a network says "unknown" and is believed to have one.
    return network == "home" || network == "roaming" || network == "unknown";
}

struct ToOutcome {
    Outcome operator()(const Accepted& accepted) const { return WasAccepted{accepted.reference}; }
    Outcome operator()(const Refused& refused) const {
        return WasRefused{refused.kind, refused.code, refused.text};
    }
    Outcome operator()(const Unknown& unknown) const { return IsUnknown{unknown.text}; }
    Outcome operator()(const Trouble& trouble) const { return WasWithdrawn{trouble.text}; }
    // An answer that does not belong to a send: what became of it nobody knows.
    template <class Other>
    Outcome operator()(const Other&) const {
        return IsUnknown{"the worker gave no outcome"};
    }
};

Arrival arrival_of(const IncomingSms& sms) {
    Arrival arrival;
    switch (sms.kind) {
    case IncomingSms::Kind::deliver:
        arrival.kind = "deliver";
        break;
    case IncomingSms::Kind::report:
        arrival.kind = "report";
        break;
    case IncomingSms::Kind::raw:
        arrival.kind = "raw";
        break;
    }
    arrival.number = sms.number;
    arrival.text = sms.text;
    arrival.sent = sms.sent;
    arrival.folder = sms.folder;
    arrival.location = sms.location;
    arrival.part = sms.part;
    arrival.parts = sms.parts;
    arrival.reference = sms.reference;
    return arrival;
}

} // namespace

// --- events -------------------------------------------------------------------------------------

void Lane::readable() {
    if (!link_.running())
        return;
    for (const LinkEvent& event : link_.hear())
        handle(event);
}

void Lane::handle(const LinkEvent& event) {
    if (const auto* each = std::get_if<Answered>(&event))
        answered(each->request, each->answer);
    else if (std::holds_alternative<Hinted>(event))
        scan_wanted_ = true;
    else
        lost(std::get<Lost>(event));
}

void Lane::answered(const Request& request, const Answer& answer) {
    if (std::holds_alternative<SendRequest>(request)) {
        send_answered(answer);
    } else if (const auto* removal = std::get_if<DeleteRequest>(&request)) {
        removed(*removal, answer);
    } else if (const auto* trouble = std::get_if<Trouble>(&answer)) {
        in_trouble(request, *trouble);
    } else if (const auto* facts = std::get_if<Opened>(&answer)) {
        opened(*facts);
    } else if (const auto* found = std::get_if<Scanned>(&answer)) {
        scanned(*found);
    } else if (const auto* state = std::get_if<LinkState>(&answer)) {
        told_state(*state);
    } else {
        replace_worker("gave an answer that does not fit", context_.config.worker_pause);
    }
}

void Lane::opened(const Opened& opened) {
    view_.device = opened.device;
    view_.manufacturer = opened.manufacturer;
    view_.model = opened.model;
    view_.imei = opened.imei;
    view_.imsi = opened.imsi;
    open_ = true;
    look_ = true;
    registered_ = true;
    hold_until_ = {};
    stuck_.clear();
    // How the network is comes first, then what came in while nobody listened.
    scan_wanted_ = true;
    prefer_send_ = false;
    next_state_ = Monotonic::now();
    set_state("ready", "");
    changed_ = true;
    log_info("MODEM", "Connection established: " + modem_.name + " on " + opened.device + " (" +
                          opened.manufacturer + " " + opened.model + ", IMEI " + opened.imei + ")");
}

void Lane::send_answered(const Answer& answer) {
    const Outcome outcome = std::visit(ToOutcome{}, answer);
    if (const auto* refused = std::get_if<WasRefused>(&outcome)) {
        if (refused->kind == RefusalKind::network)
            hold(refused->text);
    } else if (std::holds_alternative<WasAccepted>(outcome)) {
        holds_ = 0;
        failures_ = 0;
        if (registered_)
            set_state("ready", "");
    } else if (const auto* unknown = std::get_if<IsUnknown>(&outcome)) {
        // A late answer would be taken for that of the next send.
        replace_worker("is replaced after an unknown outcome: " + unknown->text, Ms(0));
    } else {
        const std::string why = std::get<WasWithdrawn>(outcome).text;
        replace_worker("could not send: " + why, context_.config.worker_pause);
    }
    finish(outcome);
}

void Lane::scanned(const Scanned& scanned) {
    prefer_send_ = true;
    failures_ = 0; // a modem that can be read is good for something
    std::vector<Arrival> arrivals;
    for (const IncomingSms& sms : scanned.messages)
        arrivals.push_back(arrival_of(sms));
    const UtcMs now = utc_now();
    try {
        // Read, commit, and only then delete.
        const auto taken =
            arrivals.empty() ? std::vector<TakenIn>()
                             : context_.spool.take_in(modem_.name, arrivals, context_.numbers, now);
        for (std::size_t i = 0; i < taken.size(); ++i) {
            record_incoming(taken[i], context_.config);
            if (arrivals[i].kind == "raw" && !taken[i].again)
                log_warning("SMS", modem_.name + ": a message that cannot be decoded is kept as " +
                                       taken[i].incoming_id);
            if (stuck_.count(taken[i].incoming_id) == 0)
                removals_.push_back(
                    {{arrivals[i].folder, arrivals[i].location}, taken[i].incoming_id});
        }
        scan_wanted_ = scan_wanted_ || (scanned.more && !removals_.empty());
        if (scanned.more)
            return;
        last_read_ = scan_began_;
        // Whatever came before this scan is in: replies that were due before it are late.
        for (const SweptJob& job : context_.spool.give_up_replies(modem_.name, scan_began_))
            record_reply_late(job);
    } catch (const Error& error) {
        scan_wanted_ = true;
        put_off(error);
    }
}

void Lane::removed(const DeleteRequest&, const Answer& answer) {
    const Removal removal = removals_.front();
    removals_.pop_front();
    if (std::holds_alternative<Done>(answer)) {
        released_.push_back(removal.incoming_id);
        return;
    }
    const auto* trouble = std::get_if<Trouble>(&answer);
    const std::string why = trouble != nullptr ? trouble->text : "an answer that does not fit";
    if (trouble != nullptr && trouble->kind == "other")
        stuck_.insert(removal.incoming_id);
    log_warning("CLEAN", modem_.name + ": a message at place " +
                             std::to_string(removal.request.location) +
                             " was stored but cannot be deleted: " + why);
    if (trouble == nullptr || trouble->kind != "other")
        replace_worker("could not delete: " + why, context_.config.worker_pause);
}

void Lane::told_state(const LinkState& state) {
    if (view_.network != state.network)
        changed_ = true;
    view_.network = state.network;
    view_.operator_name = state.operator_name;
    view_.signal = state.signal;
    view_.used = state.used;
    view_.capacity = state.capacity;
    const bool was_registered = registered_;
    registered_ = can_register(state.network);
    if (!registered_) {
        hold("not registered in a network (" + state.network + ")");
        return;
    }
    if (!was_registered)
        log_info("MODEM", modem_.name + ": registered in a network (" + state.network + ")");
    if (!was_registered || Monotonic::now() >= hold_until_) {
        hold_until_ = {};
        set_state("ready", "");
    }
    if (!was_registered) {
        holds_ = 0;
        look_ = true;
    }
}

void Lane::in_trouble(const Request& request, const Trouble& trouble) {
    if (std::holds_alternative<StateRequest>(request) && trouble.kind == "other") {
        log_debug("MODEM", modem_.name + ": no state: " + trouble.text);
        // Whether there is a network nobody knows; the next send finds out.
        if (Monotonic::now() >= hold_until_) {
            registered_ = true;
            set_state("ready", "");
        }
        return;
    }
    if (std::holds_alternative<ScanRequest>(request) && trouble.kind == "other") {
        // A memory that cannot be listed is no reason not to send.
        log_warning("MODEM", modem_.name + ": what arrived cannot be read: " + trouble.text);
        prefer_send_ = true;
        next_scan_ = Monotonic::now() +
                     std::max(context_.config.scan_interval, context_.config.worker_pause_most);
        return;
    }
    if (trouble.kind == "pin" && !pin_mark_.empty()) {
        refused_pin_ = pin_mark_;
        try {
            context_.spool.reject_pin(modem_.name, pin_mark_);
        } catch (const Error& error) {
            put_off(error);
        }
    }
    const bool hopeless = trouble.kind == "pin" || trouble.kind == "sim";
    replace_worker("failed to " + std::string(word_of(request)) + ": " + trouble.text,
                   hopeless ? context_.config.worker_pause_most : context_.config.worker_pause);
}

void Lane::lost(const Lost& lost) {
    const bool sending = lost.request && std::holds_alternative<SendRequest>(*lost.request);
    replace_worker(lost.why, context_.config.worker_pause);
    if (sending && work_ && !outcome_)
        finish(IsUnknown{"the worker " + lost.why});
}

void Lane::replace_worker(const std::string& why, Ms pause) {
    link_.stop(0);
    open_ = false;
    removals_.clear();
    // After a time of good work the first try is made at once.
    const bool at_once = failures_ == 0 && pause <= context_.config.worker_pause;
    const Ms wait =
        at_once ? Ms(0) : doubled(pause, context_.config.worker_pause_most, failures_ - 1);
    ++failures_;
    restart_at_ = Monotonic::now() + wait;
    // What was known of the network is not known any more.
    view_.network = "unknown";
    view_.operator_name.clear();
    view_.signal = view_.used = view_.capacity = -1;
    set_state("down", why);
    log_warning("MODEM", modem_.name + ": the worker " + why + "; another is started " +
                             (wait.count() == 0 ? std::string("at once")
                                                : "in " + std::to_string(wait.count()) + " ms"));
}

// No network: no job is touched until there is one.
void Lane::hold(const std::string& why) {
    const Ms pause = doubled(context_.config.network_first, context_.config.network_most, holds_);
    ++holds_;
    const auto now = Monotonic::now();
    hold_until_ = now + pause;
    next_state_ = std::min(next_state_, hold_until_);
    if (view_.state != "waiting")
        log_warning("MODEM", modem_.name + ": waits for a network: " + why);
    set_state("waiting", why);
}

// --- settling -----------------------------------------------------------------------------------

void Lane::finish(const Outcome& outcome) {
    outcome_ = outcome;
    settle();
}

void Lane::settle() {
    const auto now = Monotonic::now();
    try {
        const UtcMs now_utc = utc_now();
        const double jitter =
            static_cast<double>(random_()) / static_cast<double>(std::minstd_rand::max());
        const Decision decision = decide(*work_, *outcome_, context_.config, now_utc, jitter);
        const Claimer claimer{context_.owner, modem_.name, context_.config.send_deadline.count()};
        // Receiving takes its turn: the next job is claimed here only while nothing waits.
        const bool go_on = may_claim(now) && !claim_unsure_ && now < next_state_ &&
                           removals_.empty() && !scan_wanted_ && now < next_scan_;
        const Turn turn = context_.spool.settle(*work_, attempt_end(*outcome_), decision,
                                                go_on ? &claimer : nullptr, now_utc);
        record_attempt(*work_, *outcome_, context_.config);
        if (!turn.settled)
            log_error("SPOOL", "job " + work_->job_id + " was taken away while it was sent");
        work_.reset();
        outcome_.reset();
        look_ = true;
        if (turn.next)
            tell(*turn.next);
    } catch (const Error& error) {
        put_off(error);
    }
}

void Lane::release_removed() {
    if (released_.empty())
        return;
    try {
        context_.spool.released(released_);
        released_.clear();
    } catch (const Error& error) {
        put_off(error);
    }
}

void Lane::put_off(const Error& error) {
    const auto now = Monotonic::now();
    retry_at_ = now + spool_pause;
    claim_unsure_ = true;
    if (now < complain_at_)
        return;
    complain_at_ = now + complain_every;
    log_error("SPOOL", error.what());
}

} // namespace smsspool
