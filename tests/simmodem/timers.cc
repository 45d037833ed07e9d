// Tasks by time.

#include "tests/simmodem/timers.h"

#include <algorithm>

namespace smsspool::sim {

Timers::Id Timers::after(std::chrono::milliseconds delay, Task task) {
    const Id id{Monotonic::now() + delay, next_++};
    tasks_.emplace(id, std::move(task));
    return id;
}

int Timers::wait_ms() const {
    if (tasks_.empty())
        return -1;
    constexpr std::int64_t longest = 60'000;
    const auto left = tasks_.begin()->first.first - Monotonic::now();
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    return static_cast<int>(std::clamp<std::int64_t>(ms, 0, longest));
}

void Timers::run_due() {
    const Id last{Monotonic::now(), next_};
    while (!tasks_.empty() && tasks_.begin()->first < last) {
        auto task = tasks_.extract(tasks_.begin());
        task.mapped()();
    }
}

} // namespace smsspool::sim
