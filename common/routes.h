// Which way a message takes: the routes of the configuration.

#ifndef SMSSPOOL_COMMON_ROUTES_H
#define SMSSPOOL_COMMON_ROUTES_H

#include "common/settings.h"

#include <string>
#include <string_view>

namespace smsspool {

// The name of the first route all of whose conditions a message meets; empty: none, it may leave
// through any modem. `number` is in E.164 or a service number; `label` empty: it has none.
[[nodiscard]] std::string route_for(const Config& config, std::string_view number,
                                    std::string_view user, std::string_view label);

} // namespace smsspool

#endif
