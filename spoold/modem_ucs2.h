// Between UTF-8 and the UTF-16 in big-endian bytes that libgammu and UCS-2 messages have.

#ifndef SMSSPOOL_SPOOLD_MODEM_UCS2_H
#define SMSSPOOL_SPOOLD_MODEM_UCS2_H

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// Big-endian bytes, characters above U+FFFF as surrogate pairs, no zero at the end.
// REQUIRES: valid_utf8(text)
[[nodiscard]] std::vector<std::uint8_t> to_ucs2(std::string_view text);

// Whatever the bytes are, valid UTF-8: a surrogate without its partner becomes U+FFFD, an odd last
// byte is dropped.
[[nodiscard]] std::string from_ucs2(std::span<const std::uint8_t> bytes);

// Up to the first zero unit, or to the end where there is none.
[[nodiscard]] std::string from_terminated_ucs2(std::span<const std::uint8_t> bytes);

} // namespace smsspool

#endif
