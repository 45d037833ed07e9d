// Decisions about dead letters and waiting messages, as smsctl and the FastCGI program make them:
// the words of a filter, one letter or all that a filter finds, with the daemon told.

#ifndef SMSSPOOL_COMMON_DEAD_LETTERS_H
#define SMSSPOOL_COMMON_DEAD_LETTERS_H

#include "common/settings.h"
#include "common/spool.h"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// --- words --------------------------------------------------------------------------------------

// The names that put_condition() knows.
inline constexpr std::array<std::string_view, 6> dead_conditions{
    "state", "user", "number", "error_code", "older_than", "newer_than"};

// Puts the condition `name` (of dead_conditions) into `filter`. The answer is what the value must
// be where it is not that; nothing: it is taken. Ages are counted back from `now`.
[[nodiscard]] std::optional<std::string> put_condition(DeadFilter& filter, std::string_view name,
                                                       std::string_view value, UtcMs now);

// The filter in words, for a log: "user ana, error_code SEND_FAILED"; "all": no conditions.
[[nodiscard]] std::string words_of(const DeadFilter& filter);

// A pace such as "30/min", "2/s" or "100/h" as the milliseconds from one message to the next, at
// least 1; a number alone is a minute's. Nothing: it is none.
[[nodiscard]] std::optional<std::int64_t> pace_from(std::string_view text);
inline constexpr std::string_view pace_form = "a number and a unit like 30/min, 2/s or 100/h";
inline constexpr std::int64_t usual_pace = 1000; // 60 a minute

// A time of RFC 3339, or how long from now ("2h"). Nothing: it is neither.
[[nodiscard]] std::optional<UtcMs> moment_from(std::string_view text, UtcMs now);

// --- deeds --------------------------------------------------------------------------------------

// As Spool::resend() for one, and pokes the daemon.
[[nodiscard]] Verdict resend(Spool& spool, const Resending& job, const Config& config, UtcMs now);

struct Progress {
    std::int64_t done = 0;
    std::int64_t damaged = 0; // cannot be sent, and stayed
    std::int64_t alive = 0;   // somebody else was faster
    bool more = false;        // `most` was reached before the end
    UtcMs next = 0;           // resend_all(): the first that was not done would be due then
};

// What a bite did: how many, and the ids of the first and the last letter of it.
using Told =
    std::function<void(std::int64_t done, const std::string& first, const std::string& last)>;

struct Schedule {
    UtcMs first = 0;                 // of the first letter
    std::int64_t apart = usual_pace; // from one to the next, milliseconds
};

// Sends again what `filter` finds and was dead at `now`: at most `most`, in the order of their ids,
// one due after the other. In bites with a pause between them; each is done as a whole, and told.
// An Error leaves the bites before it done: whoever calls again goes on behind them, and `schedule`
// should then begin where `next` would have been.
[[nodiscard]] Progress resend_all(Spool& spool, const DeadFilter& filter, const Schedule& schedule,
                                  std::size_t most, const Config& config, UtcMs now,
                                  const Told& told);

// Likewise gives them up for good.
[[nodiscard]] Progress abandon_all(Spool& spool, const DeadFilter& filter, std::size_t most,
                                   UtcMs now, const Told& told);

// How many there are.
[[nodiscard]] std::int64_t count_letters(Spool& spool, const DeadFilter& filter);

} // namespace smsspool

#endif
