// Unlocking the SIM.

#include "spoold/modem_sim.h"

#include "spoold/modem_port.h"

#include <algorithm>
#include <charconv>
#include <poll.h>

namespace smsspool {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds answer_time{5000};
// A SIM checks a PIN itself, and a modem reads the whole card before it says OK.
constexpr milliseconds enter_time{20000};
constexpr milliseconds ready_time{15000};
constexpr milliseconds ready_pause{500};
constexpr int fewest_tries = 2;
constexpr int all_tries = 3;
// A SIM that was just unlocked may be busy for some seconds.
constexpr milliseconds imsi_time{6000};

bool looks_like_pin(const std::string& pin) {
    return pin.size() >= 4 && pin.size() <= 8 &&
           std::all_of(pin.begin(), pin.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The `index`th field of "a,b,c" as a number.
std::optional<int> field(std::string_view list, unsigned index) {
    for (; index > 0; --index) {
        const auto comma = list.find(',');
        if (comma == std::string_view::npos)
            return std::nullopt;
        list.remove_prefix(comma + 1);
    }
    int number = 0;
    const auto end = std::from_chars(list.data(), list.data() + list.size(), number);
    return end.ec == std::errc() ? std::optional(number) : std::nullopt;
}

// How many tries the PIN has left, where the modem can say: 3GPP TS 27.007 8.65, or as Huawei has
// it.
std::optional<int> tries_left(AtPort& port) {
    if (const auto answer = port.ask("AT+CPINR", answer_time); answer && answer->ok()) {
        if (const auto list = answer->value("+CPINR: SIM PIN,"))
            return field(*list, 0);
    }
    if (const auto answer = port.ask("AT^CPIN?", answer_time); answer && answer->ok()) {
        if (const auto list = answer->value("^CPIN: SIM PIN,"))
            return field(*list, 0);
    }
    return std::nullopt;
}

std::optional<Trouble> tries_trouble(std::optional<int> tries, PinHistory history) {
    if (history == PinHistory::unsure && tries != all_tries)
        return Trouble{"pin", "the PIN was given before and no answer came; the SIM " +
                                  (tries ? "has " + std::to_string(*tries) + " tries left"
                                         : std::string("does not say how many tries are left")) +
                                  ": it was not given again"};
    if (tries && *tries < fewest_tries)
        return Trouble{"pin", "the SIM has " + std::to_string(*tries) +
                                  " tries left for its PIN: it was not given"};
    return std::nullopt;
}

bool is_number(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

bool wait_until_ready(AtPort& port) {
    const auto deadline = Monotonic::now() + ready_time;
    while (!port.lost() && Monotonic::now() < deadline) {
        const auto answer = port.ask("AT+CPIN?", answer_time);
        if (answer && answer->value("+CPIN:") == "READY")
            return true;
        ::poll(nullptr, 0, static_cast<int>(ready_pause.count()));
    }
    return false;
}

} // namespace

std::optional<Trouble> unlock_sim(const std::string& path, unsigned baud, const std::string& pin,
                                  PinHistory history) {
    if (!looks_like_pin(pin))
        return Trouble{"pin", "the SIM wants its PIN, and the one given is not 4 to 8 digits"};
    auto opened = AtPort::open(path, baud);
    if (const auto* trouble = std::get_if<Trouble>(&opened))
        return *trouble;
    auto& port = std::get<AtPort>(opened);
    if (auto trouble = tries_trouble(tries_left(port), history))
        return trouble;
    const auto answer = port.ask("AT+CPIN=\"" + pin + "\"", enter_time);
    // No answer may mean that it was refused: the PIN counts as used up.
    if (!answer)
        return Trouble{"pin", "no answer to the PIN"};
    if (!answer->ok())
        return Trouble{"pin", "the SIM refused the PIN: " + name_of_result(*answer)};
    if (!wait_until_ready(port))
        return Trouble{"sim", "the SIM took the PIN and did not become ready"};
    return std::nullopt;
}

std::variant<std::string, Trouble> ask_imsi(const std::string& path, unsigned baud) {
    auto opened = AtPort::open(path, baud);
    if (const auto* trouble = std::get_if<Trouble>(&opened))
        return *trouble;
    auto& port = std::get<AtPort>(opened);
    const auto deadline = Monotonic::now() + imsi_time;
    while (!port.lost() && Monotonic::now() < deadline) {
        const auto answer = port.ask("AT+CIMI", answer_time);
        if (!answer)
            return Trouble{"timeout", path + ": no answer to AT+CIMI"};
        const auto imsi = std::find_if(answer->lines.begin(), answer->lines.end(), is_number);
        if (answer->ok() && imsi != answer->lines.end())
            return *imsi;
        ::poll(nullptr, 0, static_cast<int>(ready_pause.count()));
    }
    return Trouble{"sim", path + ": the SIM does not say its IMSI"};
}

} // namespace smsspool
