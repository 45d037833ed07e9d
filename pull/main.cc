// smsspool-pull's main(): an agent for each remote API.

#include "common/command_options.h"
#include "common/error.h"
#include "common/log.h"
#include "common/remote.h"
#include "pull/agent_thread.h"
#include "pull/ini.h"
#include "pull/stop.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

namespace {

using namespace smsspool;

constexpr Ms look_interval = std::chrono::seconds(1);
constexpr Ms beat_interval = std::chrono::seconds(10);
constexpr Ms leaving_most = std::chrono::seconds(7);
constexpr Ms beat_patience = std::chrono::seconds(1); // with a spool that another holds

// Beside a config.ini nobody needs another file.
std::vector<std::string> files_of(const CommandOptions& options) {
    if (!options.files.empty())
        return options.files;
    std::vector<std::string> files = default_files();
    if (!options.config_ini.empty())
        std::erase_if(files,
                      [](const std::string& file) { return ::access(file.c_str(), F_OK) != 0; });
    return files;
}

void add_ini(const std::string& file, Verbosity least, Config& config) {
    const IniConfig ini = read_ini(file);
    for (const std::string& remark : ini.remarks)
        log_warning("CONFIG", file + ": " + remark);
    const bool taken =
        std::any_of(config.remotes.begin(), config.remotes.end(),
                    [&](const RemoteConfig& each) { return each.name == ini.remote.name; });
    if (taken)
        throw Error(Fault::bad_input,
                    "[remote " + ini.remote.name + "] and " + file + " have the same name");
    config.remotes.push_back(ini.remote);
    config.log_level = std::max(least, ini.log_level);
}

Config read_settings(const CommandOptions& options) {
    const std::vector<std::string> files = files_of(options);
    Config config = load(files);
    if (!options.config_ini.empty())
        add_ini(options.config_ini, files.empty() ? Verbosity::error : config.log_level, config);
    if (config.remotes.empty())
        throw Error(Fault::bad_input, "there is no section [remote NAME], and no --config");
    return config;
}

void check_country(const Config& config, const RemoteConfig& remote) {
    try {
        const Numbers numbers(config_for(config, remote));
    } catch (const Error& error) {
        throw Error(error.fault(), "[remote " + remote.name + "] country: " + error.what());
    }
}

// What can be known to be wrong before anybody is asked.
void check(const Config& config) {
    for (const RemoteConfig& remote : config.remotes) {
        if (const auto fault = remote_fault(remote))
            throw Error(Fault::bad_input, "[remote " + remote.name + "]: " + *fault);
        check_country(config, remote);
        for (const std::string& file : {remote.password_file, remote.client_secret_file}) {
            if (!file.empty())
                (void)read_secret(file);
        }
        if (!remote.secrets_ini.empty())
            (void)read_ini_secrets(remote.secrets_ini);
        if (!remote.ca_file.empty() && ::access(remote.ca_file.c_str(), R_OK) != 0)
            throw system_error(Fault::unavailable,
                               "[remote " + remote.name + "]: " + remote.ca_file);
    }
}

// All agents, and what is said of them in the spool.
class Program {
public:
    Program(const Config& config, Stop& stop) : config_(config), stop_(stop) {
        try {
            for (const RemoteConfig& remote : config.remotes)
                agents_.push_back({std::make_unique<AgentThread>(config, remote, stop), {}, {}});
        } catch (const std::exception&) {
            stop.ask(); // those that have begun are waited for
            throw;
        }
    }

    [[nodiscard]] int run() {
        notify_ready();
        log_info("PULL", "started, " + std::to_string(agents_.size()) +
                             (agents_.size() == 1 ? " remote" : " remotes"));
        do {
            for (Said& agent : agents_) {
                if (!stop_.wanted())
                    say(agent);
            }
            notify_alive(status());
        } while (!stop_.wait(look_interval));
        notify_stopping();
        return leave();
    }

private:
    struct Said {
        std::unique_ptr<AgentThread> thread;
        AgentView view; // as it was said last
        std::optional<Monotonic::time_point> when;
    };

    // The agents' own lines tell what is wrong with the spool.
    void say(Said& agent) {
        const AgentView view = agent.thread->view();
        const bool news = view.state != agent.view.state || view.error != agent.view.error;
        if (!news && agent.when && Monotonic::now() - *agent.when < beat_interval)
            return;
        try {
            if (!spool_)
                open();
            agent.view = view;
            agent.when = Monotonic::now();
            AgentView beat = view;
            beat.beat = utc_now();
            spool_->agent_beat(beat);
        } catch (const Error&) {
            agent.when = Monotonic::now(); // not each second
        }
    }

    // With what is left of remotes that are not there any more.
    void open() {
        Config config = config_;
        config.busy_timeout = std::min(config.busy_timeout, beat_patience);
        spool_.emplace(config, Access::write);
        for (const AgentView& agent : spool_->health().agents) {
            const bool ours = std::any_of(agents_.begin(), agents_.end(), [&](const Said& each) {
                return each.thread->view().name == agent.name;
            });
            if (agent.name.starts_with("pull:") && !ours)
                spool_->agent_leave(agent.name);
        }
    }

    [[nodiscard]] std::string status() const {
        std::string text;
        for (const Said& agent : agents_) {
            const AgentView view = agent.thread->view();
            text += (text.empty() ? "" : "; ") + view.name.substr(view.name.find(':') + 1) + ": " +
                    view.state + ", " + std::to_string(view.fetched) + " fetched, " +
                    std::to_string(view.told) + " told";
        }
        return text;
    }

    // A request that is under way may last longer than who stops this program waits. What it would
    // have told is told again; what it would have fetched comes back when the server's patience
    // ends.
    [[nodiscard]] int leave() {
        const auto until = Monotonic::now() + leaving_most;
        const auto done = [](const Said& agent) { return agent.thread->finished(); };
        while (!std::all_of(agents_.begin(), agents_.end(), done) && Monotonic::now() < until)
            ::usleep(20'000);
        const bool broken = std::any_of(agents_.begin(), agents_.end(),
                                        [](const Said& agent) { return agent.thread->broken(); });
        try {
            for (const Said& agent : agents_) {
                if (spool_)
                    spool_->agent_leave(agent.view.name);
            }
        } catch (const Error& error) {
            log_warning("SPOOL", error.what());
        }
        const int exit = broken ? EX_SOFTWARE : EX_OK;
        if (!std::all_of(agents_.begin(), agents_.end(), done)) {
            log_warning("PULL", "ended during a request; it is made again at the next start");
            std::_Exit(exit);
        }
        log_info("PULL", "ended");
        return exit;
    }

    const Config& config_;
    Stop& stop_;
    std::list<Said> agents_;
    std::optional<Spool> spool_;
};

int serve(const CommandOptions& options) {
    const Config config = read_settings(options);
    set_log_level(static_cast<LogLevel>(config.log_level));
    check(config);
    if (options.check_only) {
        std::puts("configuration OK");
        return EX_OK;
    }
    ::umask(0007); // the spool belongs to its owner and group
    Stop stop;
    return Program(config, stop).run();
}

} // namespace

int main(int count, char** words) {
    CommandOptions options;
    try {
        if (const auto status =
                read_options("smsspool-pull", count, words, options, ConfigIni::taken))
            return *status;
        return serve(options);
    } catch (const Error& error) {
        log_error("PULL", error.what());
        return exit_status(error.fault());
    } catch (const std::exception& error) {
        log_error("PULL", error.what());
        return EX_SOFTWARE;
    }
}
