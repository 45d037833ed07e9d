// A worker process: started with one end of a socket pair as its standard input and output, and
// killed at the latest with this object.

#ifndef SMSSPOOL_SPOOLD_CHILD_H
#define SMSSPOOL_SPOOLD_CHILD_H

#include "common/fd.h"

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace smsspool {

class Child {
public:
    // Starts `program` (a path); `trace` becomes its trace_descriptor (spoold/worker_trace.h), -1:
    // it has none. It dies with the daemon (PR_SET_PDEATHSIG), so that a daemon that was killed
    // never leaves a worker that goes on sending. Throws Error(unavailable).
    Child(const std::string& program, int trace);

    // Kills the process, if it still runs, and waits for it as end() does.
    ~Child();
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return channel_.get(); }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }

    // Hands `line` over as a whole. False: the process is gone or does not read; nothing that makes
    // a whole line was handed over.
    [[nodiscard]] bool tell(std::string_view line);

    // Takes what the process said. Whole lines are appended to `lines` without their line feed.
    // False: it closed its end, broke off, or a line is over `limit` bytes.
    [[nodiscard]] bool hear(std::vector<std::string>& lines, std::size_t limit);

    // The process closes or has closed its end: waits up to `patience_ms` for it to leave by
    // itself, kills it then, and waits for a moment for its end. How it ended, as a sentence for
    // the log. One that a driver of the kernel holds may still be there: see gone().
    [[nodiscard]] std::string end(int patience_ms);

    // True once nothing is left of the process. Does not wait.
    [[nodiscard]] bool gone();

private:
    Fd channel_;
    pid_t pid_ = -1;
    std::optional<int> status_;
    std::string heard_;
};

// The exit status of a process whose program could not be started: the shell's word for it.
inline constexpr int exec_failed = 127;

// Between fork and exec: what the daemon blocks or ignores, the new program gets as usual.
void release_signals() noexcept;

// Readable once the process has ended; empty where the kernel has no such thing.
[[nodiscard]] Fd process_handle(pid_t pid) noexcept;

// A status of waitpid() as a sentence for the log.
[[nodiscard]] std::string how_it_ended(int status);

} // namespace smsspool

#endif
