// The disk under a file.

#include "common/disk.h"

#include "common/file_id.h"

#include <limits>
#include <sys/stat.h>
#include <sys/statvfs.h>

namespace smsspool {

std::optional<std::int64_t> free_bytes(const std::string& file) noexcept {
    struct statvfs facts {};
    if (::statvfs(folder_of(file).c_str(), &facts) != 0)
        return std::nullopt;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (facts.f_frsize != 0 && facts.f_bavail > most / facts.f_frsize)
        return std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(facts.f_bavail * facts.f_frsize);
}

std::int64_t size_of(const std::string& file) noexcept {
    struct stat facts {};
    return ::stat(file.c_str(), &facts) == 0 ? facts.st_size : 0;
}

} // namespace smsspool
