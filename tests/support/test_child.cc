// A process of the test's own.

#include "tests/support/test_child.h"

#include "common/error.h"

#include <array>
#include <csignal>
#include <limits>
#include <sys/wait.h>

namespace smsspool {

TestChild::TestChild(const Body& body) {
    // The test framework takes the end of a child for a fault of the test.
    std::signal(SIGCHLD, SIG_DFL);
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0)
        throw system_error(Fault::unavailable, "pipe");
    in_.reset(ends[0]);
    Fd out(ends[1]);
    pid_ = ::fork();
    if (pid_ < 0)
        throw system_error(Fault::unavailable, "fork");
    if (pid_ > 0)
        return;
    in_.reset();
    int status = 99;
    try {
        status = body(out.get());
    } catch (...) {
        status = 99;
    }
    ::_exit(status); // nothing of the test that was copied may run twice
}

TestChild::~TestChild() {
    if (pid_ < 0)
        return;
    kill();
    ::waitpid(pid_, nullptr, 0);
}

const std::string& TestChild::read(std::size_t least) {
    std::array<char, 4096> buffer{};
    while (text_.size() < least) {
        const ssize_t length = ::read(in_.get(), buffer.data(), buffer.size());
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            break;
        text_.append(buffer.data(), static_cast<std::size_t>(length));
    }
    return text_;
}

const std::string& TestChild::read_all() {
    return read(std::numeric_limits<std::size_t>::max());
}

void TestChild::kill() noexcept {
    if (pid_ > 0)
        ::kill(pid_, SIGKILL);
}

int TestChild::wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0) {
        if (errno != EINTR)
            throw system_error(Fault::unavailable, "waitpid");
    }
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace smsspool
