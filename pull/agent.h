// The agent of one remote API: fetches messages into the spool, and tells the API what becomes of
// them.
//
// A message is in the spool before anything is told of it, under the name that the server has for
// it: what is fetched twice is sent once. What was told is written down after the server took it,
// so that a crash between the two tells it twice. Of one message it is told in order: Entrusted,
// then how it ended. A server that entrusts by handing out may refuse to hear the first.

#ifndef SMSSPOOL_PULL_AGENT_H
#define SMSSPOOL_PULL_AGENT_H

#include "common/clock.h"
#include "common/numbers.h"
#include "common/settings.h"
#include "common/spool.h"
#include "common/submit.h"
#include "pull/remote.h"

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

struct Moment {
    UtcMs utc = 0;
    Monotonic::time_point tick{};
};

// One kind of request to the server, which fails and works again as a whole.
struct Errand {
    std::string_view what; // for the log
    Monotonic::time_point due{};
    std::int64_t failures = 0; // in a row
    std::string error{};       // why the last one failed; empty: it did not
    Monotonic::time_point began{}, said{};
};

// "pull:NAME", its name as a follower and in the health.
[[nodiscard]] std::string agent_name(const RemoteConfig& remote);

// What the server is told of a job in this state; nothing: not yet anything.
[[nodiscard]] std::optional<RemoteStatus> remote_status(State state) noexcept;

class Agent {
public:
    using Clock = std::function<Moment()>;
    using Stopping = std::function<bool()>;

    // All must outlive it. It belongs to one thread, but for view(). `stopping` is asked before
    // each request to the server: true, and none is begun any more.
    Agent(
        const Config& config, const RemoteConfig& remote, const Numbers& numbers, Remote& api,
        SpoolSource spool, Clock clock, Stopping stopping = [] { return false; });
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;

    // Does what is due, as little of everything that nothing waits long: makes the gateway known,
    // tells for some seconds, and fetches once where that worked or failed a few times. How long
    // nothing more is due then; a job that ends meanwhile is looked for each half second. Throws
    // what the spool throws. Nothing is lost by that: what was fetched is kept and is the first to
    // be stored by the next turn, and until it is nothing else is fetched.
    [[nodiscard]] Ms turn();

    // The last that it does, whatever `stopping` says. Logs what the server has handed out and the
    // spool does not hold, then gives that back (Pending) as long as the server takes it, for some
    // seconds: nobody would send it before the server's patience ends. Throws what the spool
    // throws; then the rest is not given back.
    void leave();

    // As it stands; `beat` is 0. After a turn that threw it is failing, until one does not. Any
    // thread.
    [[nodiscard]] AgentView view() const;

    // "3 fetched, 3 told, 0 waiting"
    [[nodiscard]] std::string counts() const;

private:
    // What cannot be stored, and the server has to be told. It is in no spool: if this program ends
    // before it was told, the server hands the message out again when its patience ends.
    struct Refusal {
        RemoteName name;
        RemoteReport report;
        std::int64_t failures = 0;
        Monotonic::time_point due{};
    };
    enum class After { go_on, stop };

    // agent.cc
    void work();
    void enrol();
    void fetch();
    [[nodiscard]] std::size_t store_fetched();
    [[nodiscard]] bool store(const RemoteMessage& message);
    [[nodiscard]] Draft draft_of(const RemoteMessage& message, UtcMs now) const;
    [[nodiscard]] bool took(const RemoteMessage& message, const Submitted& submitted);
    void handed_out_again(const RemoteMessage& message, const Followed& known);
    void contradicted(const RemoteMessage& message);
    [[nodiscard]] bool refuse(const RemoteName& name, RemoteStatus status,
                              const std::string& reason);
    [[nodiscard]] bool forgotten(const RemoteMessage& message);
    [[nodiscard]] bool may_fetch() const;
    [[nodiscard]] bool is_full() const;
    [[nodiscard]] bool has_room();
    [[nodiscard]] std::int64_t count_in_hand();
    [[nodiscard]] Ms pause() const;
    void say_counts();

    // agent_tell.cc
    void tell();
    void tell_refusals();
    [[nodiscard]] After tell_refusal(Refusal& refusal);
    [[nodiscard]] std::vector<Followed> due_jobs();
    [[nodiscard]] After tell_job(Followed followed);
    [[nodiscard]] RemoteOutcome say(const Followed& followed, const RemoteReport& report);
    void entrusted(Followed& followed, int code);
    [[nodiscard]] After not_told(Followed followed, const RemoteOutcome& outcome);
    [[nodiscard]] bool is_gone(const Followed& followed, const RemoteOutcome& outcome) const;
    void ended(const Followed& followed, int code);
    void note(Errand& errand, const RemoteOutcome& outcome);
    void count_told();

    void worked(Errand& errand);
    void failed(Errand& errand, const RemoteOutcome& outcome);
    void show();
    [[nodiscard]] std::string named(std::string_view text) const;

    const Config& config_;
    const RemoteConfig& remote_;
    const Numbers& numbers_;
    Remote& api_;
    SpoolSource spool_;
    Clock clock_;
    Stopping stopping_;
    const std::string follower_;

    bool enrolled_ = false;
    bool heard_ = false; // the server did something that it was asked
    Errand enrolling_{"making this gateway known"};
    Errand fetching_{"asking for messages"};
    Errand telling_{"telling of messages"};
    // On its own: what was refused holds up no job.
    Errand refusing_{"telling of refused messages"};
    std::deque<RemoteMessage> fetched_; // and not stored yet
    std::deque<Refusal> refusals_;
    std::deque<std::string> contradicted_; // ids of which the log spoke
    std::deque<std::string> refused_;      // names; likewise
    std::string told_to_;                  // the job up to which the last turn looked; empty: all
    std::string spool_error_;              // of the last turn; empty: none
    std::int64_t in_hand_ = 0;
    std::optional<Monotonic::time_point> counted_;
    std::optional<Monotonic::time_point> counts_said_;

    mutable std::mutex view_lock_;
    AgentView view_; // guarded by view_lock_; written by turn()
};

} // namespace smsspool

#endif
