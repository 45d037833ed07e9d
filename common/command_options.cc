// The options that the programs of the system share.

#include "common/command_options.h"

#include <array>
#include <cstdio>
#include <getopt.h>
#include <sysexits.h>

namespace smsspool {

namespace {

std::string usage_of(std::string_view program, ConfigIni config_ini) {
    const bool ini = config_ini == ConfigIni::taken;
    return "usage: " + std::string(program) + " [-hnV] [-c file]..." +
           (ini ? " [--config file]" : "") +
           "\n  -c file  read this configuration; again: later ones go over earlier ones\n"
           "  -n       check the configuration and leave\n"
           "  -V       print the version and leave\n"
           "  -h       print this and leave\n" +
           (ini ? "  --config file\n           read this config.ini of the ancestor as well\n"
                : "");
}

int wrong(std::string_view program, ConfigIni config_ini) {
    std::fputs(usage_of(program, config_ini).c_str(), stderr);
    return EX_USAGE;
}

} // namespace

std::optional<int> read_options(std::string_view program, int count, char** words,
                                CommandOptions& options, ConfigIni config_ini) {
    constexpr option none{nullptr, 0, nullptr, 0};
    const std::array<option, 2> long_options{
        {config_ini == ConfigIni::taken ? option{"config", required_argument, nullptr, 'i'} : none,
         none}};
    for (int letter = 0;
         (letter = ::getopt_long(count, words, "c:hnV", long_options.data(), nullptr)) != -1;) {
        switch (letter) {
        case 'c':
            options.files.emplace_back(optarg);
            break;
        case 'i':
            options.config_ini = optarg;
            break;
        case 'n':
            options.check_only = true;
            break;
        case 'V':
            std::printf("%s %s\n", std::string(program).c_str(), SMSSPOOL_VERSION);
            return EX_OK;
        case 'h':
            std::fputs(usage_of(program, config_ini).c_str(), stdout);
            return EX_OK;
        case '?':
            return wrong(program, config_ini);
        }
    }
    return optind < count ? std::optional(wrong(program, config_ini)) : std::nullopt;
}

} // namespace smsspool
