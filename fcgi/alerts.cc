// smsspool-alerts: alerts of a monitoring system become SMS (contract 1.8).
//
// An alert is told once for each change of its state, and again after `alerts_remind`; its labels
// say which alert it is.

#include "common/ids.h"
#include "common/json_object.h"
#include "common/submit.h"
#include "fcgi/accepted.h"
#include "fcgi/alert.h"
#include "fcgi/phone_numbers.h"
#include "fcgi/program.h"

namespace smsspool {

namespace {

using rapidjson::Value;

struct Result {
    std::int64_t index = 0; // from 1
    std::optional<std::string> name, number;
    std::string error; // empty: it succeeded
    std::string state;
    Submitted submitted;
};

// --- the answers --------------------------------------------------------------------------------

Reply plain_error(const Refusal& refusal, const std::string& details) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    {
        JsonObject object(writer);
        if (!details.empty())
            object.text("details", details);
        object.text("error", refusal.text);
    }
    return refusal_reply(refusal, buffer);
}

Reply bad_request(const std::string& text, const std::string& details = {}) {
    return plain_error({HttpStatus::bad_request, {}, text, {}}, details);
}

Reply disabled() {
    return plain_error({HttpStatus::not_found, {}, "Grafana webhook endpoint is disabled", {}}, {});
}

// What nginx refuses is disabled as well where the endpoint is.
Reply refuse(const Request&, const Services& services, const Refusal& refusal) {
    if (!services.config.alerts)
        return disabled();
    return plain_error(refusal, refusal.status == HttpStatus::internal_error
                                    ? "The reason is in the log of the server"
                                    : std::string());
}

void put_result(JsonWriter& writer, const Result& result) {
    JsonObject object(writer);
    object.number("alert_index", result.index);
    if (result.name)
        object.text("alert_name", *result.name);
    if (!result.error.empty())
        object.text("error", result.error);
    else
        object.text("message_id", result.submitted.message_id);
    if (result.error.empty() && result.submitted.parts > 1)
        object.number("parts", static_cast<std::int64_t>(result.submitted.parts));
    if (result.number)
        object.text("phone_number", *result.number);
    if (result.error.empty() && result.submitted.how == Stored::repeated)
        object.flag("repeated", true);
    if (result.error.empty())
        object.text("status", result.state);
    object.flag("success", result.error.empty());
    if (result.error.empty())
        object.flag("truncated", result.submitted.original_length.has_value());
}

Reply summary(const std::vector<Result>& results, UtcMs now) {
    std::int64_t failed = 0;
    for (const Result& result : results)
        failed += result.error.empty() ? 0 : 1;
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    {
        JsonObject object(writer);
        const auto total = static_cast<std::int64_t>(results.size());
        object.number("failed", failed);
        JsonWriter& list = object.value("results");
        list.StartArray();
        for (const Result& result : results)
            put_result(list, result);
        list.EndArray();
        object.text("status", "completed");
        object.number("successful", total - failed);
        object.text("timestamp", utc_seconds_text(now));
        object.number("total_alerts", total);
    }
    return json_reply(failed == 0 ? HttpStatus::ok : HttpStatus::multi_status, buffer);
}

// --- one alert ----------------------------------------------------------------------------------

// Before when the last SMS must have been for a reminder to be due. Nobody is reminded of an alert
// that is over, although Prometheus posts it for a while.
UtcMs remind_before(const Alert& alert, const Config& config, UtcMs now) {
    const bool reminds = config.alerts_remind.count() > 0 && alert.state == "FIRING";
    return reminds ? now - config.alerts_remind.count() : 0;
}

Draft draft_of(const Alert& alert, const std::string& number, const Request& request,
               const Services& services) {
    const Config& config = services.config;
    Draft draft;
    draft.address = request.address;
    draft.spenders = services.caller.spenders;
    draft.user = config.alerts_user;
    draft.api = "alerts";
    draft.number = number;
    draft.text = alert.text();
    draft.long_messages = config.long_messages;
    draft.truncate_to = static_cast<std::size_t>(config.alerts_length);
    draft.priority = Priority::high;
    draft.alert = AlertChange{sha256_hex(alert.labels + services.numbers->comparable(number)),
                              alert.state, remind_before(alert, config, request.when)};
    return draft;
}

std::string text_of(const FieldFault& fault) {
    return fault.what == FieldFault::What::number_invalid ? "Invalid phone number: " + fault.text
                                                          : fault.text;
}

void send(const Draft& draft, const Request& request, const Services& services, Result& result) {
    const auto spool = [&]() -> Spool& { return services.spool.get(); };
    const auto answer = submit(draft, services.config, *services.numbers, spool, request.when);
    if (const auto* faults = std::get_if<std::vector<FieldFault>>(&answer)) {
        result.error = text_of(faults->front());
        return;
    }
    if (const auto* limit = std::get_if<NotAllowed>(&answer)) {
        log_refused(request, services.caller, *limit);
        result.error = limit->text;
        return;
    }
    result.submitted = std::get<Submitted>(answer);
    if (result.submitted.how == Stored::done)
        log_accepted(request, services.caller, draft.user, result.submitted);
}

Result take_one(const Value& value, std::int64_t index, const Request& request,
                const Services& services) {
    Result result;
    result.index = index;
    AlertFault fault;
    const auto alert = read_alert(value, request.when, fault);
    if (!alert) {
        result.error = fault.text;
        return result;
    }
    result.name = alert->name;
    result.state = alert->state;
    const std::string& number =
        alert->number.empty() ? services.config.alerts_number : alert->number;
    if (number.empty()) {
        result.error = "No phone number found in alert labels and no default configured";
        return result;
    }
    result.number = number;
    send(draft_of(*alert, number, request, services), request, services, result);
    return result;
}

// --- the request --------------------------------------------------------------------------------

// The array of alerts in `body`: itself, or the member `alerts` of a webhook; null: there is none.
const Value* alerts_in(const Value& body) {
    if (body.IsArray())
        return &body;
    if (!body.IsObject())
        return nullptr;
    const auto found = body.FindMember("alerts");
    return found != body.MemberEnd() && found->value.IsArray() ? &found->value : nullptr;
}

Reply take(const Value& alerts, const Request& request, const Services& services) {
    if (alerts.Size() > static_cast<std::size_t>(services.config.alerts_most)) {
        Refusal refusal = body_too_large();
        refusal.text = "At most " + std::to_string(services.config.alerts_most) +
                       " alerts can be posted at once";
        return plain_error(refusal, {});
    }
    std::vector<Result> results;
    for (const Value& alert : alerts.GetArray())
        results.push_back(
            take_one(alert, static_cast<std::int64_t>(results.size()) + 1, request, services));
    return summary(results, request.when);
}

Reply read(const Request& request, const Services& services) {
    if (!is_json(request.content_type))
        return bad_request("Content-Type must be application/json");
    SmallDocument body;
    if (const auto fault =
            parse_json(request.body, static_cast<std::size_t>(services.config.json_depth), body))
        return bad_request("Invalid JSON payload", fault->reason);
    const Value* alerts = alerts_in(body);
    if (alerts == nullptr)
        return bad_request("Expected JSON array of alerts");
    return take(*alerts, request, services);
}

// With a login the login counts, also from where none is needed.
Reply handle(const Request& request, const Services& services) {
    if (!services.config.alerts)
        return disabled();
    if (request.user.empty() && request.open)
        return read(request, services);
    auto caller = caller_of(request, services, Scope::alerts);
    if (const auto* refusal = std::get_if<Refusal>(&caller))
        return refuse(request, services, *refusal);
    Services known = services;
    known.caller = std::get<Caller>(std::move(caller));
    return read(request, known);
}

} // namespace

const Program the_program{
    "alerts",
    Access::write,
    std::nullopt,
    {{"/api/v1/alerts", "POST, OPTIONS"}, {"/api/v2/alerts", "POST, OPTIONS"}},
    handle,
    refuse,
    &Config::body_limit,
    numbers_when_used};

} // namespace smsspool
