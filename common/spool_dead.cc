// The spool: what a person decides about dead letters, and messages that are taken back.

#include "common/error.h"
#include "common/routes.h"
#include "common/settings.h"
#include "common/spool_bulk.h"
#include "common/spool_work.h"

#include <algorithm>
#include <array>

namespace smsspool {

namespace {

// --- reading ------------------------------------------------------------------------------------

// A row of dead_list or dead_get.
DeadLetter read_letter(const Use& row) {
    DeadLetter letter;
    letter.job_id = row.text(0);
    letter.message_id = row.text(1);
    letter.number = row.text(2);
    letter.number_given = row.text(3);
    letter.state = state_of(row.text(4));
    letter.attempted = row.number_or_nothing(5);
    letter.attempts = row.number(6);
    letter.unknowns = row.number(7);
    letter.retries = row.number(8);
    letter.parts_done = row.number(9);
    letter.error_code = row.text(10);
    letter.error_text = row.text(11);
    letter.modem = row.text(12);
    letter.route = row.text(13);
    letter.ended = row.number_or_nothing(14);
    letter.not_before = row.number(15);
    letter.valid_until = row.number(16);
    letter.user = row.text(17);
    letter.label = row.text(18);
    letter.text = row.text(19);
    letter.parts = row.number(20);
    letter.created = row.number(21);
    return letter;
}

constexpr std::array dead_states{State::failed, State::unknown};
static_assert(is_dead_letter(dead_states[0]) && is_dead_letter(dead_states[1]));

void add_letters(Database& db, const DeadFilter& filter, State state, std::string_view after,
                 std::size_t limit, std::vector<DeadLetter>& letters) {
    Use row = db.use(Sql::dead_list);
    row.bind_all(name_of(state), after, filter.user, filter.user, filter.number, filter.number,
                 filter.error_code, filter.error_code, filter.since, filter.before,
                 static_cast<std::int64_t>(limit));
    while (row.step())
        letters.push_back(read_letter(row));
}

std::optional<DeadLetter> find_letter(Database& db, std::string_view job_id) {
    Use row = db.use(Sql::dead_get);
    return row.bind(job_id).step() ? std::optional(read_letter(row)) : std::nullopt;
}

// --- deciding -----------------------------------------------------------------------------------

Verdict verdict_on(const DeadLetter& letter, Verdict::How how, State state) {
    return {how, letter.job_id, letter.message_id, state, letter.not_before, letter.valid_until};
}

// What the worker would be told can be read, and says to whom.
bool can_be_sent(Database& db, const DeadLetter& letter, UtcMs now) {
    if (letter.number.empty())
        return false;
    Work work;
    work.job_id = letter.job_id;
    work.message_id = letter.message_id;
    return read_message(db, work, 1, now);
}

// The state was looked at in this very transaction.
void expect_one(std::int64_t changed, const DeadLetter& letter) {
    if (changed != 1)
        throw Error(Fault::bug, "spool: job " + letter.job_id + " is not as it was a moment ago");
}

void queue_again(Database& db, const DeadLetter& letter, const Config& config) {
    const std::string route = route_for(config, letter.number, letter.user, letter.label);
    expect_one(db.use(Sql::dead_retry)
                   .bind_all(letter.not_before, letter.valid_until, route, letter.job_id,
                             name_of(letter.state))
                   .run(),
               letter);
    note_change(db, letter.job_id, letter.state, State::queued);
    db.use(Sql::follow_reopen).bind_all(letter.not_before, letter.job_id).run();
    // The network is told no longer validity than the message has.
    db.use(Sql::dead_lengthen)
        .bind_all(letter.valid_until, letter.message_id, letter.valid_until)
        .run();
}

Verdict resend_one(Database& db, const Resending& job, const Config& config, UtcMs now) {
    auto letter = find_letter(db, job.job_id);
    if (!letter)
        return {Verdict::How::missing, job.job_id, {}, {}};
    const UtcMs not_before = std::max(now, job.not_before);
    const UtcMs valid_until = not_before + config.valid_for.count();
    const auto to = next(letter->state, Event::retry);
    if (!to) {
        const bool by_this_call = letter->state == State::queued && letter->retries > 0 &&
                                  letter->not_before == not_before &&
                                  letter->valid_until == valid_until;
        return verdict_on(*letter, by_this_call ? Verdict::How::done : Verdict::How::alive,
                          letter->state);
    }
    if (!can_be_sent(db, *letter, now))
        return verdict_on(*letter, Verdict::How::damaged, letter->state);
    letter->not_before = not_before;
    letter->valid_until = valid_until;
    queue_again(db, *letter, config);
    return verdict_on(*letter, Verdict::How::done, *to);
}

// What the job died of is kept in the words.
std::string abandoned_text(const DeadLetter& letter) {
    const std::string text = "An administrator gave the message up";
    return letter.error_text.empty() ? text : text + ": " + letter.error_text;
}

Verdict abandon_one(Database& db, const std::string& job_id, UtcMs now) {
    const auto letter = find_letter(db, job_id);
    if (!letter)
        return {Verdict::How::missing, job_id, {}, {}};
    if (letter->state == State::abandoned)
        return verdict_on(*letter, Verdict::How::done, letter->state);
    const auto to = next(letter->state, Event::abandon);
    if (!to)
        return verdict_on(*letter, Verdict::How::alive, letter->state);
    expect_one(db.use(Sql::dead_abandon)
                   .bind_all(abandoned_text(*letter), now, letter->job_id, name_of(letter->state))
                   .run(),
               *letter);
    note_change(db, letter->job_id, letter->state, *to);
    return verdict_on(*letter, Verdict::How::done, *to);
}

// --- taking back --------------------------------------------------------------------------------

bool is_message_of(Database& db, std::string_view message_id, std::string_view user) {
    Use row = db.use(Sql::message_get);
    return row.bind(message_id).step() && (user.empty() || row.text(1) == user);
}

// Those that wait among the next jobs of the message; `after` becomes the last that was looked at.
// Nothing: there are no more jobs.
std::optional<std::vector<std::string>> waiting_jobs(Database& db, std::string_view message_id,
                                                     std::string& after) {
    std::vector<std::string> ids;
    std::string last;
    {
        Use row = db.use(Sql::cancel_list);
        row.bind_all(message_id, after);
        while (row.step()) {
            last = row.text(0);
            if (next(state_of(row.text(1)), Event::cancel))
                ids.push_back(last);
        }
    }
    if (last.empty())
        return std::nullopt;
    after = last;
    return ids;
}

// How many: one, or none where it does not wait any more.
std::int64_t cancel_one(Database& db, const std::string& id, UtcMs now) {
    const std::int64_t canceled = db.use(Sql::cancel_job).bind_all(now, id).run();
    if (canceled == 1)
        note_change(db, id, State::queued, State::canceled);
    return canceled;
}

// Recipients that have no job yet get one that is taken back, a piece in a transaction: none of
// them can be claimed in between. How many.
std::int64_t cancel_folded(Database& db, std::string_view message_id, UtcMs now,
                           std::vector<std::string>& damaged) {
    std::int64_t all = 0;
    for (bool more = true; more;) {
        std::int64_t canceled = 0;
        std::vector<std::string> found;
        db.transact([&] {
            canceled = 0;
            found.clear();
            const auto ids = unfold_piece(db, message_id, found);
            more = ids.has_value();
            for (const std::string& id : ids.value_or(std::vector<std::string>()))
                canceled += cancel_one(db, id, now);
        });
        all += canceled;
        damaged.insert(damaged.end(), found.begin(), found.end());
    }
    return all;
}

} // namespace

void Spool::reconcile() {
    db_->transact([&] {
        for (const Sql each : {Sql::dead_drop_stale, Sql::dead_add_missing, Sql::follow_mark_stale})
            db_->use(each).run();
    });
}

std::vector<DeadLetter> Spool::dead_letters(const DeadFilter& filter, std::string_view after,
                                            std::size_t limit) {
    std::vector<DeadLetter> letters;
    db_->look([&] {
        letters.clear();
        for (const State state : dead_states) {
            if (filter.state.value_or(state) == state)
                add_letters(*db_, filter, state, after, limit, letters);
        }
    });
    std::sort(letters.begin(), letters.end(), [](const DeadLetter& one, const DeadLetter& other) {
        return one.job_id < other.job_id;
    });
    if (letters.size() > limit)
        letters.resize(limit);
    return letters;
}

std::optional<DeadLetter> Spool::letter(std::string_view job_id) {
    return find_letter(*db_, job_id);
}

std::vector<DeadCount> Spool::dead_counts() {
    std::vector<DeadCount> counts;
    db_->look([&] {
        counts.clear();
        for (const State state : dead_states) {
            Use row = db_->use(Sql::dead_counts);
            row.bind(name_of(state));
            while (row.step())
                counts.push_back({state, row.text(1), row.number(2), row.number(3)});
        }
    });
    return counts;
}

std::vector<Verdict> Spool::resend(const std::vector<Resending>& jobs, const Config& config,
                                   UtcMs now) {
    std::vector<Verdict> verdicts;
    db_->transact([&] {
        verdicts.clear();
        for (const Resending& job : jobs)
            verdicts.push_back(resend_one(*db_, job, config, now));
    });
    return verdicts;
}

std::vector<Verdict> Spool::abandon(const std::vector<std::string>& job_ids, UtcMs now) {
    std::vector<Verdict> verdicts;
    db_->transact([&] {
        verdicts.clear();
        for (const std::string& job_id : job_ids)
            verdicts.push_back(abandon_one(*db_, job_id, now));
    });
    return verdicts;
}

std::optional<Withdrawal> Spool::cancel(std::string_view message_id, std::string_view user,
                                        UtcMs now) {
    if (!is_message_of(*db_, message_id, user))
        return std::nullopt;
    Withdrawal withdrawal;
    withdrawal.canceled = cancel_folded(*db_, message_id, now, damaged_);
    std::string behind;
    for (bool more = true; more;) {
        std::int64_t canceled = 0;
        std::string last;
        db_->transact([&] {
            canceled = 0;
            last = behind;
            const auto ids = waiting_jobs(*db_, message_id, last);
            for (const std::string& id : ids.value_or(std::vector<std::string>()))
                canceled += cancel_one(*db_, id, now);
            more = ids.has_value();
        });
        withdrawal.canceled += canceled;
        behind = last;
    }
    withdrawal.jobs = job_counts(message_id);
    return withdrawal;
}

} // namespace smsspool
