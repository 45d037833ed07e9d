// Names that the program makes itself: UUIDs of version 7 (RFC 9562) and random tokens.

#ifndef SMSSPOOL_COMMON_IDS_H
#define SMSSPOOL_COMMON_IDS_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// 36 lower-case characters. Ids of one process sort in the order in which they were made, also
// within a millisecond; ids of different processes by their millisecond. Any thread.
[[nodiscard]] std::string new_id();
// So many of them, in order: one step of the kernel for sixteen.
[[nodiscard]] std::vector<std::string> new_ids(std::size_t count);

// True if `text` has the form of a UUID (any version), in lower case.
[[nodiscard]] bool is_id(std::string_view text) noexcept;

// Time and counter of a UUIDv7 as one number, for clients who know integers only: ids in order have
// numbers in order. From 1 to 2^53 - 1, which every JSON parser keeps, until the year 2089. Nothing
// where `id` is no UUIDv7 of 2020 or later. Two ids of two processes can share a number.
[[nodiscard]] std::optional<std::int64_t> number_of_id(std::string_view id) noexcept;
// What every id of this number begins with, to its last hyphen; empty: no id has it.
[[nodiscard]] std::string id_beginning(std::int64_t number);
// Behind every id that is older than `when`, and before every other; empty for a time in which no
// id has a number.
[[nodiscard]] std::string id_at(std::int64_t when_ms);

// SHA-256 of `bytes` as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

} // namespace smsspool

#endif
