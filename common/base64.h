// Base64 (RFC 4648 4), the alphabet with '+' and '/', padded, on one line.

#ifndef SMSSPOOL_COMMON_BASE64_H
#define SMSSPOOL_COMMON_BASE64_H

#include <string>
#include <string_view>

namespace smsspool {

[[nodiscard]] std::string base64(std::string_view bytes);

} // namespace smsspool

#endif
