// The settings of a remote API that messages are fetched from: when they are wrong.

#ifndef SMSSPOOL_COMMON_REMOTE_H
#define SMSSPOOL_COMMON_REMOTE_H

#include "common/settings.h"

#include <optional>
#include <string>
#include <string_view>

namespace smsspool {

// What is wrong with these settings, a sentence; nothing: the API can be asked with them.
[[nodiscard]] std::optional<std::string> remote_fault(const RemoteConfig& config);

// True for a URL (http, https) that names a host and no user, holds no blank, control character,
// query or fragment, and is https unless its host is this machine: secrets go there.
[[nodiscard]] bool is_confidential(std::string_view url);

} // namespace smsspool

#endif
