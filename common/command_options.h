// The options that the programs of the system share: -c file, -n, -V, -h.

#ifndef SMSSPOOL_COMMON_COMMAND_OPTIONS_H
#define SMSSPOOL_COMMON_COMMAND_OPTIONS_H

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

struct CommandOptions {
    std::vector<std::string> files; // as they were given; empty: default_files() are meant
    std::string config_ini;         // empty: none was given
    bool check_only = false;
};

// Whether --config FILE is one of the options: a config.ini of the ancestor.
enum class ConfigIni { refused, taken };

// Fills `options` from the words of the command. The exit status if that is all there is to do:
// after -h or -V, whose answers go to the standard output, and where a word is wrong, after the
// usage went to the standard error.
[[nodiscard]] std::optional<int> read_options(std::string_view program, int count, char** words,
                                              CommandOptions& options,
                                              ConfigIni config_ini = ConfigIni::refused);

} // namespace smsspool

#endif
