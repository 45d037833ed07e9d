// Ends a call into a library that waits for a device which does not go on.
//
// libgammu's own time-outs take minutes, and a device that says anything at all, if only noise,
// starts them again. Here the measure is what the library does: while it writes one command after
// the other it gets ahead; when it has written nothing for a while it waits in vain.

#ifndef SMSSPOOL_SPOOLD_MODEM_STALL_H
#define SMSSPOOL_SPOOLD_MODEM_STALL_H

#include <chrono>

namespace smsspool {

class StallLimit {
public:
    // Called from a signal handler.
    using End = void (*)(void* argument);

    // From now until this object ends: `end(argument)` once nothing was written for `limit`.
    // REQUIRES: no other one exists.
    StallLimit(std::chrono::milliseconds limit, End end, void* argument);
    ~StallLimit();
    StallLimit(const StallLimit&) = delete;
    StallLimit& operator=(const StallLimit&) = delete;

    // True once the time was up, until the object ends.
    [[nodiscard]] static bool reached() noexcept;

    // To be called when something was written; does nothing where there is no limit.
    static void progress() noexcept;
};

} // namespace smsspool

#endif
