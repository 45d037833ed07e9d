// The address where a sender wants to be told what becomes of a message.

#ifndef SMSSPOOL_COMMON_CALLBACK_H
#define SMSSPOOL_COMMON_CALLBACK_H

#include "common/settings.h"

#include <optional>
#include <string>
#include <string_view>

namespace smsspool {

// Why `url` is not taken, a sentence that names the limit and what was found; nothing: it is. It
// must be https (or http, where setting webhook_http allows that) with a host of at most 253
// bytes, without a user, in the characters of RFC 3986, and no longer than callback_length_most;
// none is taken while setting `webhooks` is off. Where the name leads is looked at when it is told.
// REQUIRES: valid UTF-8.
[[nodiscard]] std::optional<std::string> callback_fault(std::string_view url, const Config& config);

} // namespace smsspool

#endif
