// What a lane makes of what its worker says.

#include "common/log.h"
#include "spoold/lane.h"

#include <algorithm>

namespace smsspool {

namespace {

bool can_register(const std::string& network) {
    // A transport without a notion of a network says "unknown" and is believed to have one.
    return network == "home" || network == "roaming" || network == "unknown";
}

Obstacle obstacle_of(const Trouble& trouble) {
    if (trouble.kind == "device_missing" || trouble.kind == "permission" ||
        trouble.kind == "busy_device")
        return Obstacle::port;
    if (trouble.kind == "pin")
        return Obstacle::settings;
    return trouble.kind == "sim" ? Obstacle::sim : Obstacle::link;
}

} // namespace

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
    const auto* trouble = std::get_if<Trouble>(&answer);
    if (std::holds_alternative<SendRequest>(request)) {
        send_answered(answer);
    } else if (std::holds_alternative<DeleteRequest>(request)) {
        removed(answer);
    } else if (std::holds_alternative<ResetRequest>(request)) {
        end_step(trouble == nullptr ? "done" : "failed: " + trouble->text,
                 trouble == nullptr ? LogLevel::info : LogLevel::warning);
    } else if (trouble != nullptr) {
        in_trouble(request, *trouble);
    } else if (const auto* facts = std::get_if<Opened>(&answer)) {
        opened(*facts);
    } else if (const auto* found = std::get_if<Scanned>(&answer)) {
        scanned(*found);
    } else if (const auto* state = std::get_if<LinkState>(&answer)) {
        told_state(*state);
    } else {
        fail("gave an answer that does not fit", Obstacle::link, Doing::other);
    }
}

// --- the network --------------------------------------------------------------------------------

void Lane::told_state(const LinkState& state) {
    ladder_.worked(Doing::other);
    if (view_.network != state.network)
        changed_ = true;
    view_.network = state.network;
    view_.operator_name = state.operator_name;
    view_.signal = state.signal;
    view_.used = state.used;
    view_.capacity = state.capacity;
    network_asked_ = true;
    watch_storage();
    if (can_register(state.network))
        registered();
    else
        unregistered(state.network);
}

void Lane::registered() {
    registered_ = true;
    if (!unregistered_since_)
        return;
    log_info("MODEM", modem_.name + ": registered in a network (" + view_.network + ")");
    unregistered_since_.reset();
    holds_ = 0;
    hold_until_ = {};
    look_ = true;
}

// No job is touched until there is a network; it is asked for often, since nothing else tells that
// sending can begin.
void Lane::unregistered(const std::string& network) {
    const auto now = Monotonic::now();
    registered_ = false;
    next_state_ = std::min(next_state_, now + context_.config.network_first);
    if (!unregistered_since_) {
        unregistered_since_ = now;
        radio_pause_ = modem_.provider ? Ms(0) : context_.config.unregistered_most;
        radio_at_ = now + radio_pause_;
        log_warning("MODEM", modem_.name + ": waits for a network: not registered in a network (" +
                                 network + ")");
    }
    if (radio_pause_.count() == 0 || now < radio_at_)
        return;
    radio_pause_ *= 2;
    radio_at_ = now + radio_pause_;
    begin(Rung::radio);
}

// A registered modem was refused for want of a network, or told to wait.
void Lane::hold(const std::string& why, Ms least) {
    const Ms pause = std::max(
        least, doubled(context_.config.network_first, context_.config.network_most, holds_));
    const auto now = Monotonic::now();
    hold_why_ = why;
    hold_until_ = now + pause;
    next_state_ = std::min(next_state_, hold_until_);
    if (holds_ == 0)
        log_warning("MODEM", modem_.name + ": waits for a network: " + why);
    ++holds_;
}

void Lane::watch_storage() {
    if (view_.capacity <= 0)
        return;
    constexpr std::int64_t all = 100;
    const std::int64_t percent = view_.used * all / view_.capacity;
    const bool full = percent >= context_.config.storage_warning;
    scan_wanted_ = scan_wanted_ || full;
    if (full == storage_full_)
        return;
    storage_full_ = full;
    const std::string places = std::to_string(view_.used) + " of " +
                               std::to_string(view_.capacity) + " places for messages are in use";
    if (full)
        log_warning("MODEM", modem_.name + ": " + places + "; it is emptied before it sends");
    else
        log_info("MODEM", modem_.name + ": its storage has room again: " + places);
}

// --- trouble ------------------------------------------------------------------------------------

void Lane::in_trouble(const Request& request, const Trouble& trouble) {
    if (trouble.kind == "other" && goes_on(request, trouble))
        return;
    if (std::holds_alternative<OpenRequest>(request))
        judge_pin(trouble);
    fail("failed to " + std::string(word_of(request)) + ": " + trouble.text, obstacle_of(trouble),
         Doing::other);
}

// After any trouble but `pin` it was not given, or it was right.
void Lane::judge_pin(const Trouble& trouble) {
    if (given_pin_.empty())
        return;
    if (trouble.kind == "pin") {
        refused_pin_ = given_pin_;
        note_pin({given_pin_, Spool::PinNote::Fate::refused});
    } else {
        note_pin({});
    }
    given_pin_.clear();
}

// A state or a scan that did not work is no reason not to send.
bool Lane::goes_on(const Request& request, const Trouble& trouble) {
    if (std::holds_alternative<StateRequest>(request)) {
        log_debug("MODEM", modem_.name + ": no state: " + trouble.text);
        // Whether there is a network nobody knows; the next send finds out.
        network_asked_ = true;
        registered_ = true;
        unregistered_since_.reset();
        return true;
    }
    if (!std::holds_alternative<ScanRequest>(request))
        return false;
    log_warning("MODEM", modem_.name + ": what arrived cannot be read: " + trouble.text);
    view_.trace = trace();
    prefer_send_ = true;
    next_scan_ = Monotonic::now() +
                 std::max(context_.config.scan_interval, context_.config.worker_pause_most);
    return true;
}

void Lane::lost(const Lost& lost) {
    if (lost.request && std::holds_alternative<ResetRequest>(*lost.request)) {
        end_step("failed: the worker " + lost.why, LogLevel::warning);
        return;
    }
    const bool sending = lost.request && std::holds_alternative<SendRequest>(*lost.request);
    fail(lost.why, Obstacle::link, sending ? Doing::sending : Doing::other);
    if (!sending || !work_ || outcome_)
        return;
    const IsUnknown outcome{"the worker " + lost.why, trace()};
    judge_modem(outcome);
    finish(outcome);
}

} // namespace smsspool
