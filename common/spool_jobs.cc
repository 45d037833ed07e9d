// The spool: settlements. How attempts ended, and what becomes of their jobs.

#include "common/error.h"
#include "common/spool_reports.h"
#include "common/spool_work.h"

#include <iterator>

namespace smsspool {

namespace {

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

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

void close_attempt(Database& db, const Work& work, const AttemptEnd& end, UtcMs now) {
    const auto wide = [](const std::optional<int>& value) {
        return value ? std::optional<std::int64_t>(*value) : std::nullopt;
    };
    const auto reason = unless_empty(end.reason);
    const auto trace = unless_empty(end.trace);
    expect_one(db.use(Sql::attempt_end)
                   .bind_all(now, end.outcome, wide(end.reference), wide(end.code), reason, trace,
                             work.attempt_id)
                   .run(),
               work);
    // Nothing of it went out.
    if (end.outcome == "withdrawn")
        uncount(db, work);
}

// Nothing: it cannot be read.
std::optional<Work> next_part(Database& db, const Work& work, const Decision& decision, UtcMs now) {
    Work following = work;
    following.attempts = decision.attempts;
    following.waits = decision.waits;
    following.unknowns = decision.unknowns;
    if (!read_message(db, following, std::int64_t{work.part} + 1, now))
        return std::nullopt;
    return following;
}

// The next part of the same job, its attempt open. Nothing: the job was given up as damaged.
std::optional<Work> go_on(Database& db, const Work& work, const Decision& decision, UtcMs now,
                          std::int64_t lease_ms) {
    const auto changed = db.use(Sql::job_part)
                             .bind_all(static_cast<std::int64_t>(work.part), now, now + lease_ms,
                                       work.job_id, work.claim)
                             .run();
    expect_one(changed, work);
    auto following = next_part(db, work, decision, now);
    if (following)
        open_attempt(db, *following, now);
    else
        give_up_damaged(db, work, State::sending, now);
    return following;
}

// What go_on() opened when this was settled before. Nothing: that is settled too.
std::optional<Work> gone_on(Database& db, const Work& work, const Decision& decision) {
    std::string attempt_id;
    UtcMs started = 0;
    {
        Use row = db.use(Sql::attempt_open);
        if (!row.bind(work.job_id).step() || row.number(1) != std::int64_t{work.part} + 1)
            return std::nullopt;
        attempt_id = row.text(0);
        started = row.number(2);
    }
    auto following = next_part(db, work, decision, started);
    if (!following)
        return std::nullopt;
    following->attempt_id = attempt_id;
    following->started = started;
    return standing_of(db, *following, {}) == Standing::ours ? following : std::nullopt;
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
    // The recipient's phone joins parts of one sender only.
    const std::string_view pinned =
        to == State::queued && done > 0 ? std::string_view(work.modem) : std::string_view();
    const auto code = unless_empty(decision.error_code);
    const auto text = code ? std::optional(decision.error_text) : std::nullopt;
    const auto changed =
        db.use(Sql::job_settle)
            .bind_all(name_of(*to), decision.not_before, decision.attempts, decision.waits,
                      decision.unknowns, done, pinned, code, text, ended, work.job_id, work.claim)
            .run();
    expect_one(changed, work);
    note_change(db, work.job_id, State::sending, *to);
}

// What follows for the job of an attempt that was closed now or, by this very call, before.
std::optional<Work> follow(Database& db, const Work& work, const Decision& decision,
                           Standing standing, UtcMs now, std::int64_t lease_ms) {
    if (standing == Standing::settled)
        return decision.event ? std::nullopt : gone_on(db, work, decision);
    if (!decision.event)
        return go_on(db, work, decision, now, lease_ms);
    finish(db, work, decision, now);
    return std::nullopt;
}

} // namespace

Turn Spool::settle(const Work& work, const AttemptEnd& end, const Decision& decision,
                   const Claimer* claimer, UtcMs now) {
    Turn turn;
    std::vector<std::string> damaged;
    db_->transact([&] {
        turn = {};
        damaged.clear();
        const Standing standing = standing_of(*db_, work, end.outcome);
        turn.settled = standing != Standing::lost;
        if (standing == Standing::ours) {
            close_attempt(*db_, work, end, now);
            expect_answers(*db_, work, end, report_window_ms_);
        }
        if (turn.settled)
            turn.next = follow(*db_, work, decision, standing, now,
                               claimer != nullptr ? claimer->lease_ms : 0);
        if (standing == Standing::ours && !decision.event && !turn.next)
            damaged.push_back(work.message_id); // by go_on()
        const bool same_job = turn.settled && !decision.event && damaged.empty();
        if (claimer != nullptr && !same_job)
            turn.next = claim_due(*db_, *claimer, now, damaged);
    });
    damaged_.insert(damaged_.end(), std::make_move_iterator(damaged.begin()),
                    std::make_move_iterator(damaged.end()));
    return turn;
}

} // namespace smsspool
