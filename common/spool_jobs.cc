// The spool: the daemon's side of sending. Claims, the journal, and what becomes of jobs.

#include "common/error.h"
#include "common/ids.h"
#include "common/spool.h"
#include "common/sqlite.h"

#include <array>
#include <random>

namespace smsspool {

namespace {

constexpr std::array priorities{Priority::high, Priority::normal, Priority::low};

// A row of job_look or job_orphans: what both begin with.
struct JobRow {
    std::int64_t parts_done = 0;
    std::optional<std::int64_t> reference;
};

JobRow read_job(const Use& row, Work& work) {
    work.job_id = row.text(0);
    work.message_id = row.text(1);
    work.number = row.text(2);
    work.number_given = row.text(3);
    work.attempts = row.number(4);
    work.waits = row.number(5);
    work.unknowns = row.number(6);
    return {row.number(7), row.number_or_nothing(8)};
}

// Fills what the message says, and the text of part `part`.
void read_message(Database& db, Work& work, std::int64_t part) {
    Use row = db.use(Sql::message_get);
    if (!row.bind(work.message_id).step())
        throw Error(Fault::corrupt, "spool: job " + work.job_id + " has no message");
    work.user = row.text(1);
    work.api = row.text(2);
    work.whole_text = row.text(3);
    work.encoding = encoding_named(row.text(4)).value_or(Encoding::ucs2);
    work.reply_timeout_ms = row.number_or_nothing(7);
    work.address = row.text(10);
    const std::vector<std::string> texts = split(work.whole_text, work.encoding);
    if (part < 1 || static_cast<std::size_t>(part) > texts.size())
        throw Error(Fault::corrupt, "spool: job " + work.job_id + " counts its parts wrongly");
    work.part = static_cast<unsigned>(part);
    work.parts = static_cast<unsigned>(texts.size());
    work.text = texts[static_cast<std::size_t>(part - 1)];
}

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

void open_attempt(Database& db, Work& work, UtcMs now) {
    work.attempt_id = new_id();
    work.started = now;
    db.use(Sql::attempt_add)
        .bind_all(work.attempt_id, work.job_id, static_cast<std::int64_t>(work.part), work.modem,
                  now)
        .run();
}

void take(Database& db, Work& work, JobRow job, const Claimer& claimer, UtcMs now) {
    work.owner = claimer.owner;
    work.modem = claimer.modem;
    work.claim = new_id();
    read_message(db, work, job.parts_done + 1);
    if (work.parts > 1 && !job.reference)
        job.reference = next_reference(db, work.modem, work.number);
    work.reference = static_cast<std::uint8_t>(job.reference.value_or(0));
    const auto changed = db.use(Sql::job_take)
                             .bind_all(work.owner, work.claim, now + claimer.lease_ms, work.modem,
                                       now, job.reference, work.job_id)
                             .run();
    if (changed != 1) // looked at in this very transaction
        throw Error(Fault::bug, "spool: job " + work.job_id + " was not queued");
    open_attempt(db, work, now);
}

std::optional<Work> claim_in(Database& db, const Claimer& claimer, UtcMs now) {
    for (const Priority priority : priorities) {
        Work work;
        JobRow job;
        {
            Use row = db.use(Sql::job_look);
            if (!row.bind_all(static_cast<std::int64_t>(priority), now, now).step())
                continue;
            job = read_job(row, work);
        }
        take(db, work, job, claimer, now);
        return work;
    }
    return std::nullopt;
}

// How an attempt stands that is to be settled.
enum class Standing {
    ours,    // open, and its claim is the job's
    settled, // closed with this very outcome: the call is a repeated one
    lost,    // somebody else settled it, or the claim was taken away
};

Standing standing_of(Database& db, const Work& work, std::string_view outcome) {
    Use row = db.use(Sql::attempt_get);
    if (!row.bind(work.attempt_id).step())
        return Standing::lost;
    if (row.text(0) != "open")
        return row.text(0) == outcome ? Standing::settled : Standing::lost;
    const bool ours = row.text(1) == work.claim && row.text(2) == name_of(State::sending);
    return ours ? Standing::ours : Standing::lost;
}

// Each of these changes follows a look at the same row in the same transaction.
void expect_one(std::int64_t changed, const Work& work) {
    if (changed != 1)
        throw Error(Fault::bug, "spool: job " + work.job_id + " is not as it was a moment ago");
}

void close_attempt(Database& db, const Work& work, const AttemptEnd& end, UtcMs now) {
    const auto wide = [](const std::optional<int>& value) {
        return value ? std::optional<std::int64_t>(*value) : std::nullopt;
    };
    std::optional<std::string> reason;
    if (!end.reason.empty())
        reason = end.reason;
    expect_one(db.use(Sql::attempt_end)
                   .bind_all(now, end.outcome, wide(end.reference), wide(end.code), reason,
                             work.attempt_id)
                   .run(),
               work);
}

Work next_part(Database& db, const Work& work, const Decision& decision) {
    Work following = work;
    following.attempts = decision.attempts;
    following.waits = decision.waits;
    following.unknowns = decision.unknowns;
    read_message(db, following, std::int64_t{work.part} + 1);
    return following;
}

// The next part of the same job, its attempt open.
Work go_on(Database& db, const Work& work, const Decision& decision, UtcMs now,
           std::int64_t lease_ms) {
    const auto changed = db.use(Sql::job_part)
                             .bind_all(static_cast<std::int64_t>(work.part), now, now + lease_ms,
                                       work.job_id, work.claim)
                             .run();
    expect_one(changed, work);
    Work following = next_part(db, work, decision);
    open_attempt(db, following, now);
    return following;
}

// What go_on() opened when this was settled before. Nothing: that is settled too.
std::optional<Work> gone_on(Database& db, const Work& work, const Decision& decision) {
    Work following = next_part(db, work, decision);
    {
        Use row = db.use(Sql::attempt_open);
        if (!row.bind(work.job_id).step() || row.number(1) != std::int64_t{following.part})
            return std::nullopt;
        following.attempt_id = row.text(0);
        following.started = row.number(2);
    }
    if (standing_of(db, following, {}) != Standing::ours)
        return std::nullopt;
    return following;
}

void await_reply(Database& db, const Work& work) {
    db.use(Sql::awaiting_add)
        .bind_all(work.job_id, work.number, work.modem, work.started,
                  work.started + *work.reply_timeout_ms)
        .run();
}

void finish(Database& db, const Work& work, const Decision& decision, UtcMs now) {
    const auto to = next(State::sending, *decision.event);
    if (!to)
        throw Error(Fault::bug, "spool: no such step from sending");
    const std::int64_t done =
        decision.event == Event::accepted ? work.parts : std::int64_t{work.part} - 1;
    std::optional<UtcMs> ended;
    if (to != State::queued)
        ended = now;
    std::optional<std::string> code, text;
    if (!decision.error_code.empty()) {
        code = decision.error_code;
        text = decision.error_text;
    }
    const auto changed =
        db.use(Sql::job_settle)
            .bind_all(name_of(*to), decision.not_before, decision.attempts, decision.waits,
                      decision.unknowns, done, code, text, ended, work.job_id, work.claim)
            .run();
    expect_one(changed, work);
    if (to == State::sent && work.reply_timeout_ms)
        await_reply(db, work);
}

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

std::vector<Swept> overdue(Database& db, UtcMs now) {
    std::vector<Swept> list;
    Use row = db.use(Sql::job_overdue);
    row.bind(now);
    while (row.step()) {
        Swept swept{row.text(0), {}};
        swept.job.message_id = row.text(1);
        swept.job.number = row.text(2);
        list.push_back(swept);
    }
    return list;
}

void fill_from_message(Database& db, SweptJob& job) {
    Use row = db.use(Sql::message_get);
    if (row.bind(job.message_id).step()) {
        job.user = row.text(1);
        job.created = row.number(8);
    }
}

// A row of job_orphans or job_claimed with what its message and its open attempt add.
Work claimed_work(Database& db, const Use& row) {
    Work work;
    const JobRow job = read_job(row, work);
    work.owner = row.text(9);
    work.claim = row.text(10);
    work.modem = row.text(11);
    work.started = row.number(12);
    work.reference = static_cast<std::uint8_t>(job.reference.value_or(0));
    read_message(db, work, job.parts_done + 1);
    Use attempt = db.use(Sql::attempt_open);
    if (!attempt.bind(work.job_id).step())
        throw Error(Fault::corrupt, "spool: job " + work.job_id + " has no open attempt");
    work.attempt_id = attempt.text(0);
    return work;
}

} // namespace

std::optional<Work> Spool::claim(const Claimer& claimer, UtcMs now) {
    std::optional<Work> work;
    db_->transact([&] { work = claim_in(*db_, claimer, now); });
    return work;
}

Turn Spool::settle(const Work& work, const AttemptEnd& end, const Decision& decision,
                   const Claimer* claimer, UtcMs now) {
    Turn turn;
    db_->transact([&] {
        turn = {};
        const Standing standing = standing_of(*db_, work, end.outcome);
        turn.settled = standing != Standing::lost;
        if (standing == Standing::ours)
            close_attempt(*db_, work, end, now);
        if (turn.settled && !decision.event) {
            if (standing == Standing::ours)
                turn.next =
                    go_on(*db_, work, decision, now, claimer != nullptr ? claimer->lease_ms : 0);
            else
                turn.next = gone_on(*db_, work, decision);
            return;
        }
        if (standing == Standing::ours)
            finish(*db_, work, decision, now);
        if (claimer != nullptr)
            turn.next = claim_in(*db_, *claimer, now);
    });
    return turn;
}

std::vector<Work> Spool::orphans(std::string_view owner) {
    std::vector<Work> all;
    db_->look([&] {
        all.clear();
        Use row = db_->use(Sql::job_orphans);
        row.bind(owner);
        while (row.step())
            all.push_back(claimed_work(*db_, row));
    });
    return all;
}

std::optional<Work> Spool::claimed(const Claimer& claimer) {
    std::optional<Work> work;
    db_->look([&] {
        work.reset();
        Use row = db_->use(Sql::job_claimed);
        if (row.bind_all(claimer.owner, claimer.modem).step())
            work = claimed_work(*db_, row);
    });
    return work;
}

std::optional<UtcMs> Spool::next_due() {
    std::optional<UtcMs> due;
    db_->look([&] {
        due.reset();
        for (const Priority priority : priorities) {
            Use row = db_->use(Sql::job_due_next);
            if (row.bind(static_cast<std::int64_t>(priority)).step() &&
                (!due || row.number(0) < *due))
                due = row.number(0);
        }
    });
    return due;
}

std::vector<SweptJob> Spool::expire(UtcMs now, std::string_view error_code,
                                    std::string_view error_text) {
    std::vector<SweptJob> expired;
    db_->transact([&] {
        expired.clear();
        for (Swept& swept : overdue(*db_, now)) {
            if (db_->use(Sql::job_expire)
                    .bind_all(error_code, error_text, now, swept.job_id)
                    .run() != 1)
                continue;
            fill_from_message(*db_, swept.job);
            swept.job.state = State::expired;
            swept.job.error_code = error_code;
            expired.push_back(swept.job);
        }
    });
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
            swept.job.state = State::timeout;
            late.push_back(swept.job);
        }
    });
    return late;
}

} // namespace smsspool
