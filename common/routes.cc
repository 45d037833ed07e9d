// The routes of the configuration.

#include "common/routes.h"

#include <algorithm>

namespace smsspool {

namespace {

bool is_among(std::string_view list, std::string_view word) {
    const auto words = words_in(list);
    return words.empty() || std::find(words.begin(), words.end(), word) != words.end();
}

bool begins_with_one(std::string_view number, std::string_view prefixes) {
    const auto words = words_in(prefixes);
    return words.empty() || std::any_of(words.begin(), words.end(), [&](const std::string& prefix) {
               return number.starts_with(prefix);
           });
}

} // namespace

std::string route_for(const Config& config, std::string_view number, std::string_view user,
                      std::string_view label) {
    for (const RouteConfig& route : config.routes) {
        if (begins_with_one(number, route.prefixes) && is_among(route.users, user) &&
            is_among(route.labels, label))
            return route.name;
    }
    return {};
}

} // namespace smsspool
