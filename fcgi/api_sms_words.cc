// The addresses below /api/sms: the wrapper, words and times.

#include "fcgi/api_sms.h"

#include "common/ids.h"
#include "fcgi/fields.h"

namespace smsspool {

namespace {

enum class Kind { pending, sent, failed };

Kind kind_of(State state) noexcept {
    switch (state) {
    case State::queued:
    case State::sending:
        return Kind::pending;
    case State::sent:
    case State::replied:
    case State::timeout:
        return Kind::sent;
    case State::failed:
    case State::unknown:
    case State::expired:
    case State::canceled:
    case State::abandoned:
    case State::count:
        break;
    }
    return Kind::failed;
}

std::string_view reason_of(State state) noexcept {
    switch (state) {
    case State::unknown:
        return "The message may have been sent; an administrator decides";
    case State::expired:
        return "The message could not be sent in time";
    case State::canceled:
        return "The message was taken back";
    case State::abandoned:
        return "An administrator gave the message up";
    case State::queued:
    case State::sending:
    case State::sent:
    case State::replied:
    case State::timeout:
    case State::failed:
    case State::count:
        break;
    }
    return "The message could not be sent";
}

void put_flat(JsonWriter& writer, const Refusal& refusal) {
    JsonObject object(writer);
    object.text("error", refusal.text);
    object.text("error_code", refusal.code);
    object.flag("success", false);
}

void put_nested(JsonWriter& writer, const Refusal& refusal) {
    JsonObject object(writer);
    JsonObject error(object.value("error"));
    error.text("code", refusal.code);
    error.text("message", refusal.text);
}

} // namespace

Reply wrapped(HttpStatus status, std::string_view message,
              const std::function<void(JsonObject&)>& put) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    {
        JsonObject object(writer);
        (void)object.value("data");
        {
            JsonObject data(writer);
            put(data);
        }
        if (!message.empty())
            object.text("message", message);
        object.flag("success", true);
    }
    return json_reply(status, buffer);
}

Reply wrapped_refusal(const Config& config, const Refusal& refusal) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    switch (config.api_sms_errors) {
    case ErrorForm::flat:
        put_flat(writer, refusal);
        break;
    case ErrorForm::nested:
        put_nested(writer, refusal);
        break;
    }
    return refusal_reply(refusal, buffer);
}

Reply wrapped_fault(const Config& config, const std::string& text, const char* code) {
    return wrapped_refusal(config, {HttpStatus::bad_request, code, text, {}});
}

Reply refuse_in_api_sms(const Request&, const Services& services, const Refusal& refusal) {
    Refusal ours = refusal;
    if (refusal.status == HttpStatus::unauthorized) {
        ours.text = "Unauthorized";
        ours.code = "UNAUTHORIZED";
    } else if (refusal.status == HttpStatus::unavailable) {
        ours.text = "Service is busy, please try again later";
        ours.code = "SERVICE_UNAVAILABLE";
    }
    return wrapped_refusal(services.config, ours);
}

std::optional<Reply> wrong_body(const Request& request, const Config& config, const char* one,
                                const char* other, rapidjson::Document& body) {
    if (!is_json(request.content_type))
        return wrapped_refusal(config, {HttpStatus::unsupported_media_type,
                                        "INVALID_CONTENT_TYPE",
                                        "Content-Type must be application/json",
                                        {}});
    if (parse_json(request.body, static_cast<std::size_t>(config.json_depth), body) ||
        !body.IsObject() || body.ObjectEmpty())
        return wrapped_fault(config, "Request body must be valid JSON", "INVALID_JSON");
    std::string missing;
    for (const char* name : {one, other}) {
        if (given_member(body, name) == nullptr)
            missing += (missing.empty() ? "" : ", ") + std::string(name);
    }
    if (!missing.empty())
        return wrapped_fault(config, "Missing required field(s): " + missing, "MISSING_FIELDS");
    return std::nullopt;
}

std::string naive_text(UtcMs when) {
    std::string text = utc_millis_text(when);
    text.pop_back(); // the Z
    return text + "000";
}

std::string_view recipient_word(State state) noexcept {
    switch (kind_of(state)) {
    case Kind::pending:
        return "pending";
    case Kind::sent:
        return "sent";
    case Kind::failed:
        break;
    }
    return "failed";
}

std::string_view Tally::word() const noexcept {
    if (pending > 0)
        return "pending";
    if (failed == 0)
        return "sent";
    return sent > 0 ? "partial" : "failed";
}

Tally tally_of(const JobCounts& counts) noexcept {
    Tally tally;
    for (std::size_t i = 0; i < counts.jobs.size(); ++i) {
        switch (kind_of(static_cast<State>(i))) {
        case Kind::pending:
            tally.pending += counts.jobs[i];
            break;
        case Kind::sent:
            tally.sent += counts.jobs[i];
            break;
        case Kind::failed:
            tally.failed += counts.jobs[i];
            break;
        }
    }
    return tally;
}

std::string failure_of(const JobView& job) {
    if (kind_of(job.state) != Kind::failed)
        return {};
    return job.error_text.empty() ? std::string(reason_of(job.state)) : job.error_text;
}

std::int64_t sms_number(const std::string& message_id) {
    return number_of_id(message_id).value_or(0);
}

} // namespace smsspool
