// The way in: texts of a phone to the modem, and what waits.

#include "tests/simmodem/network.h"

#include "common/error.h"
#include "common/json.h"
#include "common/utf.h"

#include <algorithm>

namespace smsspool::sim {

namespace {

constexpr std::size_t most_parts = 255;
constexpr std::size_t most_waiting = 10'000;
constexpr unsigned most_narrow_reference = 0xFF;

[[noreturn]] void refuse(const char* why) {
    throw Error(Fault::bad_input, why);
}

Encoding encoding_of(const PhoneText& text) {
    const Encoding needed = encoding_for(text.text);
    if (text.encoding == Encoding::gsm7 && needed != Encoding::gsm7)
        refuse("The text has characters that GSM-7 lacks.");
    return text.encoding.value_or(needed);
}

// A reference of 16 bits makes the header one octet longer.
std::vector<std::string> parts_of(const PhoneText& text, Encoding encoding) {
    const std::vector<std::string> parts = split(text.text, encoding);
    if (parts.size() == 1 || text.reference.value_or(0) <= most_narrow_reference)
        return parts;
    constexpr std::size_t septets = 152;
    constexpr std::size_t units = 66;
    return cut(text.text, encoding, encoding == Encoding::gsm7 ? septets : units);
}

std::vector<unsigned> arrival_order(const PhoneText& text, std::size_t parts) {
    std::vector<unsigned> order = text.order;
    if (order.empty())
        for (unsigned part = 1; part <= parts; ++part)
            order.push_back(part);
    const auto missing = [&](unsigned part) {
        return !text.only.empty() &&
               std::find(text.only.begin(), text.only.end(), part) == text.only.end();
    };
    std::erase_if(order, missing);
    for (const unsigned part : order)
        if (part == 0 || part > parts)
            refuse("The text has no part of that number.");
    return order;
}

void put_optional(JsonWriter& writer, const char* key, std::optional<unsigned> value) {
    put_key(writer, key);
    if (value)
        writer.Uint(*value);
    else
        writer.Null();
}

void put_message(JsonWriter& writer, const Arrival& arrival) {
    put_key(writer, "text");
    put_text(writer, arrival.text);
    put_key(writer, "encoding");
    put_text(writer, arrival.encoding);
    put_key(writer, "part");
    writer.Uint(arrival.concat ? arrival.concat->part : 1);
    put_key(writer, "parts");
    writer.Uint(arrival.concat ? arrival.concat->parts : 1);
    put_optional(writer, "concat_reference",
                 arrival.concat ? std::optional(arrival.concat->reference) : std::nullopt);
}

void put_report(JsonWriter& writer, const Arrival& arrival) {
    put_key(writer, "reference");
    writer.Uint(arrival.reference);
    put_key(writer, "status");
    writer.Uint(arrival.status);
}

} // namespace

std::size_t Network::send(const PhoneText& text) {
    const Encoding encoding = encoding_of(text);
    const std::vector<std::string> parts = parts_of(text, encoding);
    if (parts.size() > most_parts)
        refuse("The text needs more than 255 parts.");
    if (!encode_address(text.from))
        refuse("The sender is neither a number nor a name of up to 11 characters.");
    if (waiting_.size() + parts.size() > most_waiting)
        refuse("Too many messages wait for the modem already.");
    const unsigned reference =
        parts.size() == 1 ? 0 : (text.reference ? *text.reference : next_concat_++);
    const std::vector<unsigned> order = arrival_order(text, parts.size());
    for (const unsigned part : order) {
        std::optional<Concat> concat;
        if (parts.size() > 1)
            concat = Concat{reference, static_cast<unsigned>(parts.size()), part};
        arrive(make_arrival(text, content_of(parts[part - 1], encoding), concat));
    }
    return order.size();
}

Arrival Network::make_arrival(const PhoneText& text, const Content& content,
                              std::optional<Concat> concat) const {
    Deliver deliver;
    deliver.smsc = identity_.smsc;
    deliver.sender = text.from;
    deliver.time = text.time.value_or(local_centre_time(utc_now()));
    deliver.content = content;
    deliver.concat = concat;
    const auto pdu = encode_deliver(deliver);
    if (!pdu)
        refuse("The text does not fit an SMS.");
    Arrival arrival;
    arrival.pdu = *pdu;
    arrival.memory = text.memory;
    arrival.number = text.from;
    arrival.text = text_of(content);
    arrival.encoding = name_of(content.alphabet);
    arrival.concat = concat;
    return arrival;
}

void Network::send_raw(const Pdu& pdu, std::optional<Memory> memory) {
    Arrival arrival;
    arrival.pdu = pdu;
    arrival.memory = memory;
    arrival.encoding = "raw";
    arrive(std::move(arrival));
}

void Network::arrive(Arrival arrival) {
    waiting_.push_back(std::move(arrival));
    deliver_waiting();
}

void Network::deliver_waiting() {
    std::deque<Arrival> still;
    while (!waiting_.empty()) {
        Arrival arrival = std::move(waiting_.front());
        waiting_.pop_front();
        if (!try_deliver(arrival))
            still.push_back(std::move(arrival));
    }
    waiting_ = std::move(still);
}

bool Network::try_deliver(const Arrival& arrival) {
    const auto placed = receiver_ ? receiver_(arrival) : std::nullopt;
    if (placed)
        write_arrival(arrival, *placed);
    return placed.has_value();
}

void Network::write_arrival(const Arrival& arrival, const Placed& placed) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_key(writer, "event");
    put_text(writer, "incoming");
    put_key(writer, "time_ms");
    writer.Int64(utc_now());
    put_key(writer, "number");
    put_text(writer, arrival.number);
    put_key(writer, "report");
    writer.Bool(arrival.kind == Arrival::Kind::report);
    if (arrival.kind == Arrival::Kind::report)
        put_report(writer, arrival);
    else
        put_message(writer, arrival);
    put_key(writer, "memory");
    put_text(writer, placed.place ? name_of(placed.memory) : std::string_view("direct"));
    put_optional(writer, "location", placed.place);
    put_key(writer, "modem");
    put_text(writer, identity_.modem);
    writer.EndObject();
    events_.record(EventKind::incoming, arrival.number, arrival.text,
                   {buffer.GetString(), buffer.GetSize()});
}

} // namespace smsspool::sim
