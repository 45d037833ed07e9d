// Time as text and back.

#include "common/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace smsspool {

namespace {

constexpr std::int64_t ms_per_second = 1000;

// Whole seconds, rounded down also before 1970.
std::time_t whole_seconds(UtcMs when) noexcept {
    return static_cast<std::time_t>(when / ms_per_second - (when % ms_per_second < 0 ? 1 : 0));
}

std::string format(const std::tm& parts, const char* pattern) {
    std::array<char, 64> buffer{};
    const std::size_t length = std::strftime(buffer.data(), buffer.size(), pattern, &parts);
    return {buffer.data(), length};
}

std::tm utc_parts(UtcMs when) noexcept {
    const std::time_t seconds = whole_seconds(when);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return parts;
}

std::tm local_parts(UtcMs when) noexcept {
    const std::time_t seconds = whole_seconds(when);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return parts;
}

// Reads from the front of a text; once something does not fit, everything later fails too.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
                good_ = false;
                return 0;
            }
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }

    // Takes the next character if it is one of `wanted`; '\0' if not.
    char one_of(std::string_view wanted) {
        if (rest_.empty() || wanted.find(rest_.front()) == std::string_view::npos)
            return '\0';
        const char found = rest_.front();
        rest_.remove_prefix(1);
        return found;
    }

    void expect(std::string_view wanted) {
        if (one_of(wanted) == '\0')
            good_ = false;
    }

    // ".123456789" as milliseconds; 0 where there is no fraction.
    int fraction_ms() {
        if (one_of(".") == '\0')
            return 0;
        int value = 0;
        int places = 0;
        while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            if (places++ < 3)
                value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        if (places == 0)
            good_ = false;
        for (; places < 3; ++places)
            value *= 10;
        return value;
    }

    [[nodiscard]] bool finished() const { return good_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool good_ = true;
};

// Days since 1970-01-01 of a date of the Gregorian calendar, also before 1970.
std::int64_t days_of(int year, int month, int day) {
    using namespace std::chrono;
    const year_month_day date{std::chrono::year{year}, std::chrono::month{unsigned(month)},
                              std::chrono::day{unsigned(day)}};
    return sys_days{date}.time_since_epoch().count();
}

bool is_date(int year, int month, int day) {
    using namespace std::chrono;
    return year_month_day{std::chrono::year{year}, std::chrono::month{unsigned(month)},
                          std::chrono::day{unsigned(day)}}
        .ok();
}

} // namespace

UtcMs utc_now() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string utc_seconds_text(UtcMs when) {
    return format(utc_parts(when), "%Y-%m-%dT%H:%M:%SZ");
}

std::string utc_millis_text(UtcMs when) {
    std::array<char, 8> fraction{};
    const auto ms = when - static_cast<UtcMs>(whole_seconds(when)) * ms_per_second;
    std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(ms));
    return format(utc_parts(when), "%Y-%m-%dT%H:%M:%S") + fraction.data();
}

std::string local_text(UtcMs when, char separator) {
    return format(local_parts(when), separator == 'T' ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S");
}

std::string local_zoned_text(UtcMs when) {
    return format(local_parts(when), "%Y-%m-%d %H:%M:%S %z");
}

int local_minute(UtcMs when) {
    const std::tm parts = local_parts(when);
    return parts.tm_hour * 60 + parts.tm_min;
}

std::optional<UtcMs> parse_rfc3339(std::string_view text) {
    Reader reader(text);
    const int year = reader.digits(4);
    reader.expect("-");
    const int month = reader.digits(2);
    reader.expect("-");
    const int day = reader.digits(2);
    reader.expect("Tt ");
    const int hour = reader.digits(2);
    reader.expect(":");
    const int minute = reader.digits(2);
    reader.expect(":");
    const int second = reader.digits(2);
    const int ms = reader.fraction_ms();
    std::int64_t offset_minutes = 0;
    if (const char sign = reader.one_of("+-"); sign != '\0') {
        const int offset_hours = reader.digits(2);
        reader.expect(":");
        const int minutes_more = reader.digits(2);
        if (offset_hours > 23 || minutes_more > 59)
            return std::nullopt;
        offset_minutes = offset_hours * 60 + minutes_more;
        if (sign == '-')
            offset_minutes = -offset_minutes;
    } else {
        reader.expect("Zz");
    }
    if (!reader.finished() || !is_date(year, month, day) || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    const std::int64_t minutes = (days_of(year, month, day) * 24 + hour) * 60 + minute;
    return ((minutes - offset_minutes) * 60 + second) * ms_per_second + ms;
}

} // namespace smsspool
