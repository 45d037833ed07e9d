// A worker process.

#include "spoold/child.h"

#include "common/error.h"
#include "spoold/worker_trace.h"

#include <array>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace smsspool {

namespace {

// A killed process is gone within microseconds, unless a driver holds it.
constexpr int killed_ms = 50;

// Between fork and exec. The ring may lie on its place already: then only its flag must go.
bool give_trace(int trace) {
    if (trace == trace_descriptor)
        return ::fcntl(trace, F_SETFD, 0) == 0;
    return trace < 0 || ::dup2(trace, trace_descriptor) >= 0;
}

// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become(const char* program, int channel, int trace, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The daemon may have died before the line above: then nobody would kill this process.
    if (::getppid() != parent)
        ::_exit(exec_failed);
    release_signals();
    if (::dup2(channel, STDIN_FILENO) < 0 || ::dup2(channel, STDOUT_FILENO) < 0 ||
        !give_trace(trace))
        ::_exit(exec_failed);
    char* const arguments[] = {const_cast<char*>(program), nullptr};
    ::execv(program, arguments);
    ::_exit(exec_failed);
}

// True if the process ended within `patience_ms`.
bool wait_for_end(pid_t pid, int patience_ms) {
    const Fd handle = process_handle(pid);
    if (!handle)
        return false;
    pollfd wait{handle.get(), POLLIN, 0};
    return ::poll(&wait, 1, patience_ms) > 0;
}

} // namespace

void release_signals() noexcept {
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr); // the daemon blocks what it reads by signalfd
    ::signal(SIGPIPE, SIG_DFL);
}

Fd process_handle(pid_t pid) noexcept {
    return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status))
        return "killed by signal " + std::to_string(WTERMSIG(status));
    if (WEXITSTATUS(status) == exec_failed)
        return "could not be started";
    return "left with status " + std::to_string(WEXITSTATUS(status));
}

Child::Child(const std::string& program, int trace) {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
        throw system_error(Fault::unavailable, "socketpair");
    channel_.reset(pair[0]);
    const Fd other(pair[1]);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0)
        throw system_error(Fault::unavailable, "fork");
    if (pid_ == 0)
        become(program.c_str(), other.get(), trace, parent);
}

Child::~Child() {
    (void)end(0);
}

bool Child::tell(std::string_view line) {
    // One request is under way at a time and fits the socket's buffer many times over.
    const ssize_t sent =
        ::send(channel_.get(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent == static_cast<ssize_t>(line.size());
}

bool Child::hear(std::vector<std::string>& lines, std::size_t limit) {
    std::array<char, 16384> buffer; // not set: recv() fills it
    const ssize_t got = ::recv(channel_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    heard_.append(buffer.data(), static_cast<std::size_t>(got));
    std::size_t start = 0;
    for (std::size_t end = 0; (end = heard_.find('\n', start)) != std::string::npos;
         start = end + 1)
        lines.push_back(heard_.substr(start, end - start));
    heard_.erase(0, start);
    return got > 0 && heard_.size() <= limit;
}

std::string Child::end(int patience_ms) {
    channel_.reset();
    if (!gone() && !wait_for_end(pid_, patience_ms)) {
        ::kill(pid_, SIGKILL);
        (void)wait_for_end(pid_, killed_ms);
    }
    return gone() ? how_it_ended(*status_) : "was killed and does not end";
}

bool Child::gone() {
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_)
        status_ = status;
    return status_.has_value();
}

} // namespace smsspool
