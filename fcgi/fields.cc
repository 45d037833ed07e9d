// The fields of POST /.

#include "fcgi/fields.h"

#include "common/ids.h"
#include "common/utf.h"
#include "fcgi/request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace smsspool {

using rapidjson::Value;

namespace {

// What Python takes for "not there": null, false, 0, and what is empty.
bool is_falsy(const Value& value) {
    return value.IsNull() || value.IsFalse() || (value.IsNumber() && value.GetDouble() == 0) ||
           (value.IsString() && value.GetStringLength() == 0) ||
           (value.IsArray() && value.Empty()) || (value.IsObject() && value.ObjectEmpty());
}

struct FieldRow {
    std::string_view name;
    const Value* Fields::*member;
};

constexpr std::array field_rows{
    FieldRow{"number", &Fields::number},       FieldRow{"message", &Fields::message},
    FieldRow{"reply", &Fields::reply},         FieldRow{"timeout", &Fields::timeout},
    FieldRow{"long", &Fields::long_messages},  FieldRow{"priority", &Fields::priority},
    FieldRow{"valid_for", &Fields::valid_for}, FieldRow{"not_before", &Fields::not_before},
    FieldRow{"report", &Fields::report},       FieldRow{"label", &Fields::label},
    FieldRow{"callback", &Fields::callback},
};

bool is_missing(const Value* value) {
    return value == nullptr || value->IsNull();
}

// What was found in a field, for its refusal: a text or a number as it is, anything else by its
// kind.
std::string found_text(const Value& value) {
    constexpr std::size_t longest = 40;
    if (value.IsString()) {
        const std::string_view text = view(value);
        return "\"" + std::string(first_code_points(text, longest)) +
               (code_points(text) > longest ? "\u2026\"" : "\"");
    }
    if (value.IsObject())
        return "an object";
    if (value.IsArray())
        return "an array";
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    value.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

Refusal wrong_value(std::string_view name, const char* code, const std::string& wanted,
                    const Value& found) {
    return bad_field(code, "Field '" + std::string(name) + "' must be " + wanted + ", not " +
                               found_text(found));
}

// The whole of `text` as a number; nothing where it is none. What is too large for the type is
// `most`.
std::optional<std::int64_t> digits_in(std::string_view text, std::int64_t most) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || end != text.data() + text.size() || fault == std::errc::invalid_argument)
        return std::nullopt;
    return fault == std::errc() ? value : most;
}

// --- the checks, in the contract's order; each says what is wrong, or adds to the draft ---------

using Check = std::optional<Refusal> (*)(const Fields&, const Config&, Draft&);

std::optional<Refusal> check_required(const Fields& fields, const Config&, Draft&) {
    std::string missing;
    if (fields.number == nullptr)
        missing = "number";
    if (fields.message == nullptr)
        missing += missing.empty() ? "message" : ", message";
    if (missing.empty())
        return std::nullopt;
    return bad_field("MISSING_REQUIRED_FIELDS", "Missing required field(s): " + missing);
}

std::optional<Refusal> wrong_type(const char* field) {
    return bad_field("INVALID_FIELD_TYPE", "Field '" + std::string(field) +
                                               "' must be a text or a whole number that is not "
                                               "negative");
}

std::optional<Refusal> check_number(const Fields& fields, const Config&, Draft& draft) {
    const auto text = as_text(fields.number);
    if (!text)
        return wrong_type("number");
    draft.number = *text;
    return std::nullopt;
}

std::optional<Refusal> check_message(const Fields& fields, const Config&, Draft& draft) {
    const auto text = as_text(fields.message);
    if (!text)
        return wrong_type("message");
    draft.text = *text;
    return std::nullopt;
}

// A value that says yes or no; nothing: it is none of those that do.
std::optional<bool> truth_in(const Value& value) {
    if (value.IsBool())
        return value.GetBool();
    std::string word;
    if (value.IsString())
        word = lower_case(view(value));
    else if (value.IsUint64())
        word = std::to_string(value.GetUint64());
    if (word == "true" || word == "yes" || word == "1")
        return true;
    if (word == "false" || word == "no" || word == "0")
        return false;
    return std::nullopt;
}

// A timeout that was given: its value in seconds; nothing: it is no integer. What is out of any
// range is out of the allowed one, too: 0 stands for it.
std::optional<std::int64_t> timeout_seconds(const Value& value) {
    constexpr double most = 1e9;
    if (value.IsInt64())
        return value.GetInt64();
    if (value.IsNumber()) // a fraction is cut, as the ancestor does
        return std::fabs(value.GetDouble()) < most
                   ? static_cast<std::int64_t>(std::trunc(value.GetDouble()))
                   : 0;
    if (!value.IsString())
        return std::nullopt;
    std::string_view digits = trimmed(view(value));
    if (digits.starts_with('+') && !digits.starts_with("+-"))
        digits.remove_prefix(1);
    return digits_in(digits, 0);
}

bool means_default(const Value* timeout) {
    return is_missing(timeout) || (timeout->IsString() && timeout->GetStringLength() == 0);
}

std::optional<Refusal> check_reply(const Fields& fields, const Config& config, Draft& draft) {
    const auto wanted = is_missing(fields.reply) ? false : truth_in(*fields.reply);
    if (!wanted)
        return bad_field("INVALID_REPLY_VALUE", "Field 'reply' must be true or false");
    if (!*wanted)
        return std::nullopt; // the timeout of a reply that nobody awaits is not looked at
    draft.reply_timeout = config.reply_timeout;
    if (means_default(fields.timeout))
        return std::nullopt;
    const auto seconds = timeout_seconds(*fields.timeout);
    if (!seconds)
        return bad_field("INVALID_TIMEOUT_FORMAT", "Timeout must be a valid integer");
    const std::int64_t most = config.reply_timeout_most / std::chrono::seconds(1);
    if (*seconds < 1 || *seconds > most)
        return bad_field("INVALID_TIMEOUT_VALUE",
                         "Timeout must be between 1 and " + std::to_string(most) + " seconds");
    draft.reply_timeout = std::chrono::seconds(*seconds);
    return std::nullopt;
}

std::optional<Refusal> check_long(const Fields& fields, const Config& config, Draft& draft) {
    draft.long_messages = config.long_messages;
    draft.truncate_to = static_cast<std::size_t>(config.message_length);
    if (is_missing(fields.long_messages))
        return std::nullopt;
    const std::string word =
        fields.long_messages->IsString() ? lower_case(view(*fields.long_messages)) : std::string();
    if (word == "truncate")
        draft.long_messages = LongMessages::truncate;
    else if (word == "split")
        draft.long_messages = LongMessages::split;
    else if (word == "reject")
        draft.long_messages = LongMessages::reject;
    else
        return bad_field("INVALID_LONG_VALUE", "Field 'long' must be truncate, split or reject");
    return std::nullopt;
}

std::optional<Refusal> check_priority(const Fields& fields, const Config&, Draft& draft) {
    if (is_missing(fields.priority))
        return std::nullopt;
    const std::string word =
        fields.priority->IsString() ? lower_case(view(*fields.priority)) : std::string();
    if (word == "high")
        draft.priority = Priority::high;
    else if (word == "normal")
        draft.priority = Priority::normal;
    else if (word == "low")
        draft.priority = Priority::low;
    else
        return wrong_value("priority", "INVALID_PRIORITY_VALUE", "high, normal or low",
                           *fields.priority);
    return std::nullopt;
}

// A whole number of seconds, or a text as the settings take it ("2h"); nothing: it is none of them.
std::optional<Ms> seconds_in(const Value& value) {
    std::optional<Ms> time;
    if (value.IsUint64())
        time = duration_from(std::to_string(value.GetUint64()));
    else if (value.IsString())
        time = duration_from(trimmed(view(value)));
    return time && *time % std::chrono::seconds(1) == Ms(0) ? time : std::nullopt;
}

std::optional<Refusal> check_validity(const Fields& fields, const Config&, Draft& draft) {
    if (is_missing(fields.valid_for))
        return std::nullopt;
    draft.valid_for = seconds_in(*fields.valid_for);
    if (draft.valid_for)
        return std::nullopt;
    return wrong_value("valid_for", "INVALID_VALIDITY_VALUE",
                       "whole seconds or a text such as \"2h\"", *fields.valid_for);
}

// An RFC 3339 time, or whole seconds since 1970; nothing: it is neither.
std::optional<UtcMs> time_in(const Value& value) {
    constexpr std::int64_t most = 253402300799; // the end of the year 9999
    if (value.IsUint64())
        return std::min(value.IsInt64() ? value.GetInt64() : most, most) * 1000;
    if (!value.IsString())
        return std::nullopt;
    const std::string_view text = trimmed(view(value));
    if (const auto seconds = digits_in(text, most); seconds && !text.starts_with('-'))
        return std::min(*seconds, most) * 1000;
    return parse_rfc3339(text);
}

std::optional<Refusal> check_not_before(const Fields& fields, const Config&, Draft& draft) {
    if (is_missing(fields.not_before))
        return std::nullopt;
    draft.not_before = time_in(*fields.not_before);
    if (draft.not_before)
        return std::nullopt;
    return wrong_value("not_before", "INVALID_NOT_BEFORE_VALUE",
                       "an RFC 3339 time with its offset or whole seconds since 1970",
                       *fields.not_before);
}

std::optional<Refusal> check_report(const Fields& fields, const Config&, Draft& draft) {
    if (is_missing(fields.report))
        return std::nullopt;
    draft.report = truth_in(*fields.report);
    if (draft.report)
        return std::nullopt;
    return wrong_value("report", "INVALID_REPORT_VALUE", "true or false", *fields.report);
}

std::optional<Refusal> check_label(const Fields& fields, const Config&, Draft& draft) {
    if (is_missing(fields.label))
        return std::nullopt;
    draft.label = as_text(fields.label);
    if (draft.label)
        return std::nullopt;
    return wrong_value("label", "INVALID_LABEL_VALUE", "a text", *fields.label);
}

std::optional<Refusal> check_callback(const Fields& fields, const Config&, Draft& draft) {
    if (is_missing(fields.callback))
        return std::nullopt;
    if (!fields.callback->IsString())
        return wrong_value("callback", "INVALID_CALLBACK_VALUE", "a text", *fields.callback);
    draft.callback = std::string(view(*fields.callback));
    return std::nullopt;
}

constexpr std::array<Check, 11> checks{
    check_required, check_reply,      check_number, check_message, check_long,    check_priority,
    check_validity, check_not_before, check_report, check_label,   check_callback};

} // namespace

Fields find_fields(const Value& body) {
    Fields fields;
    for (const auto& member : body.GetObject()) {
        const std::string name = lower_case(view(member.name));
        for (const FieldRow& row : field_rows) {
            if (row.name == name)
                fields.*row.member = &member.value;
        }
    }
    return fields;
}

std::optional<std::string> as_text(const Value* value) {
    if (value == nullptr)
        return std::nullopt;
    if (value->IsString())
        return std::string(view(*value));
    if (value->IsUint64())
        return std::to_string(value->GetUint64());
    return std::nullopt;
}

Refusal bad_field(std::string code, std::string text) {
    return {HttpStatus::bad_request, std::move(code), std::move(text), {}};
}

std::optional<Refusal> read_fields(const Fields& fields, const Config& config, Draft& draft) {
    for (const Check check : checks) {
        if (auto refusal = check(fields, config, draft))
            return refusal;
    }
    return std::nullopt;
}

Refusal refusal_of_fault(const FieldFault& fault) {
    switch (fault.what) {
    case FieldFault::What::number_invalid:
        return bad_field("INVALID_PHONE_NUMBER", fault.text);
    case FieldFault::What::too_many:
        return bad_field("TOO_MANY_RECIPIENTS", fault.text);
    case FieldFault::What::text_invalid:
        return bad_field("INVALID_MESSAGE", fault.text);
    case FieldFault::What::text_too_long:
        return bad_field("MESSAGE_TOO_LONG", fault.text);
    case FieldFault::What::reply_timeout:
        return bad_field("INVALID_TIMEOUT_VALUE", fault.text);
    case FieldFault::What::validity_invalid:
        return bad_field("INVALID_VALIDITY_VALUE", fault.text);
    case FieldFault::What::not_before_invalid:
        return bad_field("INVALID_NOT_BEFORE_VALUE", fault.text);
    case FieldFault::What::label_invalid:
        return bad_field("INVALID_LABEL_VALUE", fault.text);
    case FieldFault::What::callback_invalid:
        return bad_field("INVALID_CALLBACK_VALUE", fault.text);
    case FieldFault::What::key_invalid:
        return bad_field("INVALID_IDEMPOTENCY_KEY", fault.text);
    }
    return bad_field("BAD_REQUEST", fault.text);
}

void identify(const Request& request, const Services& services, std::string_view api,
              Draft& draft) {
    draft.user = request.user;
    draft.api = api;
    draft.address = request.address;
    draft.spenders = services.caller.spenders;
    if (!request.idempotency_key.empty())
        draft.idempotency =
            IdempotencyKey{request.idempotency_key, sha256_hex(request.body),
                           request.when - services.config.idempotency_window.count()};
}

const Value* given_member(const Value& body, const char* name) {
    const auto found = body.FindMember(name);
    return found == body.MemberEnd() || is_falsy(found->value) ? nullptr : &found->value;
}

} // namespace smsspool
