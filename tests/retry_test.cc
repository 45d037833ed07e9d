// The retry law: what follows each outcome of an attempt.

#define BOOST_TEST_MODULE retry_test
#include "common/retry.h"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>
#include <vector>

using namespace smsspool;

namespace {

constexpr UtcMs now = 1'700'000'000'000;

using Kind = RefusalKind;

WasRefused refused(Kind kind) {
    return {kind, 500, "no route"};
}

// A job of one part to +525512345678 that was refused, or waited, or was unknown so many times.
Work work_of(std::int64_t attempts, std::int64_t waits = 0, std::int64_t unknowns = 0) {
    Work work;
    work.number = "+525512345678";
    work.attempts = attempts;
    work.waits = waits;
    work.unknowns = unknowns;
    return work;
}

Config config_of(UnknownPolicy unknown) {
    Config config;
    config.unknown = unknown;
    return config;
}

} // namespace

BOOST_AUTO_TEST_SUITE(retry_test)

BOOST_AUTO_TEST_CASE(what_follows_each_outcome) {
    const Config resend = config_of(UnknownPolicy::resend);
    const Config hold = config_of(UnknownPolicy::hold);
    const std::string failed = "Failed to send SMS to +525512345678: ";
    const std::string timed_out = "Timeout while sending SMS to +525512345678: ";
    struct Case {
        const char* name;
        Work work;
        Outcome outcome;
        const Config& config;
        // What is wanted.
        std::optional<Event> event;
        std::int64_t pause, attempts, waits, unknowns;
        std::string error_code, error_text;
    };
    const std::vector<Case> cases{
        {"accepted", work_of(0), WasAccepted{7}, resend, Event::accepted, 0, 0, 0, 0, "", ""},
        {"accepted after trouble", work_of(3, 2, 1), WasAccepted{7}, resend, Event::accepted, 0, 3,
         0, 1, "", ""},
        {"accepted without a reference", work_of(0), WasAccepted{}, resend, Event::accepted, 0, 0,
         0, 0, "", ""},
        {"permanent", work_of(0), refused(Kind::permanent), resend, Event::permanent, 0, 1, 0, 0,
         "SEND_FAILED", failed + "no route"},
        {"temporary, first", work_of(0), refused(Kind::temporary), resend, Event::temporary, 10'000,
         1, 0, 0, "SEND_FAILED", failed + "no route"},
        {"temporary, second", work_of(1), refused(Kind::temporary), resend, Event::temporary,
         20'000, 2, 0, 0, "SEND_FAILED", failed + "no route"},
        {"temporary, third", work_of(2), refused(Kind::temporary), resend, Event::temporary, 40'000,
         3, 0, 0, "SEND_FAILED", failed + "no route"},
        {"temporary, the last but one", work_of(3), refused(Kind::temporary), resend,
         Event::temporary, 80'000, 4, 0, 0, "SEND_FAILED", failed + "no route"},
        {"temporary, used up", work_of(4), refused(Kind::temporary), resend, Event::permanent, 0, 5,
         0, 0, "SEND_FAILED", failed + "no route"},
        {"temporary ends the row of waits", work_of(0, 4), refused(Kind::temporary), resend,
         Event::temporary, 10'000, 1, 0, 0, "SEND_FAILED", failed + "no route"},
        {"network, first", work_of(0), refused(Kind::network), resend, Event::temporary, 5'000, 0,
         1, 0, "SEND_FAILED", failed + "no route"},
        {"network, second", work_of(0, 1), refused(Kind::network), resend, Event::temporary, 10'000,
         0, 2, 0, "SEND_FAILED", failed + "no route"},
        {"network, at the cap", work_of(0, 4), refused(Kind::network), resend, Event::temporary,
         60'000, 0, 5, 0, "SEND_FAILED", failed + "no route"},
        {"network, for ever", work_of(4, 1'000'000), refused(Kind::network), resend,
         Event::temporary, 60'000, 4, 1'000'001, 0, "SEND_FAILED", failed + "no route"},
        {"unknown, resend", work_of(2), IsUnknown{"mute"}, resend, Event::resend, 0, 2, 0, 1,
         "MODEM_TIMEOUT", timed_out + "mute"},
        {"unknown a second time", work_of(0, 0, 1), IsUnknown{"mute"}, resend, Event::hold, 0, 0, 0,
         2, "MODEM_TIMEOUT", timed_out + "mute"},
        {"unknown, hold", work_of(0), IsUnknown{"mute"}, hold, Event::hold, 0, 0, 0, 1,
         "MODEM_TIMEOUT", timed_out + "mute"},
        {"withdrawn", work_of(2, 3, 1), WasWithdrawn{"unplugged"}, resend, Event::temporary, 1'000,
         2, 3, 1, "", ""},
        {"withdrawn, first", work_of(0), WasWithdrawn{"unplugged"}, resend, Event::temporary, 1'000,
         0, 0, 0, "", ""},
        // A link that is lost again and again leaves the first pause for want of a network short.
        {"withdrawn, after many waits", work_of(0, 30), WasWithdrawn{"unplugged"}, resend,
         Event::temporary, 1'000, 0, 30, 0, "", ""},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Decision decision = decide(c.work, c.outcome, c.config, now, 0);
            BOOST_TEST((decision.event == c.event));
            BOOST_TEST(decision.not_before - now == c.pause);
            BOOST_TEST(decision.attempts == c.attempts);
            BOOST_TEST(decision.waits == c.waits);
            BOOST_TEST(decision.unknowns == c.unknowns);
            BOOST_TEST(decision.error_code == c.error_code);
            BOOST_TEST(decision.error_text == c.error_text);
            // Whatever is decided, the table of states has a step for it.
            BOOST_TEST((!decision.event || next(State::sending, *decision.event)));
        }
    }
}

BOOST_AUTO_TEST_CASE(parts) {
    struct Case {
        const char* name;
        unsigned part, parts;
        Outcome outcome;
        std::optional<Event> event;
    };
    const std::vector<Case> cases{
        {"first of three", 1, 3, WasAccepted{1}, std::nullopt},
        {"second of three", 2, 3, WasAccepted{2}, std::nullopt},
        {"last of three", 3, 3, WasAccepted{3}, Event::accepted},
        {"second refused for now", 2, 3, refused(Kind::temporary), Event::temporary},
        {"second refused for good", 2, 3, refused(Kind::permanent), Event::permanent},
        {"second unknown", 2, 3, IsUnknown{"mute"}, Event::resend},
    };
    for (const Case& c : cases) {
        Work work = work_of(0);
        work.part = c.part;
        work.parts = c.parts;
        BOOST_TEST((decide(work, c.outcome, Config{}, now, 0).event == c.event), c.name);
    }
}

BOOST_AUTO_TEST_CASE(a_text_that_was_taken_as_a_whole_is_sent) {
    Work work = work_of(0);
    work.parts = 3;
    work.whole = true;
    BOOST_TEST((decide(work, WasAccepted{-1, "OK"}, Config{}, now, 0).event == Event::accepted));
    BOOST_TEST((decide(work, IsUnknown{"mute"}, Config{}, now, 0).event == Event::resend));
}

BOOST_AUTO_TEST_CASE(not_before_what_the_network_asks_for) {
    struct Case {
        const char* name;
        Kind kind;
        Ms asked;
        std::int64_t pause;
    };
    const std::vector<Case> cases{
        {"longer than ours", Kind::temporary, Ms(60'000), 60'000},
        {"shorter than ours", Kind::temporary, Ms(1'000), 10'000},
        {"no network", Kind::network, Ms(60'000), 60'000},
        {"for good", Kind::permanent, Ms(60'000), 0},
    };
    for (const Case& c : cases) {
        WasRefused outcome = refused(c.kind);
        outcome.retry_after = c.asked;
        BOOST_TEST(decide(work_of(0), outcome, Config{}, now, 0).not_before == now + c.pause,
                   c.name);
    }
}

BOOST_AUTO_TEST_CASE(pauses_grow_to_their_cap_with_jitter) {
    Config config;
    config.max_attempts = 100;
    config.retry_first = Ms(10'000);
    config.retry_most = Ms(600'000);
    struct Case {
        const char* name;
        Kind kind;
        std::int64_t before; // refusals or waits
        double jitter;
        std::int64_t pause;
    };
    const std::vector<Case> cases{
        {"no jitter", Kind::temporary, 0, 0, 10'000},
        {"half", Kind::temporary, 0, 0.5, 11'250},
        {"most", Kind::temporary, 0, 1, 12'500},
        {"doubled", Kind::temporary, 5, 0, 320'000},
        {"at the cap", Kind::temporary, 6, 0, 600'000},
        {"at the cap with jitter", Kind::temporary, 6, 1, 750'000},
        {"far beyond", Kind::temporary, 98, 0, 600'000},
        {"the network's has none", Kind::network, 0, 1, 5'000},
        {"nor at its cap", Kind::network, 99, 1, 60'000},
    };
    for (const Case& c : cases) {
        const Work work = work_of(c.kind == Kind::temporary ? c.before : 0,
                                  c.kind == Kind::network ? c.before : 0);
        const Decision decision = decide(work, refused(c.kind), config, now, c.jitter);
        BOOST_TEST(decision.not_before - now == c.pause, c.name);
    }
}

BOOST_AUTO_TEST_CASE(limits_of_the_settings) {
    Config config;
    config.max_attempts = 1;
    BOOST_TEST(
        (decide(work_of(0), refused(Kind::temporary), config, now, 0).event == Event::permanent));
    // The greatest pauses do not overflow.
    config.max_attempts = 100;
    config.retry_first = config.retry_most = Ms(7LL * 24 * 60 * 60 * 1000);
    const Decision decision = decide(work_of(98), refused(Kind::temporary), config, now, 1);
    BOOST_TEST(decision.not_before - now == config.retry_most.count() * 5 / 4);
    // More refusals than allowed: the setting was lowered meanwhile.
    config.max_attempts = 3;
    BOOST_TEST(
        (decide(work_of(7), refused(Kind::temporary), config, now, 0).event == Event::permanent));
}

BOOST_AUTO_TEST_CASE(what_the_journal_keeps) {
    struct Case {
        Outcome outcome;
        const char* word; // stored; never renamed
        std::optional<int> reference, code;
        const char* reason;
        const char* trace;
    };
    const std::vector<Case> cases{
        {WasAccepted{0}, "accepted", 0, {}, "", ""},
        {WasAccepted{255}, "accepted", 255, {}, "", ""},
        {WasAccepted{}, "accepted", {}, {}, "", ""},
        {WasAccepted{-1, "200 OK"}, "accepted", {}, {}, "200 OK", ""},
        {refused(Kind::permanent), "refused", {}, 500, "no route", ""},
        {refused(Kind::temporary), "refused", {}, 500, "no route", ""},
        {refused(Kind::network), "refused", {}, 500, "no route", ""},
        {WasRefused{Kind::network, 331, "none", "> AT"}, "refused", {}, 331, "none", "> AT"},
        {IsUnknown{"mute"}, "unknown", {}, {}, "mute", ""},
        {IsUnknown{"mute", "> AT"}, "unknown", {}, {}, "mute", "> AT"},
        {WasWithdrawn{"unplugged"}, "withdrawn", {}, {}, "unplugged", ""},
        {WasWithdrawn{"unplugged", "> AT"}, "withdrawn", {}, {}, "unplugged", "> AT"},
    };
    for (const Case& c : cases) {
        const AttemptEnd end = attempt_end(c.outcome);
        BOOST_TEST(end.outcome == c.word);
        BOOST_TEST((end.reference == c.reference));
        BOOST_TEST((end.code == c.code));
        BOOST_TEST(end.reason == c.reason);
        BOOST_TEST(end.trace == c.trace);
    }
}

BOOST_AUTO_TEST_SUITE_END()
