// Who signs a webhook, and how a receiver knows that it comes from here.

#ifndef SMSSPOOL_COMMON_WEBHOOK_KEY_H
#define SMSSPOOL_COMMON_WEBHOOK_KEY_H

#include "common/clock.h"
#include "common/settings.h"

#include <string>
#include <string_view>

namespace smsspool {

// The secret in the file that setting webhook_key_file names. Throws Error: bad_input where the
// setting is empty or the secret has fewer than 32 bytes; what read_secret() throws.
[[nodiscard]] std::string webhook_secret(const Config& config);

// The key that signs what is told to this user, 64 hexadecimal digits: made of the secret, so that
// none is kept anywhere, and so that it says nothing about another user's.
[[nodiscard]] std::string webhook_key(std::string_view secret, std::string_view user);

// The signature of `body`, told at `seconds` since 1970: "v1=" and the HMAC-SHA256, in hexadecimal
// digits, of the decimal `seconds`, a point and the body. The key is used as it is written.
[[nodiscard]] std::string webhook_signature(std::string_view key, std::int64_t seconds,
                                            std::string_view body);

} // namespace smsspool

#endif
