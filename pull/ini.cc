// The gateway program's config.ini.

#include "pull/ini.h"

#include "common/error.h"
#include "common/remote.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace smsspool {

namespace {

constexpr std::string_view blanks = " \t\r\v\f";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::string_view of_all = "DEFAULT";

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

std::string percent_signs(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        result += text[at];
        if (text.substr(at, 2) == "%%")
            ++at;
    }
    return result;
}

// --- the syntax ---------------------------------------------------------------------------------

// What a file says: sections of keys in lower case.
class Ini {
public:
    explicit Ini(const std::string& file) : file_(file) {
        const std::string content = read_private(file);
        std::string_view rest = content;
        if (rest.starts_with(byte_order_mark))
            rest.remove_prefix(byte_order_mark.size());
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            ++line_;
            take(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }

    [[nodiscard]] bool has(std::string_view section) const {
        return sections_.find(section) != sections_.end();
    }

    // Empty where it is not there, which says no more than an empty one.
    [[nodiscard]] std::string value(std::string_view section, std::string_view key) const {
        for (const std::string_view name : {section, of_all}) {
            const auto keys = sections_.find(name);
            if (keys == sections_.end())
                continue;
            const auto found = keys->second.find(lower(key));
            if (found != keys->second.end())
                return found->second;
        }
        return {};
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw Error(Fault::bad_input, file_ + ": " + what);
    }

private:
    void take(std::string_view line) {
        const std::string_view text = trimmed(line);
        if (text.empty() || text.front() == '#' || text.front() == ';')
            return;
        if (line.find('\0') != std::string_view::npos)
            refuse_line("the line holds a zero byte");
        if (blanks.find(line.front()) != std::string_view::npos && in_value_)
            refuse_line(
                "an indented line would go on with the value before it: a value has one line");
        if (text.front() == '[' && text.find(']') != std::string_view::npos)
            enter(text.substr(1, text.rfind(']') - 1));
        else
            keep(text);
    }

    void enter(std::string_view name) {
        in_value_ = false;
        const auto [section, is_new] = sections_.try_emplace(std::string(name));
        if (!is_new)
            refuse_line("a second section [" + std::string(name) + "]");
        section_ = &section->second;
    }

    void keep(std::string_view text) {
        const std::size_t at = text.find_first_of("=:");
        if (section_ == nullptr || at == 0 || at == std::string_view::npos)
            refuse_line("neither a [section] nor a line \"key = value\" in one");
        const std::string key = lower(trimmed(text.substr(0, at)));
        if (!section_->emplace(key, percent_signs(trimmed(text.substr(at + 1)))).second)
            refuse_line(key + " stands twice in its section");
        in_value_ = true;
    }

    [[noreturn]] void refuse_line(const std::string& what) const {
        throw Error(Fault::bad_input, file_ + ":" + std::to_string(line_) + ": " + what);
    }

    using Keys = std::map<std::string, std::string, std::less<>>;

    std::string file_;
    std::map<std::string, Keys, std::less<>> sections_;
    Keys* section_ = nullptr; // the present one
    bool in_value_ = false;   // a key of it was read
    int line_ = 0;
};

// --- what it means ------------------------------------------------------------------------------

// A text that is one of a remote's settings too.
struct Same {
    std::string_view section, key;
    std::string_view setting; // its name there
    std::string RemoteConfig::*member;
    bool required;
};
constexpr std::array same{
    Same{"MODEM", "ModemNr", "number", &RemoteConfig::number, true},
    Same{"MODEM", "Country", "country", &RemoteConfig::country, true},
    Same{"SERVICE", "ServiceSMSURL", "url", &RemoteConfig::url, true},
    Same{"KEYCLOAK", "KeycloakURL", "keycloak_url", &RemoteConfig::keycloak_url, true},
    Same{"KEYCLOAK", "KeycloakUser", "username", &RemoteConfig::username, true},
    Same{"KEYCLOAK", "KeycloakRealm", "realm", &RemoteConfig::realm, false},
    Same{"KEYCLOAK", "KeycloakClientId", "client_id", &RemoteConfig::client_id, false},
};

std::string place(std::string_view section, std::string_view key) {
    return "[" + std::string(section) + "] " + std::string(key);
}

std::string required(const Ini& ini, std::string_view section, std::string_view key) {
    std::string value = ini.value(section, key);
    if (value.empty())
        ini.refuse(place(section, key) + " is missing");
    return value;
}

// Nothing where it is not said.
std::optional<std::int64_t> seconds(const Ini& ini, std::string_view section,
                                    std::string_view key) {
    constexpr std::int64_t most = 24 * 60 * 60;
    const std::string text = ini.value(section, key);
    if (text.empty())
        return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 1 || value > most)
        ini.refuse(place(section, key) + " must be a number from 1 to " + std::to_string(most) +
                   ", not \"" + text + "\"");
    return value;
}

Verbosity log_level(const Ini& ini) {
    constexpr std::array levels{
        std::pair{"debug", Verbosity::debug},     std::pair{"info", Verbosity::info},
        std::pair{"warning", Verbosity::warning}, std::pair{"warn", Verbosity::warning},
        std::pair{"error", Verbosity::error},     std::pair{"critical", Verbosity::error},
        std::pair{"fatal", Verbosity::error},     std::pair{"", Verbosity::info},
    };
    const std::string text = ini.value("LOGGING", "LogLevel");
    for (const auto& [name, level] : levels) {
        if (lower(text) == name)
            return level;
    }
    ini.refuse(place("LOGGING", "LogLevel") +
               " must be one of DEBUG INFO WARNING ERROR CRITICAL, not \"" + text + "\"");
}

// A complaint about a setting, in the words of this file.
std::string in_its_words(const std::string& fault) {
    for (const Same& each : same) {
        if (fault.starts_with(std::string(each.setting) + " "))
            return place(each.section, each.key) + fault.substr(each.setting.size());
    }
    return fault;
}

RemoteConfig remote_of(const Ini& ini, const std::string& file) {
    RemoteConfig remote;
    remote.name = "gateway";
    remote.user = "pull-" + remote.name;
    remote.secrets_ini = file;
    for (const Same& each : same) {
        if (each.required)
            remote.*each.member = required(ini, each.section, each.key);
        else if (std::string value = ini.value(each.section, each.key); !value.empty())
            remote.*each.member = std::move(value);
    }
    (void)required(ini, "KEYCLOAK", "KeycloakPassword");
    (void)seconds(ini, "MODEM", "ModemTimeOutInSec");
    if (const auto pause = seconds(ini, "SERVICE", "SleepTimeInSec"))
        remote.poll_interval = std::chrono::seconds(*pause);
    if (const auto fault = remote_fault(remote))
        ini.refuse(in_its_words(*fault));
    return remote;
}

std::vector<std::string> remarks_on(const Ini& ini) {
    std::vector<std::string> remarks;
    if (const std::string log = ini.value("LOGGING", "LogFile"); !log.empty())
        remarks.push_back("LogFile (" + log +
                          ") is not written: the log goes to standard error, of a service to the "
                          "journal");
    return remarks;
}

Ini checked(const std::string& file) {
    Ini ini(file);
    for (const char* section : {"MODEM", "SERVICE", "KEYCLOAK", "LOGGING"}) {
        if (!ini.has(section))
            ini.refuse("Missing required configuration section: " + std::string(section));
    }
    return ini;
}

} // namespace

IniConfig read_ini(const std::string& file) {
    const Ini ini = checked(file);
    return {remote_of(ini, file), log_level(ini), remarks_on(ini)};
}

IniSecrets read_ini_secrets(const std::string& file) {
    const Ini ini = checked(file);
    return {required(ini, "KEYCLOAK", "KeycloakPassword"),
            ini.value("KEYCLOAK", "KeycloakClientSecret")};
}

} // namespace smsspool
