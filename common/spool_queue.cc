// The spool: the queue as a whole. When it is due, what a modem used, changes of many jobs, and
// what waited too long.

#include "common/spool_work.h"

#include <algorithm>
#include <array>

namespace smsspool {

namespace {

constexpr std::array priorities{Priority::high, Priority::normal, Priority::low};

// --- when it is due -----------------------------------------------------------------------------

std::optional<UtcMs> sooner(std::optional<UtcMs> one, std::optional<UtcMs> other) {
    if (!one || !other)
        return one ? one : other;
    return std::min(*one, *other);
}

// When the first of `what`, a route or a modem as `which` asks for it, becomes due.
std::optional<UtcMs> due_of(Database& db, Sql which, std::string_view what) {
    std::optional<UtcMs> due;
    for (const Priority priority : priorities) {
        Use row = db.use(which);
        if (row.bind_all(what, static_cast<std::int64_t>(priority)).step())
            due = sooner(due, row.number(0));
    }
    return due;
}

// When the first of all that waits for a modem of its own becomes due.
std::optional<UtcMs> due_of_pinned(Database& db) {
    Use row = db.use(Sql::job_due_all_pinned);
    return row.step() ? row.number_or_nothing(0) : std::nullopt;
}

// The next route in order of name that has queued jobs; "" is the first and is not among them.
std::optional<std::string> route_after(Database& db, const std::string& route) {
    Use row = db.use(Sql::job_route_after);
    return row.bind(route).step() ? std::optional(row.text(0)) : std::nullopt;
}

std::vector<std::string> used_routes(Database& db) {
    std::vector<std::string> routes{""};
    while (auto route = route_after(db, routes.back()))
        routes.push_back(std::move(*route));
    return routes;
}

// --- many jobs ----------------------------------------------------------------------------------

// Changes by `change` the jobs that `which` finds by `word`: a bite of them, how many.
std::int64_t change_some(Database& db, Sql which, Sql change, std::string_view word) {
    std::vector<std::string> ids;
    {
        Use row = db.use(which);
        row.bind(word);
        while (row.step())
            ids.push_back(row.text(0));
    }
    std::int64_t changed = 0;
    for (const std::string& id : ids)
        changed += db.use(change).bind_all(id, word).run();
    return changed;
}

// All of them, a bite in a transaction.
std::int64_t change_all(Database& db, Sql which, Sql change, std::string_view word) {
    std::int64_t all = 0;
    for (;;) {
        std::int64_t changed = 0;
        db.transact([&] { changed = change_some(db, which, change, word); });
        if (changed == 0)
            return all;
        all += changed;
    }
}

// --- what waited too long -----------------------------------------------------------------------

SweptJob swept_of(const Use& row) {
    SweptJob job;
    job.message_id = row.text(1);
    job.user = row.text(2);
    job.number = row.text(3);
    job.created = row.number(4);
    job.reply_timeout_ms = row.number(5);
    return job;
}

struct Swept {
    std::string job_id;
    SweptJob job;
};

std::vector<Swept> late_replies(Database& db, std::string_view modem, UtcMs before) {
    std::vector<Swept> late;
    Use row = db.use(Sql::awaiting_late);
    row.bind_all(before, modem, modem);
    while (row.step())
        late.push_back({row.text(0), swept_of(row)});
    return late;
}

constexpr std::int64_t bite = 500;

// Those of the next bite of the queue behind `place`, which becomes its last, whose validity is
// over.
std::vector<Swept> overdue_behind(Database& db, QueuePlace& place, UtcMs now) {
    std::vector<Swept> list;
    Use row = db.use(Sql::job_after);
    const QueuePlace start = place;
    row.bind_all(start.pinned, start.route, start.priority, start.not_before, start.job_id, bite);
    std::int64_t looked_at = 0;
    for (; row.step(); ++looked_at) {
        place = {row.text(4), row.text(5), row.number(6), row.number(7), row.text(0)};
        if (row.number(3) > now)
            continue;
        Swept swept{row.text(0), {}};
        swept.job.message_id = row.text(1);
        swept.job.number = row.text(2);
        list.push_back(swept);
    }
    if (looked_at < bite)
        place = {};
    return list;
}

void fill_from_message(Database& db, SweptJob& job) {
    Use row = db.use(Sql::message_get);
    if (row.bind(job.message_id).step()) {
        job.user = row.text(1);
        job.created = row.number(8);
    }
}

} // namespace

void unpin_all(Database& db, std::string_view modem) {
    while (change_some(db, Sql::job_pinned, Sql::job_unpin, modem) > 0) {
    }
}

std::optional<UtcMs> Spool::next_due() {
    std::optional<UtcMs> due;
    db_->look([&] {
        due = due_of_pinned(*db_);
        for (const std::string& route : used_routes(*db_))
            due = sooner(due, due_of(*db_, Sql::job_due, route));
    });
    return due;
}

std::optional<UtcMs> Spool::next_due(const Claimer& claimer) {
    std::optional<UtcMs> due;
    db_->look([&] {
        due = due_of(*db_, Sql::job_due_pinned, claimer.modem);
        for (const std::string& route : claimer.routes)
            due = sooner(due, due_of(*db_, Sql::job_due, route));
    });
    return due;
}

std::optional<UtcMs> Spool::oldest_due(UtcMs now) {
    const auto due = next_due();
    return due && *due <= now ? due : std::nullopt;
}

std::vector<Usage> Spool::usage(std::string_view modem, UtcMs since) {
    std::vector<Usage> list;
    Use row = db_->use(Sql::usage_list);
    row.bind_all(modem, minute_of(since));
    while (row.step())
        list.push_back({row.number(0), row.number(1)});
    return list;
}

std::int64_t Spool::reroute(const std::vector<std::string>& known) {
    std::vector<std::string> routes;
    db_->look([&] { routes = used_routes(*db_); });
    std::int64_t changed = 0;
    for (const std::string& route : routes) {
        if (!route.empty() && std::find(known.begin(), known.end(), route) == known.end())
            changed += change_all(*db_, Sql::job_of_route, Sql::job_reroute, route);
    }
    return changed;
}

std::int64_t Spool::unpin(std::string_view modem) {
    return modem.empty() ? 0 : change_all(*db_, Sql::job_pinned, Sql::job_unpin, modem);
}

std::vector<SweptJob> Spool::expire(QueuePlace& place, UtcMs now, std::string_view error_code,
                                    std::string_view error_text) {
    QueuePlace last;
    std::vector<Swept> found;
    db_->look([&] {
        last = place;
        found = overdue_behind(*db_, last, now);
    });
    std::vector<SweptJob> expired;
    const auto end_them = [&] {
        expired.clear();
        for (Swept swept : found) {
            if (db_->use(Sql::job_expire)
                    .bind_all(error_code, error_text, now, swept.job_id, now)
                    .run() != 1)
                continue;
            note_change(*db_, swept.job_id, State::queued, State::expired);
            fill_from_message(*db_, swept.job);
            swept.job.state = State::expired;
            swept.job.error_code = error_code;
            expired.push_back(swept.job);
        }
    };
    if (!found.empty())
        db_->transact(end_them);
    place = last;
    return expired;
}

std::vector<SweptJob> Spool::give_up_replies(std::string_view modem, UtcMs deadline_before) {
    std::vector<SweptJob> late;
    db_->transact([&] {
        late.clear();
        for (Swept& swept : late_replies(*db_, modem, deadline_before)) {
            db_->use(Sql::awaiting_remove).bind(swept.job_id).run();
            if (db_->use(Sql::job_reply_late).bind_all(deadline_before, swept.job_id).run() != 1)
                continue;
            note_change(*db_, swept.job_id, State::sent, State::timeout);
            swept.job.state = State::timeout;
            late.push_back(swept.job);
        }
    });
    return late;
}

} // namespace smsspool
