// What follows an attempt: the retry law (design "Retry"), as a pure function.

#ifndef SMSSPOOL_COMMON_RETRY_H
#define SMSSPOOL_COMMON_RETRY_H

#include "common/settings.h"
#include "common/spool.h"

#include <string>
#include <variant>

namespace smsspool {

// How an attempt of one part ended.
struct WasAccepted {
    int reference = -1; // TP-MR
};
struct WasRefused {
    RefusalKind kind = RefusalKind::temporary;
    int code = 0;
    std::string text;
};
struct IsUnknown {
    std::string text;
};
// The worker was never told, or said that the link failed before anything went out.
struct WasWithdrawn {
    std::string text;
};
using Outcome = std::variant<WasAccepted, WasRefused, IsUnknown, WasWithdrawn>;

// What the journal keeps of `outcome`.
[[nodiscard]] AttemptEnd attempt_end(const Outcome& outcome);

// What follows for the job of `work`. `jitter` is a random number from 0 to 1: the pause after a
// temporary refusal is lengthened by up to a quarter of it, so that jobs refused together do not
// come back together.
//   accepted   the next part is due, or the job is sent
//   refused    permanent: failed. temporary: queued, until max_attempts. network: queued, and no
//              attempt is used up
//   unknown    by setting `unknown`; a job that was unknown twice is held in any case
//   withdrawn  queued, unharmed, after a pause that grows from worker_pause to network_most
[[nodiscard]] Decision decide(const Work& work, const Outcome& outcome, const Config& config,
                              UtcMs now, double jitter);

} // namespace smsspool

#endif
