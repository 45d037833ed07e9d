// Which jobs a modem takes: the routes that it serves now, and the turns of the priorities. Pure
// functions.

#ifndef SMSSPOOL_SPOOLD_ROUTING_H
#define SMSSPOOL_SPOOLD_ROUTING_H

#include "common/clock.h"
#include "common/settings.h"
#include "common/spool.h"

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// The routes that `modem` serves while those of `unable` cannot send: "", each that names it among
// its `modems`, and each that names it as `fallback` while all of its `modems` are unable.
[[nodiscard]] std::vector<std::string> routes_of(const Config& config, std::string_view modem,
                                                 const std::set<std::string>& unable);

// The names of all routes, for Spool::reroute().
[[nodiscard]] std::vector<std::string> route_names(const Config& config);

// In which order the claim after `claims` others looks at the priorities. Of each `fair_share`
// claims in a row one looks at `low` first and another one at `normal`; with 0 all begin with
// `high`. A share of 1 is taken for 2.
[[nodiscard]] std::array<Priority, 3> order_of(std::int64_t claims, std::int64_t fair_share);

// The calendar month in UTC: "2026-11".
[[nodiscard]] std::string month_of(UtcMs when);

} // namespace smsspool

#endif
