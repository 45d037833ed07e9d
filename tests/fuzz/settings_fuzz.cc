// A file of settings: refused with a place, or taken, and then the same when shown and read again.

#include "common/error.h"
#include "common/settings.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/targets.h"

namespace smsspool::fuzz {

namespace {

template <class Owner>
std::string lines_of(const std::vector<Setting<Owner>>& table, const Owner& owner) {
    std::string lines;
    for (const auto& setting : table)
        lines += std::string(setting.name) + "=" + show(setting, owner) + "\n";
    return lines;
}

std::string shown(const Config& config) {
    std::string text = lines_of(smsspool::settings(), config);
    for (const ModemConfig& modem : config.modems)
        text += modem.provider ? "[provider " + modem.name + "]\n" +
                                     lines_of(provider_settings(), *modem.provider)
                               : "[modem " + modem.name + "]\n" + lines_of(modem_settings(), modem);
    for (const RemoteConfig& remote : config.remotes)
        text += "[remote " + remote.name + "]\n" + lines_of(remote_settings(), remote);
    return text;
}

// Nothing where the file is refused.
std::optional<Config> loaded(std::string_view content) {
    const MemoryFile file(content);
    try {
        return load({file.path()});
    } catch (const Error& error) {
        require(error.fault() == Fault::bad_input, "a refused file is bad input");
        require(error.what()[0] != '\0', "a refusal says why");
        return std::nullopt;
    }
}

} // namespace

void settings(std::string_view bytes) {
    const auto config = loaded(bytes);
    if (!config)
        return;
    require(!config->modems.empty(), "there is a modem");
    const std::string text = shown(*config);
    const auto again = loaded(text);
    require(again.has_value(), "settings that are shown can be read");
    require(shown(*again) == text, "settings that are shown are the same");
}

} // namespace smsspool::fuzz
