// One modem as the daemon drives it: its worker, the work in hand, and what it does next.
//
// A lane claims for its modem only what it can tell its worker at once, keeps at most one request
// under way, and lets sending and receiving take turns. It never waits: the loop calls readable()
// and step(), and wake_at() says when step() is due again.
//
//   lane.cc           what to do next, and how the modem is
//   lane_open.cc      a worker is started, the modem opened, its PIN given
//   lane_events.cc    what its worker says
//   lane_send.cc      work is claimed, told and settled
//   lane_receive.cc   what arrived is read, stored and deleted
//   lane_recovery.cc  it failed: what is tried

#ifndef SMSSPOOL_SPOOLD_LANE_H
#define SMSSPOOL_SPOOLD_LANE_H

#include "common/error.h"
#include "common/log.h"
#include "common/numbers.h"
#include "common/retry.h"
#include "common/settings.h"
#include "common/spool.h"
#include "spoold/hook.h"
#include "spoold/ladder.h"
#include "spoold/link.h"
#include "spoold/outage.h"
#include "spoold/quota.h"
#include "spoold/trust.h"

#include <deque>
#include <memory>
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
    SpoolOutage outage{};
    std::set<std::string> unable{}; // the modems that cannot send now, see Lane::able()
    bool taken_in = false;          // texts came in since this was set to false
};

class Lane {
public:
    // `program`: the worker's path. `quota` is that of all lanes of this sender.
    Lane(const ModemConfig& modem, Context& context, const std::string& program,
         std::shared_ptr<Quota> quota);

    // For poll(): the worker's, or that of a hook that runs; -1 while there is neither.
    [[nodiscard]] int descriptor() const noexcept;
    void readable();
    void step();
    [[nodiscard]] Monotonic::time_point wake_at() const;

    // What an earlier run knew of this modem. Its device is looked for under other names, too, as
    // long as the configuration is the one under which it was found.
    void remember(const ModemView& before);

    // There may be new work in the spool.
    void look() noexcept { look_ = true; }

    // Something went out whose outcome is not in the spool yet.
    [[nodiscard]] bool has_work() const noexcept { return work_.has_value(); }

    // Ends the worker. REQUIRES: !has_work() for a clean end; else the outcome is unknown.
    void stop();

    // True if a person sees this modem as able to send.
    [[nodiscard]] bool can_send() const noexcept { return !unable_since_; }
    // True if messages need not look for another modem: it can send, or could a moment ago, or has
    // just been started.
    [[nodiscard]] bool able(Monotonic::time_point now) const;
    // Since when nothing was read from this modem; a scan that ended moves it.
    [[nodiscard]] UtcMs last_read() const noexcept { return last_read_; }
    [[nodiscard]] const ModemView& view() const noexcept { return view_; }
    // True once after what a person sees of it changed.
    [[nodiscard]] bool take_changed() noexcept { return std::exchange(changed_, false); }

private:
    // One stored message to delete from the modem.
    struct Removal {
        DeleteRequest request;
        std::string incoming_id;
    };
    struct Shown {
        std::string state, error;
    };

    // What to do next
    void check_deadline(Monotonic::time_point now);
    void choose(Monotonic::time_point now);
    [[nodiscard]] Monotonic::time_point send_at() const;
    [[nodiscard]] Shown shown(Monotonic::time_point now) const;
    void show_state(Monotonic::time_point now);
    void ask(const Request& request, Ms patience);
    void put_off(const Error& error);
    [[nodiscard]] std::string trace() const;

    // Opening
    void start(Monotonic::time_point now);
    void open_modem();
    [[nodiscard]] std::map<std::string, std::string> worker_settings() const;
    [[nodiscard]] bool add_secret(OpenRequest& request);
    [[nodiscard]] bool add_pin(OpenRequest& request);
    [[nodiscard]] std::optional<std::string> read_pin();
    [[nodiscard]] bool pin_is_refused(const std::string& mark, const Spool::PinNote& note);
    void note_pin(const Spool::PinNote& note);
    void opened(const Opened& opened);

    // Events
    void handle(const LinkEvent& event);
    void answered(const Request& request, const Answer& answer);
    void told_state(const LinkState& state);
    void registered();
    void unregistered(const std::string& network);
    void watch_storage();
    void in_trouble(const Request& request, const Trouble& trouble);
    void judge_pin(const Trouble& trouble);
    bool goes_on(const Request& request, const Trouble& trouble);
    void lost(const Lost& lost);
    void hold(const std::string& why, Ms least);

    // Sending
    [[nodiscard]] bool may_claim(Monotonic::time_point now);
    [[nodiscard]] Claimer claimer(UtcMs now) const;
    bool send(Monotonic::time_point now);
    void claim_next(Monotonic::time_point now);
    void tell(const Work& work);
    void send_answered(const Answer& answer);
    void judge_modem(const Outcome& outcome);
    void finish(const Outcome& outcome);
    void settle();
    [[nodiscard]] Decision decision(UtcMs now);

    // Receiving
    bool receive(Monotonic::time_point now);
    void scanned(const Scanned& scanned);
    void taken_in(const IncomingSms& sms, const TakenIn& taken);
    void removed(const Answer& answer);
    void release_removed();

    // Recovery
    void fail(const std::string& why, Obstacle obstacle, Doing doing);
    void tell_failure(const std::string& why, const Ladder::Next& next);
    void tell_aside();
    void begin(Rung rung);
    void start_reset(ResetRequest::Level level);
    void start_hook(Monotonic::time_point now);
    void end_step(const std::string& result, LogLevel level);
    void recovered(Monotonic::time_point now);
    void release_pinned(Monotonic::time_point now);

    ModemConfig modem_;
    Context& context_;
    Link link_;
    Hook hook_;
    Ladder ladder_;
    Trust trust_;
    std::shared_ptr<Quota> quota_;
    ModemView view_;
    bool changed_ = true;

    // Work
    std::optional<Work> work_;       // told to the worker, or to be settled
    std::optional<Outcome> outcome_; // of work_, not committed yet
    bool look_ = true;               // the spool may have due work
    bool claim_unsure_ = false;      // an answer of the spool was lost: it may have been a claim
    bool prefer_send_ = false;       // the last turn was receiving
    std::int64_t claims_ = 0;
    std::optional<Quota::Limit> limit_; // reached
    Monotonic::time_point retry_at_{};  // the spool failed: not before
    Monotonic::time_point due_at_ = Monotonic::time_point::max();

    // The link
    bool open_ = false;    // the worker is open and can take requests
    bool whole_ = false;   // it wants texts as a whole
    bool stopped_ = false; // by stop()
    std::string known_imei_;
    std::string given_pin_;   // secret_mark() of the PIN that this worker was given; empty: none
    std::string refused_pin_; // and of the one that the SIM refused, should the spool not take it
    std::string told_refused_pin_; // it was logged that this one is not given
    std::string down_why_;

    // The network
    bool network_asked_ = false; // it is known, as far as the modem tells, since it was opened
    bool registered_ = true;
    std::optional<Monotonic::time_point> unregistered_since_;
    Ms radio_pause_{
        0}; // of a modem that does not register: from one switch of its radio to the next
    Monotonic::time_point radio_at_{};
    std::int64_t holds_ = 0; // in a row, refused for want of a network
    std::string hold_why_;
    Monotonic::time_point hold_until_{};
    Monotonic::time_point next_state_{};

    // Receiving
    bool scan_wanted_ = false;
    bool storage_full_ = false; // nearly: see storage_warning
    std::deque<Removal> removals_;
    std::vector<std::string> released_;
    std::set<std::string> stuck_; // incoming ids that could not be deleted: said once
    UtcMs scan_began_ = 0;
    UtcMs last_read_ = utc_now();
    Monotonic::time_point next_scan_{};

    // Recovery
    Rung next_rung_ = Rung::reopen; // at restart_at_
    Monotonic::time_point restart_at_{};
    Monotonic::time_point step_began_{};
    std::optional<Monotonic::time_point> outage_began_; // its first failure
    std::int64_t outage_failures_ = 0;
    std::optional<Monotonic::time_point> unable_since_ = Monotonic::now();
    bool unpinned_ = false; // in this time of being unable
    std::string told_why_;
    Monotonic::time_point tell_again_at_{};

    std::minstd_rand random_{std::random_device{}()};
};

} // namespace smsspool

#endif
