// Names that the program makes itself: UUIDs of version 7 (RFC 9562) and random tokens.

#ifndef SMSSPOOL_COMMON_IDS_H
#define SMSSPOOL_COMMON_IDS_H

#include <string>
#include <string_view>

namespace smsspool {

// 36 lower-case characters. Ids of one process sort in the order in which they were made, also
// within a millisecond; ids of different processes by their millisecond. Any thread.
[[nodiscard]] std::string new_id();

// True if `text` has the form of a UUID (any version), in lower case.
[[nodiscard]] bool is_id(std::string_view text) noexcept;

// SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

} // namespace smsspool

#endif
