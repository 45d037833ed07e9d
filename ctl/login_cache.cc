// Emptying nginx's memory of logins.

#include "ctl/login_cache.h"

#include "common/fd.h"

#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <string_view>
#include <sys/stat.h>
#include <thread>

namespace smsspool::ctl {

namespace {

constexpr int levels_most = 3;             // of folders, in nginx
constexpr std::size_t name_size = 32;      // of an entry: an MD5 in hexadecimal
constexpr std::size_t level_name_most = 2; // of a folder: its last digits

bool is_hexadecimal(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_entry(std::string_view name) {
    return name.size() == name_size && is_hexadecimal(name);
}

bool is_level(std::string_view name) {
    return !name.empty() && name.size() <= level_name_most && is_hexadecimal(name);
}

// An errno; 0: it is gone, or was nothing to remove.
int remove_entry(int folder, const char* name) {
    struct stat facts {};
    if (::fstatat(folder, name, &facts, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : errno;
    if (!S_ISREG(facts.st_mode) || ::unlinkat(folder, name, 0) == 0 || errno == ENOENT)
        return 0;
    return errno;
}

struct CloseFolder {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

// An errno, the first of those that happened; it goes on behind one.
int empty_folder(int above, const char* name, int levels) {
    Fd opened(::openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!opened)
        return errno;
    const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(opened.get()));
    if (!folder)
        return errno;
    const int descriptor = opened.release(); // the DIR's now
    int first = 0;
    while (const dirent* entry = ::readdir(folder.get())) {
        int number = 0;
        if (is_entry(entry->d_name))
            number = remove_entry(descriptor, entry->d_name);
        else if (is_level(entry->d_name) && levels > 0)
            number = empty_folder(descriptor, entry->d_name, levels - 1);
        // What has such a name and is a link or a file is not nginx's.
        if (first == 0 && number != ELOOP && number != ENOTDIR && number != ENOENT)
            first = number;
    }
    return first;
}

} // namespace

std::string forget_logins(const std::string& folder, std::chrono::milliseconds again) {
    if (folder.empty())
        return {};
    int number = empty_folder(AT_FDCWD, folder.c_str(), levels_most);
    if (number == 0) {
        std::this_thread::sleep_for(again);
        number = empty_folder(AT_FDCWD, folder.c_str(), levels_most);
    }
    if (number == 0)
        return {};
    return "nginx's memory of logins, " + folder + ", cannot be emptied: " + std::strerror(number) +
           "; what was right before counts for up to " + std::to_string(login_memory.count()) +
           " seconds more";
}

} // namespace smsspool::ctl
