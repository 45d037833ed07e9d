// The admin's program that brings a modem back: a process of its own, which nothing waits for.

#ifndef SMSSPOOL_SPOOLD_HOOK_H
#define SMSSPOOL_SPOOLD_HOOK_H

#include "common/clock.h"
#include "common/fd.h"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace smsspool {

class Hook {
public:
    Hook() = default;
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;
    // One that still runs is left to itself: it may hold the modem's power in its hands.
    ~Hook() = default;

    // Starts `program` (a path) with `arguments`, an environment of nothing but PATH, no input, and
    // the daemon's standard error as its output. REQUIRES: !running(). Throws Error(unavailable).
    void start(const std::string& program, const std::vector<std::string>& arguments,
               Monotonic::time_point deadline);
    [[nodiscard]] bool running() const noexcept { return pid_ > 0; }

    // For poll(): readable when the process has ended; -1 if none runs.
    [[nodiscard]] int descriptor() const noexcept { return handle_.get(); }
    [[nodiscard]] Monotonic::time_point deadline() const noexcept { return deadline_; }

    // How it ended, as a sentence; nothing: it still runs, or none does. Past its deadline it is
    // killed, with all that it started and that stayed in its process group.
    [[nodiscard]] std::optional<std::string> ended(Monotonic::time_point now);

private:
    pid_t pid_ = -1;
    Fd handle_;
    bool killed_ = false;
    Monotonic::time_point deadline_{};
};

} // namespace smsspool

#endif
