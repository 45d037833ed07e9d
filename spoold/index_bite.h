// How many texts the daemon enters into the index of search at once.

#ifndef SMSSPOOL_SPOOLD_INDEX_BITE_H
#define SMSSPOOL_SPOOLD_INDEX_BITE_H

#include "common/clock.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace smsspool {

// A bite holds the spool as long as some commits do, whatever the machine.
inline constexpr auto bite_time = std::chrono::milliseconds(10);
inline constexpr std::size_t bite_least = 16, bite_most = 1000;

// How many the next one may have, where one of at most `bite` had `texts` and took so long. One
// that was not full says nothing of a longer one.
[[nodiscard]] inline std::size_t next_bite(std::size_t bite, std::size_t texts,
                                           Monotonic::duration took) noexcept {
    if (took > bite_time)
        return std::max(bite / 2, bite_least);
    return texts < bite ? bite : std::min(bite * 2, bite_most);
}

} // namespace smsspool

#endif
