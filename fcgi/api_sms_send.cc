// The addresses below /api/sms: what is sent, and what would be.

#include "common/ids.h"
#include "common/numbers.h"
#include "common/parts.h"
#include "common/submit.h"
#include "common/utf.h"
#include "fcgi/accepted.h"
#include "fcgi/api_sms.h"
#include "fcgi/fields.h"

#include <set>
#include <string_view>

namespace smsspool {

namespace {

using rapidjson::Value;

// --- refusals -----------------------------------------------------------------------------------

Reply wrong_number(const Config& config, const std::string& text) {
    return wrapped_fault(config, "Invalid phone number format: " + text, "INVALID_PHONE_FORMAT");
}

// Several wrong recipients are named in one text.
Reply refuse_faults(const Config& config, const std::vector<FieldFault>& faults) {
    if (faults.front().what != FieldFault::What::number_invalid)
        return wrapped_refusal(config, refusal_of_fault(faults.front()));
    std::string all;
    for (const FieldFault& fault : faults) {
        if (fault.what == FieldFault::What::number_invalid)
            all += (all.empty() ? "" : "; ") + fault.text;
    }
    return wrong_number(config, all);
}

// --- the body of a POST -------------------------------------------------------------------------

// The later form of this API: 0 (or false) is urgent, everything else is as usual.
void read_adhoc(const Value& body, Draft& draft) {
    const auto found = body.FindMember("adhoc");
    if (found == body.MemberEnd() || body.HasMember("priority"))
        return;
    if (found->value.IsFalse() || (found->value.IsNumber() && found->value.GetDouble() == 0))
        draft.priority = Priority::high;
}

// What may be asked for beside recipient and content is what POST / takes, and is looked at there.
std::optional<Reply> wrong_wishes(const Value& body, const Value& recipient, const Config& config,
                                  Draft& draft) {
    Fields fields = find_fields(body);
    fields.number = &recipient;
    fields.message = given_member(body, "content");
    if (fields.long_messages == nullptr)
        draft.long_messages = LongMessages::split;
    if (const auto refusal = read_fields(fields, config, draft)) {
        const bool of_recipient = refusal->text.find("'number'") != std::string::npos;
        const bool of_content = refusal->text.find("'message'") != std::string::npos;
        if (of_recipient || of_content)
            return wrapped_fault(config,
                                 std::string("Field '") + (of_recipient ? "recipient" : "content") +
                                     "' must be a text or a whole number that is not negative",
                                 "INVALID_FIELD_TYPE");
        return wrapped_refusal(config, *refusal);
    }
    if (fields.long_messages == nullptr)
        draft.long_messages = LongMessages::split;
    read_adhoc(body, draft);
    return std::nullopt;
}

// What is wrong with one of the recipients of a bulk.
std::optional<Reply> wrong_recipients(const Value& list, const Config& config) {
    if (!list.IsArray())
        return wrapped_fault(config, "Field 'recipients' must be a list", "INVALID_FIELD_TYPE");
    // Before anything is made of them: what they cost must not be the client's choice.
    if (list.Size() > static_cast<std::size_t>(config.bulk_most))
        return wrapped_fault(config,
                             "A message must have at most " + std::to_string(config.bulk_most) +
                                 " recipients, not " + std::to_string(list.Size()),
                             "TOO_MANY_RECIPIENTS");
    for (rapidjson::SizeType i = 0; i < list.Size(); ++i) {
        if (!as_text(&list[i]))
            return wrong_number(config, "recipient " + std::to_string(i + 1) + " is no text");
    }
    return std::nullopt;
}

// REQUIRES: wrong_recipients() found nothing; `list` outlives it.
Draft::Several several_of(const Value& list) {
    return {list.Size(), [&list](std::size_t i) {
                return as_text(&list[static_cast<rapidjson::SizeType>(i)]).value_or("");
            }};
}

// --- sending ------------------------------------------------------------------------------------

using Put = std::function<void(JsonObject&, const Submitted&)>;

Reply told(const Submitted& submitted, std::string_view message, const Put& put) {
    return wrapped(HttpStatus::accepted, message, [&](JsonObject& data) { put(data, submitted); });
}

Reply submit_draft(const Draft& draft, const Request& request, const Services& services,
                   std::string_view message, const Put& put) {
    const auto spool = [&]() -> Spool& { return services.spool.get(); };
    const auto answer = submit(draft, services.config, *services.numbers, spool, request.when);
    if (const auto* faults = std::get_if<std::vector<FieldFault>>(&answer))
        return refuse_faults(services.config, *faults);
    if (const auto* limit = std::get_if<NotAllowed>(&answer)) {
        log_refused(request, services.caller, *limit);
        return wrapped_refusal(services.config, over_limit(*limit));
    }
    const auto& submitted = std::get<Submitted>(answer);
    if (submitted.how == Stored::conflict)
        return wrapped_refusal(services.config,
                               {HttpStatus::conflict,
                                "IDEMPOTENCY_CONFLICT",
                                "Idempotency-Key was used for another request body",
                                {}});
    if (submitted.how == Stored::done)
        log_accepted(request, services.caller, request.user, submitted);
    return told(submitted, message, put);
}

void put_parts(JsonObject& data, const Submitted& submitted) {
    if (submitted.parts > 1)
        data.number("parts", static_cast<std::int64_t>(submitted.parts));
}

// Echoes a member as it came.
void echo(JsonObject& data, const char* key, const Value& value) {
    value.Accept(data.value(key));
}

void echo_adhoc(JsonObject& data, const Value& body) {
    const auto found = body.FindMember("adhoc");
    if (found != body.MemberEnd())
        echo(data, "adhoc", found->value);
}

void put_left_out(JsonObject& data, const Submitted& submitted) {
    if (submitted.left_out.empty())
        return;
    JsonWriter& list = data.value("rejected");
    list.StartArray();
    for (const LeftOut& one : submitted.left_out) {
        JsonObject object(list);
        object.number("position", static_cast<std::int64_t>(one.position));
        object.text("reason", one.reason);
        object.text("recipient", one.given);
    }
    list.EndArray();
}

} // namespace

Reply sms_send(const Request& request, const Services& services) {
    rapidjson::Document body;
    if (auto wrong = wrong_body(request, services.config, "recipient", "content", body))
        return *wrong;
    const Value& recipient = *given_member(body, "recipient");
    Draft draft;
    identify(request, services, "sms", draft);
    if (auto wrong = wrong_wishes(body, recipient, services.config, draft))
        return *wrong;
    return submit_draft(draft, request, services, "SMS queued for sending",
                        [&](JsonObject& data, const Submitted& submitted) {
                            echo_adhoc(data, body);
                            echo(data, "content", *given_member(body, "content"));
                            data.text("created_at", naive_text(submitted.created));
                            data.number("id", sms_number(submitted.message_id));
                            data.text("message_id", submitted.message_id);
                            put_parts(data, submitted);
                            echo(data, "recipient", recipient);
                            data.text("status", "pending");
                        });
}

Reply sms_send_bulk(const Request& request, const Services& services) {
    rapidjson::Document body;
    if (auto wrong = wrong_body(request, services.config, "recipients", "content", body))
        return *wrong;
    const Value& list = *given_member(body, "recipients");
    Draft draft;
    if (auto wrong = wrong_recipients(list, services.config))
        return *wrong;
    draft.several = several_of(list);
    identify(request, services, "sms", draft);
    if (services.config.bulk_partial)
        draft.wrong_number = Draft::WrongNumber::leave_out;
    if (auto wrong = wrong_wishes(body, list[0], services.config, draft))
        return *wrong;
    return submit_draft(draft, request, services, "Bulk SMS queued for sending",
                        [&](JsonObject& data, const Submitted& submitted) {
                            echo_adhoc(data, body);
                            echo(data, "content", *given_member(body, "content"));
                            data.text("created_at", naive_text(submitted.created));
                            if (submitted.duplicates > 0)
                                data.number("duplicates",
                                            static_cast<std::int64_t>(submitted.duplicates));
                            data.number("id", sms_number(submitted.message_id));
                            data.text("message_id", submitted.message_id);
                            put_parts(data, submitted);
                            put_left_out(data, submitted);
                            data.text("status", "pending");
                            data.number("total", static_cast<std::int64_t>(submitted.recipients));
                        });
}

namespace {

// The characters, each once, for which the text needs UCS-2.
std::set<std::string_view> beyond_gsm7(std::string_view text) {
    std::set<std::string_view> characters;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        if (gsm7_septets(next_code_point(text, at)) == 0)
            characters.insert(text.substr(begin, at - begin));
    }
    return characters;
}

void put_preview_of(JsonWriter& writer, const std::string& given, const Numbers& numbers) {
    const NumberAnswer answer = numbers.normalise(given);
    JsonObject object(writer);
    object.text_or_null("number", answer.good() ? std::optional(answer.number) : std::nullopt);
    object.text_or_null("reason", answer.good() ? std::nullopt : std::optional(answer.reason));
    object.text("recipient", given);
}

void put_preview(JsonObject& data, const std::string& text, const std::vector<std::string>& given,
                 const Numbers& numbers) {
    const Encoding encoding = encoding_for(text);
    data.number("characters", static_cast<std::int64_t>(code_points(text)));
    data.text("encoding", name_of(encoding));
    JsonWriter& forcing = data.value("forces_ucs2");
    forcing.StartArray();
    for (const std::string_view character : beyond_gsm7(text))
        put_text(forcing, character);
    forcing.EndArray();
    data.number("parts", static_cast<std::int64_t>(count_parts(text, encoding)));
    JsonWriter& list = data.value("recipients");
    list.StartArray();
    for (const std::string& one : given)
        put_preview_of(list, one, numbers);
    list.EndArray();
}

} // namespace

Reply sms_preview(const Request& request, const Services& services) {
    rapidjson::Document body;
    if (auto wrong = wrong_body(request, services.config, "content", "content", body))
        return *wrong;
    const auto text = as_text(given_member(body, "content"));
    if (!text)
        return wrapped_fault(
            services.config,
            "Field 'content' must be a text or a whole number that is not negative",
            "INVALID_FIELD_TYPE");
    std::vector<std::string> recipients;
    if (const Value* one = given_member(body, "recipient"))
        recipients.push_back(as_text(one).value_or(""));
    if (const Value* list = given_member(body, "recipients")) {
        if (auto wrong = wrong_recipients(*list, services.config))
            return *wrong;
        for (const Value& value : list->GetArray())
            recipients.push_back(as_text(&value).value_or(""));
    }
    return wrapped(HttpStatus::ok, {}, [&](JsonObject& data) {
        put_preview(data, *text, recipients, *services.numbers);
    });
}

} // namespace smsspool
