// The configuration as files: read with inih, checked, and the secrets beside it.

#include "common/accounts.h"
#include "common/error.h"
#include "common/fd.h"
#include "common/provider.h"
#include "common/remote.h"
#include "common/settings.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <ini.h>
#include <sys/stat.h>

namespace smsspool {

namespace {

// inih keeps a line in a buffer of this size (its INI_MAX_LINE, with the terminator).
constexpr std::size_t longest_line = 198;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Hands inih one line at a time and knows which one it is at: inih itself tells a handler neither
// the line nor that a line was too long for it. Nor does it tell of a section without lines, and it
// cuts the name of a section at 49 bytes: `enter` is called with the whole name at each header.
class Lines {
public:
    using Enter = std::function<void(std::string_view section)>;

    Lines(const std::string& file, Enter enter)
        : file_(file), stream_(file), enter_(std::move(enter)) {
        if (!stream_)
            throw system_error(Fault::bad_input, file);
    }

    // The form of fgets() that ini_parse_stream() wants.
    static char* read(char* to, int size, void* self) {
        return static_cast<Lines*>(self)->next(to, static_cast<std::size_t>(size));
    }

    [[nodiscard]] std::string place() const { return file_ + ":" + std::to_string(number_) + ": "; }
    // Of the present line, from 1.
    [[nodiscard]] int number() const { return number_; }

    // The section that the present line is in; empty: none yet.
    [[nodiscard]] const std::string& section() const { return section_; }

    [[nodiscard]] const std::string& fault() const { return fault_; }
    void fail(const std::string& text) {
        if (fault_.empty())
            fault_ = place() + text;
    }

private:
    char* next(char* to, std::size_t size) {
        std::string line;
        if (!fault_.empty() || !read_line(line))
            return nullptr;
        look_for_section(line);
        if (line.size() > std::min(longest_line, size - 2))
            fail("the line is longer than " + std::to_string(longest_line) + " bytes");
        if (line.find('\0') != std::string::npos)
            fail("the line holds a zero byte");
        if (!fault_.empty())
            return nullptr;
        line += '\n';
        line.copy(to, line.size());
        to[line.size()] = '\0';
        return to;
    }

    bool read_line(std::string& line) {
        if (!std::getline(stream_, line)) {
            if (stream_.bad()) // a folder can be opened, but not read
                fault_ = file_ + ": it cannot be read";
            return false;
        }
        if (++number_ == 1 && line.starts_with(byte_order_mark))
            line.erase(0, byte_order_mark.size());
        // An indented line would continue the value before it; here it is a line of its own.
        line.erase(0, std::min(line.find_first_not_of(" \t\r\v\f"), line.size()));
        return true;
    }

    void look_for_section(const std::string& line) {
        const std::size_t end = line.find(']');
        if (!line.starts_with('[') || end == std::string::npos)
            return;
        section_ = line.substr(1, end - 1);
        try {
            enter_(section_);
        } catch (const Error& error) {
            fail(error.what());
        }
    }

    std::string file_;
    std::ifstream stream_;
    Enter enter_;
    std::string section_;
    int number_ = 0;
    std::string fault_;
};

constexpr std::string_view modem_section = "modem ";
constexpr std::string_view provider_section = "provider ";
constexpr std::string_view route_section = "route ";
constexpr std::string_view remote_section = "remote ";

constexpr std::string_view provider_worker = "provider";

struct Target {
    Config& config;
    Lines& lines;
};

// The section's owner, made at its first mention.
template <class Owner>
Owner& named(std::vector<Owner>& owners, std::string_view name) {
    for (Owner& owner : owners) {
        if (owner.name == name)
            return owner;
    }
    owners.emplace_back().name = name;
    return owners.back();
}

bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "_.-") == std::string_view::npos;
}

enum class Sender { modem, provider };

void enter_sender(Config& config, std::string_view name, Sender kind) {
    const auto known = config.modems.size();
    ModemConfig& modem = named(config.modems, name);
    const bool is_new = config.modems.size() > known;
    if (is_new && kind == Sender::provider) {
        modem.provider.emplace();
        modem.worker = provider_worker;
    }
    if (modem.provider.has_value() != (kind == Sender::provider))
        throw Error(Fault::bad_input,
                    "a modem and a provider cannot both be called " + std::string(name));
}

// What a section is about is there as soon as that begins, also if it has no lines.
void enter_section(Config& config, std::string_view section) {
    const bool modem = section.starts_with(modem_section);
    const bool provider = section.starts_with(provider_section);
    const bool route = section.starts_with(route_section);
    if (!modem && !provider && !route && !section.starts_with(remote_section))
        throw Error(Fault::bad_input, "there is no section [" + std::string(section) + "]");
    const std::string_view name = section.substr(section.find(' ') + 1);
    if (!is_name(name))
        throw Error(Fault::bad_input, "the name of a " +
                                          std::string(section.substr(0, section.find(' '))) +
                                          " has up to 64 letters, digits, and any of _ . -");
    if (modem || provider)
        enter_sender(config, name, provider ? Sender::provider : Sender::modem);
    else if (route)
        named(config.routes, name);
    else
        named(config.remotes, name);
}

// `section` was entered before.
void take(Config& config, const std::string& section, const std::string& name,
          const std::string& value) {
    if (section.empty())
        assign(config, name, value);
    else if (section.starts_with(route_section))
        assign(named(config.routes, section.substr(route_section.size())), name, value);
    else if (section.starts_with(remote_section))
        assign(named(config.remotes, section.substr(remote_section.size())), name, value);
    else if (section.starts_with(provider_section))
        assign(*named(config.modems, section.substr(provider_section.size())).provider, name,
               value);
    else
        assign(named(config.modems, section.substr(modem_section.size())), name, value);
}

int handle(void* user, const char*, const char* name, const char* value) {
    Target& target = *static_cast<Target*>(user);
    try {
        take(target.config, target.lines.section(), name, value);
        return 1;
    } catch (const Error& error) {
        target.lines.fail(error.what());
        return 0;
    }
}

void read_file(Config& config, const std::string& file) {
    Lines lines(file, [&](std::string_view section) { enter_section(config, section); });
    Target target{config, lines};
    const int bad_line = ini_parse_stream(Lines::read, &lines, handle, &target);
    // inih goes on behind a line that is none, so that there may be two complaints: the first one.
    const bool bad_first = bad_line != 0 && bad_line < lines.number();
    if (!lines.fault().empty() && !bad_first)
        throw Error(Fault::bad_input, lines.fault());
    if (bad_line != 0)
        throw Error(Fault::bad_input, file + ":" + std::to_string(bad_line) +
                                          ": neither a [section] nor a line \"name = value\"");
}

void check_route(const Config& config, const RouteConfig& route) {
    const auto complain = [&](const std::string& text) {
        throw Error(Fault::bad_input, "[route " + route.name + "]: " + text);
    };
    if (words_in(route.modems).empty())
        complain("modems must name at least one modem");
    for (const std::string& name : words_in(route.modems + " " + route.fallback)) {
        if (std::none_of(config.modems.begin(), config.modems.end(),
                         [&](const ModemConfig& modem) { return modem.name == name; }))
            complain("there is no section [modem " + name + "]");
    }
}

void check_provider(const Config& config, const ModemConfig& modem) {
    const auto complain = [&](const std::string& text) {
        throw Error(Fault::bad_input, "[provider " + modem.name + "]: " + text);
    };
    if (const auto fault = provider_fault(*modem.provider))
        complain(*fault);
    if (modem.provider->timeout >= config.send_deadline)
        complain("timeout must be less than send_deadline");
}

void check_remote(const RemoteConfig& remote) {
    if (const auto fault = remote_fault(remote))
        throw Error(Fault::bad_input, "[remote " + remote.name + "]: " + *fault);
}

void complete_remotes(Config& config) {
    for (RemoteConfig& remote : config.remotes) {
        if (remote.user.empty())
            remote.user = "pull-" + remote.name;
    }
}

// What a provider has as a sender among others.
void complete_providers(Config& config) {
    for (ModemConfig& modem : config.modems) {
        if (!modem.provider)
            continue;
        modem.per_minute = modem.provider->per_minute;
        modem.per_hour = modem.provider->per_hour;
        modem.per_day = modem.provider->per_day;
    }
}

// Settings that are good alone and bad together.
void check_together(const Config& config) {
    const auto complain = [](const char* text) { throw Error(Fault::bad_input, text); };
    if (config.reply_timeout > config.reply_timeout_most)
        complain("reply_timeout must not be more than reply_timeout_most");
    if (config.heartbeat_stale < 2 * config.heartbeat_interval)
        complain("heartbeat_stale must be at least twice heartbeat_interval");
    if (config.message_length > config.text_limit)
        complain("message_length must not be more than text_limit");
    if (config.retry_first > config.retry_most)
        complain("retry_first must not be more than retry_most");
    if (config.network_first > config.network_most)
        complain("network_first must not be more than network_most");
    if (config.worker_pause > config.worker_pause_most)
        complain("worker_pause must not be more than worker_pause_most");
    if (config.probe_first > config.probe_most)
        complain("probe_first must not be more than probe_most");
    if (config.webhook_first > config.webhook_most)
        complain("webhook_first must not be more than webhook_most");
    if (config.webhooks && config.webhook_key_file.empty())
        complain("webhooks need a webhook_key_file");
    if (!bad_network(config.webhook_networks).empty())
        complain("webhook_networks must be addresses or networks (ADDRESS/BITS), separated by "
                 "spaces");
    if (config.valid_for > config.valid_for_most)
        complain("valid_for must not be more than valid_for_most");
    for (const ModemConfig& modem : config.modems) {
        if (!is_name(modem.worker))
            throw Error(Fault::bad_input, "[modem " + modem.name +
                                              "]: worker must be a program's name without a path");
        if (modem.provider)
            check_provider(config, modem);
        else if (modem.worker == provider_worker)
            throw Error(Fault::bad_input, "[modem " + modem.name +
                                              "]: a provider has a section [provider " +
                                              modem.name + "]");
    }
    for (const RouteConfig& route : config.routes)
        check_route(config, route);
    for (const RemoteConfig& remote : config.remotes)
        check_remote(remote);
}

} // namespace

Config load(const std::vector<std::string>& files) {
    Config config;
    for (const std::string& file : files)
        read_file(config, file);
    if (config.modems.empty())
        config.modems.emplace_back();
    complete_providers(config);
    complete_remotes(config);
    check_together(config);
    return config;
}

std::vector<std::string> default_files() {
    const char* named = std::getenv("SMSSPOOL_CONF");
    std::string rest = named != nullptr ? named : "/etc/smsspool/smsspool.conf";
    std::vector<std::string> files;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        if (end > 0)
            files.push_back(rest.substr(0, end));
        rest.erase(0, end + 1);
    }
    return files;
}

std::string secret_mark(const std::string& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0)
        return {};
    return std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec) +
           "/" + std::to_string(facts.st_size);
}

std::string read_private(const std::string& file) {
    constexpr std::size_t longest = std::size_t{64} * 1024;
    const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat facts {};
    if (!fd || ::fstat(fd.get(), &facts) != 0)
        throw system_error(Fault::unavailable, file);
    if ((facts.st_mode & S_IRWXO) != 0)
        throw Error(Fault::denied, file + ": others may use it; chmod o-rwx");
    std::string content;
    std::array<char, 4096> buffer{};
    ssize_t length = 0;
    while ((length = ::read(fd.get(), buffer.data(), buffer.size())) > 0) {
        content.append(buffer.data(), static_cast<std::size_t>(length));
        if (content.size() > longest)
            throw Error(Fault::bad_input, file + ": it is longer than 64k");
    }
    if (length < 0)
        throw system_error(Fault::unavailable, file);
    return content;
}

std::string read_secret(const std::string& file) {
    const std::string content = read_private(file);
    return content.substr(0, content.find_first_of("\r\n"));
}

} // namespace smsspool
