// smsspoold: the loop that drives the modems and keeps the spool's time.
//
// One thread, one poll(), signals as descriptors. Nothing in it waits but the spool's own busy
// timeout; a lost poke or a late timer costs a delay, never a message.
//
//   daemon.cc        the loop
//   daemon_sweep.cc  what is done from time to time
//   daemon_index.cc  texts are made findable

#ifndef SMSSPOOL_SPOOLD_DAEMON_H
#define SMSSPOOL_SPOOLD_DAEMON_H

#include "common/fd.h"
#include "common/numbers.h"
#include "common/settings.h"
#include "common/spool.h"
#include "spoold/lane.h"

#include <memory>
#include <string>
#include <vector>

namespace smsspool {

class Daemon {
public:
    // Takes the lock, opens the spool, and settles what an earlier daemon left open. Throws Error:
    // conflict where another daemon holds the lock, else what the spool throws.
    explicit Daemon(const Config& config);

    // Until SIGTERM or SIGINT: then no new work is taken, what is on its way to the network is
    // finished, and it returns. SIGTERM and SIGINT must be blocked.
    void run();

private:
    void make_lanes();
    [[nodiscard]] std::vector<Usage> usage_of(const ModemConfig& modem);
    void settle_orphans();
    void remember_modems();
    void wait();
    [[nodiscard]] int timeout_ms() const;
    void take_signals();
    void stop_claiming();
    [[nodiscard]] bool finished() const;
    void step_lanes();
    void find_unable();
    void unfold();
    void unfold_some();
    void look_everywhere();
    void texts_came();
    void index();
    void index_some();
    void keep_time();
    void tell_systemd();

    // From time to time. Each throws what the spool throws.
    void sweep();
    void reroute();
    void expire();
    void expire_some();
    void give_up_replies();
    void hand_out_fragments();
    void purge();
    void watch_disk();
    void beat();
    // False where the spool was busy: then the rest would wait as well.
    bool try_to(void (Daemon::*what)());

    const Config& config_;
    Fd lock_;
    Numbers numbers_;
    Spool spool_;
    Context context_;
    Fd signals_;
    Fd pokes_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    DaemonView self_;
    std::string told_systemd_;
    bool disk_low_ = false;
    // Perhaps: recipients of messages to many that have no jobs yet, or were never accepted.
    bool folded_ = true, unfinished_ = true;
    Monotonic::time_point next_sweep_{};
    Monotonic::time_point next_unfold_{};
    // The walk through the queue that finds what is too old.
    QueuePlace walked_;
    bool walking_ = false;
    Monotonic::time_point next_walk_{};
    // Perhaps: texts that search does not find through its index.
    bool unindexed_ = true;
    bool index_damaged_ = false; // which was said
    bool quiet_ = false;         // the last poll() waited in vain
    std::size_t bite_ = 100;
    Monotonic::time_point next_index_{}, latest_index_{};
    Monotonic::time_point next_beat_{};
    Monotonic::time_point next_watchdog_ = Monotonic::time_point::max();
    std::chrono::microseconds watchdog_{0};
};

// The path of the worker program of `modem`: in `worker_dir`, else beside this program, else in
// ../libexec/smsspool. Throws Error(unavailable) where there is none that can be run.
[[nodiscard]] std::string worker_program(const Config& config, const ModemConfig& modem);

} // namespace smsspool

#endif
