// The states of a job: the words that are stored, and the one table of steps.

#define BOOST_TEST_MODULE message_test
#include "common/message.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace smsspool;

BOOST_AUTO_TEST_SUITE(message_test)

// These words are in the spools of users and in the manual: a failure here is never mended by
// changing the test.
BOOST_AUTO_TEST_CASE(stored_words) {
    struct Case {
        State state;
        const char* word;
    };
    const std::vector<Case> cases{
        {State::queued, "queued"},       {State::sending, "sending"}, {State::sent, "sent"},
        {State::replied, "replied"},     {State::timeout, "timeout"}, {State::failed, "failed"},
        {State::unknown, "unknown"},     {State::expired, "expired"}, {State::canceled, "canceled"},
        {State::abandoned, "abandoned"},
    };
    BOOST_TEST(cases.size() == static_cast<std::size_t>(State::count));
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.word) {
            BOOST_TEST(name_of(c.state) == c.word);
            BOOST_TEST((state_named(c.word) == c.state));
        }
    }
}

BOOST_AUTO_TEST_CASE(stored_words_of_delivery) {
    struct Case {
        Delivery delivery;
        const char* word;
    };
    const std::vector<Case> cases{
        {Delivery::none, "none"},
        {Delivery::pending, "pending"},
        {Delivery::delivered, "delivered"},
        {Delivery::partly, "partly"},
        {Delivery::undelivered, "undelivered"},
    };
    BOOST_TEST(cases.size() == static_cast<std::size_t>(Delivery::count));
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.word) {
            BOOST_TEST(name_of(c.delivery) == c.word);
            BOOST_TEST((delivery_named(c.word) == c.delivery));
        }
    }
    BOOST_TEST(!delivery_named("sent").has_value());
}

BOOST_AUTO_TEST_CASE(no_other_words) {
    for (const char* word : {"", "Queued", "queued ", "done", "delivered"})
        BOOST_TEST(!state_named(word).has_value(), word);
}

// Every state with every event: what is not in this list must not be a step.
BOOST_AUTO_TEST_CASE(steps_and_no_others) {
    struct Case {
        State from;
        Event on;
        State to;
    };
    const std::vector<Case> cases{
        {State::queued, Event::claim, State::sending},
        {State::queued, Event::expire, State::expired},
        {State::queued, Event::cancel, State::canceled},
        {State::queued, Event::damaged, State::failed},
        {State::queued, Event::reply, State::replied},
        {State::sending, Event::accepted, State::sent},
        {State::sending, Event::temporary, State::queued},
        {State::sending, Event::permanent, State::failed},
        {State::sending, Event::resend, State::queued},
        {State::sending, Event::hold, State::unknown},
        {State::sending, Event::damaged, State::failed},
        {State::sent, Event::reply, State::replied},
        {State::sent, Event::reply_late, State::timeout},
        {State::failed, Event::retry, State::queued},
        {State::failed, Event::abandon, State::abandoned},
        {State::unknown, Event::retry, State::queued},
        {State::unknown, Event::abandon, State::abandoned},
        {State::unknown, Event::reply, State::replied},
    };
    for (std::size_t s = 0; s < static_cast<std::size_t>(State::count); ++s) {
        for (std::size_t e = 0; e < static_cast<std::size_t>(Event::count); ++e) {
            const auto from = static_cast<State>(s);
            const auto on = static_cast<Event>(e);
            std::optional<State> want;
            for (const Case& c : cases) {
                if (c.from == from && c.on == on)
                    want = c.to;
            }
            BOOST_TEST((next(from, on) == want), name_of(from) << " on event " << e);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
