// Which file a path leads to.

#ifndef SMSSPOOL_COMMON_FILE_ID_H
#define SMSSPOOL_COMMON_FILE_ID_H

#include <cstdint>
#include <string>

namespace smsspool {

// Two paths, or one path at two moments, lead to the same file if these are equal. While somebody
// has a file open, no other file gets its numbers.
struct FileId {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;

    friend bool operator==(const FileId&, const FileId&) = default;
    // False: of no file.
    [[nodiscard]] explicit operator bool() const noexcept { return inode != 0; }
};

// Links are followed. That of no file where nothing can be found.
[[nodiscard]] FileId file_id(const std::string& path) noexcept;

// The folder of `file`, without a slash at its end; "." where `file` names none.
[[nodiscard]] std::string folder_of(const std::string& file);

} // namespace smsspool

#endif
