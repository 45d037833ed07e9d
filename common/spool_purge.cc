// The spool: what is old goes, in bites.

#include "common/error.h"
#include "common/spool.h"
#include "common/sqlite.h"

namespace smsspool {

namespace {

std::vector<std::string> old_ids(Database& db, Sql which, UtcMs before) {
    std::vector<std::string> ids;
    Use row = db.use(which);
    row.bind(before);
    while (row.step())
        ids.push_back(row.text(0));
    return ids;
}

std::vector<std::string> ended_ids(Database& db, UtcMs before) {
    std::vector<std::string> ids;
    Use row = db.use(Sql::message_ended);
    row.bind_all(before, before);
    while (row.step())
        ids.push_back(row.text(0));
    return ids;
}

SweptJob remove_message(Database& db, const std::string& id) {
    SweptJob removed;
    removed.message_id = id;
    {
        Use row = db.use(Sql::message_get);
        if (row.bind(id).step()) {
            removed.user = row.text(1);
            removed.created = row.number(8);
        }
    }
    std::vector<std::string> jobs;
    {
        Use row = db.use(Sql::job_of_message);
        row.bind(id);
        while (row.step()) {
            jobs.push_back(row.text(0));
            removed.number = row.text(2);
            removed.state = state_named(row.text(3)).value_or(State::failed);
        }
    }
    for (const std::string& job : jobs)
        db.use(Sql::attempt_remove).bind(job).run();
    db.use(Sql::job_remove).bind(id).run();
    db.use(Sql::message_remove).bind(id).run();
    return removed;
}

void remove_each(Database& db, Sql which, Sql remove, UtcMs before) {
    for (const std::string& id : old_ids(db, which, before))
        db.use(remove).bind(id).run();
}

void remove_keys(Database& db, UtcMs before) {
    std::vector<std::pair<std::string, std::string>> keys;
    {
        Use row = db.use(Sql::idempotency_old);
        row.bind(before);
        while (row.step())
            keys.emplace_back(row.text(0), row.text(1));
    }
    for (const auto& [user, key] : keys)
        db.use(Sql::idempotency_remove).bind_all(user, key).run();
}

} // namespace

std::vector<SweptJob> Spool::purge(UtcMs before) {
    std::vector<SweptJob> removed;
    db_->transact([&] {
        removed.clear();
        for (const std::string& id : ended_ids(*db_, before))
            removed.push_back(remove_message(*db_, id));
    });
    return removed;
}

void Spool::purge_traces(UtcMs keys_before, UtcMs traces_before) {
    db_->transact([&] {
        remove_keys(*db_, keys_before);
        remove_each(*db_, Sql::alert_old, Sql::alert_remove, traces_before);
        remove_each(*db_, Sql::incoming_old, Sql::incoming_remove, traces_before);
    });
}

} // namespace smsspool
