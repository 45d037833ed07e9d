// One modem as the daemon drives it: its worker, the work in hand, and what it does next.
//
// A lane claims for its modem only what it can tell its worker at once, keeps at most one request
// under way, and lets sending and receiving take turns. It never waits: the loop calls readable()
// and step(), and wake_at() says when step() is due again.

#ifndef SMSSPOOL_SPOOLD_LANE_H
#define SMSSPOOL_SPOOLD_LANE_H

#include "common/error.h"
#include "common/numbers.h"
#include "common/retry.h"
#include "common/settings.h"
#include "common/spool.h"
#include "spoold/link.h"

#include <deque>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace smsspool {

// What all lanes of a daemon share. The members outlive the lanes.
struct Context {
    const Config& config;
    const Numbers& numbers;
    Spool& spool;
    std::string owner; // of the claims: this host and this run
    enum class Phase { running, stopping } phase = Phase::running;
};

class Lane {
public:
    // `program`: the worker's path.
    Lane(const ModemConfig& modem, Context& context, const std::string& program);

    // For poll(): -1 while no worker runs.
    [[nodiscard]] int descriptor() const noexcept { return link_.descriptor(); }
    void readable();
    void step();
    [[nodiscard]] Monotonic::time_point wake_at() const;

    // There may be new work in the spool.
    void look() noexcept { look_ = true; }

    // Something went out whose outcome is not in the spool yet.
    [[nodiscard]] bool has_work() const noexcept { return work_.has_value(); }

    // Ends the worker. REQUIRES: !has_work() for a clean end; else the outcome is unknown.
    void stop();

    // True if a person sees this modem as able to send.
    [[nodiscard]] bool ready() const noexcept { return view_.state == "ready"; }
    // Since when nothing was read from this modem; a scan that ended moves it.
    [[nodiscard]] UtcMs last_read() const noexcept { return last_read_; }
    [[nodiscard]] const ModemView& view() const noexcept { return view_; }
    // True once after the state changed.
    [[nodiscard]] bool take_changed() noexcept { return std::exchange(changed_, false); }

private:
    // One stored message to delete from the modem.
    struct Removal {
        DeleteRequest request;
        std::string incoming_id;
    };

    // step()
    void check_deadline(Monotonic::time_point now);
    void start_worker();
    void choose(Monotonic::time_point now);
    bool receive(Monotonic::time_point now);
    bool send(Monotonic::time_point now);
    bool may_claim(Monotonic::time_point now) const;
    void claim_next(Monotonic::time_point now);

    // Requests
    [[nodiscard]] OpenRequest open_request();
    void ask(const Request& request, Ms patience);
    void tell(const Work& work);

    // Events
    void handle(const LinkEvent& event);
    void answered(const Request& request, const Answer& answer);
    void opened(const Opened& opened);
    void send_answered(const Answer& answer);
    void scanned(const Scanned& scanned);
    void removed(const DeleteRequest& request, const Answer& answer);
    void told_state(const LinkState& state);
    void in_trouble(const Request& request, const Trouble& trouble);
    void lost(const Lost& lost);

    // Settling
    void finish(const Outcome& outcome);
    void settle();
    void release_removed();

    void replace_worker(const std::string& why, Ms pause);
    void hold(const std::string& why);
    void set_state(const std::string& state, const std::string& error);
    void put_off(const Error& error);

    ModemConfig modem_;
    Context& context_;
    Link link_;
    ModemView view_;
    bool changed_ = true;

    std::optional<Work> work_;       // told to the worker, or to be settled
    std::optional<Outcome> outcome_; // of work_, not committed yet
    bool open_ = false;              // the worker is open and can take requests
    bool look_ = true;               // the spool may have due work
    bool claim_unsure_ = false;      // an answer of the spool was lost: it may have been a claim
    bool prefer_send_ = false;       // the last turn was receiving
    bool scan_wanted_ = false;
    std::string pin_mark_;    // secret_mark() of the PIN that this worker was given; empty: none
    std::string refused_pin_; // and of the one that the SIM refused, should the spool not take it
    bool registered_ = true;
    std::deque<Removal> removals_;
    std::vector<std::string> released_;
    std::set<std::string> stuck_; // incoming ids that could not be deleted: said once
    UtcMs scan_began_ = 0;
    UtcMs last_read_ = utc_now();
    std::int64_t failures_ = 0; // in a row, of starting or opening
    std::int64_t holds_ = 0;    // in a row, for want of a network

    Monotonic::time_point restart_at_{};
    Monotonic::time_point next_scan_{};
    Monotonic::time_point next_state_{};
    Monotonic::time_point hold_until_{};
    Monotonic::time_point retry_at_{}; // the spool failed: not before
    Monotonic::time_point due_at_ = Monotonic::time_point::max();
    Monotonic::time_point complain_at_{};
    std::minstd_rand random_{std::random_device{}()};
};

} // namespace smsspool

#endif
