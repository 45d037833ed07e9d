// The loop that every worker shares: request lines in on descriptor 0, answers out on descriptor 1.
//
// A worker is a Transport and a main() that gives it to run_worker(). The loop holds the protocol,
// so that a transport sees only requests that it can carry out.

#ifndef SMSSPOOL_SPOOLD_WORKER_MAIN_H
#define SMSSPOOL_SPOOLD_WORKER_MAIN_H

#include "spoold/worker_protocol.h"

namespace smsspool {

// The way to the network that one worker process has. Each verb answers as its request says in
// worker_protocol.h. An exception ends the process; the daemon takes an unanswered send as unknown.
class Transport {
public:
    enum class Event {
        nothing,
        incoming, // the daemon is to be told that something arrived
        gone,     // the device is no more; the process ends with status 69
    };

    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    [[nodiscard]] virtual Answer open(const OpenRequest& request) = 0;
    // REQUIRES: !send_fault(request), see worker_check.h.
    [[nodiscard]] virtual Answer send(const SendRequest& request) = 0;
    [[nodiscard]] virtual Answer scan() = 0;
    [[nodiscard]] virtual Answer remove(const DeleteRequest& request) = 0;
    [[nodiscard]] virtual Answer state() = 0;
    // Done where the transport has nothing to reset.
    [[nodiscard]] virtual Answer reset(const ResetRequest&) { return Done{}; }

    // What to wait for beside requests.
    struct Watch {
        int descriptor = -1; // listen() is called when it is readable or hung up; -1 none
        int every_ms = -1;   // listen() is called after so long in silence; -1 never
    };
    [[nodiscard]] virtual Watch watch() const { return {}; }

    // Takes what came unasked, without waiting for more.
    [[nodiscard]] virtual Event listen() { return Event::nothing; }
};

// Serves until the standard input ends. The exit status of the process: 0 at that end, 69 where the
// device is gone, 74 where the daemon cannot be reached any more, 76 where it broke the protocol.
[[nodiscard]] int run_worker(Transport& transport);

// The body of a worker's main(): settings of the process, run_worker(), and the last catch.
[[nodiscard]] int worker_main(Transport& transport) noexcept;

} // namespace smsspool

#endif
