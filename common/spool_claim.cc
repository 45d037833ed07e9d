// The spool: claims, and what is found of earlier ones.

#include "common/error.h"
#include "common/ids.h"
#include "common/spool_work.h"

#include <iterator>
#include <random>
#include <utility>

namespace smsspool {

namespace {

// The next concatenation reference between this modem and this recipient. Two long messages that
// follow each other never share one, or the recipient's phone would mix them.
std::int64_t next_reference(Database& db, std::string_view modem, std::string_view number) {
    std::optional<std::int64_t> last;
    {
        Use row = db.use(Sql::concat_get);
        if (row.bind_all(modem, number).step())
            last = row.number(0);
    }
    if (last) {
        const std::int64_t reference = (*last + 1) & 0xFF;
        db.use(Sql::concat_set).bind_all(reference, modem, number).run();
        return reference;
    }
    // A random start: after a spool was lost the old references may still be on their way.
    const std::int64_t reference = std::random_device{}() & 0xFF;
    db.use(Sql::concat_add).bind_all(modem, number, reference).run();
    return reference;
}

// --- the limit of recipients --------------------------------------------------------------------

// True if only those may be written to whom the modem wrote to this month.
bool only_known(Database& db, const Claimer& claimer) {
    if (claimer.recipients_most <= 0)
        return false;
    Use row = db.use(Sql::recipient_count);
    return row.bind_all(claimer.modem, claimer.month).step() &&
           row.number(0) >= claimer.recipients_most;
}

void note_recipient(Database& db, const Claimer& claimer, std::string_view number) {
    if (claimer.recipients_most <= 0)
        return;
    {
        Use row = db.use(Sql::recipient_known);
        if (row.bind_all(claimer.modem, claimer.month, number).step())
            return;
    }
    db.use(Sql::recipient_add).bind_all(claimer.modem, claimer.month, number).run();
}

// --- the next job -------------------------------------------------------------------------------

struct Due {
    JobRow job;
    UtcMs not_before = 0;
};

bool goes_before(const Due& one, const Due& other) {
    return one.not_before != other.not_before ? one.not_before < other.not_before
                                              : one.job.work.job_id < other.job.work.job_id;
}

// Looks for due jobs of one claimer.
class Queue {
public:
    Queue(Database& db, const Claimer& claimer, UtcMs now)
        : db_(db), claimer_(claimer), now_(now), only_known_(only_known(db, claimer)) {}

    // The oldest of a priority on all the claimer's routes, and of what only it may finish: a look
    // in the index for each.
    std::optional<Due> oldest(Priority priority) {
        std::optional<Due> best = pinned(priority);
        for (const std::string& route : claimer_.routes) {
            auto due = oldest(priority, route);
            if (due && (!best || goes_before(*due, *best)))
                best = std::move(due);
        }
        return best;
    }

private:
    std::optional<Due> oldest(Priority priority, const std::string& route) {
        Use row = db_.use(only_known_ ? Sql::job_look_known : Sql::job_look);
        row.bind_all(route, static_cast<std::int64_t>(priority), now_, now_);
        if (only_known_)
            row.bind_all(claimer_.modem, claimer_.month);
        return due_of(row);
    }

    // The modem wrote to its recipient before: no limit of recipients is in its way.
    std::optional<Due> pinned(Priority priority) {
        Use row = db_.use(Sql::job_look_pinned);
        return due_of(
            row.bind_all(claimer_.modem, static_cast<std::int64_t>(priority), now_, now_));
    }

    static std::optional<Due> due_of(Use& row) {
        if (!row.step())
            return std::nullopt;
        return Due{read_job(row), row.number(12)};
    }

    Database& db_;
    const Claimer& claimer_;
    UtcMs now_;
    bool only_known_;
};

// A job whose first part is still to be sent, or sent again, through another modem than before
// takes a number of that modem's row: the parts come from another sender.
bool needs_reference(const JobRow& job, const Claimer& claimer) {
    return !job.reference || (job.parts_done == 0 && job.work.modem != claimer.modem);
}

// False: its rows cannot be read.
bool take(Database& db, JobRow& job, const Claimer& claimer, UtcMs now) {
    Work& work = job.work;
    if (!read_message(db, work, job.parts_done + 1, now))
        return false;
    std::optional<std::int64_t> reference = job.reference;
    if (work.parts > 1 && needs_reference(job, claimer))
        reference = next_reference(db, claimer.modem, work.number);
    work.reference = static_cast<std::uint8_t>(reference.value_or(0));
    work.owner = claimer.owner;
    work.modem = claimer.modem;
    work.claim = new_id();
    const auto changed = db.use(Sql::job_take)
                             .bind_all(work.owner, work.claim, now + claimer.lease_ms, work.modem,
                                       now, reference, work.job_id)
                             .run();
    if (changed != 1) // looked at in this very transaction
        throw Error(Fault::bug, "spool: job " + work.job_id + " was not queued");
    open_attempt(db, work, now);
    note_recipient(db, claimer, work.number);
    return true;
}

// --- earlier claims -----------------------------------------------------------------------------

// A row of job_orphans or job_claimed with what its message and its open attempt add.
struct Held {
    Work work;
    bool readable = false;
};

Held read_held(Database& db, const Use& row) {
    const JobRow job = read_job(row);
    Held held{job.work, false};
    held.work.owner = row.text(12);
    held.work.started = row.number(13);
    held.work.reference = static_cast<std::uint8_t>(job.reference.value_or(0));
    Use attempt = db.use(Sql::attempt_open);
    if (attempt.bind(held.work.job_id).step()) {
        held.work.attempt_id = attempt.text(0);
        held.readable = read_message(db, held.work, job.parts_done + 1, held.work.started);
    }
    return held;
}

// What `row` gives, the readable ones first taken apart.
struct Holding {
    std::vector<Work> readable, damaged;
};

Holding read_all_held(Database& db, Use& row) {
    Holding holding;
    while (row.step()) {
        Held held = read_held(db, row);
        (held.readable ? holding.readable : holding.damaged).push_back(std::move(held.work));
    }
    return holding;
}

// When they came to an end nobody knows: the journal takes the last time that is known of them.
std::vector<std::string> give_up_all(Database& db, const std::vector<Work>& damaged) {
    std::vector<std::string> ids;
    db.transact([&] {
        ids.clear();
        for (const Work& work : damaged) {
            if (give_up_damaged(db, work, State::sending, work.started))
                ids.push_back(work.message_id);
        }
    });
    return ids;
}

void append(std::vector<std::string>& to, std::vector<std::string> from) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

} // namespace

std::optional<Work> claim_due(Database& db, const Claimer& claimer, UtcMs now,
                              std::vector<std::string>& damaged) {
    constexpr std::size_t most = 500; // in one transaction
    Queue queue(db, claimer, now);
    for (const Priority priority : claimer.order) {
        while (auto due = queue.oldest(priority)) {
            if (take(db, due->job, claimer, now))
                return std::move(due->job.work);
            if (!give_up_damaged(db, due->job.work, State::queued, now))
                throw Error(Fault::bug, "spool: job " + due->job.work.job_id + " was not queued");
            damaged.push_back(due->job.work.message_id);
            if (damaged.size() >= most)
                return std::nullopt;
        }
    }
    return std::nullopt;
}

std::optional<Work> Spool::claim(const Claimer& claimer, UtcMs now) {
    std::optional<Work> work;
    std::vector<std::string> damaged;
    db_->transact([&] {
        damaged.clear();
        work = claim_due(*db_, claimer, now, damaged);
    });
    append(damaged_, std::move(damaged));
    return work;
}

std::vector<std::string> Spool::take_damaged() {
    return std::exchange(damaged_, {});
}

std::vector<Work> Spool::orphans(std::string_view owner) {
    for (;;) {
        Holding left;
        db_->look([&] {
            Use row = db_->use(Sql::job_orphans);
            left = read_all_held(*db_, row.bind(owner));
        });
        if (left.damaged.empty())
            return left.readable;
        append(damaged_, give_up_all(*db_, left.damaged));
    }
}

std::optional<Work> Spool::claimed(const Claimer& claimer) {
    for (;;) {
        Holding held;
        db_->look([&] {
            Use row = db_->use(Sql::job_claimed);
            held = read_all_held(*db_, row.bind_all(claimer.owner, claimer.modem));
        });
        if (!held.readable.empty())
            return held.readable.front();
        if (held.damaged.empty())
            return std::nullopt;
        append(damaged_, give_up_all(*db_, held.damaged));
    }
}

} // namespace smsspool
