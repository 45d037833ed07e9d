// Rows of the spool as work to be told to a worker: what the daemon's verbs of the spool share.
// Inside of a transaction of the caller; for the spool's own files.

#ifndef SMSSPOOL_COMMON_SPOOL_WORK_H
#define SMSSPOOL_COMMON_SPOOL_WORK_H

#include "common/spool.h"
#include "common/sqlite.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// The state that a row has. What comes back from the disk is checked before it is believed: throws
// Error(corrupt) where it is no word of a state.
[[nodiscard]] State state_of(const std::string& word);
// The same of what is known of a job's delivery.
[[nodiscard]] Delivery stored_delivery(const std::string& word);

// The beginning of the minute that `when` lies in: a row of usage().
[[nodiscard]] UtcMs minute_of(UtcMs when) noexcept;

struct JobRow {
    Work work; // `modem` and `claim` are those of its last attempt; empty: none yet
    std::int64_t parts_done = 0;
    std::optional<std::int64_t> reference;
};

// The columns that job_look, job_orphans and job_claimed begin with.
[[nodiscard]] JobRow read_job(const Use& row);

// Fills what the message says, and the text of part `part`, to be sent at `now`. False: the message
// is missing, cannot be read, or has no such part; what is filled then means nothing.
[[nodiscard]] bool read_message(Database& db, Work& work, std::int64_t part, UtcMs now);

// Opens the attempt of `work` and counts it in usage().
void open_attempt(Database& db, Work& work, UtcMs now);
// The attempt of `work` does not count in usage() after all.
void uncount(Database& db, const Work& work);

// There is something new to be told of the job: whoever follows it looks, also where all was told
// before.
void note_news(Database& db, std::string_view job_id);

// To be called with each change of a job's state but a claim: keeps the table of the dead letters,
// and whoever follows the job looks at it.
void note_change(Database& db, std::string_view job_id, State from, State to);

// The job, which is in `from` under the claim of `work`, cannot be read: it is a dead letter from
// `now` on, and what is open in its journal is unknown. False: it is not so any more.
bool give_up_damaged(Database& db, const Work& work, State from, UtcMs now);

// As Spool::unpin(), for a modem that is no more.
void unpin_all(Database& db, std::string_view modem);

// As Spool::claim(). The message ids of jobs that it gave up as damaged are added to `damaged`.
[[nodiscard]] std::optional<Work> claim_due(Database& db, const Claimer& claimer, UtcMs now,
                                            std::vector<std::string>& damaged);

} // namespace smsspool

#endif
