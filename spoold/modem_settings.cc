// The settings of a modem.

#include "spoold/modem_settings.h"

#include "spoold/worker_check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace smsspool {

namespace {

struct TextSetting {
    std::string_view name;
    std::string ModemSettings::*member;
};
constexpr std::array text_settings{
    TextSetting{"device", &ModemSettings::device},
    TextSetting{"discover", &ModemSettings::discover},
    TextSetting{"connection", &ModemSettings::connection},
    TextSetting{"imei", &ModemSettings::imei},
    TextSetting{"known_imei", &ModemSettings::known_imei},
    TextSetting{"imsi", &ModemSettings::imsi},
    TextSetting{"pin", &ModemSettings::pin},
    TextSetting{"smsc", &ModemSettings::smsc},
    TextSetting{"features", &ModemSettings::features},
};

std::optional<unsigned> number_in(std::string_view text, unsigned least, unsigned most) {
    unsigned number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size() || number < least ||
        number > most)
        return std::nullopt;
    return number;
}

bool set_number(std::string_view name, std::string_view text, ModemSettings& settings) {
    using std::chrono::milliseconds;
    if (name == "scan_limit") {
        const auto number = number_in(text, 1, 50);
        settings.scan_limit = number.value_or(1);
        return number.has_value();
    }
    if (name == "send_timeout") {
        const auto number = number_in(text, 100, 600000);
        settings.send_timeout = milliseconds(number.value_or(0));
        return number.has_value();
    }
    if (name == "probe_timeout") {
        const auto number = number_in(text, 100, 60000);
        settings.probe_timeout = milliseconds(number.value_or(0));
        return number.has_value();
    }
    return true;
}

} // namespace

std::variant<ModemSettings, Trouble>
read_modem_settings(const std::map<std::string, std::string>& texts) {
    ModemSettings settings;
    for (const auto& [name, text] : texts) {
        if (text.empty()) // not set
            continue;
        const auto row = std::find_if(
            text_settings.begin(), text_settings.end(),
            [&, &key = name](const TextSetting& setting) { return setting.name == key; });
        if (text.find('\0') != std::string::npos || !set_number(name, text, settings))
            return Trouble{"other", "the setting " + name + " is not usable"};
        if (row != text_settings.end())
            settings.*(row->member) = text;
        if (name == "pin_unsure" && text != "0")
            settings.pin_history = PinHistory::unsure;
    }
    if (!settings.smsc.empty() && !is_dialable(settings.smsc))
        return Trouble{"other", "the setting smsc is not a number"};
    return settings;
}

unsigned baud_of(std::string_view connection) {
    constexpr unsigned usual = 115200;
    const auto digits = connection.find_first_of("0123456789");
    unsigned baud = usual;
    if (digits != std::string_view::npos)
        std::from_chars(connection.data() + digits, connection.data() + connection.size(), baud);
    return baud;
}

} // namespace smsspool
