// Commands about the network: registration, operator, signal.

#include "tests/simmodem/commands.h"

#include <array>

namespace smsspool::sim {

namespace {

constexpr std::string_view operator_long = "smsspool test network";
constexpr std::string_view operator_short = "smsspool";
constexpr std::string_view operator_digits = "00101"; // the code that is kept for tests

Answer just_ok(Modem&, const Arguments&) {
    return done();
}

Answer signal_range(Modem&, const Arguments&) {
    return said("+CSQ: (0-31,99),(0-7,99)");
}
Answer signal(Modem& modem, const Arguments&) {
    return said("+CSQ: " + std::to_string(modem.signal()) + ",99");
}

// "2,1,"00A1","00001234"": the cell only where it was asked for and there is one.
std::string registration_text(const Modem& modem, int reports) {
    std::string text = std::to_string(reports) + "," + std::to_string(modem.registration());
    if (reports == 2 && modem.registered())
        text += R"(,"00A1","00001234")";
    return text;
}

Answer set_reports(int& setting, const Arguments& arguments) {
    const auto reports = arguments.number(0);
    if (!reports || *reports > 2)
        return cme(50);
    setting = *reports;
    return done();
}

Answer registration_range(Modem&, const Arguments&) {
    return said("+CREG: (0-2)");
}
Answer registration(Modem& modem, const Arguments&) {
    return said("+CREG: " + registration_text(modem, modem.settings.registration_reports));
}
Answer set_registration(Modem& modem, const Arguments& arguments) {
    return set_reports(modem.settings.registration_reports, arguments);
}

Answer packet_range(Modem&, const Arguments&) {
    return said("+CGREG: (0-2)");
}
Answer packet_registration(Modem& modem, const Arguments&) {
    return said("+CGREG: " + registration_text(modem, modem.settings.packet_registration_reports));
}
Answer set_packet_registration(Modem& modem, const Arguments& arguments) {
    return set_reports(modem.settings.packet_registration_reports, arguments);
}

Answer attached(Modem& modem, const Arguments&) {
    return said(std::string("+CGATT: ") + (modem.registered() ? "1" : "0"));
}

Answer operators(Modem&, const Arguments&) {
    return said("+COPS: (2,\"" + std::string(operator_long) + "\",\"" +
                std::string(operator_short) + "\",\"" + std::string(operator_digits) +
                "\"),,(0-4),(0-2)");
}

std::string_view operator_name(int format) {
    if (format == 0)
        return operator_long;
    return format == 1 ? operator_short : operator_digits;
}

Answer current_operator(Modem& modem, const Arguments&) {
    if (modem.attachment() == Modem::Attachment::detached)
        return said("+COPS: 2");
    if (!modem.registered())
        return said("+COPS: 0");
    const int format = modem.settings.operator_format;
    return said("+COPS: 0," + std::to_string(format) + ",\"" + std::string(operator_name(format)) +
                "\"");
}

Answer choose_operator(Modem& modem, const Arguments& arguments) {
    constexpr int leave = 2;
    constexpr int only_format = 3;
    const auto mode = arguments.number(0);
    const int format = arguments.number(1).value_or(modem.settings.operator_format);
    if (!mode || *mode > 4 || format > 2)
        return cme(50);
    modem.settings.operator_format = format;
    if (*mode != only_format)
        modem.set_attachment(*mode == leave ? Modem::Attachment::detached
                                            : Modem::Attachment::attached);
    return done();
}

constexpr std::array commands{
    Command{"+CSQ", Needs::nothing, signal_range, nullptr, nullptr, signal},
    Command{"+CREG", Needs::nothing, registration_range, registration, set_registration, nullptr},
    Command{"+CGREG", Needs::nothing, packet_range, packet_registration, set_packet_registration,
            nullptr},
    Command{"+CGATT", Needs::nothing, just_ok, attached, just_ok, nullptr},
    Command{"+COPS", Needs::nothing, operators, current_operator, choose_operator, nullptr},
};

} // namespace

std::span<const Command> network_commands() {
    return commands;
}

} // namespace smsspool::sim
