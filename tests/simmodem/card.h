// The SIM card: is it there, does it ask for a PIN, how many tries are left.

#ifndef SMSSPOOL_TESTS_SIMMODEM_CARD_H
#define SMSSPOOL_TESTS_SIMMODEM_CARD_H

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace smsspool::sim {

enum class CardState { ready, absent, pin, puk };

[[nodiscard]] std::string_view name_of(CardState state) noexcept;
[[nodiscard]] std::optional<CardState> card_state_named(std::string_view name) noexcept;

class Card {
public:
    // With a PIN the card is locked at first; without one it is ready.
    explicit Card(std::string pin) : pin_(std::move(pin)) { power_up(); }

    [[nodiscard]] CardState state() const { return state_; }
    [[nodiscard]] int pin_tries() const { return pin_tries_; }
    [[nodiscard]] int puk_tries() const { return puk_tries_; }

    // For a test; `pin` on a card without a PIN gives it "1234".
    void set_state(CardState state);

    // As when the modem starts: a card with a PIN asks for it again.
    void power_up();

    // True if it unlocked the card. A wrong one costs a try; after three the card wants its PUK,
    // after ten wrong PUKs it is of no more use and counts as absent.
    bool enter_pin(std::string_view pin);
    bool enter_puk(std::string_view puk, std::string_view new_pin);

private:
    std::string pin_;
    CardState state_ = CardState::ready;
    int pin_tries_ = 3;
    int puk_tries_ = 10;
};

} // namespace smsspool::sim

#endif
