// Reading the command line.

#include "tests/simmodem/options.h"

#include "common/error.h"

#include <array>
#include <string_view>

namespace smsspool::sim {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw Error(Fault::bad_input, why);
}

std::int64_t number_of(std::string_view option, const std::string& text, std::int64_t most) {
    constexpr std::size_t most_digits = 9;
    if (text.empty() || text.size() > most_digits ||
        text.find_first_not_of("0123456789") != std::string::npos || std::stoll(text) > most)
        refuse(std::string(option) + " needs a number from 0 to " + std::to_string(most) + ".");
    return std::stoll(text);
}

using Take = void (*)(Options&, const std::string&);

struct Row {
    std::string_view name;
    Take take;
};

constexpr std::array rows{
    Row{"--link", [](Options& o, const std::string& v) { o.link = v; }},
    Row{"--control", [](Options& o, const std::string& v) { o.control = v; }},
    Row{"--air", [](Options& o, const std::string& v) { o.air = v; }},
    Row{"--rules", [](Options& o, const std::string& v) { o.rules = v; }},
    Row{"--imei", [](Options& o, const std::string& v) { o.modem.imei = v; }},
    Row{"--imsi", [](Options& o, const std::string& v) { o.modem.imsi = v; }},
    Row{"--number", [](Options& o, const std::string& v) { o.modem.number = v; }},
    Row{"--smsc", [](Options& o, const std::string& v) { o.modem.smsc = v; }},
    Row{"--pin", [](Options& o, const std::string& v) { o.modem.pin = v; }},
    Row{"--storage",
        [](Options& o, const std::string& v) {
            o.modem.storage = static_cast<std::size_t>(number_of("--storage", v, 10'000));
        }},
    Row{"--send-time",
        [](Options& o, const std::string& v) {
            o.send_time = std::chrono::milliseconds{number_of("--send-time", v, 86'400'000)};
        }},
};

const Row& row_of(std::string_view name) {
    for (const Row& row : rows)
        if (row.name == name)
            return row;
    refuse("There is no option " + std::string(name) + ".");
}

// Takes one option; answers how many words it was.
std::size_t take_option(Options& options, std::span<char* const> words) {
    const std::string_view word = words[0];
    if (word == "-v") {
        ++options.verbosity;
        return 1;
    }
    if (word == "--help" || word == "--version") {
        options.mode = word == "--help" ? Options::Mode::help : Options::Mode::version;
        return 1;
    }
    const auto sign = word.find('=');
    const Row& row = row_of(word.substr(0, sign));
    if (sign != std::string_view::npos) {
        row.take(options, std::string(word.substr(sign + 1)));
        return 1;
    }
    if (words.size() < 2)
        refuse(std::string(word) + " needs a value.");
    row.take(options, words[1]);
    return 2;
}

} // namespace

Options read_options(std::span<char* const> arguments) {
    Options options;
    while (!arguments.empty() && options.mode == Options::Mode::run)
        arguments = arguments.subspan(take_option(options, arguments));
    if (options.mode == Options::Mode::run &&
        (options.link.empty() || options.control.empty() || options.air.empty()))
        refuse("--link, --control and --air are needed.");
    return options;
}

const char* usage() noexcept {
    return "usage: simmodem --link PATH --control SOCKET --air FILE [--rules FILE] [--imei N]\n"
           "                [--imsi N] [--number N] [--smsc N] [--pin N] [--storage N]\n"
           "                [--send-time MS] [-v]\n"
           "       simmodem ctl SOCKET VERB [WORD ...]\n"
           "       simmodem --help | --version\n";
}

} // namespace smsspool::sim
