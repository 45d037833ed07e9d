// Time as text and back.

#define BOOST_TEST_MODULE clock_test
#include "common/clock.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

using namespace smsspool;
using namespace std::string_literals;

namespace {

constexpr UtcMs moment = 1763159128123; // 2025-11-14T22:25:28.123Z

// The host's zone for one case.
class Zone {
public:
    explicit Zone(const char* name) {
        ::setenv("TZ", name, 1);
        ::tzset();
    }
    ~Zone() {
        ::unsetenv("TZ");
        ::tzset();
    }
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;
};

} // namespace

BOOST_AUTO_TEST_SUITE(clock_test)

BOOST_AUTO_TEST_CASE(utc_texts) {
    struct Case {
        UtcMs when;
        const char* seconds;
        const char* millis;
    };
    const std::vector<Case> cases{
        {moment, "2025-11-14T22:25:28Z", "2025-11-14T22:25:28.123Z"},
        {moment + 876, "2025-11-14T22:25:28Z", "2025-11-14T22:25:28.999Z"}, // cut, not rounded
        {0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999Z"},
        {-1000, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"},
        {1709164800000, "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
        {253402300799999, "9999-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z"},
    };
    for (const Case& c : cases) {
        BOOST_TEST(utc_seconds_text(c.when) == c.seconds);
        BOOST_TEST(utc_millis_text(c.when) == c.millis);
        BOOST_TEST((parse_rfc3339(c.millis) == std::optional(c.when)), c.millis);
    }
}

BOOST_AUTO_TEST_CASE(local_texts) {
    struct Case {
        const char* zone;
        UtcMs when;
        const char* want;
        const char* zoned;
    };
    const std::vector<Case> cases{
        {"UTC0", moment, "2025-11-14T22:25:28", "2025-11-14 22:25:28 +0000"},
        {"CST6", moment, "2025-11-14T16:25:28", "2025-11-14 16:25:28 -0600"},
        {"IST-5:30", moment, "2025-11-15T03:55:28", "2025-11-15 03:55:28 +0530"},
        // Summer and winter of one zone.
        {"CET-1CEST,M3.5.0,M10.5.0/3", moment, "2025-11-14T23:25:28", "2025-11-14 23:25:28 +0100"},
        {"CET-1CEST,M3.5.0,M10.5.0/3", 1751371200000, "2025-07-01T14:00:00",
         "2025-07-01 14:00:00 +0200"},
    };
    for (const Case& c : cases) {
        const Zone zone(c.zone);
        std::string spaced = c.want;
        spaced[10] = ' ';
        BOOST_TEST(local_text(c.when, 'T') == c.want);
        BOOST_TEST(local_text(c.when, ' ') == spaced);
        BOOST_TEST(local_zoned_text(c.when) == c.zoned);
    }
}

BOOST_AUTO_TEST_CASE(rfc3339_that_is_one) {
    struct Case {
        std::string text;
        UtcMs want;
    };
    const std::vector<Case> cases{
        {"1970-01-01T00:00:00Z", 0},
        {"2025-11-14T22:25:28Z", moment - 123},
        {"2025-11-14t22:25:28z", moment - 123},
        {"2025-11-14 22:25:28Z", moment - 123},
        {"2025-11-14T22:25:28.1Z", moment - 23},
        {"2025-11-14T22:25:28.12Z", moment - 3},
        {"2025-11-14T22:25:28.123456789Z", moment},
        {"2025-11-14T16:25:28.123-06:00", moment},
        {"2025-11-15T03:55:28.123+05:30", moment},
        {"2025-11-14T22:25:28.123-00:00", moment},
        {"2016-12-31T23:59:60Z", 1483228800000},   // a leap second is the next second
        {"0001-01-01T00:00:00Z", -62135596800000}, // "never" of Prometheus
    };
    for (const Case& c : cases)
        BOOST_TEST((parse_rfc3339(c.text) == std::optional(c.want)), c.text);
}

BOOST_AUTO_TEST_CASE(rfc3339_that_is_none) {
    const std::vector<std::string> cases{
        "",
        "2025-11-14",
        "2025-11-14T22:25:28",
        "2025-11-14T22:25Z",
        "2025-11-14T22:25:28.Z",
        "2025-11-14T22:25:28,1Z",
        "2025-11-14T22:25:28Z ",
        " 2025-11-14T22:25:28Z",
        "2025-11-14T22:25:28Z\n",
        "2025-11-14T22:25:28Z\0"s,
        "2025-13-14T22:25:28Z",
        "2025-00-14T22:25:28Z",
        "2025-02-29T22:25:28Z",
        "2025-11-31T22:25:28Z",
        "2025-11-14T24:25:28Z",
        "2025-11-14T22:60:28Z",
        "2025-11-14T22:25:61Z",
        "2025-11-14T22:25:28+24:00",
        "2025-11-14T22:25:28+05:60",
        "2025-11-14T22:25:28+0530",
        "2025-11-14T22:25:28+05",
        "25-11-14T22:25:28Z",
        "+2025-11-14T22:25:28Z",
        "-025-11-14T22:25:28Z",
        "2025/11/14T22:25:28Z",
        "\xEF\xBC\x92"
        "025-11-14T22:25:28Z", // a full-width 2
        std::string(100'000, '9'),
    };
    for (const std::string& text : cases)
        BOOST_TEST(!parse_rfc3339(text).has_value(), text.substr(0, 60));
}

BOOST_AUTO_TEST_SUITE_END()
