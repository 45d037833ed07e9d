// How long to leave a server alone.

#include "pull/backoff.h"

#include <algorithm>
#include <random>

namespace smsspool {

Ms pause_after(std::int64_t failures, Ms first, Ms most, double jitter, Ms retry_after) noexcept {
    constexpr Ms wanted_most = std::chrono::hours(24);
    std::int64_t pause = first.count();
    for (std::int64_t times = failures; times > 1 && pause < most.count(); --times)
        pause *= 2;
    pause = std::min(pause, most.count());
    pause += static_cast<std::int64_t>(static_cast<double>(pause) * jitter / 4);
    return std::max(Ms(pause), std::min(retry_after, wanted_most));
}

double random_jitter() {
    static thread_local std::minstd_rand source{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(source);
}

} // namespace smsspool
