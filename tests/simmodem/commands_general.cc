// Commands about the modem itself.

#include "tests/simmodem/commands.h"

#include <array>

namespace smsspool::sim {

namespace {

constexpr std::string_view charsets[] = {"IRA", "GSM", "HEX", "UCS2"};

Answer just_ok(Modem&, const Arguments&) {
    return done();
}

Answer manufacturer(Modem&, const Arguments&) {
    return said("smsspool");
}
Answer model(Modem&, const Arguments&) {
    return said("simmodem");
}
Answer revision(Modem&, const Arguments&) {
    return said("1.0");
}
Answer imei(Modem& modem, const Arguments&) {
    return said(modem.options().imei);
}

Answer error_styles(Modem&, const Arguments&) {
    return said("+CMEE: (0-2)");
}
Answer error_style(Modem& modem, const Arguments&) {
    return said("+CMEE: " + std::to_string(modem.settings.error_style));
}
Answer set_error_style(Modem& modem, const Arguments& arguments) {
    const auto style = arguments.number(0);
    if (!style || *style > 2)
        return failed();
    modem.settings.error_style = *style;
    return done();
}

Answer known_charsets(Modem&, const Arguments&) {
    return said(R"(+CSCS: ("IRA","GSM","HEX","UCS2"))");
}
Answer charset(Modem& modem, const Arguments&) {
    return said("+CSCS: \"" + modem.settings.charset + "\"");
}
Answer set_charset(Modem& modem, const Arguments& arguments) {
    for (const std::string_view known : charsets)
        if (arguments.text(0) == known) {
            modem.settings.charset = known;
            return done();
        }
    return failed();
}

Answer functions(Modem&, const Arguments&) {
    return said("+CFUN: (0,1,4),(0,1)");
}
Answer function(Modem& modem, const Arguments&) {
    return said("+CFUN: " + std::to_string(modem.function()));
}
Answer set_function(Modem& modem, const Arguments& arguments) {
    const auto wanted = arguments.number(0);
    if (!wanted || (*wanted != 0 && *wanted != 1 && *wanted != 4))
        return cme(50);
    if (arguments.number(1) == 1)
        modem.restart();
    else
        modem.set_function(*wanted);
    return done();
}

Answer battery(Modem&, const Arguments&) {
    return said("+CBC: 0,100");
}

Answer services(Modem&, const Arguments&) {
    return said("+CSMS: (0,1)");
}
Answer service(Modem& modem, const Arguments&) {
    return said(modem.report_habits().wants_acknowledge ? "+CSMS: 1,1,1,0" : "+CSMS: 0,1,1,0");
}
Answer set_service(Modem& modem, const Arguments& arguments) {
    const int own = modem.report_habits().wants_acknowledge ? 1 : 0;
    return arguments.number(0) == own ? said("+CSMS: 1,1,0") : cms(302);
}

constexpr std::array commands{
    Command{"+CGMI", Needs::nothing, just_ok, nullptr, nullptr, manufacturer},
    Command{"+CGMM", Needs::nothing, just_ok, nullptr, nullptr, model},
    Command{"+CGMR", Needs::nothing, just_ok, nullptr, nullptr, revision},
    Command{"+GMI", Needs::nothing, just_ok, nullptr, nullptr, manufacturer},
    Command{"+GMM", Needs::nothing, just_ok, nullptr, nullptr, model},
    Command{"+GMR", Needs::nothing, just_ok, nullptr, nullptr, revision},
    Command{"+CGSN", Needs::nothing, just_ok, nullptr, nullptr, imei},
    Command{"+GSN", Needs::nothing, just_ok, nullptr, nullptr, imei},
    Command{"+CMEE", Needs::nothing, error_styles, error_style, set_error_style, nullptr},
    Command{"+CSCS", Needs::nothing, known_charsets, charset, set_charset, nullptr},
    Command{"+CFUN", Needs::nothing, functions, function, set_function, nullptr},
    Command{"+CBC", Needs::nothing, just_ok, nullptr, nullptr, battery},
    Command{"+CSMS", Needs::nothing, services, service, set_service, nullptr},
};

} // namespace

std::span<const Command> general_commands() {
    return commands;
}

} // namespace smsspool::sim
