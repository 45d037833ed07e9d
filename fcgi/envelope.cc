// The envelope.

#include "fcgi/envelope.h"

#include "common/json_object.h"
#include "common/utf.h"

namespace smsspool {

namespace {

void put_meta(JsonWriter& writer, const Meta& meta) {
    JsonObject object(writer);
    if (meta.original_length)
        object.number("original_length", *meta.original_length);
    if (meta.parts > 1)
        object.number("parts", meta.parts);
    if (meta.original_length) {
        object.number("sent_length", meta.sent_length);
        object.flag("truncated", true);
    }
    if (meta.unknown_attempts > 0)
        object.number("unknown_attempts", meta.unknown_attempts);
    if (!meta.waiting.empty())
        object.text("waiting", meta.waiting);
}

void put_reply(JsonWriter& writer, const std::optional<Envelope::Reply>& reply) {
    if (!reply) {
        writer.Null();
        return;
    }
    JsonObject object(writer);
    object.number("elapsed_seconds", reply->elapsed_seconds);
    object.text("received_at", utc_seconds_text(reply->received));
    object.text("text", reply->text);
}

void put_number_or_null(JsonObject& object, std::string_view key,
                        const std::optional<std::int64_t>& number) {
    if (number)
        object.number(key, *number);
    else
        object.value(key).Null();
}

void put_time_or_null(JsonObject& object, std::string_view key, const std::optional<UtcMs>& time) {
    object.text_or_null(key, time ? std::optional(utc_seconds_text(*time)) : std::nullopt);
}

// What a modem said may be no UTF-8.
void put_attempt(JsonWriter& writer, const AttemptView& attempt) {
    JsonObject object(writer);
    put_number_or_null(object, "code", attempt.code);
    put_time_or_null(object, "ended", attempt.ended);
    object.text("modem", attempt.modem);
    object.text("outcome", attempt.outcome);
    object.number("part", attempt.part);
    object.text("reason", to_valid_utf8(attempt.reason));
    put_number_or_null(object, "reference", attempt.reference);
    put_number_or_null(object, "report_status", attempt.report_status);
    object.text("started", utc_seconds_text(attempt.started));
    if (!attempt.trace.empty())
        object.text("trace", to_valid_utf8(attempt.trace));
}

void put_attempts(JsonWriter& writer, const std::vector<AttemptView>& attempts) {
    writer.StartArray();
    for (const AttemptView& attempt : attempts)
        put_attempt(writer, attempt);
    writer.EndArray();
}

void put_delivery(JsonWriter& writer, const Envelope& envelope) {
    JsonObject object(writer);
    if (envelope.delivered)
        object.text("at", utc_seconds_text(*envelope.delivered));
    object.text("state", name_of(envelope.delivery));
}

void put_envelope(JsonWriter& writer, const Envelope& envelope) {
    JsonObject object(writer);
    if (envelope.attempts)
        put_attempts(object.value("attempts"), *envelope.attempts);
    if (envelope.delivery != Delivery::none)
        put_delivery(object.value("delivery"), envelope);
    if (!envelope.error_code.empty() || !envelope.error_message.empty()) {
        object.text("error_code", envelope.error_code);
        object.text("error_message", envelope.error_message);
    }
    object.text_or_null("from", envelope.from);
    object.text_or_null("message", envelope.message);
    object.text_or_null("message_id", envelope.message_id);
    if (!envelope.meta.empty())
        put_meta(object.value("meta"), envelope.meta);
    put_reply(object.value("reply"), envelope.reply);
    object.text("status", envelope.status);
    object.text("timestamp", utc_seconds_text(envelope.timestamp));
    object.text_or_null("to", envelope.to);
}

void put_short(JsonWriter& writer, const Refusal& refusal) {
    JsonObject object(writer);
    object.text("error_code", refusal.code);
    object.text("error_message", refusal.text);
    object.text("status", "failed");
}

} // namespace

rapidjson::StringBuffer to_json(const Envelope& envelope) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    put_envelope(writer, envelope);
    return buffer;
}

Envelope refusing(const Refusal& refusal, const std::string& user, UtcMs now) {
    Envelope envelope;
    envelope.timestamp = now;
    if (!user.empty() && refusal.status != HttpStatus::unauthorized)
        envelope.from = user;
    envelope.error_code = refusal.code;
    envelope.error_message = refusal.text;
    return envelope;
}

rapidjson::StringBuffer short_json(const Refusal& refusal) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    put_short(writer, refusal);
    return buffer;
}

} // namespace smsspool
