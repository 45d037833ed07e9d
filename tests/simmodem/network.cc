// The way out: parts, messages, replies, reports. The way in is network_incoming.cc.

#include "tests/simmodem/network.h"

#include "common/error.h"
#include "common/json.h"

#include <algorithm>

namespace smsspool::sim {

namespace {

// A client that never sends the last parts must not fill the memory.
constexpr std::size_t most_incomplete = 1000;
constexpr std::size_t most_sent = 1000;

std::string part_line(const Submit& submit, std::uint8_t reference, const std::string& modem) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_key(writer, "event");
    put_text(writer, "part");
    put_key(writer, "time_ms");
    writer.Int64(utc_now());
    put_key(writer, "number");
    put_text(writer, submit.number);
    put_key(writer, "text");
    put_text(writer, text_of(submit.content));
    put_key(writer, "encoding");
    put_text(writer, name_of(submit.content.alphabet));
    put_key(writer, "part");
    writer.Uint(submit.concat ? submit.concat->part : 1);
    put_key(writer, "parts");
    writer.Uint(submit.concat ? submit.concat->parts : 1);
    put_key(writer, "concat_reference");
    if (submit.concat)
        writer.Uint(submit.concat->reference);
    else
        writer.Null();
    put_key(writer, "reference");
    writer.Uint(reference);
    put_key(writer, "report");
    writer.Bool(submit.report == ReportWish::yes);
    put_key(writer, "validity");
    if (submit.valid_seconds)
        writer.Int64(*submit.valid_seconds);
    else
        writer.Null();
    put_key(writer, "class");
    if (submit.message_class)
        writer.Uint(*submit.message_class);
    else
        writer.Null();
    put_key(writer, "modem");
    put_text(writer, modem);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

std::string message_line(const std::string& number, const std::string& text, std::size_t parts,
                         Alphabet alphabet, const std::string& modem) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_key(writer, "event");
    put_text(writer, "message");
    put_key(writer, "time_ms");
    writer.Int64(utc_now());
    put_key(writer, "number");
    put_text(writer, number);
    put_key(writer, "text");
    put_text(writer, text);
    put_key(writer, "parts");
    writer.Uint64(parts);
    put_key(writer, "encoding");
    put_text(writer, name_of(alphabet));
    put_key(writer, "modem");
    put_text(writer, modem);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

// Parts of one alphabet are joined as units: a character may be spread over two of them.
std::string joined_text(const std::map<unsigned, Content>& parts) {
    std::string text;
    Content run = {parts.begin()->second.alphabet, {}};
    for (const auto& [number, content] : parts) {
        if (content.alphabet != run.alphabet) {
            text += text_of(run);
            run = {content.alphabet, {}};
        }
        run.units += content.units;
    }
    return text + text_of(run);
}

} // namespace

std::uint8_t Network::accept(const Submit& submit) {
    const std::uint8_t reference = next_reference_++;
    write_part(submit, reference);
    const Sent sent{reference, submit.number, local_centre_time(utc_now())};
    sent_.push_back(sent);
    if (sent_.size() > most_sent)
        sent_.pop_front();
    if (submit.report == ReportWish::yes)
        schedule_report(sent);
    join(submit);
    return reference;
}

void Network::write_part(const Submit& submit, std::uint8_t reference) {
    events_.record(EventKind::part, submit.number, text_of(submit.content),
                   part_line(submit, reference, identity_.modem));
}

void Network::join(const Submit& submit) {
    if (!submit.concat) {
        complete(submit.number, {{1U, submit.content}});
        return;
    }
    const MessageKey key{submit.number, submit.concat->reference, submit.concat->parts};
    if (incomplete_.size() >= most_incomplete && !incomplete_.contains(key))
        incomplete_.erase(incomplete_.begin());
    Parts& parts = incomplete_[key];
    parts.insert_or_assign(submit.concat->part, submit.content);
    if (parts.size() < submit.concat->parts)
        return;
    const Parts whole = std::move(parts);
    incomplete_.erase(key);
    complete(submit.number, whole);
}

void Network::complete(const std::string& number, const Parts& parts) {
    const std::string text = joined_text(parts);
    events_.record(
        EventKind::message, number, text,
        message_line(number, text, parts.size(), parts.begin()->second.alphabet, identity_.modem));
    answer(number, text);
}

void Network::answer(const std::string& number, const std::string& text) {
    const auto rule = std::find_if(rules_.begin(), rules_.end(),
                                   [&](const Rule& r) { return r.fits(number, text); });
    if (rule == rules_.end())
        return;
    PhoneText reply;
    reply.from = number;
    reply.text = rule->reply_to(text);
    timers_.after(rule->after, [this, reply] { send(reply); });
}

void Network::schedule_report(const Sent& sent) {
    if (faults_.is_on(FaultName::no_reports))
        return;
    const FaultSettings* late = faults_.find(FaultName::late_reports);
    const auto delay = late != nullptr ? std::chrono::milliseconds{late->ms} : report_delay_;
    timers_.after(delay, [this, sent, status = report_status_] { send_report(sent, status); });
}

void Network::send_report(const Sent& sent, std::uint8_t status) {
    Report report;
    report.smsc = identity_.smsc;
    report.reference = sent.reference;
    report.recipient = sent.number;
    report.submitted = sent.time;
    report.discharged = local_centre_time(utc_now());
    report.status = status;
    Arrival arrival;
    arrival.kind = Arrival::Kind::report;
    arrival.pdu = encode_report(report);
    arrival.number = sent.number;
    arrival.reference = sent.reference;
    arrival.status = status;
    arrive(std::move(arrival));
}

Network::Sent Network::sent_for(const ReportOrder& order) const {
    const auto meant = [&](const Sent& sent) {
        return (!order.reference || sent.reference == *order.reference) &&
               (order.number.empty() || sent.number == order.number);
    };
    const auto found = std::find_if(sent_.rbegin(), sent_.rend(), meant);
    if (found != sent_.rend())
        return *found;
    if (!order.reference || *order.reference > 0xFF || order.number.empty())
        throw Error(Fault::bad_input, "Nothing like that was sent.");
    return {static_cast<std::uint8_t>(*order.reference), order.number,
            local_centre_time(utc_now())};
}

void Network::report(const ReportOrder& order) {
    send_report(sent_for(order), order.status);
}

} // namespace smsspool::sim
