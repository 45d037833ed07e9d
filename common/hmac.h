// HMAC-SHA256 (RFC 2104): who has the key can make it, nobody else.

#ifndef SMSSPOOL_COMMON_HMAC_H
#define SMSSPOOL_COMMON_HMAC_H

#include <string>
#include <string_view>

namespace smsspool {

// As 64 lower-case hexadecimal digits.
[[nodiscard]] std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);

} // namespace smsspool

#endif
