// The client of the control socket.

#include "tests/simmodem/client.h"

#include "common/error.h"
#include "common/fd.h"
#include "common/json.h"
#include "common/utf.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>

namespace smsspool::sim {

namespace {

using Words = std::span<char* const>;

[[noreturn]] void refuse(const std::string& why) {
    throw Error(Fault::bad_input, why);
}

void check_text(std::string_view text) {
    if (!valid_utf8(text))
        refuse("An argument is not UTF-8.");
}

void put_member(JsonWriter& writer, std::string_view key, std::string_view text) {
    put_key(writer, key);
    put_text(writer, text);
}

// Every other member is a text: "333" is a telephone number and "7" may be what a message says.
constexpr std::string_view number_keys[] = {
    "after_ms",  "bytes",        "code",         "concat_reference", "count",   "ms",
    "network",   "reference",    "registration", "report_ms",        "signal",  "report_status",
    "reboot_ms", "send_time_ms", "since",        "status",           "storage", "timeout_ms",
};
constexpr std::string_view flag_keys[] = {"acknowledge", "clear", "cme", "error"};
constexpr std::string_view list_keys[] = {"only", "order"};

bool is_one_of(std::string_view key, std::span<const std::string_view> keys) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::int64_t number_from(std::string_view text) {
    constexpr std::size_t most_digits = 15;
    if (text.empty() || text.size() > most_digits ||
        text.find_first_not_of("0123456789") != std::string_view::npos)
        refuse("Not a number: " + std::string(text));
    return std::stoll(std::string(text));
}

// "3,1,2", in brackets or without.
void put_list(JsonWriter& writer, std::string_view list) {
    if (list.starts_with('[') && list.ends_with(']'))
        list = list.substr(1, list.size() - 2);
    writer.StartArray();
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        writer.Int64(number_from(list.substr(0, comma)));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    writer.EndArray();
}

// "ms=300", "cme=true", "order=3,1,2", "number=+52..."
void put_pair(JsonWriter& writer, std::string_view pair) {
    const auto at = pair.find('=');
    if (at == std::string_view::npos || at == 0)
        refuse("Not key=value: " + std::string(pair));
    const std::string_view key = pair.substr(0, at);
    const std::string_view value = pair.substr(at + 1);
    put_key(writer, key);
    if (is_one_of(key, number_keys))
        writer.Int64(number_from(value));
    else if (is_one_of(key, flag_keys))
        writer.Bool(value == "true");
    else if (is_one_of(key, list_keys))
        put_list(writer, value);
    else
        put_text(writer, value);
}

void put_pairs(JsonWriter& writer, Words pairs) {
    for (const char* pair : pairs)
        put_pair(writer, pair);
}

void put_incoming(JsonWriter& writer, Words words) {
    if (words.size() < 2)
        refuse("incoming needs FROM and TEXT.");
    put_member(writer, "from", words[0]);
    put_member(writer, "text", words[1]);
    put_pairs(writer, words.subspan(2));
}

void put_fault(JsonWriter& writer, Words words) {
    if (words.size() < 2)
        refuse("fault needs NAME and on or off.");
    const std::string_view state = words[1];
    if (state != "on" && state != "off")
        refuse("A fault is switched on or off.");
    put_member(writer, "name", words[0]);
    put_key(writer, "on");
    writer.Bool(state == "on");
    put_pairs(writer, words.subspan(2));
}

void put_wait(JsonWriter& writer, Words words) {
    if (words.empty())
        refuse("wait needs the name of an event.");
    put_member(writer, "event", words[0]);
    put_pairs(writer, words.subspan(1));
}

struct Verb {
    std::string_view name;
    void (*put)(JsonWriter&, Words);
};

constexpr std::array verbs{
    Verb{"incoming", put_incoming}, Verb{"fault", put_fault},  Verb{"wait", put_wait},
    Verb{"rule", put_pairs},        Verb{"rules", put_pairs},  Verb{"set", put_pairs},
    Verb{"report", put_pairs},      Verb{"faults", put_pairs}, Verb{"status", put_pairs},
};

std::string request_of(const Verb& verb, Words words) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_member(writer, "cmd", verb.name);
    verb.put(writer, words);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

Fd connect_to(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        refuse("The name of the control socket is too long.");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw system_error(Fault::unavailable, "connect to " + path);
    return fd;
}

void send_line(int fd, std::string line) {
    line += '\n';
    for (std::size_t sent = 0; sent < line.size();) {
        const ssize_t count = ::send(fd, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
        if (count < 0)
            throw system_error(Fault::unavailable, "send the request");
        sent += static_cast<std::size_t>(count);
    }
}

std::string receive_line(int fd) {
    std::string line;
    std::array<char, 4096> buffer{};
    while (line.find('\n') == std::string::npos) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count <= 0)
            throw Error(Fault::unavailable, "The simulator closed the connection.");
        line.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return line.substr(0, line.find('\n'));
}

} // namespace

std::string request_from(Words words) {
    for (const char* word : words)
        check_text(word);
    const std::string_view name = words.empty() ? "" : words[0];
    if (name == "json" && words.size() == 2)
        return words[1];
    for (const Verb& verb : verbs)
        if (verb.name == name)
            return request_of(verb, words.subspan(1));
    refuse("There is no such control command; see simmodem(1).");
}

int ask(const std::string& socket, const std::string& request) {
    const Fd fd = connect_to(socket);
    send_line(fd.get(), request);
    const std::string answer = receive_line(fd.get());
    std::puts(answer.c_str());
    return answer.starts_with(R"({"ok":true)") ? 0 : 1;
}

} // namespace smsspool::sim
