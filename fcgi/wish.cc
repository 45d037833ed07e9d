// What a request about dead letters asks for.

#include "fcgi/wish.h"

#include "common/ids.h"
#include "fcgi/fields.h"

#include <algorithm>
#include <charconv>

namespace smsspool {

namespace {

constexpr std::size_t usual_page = 50;
constexpr std::size_t largest_page = 500;

Refusal bad_value(std::string code, std::string_view name, std::string_view wanted) {
    return bad_field(std::move(code),
                     "Field '" + std::string(name) + "' must be " + std::string(wanted));
}

// --- of a query ---------------------------------------------------------------------------------

// A blank is written as "+" there, so a "+" that was not escaped comes as a blank.
std::string value_in_query(std::string_view name, std::string value) {
    if (name == "number" && value.starts_with(' '))
        value.front() = '+';
    return value;
}

std::optional<Refusal> read_conditions(const Query& query, UtcMs now, DeadFilter& filter) {
    for (const std::string_view name : dead_conditions) {
        const auto value = query.get(name);
        if (!value)
            continue;
        if (const auto wanted = put_condition(filter, name, value_in_query(name, *value), now))
            return bad_value("INVALID_FILTER", name, *wanted);
    }
    return std::nullopt;
}

std::optional<Refusal> read_limit(const Query& query, std::size_t& limit) {
    const std::string text = query.get("limit").value_or(std::to_string(usual_page));
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (fault == std::errc() && end == text.data() + text.size() && limit >= 1 &&
        limit <= largest_page)
        return std::nullopt;
    return bad_value("INVALID_LIMIT", "limit",
                     "a number from 1 to " + std::to_string(largest_page));
}

// --- of a body ----------------------------------------------------------------------------------

std::optional<UtcMs> time_in(const rapidjson::Value& value, UtcMs now) {
    constexpr std::uint64_t most = 253402300799; // the end of the year 9999
    if (value.IsUint64())
        return static_cast<UtcMs>(std::min(value.GetUint64(), most)) * 1000;
    return value.IsString() ? moment_from(trimmed(view(value)), now) : std::nullopt;
}

std::optional<Refusal> read_start(const rapidjson::Value& value, const Config& config, UtcMs now,
                                  UtcMs& start) {
    const auto when = time_in(value, now);
    if (!when || *when - now > config.not_before_most.count())
        return bad_value("INVALID_NOT_BEFORE_VALUE", "not_before",
                         "an RFC 3339 time with its offset, whole seconds since 1970, or how long "
                         "from now, such as \"2h\", within not_before_most");
    start = *when;
    return std::nullopt;
}

std::optional<Refusal> read_rate(const rapidjson::Value& value, std::int64_t& apart) {
    std::optional<std::int64_t> pace;
    if (value.IsUint())
        pace = pace_from(std::to_string(value.GetUint()));
    else if (value.IsString())
        pace = pace_from(view(value));
    if (!pace)
        return bad_value("INVALID_RATE_VALUE", "rate", pace_form);
    apart = *pace;
    return std::nullopt;
}

bool is_condition(std::string_view name) {
    return std::find(dead_conditions.begin(), dead_conditions.end(), name) != dead_conditions.end();
}

std::optional<Refusal> read_condition(std::string_view name, const rapidjson::Value& value,
                                      UtcMs now, DeadFilter& filter) {
    const std::string text = value.IsString() ? std::string(view(value)) : std::string();
    if (const auto wanted = put_condition(filter, name, text, now))
        return bad_value("INVALID_FILTER", name, *wanted);
    return std::nullopt;
}

std::optional<Refusal> read_member(std::string_view name, const rapidjson::Value& value,
                                   const Config& config, UtcMs now, Letters letters,
                                   RetryWish& wish) {
    if (name == "not_before")
        return read_start(value, config, now, wish.schedule.first);
    if (letters == Letters::many && name == "rate")
        return read_rate(value, wish.schedule.apart);
    if (letters == Letters::many && is_condition(name))
        return read_condition(name, value, now, wish.filter);
    // A condition that was spelt wrong must not mean "all".
    return bad_field("INVALID_FIELD", "There is no field '" + std::string(name) + "' here");
}

} // namespace

std::optional<Refusal> read_page(const Request& request, PageWish& wish) {
    const Query query(request.query);
    if (auto refusal = read_conditions(query, request.when, wish.filter))
        return refusal;
    wish.after = query.get("after").value_or("");
    if (!wish.after.empty() && !is_id(wish.after))
        return bad_value("INVALID_FILTER", "after", "a job_id");
    return read_limit(query, wish.limit);
}

// The type is wanted in any case: a browser that knows somebody's password sends no such request
// for the page of a stranger.
std::optional<Refusal> read_object(const Request& request, const Config& config,
                                   rapidjson::Document& object) {
    if (!is_json(request.content_type))
        return bad_field("INVALID_CONTENT_TYPE", "Content-Type must be application/json");
    object.SetObject();
    if (trimmed(request.body).empty())
        return std::nullopt;
    const auto fault =
        parse_json(request.body, static_cast<std::size_t>(config.json_depth), object);
    if (fault || !object.IsObject())
        return bad_field("INVALID_JSON", "Request body must contain a JSON object");
    return std::nullopt;
}

std::optional<Refusal> read_retry(const Request& request, const Config& config, Letters letters,
                                  RetryWish& wish) {
    wish.schedule.first = request.when;
    rapidjson::Document object;
    if (auto refusal = read_object(request, config, object))
        return refusal;
    for (const auto& member : object.GetObject()) {
        if (auto refusal =
                read_member(view(member.name), member.value, config, request.when, letters, wish))
            return refusal;
    }
    return std::nullopt;
}

} // namespace smsspool
