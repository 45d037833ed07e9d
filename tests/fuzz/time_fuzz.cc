// Times and durations from outside.

#include "common/clock.h"
#include "common/settings.h"
#include "tests/fuzz/targets.h"
#include "tests/simmodem/octets.h"

namespace smsspool::fuzz {

namespace {

// The years 1 to 9998: with an offset the ends of the range can be left.
constexpr UtcMs begin_of_range = -62135596800000;
constexpr UtcMs end_of_range = 253370764800000;

void check_time(std::string_view bytes) {
    const auto when = parse_rfc3339(bytes);
    const auto centre = sim::parse_centre_time(bytes);
    if (centre) {
        require(when == centre->when, "both read the same time");
        require(sim::encode_time(*centre).size() == 7, "a time of the centre has seven octets");
    }
    if (!when)
        return;
    constexpr UtcMs day = 24 * 60 * 60 * 1000;
    constexpr UtcMs year = 366 * day;
    require(*when > begin_of_range - year - day && *when < end_of_range + year + day,
            "a time has a year of four digits");
    // Years before 1000 are written with fewer digits.
    constexpr UtcMs year_1000 = -30610224000000;
    if (*when < year_1000 || *when >= end_of_range)
        return;
    require(parse_rfc3339(utc_millis_text(*when)) == when, "a time that was written is the same");
    require(parse_rfc3339(utc_seconds_text(*when)) == *when - ((*when % 1000) + 1000) % 1000,
            "whole seconds are cut");
}

} // namespace

void time(std::string_view bytes) {
    check_time(bytes);
    if (const auto duration = duration_from(bytes))
        require(duration->count() >= 0, "a duration is not negative");
}

} // namespace smsspool::fuzz
