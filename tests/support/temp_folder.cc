// A folder of the test's own.

#include "tests/support/temp_folder.h"

#include "common/error.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace smsspool {

namespace {

std::string where() {
    if (const char* named = std::getenv("TMPDIR"); named != nullptr && *named != '\0')
        return named;
    return ::access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

} // namespace

TempFolder::TempFolder() : path_(where() + "/smsspool-test-XXXXXX"), owner_(::getpid()) {
    if (::mkdtemp(path_.data()) == nullptr)
        throw system_error(Fault::unavailable, path_);
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    if (::getpid() == owner_)
        std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::file(std::string_view name) const {
    return path_ + "/" + std::string(name);
}

std::string TempFolder::write(std::string_view name, std::string_view content) const {
    const std::string path = file(name);
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream << content;
    stream.close();
    if (!stream)
        throw system_error(Fault::unavailable, path);
    return path;
}

} // namespace smsspool
