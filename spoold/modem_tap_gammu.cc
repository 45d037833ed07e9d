// read(), write() and usleep() of this program, and by the dynamic linker's rule also those of the
// libraries that it uses: libgammu keeps what it says to the modem, and what it hears, to itself,
// and sleeps for times that no setting changes.
//
// Under names of their own, because the headers declare the true ones in ways that cannot be
// defined again.

#include "spoold/modem_noise.h"
#include "spoold/modem_pace.h"
#include "spoold/modem_stall.h"
#include "spoold/modem_tap.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

// The device number, where the descriptor is a tty and not one of the standard three.
std::optional<dev_t> tty_behind(int descriptor) {
    struct stat facts {};
    if (descriptor <= STDERR_FILENO || ::fstat(descriptor, &facts) != 0 || !S_ISCHR(facts.st_mode))
        return std::nullopt;
    return facts.st_rdev;
}

smsspool::NoiseFilter& noise_filter(dev_t device) {
    static std::map<dev_t, smsspool::NoiseFilter> filters;
    return filters[device];
}

// As of a tty that has nothing to read; 0 would be its end.
ssize_t nothing_now() {
    errno = EAGAIN;
    return -1;
}

std::string name_of(int descriptor) {
    std::array<char, 256> name{};
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    const ssize_t length = ::readlink(link.c_str(), name.data(), name.size());
    return {name.data(), static_cast<std::size_t>(length > 0 ? length : 0)};
}

} // namespace

extern "C" {

[[gnu::visibility("default")]] ssize_t tapped_read(int descriptor, void* bytes,
                                                   std::size_t size) __asm__("read");
[[gnu::visibility("default")]] ssize_t tapped_write(int descriptor, const void* bytes,
                                                    std::size_t size) __asm__("write");
[[gnu::visibility("default")]] int tapped_usleep(useconds_t time) __asm__("usleep");

ssize_t tapped_read(int descriptor, void* bytes, std::size_t size) {
    const auto tty = tty_behind(descriptor);
    if (tty && smsspool::StallLimit::reached()) // also for loops that look at nothing else
        return nothing_now();
    const ssize_t count = ::syscall(SYS_read, descriptor, bytes, size);
    if (count <= 0 || !tty)
        return count;
    const std::string_view read(static_cast<const char*>(bytes), static_cast<std::size_t>(count));
    smsspool::tty_tap().heard(*tty, name_of(descriptor), read);
    smsspool::pace().read(read);
    const std::string passed = noise_filter(*tty).pass(read, size);
    std::copy(passed.begin(), passed.end(), static_cast<char*>(bytes));
    return passed.empty() ? nothing_now() : static_cast<ssize_t>(passed.size());
}

ssize_t tapped_write(int descriptor, const void* bytes, std::size_t size) {
    const ssize_t count = ::syscall(SYS_write, descriptor, bytes, size);
    const int error = errno;
    if (const auto tty = tty_behind(descriptor)) {
        smsspool::StallLimit::progress();
        if (count > 0) {
            const std::string_view written(static_cast<const char*>(bytes),
                                           static_cast<std::size_t>(count));
            smsspool::tty_tap().sent(*tty, name_of(descriptor), written);
            smsspool::pace().wrote(descriptor, written);
        }
    }
    errno = error;
    return count;
}

int tapped_usleep(useconds_t time) {
    smsspool::pace().sleep(std::chrono::microseconds(time));
    return 0;
}

} // extern "C"
