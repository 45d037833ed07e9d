// The stored words of the states.

#include "common/message.h"

namespace smsspool {

namespace {

struct Word {
    State state;
    std::string_view word;
};

constexpr std::array<Word, static_cast<std::size_t>(State::count)> words{{
    {State::queued, "queued"},
    {State::sending, "sending"},
    {State::sent, "sent"},
    {State::replied, "replied"},
    {State::timeout, "timeout"},
    {State::failed, "failed"},
    {State::unknown, "unknown"},
    {State::expired, "expired"},
    {State::canceled, "canceled"},
    {State::abandoned, "abandoned"},
}};

static_assert([] {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (static_cast<std::size_t>(words[i].state) != i)
            return false;
    }
    return true;
}());

} // namespace

std::string_view name_of(State state) noexcept {
    return words[static_cast<std::size_t>(state)].word;
}

std::optional<State> state_named(std::string_view word) noexcept {
    for (const Word& each : words) {
        if (each.word == word)
            return each.state;
    }
    return std::nullopt;
}

} // namespace smsspool
