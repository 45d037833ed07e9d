// Metrics as text, in the format of Prometheus.

#define BOOST_TEST_MODULE exposition_test
#include "fcgi/exposition.h"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace smsspool;
using namespace std::string_literals;

using Kind = Exposition::Kind;

BOOST_AUTO_TEST_SUITE(exposition_test)

BOOST_AUTO_TEST_CASE(families_and_samples) {
    Exposition out;
    BOOST_TEST(out.text() == "");
    out.family("jobs", Kind::gauge, "Jobs, by state.");
    out.sample({{"state", "queued"}}, 3);
    out.sample({{"state", "sent"}, {"user", "ana"}}, 0);
    out.family("resets_total", Kind::counter, "Resets.");
    out.sample({}, 9007199254740993);
    out.family("nothing", Kind::gauge, "No samples.");
    BOOST_TEST(out.text() == "# HELP smsspool_jobs Jobs, by state.\n"
                             "# TYPE smsspool_jobs gauge\n"
                             "smsspool_jobs{state=\"queued\"} 3\n"
                             "smsspool_jobs{state=\"sent\",user=\"ana\"} 0\n"
                             "# HELP smsspool_resets_total Resets.\n"
                             "# TYPE smsspool_resets_total counter\n"
                             "smsspool_resets_total 9007199254740993\n"
                             "# HELP smsspool_nothing No samples.\n"
                             "# TYPE smsspool_nothing gauge\n");
}

BOOST_AUTO_TEST_CASE(values_of_labels) {
    struct Case {
        const char* name;
        std::string value;
        std::string want;
    };
    const Case cases[] = {
        {"empty", "", ""},
        {"quotation mark", "a\"b", "a\\\"b"},
        {"backslash", "a\\b", "a\\\\b"},
        {"backslash before n", "\\n", "\\\\n"},
        {"newline", "a\nb", "a\\nb"},
        {"what would end the sample", "x\"} 1\nevil 2", "x\\\"} 1\\nevil 2"},
        {"beyond ASCII", "Télcel", "Télcel"},
        {"no UTF-8", "a\xFF", "a\uFFFD"},
    };
    for (const Case& c : cases) {
        Exposition out;
        out.family("m", Kind::gauge, "M.");
        const std::size_t head = out.text().size();
        out.sample({{"l", c.value}}, 1);
        BOOST_TEST(out.text().substr(head) == "smsspool_m{l=\"" + c.want + "\"} 1\n", c.name);
    }
}

BOOST_AUTO_TEST_CASE(base_units) {
    struct Case {
        std::int64_t number;
        const char* seconds; // of so many milliseconds
        const char* ratio;   // of so many per cent
    };
    const Case cases[] = {
        {0, "0.000", "0.00"},    {7, "0.007", "0.07"},     {71, "0.071", "0.71"},
        {100, "0.100", "1.00"},  {3250, "3.250", "32.50"}, {-1500, "-1.500", "-15.00"},
        {-7, "-0.007", "-0.07"},
    };
    for (const Case& c : cases) {
        Exposition out;
        out.family("m", Kind::gauge, "M.");
        const std::size_t head = out.text().size();
        out.seconds({}, c.number);
        out.ratio({}, c.number);
        BOOST_TEST(out.text().substr(head) ==
                   "smsspool_m "s + c.seconds + "\nsmsspool_m " + c.ratio + "\n");
    }
}

BOOST_AUTO_TEST_SUITE_END()
