// For targets that look at a file: one in memory, by a name that can be opened again.

#ifndef SMSSPOOL_TESTS_FUZZ_MEMORY_FILE_H
#define SMSSPOOL_TESTS_FUZZ_MEMORY_FILE_H

#include "common/fd.h"
#include "tests/fuzz/targets.h"

#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace smsspool::fuzz {

// Only its owner may use it.
class MemoryFile {
public:
    explicit MemoryFile(std::string_view content) : file_(::memfd_create("fuzz", MFD_CLOEXEC)) {
        require(file_ && ::fchmod(file_.get(), S_IRUSR | S_IWUSR) == 0 &&
                    ::write(file_.get(), content.data(), content.size()) ==
                        static_cast<ssize_t>(content.size()),
                "a file in memory can be made");
    }
    [[nodiscard]] std::string path() const {
        return "/proc/self/fd/" + std::to_string(file_.get());
    }

private:
    Fd file_;
};

} // namespace smsspool::fuzz

#endif
