// The memory for delivery reports.

#include "spoold/modem_memory.h"

#include <charconv>
#include <functional>

namespace smsspool {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds choose_time{5000};
constexpr milliseconds work_time{10000};
constexpr int no_such_place = 321;

const Trouble silent{"timeout", "no answer about the memory for reports"};

Trouble refused(const std::string& command, const AtAnswer& answer) {
    return {"other", command + ": " + name_of_result(answer)};
}

// The first memory in +CPMS: "SM",3,30,…
std::string chosen_memory(const AtAnswer& answer) {
    const std::string value = answer.value("+CPMS:").value_or("");
    const auto close = value.empty() || value.front() != '"' ? 0 : value.find('"', 1);
    return close == 0 || close == std::string::npos ? std::string() : value.substr(1, close - 1);
}

std::optional<Trouble> choose(AtPort& port, const std::string& memory) {
    const std::string command = "AT+CPMS=\"" + memory + '"';
    const auto answer = port.ask(command, choose_time);
    if (!answer)
        return silent;
    if (!answer->ok())
        return refused(command, *answer);
    return std::nullopt;
}

// Does `work` while SR is chosen.
std::optional<Trouble> in_report_memory(AtPort& port,
                                        const std::function<std::optional<Trouble>()>& work) {
    const auto before = port.ask("AT+CPMS?", choose_time);
    if (!before)
        return silent;
    const std::string memory = chosen_memory(*before);
    if (memory.empty())
        return refused("AT+CPMS?", *before);
    if (auto trouble = choose(port, "SR"))
        return trouble;
    auto trouble = work();
    if (trouble && trouble->kind == silent.kind)
        return trouble;
    // Libgammu would go on in the wrong memory: such a link is of no more use.
    if (choose(port, memory))
        return silent;
    return trouble;
}

bool is_hex(const std::string& line) {
    return !line.empty() && line.size() % 2 == 0 &&
           line.find_first_not_of("0123456789ABCDEFabcdef") == std::string::npos;
}

} // namespace

std::vector<StoredPdu> stored_pdus(const std::vector<std::string>& lines) {
    constexpr std::string_view head = "+CMGL:";
    std::vector<StoredPdu> found;
    int place = -1;
    for (const std::string& line : lines) {
        if (line.compare(0, head.size(), head) == 0) {
            const auto begin = line.find_first_not_of(' ', head.size());
            place = -1;
            if (begin != std::string::npos)
                std::from_chars(line.data() + begin, line.data() + line.size(), place);
        } else if (place >= 0 && is_hex(line)) {
            found.push_back({std::exchange(place, -1), line});
        }
    }
    return found;
}

std::variant<std::vector<StoredPdu>, Trouble> list_reports(AtPort& port) {
    std::vector<StoredPdu> found;
    const auto trouble = in_report_memory(port, [&]() -> std::optional<Trouble> {
        const auto answer = port.ask("AT+CMGL=4", work_time);
        if (!answer)
            return silent;
        if (!answer->ok())
            return refused("AT+CMGL=4", *answer);
        found = stored_pdus(answer->lines);
        return std::nullopt;
    });
    if (trouble)
        return *trouble;
    return found;
}

Answer delete_report(AtPort& port, int place) {
    const std::string command = "AT+CMGD=" + std::to_string(place);
    const auto trouble = in_report_memory(port, [&]() -> std::optional<Trouble> {
        const auto answer = port.ask(command, work_time);
        if (!answer)
            return silent;
        if (!answer->ok() && answer->code != no_such_place)
            return refused(command, *answer);
        return std::nullopt;
    });
    if (trouble)
        return *trouble;
    return Done{};
}

} // namespace smsspool
