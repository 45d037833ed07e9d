// smsspool-send: POST / takes one message (contract 1.5).

#include "common/ids.h"
#include "common/submit.h"
#include "common/utf.h"
#include "fcgi/accepted.h"
#include "fcgi/envelope.h"
#include "fcgi/program.h"

#include <array>
#include <charconv>
#include <cmath>

namespace smsspool {

namespace {

using rapidjson::Value;

// The members that count; null: not in the body.
struct Fields {
    const Value* number = nullptr;
    const Value* message = nullptr;
    const Value* reply = nullptr;
    const Value* timeout = nullptr;
    const Value* long_messages = nullptr;
};

// Names in any case; of one name in several spellings the last one in the body counts.
Fields find_fields(const Value& body) {
    Fields fields;
    for (const auto& member : body.GetObject()) {
        const std::string name = lower_case(view(member.name));
        if (name == "number")
            fields.number = &member.value;
        else if (name == "message")
            fields.message = &member.value;
        else if (name == "reply")
            fields.reply = &member.value;
        else if (name == "timeout")
            fields.timeout = &member.value;
        else if (name == "long")
            fields.long_messages = &member.value;
    }
    return fields;
}

Refusal bad_field(std::string code, std::string text) {
    return {HttpStatus::bad_request, std::move(code), std::move(text), {}};
}

// A text as it is, a whole number that is not negative as its digits; nothing for anything else.
std::optional<std::string> as_text(const Value* value) {
    if (value == nullptr)
        return std::nullopt;
    if (value->IsString())
        return std::string(view(*value));
    if (value->IsUint64())
        return std::to_string(value->GetUint64());
    return std::nullopt;
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

// Whether a reply is wanted; nothing: the value is none of those that say so.
std::optional<bool> wants_reply(const Value* value) {
    if (value == nullptr || value->IsNull())
        return false;
    if (value->IsBool())
        return value->GetBool();
    std::string word;
    if (value->IsString())
        word = lower_case(view(*value));
    else if (value->IsUint64())
        word = std::to_string(value->GetUint64());
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
    std::int64_t seconds = 0;
    const auto [end, fault] =
        std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    if (end != digits.data() + digits.size() || fault == std::errc::invalid_argument)
        return std::nullopt;
    return fault == std::errc() ? seconds : 0;
}

bool means_default(const Value* timeout) {
    return timeout == nullptr || timeout->IsNull() ||
           (timeout->IsString() && timeout->GetStringLength() == 0);
}

std::optional<Refusal> check_reply(const Fields& fields, const Config& config, Draft& draft) {
    const auto wanted = wants_reply(fields.reply);
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
    if (fields.long_messages == nullptr || fields.long_messages->IsNull())
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

constexpr std::array<Check, 5> checks{check_required, check_reply, check_number, check_message,
                                      check_long};

// What the door finds wrong, in this API's words.
Refusal refusal_of_fault(const FieldFault& fault) {
    switch (fault.what) {
    case FieldFault::What::number_invalid:
        return bad_field("INVALID_PHONE_NUMBER", fault.text);
    case FieldFault::What::text_invalid:
        return bad_field("INVALID_MESSAGE", fault.text);
    case FieldFault::What::text_too_long:
        return bad_field("MESSAGE_TOO_LONG", fault.text);
    case FieldFault::What::reply_timeout:
        return bad_field("INVALID_TIMEOUT_VALUE", fault.text);
    case FieldFault::What::key_invalid:
        return bad_field("INVALID_IDEMPOTENCY_KEY", fault.text);
    }
    return bad_field("BAD_REQUEST", fault.text);
}

// --- the answers --------------------------------------------------------------------------------

Reply refuse(const Request& request, const Services&, const Refusal& refusal) {
    return refusal_reply(refusal, to_json(refusing(refusal, request.user, request.when)));
}

// A refusal that echoes what was received.
Reply refuse_fields(const Request& request, const Fields& fields, const Refusal& refusal) {
    Envelope envelope = refusing(refusal, request.user, request.when);
    envelope.to = as_text(fields.number);
    envelope.message = as_text(fields.message);
    return refusal_reply(refusal, to_json(envelope));
}

Envelope accepted(const Request& request, const Draft& draft, const Submitted& submitted) {
    Envelope envelope;
    envelope.status = "queued";
    envelope.message_id = submitted.message_id;
    envelope.timestamp = submitted.created;
    envelope.to = draft.number;
    envelope.from = request.user;
    envelope.message = submitted.text;
    envelope.meta.parts = static_cast<std::int64_t>(submitted.parts);
    if (submitted.original_length) {
        envelope.meta.original_length = static_cast<std::int64_t>(*submitted.original_length);
        envelope.meta.sent_length = static_cast<std::int64_t>(code_points(submitted.text));
    }
    return envelope;
}

// Settings may have changed since the first answer to this key: it is told again from the spool.
void recall_first(Spool& spool, Submitted& submitted) {
    const auto first = spool.find(submitted.message_id);
    if (!first)
        return;
    submitted.text = first->text;
    submitted.created = first->created;
    submitted.parts = static_cast<std::size_t>(first->parts);
    submitted.original_length.reset();
    if (first->original_length)
        submitted.original_length = static_cast<std::size_t>(*first->original_length);
}

Reply answer_of(const Request& request, const Services& services, const Fields& fields,
                const Draft& draft, Submitted submitted) {
    switch (submitted.how) {
    case Stored::done:
    case Stored::repeated:
        log_accepted(request, request.user, submitted);
        break;
    case Stored::again:
        recall_first(services.spool.get(), submitted);
        break;
    case Stored::conflict:
        return refuse_fields(request, fields,
                             {HttpStatus::conflict,
                              "IDEMPOTENCY_CONFLICT",
                              "Idempotency-Key was used for another request body",
                              {}});
    }
    return json_reply(HttpStatus::ok, to_json(accepted(request, draft, submitted)));
}

void identify(const Request& request, const Config& config, Draft& draft) {
    draft.user = request.user;
    draft.api = "rest";
    draft.address = request.address;
    if (!request.idempotency_key.empty())
        draft.idempotency = IdempotencyKey{request.idempotency_key, sha256_hex(request.body),
                                           request.when - config.idempotency_window.count()};
}

Reply take(const Request& request, const Services& services, const Fields& fields) {
    Draft draft;
    identify(request, services.config, draft);
    for (const Check check_field : checks) {
        if (const auto refusal = check_field(fields, services.config, draft))
            return refuse_fields(request, fields, *refusal);
    }
    // The fields are looked at first, so that they get their answer also while the spool is away.
    const auto checked = check(draft, services.config, services.numbers, request.when);
    if (const auto* faults = std::get_if<std::vector<FieldFault>>(&checked))
        return refuse_fields(request, fields, refusal_of_fault(faults->front()));
    const auto answer =
        submit(draft, services.config, services.numbers, services.spool.get(), request.when);
    if (const auto* faults = std::get_if<std::vector<FieldFault>>(&answer))
        return refuse_fields(request, fields, refusal_of_fault(faults->front()));
    return answer_of(request, services, fields, draft, std::get<Submitted>(answer));
}

Reply handle(const Request& request, const Services& services) {
    if (!is_json(request.content_type))
        return refuse(request, services,
                      bad_field("INVALID_CONTENT_TYPE", "Content-Type must be application/json"));
    rapidjson::Document body;
    const auto fault =
        parse_json(request.body, static_cast<std::size_t>(services.config.json_depth), body);
    if (fault || !body.IsObject() || body.ObjectEmpty())
        return refuse(request, services,
                      bad_field("INVALID_JSON", "Request body must contain valid JSON"));
    return take(request, services, find_fields(body));
}

} // namespace

const Program the_program{"send", Access::write, Who::user, {{"/", "POST, OPTIONS"}},
                          handle, refuse};

} // namespace smsspool
