// Reading alerts.

#include "fcgi/alert.h"

#include "fcgi/request.h"

#include <algorithm>
#include <array>
#include <vector>

namespace smsspool {

namespace {

using rapidjson::Value;

constexpr std::array number_labels{"number", "phone", "sms_number", "phone_number"};
constexpr std::array content_annotations{"summary", "description", "message"};

// The member of that name if it is there and not null.
const Value* member(const Value& object, const char* name) {
    const auto found = object.FindMember(name);
    return found == object.MemberEnd() || found->value.IsNull() ? nullptr : &found->value;
}

// An object of the alert: null where it is missing. Anything but an object is a fault.
const Value* object_member(const Value& alert, const char* name, AlertFault& fault) {
    const auto found = alert.FindMember(name);
    if (found == alert.MemberEnd())
        return nullptr;
    if (!found->value.IsObject())
        fault.text = "'" + std::string(name) + "' must be an object";
    return &found->value;
}

// Labels and annotations are texts; a whole number is taken for its digits.
std::optional<std::string> as_text(const Value& value) {
    if (value.IsString())
        return std::string(view(value));
    if (value.IsInt64())
        return std::to_string(value.GetInt64());
    return std::nullopt;
}

// The first member of these names whose text is not blank, trimmed; empty: none.
template <std::size_t count>
std::string first_of(const Value* object, const std::array<const char*, count>& names,
                     AlertFault& fault) {
    for (const char* name : names) {
        const Value* found = object == nullptr ? nullptr : member(*object, name);
        if (found == nullptr)
            continue;
        const auto text = as_text(*found);
        if (!text) {
            fault.text = "'" + std::string(name) + "' must be a text";
            return {};
        }
        if (!trimmed(*text).empty())
            return std::string(trimmed(*text));
    }
    return {};
}

std::string name_of(const Value* labels, AlertFault& fault) {
    const Value* found = labels == nullptr ? nullptr : member(*labels, "alertname");
    if (found == nullptr)
        return "Unknown Alert";
    const auto text = as_text(*found);
    if (!text)
        fault.text = "'alertname' must be a text";
    return text.value_or("");
}

bool ended(const Value& alert, UtcMs now) {
    const auto text = text_member(alert, "endsAt");
    const auto when = text ? parse_rfc3339(*text) : std::nullopt;
    return when && *when < now && *when != parse_rfc3339("0001-01-01T00:00:00Z");
}

std::string state_of(const Value& alert, UtcMs now) {
    const std::string said = lower_case(text_member(alert, "status").value_or(""));
    if (said == "resolved")
        return "RESOLVED";
    if (said == "firing")
        return "FIRING";
    return ended(alert, now) ? "RESOLVED" : "FIRING";
}

// The labels as JSON with their names in order.
std::string canonical(const Value* labels) {
    std::vector<const Value::Member*> members;
    if (labels != nullptr) {
        for (const auto& label : labels->GetObject())
            members.push_back(&label);
    }
    std::stable_sort(members.begin(), members.end(), [](const auto* left, const auto* right) {
        return view(left->name) < view(right->name);
    });
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    for (const auto* label : members) {
        put_key(writer, view(label->name));
        label->value.Accept(writer);
    }
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

Alert alert_of(const Value& value, UtcMs now, AlertFault& fault) {
    Alert alert;
    const Value* labels = object_member(value, "labels", fault);
    const Value* annotations = object_member(value, "annotations", fault);
    if (!fault.text.empty())
        return alert;
    alert.name = name_of(labels, fault);
    alert.state = state_of(value, now);
    alert.number = first_of(labels, number_labels, fault);
    alert.content = first_of(annotations, content_annotations, fault);
    if (alert.content.empty())
        alert.content = "Alert triggered";
    alert.labels = canonical(labels);
    return alert;
}

} // namespace

std::string Alert::text() const {
    return "[" + state + "] " + name + ": " + content;
}

std::optional<Alert> read_alert(const Value& value, UtcMs now, AlertFault& fault) {
    fault = {};
    if (!value.IsObject()) {
        fault.text = "The alert is not an object";
        return std::nullopt;
    }
    Alert alert = alert_of(value, now, fault);
    if (!fault.text.empty())
        return std::nullopt;
    return alert;
}

} // namespace smsspool
