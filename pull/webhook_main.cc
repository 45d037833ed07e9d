// smsspool-webhook's main(): threads that tell, and one that finds what there is to tell.

#include "common/command_options.h"
#include "common/error.h"
#include "common/log.h"
#include "common/webhook_key.h"
#include "pull/stop.h"
#include "pull/webhook_finder.h"
#include "pull/webhook_teller.h"

#include <cstdio>
#include <sys/stat.h>
#include <sysexits.h>
#include <thread>
#include <vector>

namespace {

using namespace smsspool;

constexpr Ms beat_interval = std::chrono::seconds(5);

// The threads that tell; its end waits for what is under way.
class Crew {
public:
    Crew(const Config& config, const std::string& secret, WebhookBoard& board, const Stop& stop)
        : board_(board), stop_(stop) {
        for (std::int64_t i = 0; i < config.webhook_threads; ++i)
            tellers_.emplace_back(config, secret, make_http(Connections::kept), tally);
        for (WebhookTeller& teller : tellers_)
            threads_.emplace_back([this, &teller] { work(teller); });
    }
    ~Crew() {
        board_.close();
        for (std::thread& thread : threads_)
            thread.join();
    }
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    WebhookTally tally;

private:
    void work(WebhookTeller& teller) {
        std::string complaint; // of the last step
        while (const auto turn = board_.wait())
            board_.done(*turn, tell(teller, turn->job_id, complaint), Monotonic::now());
    }

    // A step of this program. What failed is found again.
    WebhookHearing tell(WebhookTeller& teller, const std::string& job_id, std::string& complaint) {
        try {
            const WebhookHearing hearing = teller.tell(job_id);
            complaint.clear();
            return hearing;
        } catch (const std::exception& error) {
            if (complaint != error.what())
                log_error("WEBHOOK", error.what());
            complaint = error.what();
            (void)stop_.wait(std::chrono::seconds(1));
            return {};
        }
    }

    WebhookBoard& board_;
    const Stop& stop_;
    std::vector<WebhookTeller> tellers_;
    std::vector<std::thread> threads_;
};

class Program {
public:
    Program(const Config& config, const std::string& secret, const Stop& stop)
        : config_(config), stop_(stop), spool_(config, Access::write), board_(config),
          finder_(board_), crew_(config, secret, board_, stop) {
        said_.name = webhook_follower;
        said_.state = "starting";
        said_.since = utc_now();
    }

    void run() {
        notify_ready();
        log_info("WEBHOOK", "started, " + std::to_string(config_.webhook_threads) + " threads");
        Ms pause{0};
        while (!stop_.wait(pause))
            pause = step();
        notify_stopping();
        leave();
    }

private:
    // How long to wait for the next. A look that finds many open jobs waiting takes its time, and
    // is done the less often.
    Ms step() {
        constexpr int rest = 20; // times as long as the look itself
        const auto begun = Monotonic::now();
        try {
            finder_.look(spool_, utc_now());
            beat();
            complained_ = false;
        } catch (const Error& error) {
            if (!complained_)
                log_error("WEBHOOK", error.what());
            complained_ = true;
        }
        notify_alive("told " + std::to_string(crew_.tally.told) + ", failed " +
                     std::to_string(crew_.tally.failures) + ", waiting " +
                     std::to_string(board_.view().noted));
        const auto took = std::chrono::duration_cast<Ms>(Monotonic::now() - begun);
        return std::min(std::max(config_.webhook_interval, took * rest), beat_interval);
    }

    void beat() {
        if (beaten_ && Monotonic::now() - *beaten_ < beat_interval)
            return;
        const WebhookBoard::View view = board_.view();
        const bool failing = view.silent > 0 && view.silent == view.receivers;
        const char* state = failing ? "failing" : "working";
        said_.beat = utc_now();
        if (said_.state != state)
            said_.since = said_.beat;
        said_.state = state;
        said_.error = failing ? view.error : "";
        said_.told = crew_.tally.told;
        said_.failures = crew_.tally.failures;
        spool_.agent_beat(said_);
        beaten_ = Monotonic::now();
    }

    void leave() {
        try {
            spool_.agent_leave(webhook_follower);
        } catch (const Error& error) {
            log_warning("WEBHOOK", error.what());
        }
        log_info("WEBHOOK", "ended, told " + std::to_string(crew_.tally.told));
    }

    const Config& config_;
    const Stop& stop_;
    Spool spool_;
    WebhookBoard board_;
    WebhookFinder finder_;
    Crew crew_;
    AgentView said_;
    std::optional<Monotonic::time_point> beaten_;
    bool complained_ = false;
};

int serve(const CommandOptions& options) {
    const Config config = load(options.files.empty() ? default_files() : options.files);
    set_log_level(static_cast<LogLevel>(config.log_level));
    if (!config.webhooks)
        throw Error(Fault::bad_input, "webhooks are switched off (setting webhooks)");
    const std::string secret = webhook_secret(config);
    if (options.check_only) {
        std::puts("configuration OK");
        return EX_OK;
    }
    ::umask(0007); // the spool belongs to its owner and group
    const Stop stop;
    Program(config, secret, stop).run();
    return EX_OK;
}

} // namespace

int main(int count, char** words) {
    CommandOptions options;
    try {
        if (const auto status = read_options("smsspool-webhook", count, words, options))
            return *status;
        return serve(options);
    } catch (const Error& error) {
        log_error("WEBHOOK", error.what());
        return exit_status(error.fault());
    } catch (const std::exception& error) {
        log_error("WEBHOOK", error.what());
        return EX_SOFTWARE;
    }
}
