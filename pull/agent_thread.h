// An agent at work: a thread with its own connections to the server and to the spool.

#ifndef SMSSPOOL_PULL_AGENT_THREAD_H
#define SMSSPOOL_PULL_AGENT_THREAD_H

#include "common/http.h"
#include "common/numbers.h"
#include "common/settings.h"
#include "common/spool.h"
#include "pull/agent.h"
#include "pull/oauth.h"
#include "pull/remote.h"
#include "pull/stop.h"

#include <atomic>
#include <memory>
#include <optional>
#include <thread>

namespace smsspool {

// The settings under which its messages are taken: a number without a country is one of the
// server's.
[[nodiscard]] Config config_for(const Config& config, const RemoteConfig& remote);

class AgentThread {
public:
    // Starts it. `remote` and `stop` must outlive it. Throws Error: bad_input for settings that
    // are wrong, unavailable where libcurl cannot be started.
    AgentThread(const Config& config, const RemoteConfig& remote, Stop& stop);
    // Waits for its end. REQUIRES: `stop` is wanted.
    ~AgentThread();
    AgentThread(const AgentThread&) = delete;
    AgentThread& operator=(const AgentThread&) = delete;

    [[nodiscard]] AgentView view() const { return agent_.view(); }
    // It finished what it had begun and has logged out. Waiting for its end takes no time then.
    [[nodiscard]] bool finished() const noexcept { return finished_; }
    // It ended by itself, for a reason that is in the log; `stop` was asked for.
    [[nodiscard]] bool broken() const noexcept { return broken_; }

private:
    void run() noexcept;
    void work();
    [[nodiscard]] Ms step();
    [[nodiscard]] Ms wait_for_spool(const Error& error);

    const Config config_;
    const RemoteConfig& remote_;
    Stop& stop_;
    Numbers numbers_;
    std::unique_ptr<Http> http_;
    Tokens tokens_;
    Remote api_;
    std::optional<Spool> spool_;
    Agent agent_;
    std::int64_t spool_failures_ = 0; // in a row
    Monotonic::time_point spool_said_{}, spool_began_{};
    std::atomic<bool> finished_{false}, broken_{false};
    std::thread thread_; // the last: it uses all the others
};

} // namespace smsspool

#endif
