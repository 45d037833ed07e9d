// Time: what is stored is UTC in milliseconds since 1970; what is measured is monotonic.
//
// Nothing else in the project reads a clock, so that a test can look for it in one place.

#ifndef SMSSPOOL_COMMON_CLOCK_H
#define SMSSPOOL_COMMON_CLOCK_H

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smsspool {

// Milliseconds since 1970-01-01T00:00:00Z. Every stored time has this form.
using UtcMs = std::int64_t;

using Monotonic = std::chrono::steady_clock;

[[nodiscard]] UtcMs utc_now();

// "2025-11-14T22:25:28Z": whole seconds, cut and not rounded (contract 1.4).
[[nodiscard]] std::string utc_seconds_text(UtcMs when);

// "2025-11-14T22:25:28.123Z"
[[nodiscard]] std::string utc_millis_text(UtcMs when);

// The wall clock of the host's time zone without a zone: "2025-11-26T07:30:00" with separator 'T'
// (contract 1.7), "2025-11-26 07:30:00" with a space (contract 1.9, 1.18).
[[nodiscard]] std::string local_text(UtcMs when, char separator);

// Minutes since midnight in the host's time zone.
[[nodiscard]] int local_minute(UtcMs when);

// The same for a person who may sit in another zone: "2025-11-26 07:30:00 -0600".
[[nodiscard]] std::string local_zoned_text(UtcMs when);

// An RFC 3339 time with Z or an offset, fractions allowed, as Prometheus and Alertmanager write
// it. Nothing where the text is not one. The year 1, which means "never" there, is a valid answer
// far in the past.
[[nodiscard]] std::optional<UtcMs> parse_rfc3339(std::string_view text);

} // namespace smsspool

#endif
