// The remote API in its two dialects.

#include "tests/mockremote/api.h"

#include "common/json.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace smsspool::mockremote {

namespace {

using mockhttp::Request;
using mockhttp::value_of;

constexpr std::array<std::string_view, 8> operation_names{"other", "next",  "provider", "register",
                                                          "find",  "patch", "token",    "logout"};

// 4B.3: what a client reads beside the number.
constexpr std::array<std::string_view, 7> status_texts{
    "The SMS is pending sending.",      "Invalid status.",
    "The SMS was successfully sent.",   "The SMS failed to send.",
    "The SMS delivery has expired.",    "An error occurred while sending the SMS.",
    "The status of the SMS is unknown."};

// 4B.4: what a gateway changes beside Status.
constexpr std::array<std::string_view, 4> patchable{"SentAt", "TrackingId", "MessageType",
                                                    "CustomData"};

std::vector<std::string> split(std::string_view path) {
    std::vector<std::string> words;
    while (!path.empty()) {
        const std::string_view word = path.substr(0, path.find('/'));
        if (!word.empty())
            words.push_back(mockhttp::decoded(word));
        path.remove_prefix(std::min(word.size() + 1, path.size()));
    }
    return words;
}

Reply trouble() {
    return {500, R"({"Errors":["An unexpected error occurred. Please try again later."]})"};
}

Reply invalid() {
    return {400,
            R"({"type":"https://tools.ietf.org/html/rfc9110#section-15.5.1",)"
            R"("title":"One or more validation errors occurred.","status":400,"errors":{}})",
            {},
            "application/problem+json; charset=utf-8"};
}

bool is_object_id(const std::string& id) {
    return id.size() == 24 && std::all_of(id.begin(), id.end(), [](char c) {
               return std::isxdigit(static_cast<unsigned char>(c)) != 0;
           });
}

// Up to seven digits of a fraction right after it was made (4B.1).
std::string long_time(UtcMs when) {
    std::string text = utc_millis_text(when);
    text.pop_back();
    return text + "1234Z";
}

std::string pascal(std::string_view name) {
    std::string result(name);
    if (!result.empty())
        result[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(result[0])));
    return result;
}

// The server binds names in any case, but for a PATCH.
const rapidjson::Value* member(const rapidjson::Value& object, std::string_view name) {
    for (const auto& each : object.GetObject()) {
        if (mockhttp::lowered(view(each.name)) == name)
            return &each.value;
    }
    return nullptr;
}

// A member that the dialect reads as a status; nothing: it takes it for none.
std::optional<Status> status_of(const rapidjson::Value& value, Dialect dialect) {
    if (dialect == Dialect::documented)
        return value.IsString() ? status_named(view(value)) : std::nullopt;
    if (!value.IsInt() || value.GetInt() < 0 || value.GetInt() > static_cast<int>(Status::unknown))
        return std::nullopt;
    return static_cast<Status>(value.GetInt());
}

} // namespace

std::string_view name_of(Operation operation) {
    return operation_names.at(static_cast<std::size_t>(operation));
}

Api::Api(Store& store, Dialect dialect, std::string base)
    : store_(store), dialect_(dialect), base_(mockhttp::lowered(base)) {}

std::string Api::key(std::string_view name) const {
    std::string result(name);
    if (dialect_ == Dialect::documented)
        result[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(result[0])));
    return result;
}

std::vector<std::string> Api::words_of(const Request& request) const {
    const std::string path = request.target.substr(0, request.target.find('?'));
    const std::string begin = base_ + "/api/";
    if (mockhttp::lowered(path).compare(0, begin.size(), begin) != 0)
        return {};
    std::vector<std::string> words = split(std::string_view(path).substr(begin.size()));
    if (!words.empty())
        words[0] = mockhttp::lowered(words[0]);
    return words;
}

Operation Api::operation_of(const Request& request) const {
    const std::vector<std::string> words = words_of(request);
    if (words.size() == 2 && words[0] == "sms")
        return request.method == "PATCH" ? Operation::patch
               : request.method == "GET" ? Operation::find
                                         : Operation::other;
    if (words.size() < 2 || words[0] != "provider")
        return Operation::other;
    const std::string verb = mockhttp::lowered(words[1]);
    if (verb == "register" && request.method == "POST" && words.size() == 2)
        return Operation::registration;
    if (request.method != "GET")
        return Operation::other;
    if (verb == "next" && (words.size() == 3 || words.size() == 4))
        return Operation::next;
    return words.size() == 2 ? Operation::provider : Operation::other;
}

Reply Api::answer(const Request& request, Store::Lease lease) {
    const std::vector<std::string> words = words_of(request);
    switch (operation_of(request)) {
    case Operation::next:
        return next(words, lease);
    case Operation::registration:
        return registration(request);
    case Operation::provider:
        return provider(words[1]);
    case Operation::find:
    case Operation::patch:
        return single(request, words[1]);
    case Operation::other:
    case Operation::token:
    case Operation::logout:
        break;
    }
    return nothing(404, "The requested resource was not found.");
}

Reply Api::nothing(int status, const std::string& text) const {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_key(writer, key("Message"));
    put_text(writer, text);
    writer.EndObject();
    return {status, buffer.GetString()};
}

Reply Api::next(const std::vector<std::string>& words, Store::Lease lease) {
    const std::string country = words.size() == 4 ? words[3] : "";
    const auto message = store_.next(words[2], country,
                                     dialect_ == Dialect::documented ? Store::Lease::left : lease);
    if (message)
        return {200, json_of(*message)};
    if (country.empty())
        return nothing(404, "No SMS records found with provider '" + words[2] + "'.");
    return nothing(404, "No SMS records found with country code '" + country + "'.");
}

Reply Api::registration(const Request& request) {
    rapidjson::Document body;
    if (parse_json(request.body, 16, body) || !body.IsObject())
        return invalid();
    const rapidjson::Value* const name = member(body, "name");
    if (name == nullptr || !name->IsString())
        return invalid();
    if (name->GetStringLength() == 0)
        return trouble();
    std::vector<std::string> countries;
    const rapidjson::Value* const list = member(body, "supportedcountrycodes");
    if (list != nullptr && list->IsArray()) {
        for (const auto& each : list->GetArray()) {
            if (each.IsString())
                countries.emplace_back(view(each));
        }
    }
    const std::string text(view(*name));
    store_.register_provider(text, countries);
    return {201, json_of(*store_.provider(text))};
}

Reply Api::provider(const std::string& name) {
    const auto found = store_.provider(name);
    return found ? Reply{200, json_of(*found)}
                 : nothing(404, "Provider with Name '" + name + "' not found.");
}

Reply Api::single(const Request& request, const std::string& id) {
    std::string tenant = value_of(request.headers, "ngsild-tenant");
    if (tenant.empty())
        tenant = value_of(request.headers, "fiware-service");
    const bool real = dialect_ == Dialect::real;
    if (real && (tenant.empty() || !is_object_id(id)))
        return trouble();
    Reply reply;
    store_.with(id, [&](Message* message) {
        if (message == nullptr || (real && message->tenant != tenant))
            reply = nothing(404, "SMS with ID " + id + " not found.");
        else if (request.method == "PATCH")
            reply = patch(*message, request.body);
        else
            reply = {200, json_of(*message)};
    });
    return reply;
}

Reply Api::patch(Message& message, const std::string& text) const {
    rapidjson::Document body;
    if (parse_json(text, 16, body))
        return invalid();
    if (!body.IsObject())
        return {400, R"("Patch document must be a JSON object.")"};
    Members members = message.members;
    std::optional<Status> to;
    for (const auto& each : body.GetObject()) {
        const std::string name = pascal(view(each.name));
        if (view(each.name) != key(name))
            continue; // another spelling changes nothing
        if (name == "Status" && !(to = status_of(each.value, dialect_)))
            return dialect_ == Dialect::real ? trouble() : invalid();
        if (std::find(patchable.begin(), patchable.end(), name) == patchable.end())
            continue;
        if (name == "SentAt" && (!each.value.IsString() || !parse_rfc3339(view(each.value))))
            return trouble();
        if (each.value.IsString())
            members[name] = view(each.value);
    }
    message.members = members;
    if (to) {
        message.status = *to;
        message.changes.push_back({*to, "patch", text, utc_now()});
    }
    return {200, json_of(message)};
}

std::string Api::json_of(const Message& message) const {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    const auto put = [&](std::string_view name, std::string_view value) {
        put_key(writer, key(name));
        put_text(writer, value);
    };
    const bool real = dialect_ == Dialect::real;
    writer.StartObject();
    put("Id", message.id);
    put("PhoneNumber", message.number);
    put("Message", message.text);
    put("Timestamp", long_time(message.created));
    if (real)
        put("Tenant", message.tenant);
    put_key(writer, key("Status"));
    if (real)
        writer.Int(static_cast<int>(message.status));
    else
        put_text(writer, name_of(message.status));
    if (real)
        put("StatusMessage", status_texts.at(static_cast<std::size_t>(message.status)));
    put_key(writer, key("Ttl"));
    writer.Int64(message.minutes);
    put("CountryCode", message.country);
    if (message.provider || !real)
        put("Provider", message.provider.value_or(""));
    put_key(writer, key("RetryCount"));
    writer.Int64(message.retries);
    for (const auto& [name, value] : message.members)
        put(name, value);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

std::string Api::json_of(const Provider& provider) const {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_key(writer, key("Id"));
    put_text(writer, provider.id);
    put_key(writer, key("Name"));
    put_text(writer, provider.name);
    put_key(writer, key("LastSeen"));
    put_text(writer, long_time(provider.seen));
    put_key(writer, key("Status"));
    if (dialect_ == Dialect::real)
        writer.Int(1);
    else
        put_text(writer, "Active");
    put_key(writer, key("SupportedCountryCodes"));
    writer.StartArray();
    for (const std::string& country : provider.countries)
        put_text(writer, country);
    writer.EndArray();
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

} // namespace smsspool::mockremote
