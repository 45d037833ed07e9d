// What a receiver is told.

#include "pull/webhook_event.h"

#include "common/fates.h"
#include "common/ids.h"
#include "common/json_object.h"
#include "common/utf.h"

namespace smsspool {

namespace {

bool is_known(Delivery delivery) noexcept {
    switch (delivery) {
    case Delivery::none:
    case Delivery::pending:
    case Delivery::count:
        return false;
    case Delivery::delivered:
    case Delivery::partly:
    case Delivery::undelivered:
        break;
    }
    return true;
}

std::string_view name_for(const Followed& followed) noexcept {
    const bool only_delivery = followed.state == State::sent || followed.told == followed.state;
    return only_delivery && is_known(followed.delivery) ? name_of(followed.delivery)
                                                        : name_of(followed.state);
}

std::string number_text(const std::optional<UtcMs>& number) {
    return number ? std::to_string(*number) : "-";
}

// A person can have it sent again: then attempt and end are others, and the event another one.
std::string id_for(const Followed& followed, std::string_view name) {
    constexpr std::size_t digits = 32;
    const bool ended = followed.state != State::sent;
    const std::string fact =
        followed.job_id + " " + std::string(name) + " " + std::string(name_of(followed.state)) +
        " " + std::string(name_of(followed.delivery)) + " " + number_text(followed.attempted) +
        " " + (ended ? number_text(followed.ended) : "-");
    return sha256_hex(fact).substr(0, digits);
}

// Texts of modems and networks may be no UTF-8.
void put_foreign(JsonObject& object, std::string_view key, std::string_view text) {
    object.text_or_null(key, text.empty() ? std::nullopt : std::optional(to_valid_utf8(text)));
}

void put_time(JsonObject& object, std::string_view key, const std::optional<UtcMs>& time) {
    object.text_or_null(key, time ? std::optional(utc_millis_text(*time)) : std::nullopt);
}

void put_reply(JsonWriter& writer, const std::optional<JobView::Reply>& reply) {
    if (!reply) {
        writer.Null();
        return;
    }
    JsonObject object(writer);
    object.text("received_at", utc_millis_text(reply->received));
    object.text("text", to_valid_utf8(reply->text));
}

void put_error(JsonObject& object, const Followed& followed) {
    const Fate& fate = fate_of(followed.state);
    const bool wrong = !fate.error_code.empty();
    const auto or_usual = [&](const std::string& own, std::string_view usual) {
        return wrong ? (own.empty() ? usual : std::string_view(own)) : std::string_view();
    };
    put_foreign(object, "error_code", or_usual(followed.error_code, fate.error_code));
    put_foreign(object, "error_message", or_usual(followed.error_text, fate.error_text));
}

void put_event(JsonObject& object, const Followed& followed, const WebhookEvent& event) {
    put_time(object, "attempted_at", followed.attempted);
    put_time(object, "created_at", followed.created);
    put_time(object, "delivered_at", followed.delivered);
    object.text("delivery", name_of(followed.delivery));
    put_time(object, "ended_at", followed.ended);
    put_error(object, followed);
    object.text("event", event.name);
    object.flag("final", followed.is_final());
    object.text("id", event.id);
    object.text("job_id", followed.job_id);
    put_foreign(object, "label", followed.label);
    object.text("message_id", followed.message_id);
    object.text("number", to_valid_utf8(followed.number));
    object.text("number_given", to_valid_utf8(followed.number_given));
    object.number("parts", followed.parts);
    put_reply(object.value("reply"), followed.reply);
    object.text("status", fate_of(followed.state).status);
}

} // namespace

bool has_news(const Followed& followed, UtcMs now) noexcept {
    const bool waits = followed.state == State::queued || followed.state == State::sending;
    return followed.progress == Followed::Progress::open && followed.due <= now && !waits &&
           (followed.told != followed.state || followed.told_delivery != followed.delivery);
}

WebhookEvent event_of(const Followed& followed) {
    WebhookEvent event;
    event.name = name_for(followed);
    event.id = id_for(followed, event.name);
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    {
        JsonObject object(writer);
        put_event(object, followed, event);
    }
    event.body.assign(buffer.GetString(), buffer.GetSize());
    return event;
}

} // namespace smsspool
