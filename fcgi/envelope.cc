// The envelope.

#include "fcgi/envelope.h"

#include "common/json_object.h"

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

void put_envelope(JsonWriter& writer, const Envelope& envelope) {
    JsonObject object(writer);
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
