// The admin's program that brings a modem back.

#include "spoold/hook.h"

#include "common/error.h"
#include "spoold/child.h"

#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace smsspool {

namespace {

// How long after SIGKILL it is asked for again, while the kernel holds it back.
constexpr std::chrono::milliseconds ask_again{500};

// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void become(char* const* arguments) {
    static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    static char* const environment[] = {path, nullptr};
    ::setsid();
    release_signals();
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (nothing < 0 || ::dup2(nothing, STDIN_FILENO) < 0 ||
        ::dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        ::_exit(exec_failed);
    ::execve(arguments[0], arguments, environment);
    ::_exit(exec_failed);
}

} // namespace

void Hook::start(const std::string& program, const std::vector<std::string>& arguments,
                 Monotonic::time_point deadline) {
    std::vector<char*> words{const_cast<char*>(program.c_str())};
    for (const std::string& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid < 0)
        throw system_error(Fault::unavailable, "fork");
    if (pid == 0)
        become(words.data());
    pid_ = pid;
    handle_ = process_handle(pid);
    killed_ = false;
    deadline_ = deadline;
}

std::optional<std::string> Hook::ended(Monotonic::time_point now) {
    if (!running())
        return std::nullopt;
    if (now >= deadline_) {
        ::kill(-pid_, SIGKILL);
        killed_ = true;
        deadline_ = now + ask_again;
    }
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == 0)
        return std::nullopt;
    pid_ = -1;
    handle_.reset();
    if (killed_)
        return "was not done by its deadline and was killed";
    return how_it_ended(status);
}

} // namespace smsspool
