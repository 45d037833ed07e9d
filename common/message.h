// The states of a job and the steps between them: THE table.
//
// A message is one text to one or more recipients; a job is that text to one recipient. The state
// belongs to the job. The words are stored in the spool and shown in the manual: never rename one.

#ifndef SMSSPOOL_COMMON_MESSAGE_H
#define SMSSPOOL_COMMON_MESSAGE_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace smsspool {

enum class State : std::uint8_t {
    queued,    // waits for its (next) attempt
    sending,   // claimed; an attempt is in the journal
    sent,      // the network took every part; final unless a reply is awaited
    replied,   // the reply came; final
    timeout,   // no reply in time; final
    failed,    // refused for good, or attempts used up: a dead letter
    unknown,   // may have gone out, and a person decides: a dead letter
    expired,   // its validity ended before it was sent; final
    canceled,  // taken back by its sender; final
    abandoned, // a dead letter that a person gave up; final
    count
};

enum class Event : std::uint8_t {
    claim,      // a worker is about to be told
    accepted,   // the network took the last part
    temporary,  // refused for now, attempts are left; also: network or link trouble
    permanent,  // refused for good, or no attempt is left
    resend,     // outcome unknown, setting `unknown` = resend and it is the first time
    hold,       // outcome unknown otherwise
    reply,      // the awaited reply came
    reply_late, // the deadline of the reply passed
    expire,     // validity ended
    cancel,     // by the sender
    retry,      // of a dead letter, by a person
    abandon,    // of a dead letter, by a person
    damaged,    // what the spool holds of it cannot be read: a dead letter
    count
};

// What the delivery reports say of a job: a field of its own beside the state, never a state. The
// words are stored in the spool and shown to clients: never rename one.
enum class Delivery : std::uint8_t {
    none,        // no report was asked for, or nothing is sent yet
    pending,     // not every part has a final report
    delivered,   // every part arrived
    partly,      // some parts arrived, others will not
    undelivered, // no part arrived
    count
};

// How a transport's refusal of a part is to be taken. The workers speak these words.
enum class RefusalKind : std::uint8_t {
    permanent, // never going to work (bad number, barred): no further attempt
    temporary, // may work later: an attempt is used up
    network,   // no network, not registered, no SIM: not an attempt, wait and try again
};

struct Step {
    State from;
    Event on;
    State to;
};

inline constexpr std::array steps{
    Step{State::queued, Event::claim, State::sending},
    Step{State::queued, Event::expire, State::expired},
    Step{State::queued, Event::cancel, State::canceled},
    Step{State::queued, Event::damaged, State::failed},
    // A reply proves that an attempt of unknown outcome went out: it is not sent once more.
    Step{State::queued, Event::reply, State::replied},
    Step{State::sending, Event::accepted, State::sent},
    Step{State::sending, Event::temporary, State::queued},
    Step{State::sending, Event::permanent, State::failed},
    Step{State::sending, Event::resend, State::queued},
    Step{State::sending, Event::hold, State::unknown},
    Step{State::sending, Event::damaged, State::failed},
    Step{State::sent, Event::reply, State::replied},
    Step{State::sent, Event::reply_late, State::timeout},
    Step{State::failed, Event::retry, State::queued},
    Step{State::failed, Event::abandon, State::abandoned},
    Step{State::unknown, Event::retry, State::queued},
    Step{State::unknown, Event::abandon, State::abandoned},
    Step{State::unknown, Event::reply, State::replied},
};

// Where `on` leads from `from`; nothing where the table has no such step.
[[nodiscard]] constexpr std::optional<State> next(State from, Event on) noexcept {
    for (const Step& step : steps) {
        if (step.from == from && step.on == on)
            return step.to;
    }
    return std::nullopt;
}

// A dead letter: only a person can bring a job further that is in `state`.
[[nodiscard]] constexpr bool is_dead_letter(State state) noexcept {
    return next(state, Event::retry).has_value();
}

// The stored word of a state, and back.
[[nodiscard]] std::string_view name_of(State state) noexcept;
[[nodiscard]] std::optional<State> state_named(std::string_view word) noexcept;
[[nodiscard]] std::string_view name_of(Delivery delivery) noexcept;
[[nodiscard]] std::optional<Delivery> delivery_named(std::string_view word) noexcept;

namespace detail {

constexpr bool each_step_is_unique() {
    for (std::size_t i = 0; i < steps.size(); ++i) {
        for (std::size_t j = i + 1; j < steps.size(); ++j) {
            if (steps[i].from == steps[j].from && steps[i].on == steps[j].on)
                return false;
        }
    }
    return true;
}

constexpr bool each_state_is_reached() {
    for (std::size_t s = 0; s < static_cast<std::size_t>(State::count); ++s) {
        bool reached = s == static_cast<std::size_t>(State::queued); // by submit
        for (const Step& step : steps)
            reached = reached || step.to == static_cast<State>(s);
        if (!reached)
            return false;
    }
    return true;
}

constexpr bool is_end(State state) {
    for (const Step& step : steps) {
        if (step.from == state)
            return false;
    }
    return true;
}

} // namespace detail

static_assert(detail::each_step_is_unique());
static_assert(detail::each_state_is_reached());
static_assert(detail::is_end(State::replied) && detail::is_end(State::timeout) &&
              detail::is_end(State::expired) && detail::is_end(State::canceled) &&
              detail::is_end(State::abandoned));
static_assert(!next(State::sent, Event::claim), "what was sent is never sent again");
static_assert(is_dead_letter(State::failed) && is_dead_letter(State::unknown) &&
              !is_dead_letter(State::expired) && !is_dead_letter(State::abandoned));

} // namespace smsspool

#endif
