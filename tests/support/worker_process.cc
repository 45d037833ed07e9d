// A worker as the daemon has it.

#include "tests/support/worker_process.h"

#include "tests/support/simulated_modem.h"

#include <poll.h>

namespace smsspool::testing {

namespace {

constexpr int longest_wait_ms = 60000;
constexpr int leave_wait_ms = 10000;

} // namespace

WorkerProcess::WorkerProcess(const std::string& name) : child_(program(name), ring_.descriptor()) {}

void WorkerProcess::begin(const Request& request) {
    begun_ = Monotonic::now();
    ring_.clear();
    if (!child_.tell(to_line(NumberedRequest{++id_, request})))
        throw std::runtime_error("the worker does not read");
}

Answer WorkerProcess::finish() {
    for (;;) {
        const auto said = hear();
        if (!said)
            throw std::runtime_error("the worker ended");
        if (const auto* answer = std::get_if<NumberedAnswer>(&*said)) {
            if (answer->re != id_)
                throw std::runtime_error("an answer to something else");
            took_ =
                std::chrono::duration_cast<std::chrono::milliseconds>(Monotonic::now() - begun_);
            return answer->answer;
        }
        ++hints_;
    }
}

void WorkerProcess::wait_for_hint() {
    while (hints_ == 0) {
        const auto said = hear();
        if (!said || !std::holds_alternative<Hint>(*said))
            throw std::runtime_error("no hint");
        ++hints_;
    }
    hints_ = 0;
}

std::string WorkerProcess::end() {
    while (hear()) {
    }
    return child_.end(leave_wait_ms);
}

std::optional<FromWorker> WorkerProcess::hear() {
    while (lines_.empty()) {
        pollfd wanted{child_.descriptor(), POLLIN, 0};
        if (::poll(&wanted, 1, longest_wait_ms) <= 0)
            throw std::runtime_error("no answer in time");
        std::vector<std::string> lines;
        const bool open = child_.hear(lines, worker_line_limit);
        lines_.insert(lines_.end(), lines.begin(), lines.end());
        if (!open && lines_.empty())
            return std::nullopt;
    }
    std::string why;
    auto said = parse_from_worker(lines_.front(), why);
    if (!said)
        throw std::runtime_error(why + ": " + lines_.front());
    lines_.pop_front();
    return said;
}

} // namespace smsspool::testing
