// The fuzzer's side: one program for all targets. The name under which it is called says which one:
// json_fuzz runs json.

#include "common/log.h"
#include "tests/fuzz/targets.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

const smsspool::fuzz::Target* chosen = nullptr;

const smsspool::fuzz::Target* target_called(std::string_view path) {
    const std::string_view name = path.substr(path.find_last_of('/') + 1);
    for (const auto& target : smsspool::fuzz::targets) {
        if (name == std::string(target.name) + "_fuzz")
            return &target;
    }
    return nullptr;
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int* count, char*** words) {
    chosen = *count > 0 ? target_called((*words)[0]) : nullptr;
    if (chosen == nullptr) {
        std::fprintf(stderr, "no target has this program's name\n");
        std::exit(64);
    }
    smsspool::set_log_level(smsspool::LogLevel::error);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    chosen->run({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
