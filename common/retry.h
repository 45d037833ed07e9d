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
    int reference = -1;   // TP-MR
    std::string answer{}; // the provider's; empty: none
};
struct WasRefused {
    RefusalKind kind = RefusalKind::temporary;
    int code = 0;
    std::string text;
    std::string trace{}; // of the conversation with the modem; empty: none
    Ms retry_after{0};   // the network wants no other attempt before; 0: it did not say
};
struct IsUnknown {
    std::string text;
    std::string trace{};
};
// The worker was never told, or said that the link failed before anything went out.
struct WasWithdrawn {
    std::string text;
    std::string trace{};
};
using Outcome = std::variant<WasAccepted, WasRefused, IsUnknown, WasWithdrawn>;

// What the journal keeps of `outcome`.
[[nodiscard]] AttemptEnd attempt_end(const Outcome& outcome);

// What follows for the job of `work`. `jitter` is a random number from 0 to 1: the pause after a
// temporary refusal is lengthened by up to a quarter of it, so that jobs refused together do not
// come back together.
//   accepted   the next part is due, or the job is sent; all of it if `work` is whole
//   refused    permanent: failed. temporary: queued for retry_first, doubled each time to
//              retry_most, until max_attempts. network: queued for network_first, doubled each time
//              to network_most, without end; no attempt is used up. Not before `retry_after`
//   unknown    by setting `unknown`; a job that was unknown twice is held in any case
//   withdrawn  queued, unharmed, for worker_pause: the modem's own pauses are its lane's matter
[[nodiscard]] Decision decide(const Work& work, const Outcome& outcome, const Config& config,
                              UtcMs now, double jitter);

} // namespace smsspool

#endif
