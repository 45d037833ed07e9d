// How many parts a modem may send: sliding windows of a minute, an hour and a day. A pure class.
//
// A part counts from the end of the time slot in which it left, so that no window, wherever it
// begins, ever holds more than its limit.

#ifndef SMSSPOOL_SPOOLD_QUOTA_H
#define SMSSPOOL_SPOOLD_QUOTA_H

#include "common/settings.h"
#include "common/spool.h"

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

class Quota {
public:
    // `used`: what left before, oldest first.
    Quota(const ModemConfig& modem, const std::vector<Usage>& used, UtcMs now);

    // One part leaves.
    void add(UtcMs now);

    struct Limit {
        std::int64_t most = 0;
        std::string_view unit; // minute, hour, day
        UtcMs until = 0;       // when the next part may leave
    };
    // The limit that is reached, the one that lasts longest; nothing: another part may leave. A
    // clock that was set back ends no later than if all had just left.
    [[nodiscard]] std::optional<Limit> reached(UtcMs now);

    // How far back the longest window reaches.
    static constexpr UtcMs memory_ms = 24 * 60 * 60 * UtcMs{1000};

private:
    struct Slot {
        UtcMs end = 0; // of the time in which these parts left
        std::int64_t parts = 0;
    };
    struct Window {
        std::string_view unit;
        UtcMs length = 0;
        std::int64_t most = 0; // 0: no limit
        std::deque<Slot> slots{};
        std::int64_t parts = 0; // of all slots

        void add(const Slot& slot);
        void forget(UtcMs now);
        // When the next part may leave; nothing: now.
        [[nodiscard]] std::optional<UtcMs> free_at() const;
    };

    std::array<Window, 3> windows_;
};

} // namespace smsspool

#endif
