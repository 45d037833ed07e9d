// smsspool-health: GET /health tells a load balancer whether messages can leave (contract 1.9).
//
// Anyone may ask, so the answer holds nothing that belongs to somebody: no number, no identity of a
// device or a card.

#include "common/disk.h"
#include "common/json_object.h"
#include "common/log.h"
#include "common/readiness.h"
#include "fcgi/envelope.h"
#include "fcgi/program.h"

namespace smsspool {

namespace {

constexpr std::string_view service_name = "SMS REST API";

Reply refuse(const Request&, const Services&, const Refusal& refusal) {
    return refusal_reply(refusal, short_json(refusal));
}

// Null where it is not known, which is a negative number.
void put_known(JsonWriter& writer, std::int64_t number) {
    if (number < 0)
        writer.Null();
    else
        writer.Int64(number);
}

void put_seconds(JsonWriter& writer, std::int64_t ms) {
    if (ms < 0)
        writer.Null();
    else
        writer.Double(static_cast<double>(ms) / 1000);
}

// The places for messages on the modem and its SIM.
void put_storage(JsonWriter& writer, const ModemView& modem) {
    JsonObject object(writer);
    put_known(object.value("capacity"), modem.capacity);
    put_known(object.value("used"), modem.used);
}

void put_modem(JsonWriter& writer, const ModemView& modem, const Config& config, UtcMs now) {
    JsonObject object(writer);
    object.number("failures", modem.failures);
    put_seconds(object.value("last_recovery_seconds"), modem.recovery_ms);
    object.text("name", modem.name);
    object.text("network", modem.network);
    object.text("operator", modem.operator_name);
    object.number("recoveries", modem.recoveries);
    put_known(object.value("signal"), modem.signal);
    object.text("state", present_state(modem, config, now));
    put_storage(object.value("storage"), modem);
}

// Its error may name hosts of others.
void put_agent(JsonWriter& writer, const AgentView& agent, const Config& config, UtcMs now) {
    JsonObject object(writer);
    object.text("name", agent.name);
    object.text("state", present_state(agent, config, now));
}

void put_agents(JsonWriter& writer, const Health& health, const Config& config, UtcMs now) {
    writer.StartArray();
    for (const AgentView& agent : health.agents)
        put_agent(writer, agent, config, now);
    writer.EndArray();
}

// Whether new messages are taken, as far as room goes.
void put_disk(JsonWriter& writer, const Config& config) {
    const std::int64_t free = free_bytes(config.spool).value_or(-1);
    JsonObject object(writer);
    put_known(object.value("free"), free);
    object.flag("low", free >= 0 && free < config.disk_reserve);
    object.number("reserve", config.disk_reserve);
}

void put_health(JsonWriter& writer, const Health& health, const Readiness& answer,
                const Config& config, UtcMs now) {
    JsonObject object(writer);
    if (!health.agents.empty())
        put_agents(object.value("agents"), health, config, now);
    object.text("daemon", answer.daemon);
    put_disk(object.value("disk"), config);
    JsonWriter& modems = object.value("modems");
    modems.StartArray();
    for (const ModemView& modem : health.modems)
        put_modem(modems, modem, config, now);
    modems.EndArray();
    object.flag("ready", answer.ready);
    if (!answer.reason.empty())
        object.text("reason", answer.reason);
    object.text("service", service_name);
    object.text("status", answer.ready ? "healthy" : "unhealthy");
    object.text("timestamp", local_text(now, ' '));
}

// What the spool says; without it nothing can be ready, and that is an answer and no failure.
Readiness look(const Services& services, UtcMs now, Health& health) {
    try {
        health = services.spool.get().health();
        return readiness(health, services.config, now);
    } catch (const Error& error) {
        log_error("HTTP", std::string("health: ") + error.what());
        return {false, "unknown", "The message store is not available"};
    }
}

Reply handle(const Request& request, const Services& services) {
    Health health;
    const Readiness answer = look(services, request.when, health);
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    put_health(writer, health, answer, services.config, request.when);
    Reply reply = json_reply(answer.ready ? HttpStatus::ok : HttpStatus::unavailable, buffer);
    if (!answer.ready)
        reply.headers.emplace_back("Retry-After", "5");
    return reply;
}

} // namespace

const Program the_program{"health", Access::read, std::nullopt, {{"/health", "GET, HEAD, OPTIONS"}},
                          handle,   refuse};

} // namespace smsspool
