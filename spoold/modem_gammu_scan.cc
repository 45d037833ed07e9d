// Reading through libgammu what arrived, and deleting it.

#include "common/log.h"
#include "spoold/modem_gammu_inside.h"
#include "spoold/modem_memory.h"
#include "spoold/modem_pdu.h"
#include "spoold/modem_tap.h"

#include <algorithm>

namespace smsspool {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds list_limit{15000};

// The folder of what stands in the memory for reports; libgammu's places count through all folders
// that it knows, as folder 0.
constexpr int report_folder = 9;
constexpr int nowhere = -1;
constexpr int no_such_place = 321;

} // namespace

// Adds what stands at one place. Of what libgammu failed to decode the bytes are kept.
void Gammu::Inside::take_place(const GSM_MultiSMSMessage& read, GSM_Error error,
                               std::vector<IncomingSms>& messages) {
    const int location = read.SMS[0].Location;
    if (error != ERR_NONE)
        return take_unreadable(location, error, messages);
    // Several at one place: this driver joins parts itself.
    const int count = std::clamp(read.Number, 0, GSM_MAX_MULTI_SMS);
    for (int i = 0; i < count; ++i) {
        auto message = incoming_message(read.SMS[i], count == 1 ? last_pdu() : std::string());
        if (!message)
            continue;
        message->location = location;
        messages.push_back(std::move(*message));
    }
}

void Gammu::Inside::take_unreadable(int location, GSM_Error error,
                                    std::vector<IncomingSms>& messages) {
    unreadable.insert(location);
    if (last_pdu().empty()) {
        log_warning("MODEM", "A stored message cannot be read, place " + std::to_string(location) +
                                 ": " + GSM_ErrorName(error));
        return;
    }
    IncomingSms message;
    message.kind = IncomingSms::Kind::raw;
    message.location = location;
    message.text = last_pdu();
    messages.push_back(std::move(message));
}

// A modem without a memory has nothing to list; anything else is a fault of the link.
Answer Gammu::Inside::no_list(GSM_Error error, Scanned scanned) {
    if (error == ERR_NOTSUPPORTED || error == ERR_NOTIMPLEMENTED)
        return scanned;
    return fail("listing messages", error);
}

// One that is nowhere stored, or in the memory for reports.
IncomingSms Gammu::Inside::decoded(const std::string& pdu) {
    const auto bytes = from_hex(pdu);
    const auto sms = std::make_unique<GSM_SMSMessage>();
    std::size_t end = 0;
    std::optional<IncomingSms> message;
    if (bytes && GSM_DecodePDUFrame(GSM_GetDebug(machine), sms.get(), bytes->data(), bytes->size(),
                                    &end, TRUE) == ERR_NONE)
        message = incoming_message(*sms, pdu);
    if (!message) {
        message.emplace();
        message->kind = IncomingSms::Kind::raw;
        message->text = pdu;
    }
    message->location = nowhere;
    return *message;
}

void Gammu::Inside::scan_direct(std::size_t limit, Scanned& scanned) {
    while (!direct.empty() && scanned.messages.size() < limit) {
        scanned.messages.push_back(decoded(direct.front()));
        direct.pop_front();
    }
}

std::optional<Trouble> Gammu::Inside::scan_reports(Scanned& scanned) {
    if (tty < 0 || !push.has_report_memory)
        return std::nullopt;
    AtPort port = plain_port();
    const auto found = list_reports(port);
    if (const auto* trouble = std::get_if<Trouble>(&found)) {
        broken = broken || trouble->kind == "timeout";
        if (broken)
            return *trouble;
        log_warning("MODEM", "The memory for reports cannot be read: " + trouble->text);
        push.has_report_memory = false;
        return std::nullopt;
    }
    for (const StoredPdu& stored : std::get<std::vector<StoredPdu>>(found)) {
        IncomingSms message = decoded(stored.pdu);
        message.folder = report_folder;
        message.location = stored.place;
        scanned.messages.push_back(std::move(message));
    }
    return std::nullopt;
}

Answer Gammu::Inside::scan(std::size_t limit) {
    collect();
    incoming = false;
    Scanned scanned;
    scan_direct(limit, scanned);
    if (const auto trouble = scan_reports(scanned))
        return *trouble;
    scanned.more = scanned.messages.size() > limit || !direct.empty();
    scanned.messages.resize(std::min(scanned.messages.size(), limit));
    if (scanned.more)
        return scanned;
    return scan_memories(limit, std::move(scanned));
}

Answer Gammu::Inside::scan_memories(std::size_t limit, Scanned scanned) {
    const auto stall = limit_waiting(list_limit);
    const auto read = std::make_unique<GSM_MultiSMSMessage>();
    std::set<int> seen; // a modem may serve one place for ever
    for (gboolean start = TRUE;; start = FALSE) {
        last_pdu().clear();
        const GSM_Error error = GSM_GetNextSMS(machine, read.get(), start);
        if (error == ERR_EMPTY)
            return scanned;
        if (breaks_link(error) || error == ERR_SECURITYERROR || error == ERR_NOSIM)
            return fail("reading messages", error);
        const int location = read->SMS[0].Location;
        if (error != ERR_NONE && location == 0) // it did not come as far as a message
            return no_list(error, std::move(scanned));
        if (!seen.insert(location).second)
            return scanned;
        scanned.more = scanned.messages.size() >= limit;
        if (scanned.more)
            return scanned;
        take_place(*read, error, scanned.messages);
    }
}

Answer Gammu::scan(std::size_t limit) {
    if (inside_->broken)
        return broken_link();
    return inside_->scan(limit);
}

// libgammu reads a message before it deletes it, and does not delete what it cannot read: such a
// one would come back for ever. By the failed try it has chosen the right memory.
Answer Gammu::Inside::remove_unreadable(int location) {
    constexpr milliseconds patience{10000};
    int place = location % GSM_PHONE_MAXSMSINFOLDER;
    if (GSM_IsPhoneFeatureAvailable(GSM_GetModelInfo(machine), F_SMS_LOCATION_0))
        --place;
    AtPort port = plain_port();
    const auto answer = port.ask("AT+CMGD=" + std::to_string(place), patience);
    if (!answer) {
        broken = true;
        return Trouble{"timeout", "no answer to AT+CMGD"};
    }
    if (!answer->ok() && answer->code != no_such_place)
        return Trouble{"other", "AT+CMGD: " + name_of_result(*answer)};
    unreadable.erase(location);
    return Done{};
}

Answer Gammu::Inside::remove_report(int place) {
    if (tty < 0)
        return Done{};
    AtPort port = plain_port();
    auto answer = delete_report(port, place);
    if (const auto* trouble = std::get_if<Trouble>(&answer))
        broken = broken || trouble->kind == "timeout";
    return answer;
}

Answer Gammu::remove(const DeleteRequest& request) {
    Inside& in = *inside_;
    if (in.broken)
        return broken_link();
    if (request.folder == report_folder)
        return in.remove_report(request.location);
    const auto limit = in.limit_waiting(list_limit);
    const auto sms = std::make_unique<GSM_SMSMessage>();
    sms->Folder = 0; // the location counts through all folders
    sms->Location = request.location;
    const GSM_Error error = GSM_DeleteSMS(in.machine, sms.get());
    if (error == ERR_NONE || error == ERR_EMPTY || error == ERR_INVALIDLOCATION)
        return Done{};
    if (!breaks_link(error) && in.tty >= 0 && in.unreadable.count(request.location) != 0)
        return in.remove_unreadable(request.location);
    return in.fail("deleting place " + std::to_string(request.location), error);
}

// --- what is not stored -------------------------------------------------------------------------

// The network holds back the next one until the modem was told that this one arrived, and the modem
// gives up handing over where that takes long.
void Gammu::Inside::acknowledge(std::size_t count) {
    if (!push.wants_acknowledge || tty < 0)
        return;
    constexpr milliseconds patience{5000};
    AtPort port = plain_port();
    for (; count > 0 && !broken; --count)
        broken = !port.ask("AT+CNMA", patience);
}

void Gammu::Inside::collect() {
    constexpr std::size_t most_direct = 1000;
    // What comes with the answer to an acknowledgement is of the next round; a modem that never
    // stops is heard again later.
    constexpr int most_rounds = 20;
    for (int round = 0; number && tty_tap().has_arrivals(*number) && round < most_rounds; ++round) {
        const auto arrivals = tty_tap().take_arrivals(*number);
        incoming = true;
        direct.insert(direct.end(), arrivals.direct.begin(), arrivals.direct.end());
        if (!broken)
            acknowledge(arrivals.direct.size());
    }
    if (direct.size() > most_direct) {
        log_warning("MODEM", "Too much was handed over that nobody fetched: the oldest is dropped");
        direct.erase(direct.begin(), direct.end() - most_direct);
    }
}

} // namespace smsspool
