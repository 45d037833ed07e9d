// smsctl status: who is alive, and what waits.

#include "common/disk.h"
#include "common/readiness.h"
#include "common/spool.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"

#include <array>

namespace smsspool::ctl {

namespace {

constexpr std::size_t state_count = static_cast<std::size_t>(State::count);

struct Queue {
    std::array<std::int64_t, state_count> jobs{}; // by State
    std::optional<UtcMs> due;                     // when the first queued job is or was due
    std::optional<UtcMs> oldest; // since when the oldest waits of those that are due
    ReportCount reports;
};

struct Picture {
    Health health;
    Readiness readiness;
    Queue queue;
    std::optional<std::int64_t> free; // bytes of the spool's disk
};

Queue look_at_queue(Spool& spool, UtcMs now) {
    Queue queue;
    for (const StateCount& count : spool.state_counts())
        queue.jobs[static_cast<std::size_t>(count.state)] = count.jobs;
    queue.due = spool.next_due();
    queue.oldest = spool.oldest_due(now);
    queue.reports = spool.report_count();
    return queue;
}

Picture look(const Call& call) {
    Spool spool(call.config, Access::read);
    Picture picture;
    picture.health = spool.health();
    picture.readiness = readiness(picture.health, call.config, call.now);
    picture.queue = look_at_queue(spool, call.now);
    picture.free = free_bytes(call.config.spool);
    return picture;
}

// --- for a person -------------------------------------------------------------------------------

std::string ago(UtcMs when, UtcMs now) {
    return span_text(now - when) + " ago";
}

std::string daemon_row(const Picture& picture, UtcMs now) {
    std::string line(picture.readiness.daemon);
    if (picture.health.daemons.empty())
        return row("daemon", line);
    const DaemonView& daemon = picture.health.daemons.front();
    line += ", pid " + std::to_string(daemon.pid) + " on " + daemon.host + " since " +
            local_zoned_text(daemon.started) + ", heard " + ago(daemon.beat, now);
    return row("daemon", line);
}

std::string network_text(const ModemView& modem) {
    std::string text = "network " + modem.network;
    if (!modem.operator_name.empty())
        text += " (" + modem.operator_name + ")";
    if (modem.signal >= 0)
        text += ", signal " + std::to_string(modem.signal) + " %";
    if (modem.capacity >= 0)
        text += ", SIM " + std::to_string(modem.used) + " of " + std::to_string(modem.capacity) +
                " used";
    return text;
}

std::string times(std::int64_t number) {
    return std::to_string(number) + (number == 1 ? " time" : " times");
}

std::string device_text(const ModemView& modem) {
    std::string text;
    for (const std::string* fact : {&modem.device, &modem.manufacturer, &modem.model}) {
        if (!fact->empty())
            text += (text.empty() ? "" : " ") + *fact;
    }
    if (!modem.imei.empty())
        text += (text.empty() ? "IMEI " : ", IMEI ") + modem.imei;
    return text;
}

// How often it failed and came back; empty: never.
std::string trouble_text(const ModemView& modem) {
    std::string text;
    if (modem.failures > 0)
        text = "failed " + times(modem.failures) + " in a row";
    if (modem.recoveries > 0)
        text += (text.empty() ? "" : ", ") + std::string("came back ") + times(modem.recoveries);
    if (modem.recovery_ms >= 0)
        text += (text.empty() ? "" : ", ") + std::string("the last time after ") +
                std::to_string(modem.recovery_ms) + " ms";
    return text;
}

// The state of a modem that was not heard of for too long is what it was, not what it is.
std::string state_text(const ModemView& modem, const Config& config, UtcMs now) {
    const std::string_view state = present_state(modem, config, now);
    std::string text(state);
    if (state != modem.state)
        text += "; was " + modem.state;
    text += " since " + local_zoned_text(modem.since);
    if (modem.beat > 0)
        text += ", heard " + ago(modem.beat, now);
    return text;
}

std::string modem_rows(const ModemView& modem, const Call& call) {
    std::string rows = row("modem", modem.name + ", " + state_text(modem, call.config, call.now));
    for (const std::string& fact :
         {modem.error, device_text(modem), modem.network.empty() ? "" : network_text(modem),
          trouble_text(modem), modem.step.empty() ? "" : "last step: " + modem.step}) {
        if (!fact.empty())
            rows += row("", fact);
    }
    if (call.arguments.has("--trace"))
        rows += block(modem.trace);
    return rows;
}

std::string agent_rows(const AgentView& agent, const Call& call) {
    const std::string_view state = present_state(agent, call.config, call.now);
    std::string text = agent.name + ", " + std::string(state);
    if (state != agent.state)
        text += "; was " + agent.state;
    std::string rows = row("agent", text + " since " + local_zoned_text(agent.since) + ", heard " +
                                        ago(agent.beat, call.now));
    if (!agent.error.empty())
        rows += row("", agent.error);
    return rows +
           row("", "since its start: fetched " + std::to_string(agent.fetched) + ", told " +
                       std::to_string(agent.told) + ", failed " + std::to_string(agent.failures));
}

std::string job_rows(const Queue& queue, UtcMs now) {
    std::string counts;
    for (std::size_t i = 0; i < state_count; ++i) {
        if (queue.jobs[i] > 0)
            counts += (counts.empty() ? "" : ", ") + std::to_string(queue.jobs[i]) + " " +
                      std::string(name_of(static_cast<State>(i)));
    }
    std::string rows = row("jobs", counts.empty() ? "none" : counts);
    if (queue.oldest)
        rows += row("oldest", "due since " + local_zoned_text(*queue.oldest) + ", " +
                                  ago(*queue.oldest, now));
    else if (queue.due)
        rows += row("next due", local_zoned_text(*queue.due) + ", " +
                                    (*queue.due > now ? "in " + span_text(*queue.due - now)
                                                      : ago(*queue.due, now)));
    return rows;
}

std::string report_row(const ReportCount& reports) {
    if (reports.all == 0)
        return {};
    return row("reports",
               std::to_string(reports.matched) + " of " + std::to_string(reports.all) + " matched");
}

std::string disk_row(const Picture& picture, const Config& config) {
    if (!picture.free)
        return row("disk", "the folder of the spool is not there");
    std::string text = size_text(*picture.free) + " free";
    if (config.disk_reserve > 0)
        text +=
            (*picture.free < config.disk_reserve ? ", nothing new is accepted below the reserve of "
                                                 : ", reserve ") +
            size_text(config.disk_reserve);
    return row("disk", text);
}

std::string ready_row(const Readiness& answer) {
    std::string text = answer.ready ? "yes" : "no";
    if (!answer.reason.empty())
        text += ": " + answer.reason;
    return row("ready", text);
}

std::string as_text(const Picture& picture, const Call& call) {
    std::string text = ready_row(picture.readiness) + daemon_row(picture, call.now);
    for (const ModemView& modem : picture.health.modems)
        text += modem_rows(modem, call);
    for (const AgentView& agent : picture.health.agents)
        text += agent_rows(agent, call);
    return text + job_rows(picture.queue, call.now) + report_row(picture.queue.reports) +
           disk_row(picture, call.config);
}

// --- for a program ------------------------------------------------------------------------------

void put_daemon(JsonObject& object, const DaemonView& daemon) {
    put_foreign(object, "owner", daemon.owner);
    put_foreign(object, "host", daemon.host);
    object.number("pid", daemon.pid);
    object.number("started_ms", daemon.started);
    object.number("beat_ms", daemon.beat);
}

void put_count(JsonObject& object, std::string_view key, std::int64_t number) {
    put_number_or_null(object, key, number < 0 ? std::nullopt : std::optional(number));
}

void put_modem(JsonObject& object, const ModemView& modem, std::string_view state) {
    put_foreign(object, "name", modem.name);
    put_foreign(object, "state", state);
    put_foreign_or_null(object, "device", modem.device);
    put_foreign_or_null(object, "manufacturer", modem.manufacturer);
    put_foreign_or_null(object, "model", modem.model);
    put_foreign_or_null(object, "imei", modem.imei);
    put_foreign_or_null(object, "imsi", modem.imsi);
    put_foreign_or_null(object, "network", modem.network);
    put_foreign_or_null(object, "operator", modem.operator_name);
    put_count(object, "signal", modem.signal);
    put_count(object, "used", modem.used);
    put_count(object, "capacity", modem.capacity);
    put_foreign_or_null(object, "error", modem.error);
    object.number("since_ms", modem.since);
    object.number("beat_ms", modem.beat);
    object.number("failures", modem.failures);
    object.number("recoveries", modem.recoveries);
    put_count(object, "recovery_ms", modem.recovery_ms);
    put_foreign_or_null(object, "step", modem.step);
}

void put_agent(JsonObject& object, const AgentView& agent, std::string_view state) {
    put_foreign(object, "name", agent.name);
    put_foreign(object, "state", state);
    put_foreign_or_null(object, "error", agent.error);
    object.number("since_ms", agent.since);
    object.number("beat_ms", agent.beat);
    object.number("fetched", agent.fetched);
    object.number("told", agent.told);
    object.number("failures", agent.failures);
}

void put_reports(JsonObject& object, const ReportCount& reports) {
    object.number("all", reports.all);
    object.number("matched", reports.matched);
}

void put_disk(JsonObject& object, const Picture& picture, const Config& config) {
    put_number_or_null(object, "free_bytes", picture.free);
    object.number("reserve_bytes", config.disk_reserve);
}

void put_jobs(JsonObject& object, const Queue& queue) {
    for (std::size_t i = 0; i < state_count; ++i)
        object.number(name_of(static_cast<State>(i)), queue.jobs[i]);
}

void put_picture(JsonObject& object, const Picture& picture, const Call& call) {
    object.flag("ready", picture.readiness.ready);
    put_foreign_or_null(object, "reason", picture.readiness.reason);
    object.text("daemon", picture.readiness.daemon);
    JsonWriter& daemons = object.value("daemons");
    daemons.StartArray();
    for (const DaemonView& daemon : picture.health.daemons)
        put_object(daemons, [&](JsonObject& each) { put_daemon(each, daemon); });
    daemons.EndArray();
    JsonWriter& modems = object.value("modems");
    modems.StartArray();
    for (const ModemView& modem : picture.health.modems)
        put_object(modems, [&](JsonObject& each) {
            put_modem(each, modem, present_state(modem, call.config, call.now));
            if (call.arguments.has("--trace"))
                put_foreign_or_null(each, "trace", modem.trace);
        });
    modems.EndArray();
    JsonWriter& agents = object.value("agents");
    agents.StartArray();
    for (const AgentView& agent : picture.health.agents)
        put_object(agents, [&](JsonObject& each) {
            put_agent(each, agent, present_state(agent, call.config, call.now));
        });
    agents.EndArray();
    put_object(object.value("jobs"), [&](JsonObject& each) { put_jobs(each, picture.queue); });
    put_number_or_null(object, "next_due_ms", picture.queue.due);
    put_number_or_null(object, "oldest_due_ms", picture.queue.oldest);
    put_object(object.value("reports"),
               [&](JsonObject& each) { put_reports(each, picture.queue.reports); });
    put_object(object.value("disk"),
               [&](JsonObject& each) { put_disk(each, picture, call.config); });
}

} // namespace

Answer show_status(const Call& call) {
    const Picture picture = look(call);
    if (call.output == Output::json)
        return {json_line([&](JsonObject& object) { put_picture(object, picture, call); })};
    return {as_text(picture, call)};
}

} // namespace smsspool::ctl
