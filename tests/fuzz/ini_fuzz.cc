// The gateway program's config.ini: refused with a place, or a remote that can be asked.

#include "common/error.h"
#include "common/remote.h"
#include "pull/ini.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/targets.h"

namespace smsspool::fuzz {

void ini(std::string_view bytes) {
    const MemoryFile file(bytes);
    try {
        const IniConfig config = read_ini(file.path());
        require(!remote_fault(config.remote), "a remote can be asked");
        require(config.remote.poll_interval >= std::chrono::seconds(1) &&
                    config.remote.poll_interval <= std::chrono::hours(24),
                "a pause is within its limits");
        require(!read_ini_secrets(file.path()).password.empty(), "there is a password");
    } catch (const Error& error) {
        require(error.fault() == Fault::bad_input, "a refused file is bad input");
        require(std::string_view(error.what()).starts_with(file.path() + ":"),
                "a refusal says where");
    }
}

} // namespace smsspool::fuzz
