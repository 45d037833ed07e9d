// simmodem: a simulated GSM modem on a pseudo-terminal, with a phone behind it.

#include "common/error.h"
#include "common/log.h"
#include "tests/simmodem/client.h"
#include "tests/simmodem/control.h"
#include "tests/simmodem/options.h"
#include "tests/simmodem/rules.h"
#include "tests/simmodem/simulator.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <sys/signalfd.h>
#include <vector>

#ifndef SMSSPOOL_VERSION
#define SMSSPOOL_VERSION "0"
#endif

namespace smsspool::sim {

namespace {

Fd signals_as_descriptor() {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGINT);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    Fd fd(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd)
        throw system_error(Fault::unavailable, "signalfd");
    return fd;
}

// A reply by rule may turn out not to fit; that is the rule's fault and no reason to end.
void run_timers(Simulator& simulator) {
    try {
        simulator.timers.run_due();
    } catch (const Error& error) {
        if (error.fault() != Fault::bad_input)
            throw;
        log_warning("MODEM", error.what());
    }
    simulator.dialogue.say_unasked();
}

// Until a signal comes.
void loop(Simulator& simulator, Control& control, const Fd& signals) {
    std::vector<pollfd> polls;
    for (;;) {
        run_timers(simulator);
        simulator.port.flush();
        polls.assign(1, {signals.get(), POLLIN, 0});
        control.add_polls(polls);
        simulator.port.add_polls(polls);
        const int ready = ::poll(polls.data(), polls.size(), simulator.timers.wait_ms());
        if (ready < 0 && errno != EINTR)
            throw system_error(Fault::unavailable, "poll");
        if (ready <= 0)
            continue;
        if (polls.front().revents != 0)
            return;
        simulator.port.handle();
        for (const pollfd& poll : polls)
            if (poll.revents != 0)
                control.handle(poll);
    }
}

void run(const Options& options) {
    set_log_level(options.verbosity > 0 ? LogLevel::debug : LogLevel::info);
    const Fd signals = signals_as_descriptor();
    Simulator simulator(options.link, options.air, options.modem);
    simulator.dialogue.set_send_time(options.send_time);
    if (!options.rules.empty())
        for (Rule& rule : read_rules(options.rules))
            simulator.network.add_rule(std::move(rule));
    Control control(options.control, simulator);
    std::printf("ready %s\n", options.link.c_str());
    std::fflush(stdout);
    loop(simulator, control, signals);
}

int start(std::span<char* const> arguments) {
    if (!arguments.empty() && std::strcmp(arguments[0], "ctl") == 0) {
        if (arguments.size() < 3)
            throw Error(Fault::bad_input, "ctl needs a socket and a verb.");
        return ask(arguments[1], request_from(arguments.subspan(2)));
    }
    const Options options = read_options(arguments);
    switch (options.mode) {
    case Options::Mode::run:
        run(options);
        break;
    case Options::Mode::help:
        std::fputs(usage(), stdout);
        break;
    case Options::Mode::version:
        std::puts("simmodem " SMSSPOOL_VERSION);
        break;
    }
    return 0;
}

} // namespace

} // namespace smsspool::sim

int main(int argc, char** argv) try {
    const auto count = static_cast<std::size_t>(argc > 0 ? argc - 1 : 0);
    return smsspool::sim::start({argv + (argc > 0 ? 1 : 0), count});
} catch (const smsspool::Error& error) {
    std::fprintf(stderr, "simmodem: %s\n", smsspool::printable(error.what()).c_str());
    return smsspool::exit_status(error.fault());
} catch (const std::exception& error) {
    std::fprintf(stderr, "simmodem: %s\n", error.what());
    return smsspool::exit_status(smsspool::Fault::bug);
}
