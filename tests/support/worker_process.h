// A worker as the daemon has it: the real program, spoken to over its socket pair, with its trace.

#ifndef SMSSPOOL_TESTS_SUPPORT_WORKER_PROCESS_H
#define SMSSPOOL_TESTS_SUPPORT_WORKER_PROCESS_H

#include "common/clock.h"
#include "spoold/child.h"
#include "spoold/worker_protocol.h"
#include "spoold/worker_trace.h"

#include <chrono>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>

namespace smsspool::testing {

class WorkerProcess {
public:
    // Starts the built program of that name.
    explicit WorkerProcess(const std::string& name = "smsspool-modem");

    // Asks; finish() is to follow.
    void begin(const Request& request);
    // The answer. Throws std::runtime_error where none comes.
    Answer finish();
    Answer ask(const Request& request) {
        begin(request);
        return finish();
    }

    // The answer, which must be of this kind.
    template <typename Kind>
    Kind get(const Request& request) {
        const Answer answer = ask(request);
        if (!std::holds_alternative<Kind>(answer))
            throw std::runtime_error("another answer: " + to_line(NumberedAnswer{id_, answer}));
        return std::get<Kind>(answer);
    }

    // Waits until something arrived.
    void wait_for_hint();

    // Waits until it leaves by itself; how it ended.
    std::string end();

    // Since the last request.
    [[nodiscard]] std::string trace() const { return ring_.text(); }
    // How long the last request took.
    [[nodiscard]] std::chrono::milliseconds took() const { return took_; }

    [[nodiscard]] Child& child() { return child_; }

private:
    // The next thing said; nothing once the worker closed its end.
    std::optional<FromWorker> hear();

    TraceRing ring_ = TraceRing::make(64 * 1024);
    Child child_;
    std::deque<std::string> lines_;
    std::int64_t id_ = 0;
    int hints_ = 0;
    Monotonic::time_point begun_{};
    std::chrono::milliseconds took_{0};
};

} // namespace smsspool::testing

#endif
