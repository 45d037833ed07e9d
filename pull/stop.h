// When a program is to end, and what the service manager is told meanwhile.

#ifndef SMSSPOOL_PULL_STOP_H
#define SMSSPOOL_PULL_STOP_H

#include "common/fd.h"
#include "common/settings.h"

#include <string>

namespace smsspool {

// Turns SIGTERM and SIGINT into an answer that is asked for; SIGPIPE is ignored. The signals stay
// blocked when it is gone.
class Stop {
public:
    // Throws Error(unavailable).
    // REQUIRES: made before any other thread, which would take the signal the hard way.
    Stop();
    Stop(const Stop&) = delete;
    Stop& operator=(const Stop&) = delete;

    // Waits until the program is to end, for `time` at the most. True: it is, and stays so. Any
    // thread, several at once.
    [[nodiscard]] bool wait(Ms time) const;
    [[nodiscard]] bool wanted() const { return wait(Ms(0)); }

    // As if a signal had come. Any thread.
    void ask() noexcept;

private:
    Fd signals_, asked_;
};

// sd_notify(3); nothing happens where no service manager listens.
void notify_ready();
// That the program is alive (WatchdogSec=) and what it does, a sentence.
void notify_alive(const std::string& status);
void notify_stopping();

} // namespace smsspool

#endif
