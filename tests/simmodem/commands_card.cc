// Commands about the SIM card.

#include "tests/simmodem/commands.h"

#include <array>

namespace smsspool::sim {

namespace {

Answer just_ok(Modem&, const Arguments&) {
    return done();
}

Answer imsi(Modem& modem, const Arguments&) {
    return said(modem.options().imsi);
}

Answer own_number(Modem& modem, const Arguments&) {
    return said("+CNUM: ,\"" + modem.options().number + "\",145");
}

std::string_view wanted_code(CardState state) {
    switch (state) {
    case CardState::ready:
    case CardState::absent:
        return "READY";
    case CardState::pin:
        return "SIM PIN";
    case CardState::puk:
        return "SIM PUK";
    }
    return {};
}

Answer lock(Modem& modem, const Arguments&) {
    const CardState state = modem.card_state();
    return state == CardState::absent ? cme(10) : said("+CPIN: " + std::string(wanted_code(state)));
}

Answer unlock(Modem& modem, const Arguments& arguments) {
    constexpr int wrong_password = 16;
    const CardState state = modem.card_state();
    if (state == CardState::absent)
        return cme(10);
    if (state == CardState::ready)
        return cme(3);
    if (state == CardState::puk && arguments.count() < 2)
        return cme(12);
    const bool opened = state == CardState::puk
                            ? modem.card().enter_puk(arguments.text(0), arguments.text(1))
                            : modem.card().enter_pin(arguments.text(0));
    modem.changed();
    return opened ? done() : cme(wrong_password);
}

Answer tries_left(Modem& modem, const Arguments&) {
    if (modem.card_state() == CardState::absent)
        return cme(10);
    Answer answer;
    answer.lines = {"+CPINR: SIM PIN," + std::to_string(modem.card().pin_tries()) + ",3",
                    "+CPINR: SIM PUK," + std::to_string(modem.card().puk_tries()) + ",10"};
    return answer;
}

// The form of one large maker: code, tries of that code, then PUK, PIN, PUK2, PIN2.
Answer lock_and_tries(Modem& modem, const Arguments&) {
    const CardState state = modem.card_state();
    if (state == CardState::absent)
        return cme(10);
    const std::string pin = std::to_string(modem.card().pin_tries());
    const std::string puk = std::to_string(modem.card().puk_tries());
    std::string now;
    if (state == CardState::pin)
        now = pin;
    else if (state == CardState::puk)
        now = puk;
    return said("^CPIN: " + std::string(wanted_code(state)) + "," + now + "," + puk + "," + pin +
                ",10,3");
}

constexpr std::array commands{
    Command{"+CIMI", Needs::card_cme, just_ok, nullptr, nullptr, imsi},
    Command{"+CNUM", Needs::card_cme, just_ok, nullptr, nullptr, own_number},
    Command{"+CPIN", Needs::nothing, just_ok, lock, unlock, nullptr},
    Command{"+CPINR", Needs::nothing, just_ok, nullptr, tries_left, tries_left},
    Command{"^CPIN", Needs::nothing, just_ok, lock_and_tries, nullptr, nullptr},
};

} // namespace

std::span<const Command> card_commands() {
    return commands;
}

} // namespace smsspool::sim
