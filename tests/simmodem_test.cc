// The simulator as its users meet it: the built program, raw AT commands on its line, its socket.

#define BOOST_TEST_MODULE simmodem_test
#include "tests/support/simulated_modem.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <string>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <vector>

using namespace smsspool::testing;
using smsspool::TempFolder;

namespace {

const std::string alice = "+5215512345678";
const std::string everything = "\u00BFQu\u00E9? \U0001F600 {}[]~|^\u20AC \\ \u4E16";

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            result += '\\';
        result += c;
    }
    return result + "\"";
}

bool has(const std::string& text, const std::string& piece) {
    return text.find(piece) != std::string::npos;
}

std::size_t count_of(const std::string& text, const std::string& piece) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(piece, at)) != std::string::npos; at += piece.size())
        ++count;
    return count;
}

std::string fault(const std::string& name, const std::string& more = "") {
    return R"({"cmd":"fault","name":")" + name + "\"" + (more.empty() ? "" : "," + more) + "}";
}

std::string fault_off(const std::string& name) {
    return fault(name, R"("on":false)");
}

std::string incoming(const std::string& from, const std::string& text,
                     const std::string& more = "") {
    return R"({"cmd":"incoming","from":)" + quoted(from) + R"(,"text":)" + quoted(text) +
           (more.empty() ? "" : "," + more) + "}";
}

std::string send_text(Terminal& terminal, const std::string& number, const std::string& text,
                      Report report = Report::no) {
    const SubmitPdu pdu = submit_pdu(number, text, {}, report);
    return terminal.submit(pdu.hex, pdu.length);
}

// Echo on, answers by number, new messages and reports indicated: what libgammu asks for.
void set_up(Terminal& terminal) {
    terminal.command("ATE1");
    terminal.command("AT+CMEE=1");
    terminal.command("AT+CNMI=2,1,0,2,0");
}

} // namespace

BOOST_AUTO_TEST_SUITE(simmodem_test)

BOOST_AUTO_TEST_CASE(commands_and_their_answers) {
    struct Case {
        const char* command;
        const char* answer; // behind the echo; "|" stands for a line end
    };
    const std::vector<Case> cases{
        {"AT", "|OK|"},
        {"at+cgsn", "|490154203237518||OK|"},
        {"AT+CMEE=1", "|OK|"},
        {"AT+CMEE?", "|+CMEE: 1||OK|"},
        {"AT+CMEE=3", "|ERROR|"},
        {"AT+MODE=2", "|ERROR|"},
        {"AT$TSSPCSW=?", "|ERROR|"},
        {"AT+CSCS=\"HEX\"", "|OK|"},
        {"AT+CSCS?", "|+CSCS: \"HEX\"||OK|"},
        {"AT+CSCS=\"KLINGON\"", "|ERROR|"},
        {"AT+CIMI", "|001010123456789||OK|"},
        {"AT+CPIN?", "|+CPIN: READY||OK|"},
        {"AT+CSQ", "|+CSQ: 17,99||OK|"},
        {"AT+CREG?", "|+CREG: 0,1||OK|"},
        {"AT+CREG=2;+CREG?", "|+CREG: 2,1,\"00A1\",\"00001234\"||OK|"},
        {"AT+CREG=0", "|OK|"},
        {"AT+CGREG?", "|+CGREG: 0,1||OK|"},
        {"AT+CGATT?", "|+CGATT: 1||OK|"},
        {"AT+COPS=3,2", "|OK|"},
        {"AT+COPS?", "|+COPS: 0,2,\"00101\"||OK|"},
        {"AT+COPS=3,0", "|OK|"},
        {"AT+COPS?", "|+COPS: 0,0,\"smsspool test network\"||OK|"},
        {"AT+COPS=2", "|OK|"},
        {"AT+COPS?", "|+COPS: 2||OK|"},
        {"AT+COPS=0", "|OK|"},
        {"AT+CMGF=0", "|OK|"},
        {"AT+CMGF=1", "|ERROR|"},
        {"AT+CSCA?", "|+CSCA: \"+5215550000001\",145||OK|"},
        {"AT+CMMS=2", "|OK|"},
        {"AT+CNMI=?", "|+CNMI: (0-2),(0-2),(0,2),(0-2),(0,1)||OK|"},
        {"AT+CNMI=2,1,0,2,0", "|OK|"},
        {"AT+CNMI=2,9", "|+CMS ERROR: 304|"},
        {"AT+CNMI?", "|+CNMI: 2,1,0,2,0||OK|"},
        {"AT+CPMS=\"ME\",\"SM\"", "|+CPMS: 0,30,0,30,0,30||OK|"},
        {"AT+CPMS?", "|+CPMS: \"ME\",0,30,\"SM\",0,30,\"SM\",0,30||OK|"},
        {"AT+CPMS=\"XX\"", "|+CMS ERROR: 302|"},
        {"AT+CPMS=\"MT\"", "|+CPMS: 0,60,0,30,0,30||OK|"},
        {"AT+CMGL=4", "|OK|"},
        {"AT+CMGR=1", "|+CMS ERROR: 321|"},
        {"AT+CMGD=1", "|+CMS ERROR: 321|"},
        {"AT+CMGD=1,4", "|OK|"},
        {"AT+CMGS=0", "|+CMS ERROR: 304|"},
        {"AT+CMGS=999", "|+CMS ERROR: 304|"},
        {"AT+CFUN?", "|+CFUN: 1||OK|"},
        {"AT+CFUN=4;+CREG?;+CSQ", "|+CREG: 0,0||+CSQ: 99,99||OK|"},
        {"AT+CFUN=1", "|OK|"},
        {"ATE0", "|OK|"},
    };
    SimulatedModem modem;
    Terminal terminal(modem.link());
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.command) {
            std::string want = std::string(c.command) + "\r";
            for (const char* at = c.answer; *at != '\0'; ++at)
                want += *at == '|' ? "\r\n" : std::string(1, *at);
            BOOST_TEST(terminal.command(c.command) == want);
        }
    BOOST_TEST(terminal.command("AT") == "\r\nOK\r\n"); // without echo
}

BOOST_AUTO_TEST_CASE(pin_and_puk) {
    SimulatedModem modem({"--pin", "2468"});
    Terminal terminal(modem.link());
    terminal.command("ATE0+CMEE=1");
    struct Case {
        const char* command;
        const char* piece;
    };
    const std::vector<Case> cases{
        {"AT+CPIN?", "+CPIN: SIM PIN\r\n"},
        {"AT+CREG?", "+CREG: 0,0\r\n"},
        {"AT+CPMS?", "+CMS ERROR: 311"},
        {"AT+CIMI", "+CME ERROR: 11"},
        {"AT+CPIN=\"0000\"", "+CME ERROR: 16"},
        {"AT+CPINR", "+CPINR: SIM PIN,2,3\r\n"},
        {"AT+CPIN=\"2468\"", "OK"},
        {"AT+CPIN?", "READY"},
        {"AT+CREG?", "+CREG: 0,1\r\n"},
        {"AT+CFUN=1,1", "OK"},
        {"ATE0+CMEE=1", "OK"},
        {"AT+CPIN=\"1\"", "+CME ERROR: 16"},
        {"AT+CPIN=\"2\"", "+CME ERROR: 16"},
        {"AT^CPIN?", "^CPIN: SIM PIN,1,10,1,10,3"},
        {"AT+CPIN=\"3\"", "+CME ERROR: 16"},
        {"AT+CPIN?", "+CPIN: SIM PUK\r\n"},
        {"AT+CMGL=4", "+CMS ERROR: 316"},
        {"AT+CPIN=\"2468\"", "+CME ERROR: 12"},
        {"AT+CPIN=\"12345678\",\"1357\"", "OK"},
        {"AT+CPIN?", "READY"},
    };
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.command) {
            BOOST_TEST(has(terminal.command(c.command), c.piece));
        }
    BOOST_TEST(!has(modem.control(R"({"cmd":"status"})"), "1357"));
    BOOST_TEST(has(modem.wait(R"("event":"command","command":"AT+CPIN=")"), "CPIN=..."));
}

BOOST_AUTO_TEST_CASE(a_message_goes_out) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    BOOST_TEST(send_text(terminal, alice, "hola {\u20AC}") == "\r\n+CMGS: 0\r\n\r\nOK\r\n");
    BOOST_TEST(send_text(terminal, "333", everything) == "\r\n+CMGS: 1\r\n\r\nOK\r\n");
    modem.wait(R"("event":"message","number":"333","match":")" + std::string("\u4E16") + "\"");
    const std::string air = modem.air();
    BOOST_TEST(count_of(air, R"("event":"part")") == 2U);
    BOOST_TEST(count_of(air, R"("event":"message")") == 2U);
    BOOST_TEST(has(air, R"("number":"+5215512345678","text":"hola {\u20AC}","encoding":"gsm7")"));
    BOOST_TEST(has(air, R"("part":1,"parts":1,"concat_reference":null,"reference":1)"));
}

BOOST_AUTO_TEST_CASE(a_bad_pdu_is_refused_and_the_next_is_fine) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    const SubmitPdu good = submit_pdu(alice, "hola");
    const std::vector<std::pair<std::string, std::size_t>> bad{
        {"", 10},
        {"zz", 10},
        {good.hex, good.length + 1},
        {good.hex.substr(2), good.length},
        {good.hex + "00", good.length + 1},
        {std::string(2000, 'A'), 164},
    };
    for (const auto& [hex, length] : bad)
        BOOST_TEST(terminal.submit(hex, length) == "\r\n+CMS ERROR: 304\r\n");
    terminal.send("AT+CMGS=10\r");
    terminal.until("> ");
    terminal.send("0011\x1B");
    BOOST_TEST(terminal.answer() == "0011\r\nOK\r\n");
    BOOST_TEST(has(terminal.submit(good.hex, good.length), "+CMGS: 0\r\n"));
    BOOST_TEST(has(modem.control(R"({"cmd":"status"})"), R"("parts":1,)"));
}

BOOST_AUTO_TEST_CASE(parts_are_joined_out_of_order_and_per_recipient) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    const auto part = [&](const std::string& number, const std::string& text,
                          const std::vector<unsigned>& concat) {
        const SubmitPdu pdu = submit_pdu(number, text, concat);
        BOOST_TEST(has(terminal.submit(pdu.hex, pdu.length), "OK"));
    };
    part(alice, "three", {77, 3, 3});
    part("333", "other ", {77, 3, 1});
    part(alice, "one ", {77, 3, 1});
    part(alice, "wide", {300, 2, 2});
    part(alice, "two ", {77, 3, 2});
    part(alice, "very ", {300, 2, 1});
    BOOST_TEST(
        has(modem.wait(R"("event":"message","count":2)"), R"("text":"very wide","parts":2)"));
    BOOST_TEST(has(modem.air(), R"("text":"one two three","parts":3)"));
    BOOST_TEST(has(modem.air(), R"("concat_reference":300)"));
    BOOST_TEST(count_of(modem.air(), R"("event":"message")") == 2U);
}

// --- incoming -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_message_comes_in) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    modem.control(incoming("ACME", everything, R"("time":"2026-02-03T04:05:06-06:00")"));
    terminal.until("\r\n+CMTI: \"SM\",1\r\n");
    const std::string unread = terminal.command("AT+CMGL=0");
    BOOST_TEST(has(unread, "+CMGL: 1,0,,"));
    BOOST_REQUIRE(pdus_of(unread).size() == 1U);
    const DeliverText text = read_deliver(pdus_of(unread)[0]);
    BOOST_TEST(text.sender == "ACME");
    BOOST_TEST(text.text == everything);
    BOOST_TEST(text.concat.empty());
    BOOST_TEST(text.time == "6220304050604A");
    BOOST_TEST(pdus_of(terminal.command("AT+CMGL=0")).empty()); // it has been read
    BOOST_TEST(has(terminal.command("AT+CMGL=4"), "+CMGL: 1,1,,"));
    BOOST_TEST(has(terminal.command("AT+CMGR=1"), "+CMGR: 1,,"));
    BOOST_TEST(has(terminal.command("AT+CMGD=?"), "+CMGD: (1),(0-4)"));
    BOOST_TEST(has(terminal.command("AT+CMGD=1"), "OK"));
    BOOST_TEST(has(terminal.command("AT+CMGR=1"), "+CMS ERROR: 321"));
}

BOOST_AUTO_TEST_CASE(long_messages_come_in_parts) {
    struct Case {
        const char* name;
        std::string more;
        std::vector<std::vector<unsigned>> concats;
    };
    const std::vector<Case> cases{
        {"in order", R"("concat_reference":9)", {{9, 3, 1}, {9, 3, 2}, {9, 3, 3}}},
        {"one is missing", R"("concat_reference":9,"only":[1,3])", {{9, 3, 1}, {9, 3, 3}}},
        {"another order",
         R"("concat_reference":9,"order":[3,1,2])",
         {{9, 3, 3}, {9, 3, 1}, {9, 3, 2}}},
        {"16 bits", R"("concat_reference":777)", {{777, 3, 1}, {777, 3, 2}, {777, 3, 3}}},
    };
    SimulatedModem modem;
    Terminal terminal(modem.link());
    terminal.command("ATE0");
    std::string text;
    for (int i = 0; i < 110; ++i)
        text += "a{\u00F1";
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.name) {
            modem.control(incoming(alice, text, c.more));
            const auto pdus = pdus_of(terminal.command("AT+CMGL=4"));
            BOOST_REQUIRE(pdus.size() == c.concats.size());
            std::vector<std::string> by_part(3);
            for (std::size_t i = 0; i < pdus.size(); ++i) {
                const DeliverText part = read_deliver(pdus[i]);
                BOOST_TEST(part.concat == c.concats[i], boost::test_tools::per_element());
                by_part.at(part.concat.at(2) - 1) = part.text;
            }
            if (pdus.size() == 3)
                BOOST_TEST(by_part[0] + by_part[1] + by_part[2] == text);
            terminal.command("AT+CMGD=1,4");
        }
}

BOOST_AUTO_TEST_CASE(a_full_storage_lets_messages_wait) {
    SimulatedModem modem({"--storage", "2"});
    Terminal terminal(modem.link());
    set_up(terminal);
    for (const char* text : {"one", "two", "three", "four"})
        modem.control(incoming(alice, text));
    BOOST_TEST(has(modem.control(R"({"cmd":"status"})"), R"("waiting":2)"));
    BOOST_TEST(has(terminal.command("AT+CPMS?"), "\"SM\",2,2"));
    terminal.command("AT+CMGD=1");
    terminal.until("+CMTI: \"SM\",1\r\n");
    modem.wait(R"("event":"incoming","match":"three")");
    terminal.command("AT+CMGD=1,4");
    terminal.until("+CMTI: \"SM\",1\r\n");
    const auto pdus = pdus_of(terminal.command("AT+CMGL=4"));
    BOOST_REQUIRE(pdus.size() == 1U);
    BOOST_TEST(read_deliver(pdus[0]).text == "four");
}

BOOST_AUTO_TEST_CASE(where_new_messages_go) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    terminal.command("ATE0");
    terminal.command("AT+CNMI=0,1,0,1,0"); // keeps what it would say
    modem.control(incoming(alice, "kept back"));
    terminal.command("AT+CNMI=2,2,0,1,0");
    terminal.until("+CMTI: \"SM\",1\r\n");
    modem.control(incoming(alice, "direct"));
    terminal.until("+CMT: ,");
    terminal.until("\r\n");
    const std::string pdu = terminal.until("\r\n");
    BOOST_TEST(read_deliver(pdu.substr(0, pdu.size() - 2)).text == "direct");
    BOOST_TEST(has(terminal.command("AT+CPMS?"), "\"SM\",1,30"));
    terminal.command("AT+CNMI=2,1");
    terminal.command("AT+CPMS=\"ME\",\"ME\",\"ME\"");
    modem.control(incoming(alice, "to ME"));
    terminal.until("+CMTI: \"ME\",1\r\n");
    modem.control(incoming(alice, "to SM", R"("memory":"SM")"));
    terminal.until("+CMTI: \"SM\",2\r\n");
    terminal.command("AT+CPMS=\"MT\"");
    BOOST_TEST(pdus_of(terminal.command("AT+CMGL=4")).size() == 3U);
    BOOST_TEST(has(terminal.command("AT+CMGR=10002"), "+CMGR: "));
}

BOOST_AUTO_TEST_CASE(nothing_is_said_between_prompt_and_answer) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    modem.control(R"({"cmd":"set","send_time_ms":50})");
    const SubmitPdu pdu = submit_pdu(alice, "hola");
    terminal.send("AT+CMGS=" + std::to_string(pdu.length) + "\r");
    terminal.until("> ");
    modem.control(incoming(alice, "now"));
    modem.wait(R"("event":"incoming","match":"now")");
    terminal.send(pdu.hex + "\x1A");
    BOOST_TEST(terminal.answer() == pdu.hex + "\x1A\r\n+CMGS: 0\r\n\r\nOK\r\n");
    BOOST_TEST(terminal.until("1\r\n") == "\r\n+CMTI: \"SM\",1\r\n");
}

BOOST_AUTO_TEST_CASE(delivery_reports) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    send_text(terminal, "333", "without");
    send_text(terminal, alice, "with", Report::yes);
    terminal.until("+CDSI: \"SM\",1\r\n");
    const auto pdus = pdus_of(terminal.command("AT+CMGR=1"));
    BOOST_REQUIRE(pdus.size() == 1U);
    BOOST_TEST(pdus[0].substr(18, 4) == "0601"); // a report, on TP-MR 1
    BOOST_TEST(pdus[0].substr(pdus[0].size() - 2) == "00");
    modem.control(R"({"cmd":"report","number":"333","status":65})");
    terminal.until("+CDSI: \"SM\",2\r\n");
    BOOST_TEST(has(modem.air(), R"("report":true,"reference":0,"status":65)"));
    BOOST_TEST(has(modem.ask(R"({"cmd":"report","number":"444"})"), R"("ok":false)"));
    modem.control(fault("no_reports"));
    send_text(terminal, alice, "no report", Report::yes);
    modem.control(fault_off("no_reports"));
    terminal.command("AT+CNMI=2,1,0,1,0");
    send_text(terminal, alice, "direct report", Report::yes);
    BOOST_TEST(!has(terminal.until("+CDS: "), "+CDSI"));
}

BOOST_AUTO_TEST_CASE(modems_with_habits_about_reports) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    modem.control(R"({"cmd":"set","report_memory":"SR"})");
    send_text(terminal, alice, "stored", Report::yes);
    terminal.until("+CDSI: \"SR\",1\r\n");
    modem.control(R"({"cmd":"set","reports":"direct","acknowledge":true})");
    BOOST_TEST(has(terminal.command("AT+CNMI=?"), "(0,2),(0,1),(0,1)"));
    BOOST_TEST(has(terminal.command("AT+CNMI=2,1,0,2,0"), "+CMS ERROR: 304"));
    BOOST_TEST(has(terminal.command("AT+CSMS?"), "+CSMS: 1,"));
    terminal.command("AT+CNMI=2,1,0,1,0");
    send_text(terminal, alice, "one", Report::yes);
    send_text(terminal, alice, "two", Report::yes);
    terminal.until("+CDS: ");
    modem.wait(R"("event":"incoming","count":2)"); // the first, and the one that was stored
    BOOST_TEST(has(modem.control(R"({"cmd":"status"})"), R"("incomings":2)"));
    BOOST_TEST(!has(terminal.command("AT+CNMA"), "ERROR"));
    modem.wait(R"("event":"incoming","count":3)");
    terminal.command("AT+CNMA");
    BOOST_TEST(has(terminal.command("AT+CNMA"), "+CMS ERROR: 340"));
    for (const char* bad : {R"("reports":"some")", R"("report_memory":"MT")", R"("acknowledge":1)"})
        BOOST_TEST(has(modem.ask(std::string(R"({"cmd":"set",)") + bad + "}"), R"("ok":false)"),
                   bad);
}

// --- rules --------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_phone_answers_by_rule) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    modem.control(R"({"cmd":"rule","match":"ping","reply":"pong"})");
    modem.control(R"({"cmd":"rule","prefix":"BAL","number":"333","reply":"12 MB","after_ms":20})");
    modem.control(R"({"cmd":"rule","contains":"?","reply":"{text} {text}!"})");
    send_text(terminal, alice, "pingu");
    send_text(terminal, alice, "ping");
    terminal.until("+CMTI: \"SM\",1\r\n");
    send_text(terminal, alice, "BAL");
    send_text(terminal, "333", "BAL 1");
    terminal.until("+CMTI: \"SM\",2\r\n");
    send_text(terminal, alice, everything);
    terminal.until("+CMTI: \"SM\",3\r\n");
    std::vector<std::string> got;
    for (const std::string& pdu : pdus_of(terminal.command("AT+CMGL=4"))) {
        const DeliverText text = read_deliver(pdu);
        got.push_back(text.sender + " " + text.text);
    }
    const std::vector<std::string> want{alice + " pong", "333 12 MB",
                                        alice + " " + everything + " " + everything + "!"};
    BOOST_TEST(got == want, boost::test_tools::per_element());
    BOOST_TEST(has(modem.control(R"({"cmd":"rules","clear":true})"), R"("rules":0)"));
}

BOOST_AUTO_TEST_CASE(a_long_echo_comes_back_to_the_letter) {
    const TempFolder folder;
    SimulatedModem modem({"--rules", folder.write("rules", R"([{"reply":"{text}"}])")});
    Terminal terminal(modem.link());
    set_up(terminal);
    std::string whole;
    const std::vector<std::string> parts{"{}[]~|^\u20AC\U0001F600 ", "\U0001F600\u00F1\\", "end"};
    for (unsigned i = 0; i < 3; ++i) {
        std::string text;
        for (int n = 0; n < 6; ++n)
            text += parts[i];
        whole += text;
        const SubmitPdu pdu = submit_pdu(alice, text, {1, 3, i + 1});
        terminal.submit(pdu.hex, pdu.length);
    }
    modem.wait(R"("event":"incoming","count":2)");
    std::string got;
    for (const std::string& pdu : pdus_of(terminal.command("AT+CMGL=4")))
        got += read_deliver(pdu).text;
    BOOST_TEST(got == whole);
}

// --- faults -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(refusals) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    modem.control(fault("refuse", R"("code":38,"count":2)"));
    modem.control(fault("refuse", R"("code":21,"number":"333")"));
    BOOST_TEST(send_text(terminal, "333", "a") == "\r\n+CMS ERROR: 21\r\n");
    BOOST_TEST(send_text(terminal, alice, "b") == "\r\n+CMS ERROR: 38\r\n");
    BOOST_TEST(send_text(terminal, alice, "c") == "\r\n+CMS ERROR: 38\r\n");
    BOOST_TEST(send_text(terminal, alice, "d") == "\r\n+CMGS: 0\r\n\r\nOK\r\n");
    BOOST_TEST(send_text(terminal, "333", "e") == "\r\n+CMS ERROR: 21\r\n");
    modem.control(fault_off("refuse"));
    modem.control(fault("refuse", R"("code":100,"cme":true,"count":1)"));
    BOOST_TEST(send_text(terminal, alice, "f") == "\r\n+CME ERROR: 100\r\n");
    modem.control(fault("refuse", R"("error":true,"count":1)"));
    BOOST_TEST(send_text(terminal, alice, "g") == "\r\nERROR\r\n");
    modem.control(fault("refuse", R"("at":"prompt","code":512,"count":1)"));
    BOOST_TEST(terminal.command("AT+CMGS=20") == "AT+CMGS=20\r\r\n+CMS ERROR: 512\r\n");
    BOOST_TEST(has(send_text(terminal, "333", "h"), "+CMGS: 1"));
    BOOST_TEST(count_of(modem.air(), R"("event":"part")") == 2U);
}

BOOST_AUTO_TEST_CASE(states_in_which_nothing_is_sent) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    modem.control(fault("no_network"));
    BOOST_TEST(has(terminal.command("AT+CREG?"), "+CREG: 0,2"));
    BOOST_TEST(send_text(terminal, alice, "a") == "\r\n+CMS ERROR: 331\r\n");
    modem.control(incoming(alice, "waits for the network"));
    BOOST_TEST(has(modem.control(R"({"cmd":"status"})"), R"("waiting":1)"));
    modem.control(fault_off("no_network"));
    terminal.until("+CMTI: \"SM\",1\r\n");
    modem.control(R"({"cmd":"set","network":3,"signal":3})");
    BOOST_TEST(has(terminal.command("AT+CREG?;+CSQ"), "+CREG: 0,3\r\n\r\n+CSQ: 3,99"));
    BOOST_TEST(send_text(terminal, alice, "b") == "\r\n+CMS ERROR: 331\r\n");
    modem.control(R"({"cmd":"set","network":5})");
    BOOST_TEST(has(send_text(terminal, alice, "c"), "OK"));
    modem.control(fault("no_sim"));
    BOOST_TEST(has(terminal.command("AT+CPIN?"), "+CME ERROR: 10"));
    BOOST_TEST(has(terminal.command("AT+CMGS=20"), "+CMS ERROR: 310"));
}

BOOST_AUTO_TEST_CASE(storage_faults) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    modem.control(fault("duplicate_cmti"));
    modem.control(incoming(alice, "one"));
    terminal.until("+CMTI: \"SM\",1\r\n");
    terminal.until("+CMTI: \"SM\",1\r\n");
    modem.control(fault("delete_fails", R"("code":321,"count":1)"));
    BOOST_TEST(has(terminal.command("AT+CMGD=1"), "+CMS ERROR: 321"));
    modem.control(fault("list_fails"));
    BOOST_TEST(has(terminal.command("AT+CMGL=4"), "+CMS ERROR: 500"));
    modem.control(fault_off("list_fails"));
    modem.control(fault("storage-full"));
    modem.control(incoming(alice, "two"));
    BOOST_TEST(has(terminal.command("AT+CMGD=1"), "OK"));
    BOOST_TEST(has(modem.control(R"({"cmd":"status"})"), R"("waiting":1)"));
    modem.control(fault_off("storage_full"));
    terminal.until("+CMTI: \"SM\",1\r\n");
}

// Chatter tells the test that time has gone by in which an answer would have come.
BOOST_AUTO_TEST_CASE(silence) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    modem.control(fault("mute"));
    terminal.send("AT+CSQ\r");
    modem.control(fault("chatter", R"("ms":10,"text":"^RSSI:9")"));
    std::string heard;
    for (int i = 0; i < 5; ++i)
        heard += terminal.until("^RSSI:9\r\n");
    BOOST_TEST(!has(heard, "CSQ"));
    modem.control(fault_off("mute"));
    modem.control(fault_off("chatter"));
    BOOST_TEST(has(terminal.command("AT+CSQ"), "+CSQ: 17,99"));

    modem.control(fault("deaf_echo"));
    terminal.send("AT+CSQ\r");
    BOOST_TEST(has(terminal.until("\r"), "AT+CSQ"));
    modem.control(fault_off("deaf_echo"));
    BOOST_TEST(terminal.command("AT") == "AT\r\r\nOK\r\n");

    modem.control(fault("echo_off"));
    BOOST_TEST(terminal.command("AT") == "\r\nOK\r\n");
    modem.control(fault_off("echo_off"));

    modem.control(fault("lost_cmgs", R"("count":1)"));
    const SubmitPdu pdu = submit_pdu(alice, "lost");
    terminal.send("AT+CMGS=" + std::to_string(pdu.length) + "\r");
    terminal.until("> ");
    terminal.send(pdu.hex + "\x1A");
    modem.wait(R"("event":"part","match":"lost")");
    BOOST_TEST(terminal.command("AT") == pdu.hex + "\x1A" + "AT\r\r\nOK\r\n");
}

BOOST_AUTO_TEST_CASE(prompts_and_late_answers) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    set_up(terminal);
    modem.control(fault("bare_prompt", R"("count":1)"));
    const SubmitPdu pdu = submit_pdu(alice, "hola");
    const std::string ask = "AT+CMGS=" + std::to_string(pdu.length);
    terminal.send(ask + "\r");
    terminal.until("\r\n>");
    terminal.send(pdu.hex + "\x1A");
    BOOST_TEST(has(terminal.answer(), "+CMGS: 0\r\n"));
    modem.control(fault("no_prompt", R"("count":1)"));
    terminal.send(ask + "\r");
    BOOST_TEST(terminal.command("AT") == ask + "\rAT\r\r\nOK\r\n");
    modem.control(fault("late_cmgs", R"("ms":60,"count":1)"));
    terminal.send(ask + "\r");
    terminal.until("> ");
    terminal.send(pdu.hex + "\x1A");
    modem.wait(R"("event":"part","count":2)"); // on the air before the answer
    BOOST_TEST(has(terminal.command("AT"), "+CMGS: 1\r\n\r\nOK\r\n"));
    terminal.until("OK\r\n");
    modem.control(fault("slow", R"("ms":20)"));
    BOOST_TEST(terminal.command("AT") == "AT\r\r\nOK\r\n");
    modem.control(fault_off("slow"));
    modem.control(fault("garbage", R"("bytes":50,"count":1)"));
    BOOST_TEST(terminal.command("AT").size() == std::string("AT\r\r\nOK\r\n").size() + 50);
}

BOOST_AUTO_TEST_CASE(the_line_is_cut_and_comes_back) {
    SimulatedModem modem;
    {
        Terminal terminal(modem.link());
        set_up(terminal);
        modem.control(fault("unplug"));
        BOOST_TEST(terminal.hung_up());
    }
    BOOST_TEST(!std::filesystem::is_symlink(modem.link()));
    modem.control(fault("unplug", R"("on":false)"));
    {
        Terminal terminal(modem.link());
        BOOST_TEST(has(terminal.command("AT"), "OK"));
        modem.control(fault("die_in_pdu", R"("bytes":10,"ms":1)"));
        const SubmitPdu pdu = submit_pdu(alice, "never sent");
        terminal.send("AT+CMGS=" + std::to_string(pdu.length) + "\r");
        terminal.until("> ");
        terminal.send(pdu.hex);
        BOOST_TEST(terminal.hung_up());
    }
    modem.wait(R"("event":"client","match":"close","count":2)");
    modem.control(fault("unplug"));
    modem.control(fault("unplug", R"("on":false,"link":)" + quoted(modem.path("other"))));
    Terminal terminal(modem.path("other"));
    BOOST_TEST(has(terminal.command("AT"), "OK"));
    BOOST_TEST(count_of(modem.air(), "never sent") == 0U);
}

BOOST_AUTO_TEST_CASE(the_client_can_end_a_fault) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    const struct {
        const char* until;
        const char* commands;
        bool ends;
    } cases[] = {{"radio", "AT+CFUN=4\rAT+CFUN=1\r", true},
                 {"radio", "AT+CFUN=1\r", false},
                 {"radio", "AT+CFUN=1,1\r", true},
                 {"reset", "AT+CFUN=1,1\r", true},
                 {"reset", "AT+CFUN=0\rAT+CFUN=1\r", false}};
    std::size_t obeyed = 0;
    for (const auto& row : cases)
        for (const char* name : {"mute", "deaf_echo"}) {
            modem.control(fault(name, std::string(R"("until":")") + row.until + "\""));
            terminal.send(row.commands);
            modem.wait(R"("event":"command","match":"AT+CFUN","count":)" +
                       std::to_string(obeyed += count_of(row.commands, "AT+CFUN")));
            if (row.ends)
                BOOST_TEST(has(terminal.command("AT"), "OK"), row.commands);
            else
                modem.control(fault_off(name));
        }
    BOOST_TEST(has(modem.ask(R"({"cmd":"fault","name":"mute","until":"dawn"})"), R"("ok":false)"));
}

BOOST_AUTO_TEST_CASE(a_restart_takes_the_line_away) {
    SimulatedModem modem;
    modem.control(R"({"cmd":"set","reboot_ms":1})");
    Terminal terminal(modem.link());
    BOOST_TEST(has(terminal.command("AT+CFUN=1,1"), "OK"));
    BOOST_TEST(terminal.hung_up());
}

BOOST_AUTO_TEST_CASE(the_next_client_finds_a_clean_line) {
    SimulatedModem modem;
    {
        Terminal terminal(modem.link());
        set_up(terminal);
        BOOST_TEST(::ioctl(terminal.fd(), TIOCEXCL) == 0);
        terminal.send("AT+CMGS=20\r");
        terminal.until("> ");
    }
    modem.wait(R"("event":"client","match":"close")");
    Terminal terminal(modem.link());
    int exclusive = 1;
    BOOST_TEST(::ioctl(terminal.fd(), TIOCGEXCL, &exclusive) == 0);
    BOOST_TEST(exclusive == 0);
    BOOST_TEST(terminal.command("AT") == "AT\r\r\nOK\r\n");
    modem.wait(R"("event":"client","match":"open","count":2)");
    BOOST_TEST(has(modem.control(R"({"cmd":"status"})"), R"("client":true)"));
}

// --- limits, control, the program ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(too_much_of_anything) {
    SimulatedModem modem;
    Terminal terminal(modem.link());
    terminal.command("ATE0");
    BOOST_TEST(has(terminal.command("AT+" + std::string(5000, 'X')), "ERROR"));
    terminal.send(std::string(20'000, '\x07') + "\r");
    BOOST_TEST(has(terminal.command("AT"), "OK"));
    BOOST_TEST(has(terminal.submit(std::string(20'000, '0'), 20), "+CMS ERROR: 304"));
    BOOST_TEST(has(modem.ask(incoming(alice, std::string(100'000, 'x'))), "255 parts"));
    BOOST_TEST(has(terminal.command("AT"), "OK"));
}

BOOST_AUTO_TEST_CASE(requests_that_are_refused) {
    SimulatedModem modem;
    for (const char* request :
         {"",
          "x",
          "[]",
          "{}",
          R"({"cmd":"dance"})",
          R"({"cmd":"incoming","from":"+5"})",
          R"({"cmd":"incoming","from":"","text":"x"})",
          R"({"cmd":"incoming","from":"+5","text":"x","memory":"MT"})",
          R"({"cmd":"incoming","from":"+5","text":"\u4e16","encoding":"gsm7"})",
          R"({"cmd":"incoming","from":"+5","text":"x","only":[2],"order":[2]})",
          R"({"cmd":"incoming","from":"+5","text":"x","time":"yesterday"})",
          R"({"cmd":"incoming","raw_pdu":"0791"})",
          R"({"cmd":"fault","name":"bad mood"})",
          R"({"cmd":"fault","name":"mute","on":1})",
          R"({"cmd":"fault","name":"refuse","at":"prompt","number":"333"})",
          R"({"cmd":"rule","match":"x"})",
          R"({"cmd":"set","network":6})",
          R"({"cmd":"set","sim":"lost"})",
          R"({"cmd":"report"})",
          R"({"cmd":"wait","event":"rain"})",
          R"({"cmd":"wait","event":"part","timeout_ms":1})"})
        if (*request != '\0')
            BOOST_TEST_CONTEXT(request) {
                BOOST_TEST(modem.ask(request).starts_with(R"({"ok":false,"error":")"));
            }
    BOOST_TEST(has(modem.control(R"({"cmd":"faults"})"), R"("mute":[])"));
}

BOOST_AUTO_TEST_CASE(waiting_counts_from_the_start_or_from_a_point) {
    SimulatedModem modem;
    for (const char* text : {"one", "two"})
        modem.control(incoming(alice, text));
    BOOST_TEST(has(modem.wait(R"("event":"incoming","count":2)"), R"("text":"two")"));
    BOOST_TEST(has(modem.wait(R"("event":"incoming","match":"one")"), R"("sequence":2)"));
    BOOST_TEST(has(modem.ask(R"({"cmd":"wait","event":"incoming","since":2,"timeout_ms":1})"),
                   R"("error":"timeout","count":0)"));
}

BOOST_AUTO_TEST_CASE(the_client_for_shells) {
    SimulatedModem modem;
    const auto ctl = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {program("simmodem"), "ctl", modem.socket()});
        return run_program(words);
    };
    BOOST_TEST(ctl({"incoming", alice, everything, "memory=ME"}).status == 0);
    BOOST_TEST(ctl({"fault", "refuse", "on", "code=38", "number=333"}).status == 0);
    BOOST_TEST(ctl({"rule", "match=x", "reply=y"}).status == 0);
    BOOST_TEST(ctl({"set", "signal=7"}).status == 0);
    BOOST_TEST(ctl({"incoming", alice, std::string(400, 'x'), "order=[3,1,2]"}).status == 0);
    BOOST_TEST(ctl({"incoming", alice, std::string(400, 'x'), "only=1,3"}).status == 0);
    BOOST_TEST(ctl({"incoming", alice, "x", "only=one"}).status != 0);
    BOOST_TEST(ctl({"wait", "incoming", "count=1"}).status == 0);
    const Ended status = ctl({"status"});
    BOOST_TEST(status.status == 0);
    BOOST_TEST(has(status.output, R"("stored":{"SM":5,"ME":1,"SR":0})"));
    BOOST_TEST(has(status.output, R"("signal":7)"));
    BOOST_TEST(ctl({"json", R"({"cmd":"faults"})"}).status == 0);
    BOOST_TEST(ctl({"wait", "part", "timeout_ms=1"}).status == 1);
    BOOST_TEST(ctl({"fault", "mute", "maybe"}).status == 64);
    BOOST_TEST(ctl({"dance"}).status == 64);
    BOOST_TEST(ctl({}).status == 64);
}

BOOST_AUTO_TEST_CASE(beginning_and_end) {
    BOOST_TEST(run_program({program("simmodem"), "--help"}).status == 0);
    BOOST_TEST(run_program({program("simmodem"), "--version"}).output.starts_with("simmodem "));
    for (const char* bad : {"--link=/x", "--storage=many", "--dance", "--pin"})
        BOOST_TEST_CONTEXT(bad) {
            BOOST_TEST(run_program({program("simmodem"), bad}).status == 64);
        }
    const TempFolder folder;
    BOOST_TEST(run_program({program("simmodem"), "--link", folder.file("no/m"), "--control",
                            folder.file("c"), "--air", folder.file("a")})
                   .status == 69);
    SimulatedModem modem;
    struct stat found {};
    BOOST_TEST(::stat(modem.socket().c_str(), &found) == 0);
    BOOST_TEST((found.st_mode & 0777U) == 0600U);
    BOOST_TEST(modem.end() == 0);
    BOOST_TEST(!std::filesystem::is_symlink(modem.link()));
    BOOST_TEST(!std::filesystem::exists(modem.socket()));
}

BOOST_AUTO_TEST_SUITE_END()
