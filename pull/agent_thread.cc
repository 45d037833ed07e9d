// An agent at work.

#include "pull/agent_thread.h"

#include "common/error.h"
#include "common/log.h"
#include "pull/backoff.h"

#include <algorithm>

namespace smsspool {

namespace {

constexpr Ms spool_pause = std::chrono::seconds(1);
constexpr Ms spool_pause_most = std::chrono::seconds(10);
constexpr Ms say_again = std::chrono::minutes(1);

Moment now() {
    return {utc_now(), Monotonic::now()};
}

} // namespace

Config config_for(const Config& config, const RemoteConfig& remote) {
    Config own = config;
    own.region = country_of(remote);
    return own;
}

AgentThread::AgentThread(const Config& config, const RemoteConfig& remote, Stop& stop)
    : config_(config_for(config, remote)), remote_(remote), stop_(stop), numbers_(config_),
      http_(make_http(Connections::kept)), tokens_(remote, *http_), api_(remote, *http_, tokens_),
      agent_(
          config_, remote, numbers_, api_,
          [this]() -> Spool& {
              if (!spool_)
                  spool_.emplace(config_, Access::write);
              return *spool_;
          },
          now, [this] { return stop_.wanted(); }),
      thread_([this] { run(); }) {}

AgentThread::~AgentThread() {
    thread_.join();
}

void AgentThread::run() noexcept {
    try {
        work();
    } catch (const std::exception& error) {
        log_error("PULL", remote_.name + ": " + error.what());
        broken_ = true;
        stop_.ask();
    }
    finished_ = true;
}

void AgentThread::work() {
    while (!stop_.wait(step())) {
    }
    try {
        agent_.leave();
    } catch (const Error& error) {
        log_warning("SPOOL", error.what());
    }
    log_info("PULL", remote_.name + ": " + agent_.counts());
    tokens_.log_out();
}

Ms AgentThread::step() {
    try {
        const Ms pause = agent_.turn();
        if (spool_failures_ > 0) {
            const auto lasted = Monotonic::now() - spool_began_;
            log_info("SPOOL",
                     "the spool works again after " +
                         std::to_string(std::chrono::round<std::chrono::seconds>(lasted).count()) +
                         " s");
            spool_failures_ = 0;
        }
        return pause;
    } catch (const Error& error) {
        return wait_for_spool(error);
    }
}

// Told when it begins and now and then. What was fetched is kept meanwhile.
Ms AgentThread::wait_for_spool(const Error& error) {
    const auto when = Monotonic::now();
    ++spool_failures_;
    if (spool_failures_ == 1)
        spool_began_ = when;
    if (spool_failures_ == 1 || when - spool_said_ >= say_again) {
        spool_said_ = when;
        log(error.fault() == Fault::busy ? LogLevel::warning : LogLevel::error, "SPOOL",
            std::string(error.what()) +
                "; nothing is fetched until it works, and it is tried again by itself");
    }
    return pause_after(spool_failures_, spool_pause, spool_pause_most, random_jitter());
}

} // namespace smsspool
