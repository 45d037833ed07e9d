// A process of the test's own, and what it writes.

#ifndef SMSSPOOL_TESTS_SUPPORT_TEST_CHILD_H
#define SMSSPOOL_TESTS_SUPPORT_TEST_CHILD_H

#include "common/fd.h"

#include <cstddef>
#include <functional>
#include <string>
#include <sys/types.h>

namespace smsspool {

class TestChild {
public:
    // What the child does: it may write to `out`, and its answer is its exit status.
    using Body = std::function<int(int out)>;

    // Runs `body` in a child; one that throws ends with status 99.
    explicit TestChild(const Body& body);
    // Kills the child if it still runs.
    ~TestChild();
    TestChild(const TestChild&) = delete;
    TestChild& operator=(const TestChild&) = delete;

    // What it wrote so far, once that is `least` bytes or the child closed its side.
    const std::string& read(std::size_t least);
    // Everything, once the child closed its side.
    const std::string& read_all();
    // Ends it with SIGKILL.
    void kill() noexcept;
    // Waits for its end: the exit status, or 128 and the signal.
    int wait();

private:
    pid_t pid_ = -1;
    Fd in_;
    std::string text_;
};

} // namespace smsspool

#endif
