// The command line of simmodem.

#ifndef SMSSPOOL_TESTS_SIMMODEM_OPTIONS_H
#define SMSSPOOL_TESTS_SIMMODEM_OPTIONS_H

#include "tests/simmodem/modem.h"

#include <chrono>
#include <span>
#include <string>

namespace smsspool::sim {

struct Options {
    std::string link;
    std::string control;
    std::string air;
    std::string rules; // empty: none
    ModemOptions modem;
    std::chrono::milliseconds send_time{0};
    unsigned verbosity = 0;
    enum class Mode { run, help, version } mode = Mode::run;
};

// Throws Error bad_input with a sentence. `arguments` without the program's name.
[[nodiscard]] Options read_options(std::span<char* const> arguments);

[[nodiscard]] const char* usage() noexcept;

} // namespace smsspool::sim

#endif
