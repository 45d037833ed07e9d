// The spool: opening it, who is alive, and the marks of refused PINs.

#include "common/spool.h"

#include "common/schema.h"
#include "common/settings.h"
#include "common/spool_history.h"
#include "common/spool_work.h"
#include "common/sqlite.h"

namespace smsspool {

namespace {

// Stored.
constexpr std::string_view fate_given = "given";
constexpr std::string_view fate_refused = "refused";

Open mode_of(Access access) noexcept {
    return access == Access::read ? Open::read : Open::write;
}

Kept kept_by(Spool::Threads threads) noexcept {
    return threads == Spool::Threads::one ? Kept::always : Kept::while_used;
}

DaemonView daemon_of(const Use& row) {
    return {row.text(0), row.text(1), row.number(2), row.number(3), row.number(4)};
}

ModemView modem_of(const Use& row) {
    ModemView view;
    view.name = row.text(0);
    view.state = row.text(1);
    view.device = row.text(2);
    view.manufacturer = row.text(3);
    view.model = row.text(4);
    view.imei = row.text(5);
    view.imsi = row.text(6);
    view.network = row.text(7);
    view.operator_name = row.text(8);
    view.signal = row.number(9);
    view.used = row.number(10);
    view.capacity = row.number(11);
    view.error = row.text(12);
    view.since = row.number(13);
    view.beat = row.number(14);
    view.failures = row.number(15);
    view.recoveries = row.number(16);
    view.recovery_ms = row.number(17);
    view.step = row.text(18);
    view.trace = row.text(19);
    return view;
}

std::int64_t write_modem(Database& db, Sql statement, const ModemView& view) {
    return db.use(statement)
        .bind_all(view.state, view.device, view.manufacturer, view.model, view.imei, view.imsi,
                  view.network, view.operator_name, view.signal, view.used, view.capacity,
                  view.error, view.since, view.beat, view.failures, view.recoveries,
                  view.recovery_ms, view.step, view.trace, view.name)
        .run();
}

bool listed(const std::vector<ModemView>& modems, const std::string& name) {
    for (const ModemView& modem : modems) {
        if (modem.name == name)
            return true;
    }
    return false;
}

std::vector<AgentView> read_agents(Database& db) {
    std::vector<AgentView> agents;
    Use row = db.use(Sql::agent_list);
    while (row.step())
        agents.push_back({row.text(0), row.text(1), row.text(2), row.number(3), row.number(4),
                          row.number(5), row.number(6), row.number(7)});
    return agents;
}

std::vector<ModemView> read_modems(Database& db) {
    std::vector<ModemView> modems;
    Use row = db.use(Sql::modem_list);
    while (row.step())
        modems.push_back(modem_of(row));
    return modems;
}

// Nobody drives it any more: what it began, another takes up.
void forget_modem(Database& db, const std::string& name) {
    unpin_all(db, name);
    db.use(Sql::modem_remove).bind(name).run();
}

} // namespace

Spool::Spool(const Config& config, Access access, Threads threads)
    : db_(std::make_unique<Database>(config.spool, mode_of(access), config.busy_timeout,
                                     check_schema, kept_by(threads))),
      report_window_ms_(config.report_window.count()), disk_reserve_(config.disk_reserve),
      search_most_(config.search_most), search_scan_(config.search_scan),
      history_(std::make_unique<History>()) {}

Spool::~Spool() = default;
Spool::Spool(Spool&&) noexcept = default;
Spool& Spool::operator=(Spool&&) noexcept = default;

void Spool::forget() noexcept {
    Database::forget();
}

std::vector<std::string> Spool::migrate(const Config& config, UtcMs now) {
    Database database(config.spool, Open::create, config.busy_timeout);
    return smsspool::migrate(database, now);
}

Health Spool::health() {
    Health health;
    db_->look([&] {
        health = {};
        Use row = db_->use(Sql::daemon_list);
        while (row.step())
            health.daemons.push_back(daemon_of(row));
        health.modems = read_modems(*db_);
        health.agents = read_agents(*db_);
    });
    return health;
}

void Spool::beat(const DaemonView& daemon, const std::vector<ModemView>& modems) {
    db_->transact([&] {
        if (db_->use(Sql::daemon_beat).bind_all(daemon.beat, daemon.owner).run() == 0) {
            // A first beat: rows of earlier runs on this host are of daemons that are dead.
            db_->use(Sql::daemon_forget).bind_all(daemon.host, daemon.owner).run();
            db_->use(Sql::daemon_add)
                .bind_all(daemon.owner, daemon.host, daemon.pid, daemon.started, daemon.beat)
                .run();
            for (const ModemView& known : read_modems(*db_)) {
                if (!listed(modems, known.name))
                    forget_modem(*db_, known.name);
            }
        }
        for (const ModemView& modem : modems) {
            if (write_modem(*db_, Sql::modem_set, modem) == 0)
                write_modem(*db_, Sql::modem_add, modem);
        }
    });
}

void Spool::leave(std::string_view owner) {
    db_->transact([&] { db_->use(Sql::daemon_remove).bind(owner).run(); });
}

Spool::PinNote Spool::pin_note(std::string_view modem) {
    PinNote note;
    db_->look([&] {
        Use row = db_->use(Sql::pin_get);
        if (row.bind(modem).step())
            note = {row.text(0),
                    row.text(1) == fate_given ? PinNote::Fate::given : PinNote::Fate::refused};
    });
    return note;
}

void Spool::note_pin(std::string_view modem, const PinNote& note) {
    const std::string_view fate = note.fate == PinNote::Fate::given ? fate_given : fate_refused;
    db_->transact([&] {
        db_->use(Sql::pin_remove).bind(modem).run();
        if (!note.mark.empty())
            db_->use(Sql::pin_add).bind_all(modem, note.mark, fate).run();
    });
}

} // namespace smsspool
