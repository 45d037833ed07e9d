// smsctl status: who is alive, and what waits.

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
};

struct Picture {
    Health health;
    Readiness readiness;
    Queue queue;
};

Queue look_at_queue(Spool& spool) {
    Queue queue;
    for (const StateCount& count : spool.state_counts())
        queue.jobs[static_cast<std::size_t>(count.state)] = count.jobs;
    queue.due = spool.next_due();
    return queue;
}

Picture look(const Call& call) {
    Spool spool(call.config, Access::read);
    Picture picture;
    picture.health = spool.health();
    picture.readiness = readiness(picture.health, call.config, call.now);
    picture.queue = look_at_queue(spool);
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

std::string device_text(const ModemView& modem) {
    std::string text;
    for (const std::string* fact : {&modem.device, &modem.manufacturer, &modem.model}) {
        if (!fact->empty())
            text += (text.empty() ? "" : " ") + *fact;
    }
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

std::string modem_rows(const ModemView& modem, const Config& config, UtcMs now) {
    std::string rows = row("modem", modem.name + ", " + state_text(modem, config, now));
    if (const std::string device = device_text(modem); !device.empty())
        rows += row("", device);
    if (!modem.network.empty())
        rows += row("", network_text(modem));
    if (!modem.error.empty())
        rows += row("", modem.error);
    return rows;
}

std::string queue_rows(const Queue& queue, UtcMs now) {
    std::string counts;
    for (std::size_t i = 0; i < state_count; ++i) {
        if (queue.jobs[i] > 0)
            counts += (counts.empty() ? "" : ", ") + std::to_string(queue.jobs[i]) + " " +
                      std::string(name_of(static_cast<State>(i)));
    }
    std::string rows = row("jobs", counts.empty() ? "none" : counts);
    if (!queue.due)
        return rows;
    const bool waits = *queue.due > now;
    rows +=
        row("next due", local_zoned_text(*queue.due) + ", " +
                            (waits ? "in " + span_text(*queue.due - now) : ago(*queue.due, now)));
    return rows;
}

std::string as_text(const Picture& picture, const Call& call) {
    const Readiness& answer = picture.readiness;
    std::string text = row("ready", answer.ready ? "yes" : "no: " + answer.reason);
    text += daemon_row(picture, call.now);
    for (const ModemView& modem : picture.health.modems)
        text += modem_rows(modem, call.config, call.now);
    return text + queue_rows(picture.queue, call.now);
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
        });
    modems.EndArray();
    put_object(object.value("jobs"), [&](JsonObject& each) { put_jobs(each, picture.queue); });
    put_number_or_null(object, "next_due_ms", picture.queue.due);
}

} // namespace

Answer show_status(const Call& call) {
    const Picture picture = look(call);
    if (call.output == Output::json)
        return {json_line([&](JsonObject& object) { put_picture(object, picture, call); })};
    return {as_text(picture, call)};
}

} // namespace smsspool::ctl
