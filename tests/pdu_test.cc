// The simulator's PDU codec: what a modem hands in is read or refused, what it gets is to the
// letter.

#define BOOST_TEST_MODULE pdu_test
#include "tests/simmodem/pdu.h"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

using namespace smsspool;
using namespace smsspool::sim;

namespace {

// Length as AT+CMGS gives it, for a PDU whose service centre is given by `smsc_octets`.
std::size_t length_of(const std::string& hex) {
    const auto octets = from_hex(hex);
    return octets && !octets->empty() ? octets->size() - 1 - octets->front() : 0;
}

std::optional<Submit> decode(const std::string& hex) {
    return decode_submit(hex, length_of(hex));
}

// To +46708251358, GSM-7, no validity, the given end: UDL and user data.
std::string submit(const std::string& first, const std::string& coding, const std::string& end) {
    return "00" + first + "00" + "0B916407281553F8" + "00" + coding + end;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pdu_test)

BOOST_AUTO_TEST_CASE(submits_that_are_read) {
    struct Case {
        const char* name;
        std::string hex;
        std::string text;
        Alphabet alphabet;
        std::optional<Concat> concat;
    };
    const std::string hello = "0AE8329BFD4697D9EC37";
    const std::vector<Case> cases{
        {"plain", submit("01", "00", hello), "hellohello", Alphabet::gsm7, {}},
        {"lower case hex",
         "0001000b916407281553f800000ae8329bfd4697d9ec37",
         "hellohello",
         Alphabet::gsm7,
         {}},
        {"relative validity", submit("11", "00", "AA" + hello), "hellohello", Alphabet::gsm7, {}},
        {"absolute validity",
         submit("19", "00", "62112141230000" + hello),
         "hellohello",
         Alphabet::gsm7,
         {}},
        {"enhanced validity",
         submit("09", "00", "01050000000000" + hello),
         "hellohello",
         Alphabet::gsm7,
         {}},
        {"nothing said", submit("01", "00", "00"), "", Alphabet::gsm7, {}},
        {"extension table", submit("01", "00", "041BD40608"), "\u007B|", Alphabet::gsm7, {}},
        {"an escape at the end is a space", submit("01", "00", "02E10D"), "a ", Alphabet::gsm7, {}},
        {"8 bit", submit("01", "04", "03010AFF"), "010AFF", Alphabet::eight_bit, {}},
        {"UCS-2 with a surrogate pair",
         submit("01", "08", "0600F1D83DDE00"),
         "\u00F1\U0001F600",
         Alphabet::ucs2,
         {}},
        {"half a surrogate pair", submit("01", "08", "040061D83D"), "a\uFFFD", Alphabet::ucs2, {}},
        {"GSM-7 behind an 8-bit reference: one fill bit", submit("41", "00", "090500032503019061"),
         "Ha", Alphabet::gsm7, Concat{0x25, 3, 1}},
        {"GSM-7 behind a 16-bit reference: no fill bit", submit("41", "00", "0A060804012503024839"),
         "Hr", Alphabet::gsm7, Concat{0x125, 3, 2}},
        {"UCS-2 behind a header",
         submit("41", "08",
                "08050003250302"
                "00E1"),
         "\u00E1", Alphabet::ucs2, Concat{0x25, 3, 2}},
        {"another element before",
         submit("41", "08",
                "0C"
                "09"
                "0A0200FF"
                "0003250302"
                "0061"),
         "a", Alphabet::ucs2, Concat{0x25, 3, 2}},
        {"part 4 of 3 is no part",
         submit("41", "08",
                "08050003250304"
                "0061"),
         "a",
         Alphabet::ucs2,
         {}},
        {"part 0 is no part",
         submit("41", "08",
                "08050003250300"
                "0061"),
         "a",
         Alphabet::ucs2,
         {}},
        {"a header and nothing else", submit("41", "08", "06050003250303"), "", Alphabet::ucs2,
         Concat{0x25, 3, 3}},
    };
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.name) {
            const auto got = decode(c.hex);
            BOOST_REQUIRE(got.has_value());
            BOOST_TEST(got->number == "+46708251358");
            BOOST_TEST(text_of(got->content) == c.text);
            BOOST_TEST((got->content.alphabet == c.alphabet));
            BOOST_TEST((got->concat == c.concat));
        }
}

BOOST_AUTO_TEST_CASE(what_else_a_submit_says) {
    const auto plain = decode("0001000381333300000131");
    BOOST_REQUIRE(plain.has_value());
    BOOST_TEST(plain->number == "333");
    BOOST_TEST(plain->smsc.empty());
    BOOST_TEST((plain->report == ReportWish::no));
    BOOST_TEST((plain->validity == Validity::none));
    BOOST_TEST(!plain->message_class.has_value());

    const auto full = decode("07911326040000F0317F0B916407281553F80010A70131");
    BOOST_REQUIRE(full.has_value());
    BOOST_TEST(full->smsc == "+31624000000");
    BOOST_TEST((full->report == ReportWish::yes));
    BOOST_TEST((full->validity == Validity::relative));
    BOOST_TEST(full->message_class.value_or(9) == 0U);
}

BOOST_AUTO_TEST_CASE(relative_validities) {
    const struct {
        const char* octet;
        std::int64_t seconds;
    } cases[] = {{"00", 300},       {"8F", 12 * 3600},  {"90", 45000},      {"A7", 24 * 3600},
                 {"A8", 2 * 86400}, {"C4", 30 * 86400}, {"C5", 35 * 86400}, {"FF", 441 * 86400}};
    for (const auto& row : cases) {
        const auto got = decode(submit("11", "00", std::string(row.octet) + "0131"));
        BOOST_REQUIRE(got.has_value());
        BOOST_TEST((got->valid_seconds == row.seconds), row.octet);
    }
}

BOOST_AUTO_TEST_CASE(submits_that_are_refused) {
    struct Case {
        const char* name;
        std::string hex;
        std::size_t length;
    };
    const std::string good = submit("01", "00", "0AE8329BFD4697D9EC37");
    const auto refused = [](const char* name, const std::string& hex) {
        return Case{name, hex, length_of(hex)};
    };
    const std::vector<Case> cases{
        {"nothing", "", 0},
        {"not hex", "zz" + good.substr(2), length_of(good)},
        {"half an octet", good.substr(0, good.size() - 1), length_of(good)},
        {"length one too small", good, length_of(good) - 1},
        {"length one too big", good, length_of(good) + 1},
        {"service centre longer than all", "FF" + good.substr(2), 1},
        refused("an SMS-DELIVER", submit("00", "00", "0131")),
        refused("an SMS-COMMAND", submit("02", "00", "0131")),
        refused("no user data at all", submit("01", "00", "")),
        refused("an octet missing", submit("01", "00", "0AE8329BFD4697D9EC")),
        refused("an octet too many", submit("01", "00", "0AE8329BFD4697D9EC3700")),
        refused("161 septets", submit("01", "00", "A1" + std::string(282, '0'))),
        refused("141 octets", submit("01", "04", "8D" + std::string(282, '0'))),
        refused("UCS-2 with half a unit", submit("01", "08", "03006100")),
        refused("header longer than the data", submit("41", "08", "03050003")),
        refused("element longer than the header", submit("41", "08",
                                                         "08050009250302"
                                                         "0061")),
        refused("an element without its length", submit("41", "08", "020100")),
        refused("header longer than the septets", submit("41", "00", "03050003")),
        refused("nobody to send to", "000100008100000131"),
        refused("21 digits", "0001001591" + std::string(22, '1') + "00000131"),
        refused("a digit that is none", "000100029121"
                                        "00000131"
                                        "00"),
        refused("a filler in the number", "0001000291F1"
                                          "00000131"),
        refused("a name as recipient", "000100"
                                       "04D0E834"
                                       "00000131"),
        refused("validity missing", submit("11", "00", "")),
        refused("absolute validity cut short", submit("19", "00", "6211")),
    };
    BOOST_REQUIRE(decode(good).has_value());
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.name) {
            BOOST_TEST(!decode_submit(c.hex, c.length).has_value());
        }
}

// Whatever comes, the answer is a message or a refusal; the sanitizers watch the rest.
BOOST_AUTO_TEST_CASE(damaged_submits_do_no_harm) {
    const std::vector<std::string> seeds{
        submit("41", "00", "090500032503019061"),
        submit("59", "08",
               "62112141230000"
               "08050003250302"
               "00E1"),
        "07911326040000F0317F0B916407281553F80010A70131",
    };
    std::minstd_rand random(7);
    for (unsigned round = 0; round < 30'000; ++round) {
        Octets octets = *from_hex(seeds[round % seeds.size()]);
        for (unsigned i = 0; i <= random() % 3; ++i)
            octets[random() % octets.size()] = static_cast<std::uint8_t>(random() >> 8U);
        const std::string whole = to_hex(octets);
        const std::string hex = whole.substr(0, whole.size() - 2 * (random() % 4));
        if (const auto got = decode_submit(hex, length_of(hex)))
            BOOST_REQUIRE(text_of(got->content).size() <= 3 * 160);
    }
}

BOOST_AUTO_TEST_CASE(which_alphabet_a_coding_names) {
    struct Case {
        unsigned coding;
        Alphabet want;
    };
    const std::vector<Case> cases{
        {0x00, Alphabet::gsm7},      {0x04, Alphabet::eight_bit}, {0x08, Alphabet::ucs2},
        {0x0C, Alphabet::gsm7},      {0x10, Alphabet::gsm7},      {0x18, Alphabet::ucs2},
        {0x20, Alphabet::eight_bit}, // compressed
        {0x48, Alphabet::ucs2},      {0xC0, Alphabet::gsm7},      {0xE0, Alphabet::ucs2},
        {0xF0, Alphabet::gsm7},      {0xF5, Alphabet::eight_bit},
    };
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.coding) {
            BOOST_TEST((alphabet_of(static_cast<std::uint8_t>(c.coding)) == c.want));
        }
}

BOOST_AUTO_TEST_CASE(delivers_to_the_letter) {
    struct Case {
        const char* name;
        std::string sender;
        std::string text;
        std::optional<Concat> concat;
        std::string time;
        std::string hex;
    };
    const std::string centre = "07911326040000F0";
    const std::vector<Case> cases{
        {"a question",
         "+31641600986",
         "How are you?",
         {},
         "2002-08-26T19:37:41+02:00",
         centre + "040B911346610089F60000208062917314800CC8F71D14969741F977FD07"},
        {"national number of an odd length",
         "333",
         "1",
         {},
         "2002-08-26T19:37:41Z",
         centre + "0403813"
                  "3F3"
                  "0000"
                  "20806291731400"
                  "0131"},
        {"a name",
         "ACME",
         "1",
         {},
         "2002-08-26T19:37:41Z",
         centre + "0407D0C161B308"
                  "0000"
                  "20806291731400"
                  "0131"},
        {"west of Greenwich, half an hour",
         "333",
         "1",
         {},
         "2002-08-26T19:37:41-03:30",
         centre + "0403813"
                  "3F3"
                  "0000"
                  "20806291731449"
                  "0131"},
        {"UCS-2",
         "333",
         "\u00E1\U0001F600",
         {},
         "2002-08-26T19:37:41Z",
         centre + "0403813"
                  "3F3"
                  "0008"
                  "20806291731400"
                  "0600E1D83DDE00"},
        {"a part, 8-bit reference", "333", "Ha", Concat{0x25, 3, 1}, "2002-08-26T19:37:41Z",
         centre + "4403813"
                  "3F3"
                  "0000"
                  "20806291731400"
                  "090500032503019061"},
        {"a part, 16-bit reference", "333", "Hr", Concat{0x125, 3, 2}, "2002-08-26T19:37:41Z",
         centre + "4403813"
                  "3F3"
                  "0000"
                  "20806291731400"
                  "0A060804012503024839"},
    };
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.name) {
            const auto time = parse_centre_time(c.time);
            BOOST_REQUIRE(time.has_value());
            const auto pdu = encode_deliver({"+31624000000", c.sender, *time,
                                             content_of(c.text, encoding_for(c.text)), c.concat});
            BOOST_REQUIRE(pdu.has_value());
            BOOST_TEST(pdu->hex == c.hex);
            BOOST_TEST(pdu->length == c.hex.size() / 2 - 8);
        }
}

BOOST_AUTO_TEST_CASE(delivers_that_cannot_be_written) {
    struct Case {
        const char* name;
        std::string sender;
        std::string text;
        std::optional<Concat> concat;
    };
    const std::vector<Case> cases{
        {"no sender", "", "x", {}},
        {"a name that is too long", "ABCDEFGHIJKL", "x", {}},
        {"a name that costs too much", "{}{}{}", "x", {}},
        {"a name outside the alphabet", "\u4E16", "x", {}},
        {"161 septets", "333", std::string(161, 'x'), {}},
        {"154 septets behind a header", "333", std::string(154, 'x'), Concat{1, 2, 1}},
    };
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.name) {
            BOOST_TEST(!encode_deliver(
                            {"", c.sender, {}, content_of(c.text, encoding_for(c.text)), c.concat})
                            .has_value());
        }
}

BOOST_AUTO_TEST_CASE(a_status_report_to_the_letter) {
    const auto sent = parse_centre_time("2002-08-26T19:37:41+02:00");
    const auto done = parse_centre_time("2002-08-26T19:38:00+02:00");
    BOOST_REQUIRE((sent && done));
    const Pdu pdu = encode_report({"+31624000000", 77, "+46708251358", *sent, *done, 0x41});
    BOOST_TEST(pdu.hex == "07911326040000F0"
                          "064D"
                          "0B916407281553F8"
                          "20806291731480"
                          "20806291830080"
                          "41");
    BOOST_TEST(pdu.length == pdu.hex.size() / 2 - 8);
}

BOOST_AUTO_TEST_CASE(raw_pdus) {
    BOOST_TEST(raw_pdu("0004").value().length == 1U);
    BOOST_TEST(raw_pdu("07911326040000F00403").value().length == 2U);
    for (const char* bad : {"", "0", "xx", "0791", "01"})
        BOOST_TEST_CONTEXT(bad) {
            BOOST_TEST(!raw_pdu(bad).has_value());
        }
}

BOOST_AUTO_TEST_CASE(septets_survive_packing) {
    for (std::size_t count = 0; count < 20; ++count)
        for (unsigned fill = 0; fill < 7; ++fill) {
            std::u16string septets;
            for (std::size_t i = 0; i < count; ++i)
                septets += static_cast<char16_t>((i * 37 + 5) % 128);
            const auto back = unpack_septets(pack_septets(septets, fill), count, fill);
            BOOST_TEST((back == septets));
            BOOST_TEST(!unpack_septets(pack_septets(septets, fill), count + 2, fill).has_value());
        }
}

BOOST_AUTO_TEST_SUITE_END()
