// Which jobs a modem takes.

#include "spoold/routing.h"

#include <algorithm>

namespace smsspool {

namespace {

bool names(std::string_view list, std::string_view name) {
    const auto words = words_in(list);
    return std::find(words.begin(), words.end(), name) != words.end();
}

bool all_unable(std::string_view modems, const std::set<std::string>& unable) {
    const auto words = words_in(modems);
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string& word) { return unable.count(word) > 0; });
}

} // namespace

std::vector<std::string> routes_of(const Config& config, std::string_view modem,
                                   const std::set<std::string>& unable) {
    std::vector<std::string> served{""};
    for (const RouteConfig& route : config.routes) {
        if (names(route.modems, modem) ||
            (names(route.fallback, modem) && all_unable(route.modems, unable)))
            served.push_back(route.name);
    }
    return served;
}

std::vector<std::string> route_names(const Config& config) {
    std::vector<std::string> all;
    for (const RouteConfig& route : config.routes)
        all.push_back(route.name);
    return all;
}

std::array<Priority, 3> order_of(std::int64_t claims, std::int64_t fair_share) {
    if (fair_share == 0)
        return {Priority::high, Priority::normal, Priority::low};
    const std::int64_t share = std::max<std::int64_t>(fair_share, 2);
    // The last of them is for low, and normal is half-way from there.
    const std::int64_t place = claims % share;
    if (place == share - 1)
        return {Priority::low, Priority::high, Priority::normal};
    if (place == share / 2 - 1)
        return {Priority::normal, Priority::high, Priority::low};
    return {Priority::high, Priority::normal, Priority::low};
}

std::string month_of(UtcMs when) {
    constexpr std::size_t year_and_month = 7;
    return utc_seconds_text(when).substr(0, year_and_month);
}

} // namespace smsspool
