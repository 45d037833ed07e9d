// Locks of the SIM card.

#include "tests/simmodem/card.h"

#include <array>

namespace smsspool::sim {

namespace {

constexpr int most_pin_tries = 3;
constexpr int most_puk_tries = 10;
constexpr std::string_view puk_code = "12345678";

constexpr std::array<std::string_view, 4> state_names{"ready", "absent", "pin", "puk"};

} // namespace

std::string_view name_of(CardState state) noexcept {
    return state_names[static_cast<std::size_t>(state)];
}

std::optional<CardState> card_state_named(std::string_view name) noexcept {
    for (std::size_t i = 0; i < state_names.size(); ++i)
        if (state_names[i] == name)
            return static_cast<CardState>(i);
    return std::nullopt;
}

void Card::set_state(CardState state) {
    state_ = state;
    if (state == CardState::pin && pin_.empty())
        pin_ = "1234";
    if (state == CardState::ready || state == CardState::pin)
        pin_tries_ = most_pin_tries;
    if (state == CardState::puk)
        pin_tries_ = 0;
}

void Card::power_up() {
    if (state_ == CardState::ready && !pin_.empty())
        state_ = CardState::pin;
}

bool Card::enter_pin(std::string_view pin) {
    if (pin == pin_) {
        pin_tries_ = most_pin_tries;
        state_ = CardState::ready;
        return true;
    }
    if (--pin_tries_ <= 0)
        state_ = CardState::puk;
    return false;
}

bool Card::enter_puk(std::string_view puk, std::string_view new_pin) {
    if (puk == puk_code) {
        pin_ = new_pin;
        pin_tries_ = most_pin_tries;
        puk_tries_ = most_puk_tries;
        state_ = CardState::ready;
        return true;
    }
    if (--puk_tries_ <= 0)
        state_ = CardState::absent;
    return false;
}

} // namespace smsspool::sim
