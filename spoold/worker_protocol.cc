// What the daemon and a worker say to each other, to and from JSON lines.

#include "spoold/worker_protocol.h"

#include "common/json.h"
#include "common/utf.h"

#include <array>
#include <limits>
#include <utility>

namespace smsspool {

namespace {

constexpr std::size_t deepest = 3; // {"messages":[{…}]}
constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t largest_int = std::numeric_limits<int>::max();
constexpr std::int64_t most_parts = 255; // TS 23.040 9.2.3.24.1: one octet
constexpr std::int64_t longest_retry = 24 * 60 * 60;

// --- words --------------------------------------------------------------------------------------

template <typename Enum>
struct Word {
    Enum value;
    std::string_view text;
};

constexpr std::array refusals{Word<RefusalKind>{RefusalKind::permanent, "permanent"},
                              Word<RefusalKind>{RefusalKind::temporary, "temporary"},
                              Word<RefusalKind>{RefusalKind::network, "network"}};

using Kind = IncomingSms::Kind;
constexpr std::array kinds{Word<Kind>{Kind::deliver, "deliver"}, Word<Kind>{Kind::report, "report"},
                           Word<Kind>{Kind::raw, "raw"}};

using Level = ResetRequest::Level;
constexpr std::array levels{Word<Level>{Level::radio, "radio"}, Word<Level>{Level::modem, "modem"}};

constexpr std::array<std::string_view, 6> networks{"home",   "roaming", "searching",
                                                   "denied", "none",    "unknown"};
constexpr std::array<std::string_view, 7> troubles{
    "device_missing", "permission", "busy_device", "timeout", "pin", "sim", "other"};

template <typename Enum, std::size_t count>
std::string_view text_of(const std::array<Word<Enum>, count>& words, Enum value) {
    for (const Word<Enum>& word : words) {
        if (word.value == value)
            return word.text;
    }
    return {};
}

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& words, std::string_view text) {
    for (const std::string_view word : words) {
        if (word == text)
            return true;
    }
    return false;
}

// --- writing ------------------------------------------------------------------------------------

// One JSON object on a line of its own.
class Line {
public:
    Line() : writer_(buffer_) { writer_.StartObject(); }

    // Bytes that are not UTF-8 are replaced: a device says what it likes.
    void text(std::string_view key, std::string_view value) {
        put_key(writer_, key);
        put_text(writer_, valid_utf8(value) ? value : to_valid_utf8(value));
    }
    void number(std::string_view key, std::int64_t value) {
        put_key(writer_, key);
        writer_.Int64(value);
    }
    void time(std::string_view key, const std::optional<UtcMs>& value) {
        if (value)
            number(key, *value);
    }
    void truth(std::string_view key, bool value) {
        put_key(writer_, key);
        writer_.Bool(value);
    }
    void begin_object(std::string_view key) {
        put_key(writer_, key);
        writer_.StartObject();
    }
    void end_object() { writer_.EndObject(); }
    void begin_array(std::string_view key) {
        put_key(writer_, key);
        writer_.StartArray();
    }
    void begin_element() { writer_.StartObject(); }
    void end_array() { writer_.EndArray(); }

    [[nodiscard]] std::string finish() {
        writer_.EndObject();
        std::string line(buffer_.GetString(), buffer_.GetSize());
        line += '\n';
        return line;
    }

private:
    rapidjson::StringBuffer buffer_;
    JsonWriter writer_;
};

struct PutRequest {
    Line& line;

    void operator()(const OpenRequest& request) const {
        line.text("op", "open");
        put_settings(request.settings);
    }
    void operator()(const SendRequest& request) const {
        line.text("op", "send");
        line.text("number", request.number);
        line.text("text", request.text);
        line.text("encoding", name_of(request.encoding));
        line.number("part", request.part);
        line.number("parts", request.parts);
        line.number("reference", request.reference);
        line.truth("report", request.report);
        line.number("validity", request.validity);
        if (request.whole)
            line.truth("whole", true);
    }
    void operator()(const ScanRequest&) const { line.text("op", "scan"); }
    void operator()(const DeleteRequest& request) const {
        line.text("op", "delete");
        line.number("folder", request.folder);
        line.number("location", request.location);
    }
    void operator()(const StateRequest&) const { line.text("op", "state"); }
    void operator()(const ResetRequest& request) const {
        line.text("op", "reset");
        line.text("level", text_of(levels, request.level));
        put_settings(request.settings);
    }

    void put_settings(const std::map<std::string, std::string>& settings) const {
        line.begin_object("settings");
        for (const auto& [name, value] : settings)
            line.text(name, value);
        line.end_object();
    }
};

void put_message(Line& line, const IncomingSms& message) {
    line.begin_element();
    line.text("kind", text_of(kinds, message.kind));
    line.number("folder", message.folder);
    line.number("location", message.location);
    line.text("number", message.number);
    line.text("text", message.text);
    line.time("sent", message.sent);
    line.number("part", message.part);
    line.number("parts", message.parts);
    line.number("reference", message.reference);
    line.number("report_status", message.report_status);
    line.time("settled", message.settled);
    line.end_object();
}

struct PutAnswer {
    Line& line;

    void operator()(const Opened& answer) const {
        line.text("ok", "opened");
        line.text("device", answer.device);
        line.text("manufacturer", answer.manufacturer);
        line.text("model", answer.model);
        line.text("imei", answer.imei);
        line.text("imsi", answer.imsi);
        if (answer.whole)
            line.truth("whole", true);
    }
    void operator()(const Accepted& answer) const {
        line.text("ok", "accepted");
        line.number("reference", answer.reference);
        if (!answer.answer.empty())
            line.text("answer", answer.answer);
    }
    void operator()(const Refused& answer) const {
        line.text("ok", "refused");
        line.text("class", text_of(refusals, answer.kind));
        line.number("code", answer.code);
        line.text("text", answer.text);
        if (answer.retry_after > 0)
            line.number("retry_after", answer.retry_after);
    }
    void operator()(const Unknown& answer) const {
        line.text("ok", "unknown");
        line.text("text", answer.text);
    }
    void operator()(const Scanned& answer) const {
        line.text("ok", "scanned");
        line.begin_array("messages");
        for (const IncomingSms& message : answer.messages)
            put_message(line, message);
        line.end_array();
        line.truth("more", answer.more);
    }
    void operator()(const Done&) const { line.text("ok", "done"); }
    void operator()(const LinkState& answer) const {
        line.text("ok", "state");
        line.text("network", answer.network);
        line.text("operator", answer.operator_name);
        line.number("signal", answer.signal);
        line.number("used", answer.used);
        line.number("capacity", answer.capacity);
    }
    void operator()(const Trouble& answer) const {
        line.text("ok", "trouble");
        line.text("kind", answer.kind);
        line.text("text", answer.text);
    }
};

// --- reading ------------------------------------------------------------------------------------

struct Range {
    std::int64_t least;
    std::int64_t most;
};

// Looks into one object and keeps the first thing that was wrong in it; after that its answers
// mean nothing.
class Reader {
public:
    Reader(const rapidjson::Value& object, std::string& why) : object_(object), why_(why) {}

    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] bool has(const char* name) const { return object_.HasMember(name); }

    void fail(const std::string& reason) {
        if (good_)
            why_ = reason;
        good_ = false;
    }

    std::string text(const char* name) {
        auto value = text_member(object_, name);
        if (!value)
            fail(std::string(name) + " is not a text");
        return value.value_or(std::string());
    }

    std::string text_or_empty(const char* name) { return has(name) ? text(name) : std::string(); }

    std::int64_t number(const char* name, Range range) {
        const auto value = int_member(object_, name);
        if (value && *value >= range.least && *value <= range.most)
            return *value;
        fail(std::string(name) + " is not a whole number in its range");
        return range.least;
    }

    // As number(), or `otherwise` where there is no such member.
    template <typename Integer>
    Integer number_or(const char* name, Range range, Integer otherwise) {
        return has(name) ? static_cast<Integer>(number(name, range)) : otherwise;
    }

    std::optional<UtcMs> time(const char* name) {
        if (!has(name))
            return std::nullopt;
        return number(name, {-largest, largest});
    }

    bool truth_or_false(const char* name) {
        if (!has(name))
            return false;
        const auto value = bool_member(object_, name);
        if (!value)
            fail(std::string(name) + " is neither true nor false");
        return value.value_or(false);
    }

    template <typename Enum, std::size_t count>
    Enum word(const char* name, const std::array<Word<Enum>, count>& words) {
        const std::string value = text(name);
        for (const Word<Enum>& word : words) {
            if (word.text == value)
                return word.value;
        }
        fail(std::string(name) + " is not a known word");
        return words.front().value;
    }

    template <std::size_t count>
    std::string one_of(const char* name, const std::array<std::string_view, count>& words) {
        std::string value = text(name);
        if (!is_one_of(words, value))
            fail(std::string(name) + " is not a known word");
        return value;
    }

    // The member where it has the type, nullptr otherwise.
    const rapidjson::Value* object(const char* name) {
        const auto member = object_.FindMember(name);
        if (member != object_.MemberEnd() && member->value.IsObject())
            return &member->value;
        fail(std::string(name) + " is not an object");
        return nullptr;
    }
    const rapidjson::Value* array(const char* name) {
        const auto member = object_.FindMember(name);
        if (member != object_.MemberEnd() && member->value.IsArray())
            return &member->value;
        fail(std::string(name) + " is not an array");
        return nullptr;
    }

private:
    const rapidjson::Value& object_;
    std::string& why_;
    bool good_ = true;
};

// The line as an object in `document`; false and a sentence where it is not one.
bool parse_object(std::string_view line, rapidjson::Document& document, std::string& why) {
    if (line.size() >= worker_line_limit) {
        why = "the line is too long";
        return false;
    }
    if (const auto fault = parse_json(line, deepest, document)) {
        why = "not JSON: " + fault->reason;
        return false;
    }
    if (!document.IsObject()) {
        why = "the line is not a JSON object";
        return false;
    }
    return true;
}

std::map<std::string, std::string> read_settings(Reader& reader) {
    std::map<std::string, std::string> all;
    const rapidjson::Value* settings = reader.object("settings");
    if (settings == nullptr)
        return all;
    for (const auto& member : settings->GetObject()) {
        if (!member.value.IsString())
            reader.fail("a setting is not a text");
        else
            all.insert_or_assign(std::string(view(member.name)), std::string(view(member.value)));
    }
    return all;
}

ResetRequest read_reset(Reader& reader) {
    ResetRequest request;
    request.level = reader.word("level", levels);
    request.settings = read_settings(reader);
    return request;
}

SendRequest read_send(Reader& reader) {
    SendRequest request;
    request.number = reader.text("number");
    request.text = reader.text("text");
    if (const auto encoding = encoding_named(reader.text("encoding")))
        request.encoding = *encoding;
    else
        reader.fail("encoding is not a known word");
    request.part = reader.number_or("part", {1, most_parts}, request.part);
    request.parts = reader.number_or("parts", {1, most_parts}, request.parts);
    request.reference = reader.number_or("reference", {0, 255}, request.reference);
    request.report = reader.truth_or_false("report");
    request.validity = reader.number_or("validity", {0, largest_int}, request.validity);
    request.whole = reader.truth_or_false("whole");
    if (request.part > request.parts)
        reader.fail("part is greater than parts");
    return request;
}

DeleteRequest read_delete(Reader& reader) {
    DeleteRequest request;
    request.folder = static_cast<int>(reader.number("folder", {0, largest_int}));
    request.location = static_cast<int>(reader.number("location", {0, largest_int}));
    return request;
}

Request read_request(Reader& reader) {
    const std::string op = reader.text("op");
    if (op == "open")
        return OpenRequest{read_settings(reader)};
    if (op == "send")
        return read_send(reader);
    if (op == "scan")
        return ScanRequest{};
    if (op == "delete")
        return read_delete(reader);
    if (op == "reset")
        return read_reset(reader);
    if (op != "state")
        reader.fail("op is not a known word");
    return StateRequest{};
}

IncomingSms read_message(Reader& reader) {
    IncomingSms message;
    message.kind = reader.word("kind", kinds);
    message.folder = static_cast<int>(reader.number("folder", {0, largest_int}));
    message.location = static_cast<int>(reader.number("location", {-1, largest_int}));
    message.number = reader.text("number");
    message.text = reader.text("text");
    message.sent = reader.time("sent");
    message.part = reader.number_or("part", {1, most_parts}, message.part);
    message.parts = reader.number_or("parts", {1, most_parts}, message.parts);
    message.reference = reader.number_or("reference", {-1, 65535}, message.reference);
    message.report_status = reader.number_or("report_status", {-1, 255}, message.report_status);
    message.settled = reader.time("settled");
    if (message.part > message.parts)
        reader.fail("part is greater than parts");
    return message;
}

Scanned read_scanned(Reader& reader, std::string& why) {
    Scanned scanned;
    scanned.more = reader.truth_or_false("more");
    const rapidjson::Value* messages = reader.array("messages");
    if (messages == nullptr)
        return scanned;
    for (const rapidjson::Value& element : messages->GetArray()) {
        if (!element.IsObject()) {
            reader.fail("a message is not an object");
            break;
        }
        Reader inner(element, why);
        scanned.messages.push_back(read_message(inner));
        if (!inner.good()) {
            reader.fail("in a message: " + why);
            break;
        }
    }
    return scanned;
}

Opened read_opened(Reader& reader) {
    Opened opened;
    opened.device = reader.text_or_empty("device");
    opened.manufacturer = reader.text_or_empty("manufacturer");
    opened.model = reader.text_or_empty("model");
    opened.imei = reader.text_or_empty("imei");
    opened.imsi = reader.text_or_empty("imsi");
    opened.whole = reader.truth_or_false("whole");
    return opened;
}

Refused read_refused(Reader& reader) {
    Refused refused;
    refused.kind = reader.word("class", refusals);
    refused.code = static_cast<int>(reader.number("code", {0, largest_int}));
    refused.text = reader.text_or_empty("text");
    refused.retry_after = reader.number_or("retry_after", {0, longest_retry}, refused.retry_after);
    return refused;
}

LinkState read_state(Reader& reader) {
    LinkState state;
    state.network = reader.one_of("network", networks);
    state.operator_name = reader.text_or_empty("operator");
    state.signal = reader.number_or("signal", {-1, 100}, state.signal);
    state.used = reader.number_or("used", {-1, largest_int}, state.used);
    state.capacity = reader.number_or("capacity", {-1, largest_int}, state.capacity);
    return state;
}

Answer read_answer(Reader& reader, std::string& why) {
    const std::string ok = reader.text("ok");
    if (ok == "opened")
        return read_opened(reader);
    if (ok == "accepted")
        return Accepted{static_cast<int>(reader.number("reference", {-1, 255})),
                        reader.text_or_empty("answer")};
    if (ok == "refused")
        return read_refused(reader);
    if (ok == "unknown")
        return Unknown{reader.text_or_empty("text")};
    if (ok == "scanned")
        return read_scanned(reader, why);
    if (ok == "done")
        return Done{};
    if (ok == "state")
        return read_state(reader);
    if (ok != "trouble")
        reader.fail("ok is not a known word");
    return Trouble{reader.one_of("kind", troubles), reader.text_or_empty("text")};
}

} // namespace

std::string to_line(const NumberedRequest& request) {
    Line line;
    line.number("id", request.id);
    std::visit(PutRequest{line}, request.request);
    return line.finish();
}

std::string to_line(const NumberedAnswer& answer) {
    Line line;
    line.number("re", answer.re);
    std::visit(PutAnswer{line}, answer.answer);
    return line.finish();
}

std::string to_line(Hint) {
    Line line;
    line.text("hint", "incoming");
    return line.finish();
}

std::optional<NumberedRequest> parse_request(std::string_view line, std::string& why) {
    rapidjson::Document document;
    if (!parse_object(line, document, why))
        return std::nullopt;
    Reader reader(document, why);
    NumberedRequest request;
    request.id = reader.number("id", {0, largest});
    request.request = read_request(reader);
    if (!reader.good())
        return std::nullopt;
    return request;
}

std::optional<FromWorker> parse_from_worker(std::string_view line, std::string& why) {
    rapidjson::Document document;
    if (!parse_object(line, document, why))
        return std::nullopt;
    Reader reader(document, why);
    if (reader.has("hint")) {
        if (reader.text("hint") != "incoming")
            reader.fail("hint is not a known word");
        return reader.good() ? std::optional<FromWorker>(Hint{}) : std::nullopt;
    }
    NumberedAnswer answer;
    answer.re = reader.number("re", {0, largest});
    answer.answer = read_answer(reader, why);
    if (!reader.good())
        return std::nullopt;
    return answer;
}

} // namespace smsspool
