// What a modem says unasked, and how it is told to.

#include "spoold/modem_push.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <vector>

namespace smsspool {

namespace {

constexpr std::chrono::milliseconds patience{5000};
constexpr int most_values = 10;

using Values = std::vector<int>;

// "0-2,4" as 0, 1, 2, 4. Nothing where it is none.
std::optional<Values> values_in(std::string_view list) {
    Values values;
    int from = -1;
    while (!list.empty()) {
        int number = 0;
        const auto end = std::from_chars(list.data(), list.data() + list.size(), number);
        if (end.ec != std::errc() || number < 0 || number > most_values)
            return std::nullopt;
        for (int value = from < 0 ? number : from + 1; value <= number; ++value)
            values.push_back(value);
        list.remove_prefix(static_cast<std::size_t>(end.ptr - list.data()));
        from = !list.empty() && list.front() == '-' ? number : -1;
        if (!list.empty() && list.front() != '-' && list.front() != ',')
            return std::nullopt;
        list.remove_prefix(list.empty() ? 0 : 1);
    }
    return values;
}

// What stands in the brackets, one after the other; a value without brackets is a list of its own.
std::vector<Values> lists_in(std::string_view offer) {
    std::vector<Values> lists;
    while (!offer.empty()) {
        const bool bracket = offer.front() == '(';
        const auto end = std::min(offer.find(bracket ? ')' : ','), offer.size());
        const auto values = values_in(offer.substr(bracket ? 1 : 0, end - (bracket ? 1 : 0)));
        if (!values)
            return {};
        lists.push_back(*values);
        offer.remove_prefix(std::min(end + (bracket ? 1 : 0), offer.size()));
        while (!offer.empty() && (offer.front() == ',' || offer.front() == ' '))
            offer.remove_prefix(1);
    }
    return lists;
}

// The first of `wanted` that is offered.
std::optional<int> pick(const Values& offered, std::initializer_list<int> wanted) {
    const auto found = std::find_if(wanted.begin(), wanted.end(), [&](int value) {
        return std::find(offered.begin(), offered.end(), value) != offered.end();
    });
    return found == wanted.end() ? std::nullopt : std::optional(*found);
}

} // namespace

std::optional<std::string> announce_command(std::string_view offer) {
    const std::vector<Values> lists = lists_in(offer);
    if (lists.size() < 2)
        return std::nullopt;
    constexpr std::size_t values = 5;
    const std::array<std::initializer_list<int>, values> wanted{{
        {2, 3, 1}, // keep what comes while the line is in use, hand it over later
        {1, 2, 3}, // stored messages, then messages that are handed over
        {0},       // no broadcasts
        {2, 1, 0}, // the same for reports
        {0, 1},    // what was kept is handed over, else dropped
    }};
    std::string command = "AT+CNMI=";
    for (std::size_t i = 0; i < std::min(values, lists.size()); ++i) {
        const auto value = pick(lists[i], wanted[i]);
        if (!value && i < 2)
            return std::nullopt;
        command += (i > 0 ? "," : "") + (value ? std::to_string(*value) : std::string());
    }
    // A value at the end that is not given must not leave its comma.
    command.erase(command.find_last_not_of(',') + 1);
    return command;
}

std::optional<Push> switch_on_push(AtPort& port) {
    Push push;
    const auto offer = port.ask("AT+CNMI=?", patience);
    if (!offer)
        return std::nullopt;
    if (const auto command = announce_command(offer->value("+CNMI:").value_or("")))
        if (!port.ask(*command, patience))
            return std::nullopt;
    const auto service = port.ask("AT+CSMS?", patience);
    if (!service)
        return std::nullopt;
    push.wants_acknowledge = service->value("+CSMS:").value_or("0").substr(0, 1) == "1";
    const auto memories = port.ask("AT+CPMS=?", patience);
    if (!memories)
        return std::nullopt;
    const std::string list = memories->value("+CPMS:").value_or("");
    push.has_report_memory = list.substr(0, list.find(')')).find("\"SR\"") != std::string::npos;
    return push;
}

} // namespace smsspool
