// When a program is to end.

#include "pull/stop.h"

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <limits>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>

namespace smsspool {

namespace {

Fd watch_signals() {
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    return Fd(::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK));
}

} // namespace

Stop::Stop() : signals_(watch_signals()), asked_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!signals_ || !asked_)
        throw system_error(Fault::unavailable, "signalfd");
}

bool Stop::wait(Ms time) const {
    // Neither is ever read: each thread finds what came, as often as it asks.
    std::array<pollfd, 2> watched{{{signals_.get(), POLLIN, 0}, {asked_.get(), POLLIN, 0}}};
    const auto until = Monotonic::now() + time;
    for (;;) {
        const auto left = std::chrono::ceil<Ms>(until - Monotonic::now()).count();
        const auto most = std::int64_t{std::numeric_limits<int>::max()};
        const int found = ::poll(watched.data(), watched.size(),
                                 static_cast<int>(std::clamp(left, std::int64_t{0}, most)));
        if (found > 0)
            return true;
        if (found == 0 && Monotonic::now() >= until)
            return false;
        if (found < 0 && errno != EINTR)
            throw system_error(Fault::unavailable, "poll");
    }
}

void Stop::ask() noexcept {
    const std::uint64_t one = 1;
    (void)!::write(asked_.get(), &one, sizeof one);
}

void notify_ready() {
    sd_notify(0, "READY=1");
}

void notify_alive(const std::string& status) {
    // A line feed would begin another message.
    sd_notify(0, ("WATCHDOG=1\nSTATUS=" + printable(status)).c_str());
}

void notify_stopping() {
    sd_notify(0, "STOPPING=1");
}

} // namespace smsspool
