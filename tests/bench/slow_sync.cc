// slow_sync: a disk whose every sync takes some milliseconds more, for `make bench`. Preloaded
// (LD_PRELOAD): fsync() and fdatasync() do their work and then wait for SLOW_SYNC_MS (10).

#include <chrono>
#include <cstdlib>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

namespace {

void wait() {
    static const char* const given = std::getenv("SLOW_SYNC_MS");
    static const std::chrono::milliseconds more(given == nullptr ? 10 : std::atoi(given));
    std::this_thread::sleep_for(more);
}

} // namespace

extern "C" int fsync(int descriptor) {
    const long result = ::syscall(SYS_fsync, descriptor);
    wait();
    return static_cast<int>(result);
}

extern "C" int fdatasync(int descriptor) {
    const long result = ::syscall(SYS_fdatasync, descriptor);
    wait();
    return static_cast<int>(result);
}
