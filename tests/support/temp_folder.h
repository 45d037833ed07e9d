// A folder of the test's own, with everything in it removed at the end.

#ifndef SMSSPOOL_TESTS_SUPPORT_TEMP_FOLDER_H
#define SMSSPOOL_TESTS_SUPPORT_TEMP_FOLDER_H

#include <string>
#include <string_view>
#include <sys/types.h>

namespace smsspool {

class TempFolder {
public:
    // In $TMPDIR if set, else in memory (/dev/shm) where that is possible, else in /tmp: a spool
    // syncs at each commit, and a disk would make the suites slow without testing more.
    TempFolder();
    // A child process that was forked meanwhile leaves the folder alone.
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    // The path of `name` in the folder.
    [[nodiscard]] std::string file(std::string_view name) const;
    // Writes a file of this content; its path.
    [[nodiscard]] std::string write(std::string_view name, std::string_view content) const;

private:
    std::string path_;
    pid_t owner_;
};

} // namespace smsspool

#endif
