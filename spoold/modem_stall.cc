// Ends a call into a library that waits for a device which does not go on.

#include "spoold/modem_stall.h"

#include <csignal>
#include <sys/time.h>

namespace smsspool {

namespace {

// Read by the handler; changed only while the timer is off.
StallLimit::End end_call = nullptr;
void* end_argument = nullptr;
itimerval interval{};
volatile std::sig_atomic_t time_is_up = 0;

void on_alarm(int) {
    time_is_up = 1;
    if (end_call != nullptr)
        end_call(end_argument);
}

void start_timer() noexcept {
    ::setitimer(ITIMER_REAL, &interval, nullptr);
}

void stop_timer() noexcept {
    const itimerval off{};
    ::setitimer(ITIMER_REAL, &off, nullptr);
}

} // namespace

StallLimit::StallLimit(std::chrono::milliseconds limit, End end, void* argument) {
    struct sigaction action {};
    action.sa_handler = on_alarm;
    ::sigaction(SIGALRM, &action, nullptr);
    end_argument = argument;
    end_call = end;
    const auto ms = limit.count();
    interval.it_value = {ms / 1000, ms % 1000 * 1000};
    start_timer();
}

StallLimit::~StallLimit() {
    stop_timer();
    end_call = nullptr;
    time_is_up = 0;
}

bool StallLimit::reached() noexcept {
    return time_is_up != 0;
}

void StallLimit::progress() noexcept {
    if (end_call != nullptr)
        start_timer();
}

} // namespace smsspool
