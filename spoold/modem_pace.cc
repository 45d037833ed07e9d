// How long libgammu sleeps.

#include "spoold/modem_pace.h"

#include "common/clock.h"

#include <sys/ioctl.h>
#include <time.h>

namespace smsspool {

namespace {

using std::chrono::microseconds;

// A shorter one is part of a loop that waits for something.
constexpr microseconds shortest{50000};
constexpr microseconds step{1000};
// After its prompt a modem has said that it reads; this is for the way.
constexpr microseconds after_prompt{5000};

void really_sleep(microseconds time) {
    const auto count = time.count();
    const timespec wanted{count / 1000000, count % 1000000 * 1000};
    ::nanosleep(&wanted, nullptr);
}

} // namespace

void Pace::wrote(int tty, std::string_view bytes) {
    tty_ = tty;
    at_prompt_ = false;
    in_message_ = bytes.size() > 1 && bytes.find_first_of("\r\n\x1A\x1B") == bytes.npos;
    awaited_ = in_message_ ? bytes.size() : 1;
}

void Pace::read(std::string_view bytes) {
    const auto last = bytes.find_last_not_of(' ');
    at_prompt_ = last != bytes.npos && bytes[last] == '>';
}

// Nothing of it is read while libgammu sleeps.
bool Pace::has_echoed() const {
    int waiting = 0;
    if (::ioctl(tty_, FIONREAD, &waiting) != 0)
        return true; // there is nobody to wait for
    return waiting >= 0 && static_cast<std::size_t>(waiting) >= awaited_;
}

void Pace::sleep(microseconds time) {
    if (time < shortest || slow_ || tty_ < 0)
        return really_sleep(time);
    if (at_prompt_)
        return really_sleep(after_prompt);
    const auto until = Monotonic::now() + time;
    while (!has_echoed()) {
        if (Monotonic::now() >= until) {
            slow_ = slow_ || in_message_;
            return;
        }
        really_sleep(step);
    }
}

Pace& pace() {
    static Pace only;
    return only;
}

} // namespace smsspool
