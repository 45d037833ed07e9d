// The pieces of the modem worker that need no modem: what is chosen, read and kept away.

#define BOOST_TEST_MODULE modem_pieces_test
#include <boost/test/unit_test.hpp>

#include "spoold/modem_find.h"
#include "spoold/modem_memory.h"
#include "spoold/modem_noise.h"
#include "spoold/modem_pace.h"
#include "spoold/modem_pdu.h"
#include "spoold/modem_push.h"

#include "common/clock.h"
#include "common/fd.h"

#include <sys/socket.h>

using namespace smsspool;

BOOST_AUTO_TEST_SUITE(modem_pieces_test)

BOOST_AUTO_TEST_CASE(the_octet_for_the_validity) {
    constexpr std::int64_t minute = 60, hour = 60 * minute, day = 24 * hour, week = 7 * day;
    const struct {
        std::int64_t seconds;
        unsigned octet;
    } cases[] = {
        {0, 0},
        {1, 0},
        {5 * minute, 0},
        {10 * minute - 1, 0},
        {10 * minute, 1},
        {hour, 0x0B},
        {6 * hour, 0x47},
        {12 * hour, 143},
        {12 * hour + 29 * minute, 143},
        {12 * hour + 30 * minute, 144},
        {day, 0xA7},
        {2 * day - 1, 0xA7},
        {2 * day, 168},
        {3 * day, 0xA9},
        {week, 0xAD},
        {30 * day, 196},
        {5 * week - 1, 196},
        {5 * week, 197},
        {63 * week, 255},
        {1000 * week, 255},
    };
    for (const auto& row : cases)
        BOOST_TEST(unsigned{validity_octet(row.seconds)} == row.octet, row.seconds);
}

BOOST_AUTO_TEST_CASE(hexadecimal) {
    BOOST_TEST((from_hex("00fFa5") == std::vector<std::uint8_t>{0x00, 0xFF, 0xA5}));
    BOOST_TEST((from_hex("") == std::vector<std::uint8_t>{}));
    for (const char* bad : {"0", "0g", "-1", "+1", " 1", "0x", "00 0"})
        BOOST_TEST(!from_hex(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(how_arrivals_are_announced) {
    const struct {
        const char* offer;
        const char* want; // nullptr: not at all
    } cases[] = {
        {"(0-2),(0-3),(0,2,3),(0-2),(0,1)", "AT+CNMI=2,1,0,2,0"},
        {"(0,1,2,3),(0,1,2,3),(0,2,3),(0,1),(0,1)", "AT+CNMI=2,1,0,1,0"},
        {"(0-2),(0-3),(0-3),(0),(0-1)", "AT+CNMI=2,1,0,0,0"},
        {"(0,1,3), (0-2), (0,2), (0,2), (1)", "AT+CNMI=3,1,0,2,1"},
        {"(2),(0-1,3),(0,2),(0-1),(0)", "AT+CNMI=2,1,0,1,0"},
        {"(1),(2),(0),(1)", "AT+CNMI=1,2,0,1"},
        {"2,1,0,2,0", "AT+CNMI=2,1,0,2,0"},
        {"(0-2),(0-3)", "AT+CNMI=2,1"},
        {"(0-2),(0-3),(2),(5)", "AT+CNMI=2,1"},
        {"(0-2),(0-3),(2),(1)", "AT+CNMI=2,1,,1"},
        {"(0),(0-3),(0),(2),(0)", nullptr},
        {"(0-2),(0),(0),(2),(0)", nullptr},
        {"(0-2)", nullptr},
        {"", nullptr},
        {"(0-99999999999),(1)", nullptr},
        {"(0-2,(1)", nullptr},
        {"(a),(b)", nullptr},
    };
    for (const auto& row : cases) {
        const auto command = announce_command(row.offer);
        BOOST_TEST(command.value_or("nothing") == (row.want ? row.want : "nothing"), row.offer);
    }
}

BOOST_AUTO_TEST_CASE(messages_in_a_list) {
    const std::vector<std::string> lines{
        "+CMGL: 1,0,,24", "0691", "+CMGL:12,1,\"x\",24", "+CREG: 1", "06aF",          "0000",
        "+CMGL: 3,0,,2",  "text", "+CMGL: x,0",          "0001",     "+CMGL: 4,0,,1", "069"};
    const std::vector<StoredPdu> want{{1, "0691"}, {12, "06aF"}};
    BOOST_TEST((stored_pdus(lines) == want));
    BOOST_TEST(stored_pdus({}).empty());
}

ProbedPort port(const std::string& path, const std::string& imei, const std::string& fault = "") {
    ProbedPort found;
    found.path = path;
    found.imei = imei;
    found.fault = fault;
    return found;
}

BOOST_AUTO_TEST_CASE(which_port_is_the_modem) {
    // A stick with two ports, of which one can send; another stick.
    const std::vector<ProbedPort> ports{port("/dev/nosuch0", "1", "no PDU mode"),
                                        port("/dev/nosuch1", "2"), port("/dev/nosuch2", "1")};
    const struct {
        const char* name;
        std::string device, imei, known;
        int want; // -1: none
    } cases[] = {
        {"any", "", "", "", 1},
        {"the one that can send", "", "1", "", 2},
        {"only this one", "", "3", "", -1},
        {"only this one, not that of the device", "/dev/nosuch1", "3", "", -1},
        {"known", "", "", "1", 2},
        {"known, and gone: any", "", "", "3", 1},
        {"known, under another name", "/dev/nosuch1", "", "1", 2},
        {"known, and changed", "/dev/nosuch1", "", "3", 1},
        {"the device", "/dev/nosuch2", "", "", 2},
        {"the device that cannot", "/dev/nosuch0", "", "", -1},
        {"wanted counts, not known", "", "2", "1", 1},
    };
    for (const auto& row : cases) {
        ModemSettings settings;
        settings.device = row.device;
        settings.imei = row.imei;
        settings.known_imei = row.known;
        const auto chosen = choose_port(ports, settings);
        BOOST_TEST((chosen ? static_cast<int>(*chosen) : -1) == row.want, row.name);
    }
}

BOOST_AUTO_TEST_CASE(noise_is_kept_away) {
    const struct {
        std::string said, want;
    } cases[] = {
        {"\r\n^RSSI:17\r\n", "\r\n\r\n"},
        {"AT+CSQ\r\r\n+CSQ: 17,99\r\n\r\nOK\r\n", "AT+CSQ\r\r\n+CSQ: 17,99\r\n\r\nOK\r\n"},
        {"AT\r\r\n^BOOT:1,2\r\n\r\nOK\r\n", "AT\r\r\n\r\n\r\nOK\r\n"},
        {"^RSSI", ""},
        {"^RSSI\r", "^RSSI\r"},
        {"^SYSINFO: 1\r", "^SYSINFO: 1\r"},
        {"^MODEM: 1\r", "^MODEM: 1\r"},
        {"AT^RSSI:1\r", "AT^RSSI:1\r"},
        {"+ZDONR: \"x\"\r+CMTI: 1\r", "\r+CMTI: 1\r"},
        {"> ", "> "},
        {"^RSSI:" + std::string(100, '1') + "\r", "^RSSI:" + std::string(100, '1') + "\r"},
    };
    for (const auto& row : cases)
        // In one piece, byte by byte, and into a small hand.
        for (const std::size_t piece : {row.said.size(), std::size_t{1}}) {
            NoiseFilter filter;
            std::string passed;
            for (std::size_t at = 0; at < row.said.size(); at += piece)
                passed += filter.pass(std::string_view(row.said).substr(at, piece), 7);
            for (std::string rest; !(rest = filter.pass("", 7)).empty();)
                passed += rest;
            BOOST_TEST(passed == row.want, row.said << " in pieces of " << piece);
        }
}

// How long a sleep of 200 ms takes after a modem was told `written` and has said `said`.
std::chrono::milliseconds slept(Pace& pace, std::string_view written, std::string_view said) {
    int ends[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    const Fd tty(ends[0]), modem(ends[1]);
    pace.wrote(tty.get(), written);
    BOOST_REQUIRE(::write(modem.get(), said.data(), said.size()) ==
                  static_cast<ssize_t>(said.size()));
    const auto begun = Monotonic::now();
    pace.sleep(std::chrono::milliseconds(200));
    return std::chrono::duration_cast<std::chrono::milliseconds>(Monotonic::now() - begun);
}

BOOST_AUTO_TEST_CASE(a_sleep_ends_with_the_echo) {
    using std::chrono::milliseconds;
    const struct {
        const char* name;
        std::string_view written, said;
        bool in_full, slow_afterwards;
    } cases[] = {
        {"a command and its echo", "AT+CGMM\r", "AT", false, false},
        {"a command and silence", "AT+CGMM\r", "", true, false},
        {"a message and its echo", "0011000B", "0011000B", false, false},
        {"a message and part of its echo", "0011000B", "0011000", true, true},
        {"a message and silence", "0011000B", "", true, true},
        {"the end of a message", "\x1A", "0011000B", false, false},
    };
    for (const auto& row : cases) {
        Pace pace;
        const auto time = slept(pace, row.written, row.said);
        BOOST_TEST((time >= milliseconds(200)) == row.in_full, row.name);
        BOOST_TEST(pace.is_slow() == row.slow_afterwards, row.name);
        if (pace.is_slow()) // and remains so
            BOOST_TEST((slept(pace, "AT\r", "AT") >= milliseconds(200)), row.name);
    }
    Pace at_prompt;
    at_prompt.wrote(0, "AT+CMGS=20\r");
    at_prompt.read("\r\n> ");
    const auto begun = Monotonic::now();
    at_prompt.sleep(milliseconds(200));
    BOOST_TEST((Monotonic::now() - begun < milliseconds(200)));
}

BOOST_AUTO_TEST_SUITE_END()
