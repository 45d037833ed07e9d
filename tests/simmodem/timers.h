// What is to be done later, in the order of its time.

#ifndef SMSSPOOL_TESTS_SIMMODEM_TIMERS_H
#define SMSSPOOL_TESTS_SIMMODEM_TIMERS_H

#include "common/clock.h"

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace smsspool::sim {

class Timers {
public:
    using Task = std::function<void()>;
    using Id = std::pair<Monotonic::time_point, std::uint64_t>;

    // Runs `task` once, `delay` from now; with no delay in the next run_due().
    Id after(std::chrono::milliseconds delay, Task task);

    // Does nothing where it has run already.
    void cancel(const Id& id) { tasks_.erase(id); }

    // How long poll() may wait: milliseconds until the next task, rounded up; -1 where there is
    // none.
    [[nodiscard]] int wait_ms() const;

    // Runs what was due when it was called. A task may add and cancel others.
    void run_due();

private:
    std::map<Id, Task> tasks_;
    std::uint64_t next_ = 0;
};

} // namespace smsspool::sim

#endif
