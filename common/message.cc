// The stored words of the states.

#include "common/message.h"

namespace smsspool {

namespace {

template <class Value>
struct Word {
    Value value;
    std::string_view word;
};

template <class Value>
using Words = std::array<Word<Value>, static_cast<std::size_t>(Value::count)>;

constexpr Words<State> state_words{{
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

constexpr Words<Delivery> delivery_words{{
    {Delivery::none, "none"},
    {Delivery::pending, "pending"},
    {Delivery::delivered, "delivered"},
    {Delivery::partly, "partly"},
    {Delivery::undelivered, "undelivered"},
}};

template <class Value>
constexpr bool in_order(const Words<Value>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (static_cast<std::size_t>(words[i].value) != i)
            return false;
    }
    return true;
}
static_assert(in_order(state_words) && in_order(delivery_words));

template <class Value>
std::optional<Value> value_of(const Words<Value>& words, std::string_view word) noexcept {
    for (const Word<Value>& each : words) {
        if (each.word == word)
            return each.value;
    }
    return std::nullopt;
}

} // namespace

std::string_view name_of(State state) noexcept {
    return state_words[static_cast<std::size_t>(state)].word;
}

std::optional<State> state_named(std::string_view word) noexcept {
    return value_of(state_words, word);
}

std::string_view name_of(Delivery delivery) noexcept {
    return delivery_words[static_cast<std::size_t>(delivery)].word;
}

std::optional<Delivery> delivery_named(std::string_view word) noexcept {
    return value_of(delivery_words, word);
}

} // namespace smsspool
