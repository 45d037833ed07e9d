// The control language: one JSON object in, one out (simmodem(1), CONTROL).

#ifndef SMSSPOOL_TESTS_SIMMODEM_REQUESTS_H
#define SMSSPOOL_TESTS_SIMMODEM_REQUESTS_H

#include "tests/simmodem/events.h"
#include "tests/simmodem/simulator.h"

#include <chrono>
#include <cstdint>
#include <rapidjson/document.h>
#include <string>
#include <string_view>
#include <variant>

namespace smsspool::sim {

// Somebody waits until `count` events are there.
struct Wait {
    EventQuery query;
    std::uint64_t count = 1;
    std::chrono::milliseconds timeout{10'000};
};

// The answer, without a line end, or what has to be waited for first. A request that cannot be
// understood is answered, too; nothing is thrown for it.
[[nodiscard]] std::variant<std::string, Wait> run_request(Simulator& simulator,
                                                          std::string_view line);

// {"ok":false,"error":…}
[[nodiscard]] std::string error_answer(std::string_view why);

// The answer to a wait: "ok" where `seen` reached what was wanted.
[[nodiscard]] std::string wait_answer(const Wait& wait, const Events::Found& seen,
                                      std::uint64_t sequence);

} // namespace smsspool::sim

#endif
