// Requests over the control socket.

#include "tests/simmodem/requests.h"

#include "common/error.h"
#include "common/json.h"
#include "common/utf.h"
#include "tests/simmodem/members.h"

#include <algorithm>
#include <array>
#include <limits>

namespace smsspool::sim {

namespace {

using rapidjson::Value;

constexpr std::size_t request_depth = 4;
constexpr std::int64_t longest_ms = 24 * 3600 * 1000;

// --- incoming and report ------------------------------------------------------------------------

PhoneText phone_text(const Value& request) {
    PhoneText text;
    text.from = needed_text(request, "from");
    text.text = needed_text(request, "text");
    text.memory = memory_in(request);
    text.only = numbers_in(request, "only");
    text.order = numbers_in(request, "order");
    if (const auto reference = number_in(request, "concat_reference", 0xFFFF))
        text.reference = static_cast<unsigned>(*reference);
    if (const auto name = text_in(request, "encoding")) {
        text.encoding = encoding_named(*name);
        if (!text.encoding)
            refuse("\"encoding\" must be gsm7 or ucs2.");
    }
    if (const auto time = text_in(request, "time")) {
        text.time = parse_centre_time(*time);
        if (!text.time)
            refuse("\"time\" must be a time as in RFC 3339.");
    }
    return text;
}

void incoming(Simulator& simulator, const Value& request, JsonWriter& writer) {
    std::size_t parts = 1;
    if (const auto hex = text_in(request, "raw_pdu")) {
        const auto pdu = raw_pdu(*hex);
        if (!pdu)
            refuse("\"raw_pdu\" is not a PDU in hex.");
        simulator.network.send_raw(*pdu, memory_in(request));
    } else {
        parts = simulator.network.send(phone_text(request));
    }
    simulator.dialogue.say_unasked();
    put_key(writer, "parts");
    writer.Uint64(parts);
    put_key(writer, "waiting");
    writer.Uint64(simulator.network.waiting());
}

void report(Simulator& simulator, const Value& request, JsonWriter&) {
    Network::ReportOrder order;
    if (const auto reference = number_in(request, "reference", 0xFF))
        order.reference = static_cast<unsigned>(*reference);
    order.number = text_in(request, "number").value_or("");
    order.status = static_cast<std::uint8_t>(number_in(request, "status", 0xFF).value_or(0));
    if (!order.reference && order.number.empty())
        refuse("\"reference\" or \"number\" is missing.");
    simulator.network.report(order);
    simulator.dialogue.say_unasked();
}

// --- rules --------------------------------------------------------------------------------------

void put_rules(const Simulator& simulator, JsonWriter& writer) {
    put_key(writer, "rules");
    writer.Uint64(simulator.network.rules());
}

void rule(Simulator& simulator, const Value& request, JsonWriter& writer) {
    simulator.network.add_rule(rule_from(request));
    put_rules(simulator, writer);
}

void rules(Simulator& simulator, const Value& request, JsonWriter& writer) {
    if (flag_in(request, "clear"))
        simulator.network.clear_rules();
    put_rules(simulator, writer);
}

// --- faults -------------------------------------------------------------------------------------

Until until_in(const Value& request) {
    const auto word = text_in(request, "until");
    if (!word)
        return Until::off;
    if (*word == "radio")
        return Until::radio;
    if (*word != "reset")
        refuse("\"until\" must be radio or reset.");
    return Until::reset;
}

FaultSettings fault_settings(FaultName name, const Value& request) {
    FaultSettings settings = default_settings(name);
    settings.ms = number_in(request, "ms", longest_ms).value_or(settings.ms);
    settings.code = number_in(request, "code", 9999).value_or(settings.code);
    settings.bytes = number_in(request, "bytes", 65536).value_or(settings.bytes);
    settings.count = number_in(request, "count", 1'000'000).value_or(0);
    settings.registration = number_in(request, "registration", 5).value_or(settings.registration);
    settings.number = text_in(request, "number").value_or("");
    settings.text = text_in(request, "text").value_or(settings.text);
    settings.link = text_in(request, "link").value_or("");
    if (text_in(request, "at").value_or("end") == "prompt")
        settings.at = RefuseAt::prompt;
    settings.until = until_in(request);
    if (flag_in(request, "cme"))
        settings.with = RefuseWith::cme;
    if (flag_in(request, "error"))
        settings.with = RefuseWith::error;
    return settings;
}

void check_fault(FaultName name, const FaultSettings& settings) {
    if (name == FaultName::refuse && settings.at == RefuseAt::prompt && !settings.number.empty())
        refuse("At the prompt the modem does not know the recipient's number yet.");
    if (name == FaultName::chatter && settings.ms < 1)
        refuse("\"ms\" of chatter must be at least 1.");
}

void fault(Simulator& simulator, const Value& request, JsonWriter&) {
    const auto name = fault_named(needed_text(request, "name"));
    if (!name)
        refuse("There is no fault of that name.");
    if (request.HasMember("on") && !flag_in(request, "on")) {
        simulator.switch_off(*name, text_in(request, "number").value_or(""),
                             text_in(request, "link").value_or(""));
        return;
    }
    const FaultSettings settings = fault_settings(*name, request);
    check_fault(*name, settings);
    simulator.switch_on(*name, settings);
}

void put_fault(JsonWriter& writer, const FaultSettings& settings) {
    writer.StartObject();
    put_key(writer, "ms");
    writer.Int64(settings.ms);
    put_key(writer, "code");
    writer.Int64(settings.code);
    put_key(writer, "bytes");
    writer.Int64(settings.bytes);
    put_key(writer, "count");
    writer.Int64(settings.count);
    put_key(writer, "number");
    put_text(writer, settings.number);
    put_key(writer, "text");
    put_text(writer, settings.text);
    writer.EndObject();
}

// {"mute":[],"refuse":[{…},{…}],…}: an empty list is a fault that is off.
void faults(Simulator& simulator, const Value&, JsonWriter& writer) {
    put_key(writer, "faults");
    writer.StartObject();
    for (std::size_t i = 0; i < fault_count; ++i) {
        const auto name = static_cast<FaultName>(i);
        put_key(writer, name_of(name));
        writer.StartArray();
        for (const FaultSettings& settings : simulator.faults.all(name))
            put_fault(writer, settings);
        writer.EndArray();
    }
    writer.EndObject();
}

// --- settings and status ------------------------------------------------------------------------

void set_card(Simulator& simulator, const Value& request) {
    const auto name = text_in(request, "sim");
    if (!name)
        return;
    const auto state = card_state_named(*name);
    if (!state)
        refuse("\"sim\" must be ready, absent, pin or puk.");
    simulator.modem.card().set_state(*state);
}

void set_times(Simulator& simulator, const Value& request) {
    if (const auto ms = number_in(request, "send_time_ms", longest_ms))
        simulator.dialogue.set_send_time(std::chrono::milliseconds{*ms});
    if (const auto ms = number_in(request, "report_ms", longest_ms))
        simulator.network.set_report_delay(std::chrono::milliseconds{*ms});
    if (const auto ms = number_in(request, "reboot_ms", longest_ms))
        simulator.set_reboot_time(std::chrono::milliseconds{*ms});
}

struct OfferName {
    std::string_view name;
    ReportHabits::Offer offer;
};
constexpr std::array offers{
    OfferName{"none", ReportHabits::Offer::none}, OfferName{"direct", ReportHabits::Offer::direct},
    OfferName{"stored", ReportHabits::Offer::stored}, OfferName{"both", ReportHabits::Offer::both}};

void set_reports(Simulator& simulator, const Value& request) {
    ReportHabits habits = simulator.modem.report_habits();
    if (const auto word = text_in(request, "reports")) {
        const auto row = std::find_if(offers.begin(), offers.end(),
                                      [&](const OfferName& offer) { return offer.name == *word; });
        if (row == offers.end())
            refuse("\"reports\" must be none, direct, stored or both.");
        habits.offer = row->offer;
    }
    if (const auto word = text_in(request, "report_memory")) {
        habits.memory = memory_named(*word);
        if (!habits.memory || *habits.memory == Memory::mt)
            refuse("\"report_memory\" must be SM, ME or SR.");
    }
    if (request.HasMember("acknowledge"))
        habits.wants_acknowledge = flag_in(request, "acknowledge");
    simulator.modem.set_report_habits(habits);
}

void set(Simulator& simulator, const Value& request, JsonWriter&) {
    if (const auto signal = number_in(request, "signal", 99))
        simulator.modem.set_signal(static_cast<int>(*signal));
    if (const auto places = number_in(request, "storage", 10'000))
        simulator.modem.store().set_capacity(static_cast<std::size_t>(*places));
    if (const auto status = number_in(request, "report_status", 0xFF))
        simulator.network.set_report_status(static_cast<std::uint8_t>(*status));
    if (const auto number = text_in(request, "smsc"))
        simulator.modem.set_smsc(*number);
    set_times(simulator, request);
    set_reports(simulator, request);
    set_card(simulator, request);
    if (const auto network = number_in(request, "network", 5))
        simulator.modem.set_network(static_cast<int>(*network));
    simulator.modem.changed();
    simulator.dialogue.say_unasked();
}

void put_totals(const Simulator& simulator, JsonWriter& writer) {
    for (const EventKind kind : {EventKind::part, EventKind::message, EventKind::incoming,
                                 EventKind::command, EventKind::client}) {
        put_key(writer, std::string(name_of(kind)) + "s");
        writer.Uint64(simulator.events.total(kind));
    }
    put_key(writer, "sequence");
    writer.Uint64(simulator.events.sequence());
}

void put_storage(Simulator& simulator, JsonWriter& writer) {
    put_key(writer, "stored");
    writer.StartObject();
    for (const Memory memory : {Memory::sm, Memory::me, Memory::sr}) {
        put_key(writer, name_of(memory));
        writer.Uint64(simulator.modem.store().used(memory));
    }
    writer.EndObject();
    put_key(writer, "storage");
    writer.Uint64(simulator.modem.store().capacity(Memory::sm));
    put_key(writer, "waiting");
    writer.Uint64(simulator.network.waiting());
}

void status(Simulator& simulator, const Value&, JsonWriter& writer) {
    put_totals(simulator, writer);
    put_storage(simulator, writer);
    put_key(writer, "plugged");
    writer.Bool(simulator.port.plugged());
    put_key(writer, "client");
    writer.Bool(simulator.port.plugged() && simulator.port.has_client());
    put_key(writer, "link");
    put_text(writer, to_valid_utf8(simulator.port.link()));
    put_key(writer, "registration");
    writer.Int(simulator.modem.registration());
    put_key(writer, "signal");
    writer.Int(simulator.modem.signal());
    put_key(writer, "sim");
    put_text(writer, name_of(simulator.modem.card_state()));
    put_rules(simulator, writer);
    put_key(writer, "last_command");
    put_text(writer, simulator.dialogue.last_command());
}

// --- wait ---------------------------------------------------------------------------------------

Wait wait_from(const Value& request) {
    Wait wait;
    const auto kind = event_named(needed_text(request, "event"));
    if (!kind)
        refuse("\"event\" must be part, message, incoming, command or client.");
    wait.query.kind = *kind;
    wait.query.text = text_in(request, *kind == EventKind::command ? "command" : "match")
                          .value_or(text_in(request, "match").value_or(""));
    wait.query.number = text_in(request, "number").value_or("");
    const auto since =
        number_in(request, "since", std::numeric_limits<std::int64_t>::max()).value_or(0);
    wait.query.since = static_cast<std::uint64_t>(since);
    wait.count = static_cast<std::uint64_t>(number_in(request, "count", 1'000'000).value_or(1));
    wait.timeout = std::chrono::milliseconds{
        number_in(request, "timeout_ms", longest_ms).value_or(wait.timeout.count())};
    return wait;
}

// --- the table ----------------------------------------------------------------------------------

using Run = void (*)(Simulator&, const Value&, JsonWriter&);

struct Request {
    std::string_view name;
    Run run;
};

constexpr std::array requests{
    Request{"incoming", incoming}, Request{"report", report}, Request{"rule", rule},
    Request{"rules", rules},       Request{"fault", fault},   Request{"faults", faults},
    Request{"set", set},           Request{"status", status},
};

std::string ok_answer(Simulator& simulator, const Request& entry, const Value& request) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_key(writer, "ok");
    writer.Bool(true);
    entry.run(simulator, request, writer);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

std::variant<std::string, Wait> dispatch(Simulator& simulator, const Value& request) {
    const std::string name = needed_text(request, "cmd");
    if (name == "wait")
        return wait_from(request);
    for (const Request& entry : requests)
        if (entry.name == name)
            return ok_answer(simulator, entry, request);
    refuse("There is no such \"cmd\".");
}

} // namespace

std::string error_answer(std::string_view why) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_key(writer, "ok");
    writer.Bool(false);
    put_key(writer, "error");
    put_text(writer, to_valid_utf8(why));
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

std::string wait_answer(const Wait& wait, const Events::Found& seen, std::uint64_t sequence) {
    const bool reached = seen.count >= wait.count;
    std::string answer = reached ? R"({"ok":true)" : R"({"ok":false,"error":"timeout")";
    answer += ",\"count\":" + std::to_string(seen.count);
    answer += ",\"sequence\":" + std::to_string(sequence);
    answer += ",\"event\":" + (seen.last == nullptr ? "null" : seen.last->json);
    return answer + "}";
}

std::variant<std::string, Wait> run_request(Simulator& simulator, std::string_view line) {
    rapidjson::Document document;
    if (const auto fault = parse_json(line, request_depth, document))
        return error_answer(fault->reason);
    if (!document.IsObject())
        return error_answer("A request must be a JSON object.");
    try {
        return dispatch(simulator, document);
    } catch (const Error& error) {
        return error_answer(error.what());
    }
}

} // namespace smsspool::sim
