// How a lane reads what arrived, stores it and deletes it.

#include "common/log.h"
#include "spoold/lane.h"
#include "spoold/records.h"

namespace smsspool {

namespace {

std::string kind_of(const IncomingSms& sms) {
    switch (sms.kind) {
    case IncomingSms::Kind::deliver:
        return "deliver";
    case IncomingSms::Kind::report:
        return "report";
    case IncomingSms::Kind::raw:
        return "raw";
    }
    return {};
}

Arrival arrival_of(const IncomingSms& sms) {
    Arrival arrival;
    arrival.kind = kind_of(sms);
    arrival.number = sms.number;
    arrival.text = sms.text;
    arrival.sent = sms.sent;
    arrival.folder = sms.folder;
    arrival.location = sms.location;
    arrival.part = sms.part;
    arrival.parts = sms.parts;
    arrival.reference = sms.reference;
    arrival.report_status = sms.report_status;
    arrival.settled = sms.settled;
    return arrival;
}

} // namespace

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

void Lane::scanned(const Scanned& scanned) {
    prefer_send_ = true;
    ladder_.worked(Doing::other);
    std::vector<Arrival> arrivals;
    for (const IncomingSms& sms : scanned.messages)
        arrivals.push_back(arrival_of(sms));
    try {
        // Read, commit, and only then delete.
        const auto taken = arrivals.empty() ? std::vector<TakenIn>()
                                            : context_.spool.take_in(modem_.name, arrivals,
                                                                     context_.numbers, utc_now());
        if (!taken.empty()) {
            context_.outage.worked(Monotonic::now());
            context_.taken_in = true;
        }
        for (std::size_t i = 0; i < taken.size(); ++i)
            taken_in(scanned.messages[i], taken[i]);
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

void Lane::taken_in(const IncomingSms& sms, const TakenIn& taken) {
    if (!taken.failed.empty()) { // it has no copy but the one on the modem
        log_error("SMS", modem_.name + ": a message at place " + std::to_string(sms.location) +
                             " cannot be stored, and stays there: " + taken.failed);
        return;
    }
    record_incoming(taken, context_.config);
    record_report(taken, sms.report_status);
    if (sms.kind == IncomingSms::Kind::raw && !taken.again)
        log_warning("SMS", modem_.name + ": a message that cannot be decoded is kept as " +
                               taken.incoming_id);
    if (sms.location < 0)
        released_.push_back(taken.incoming_id); // there is no copy to delete
    else if (stuck_.count(taken.incoming_id) == 0)
        removals_.push_back({{sms.folder, sms.location}, taken.incoming_id});
}

void Lane::removed(const Answer& answer) {
    const Removal removal = removals_.front();
    removals_.pop_front();
    // How full it is now decides whether it goes on being emptied.
    if (storage_full_ && removals_.empty())
        next_state_ = Monotonic::now();
    if (std::holds_alternative<Done>(answer)) {
        released_.push_back(removal.incoming_id);
        return;
    }
    const auto* trouble = std::get_if<Trouble>(&answer);
    const std::string why = trouble != nullptr ? trouble->text : "an answer that does not fit";
    const bool goes_on = trouble != nullptr && trouble->kind == "other";
    if (goes_on)
        stuck_.insert(removal.incoming_id);
    log_warning("CLEAN", modem_.name + ": a message at place " +
                             std::to_string(removal.request.location) +
                             " was stored but cannot be deleted: " + why);
    if (!goes_on)
        fail("could not delete: " + why, Obstacle::link, Doing::other);
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

} // namespace smsspool
