// The spool: what is old goes, in bites.

#include "common/error.h"
#include "common/spool_search.h"

#include <array>
#include <utility>

namespace smsspool {

namespace {

// With traces that are kept for 30 days: a whole month, whatever its length.
constexpr UtcMs usage_kept_longer = 2LL * 24 * 60 * 60 * 1000;

// What somebody outside is still to be told of stays so much longer.
constexpr UtcMs kept_to_tell = 30LL * 24 * 60 * 60 * 1000;

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
    row.bind_all(before, before, before - kept_to_tell);
    while (row.step())
        ids.push_back(row.text(0));
    return ids;
}

SweptJob removed_message(Database& db, const std::string& id) {
    SweptJob removed;
    removed.message_id = id;
    Use row = db.use(Sql::message_get);
    if (row.bind(id).step()) {
        removed.user = row.text(1);
        removed.created = row.number(8);
    }
    return removed;
}

// Removes ended jobs of a message, at most `room` of them, which becomes less; and the message, if
// none is left. Nothing: one is. A job that was tried again meanwhile has not ended.
std::optional<SweptJob> remove_message(Database& db, const std::string& id, UtcMs before,
                                       std::int64_t& room) {
    SweptJob removed = removed_message(db, id);
    std::vector<std::string> jobs;
    {
        Use row = db.use(Sql::job_ended_of);
        row.bind_all(id, before, room);
        while (row.step()) {
            jobs.push_back(row.text(0));
            removed.number = row.text(1);
            removed.state = state_named(row.text(2)).value_or(State::failed);
        }
    }
    room -= static_cast<std::int64_t>(jobs.size());
    for (const std::string& job : jobs) {
        db.use(Sql::attempt_remove).bind(job).run();
        db.use(Sql::report_due_forget).bind(job).run();
        db.use(Sql::follow_forget).bind(job).run();
        db.use(Sql::dead_forget).bind(job).run();
        db.use(Sql::job_remove).bind(job).run();
    }
    if (Use row = db.use(Sql::job_any_of); row.bind(id).step())
        return std::nullopt;
    text_changes(db, Searched::message, id);
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

void remove_usage(Database& db, UtcMs before) {
    std::vector<std::pair<std::string, std::int64_t>> minutes;
    {
        Use row = db.use(Sql::usage_old);
        row.bind(before);
        while (row.step())
            minutes.emplace_back(row.text(0), row.number(1));
    }
    for (const auto& [modem, minute] : minutes)
        db.use(Sql::usage_remove).bind_all(modem, minute).run();
}

void remove_recipients(Database& db, const std::string& month_before) {
    std::vector<std::array<std::string, 3>> rows;
    {
        Use row = db.use(Sql::recipient_old);
        row.bind(month_before);
        while (row.step())
            rows.push_back({row.text(0), row.text(1), row.text(2)});
    }
    for (const auto& [modem, month, number] : rows)
        db.use(Sql::recipient_remove).bind_all(modem, month, number).run();
}

// "2026-11"
std::string month_of(UtcMs when) {
    return utc_seconds_text(when).substr(0, 7);
}

} // namespace

std::vector<SweptJob> Spool::purge(UtcMs before) {
    constexpr std::int64_t jobs_most = 5000; // in one transaction
    std::vector<std::string> ids;
    db_->look([&] { ids = ended_ids(*db_, before); });
    std::vector<SweptJob> removed;
    db_->transact([&] {
        removed.clear();
        std::int64_t room = jobs_most;
        for (auto id = ids.begin(); id != ids.end() && room > 0; ++id) {
            if (auto one = remove_message(*db_, *id, before, room))
                removed.push_back(std::move(*one));
        }
    });
    return removed;
}

void Spool::purge_traces(UtcMs keys_before, UtcMs traces_before) {
    db_->transact([&] {
        remove_keys(*db_, keys_before);
        remove_each(*db_, Sql::alert_old, Sql::alert_remove, traces_before);
        remove_each(*db_, Sql::incoming_old, Sql::incoming_remove, traces_before);
        remove_usage(*db_, traces_before - usage_kept_longer);
        remove_recipients(*db_, month_of(traces_before - usage_kept_longer));
    });
}

} // namespace smsspool
