// smsspool-metrics: GET /metrics tells a Prometheus how the gateway is.
//
// Only administrators may ask: the answer says which devices and SIM cards there are, and how much
// is sent.

#include "common/disk.h"
#include "common/readiness.h"
#include "fcgi/envelope.h"
#include "fcgi/exposition.h"
#include "fcgi/program.h"

#include <algorithm>
#include <array>

namespace smsspool {

namespace {

using Kind = Exposition::Kind;

constexpr UtcMs minute = 60 * 1000;
constexpr UtcMs hour = 60 * minute;
constexpr UtcMs day = 24 * hour;

// All that is told, read before anything is written.
struct Picture {
    UtcMs now = 0;
    Health health;
    Readiness readiness;
    std::array<std::int64_t, static_cast<std::size_t>(State::count)> jobs{};
    std::optional<UtcMs> oldest_due;
    ReportCount reports;
    std::vector<DeadCount> dead;
    std::vector<FollowCount> followed;
    struct Sent {
        std::int64_t in_hour = 0, in_day = 0; // parts
    };
    std::vector<Sent> sent; // of each modem of `health`
};

Picture::Sent sent_by(Spool& spool, const std::string& modem, UtcMs now) {
    Picture::Sent sent;
    for (const Usage& usage : spool.usage(modem, now - day)) {
        sent.in_day += usage.parts;
        sent.in_hour += usage.minute > now - hour - minute ? usage.parts : 0; // whole minutes
    }
    return sent;
}

Picture look(const Services& services, UtcMs now) {
    Spool& spool = services.spool.get();
    Picture picture;
    picture.now = now;
    picture.health = spool.health();
    picture.readiness = readiness(picture.health, services.config, now);
    for (const StateCount& count : spool.state_counts())
        picture.jobs[static_cast<std::size_t>(count.state)] = count.jobs;
    picture.oldest_due = spool.oldest_due(now);
    picture.reports = spool.report_count();
    picture.dead = spool.dead_counts();
    picture.followed = spool.follow_counts();
    for (const ModemView& modem : picture.health.modems)
        picture.sent.push_back(sent_by(spool, modem.name, now));
    return picture;
}

// --- the gateway --------------------------------------------------------------------------------

// The codes that the programs of this version write. What else the spool may hold is one sample
// together, so that there is never more than one for each of these.
constexpr std::array<std::string_view, 4> dead_codes{"MODEM_TIMEOUT", "SEND_FAILED",
                                                     "SPOOL_DAMAGED", "other"};

std::size_t place_of(std::string_view code) {
    const auto found = std::find(dead_codes.begin(), dead_codes.end() - 1, code);
    return static_cast<std::size_t>(found - dead_codes.begin());
}

void put_dead_letters(Exposition& out, const Picture& picture) {
    std::array<std::int64_t, dead_codes.size()> jobs{};
    std::int64_t retried = 0;
    for (const DeadCount& count : picture.dead) {
        jobs[place_of(count.error_code)] += count.jobs;
        retried += count.retried;
    }
    out.family("dead_letters_by_error", Kind::gauge, "The same by what went wrong.");
    for (std::size_t i = 0; i < dead_codes.size(); ++i)
        out.sample({{"error_code", dead_codes[i]}}, jobs[i]);
    out.family("dead_letters_retried", Kind::gauge,
               "Those of them that a person had sent again before.");
    out.sample({}, retried);
}

void put_jobs(Exposition& out, const Picture& picture) {
    const auto jobs = [&](State state) { return picture.jobs[static_cast<std::size_t>(state)]; };
    out.family("jobs", Kind::gauge, "Jobs in the spool, by state.");
    for (std::size_t i = 0; i < picture.jobs.size(); ++i)
        out.sample({{"state", name_of(static_cast<State>(i))}}, picture.jobs[i]);
    out.family("dead_letters", Kind::gauge, "Jobs that only a person can bring further.");
    out.sample({}, jobs(State::failed) + jobs(State::unknown));
    put_dead_letters(out, picture);
    out.family("oldest_due_age_seconds", Kind::gauge,
               "How long the oldest queued job that is due has been so; 0: none is.");
    out.seconds({}, picture.oldest_due ? picture.now - *picture.oldest_due : 0);
    out.family("delivery_reports", Kind::gauge, "Delivery reports that are still kept.");
    out.sample({}, picture.reports.all);
    out.family("delivery_reports_matched", Kind::gauge, "Those of them whose message is known.");
    out.sample({}, picture.reports.matched);
}

void put_gateway(Exposition& out, const Picture& picture, const Config& config) {
    out.family("build_info", Kind::gauge, "Always 1; the version is its label.");
    out.sample({{"version", SMSSPOOL_VERSION}}, 1);
    out.family("ready", Kind::gauge, "1: messages can leave, as /health says it.");
    out.sample({}, picture.readiness.ready ? 1 : 0);
    out.family("daemon_heartbeat_age_seconds", Kind::gauge,
               "Since when a daemon has not been heard of.");
    for (const DaemonView& daemon : picture.health.daemons)
        out.seconds({{"host", daemon.host}}, picture.now - daemon.beat);
    out.family("daemon_start_time_seconds", Kind::gauge, "When a daemon was started, since 1970.");
    for (const DaemonView& daemon : picture.health.daemons)
        out.seconds({{"host", daemon.host}}, daemon.started);
    out.family("spool_size_bytes", Kind::gauge, "The database file with its log.");
    out.sample({}, size_of(config.spool) + size_of(config.spool + "-wal"));
    if (const auto free = free_bytes(config.spool)) {
        out.family("disk_free_bytes", Kind::gauge, "Room on the disk of the spool.");
        out.sample({}, *free);
    }
    out.family("disk_reserve_bytes", Kind::gauge,
               "With less room than this new messages are refused.");
    out.sample({}, config.disk_reserve);
}

// --- the modems ---------------------------------------------------------------------------------

constexpr std::array<std::string_view, 7> modem_states{"starting", "ready", "waiting", "limited",
                                                       "aside",    "down",  "unknown"};

// A figure of a modem that may be unknown, which is a negative number.
struct Figure {
    std::string_view name, help;
    Kind kind;
    std::int64_t ModemView::*member;
    void (Exposition::*put)(const Exposition::Labels&, std::int64_t);
};

constexpr std::array figures{
    Figure{"modem_signal_ratio", "Strength of the signal, 0 to 1.", Kind::gauge, &ModemView::signal,
           &Exposition::ratio},
    Figure{"modem_storage_used", "Messages that the modem and its SIM hold.", Kind::gauge,
           &ModemView::used, &Exposition::sample},
    Figure{"modem_storage_capacity", "Messages that they can hold.", Kind::gauge,
           &ModemView::capacity, &Exposition::sample},
    Figure{"modem_failures", "Failures in a row, up to now.", Kind::gauge, &ModemView::failures,
           &Exposition::sample},
    Figure{"modem_recoveries_total", "How often it came back, since the start of the daemon.",
           Kind::counter, &ModemView::recoveries, &Exposition::sample},
    Figure{"modem_last_recovery_seconds", "How long the last of these took.", Kind::gauge,
           &ModemView::recovery_ms, &Exposition::seconds},
};

void put_figures(Exposition& out, const std::vector<ModemView>& modems) {
    for (const Figure& figure : figures) {
        out.family(figure.name, figure.kind, figure.help);
        for (const ModemView& modem : modems) {
            if (modem.*figure.member >= 0)
                (out.*figure.put)({{"modem", modem.name}}, modem.*figure.member);
        }
    }
}

void put_states(Exposition& out, const Picture& picture, const Config& config) {
    const auto state_of = [&](const ModemView& modem) {
        return present_state(modem, config, picture.now);
    };
    out.family("modem_up", Kind::gauge, "1: it sends, be it within its limits.");
    for (const ModemView& modem : picture.health.modems)
        out.sample({{"modem", modem.name}},
                   state_of(modem) == "ready" || state_of(modem) == "limited" ? 1 : 0);
    out.family("modem_state", Kind::gauge, "1 for the state that it is in.");
    for (const ModemView& modem : picture.health.modems) {
        for (const std::string_view state : modem_states)
            out.sample({{"modem", modem.name}, {"state", state}}, state_of(modem) == state);
    }
    out.family("modem_registered", Kind::gauge, "1: it is in a network, its own or another.");
    for (const ModemView& modem : picture.health.modems)
        out.sample({{"modem", modem.name}}, modem.network == "home" || modem.network == "roaming");
}

void put_sent(Exposition& out, const Picture& picture) {
    out.family("modem_sent_parts", Kind::gauge,
               "Parts that it sent, or may have sent, in the last hour and in the last day.");
    for (std::size_t i = 0; i < picture.sent.size(); ++i) {
        const std::string& name = picture.health.modems[i].name;
        out.sample({{"modem", name}, {"period", "hour"}}, picture.sent[i].in_hour);
        out.sample({{"modem", name}, {"period", "day"}}, picture.sent[i].in_day);
    }
}

void put_modems(Exposition& out, const Picture& picture, const Config& config) {
    const std::vector<ModemView>& modems = picture.health.modems;
    out.family("modem_info", Kind::gauge, "Always 1; what it is, is in the labels.");
    for (const ModemView& modem : modems)
        out.sample({{"modem", modem.name},
                    {"device", modem.device},
                    {"manufacturer", modem.manufacturer},
                    {"model", modem.model},
                    {"imei", modem.imei},
                    {"network", modem.network},
                    {"operator", modem.operator_name}},
                   1);
    put_states(out, picture, config);
    put_figures(out, modems);
    put_sent(out, picture);
    out.family("modem_heartbeat_age_seconds", Kind::gauge, "Since when it has not been heard of.");
    for (const ModemView& modem : modems)
        out.seconds({{"modem", modem.name}}, picture.now - modem.beat);
}

// --- who speaks to the outside ------------------------------------------------------------------

void put_followed(Exposition& out, const Picture& picture) {
    out.family("followed_jobs", Kind::gauge,
               "Jobs whose fate somebody outside is told, by who tells it: open (not all is told "
               "yet), done, given_up.");
    for (const FollowCount& count : picture.followed)
        out.sample({{"agent", count.follower}, {"progress", name_of(count.progress)}}, count.jobs);
}

// A count of an agent since its start.
struct AgentFigure {
    std::string_view name, help;
    std::int64_t AgentView::*member;
};

constexpr std::array agent_figures{
    AgentFigure{"agent_fetched_total", "What it fetched to be sent, since its start.",
                &AgentView::fetched},
    AgentFigure{"agent_told_total", "What it told, since its start.", &AgentView::told},
    AgentFigure{"agent_failures_total", "Its requests that failed, since its start.",
                &AgentView::failures},
};

void put_agents(Exposition& out, const Picture& picture, const Config& config) {
    const std::vector<AgentView>& agents = picture.health.agents;
    out.family("agent_up", Kind::gauge, "1: it runs, and those whom it speaks to answer.");
    for (const AgentView& agent : agents)
        out.sample({{"agent", agent.name}}, present_state(agent, config, picture.now) == "working");
    out.family("agent_heartbeat_age_seconds", Kind::gauge, "Since when it has not been heard of.");
    for (const AgentView& agent : agents)
        out.seconds({{"agent", agent.name}}, picture.now - agent.beat);
    for (const AgentFigure& figure : agent_figures) {
        out.family(figure.name, Kind::counter, figure.help);
        for (const AgentView& agent : agents)
            out.sample({{"agent", agent.name}}, agent.*figure.member);
    }
    put_followed(out, picture);
}

// --- the request --------------------------------------------------------------------------------

Reply refuse(const Request&, const Services&, const Refusal& refusal) {
    return refusal_reply(refusal, short_json(refusal));
}

Reply handle(const Request& request, const Services& services) {
    const Picture picture = look(services, request.when);
    Exposition out;
    put_gateway(out, picture, services.config);
    put_jobs(out, picture);
    put_modems(out, picture, services.config);
    put_agents(out, picture, services.config);
    Reply reply;
    reply.content_type = Exposition::content_type;
    reply.body = out.text();
    return reply;
}

} // namespace

const Program the_program{
    "metrics", Access::read, Scope::admin, {{"/metrics", "GET, HEAD, OPTIONS"}}, handle, refuse};

} // namespace smsspool
