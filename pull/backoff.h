// How long to leave a server alone that did not do what it was asked.

#ifndef SMSSPOOL_PULL_BACKOFF_H
#define SMSSPOOL_PULL_BACKOFF_H

#include "common/settings.h"

#include <cstdint>

namespace smsspool {

// The pause after the `failures`th failure in a row: `first`, doubled with each, at most `most`;
// lengthened by up to a quarter, so that those who failed together do not come back together; and
// never shorter than what the server wants (Retry-After), up to a day.
// REQUIRES: failures > 0, 0 <= jitter <= 1.
[[nodiscard]] Ms pause_after(std::int64_t failures, Ms first, Ms most, double jitter,
                             Ms retry_after = Ms(0)) noexcept;

// A random number from 0 to 1, for `jitter`.
[[nodiscard]] double random_jitter();

} // namespace smsspool

#endif
