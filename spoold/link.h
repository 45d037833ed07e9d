// The daemon's end of one worker: its process, the request under way, and that request's deadline.
//
// A Link knows nothing of the spool. It never waits: the loop gives it readable descriptors and the
// time, and gets events back.

#ifndef SMSSPOOL_SPOOLD_LINK_H
#define SMSSPOOL_SPOOLD_LINK_H

#include "common/clock.h"
#include "spoold/child.h"
#include "spoold/worker_protocol.h"
#include "spoold/worker_trace.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace smsspool {

// What a worker did. `request` is what was under way.
struct Answered {
    Request request;
    Answer answer;
};
struct Hinted {};
struct Lost {
    std::optional<Request> request;
    std::string why; // a sentence for the log
};
using LinkEvent = std::variant<Answered, Hinted, Lost>;

class Link {
public:
    // `program` is the worker's path; `trace` what is kept of its conversation with the device.
    Link(std::string program, TraceRing trace)
        : program_(std::move(program)), trace_(std::move(trace)) {}

    // Starts the process. REQUIRES: !running(). Throws Error(unavailable).
    void start();
    [[nodiscard]] bool running() const noexcept { return child_ != nullptr; }
    // -1 if it does not run.
    [[nodiscard]] int descriptor() const noexcept;
    // Started and without a request under way.
    [[nodiscard]] bool idle() const noexcept { return running() && !pending_; }

    // Gives a request to the worker. False: it was certainly not told, since it is not idle() or
    // does not read; in the second case it is stopped.
    [[nodiscard]] bool ask(const Request& request, Monotonic::time_point deadline);

    // Reads what the worker said, after poll() found its descriptor ready. After a Lost, which is
    // always the last, the process is gone.
    [[nodiscard]] std::vector<LinkEvent> hear();

    // When overdue() wants to be called; nothing under way: never.
    [[nodiscard]] Monotonic::time_point deadline() const noexcept { return deadline_; }
    // Kills the worker if its deadline has passed; the Lost that follows from it.
    [[nodiscard]] std::optional<Lost> overdue(Monotonic::time_point now);

    // Ends the process: it may leave by itself for `patience_ms`, then it is killed.
    void stop(int patience_ms);

    // What the worker and its device said to each other since the last request, as valid UTF-8; of
    // a worker that is gone, too. Empty where nothing is kept.
    [[nodiscard]] std::string trace() const;

    // Buries killed workers that were not gone at once. True if none is left.
    bool reap();

private:
    [[nodiscard]] Lost lose(const std::string& why, int patience_ms);
    [[nodiscard]] std::optional<LinkEvent> understand(const std::string& line, std::string& why);

    std::string program_;
    TraceRing trace_;
    std::unique_ptr<Child> child_;
    std::vector<std::unique_ptr<Child>> killed_; // that are not gone yet
    std::optional<Request> pending_;
    std::int64_t number_ = 0;
    Monotonic::time_point deadline_ = Monotonic::time_point::max();
};

// The word of a request for the log.
[[nodiscard]] std::string_view word_of(const Request& request) noexcept;

} // namespace smsspool

#endif
