// What a remote API says, and how it is told.

#include "pull/remote_answer.h"

#include "common/json.h"
#include "common/json_object.h"
#include "common/utf.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace smsspool {

namespace {

using rapidjson::Value;
using Form = RemoteAnswer::Form;

constexpr std::size_t depth_most = 32;
constexpr std::size_t name_most = 100;

constexpr std::array<std::string_view, static_cast<std::size_t>(RemoteStatus::count)> status_names{
    "Pending", "Entrusted", "Sent", "Failed", "Expired", "Error", "Unknown"};

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// "phoneNumber", "PhoneNumber" and "phone_number" are one key.
std::string folded(std::string_view key) {
    std::string text;
    for (const char c : key) {
        if (c != '_')
            text += lower(c);
    }
    return text;
}

// The first member of `object` with this name; null: there is none.
const Value::Member* member(const Value& object, std::string_view name) {
    const auto found =
        std::find_if(object.MemberBegin(), object.MemberEnd(),
                     [&](const auto& each) { return folded(view(each.name)) == name; });
    return found == object.MemberEnd() ? nullptr : &*found;
}

// A text, or a whole number as one; empty where it is neither.
std::string text_of(const Value::Member* found) {
    if (found == nullptr)
        return {};
    const Value& value = found->value;
    if (value.IsString())
        return std::string(view(value));
    if (value.IsInt64())
        return std::to_string(value.GetInt64());
    return value.IsUint64() ? std::to_string(value.GetUint64()) : std::string();
}

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

// Goes into a URL and a header.
bool is_name(std::string_view text) noexcept {
    return !text.empty() && text.size() <= name_most && text != "." && text != ".." &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::optional<RemoteStatus> status_in(const Value& object) {
    const std::string text = text_of(member(object, "status"));
    if (const auto number = number_in(text)) {
        if (*number < 0 || *number >= static_cast<std::int64_t>(RemoteStatus::count))
            return RemoteStatus::unknown;
        return static_cast<RemoteStatus>(*number);
    }
    for (std::size_t i = 0; i < status_names.size(); ++i) {
        if (folded(text) == folded(status_names[i]))
            return static_cast<RemoteStatus>(i);
    }
    // A word that is none of ours is one that nobody has told it.
    return text.empty() ? std::nullopt : std::optional(RemoteStatus::unknown);
}

std::optional<Ms> ttl_in(const Value& object) {
    constexpr double most = 10.0 * 366 * 24 * 60;
    const auto* found = member(object, "ttl");
    if (found == nullptr || !found->value.IsNumber())
        return std::nullopt;
    const double minutes = found->value.GetDouble();
    if (!(minutes >= 0 && minutes <= most))
        return std::nullopt;
    return Ms(static_cast<std::int64_t>(minutes * 60'000));
}

// Its keys are those of .NET where the id begins with a capital; without a status its words are as
// that server's.
std::optional<Dialect> dialect_in(const Value& object) {
    const auto* id = member(object, "id");
    if (id == nullptr)
        return std::nullopt;
    const std::string_view key = view(id->name);
    Dialect dialect;
    if (const char first = key.substr(key.find_first_not_of('_'))[0]; first != lower(first))
        dialect = {Dialect::Keys::pascal, Dialect::Words::numbers};
    if (const auto* status = member(object, "status"); status != nullptr)
        dialect.words = status->value.IsNumber() ? Dialect::Words::numbers : Dialect::Words::names;
    return dialect;
}

std::optional<RemoteMessage> message_in(const Value& object) {
    RemoteMessage message;
    message.name.id = text_of(member(object, "id"));
    if (!is_name(message.name.id))
        return std::nullopt;
    message.name.tenant = text_of(member(object, "tenant"));
    if (!is_name(message.name.tenant))
        message.name.tenant.clear();
    message.number = text_of(member(object, "phonenumber"));
    message.text = text_of(member(object, "message"));
    message.ttl = ttl_in(object);
    message.created = parse_rfc3339(text_of(member(object, "timestamp")));
    message.status = status_in(object);
    return message;
}

void take(const Value& value, RemoteAnswer& answer) {
    if (!value.IsObject()) {
        answer.fault = "the answer is no object";
        return;
    }
    if (value.ObjectEmpty())
        return;
    if (!answer.dialect)
        answer.dialect = dialect_in(value);
    if (auto message = message_in(value))
        answer.messages.push_back(std::move(*message));
    else
        answer.fault = "the answer has no id that can be used";
}

std::string spelled(const Dialect& dialect, std::string key) {
    if (dialect.keys == Dialect::Keys::camel)
        key[0] = lower(key[0]);
    return key;
}

} // namespace

std::string_view name_of(RemoteStatus status) noexcept {
    const auto index = static_cast<std::size_t>(status);
    return index < status_names.size() ? status_names[index] : std::string_view();
}

std::string text_of(const RemoteName& name) {
    return name.tenant.empty() ? name.id : name.id + " " + name.tenant;
}

RemoteName remote_name_from(std::string_view text) {
    const auto blank = text.find(' ');
    if (blank == std::string_view::npos)
        return {std::string(text), {}};
    return {std::string(text.substr(0, blank)), std::string(text.substr(blank + 1))};
}

std::optional<Ms> validity(const RemoteMessage& message, Ms most, UtcMs now) {
    constexpr Ms least = std::chrono::minutes(1);
    if (!message.ttl)
        return std::nullopt;
    // One that was made in the future, or before 1970, was made by a clock that is wrong.
    const UtcMs begun =
        std::clamp(message.created.value_or(now), UtcMs{0}, std::max(UtcMs{0}, now));
    return std::clamp(*message.ttl - Ms(now - begun), least, std::max(least, most));
}

RemoteAnswer read_remote(std::string_view body, std::size_t most) {
    RemoteAnswer answer;
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return answer;
    rapidjson::Document document;
    if (const auto fault = parse_json(body, depth_most, document)) {
        answer.form = Form::foreign;
        answer.fault = "the answer is no JSON (at byte " + std::to_string(fault->offset) +
                       "): " + fault->reason;
        return answer;
    }
    if (document.IsNull())
        return answer;
    if (!document.IsArray()) {
        answer.form = document.IsObject() ? Form::object : Form::foreign;
        take(document, answer);
        return answer;
    }
    answer.form = Form::list;
    for (rapidjson::SizeType i = 0; i < document.Size() && i < most; ++i)
        take(document[i], answer);
    if (document.Size() > most)
        answer.fault = "the answer has " + std::to_string(document.Size()) +
                       " messages, of which the first " + std::to_string(most) + " are taken";
    return answer;
}

std::string remote_error(std::string_view body) {
    constexpr std::size_t most = 200;
    // A page for people says nothing that the status does not.
    if (const auto first = body.find_first_not_of(" \t\r\n");
        first == std::string_view::npos || body[first] == '<')
        return {};
    const std::string text = to_valid_utf8(body.substr(0, most));
    return std::string(first_code_points(text, most));
}

std::string patch_body(const Dialect& dialect, const RemoteReport& report) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    {
        JsonObject object(writer);
        if (dialect.words == Dialect::Words::numbers)
            object.number(spelled(dialect, "Status"), static_cast<std::int64_t>(report.status));
        else
            object.text(spelled(dialect, "Status"), name_of(report.status));
        if (report.sent) {
            std::string time = utc_millis_text(*report.sent);
            time.insert(time.size() - 1, "000"); // the documents have microseconds
            object.text(spelled(dialect, "SentAt"), time);
        }
        if (!report.reason.empty())
            object.text(spelled(dialect, "ErrorMessage"), report.reason);
    }
    return buffer.GetString();
}

std::string register_body(std::string_view provider, std::string_view country) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    {
        JsonObject object(writer);
        object.text("name", provider);
        object.value("supportedCountryCodes").StartArray();
        if (!country.empty())
            put_text(writer, country);
        writer.EndArray();
    }
    return buffer.GetString();
}

} // namespace smsspool
