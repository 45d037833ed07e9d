// smsspoold's main().

#include "common/command_options.h"
#include "common/error.h"
#include "common/log.h"
#include "common/numbers.h"
#include "common/settings.h"
#include "spoold/daemon.h"

#include <csignal>
#include <cstdio>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

namespace {

using namespace smsspool;

// What can be known to be wrong before anything is touched.
void check(const Config& config) {
    for (const ModemConfig& modem : config.modems) {
        (void)worker_program(config, modem);
        if (!modem.recovery_hook.empty() && ::access(modem.recovery_hook.c_str(), X_OK) != 0)
            throw system_error(Fault::unavailable,
                               "[modem " + modem.name + "]: " + modem.recovery_hook);
    }
}

// Blocked from the start, so that the daemon reads them from its descriptor and none is lost.
void block_signals() {
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGHUP);
    ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

int serve(const CommandOptions& options) {
    const Config config = load(options.files.empty() ? default_files() : options.files);
    set_log_level(static_cast<LogLevel>(config.log_level));
    check(config);
    if (options.check_only) {
        // The daemon itself reads no number, and needs nothing of libphonenumber in memory, before
        // an SMS comes in.
        const Numbers numbers(config);
        std::puts("configuration OK");
        return EX_OK;
    }
    ::umask(0007); // the spool belongs to its owner and group
    block_signals();
    Daemon daemon(config);
    daemon.run();
    return EX_OK;
}

} // namespace

int main(int count, char** words) {
    CommandOptions options;
    try {
        if (const auto status = read_options("smsspoold", count, words, options))
            return *status;
        return serve(options);
    } catch (const Error& error) {
        log_error("DAEMON", error.what());
        return exit_status(error.fault());
    } catch (const std::exception& error) {
        log_error("DAEMON", error.what());
        return EX_SOFTWARE;
    }
}
