// The disk under a file: how much room there is, and how much the file takes.

#ifndef SMSSPOOL_COMMON_DISK_H
#define SMSSPOOL_COMMON_DISK_H

#include <cstdint>
#include <optional>
#include <string>

namespace smsspool {

// How many bytes an ordinary user may still write to the disk of the folder that `file` is in.
// Nothing: there is no such folder, or it does not say.
[[nodiscard]] std::optional<std::int64_t> free_bytes(const std::string& file) noexcept;

// The size of `file` in bytes, 0 where there is none.
[[nodiscard]] std::int64_t size_of(const std::string& file) noexcept;

} // namespace smsspool

#endif
