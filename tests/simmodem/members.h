// Looks into a control request: each member as what it must be. All of them throw Error bad_input
// with a sentence where a member is there and is something else.

#ifndef SMSSPOOL_TESTS_SIMMODEM_MEMBERS_H
#define SMSSPOOL_TESTS_SIMMODEM_MEMBERS_H

#include "tests/simmodem/store.h"

#include <cstdint>
#include <optional>
#include <rapidjson/document.h>
#include <string>
#include <vector>

namespace smsspool::sim {

// Throws Error bad_input with that sentence.
[[noreturn]] void refuse(const std::string& why);

// Nothing where it is missing or null.
[[nodiscard]] std::optional<std::string> text_in(const rapidjson::Value& request, const char* name);
[[nodiscard]] std::string needed_text(const rapidjson::Value& request, const char* name);

// From 0 to `most`; nothing where it is missing or null.
[[nodiscard]] std::optional<std::int64_t> number_in(const rapidjson::Value& request,
                                                    const char* name, std::int64_t most);

// False where it is missing.
[[nodiscard]] bool flag_in(const rapidjson::Value& request, const char* name);

// A list of part numbers, empty where it is missing.
[[nodiscard]] std::vector<unsigned> numbers_in(const rapidjson::Value& request, const char* name);

// The member "memory"; never MT.
[[nodiscard]] std::optional<Memory> memory_in(const rapidjson::Value& request);

} // namespace smsspool::sim

#endif
