// An empty spool of the present schema in a folder of its own, and the shortest ways to fill it.

#ifndef SMSSPOOL_TESTS_SUPPORT_FRESH_SPOOL_H
#define SMSSPOOL_TESTS_SUPPORT_FRESH_SPOOL_H

#include "common/retry.h"
#include "common/settings.h"
#include "common/spool.h"
#include "tests/support/temp_folder.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// When the tests of the spool begin: a whole second, 2023-11-14T22:13:20Z.
inline constexpr UtcMs start_time = 1'700'000'000'000;

// A message of user "ana" to one recipient, accepted at `now`, valid for a day.
[[nodiscard]] NewMessage new_message(const std::string& text, UtcMs now = start_time,
                                     const std::string& number = "+525512345678");

// Walks through the whole queue once.
std::vector<SweptJob> expire_all(Spool& spool, UtcMs now, std::string_view error_code = "EXPIRED",
                                 std::string_view error_text = "too late");

// Changes the database behind the spool's back; where jobs are dead letters then, their table says
// so.
void write_behind(const Config& config, const std::string& sql);

// A text that travels in `parts` SMS, each with its own letters.
[[nodiscard]] std::string long_text(std::size_t parts);

// Settings whose every path lies in `folder`, with an empty spool there that nobody has open: for
// tests that fork, since SQLite forbids to take an open file along.
[[nodiscard]] Config fresh_config(const TempFolder& folder);

struct FreshSpool {
    TempFolder folder;
    Config config; // every path lies in the folder
    Spool spool;

    FreshSpool();

    // Another connection.
    [[nodiscard]] Spool open(Access access = Access::write) const { return {config, access}; }

    // Claims the next job at `now` for the modem; nothing: none is due.
    std::optional<Work> claim(UtcMs now = start_time, const std::string& owner = "host-1",
                              const std::string& modem = "sim");
    // Settles as decide() says, without a new claim.
    Turn settle(const Work& work, const Outcome& outcome, UtcMs now = start_time);
    // Submits the message, claims it at `when` and settles every part as accepted; its id.
    // REQUIRES: nothing else is due.
    std::string send(const NewMessage& message, UtcMs when);
    // The state of the only job of a message. REQUIRES: the message is there.
    [[nodiscard]] State state(const std::string& message_id);
};

} // namespace smsspool

#endif
