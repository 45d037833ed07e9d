// A worker process.

#include "spoold/child.h"

#include "common/error.h"

#include <array>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace smsspool {

namespace {

constexpr int exec_failed = 127; // the shell's word for it

// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become(const char* program, int channel, pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The daemon may have died before the line above: then nobody would kill this process.
    if (::getppid() != parent)
        ::_exit(exec_failed);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr); // the daemon blocks what it reads by signalfd
    ::signal(SIGPIPE, SIG_DFL);
    if (::dup2(channel, STDIN_FILENO) < 0 || ::dup2(channel, STDOUT_FILENO) < 0)
        ::_exit(exec_failed);
    char* const arguments[] = {const_cast<char*>(program), nullptr};
    ::execv(program, arguments);
    ::_exit(exec_failed);
}

std::string how_it_ended(int status) {
    if (WIFSIGNALED(status))
        return "killed by signal " + std::to_string(WTERMSIG(status));
    if (WEXITSTATUS(status) == exec_failed)
        return "could not be started";
    return "left with status " + std::to_string(WEXITSTATUS(status));
}

// True if the process ended within `patience_ms`.
bool wait_for_end(pid_t pid, int patience_ms) {
    const Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!handle)
        return false;
    pollfd wait{handle.get(), POLLIN, 0};
    return ::poll(&wait, 1, patience_ms) > 0;
}

} // namespace

Child::Child(const std::string& program) {
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
        become(program.c_str(), other.get(), parent);
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
    std::array<char, 16384> buffer{};
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
    if (!status_) {
        if (!wait_for_end(pid_, patience_ms))
            ::kill(pid_, SIGKILL);
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        status_ = status;
    }
    return how_it_ended(*status_);
}

} // namespace smsspool
