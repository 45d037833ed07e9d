// How the server is steered: forms over a Unix socket.

#include "common/json.h"
#include "tests/mockremote/remote.h"

#include <algorithm>
#include <cstdlib>

namespace smsspool::mockremote {

using mockhttp::Peer;
using mockhttp::Request;
using mockhttp::value_of;

namespace {

int number_of(const std::string& text, int otherwise) {
    return text.empty() ? otherwise : std::atoi(text.c_str());
}

Message message_of(const mockhttp::Pairs& fields) {
    Message message;
    message.number = value_of(fields, "number");
    message.text = value_of(fields, "text");
    message.tenant = value_of(fields, "tenant");
    message.country = value_of(fields, "country");
    if (const std::string provider = value_of(fields, "provider"); !provider.empty())
        message.provider = provider;
    message.minutes = number_of(value_of(fields, "minutes"), 5);
    message.created = utc_now() - 1000 * number_of(value_of(fields, "age"), 0);
    return message;
}

void put(JsonWriter& writer, std::string_view name, std::string_view value) {
    put_key(writer, name);
    put_text(writer, value);
}

void put_changes(JsonWriter& writer, const Message& message) {
    put_key(writer, "changes");
    writer.StartArray();
    for (const Change& change : message.changes) {
        writer.StartObject();
        put(writer, "to", name_of(change.to));
        put(writer, "by", change.by);
        put(writer, "body", change.body);
        put_key(writer, "time_ms");
        writer.Int64(change.when);
        writer.EndObject();
    }
    writer.EndArray();
}

void put_message(JsonWriter& writer, const Message& message) {
    writer.StartObject();
    put(writer, "id", message.id);
    put(writer, "number", message.number);
    put(writer, "text", message.text);
    put(writer, "status", name_of(message.status));
    put_key(writer, "handed_out");
    writer.Int(message.handed_out);
    put_key(writer, "members");
    writer.StartObject();
    for (const auto& [name, value] : message.members)
        put(writer, name, value);
    writer.EndObject();
    put_changes(writer, message);
    writer.EndObject();
}

} // namespace

void Remote::steer(Peer& peer) {
    while (const auto request = peer.read())
        peer.write(bytes_of(steered(*request)));
}

Reply Remote::steered(const Request& request) {
    const std::string what = request.method + " " + request.target;
    const Reply unknown{400, "{\"error\":\"what is that?\"}\n"};
    if (what == "GET /messages")
        return list_messages();
    if (what == "POST /messages")
        return add_messages(request);
    if (what == "POST /faults")
        return faults_.add(value_of(request.fields, "on"), value_of(request.fields, "fault"),
                           number_of(value_of(request.fields, "times"), 0))
                   ? Reply{200, "{}\n"}
                   : unknown;
    return switched(what) ? Reply{200, "{}\n"} : unknown;
}

Reply Remote::add_messages(const Request& request) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartArray();
    const Message message = message_of(request.fields);
    const int count = number_of(value_of(request.fields, "count"), 1);
    for (int at = 1; at <= count; ++at) {
        Message each = message;
        if (count > 1)
            each.text += " " + std::to_string(at);
        put_text(writer, store_.add(std::move(each)));
    }
    writer.EndArray();
    return {200, buffer.GetString()};
}

Reply Remote::list_messages() {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartArray();
    store_.each([&](const Message& message) { put_message(writer, message); });
    writer.EndArray();
    return {200, std::string(buffer.GetString(), buffer.GetSize())};
}

bool Remote::switched(const std::string& what) {
    if (what == "DELETE /faults")
        faults_.clear();
    else if (what == "POST /leases/forget")
        store_.forget_leases();
    else if (what == "POST /providers/forget")
        store_.forget_providers();
    else if (what == "POST /tokens/forget" && keycloak_)
        keycloak_->forget(Keycloak::Forgotten::access);
    else if (what == "POST /sessions/forget" && keycloak_)
        keycloak_->forget(Keycloak::Forgotten::all);
    else if (what == "POST /certificate/other")
        server_.use(other_.get());
    else if (what == "POST /certificate/own")
        server_.use(own_.get());
    else if (what == "POST /down")
        server_.stop();
    else if (what == "POST /up")
        up();
    else
        return false;
    return true;
}

} // namespace smsspool::mockremote
