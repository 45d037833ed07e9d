// The worker protocol: what is written can be read, what is wrong is refused; and what the loop of
// a worker refuses before a transport sees it.

#define BOOST_TEST_MODULE worker_protocol_test
#include <boost/test/unit_test.hpp>

#include "spoold/modem_errors.h"
#include "spoold/modem_pdu.h"
#include "spoold/modem_trace.h"
#include "spoold/modem_ucs2.h"
#include "spoold/worker_check.h"
#include "spoold/worker_protocol.h"

using namespace smsspool;

namespace {

template <typename Kind>
Kind request_again(const Kind& request) {
    const std::string line = to_line(NumberedRequest{7, request});
    BOOST_REQUIRE_EQUAL(line.back(), '\n');
    std::string why;
    const auto read = parse_request(std::string_view(line).substr(0, line.size() - 1), why);
    BOOST_REQUIRE_MESSAGE(read, why);
    BOOST_TEST(read->id == 7);
    return std::get<Kind>(read->request);
}

template <typename Kind>
Kind answer_again(const Kind& answer) {
    const std::string line = to_line(NumberedAnswer{8, answer});
    BOOST_REQUIRE_EQUAL(line.back(), '\n');
    std::string why;
    const auto read = parse_from_worker(std::string_view(line).substr(0, line.size() - 1), why);
    BOOST_REQUIRE_MESSAGE(read, why);
    BOOST_TEST(std::get<NumberedAnswer>(*read).re == 8);
    return std::get<Kind>(std::get<NumberedAnswer>(*read).answer);
}

std::string times(std::size_t count, std::string_view text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(worker_protocol_test)

BOOST_AUTO_TEST_CASE(resets_and_validity) {
    for (const auto level : {ResetRequest::Level::radio, ResetRequest::Level::modem}) {
        const auto read = request_again(ResetRequest{level, {{"device", "/dev/tty"}}});
        BOOST_TEST((read.level == level));
        BOOST_TEST(read.settings.at("device") == "/dev/tty");
    }
    SendRequest send;
    send.validity = 3600;
    BOOST_TEST(request_again(send).validity == 3600);
    IncomingSms report;
    report.kind = IncomingSms::Kind::report;
    report.location = -1;
    const auto scanned = answer_again(Scanned{{report}, false});
    BOOST_TEST(scanned.messages.at(0).location == -1);
    const char* const bad[] = {
        R"({"id":1,"op":"reset","level":"power","settings":{}})",
        R"({"id":1,"op":"reset","level":"radio"})",
        R"({"id":1,"op":"send","number":"1","text":"","encoding":"gsm7","validity":-1})",
        R"({"id":1,"op":"delete","folder":0,"location":-1})",
    };
    for (const char* line : bad) {
        std::string why;
        BOOST_TEST(!parse_request(line, why).has_value(), line);
    }
}

BOOST_AUTO_TEST_CASE(requests_come_back_as_they_were) {
    const auto open = request_again(OpenRequest{{{"device", "/dev/ttyUSB0"}, {"pin", "1234"}}});
    BOOST_TEST(open.settings.at("device") == "/dev/ttyUSB0");
    BOOST_TEST(open.settings.at("pin") == "1234");

    const auto send = request_again(
        SendRequest{"+525512345678", "a\n\"\\é😀\x01", Encoding::ucs2, 2, 3, 255, true});
    BOOST_TEST(send.number == "+525512345678");
    BOOST_TEST(send.text == "a\n\"\\é😀\x01");
    BOOST_TEST((send.encoding == Encoding::ucs2));
    BOOST_TEST(send.part == 2U);
    BOOST_TEST(send.parts == 3U);
    BOOST_TEST(send.reference == 255);
    BOOST_TEST(send.report);

    BOOST_TEST(!send.whole);
    SendRequest whole{"1", std::string(500, 'a'), Encoding::gsm7, 1, 4};
    whole.whole = true;
    BOOST_TEST(request_again(whole).whole);

    const auto remove = request_again(DeleteRequest{1, 100003});
    BOOST_TEST(remove.folder == 1);
    BOOST_TEST(remove.location == 100003);
    request_again(ScanRequest{});
    request_again(StateRequest{});
}

BOOST_AUTO_TEST_CASE(answers_come_back_as_they_were) {
    const auto opened = answer_again(Opened{"/dev/x", "Maker", "M1", "490154203237518", "33420"});
    BOOST_TEST(opened.device == "/dev/x");
    BOOST_TEST(opened.imsi == "33420");
    BOOST_TEST(answer_again(Accepted{-1}).reference == -1);
    BOOST_TEST(answer_again(Accepted{255}).reference == 255);
    BOOST_TEST(answer_again(Accepted{-1, "200 OK\n"}).answer == "200 OK\n");
    BOOST_TEST(!opened.whole);
    BOOST_TEST(answer_again(Opened{"", "", "", "", "", true}).whole);
    BOOST_TEST(answer_again(Refused{RefusalKind::temporary, 429, "", 30}).retry_after == 30);
    BOOST_TEST(answer_again(Unknown{"why"}).text == "why");
    BOOST_TEST(answer_again(Trouble{"pin", "no"}).kind == "pin");
    answer_again(Done{});

    const auto state = answer_again(LinkState{"roaming", "Nét", 57, 3, 30});
    BOOST_TEST(state.network == "roaming");
    BOOST_TEST(state.operator_name == "Nét");
    BOOST_TEST(state.signal == 57);
    BOOST_TEST(state.used == 3);
    BOOST_TEST(state.capacity == 30);
}

BOOST_AUTO_TEST_CASE(the_words_of_a_refusal_are_stored_and_never_change) {
    const struct {
        RefusalKind kind;
        const char* word;
    } cases[] = {{RefusalKind::permanent, "\"class\":\"permanent\""},
                 {RefusalKind::temporary, "\"class\":\"temporary\""},
                 {RefusalKind::network, "\"class\":\"network\""}};
    for (const auto& row : cases) {
        const Refused refused{row.kind, 38, "text"};
        BOOST_TEST(to_line(NumberedAnswer{1, refused}).find(row.word) != std::string::npos);
        const Refused again = answer_again(refused);
        BOOST_TEST((again.kind == row.kind));
        BOOST_TEST(again.code == 38);
    }
}

BOOST_AUTO_TEST_CASE(scanned_messages_come_back_as_they_were) {
    IncomingSms report;
    report.kind = IncomingSms::Kind::report;
    report.folder = 1;
    report.location = 100003;
    report.number = "+52";
    report.sent = 1763000000000;
    report.part = 2;
    report.parts = 255;
    report.reference = 65535;
    report.report_status = 0x41;
    report.settled = -1;
    const auto scanned = answer_again(Scanned{{report, IncomingSms{}}, true});
    BOOST_REQUIRE(scanned.messages.size() == 2U);
    BOOST_TEST(scanned.more);
    const IncomingSms& read = scanned.messages.front();
    BOOST_TEST((read.kind == IncomingSms::Kind::report));
    BOOST_TEST(read.location == 100003);
    BOOST_TEST((read.sent == report.sent));
    BOOST_TEST(read.parts == 255);
    BOOST_TEST(read.reference == 65535);
    BOOST_TEST(read.report_status == 0x41);
    BOOST_TEST((read.settled == report.settled));
    BOOST_TEST(!scanned.messages.back().sent);
}

BOOST_AUTO_TEST_CASE(a_hint_is_not_an_answer) {
    std::string why;
    const auto read = parse_from_worker(R"({"hint":"incoming","later":[]})", why);
    BOOST_REQUIRE(read);
    BOOST_TEST(std::holds_alternative<Hint>(*read));
    BOOST_TEST(to_line(Hint{}) == "{\"hint\":\"incoming\"}\n");
    BOOST_TEST(!parse_from_worker(R"({"hint":"else"})", why));
}

BOOST_AUTO_TEST_CASE(bytes_of_a_device_that_are_not_utf8_are_replaced) {
    BOOST_TEST(answer_again(Trouble{"other", "a\xFF"}).text == "a\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(requests_that_are_refused) {
    const struct {
        const char* name;
        std::string line;
    } cases[] = {
        {"empty", ""},
        {"not JSON", "{"},
        {"an array", "[]"},
        {"no id", R"({"op":"scan"})"},
        {"negative id", R"({"id":-1,"op":"scan"})"},
        {"id is a text", R"({"id":"1","op":"scan"})"},
        {"id is a fraction", R"({"id":1.5,"op":"scan"})"},
        {"no op", R"({"id":1})"},
        {"unknown op", R"({"id":1,"op":"dial"})"},
        {"no settings", R"({"id":1,"op":"open"})"},
        {"a setting is a number", R"({"id":1,"op":"open","settings":{"a":1}})"},
        {"settings are too deep", R"({"id":1,"op":"open","settings":{"a":[[1]]}})"},
        {"no number", R"({"id":1,"op":"send","text":"a","encoding":"gsm7"})"},
        {"unknown encoding", R"({"id":1,"op":"send","number":"1","text":"a","encoding":"8bit"})"},
        {"part 0",
         R"({"id":1,"op":"send","number":"1","text":"a","encoding":"gsm7","part":0,"parts":1})"},
        {"part beyond parts",
         R"({"id":1,"op":"send","number":"1","text":"a","encoding":"gsm7","part":3,"parts":2})"},
        {"256 parts",
         R"({"id":1,"op":"send","number":"1","text":"a","encoding":"gsm7","part":1,"parts":256})"},
        {"reference 256",
         R"({"id":1,"op":"send","number":"1","text":"a","encoding":"gsm7","reference":256})"},
        {"report is a number",
         R"({"id":1,"op":"send","number":"1","text":"a","encoding":"gsm7","report":1})"},
        {"lone surrogate",
         R"({"id":1,"op":"send","number":"1","text":"\ud800","encoding":"ucs2"})"},
        {"negative location", R"({"id":1,"op":"delete","folder":0,"location":-1})"},
        {"location beyond an int", R"({"id":1,"op":"delete","folder":0,"location":2147483648})"},
        {"too long", R"({"id":1,"op":"scan","x":")" + std::string(worker_line_limit, 'x') + "\"}"},
    };
    for (const auto& row : cases) {
        std::string why;
        BOOST_TEST(!parse_request(row.line, why), row.name);
        BOOST_TEST(!why.empty(), row.name);
    }
}

BOOST_AUTO_TEST_CASE(answers_that_are_refused) {
    const struct {
        const char* name;
        const char* line;
    } cases[] = {
        {"no re", R"({"ok":"done"})"},
        {"unknown ok", R"({"re":1,"ok":"fine"})"},
        {"reference 256", R"({"re":1,"ok":"accepted","reference":256})"},
        {"no reference", R"({"re":1,"ok":"accepted"})"},
        {"unknown class", R"({"re":1,"ok":"refused","class":"link","code":1,"text":""})"},
        {"negative code", R"({"re":1,"ok":"refused","class":"network","code":-1,"text":""})"},
        {"unknown kind", R"({"re":1,"ok":"trouble","kind":"bad","text":""})"},
        {"unknown network", R"({"re":1,"ok":"state","network":"lost"})"},
        {"signal 101", R"({"re":1,"ok":"state","network":"home","signal":101})"},
        {"no messages", R"({"re":1,"ok":"scanned"})"},
        {"a message is a text", R"({"re":1,"ok":"scanned","messages":["a"]})"},
        {"a message without a kind",
         R"({"re":1,"ok":"scanned","messages":[{"folder":0,"location":1,"number":"","text":""}]})"},
        {"part beyond parts",
         R"({"re":1,"ok":"scanned","messages":[{"kind":"deliver","folder":0,"location":1,)"
         R"("number":"","text":"","part":2,"parts":1}]})"},
    };
    for (const auto& row : cases) {
        std::string why;
        BOOST_TEST(!parse_from_worker(row.line, why), row.name);
        BOOST_TEST(!why.empty(), row.name);
    }
}

BOOST_AUTO_TEST_CASE(what_can_never_be_one_sms) {
    const struct {
        const char* name;
        SendRequest request;
        bool refused;
    } cases[] = {
        {"plain", {"+525512345678", "hola", Encoding::gsm7, 1, 1, 0, false}, false},
        {"a service number", {"333", "", Encoding::gsm7, 1, 1, 0, false}, false},
        {"20 digits", {"+12345678901234567890", "a", Encoding::gsm7, 1, 1, 0, false}, false},
        {"21 digits", {"123456789012345678901", "a", Encoding::gsm7, 1, 1, 0, false}, true},
        {"no digits", {"+", "a", Encoding::gsm7, 1, 1, 0, false}, true},
        {"no number", {"", "a", Encoding::gsm7, 1, 1, 0, false}, true},
        {"full-width digits", {"+52５５", "a", Encoding::gsm7, 1, 1, 0, false}, true},
        {"a line feed", {"+5255\n", "a", Encoding::gsm7, 1, 1, 0, false}, true},
        {"two plus signs", {"++5255", "a", Encoding::gsm7, 1, 1, 0, false}, true},
        {"160", {"1", times(160, "a"), Encoding::gsm7, 1, 1, 0, false}, false},
        {"161", {"1", times(161, "a"), Encoding::gsm7, 1, 1, 0, false}, true},
        {"80 extension", {"1", times(80, "€"), Encoding::gsm7, 1, 1, 0, false}, false},
        {"81 extension", {"1", times(81, "["), Encoding::gsm7, 1, 1, 0, false}, true},
        {"153 of several", {"1", times(153, "a"), Encoding::gsm7, 1, 2, 0, false}, false},
        {"154 of several", {"1", times(154, "a"), Encoding::gsm7, 1, 2, 0, false}, true},
        {"not in the alphabet", {"1", "中", Encoding::gsm7, 1, 1, 0, false}, true},
        {"escape", {"1", "\x1B", Encoding::gsm7, 1, 1, 0, false}, true},
        {"70 units", {"1", times(35, "😀"), Encoding::ucs2, 1, 1, 0, false}, false},
        {"72 units", {"1", times(36, "😀"), Encoding::ucs2, 1, 1, 0, false}, true},
        {"67 of several", {"1", times(67, "中"), Encoding::ucs2, 1, 2, 0, false}, false},
        {"68 of several", {"1", times(68, "中"), Encoding::ucs2, 1, 2, 0, false}, true},
        {"zero", {"1", std::string("a\0b", 3), Encoding::ucs2, 1, 1, 0, false}, true},
        {"not UTF-8", {"1", "\xFF", Encoding::ucs2, 1, 1, 0, false}, true},
    };
    for (const auto& row : cases) {
        const auto fault = send_fault(row.request);
        BOOST_TEST(fault.has_value() == row.refused, row.name);
        BOOST_TEST((!fault || fault->kind == RefusalKind::permanent), row.name);
    }
}

BOOST_AUTO_TEST_CASE(classes_of_refusal_numbers) {
    const struct {
        ErrorFamily family;
        int code;
        RefusalKind want;
    } cases[] = {
        {ErrorFamily::cms, 1, RefusalKind::permanent},
        {ErrorFamily::cms, 30, RefusalKind::permanent},
        {ErrorFamily::cms, 38, RefusalKind::network},
        {ErrorFamily::cms, 41, RefusalKind::network},
        {ErrorFamily::cms, 310, RefusalKind::network},
        {ErrorFamily::cms, 330, RefusalKind::permanent},
        {ErrorFamily::cms, 331, RefusalKind::network},
        {ErrorFamily::cms, 500, RefusalKind::temporary},
        {ErrorFamily::cms, 9999, RefusalKind::temporary},
        {ErrorFamily::cme, 10, RefusalKind::network},
        {ErrorFamily::cme, 30, RefusalKind::network},
        {ErrorFamily::cme, 100, RefusalKind::temporary},
    };
    for (const auto& row : cases) {
        const Refused refused = refusal_for(row.family, row.code);
        BOOST_TEST((refused.kind == row.want), refused.text);
        BOOST_TEST(refused.code == row.code);
    }
    BOOST_TEST(refusal_for(ErrorFamily::cms, 38).text == "CMS ERROR 38: network out of order");
    BOOST_TEST(refusal_for(ErrorFamily::cme, 30).text == "CME ERROR 30: no network service");
}

BOOST_AUTO_TEST_CASE(ucs2_there_and_back) {
    const struct {
        const char* name;
        std::vector<std::uint8_t> bytes;
        std::string want;
    } cases[] = {
        {"empty", {}, ""},
        {"basic", {0, 'a', 0x4E, 0x2D}, "a中"},
        {"pair", {0xD8, 0x3D, 0xDE, 0x00}, "😀"},
        {"lone high",
         {0xD8, 0x3D, 0, 'a'},
         "\xEF\xBF\xBD"
         "a"},
        {"lone low",
         {0xDE, 0x00, 0, 'a'},
         "\xEF\xBF\xBD"
         "a"},
        {"high at the end", {0, 'a', 0xD8, 0x3D}, "a\xEF\xBF\xBD"},
        {"odd byte", {0, 'a', 0}, "a"},
    };
    for (const auto& row : cases)
        BOOST_TEST(from_ucs2(row.bytes) == row.want, row.name);
    const std::string text = "a€中😀~";
    BOOST_TEST(from_ucs2(to_ucs2(text)) == text);
    const std::vector<std::uint8_t> terminated{0, 'a', 0, 0, 0, 'b'};
    BOOST_TEST(from_terminated_ucs2(terminated) == "a");
    BOOST_TEST(from_terminated_ucs2(to_ucs2("ab")) == "ab");
}

BOOST_AUTO_TEST_CASE(the_trace_keeps_the_last_cme_error) {
    Trace trace;
    for (const char* piece :
         {"Getting message", "\n", "CME Error 10, \"x\"", "\n", "CME Er", "ror 30, \"x\"", "\n"})
        trace.add(piece);
    BOOST_TEST(trace.cme_error() == 30);
    trace.clear();
    BOOST_TEST(trace.cme_error() == -1);
    trace.add("text: CME Error 10\n");
    trace.add("CMS Error 10\n");
    BOOST_TEST(trace.cme_error() == -1);
}

BOOST_AUTO_TEST_CASE(frames_whose_lengths_agree) {
    const std::string address = "0A815512345678";
    const std::string time = "52102020304000";
    const struct {
        const char* name;
        std::string hex;
        bool sound;
    } cases[] = {
        {"GSM 7-bit", "079152150000001004" + address + "0000" + time + "0161", true},
        {"160 septets", "0004" + address + "0000" + time + "A0" + times(140, "61"), true},
        {"161 septets", "0004" + address + "0000" + time + "A1" + times(141, "61"), false},
        {"255 septets", "0004" + address + "0000" + time + "FF" + times(224, "61"), false},
        {"140 octets", "0004" + address + "0004" + time + "8C" + times(140, "61"), true},
        {"octets missing", "0004" + address + "0004" + time + "8C" + times(100, "61"), false},
        {"padded", "0004" + address + "0000" + time + "0161FFFF", true},
        {"header", "0044" + address + "0000" + time + "0A0500034D020161C3C9", true},
        {"header beyond the text", "0044" + address + "0008" + time + "04FF000301", false},
        {"header of 256", "0044" + address + "0000" + time + "A0" + times(140, "FF"), false},
        {"header in an empty text", "0044" + address + "0000" + time + "00", false},
        {"20 digits",
         "000414815512345678551234567800"
         "00" +
             time + "0161",
         true},
        {"21 digits",
         "00041581551234567855123456785500"
         "00" +
             time + "0161",
         false},
        {"255 digits", "0004FF81" + times(128, "11") + "0000" + time + "0161", false},
        {"centre too long", "0D91" + times(12, "11") + "04" + address + "0000" + time + "0161",
         false},
        {"centre beyond the end", "07915215", false},
        {"reserved kind", "0003" + address + "0000" + time + "0161", false},
        {"report", "000605" + address + time + time + "00", true},
        {"report cut short", "000605" + address + time + "52", false},
        {"submit", "001105" + address + "0000A70161", true},
        {"two octets", "0004", false},
        {"nothing", "", false},
    };
    for (const auto& row : cases) {
        std::vector<std::uint8_t> frame;
        for (std::size_t i = 0; i + 1 < row.hex.size(); i += 2)
            frame.push_back(
                static_cast<std::uint8_t>(std::stoi(row.hex.substr(i, 2), nullptr, 16)));
        BOOST_TEST(is_sound_pdu(frame, ServiceCentre::included) == row.sound, row.name);
        BOOST_TEST(to_hex(frame) == row.hex, row.name);
    }
}

BOOST_AUTO_TEST_CASE(concatenation_in_a_header) {
    const struct {
        const char* name;
        std::vector<std::uint8_t> header;
        Concatenation want;
    } cases[] = {
        {"none", {}, {-1, 1, 1}},
        {"empty", {0}, {-1, 1, 1}},
        {"8 bit", {5, 0, 3, 77, 3, 2}, {77, 2, 3}},
        {"16 bit", {6, 8, 4, 0x9C, 0x40, 3, 2}, {40000, 2, 3}},
        {"behind a port", {11, 5, 4, 0x15, 0x82, 0, 0, 0, 3, 77, 3, 2}, {77, 2, 3}},
        {"part 0", {5, 0, 3, 77, 3, 0}, {-1, 1, 1}},
        {"part beyond", {5, 0, 3, 77, 3, 4}, {-1, 1, 1}},
        {"of one", {5, 0, 3, 77, 1, 1}, {-1, 1, 1}},
        {"element too long", {5, 0, 9, 77, 3, 2}, {-1, 1, 1}},
        {"header cut short", {11, 5, 4, 0x15}, {-1, 1, 1}},
        {"element cut short", {2, 0}, {-1, 1, 1}},
    };
    for (const auto& row : cases) {
        const Concatenation found = concatenation_in(row.header);
        BOOST_TEST(found.reference == row.want.reference, row.name);
        BOOST_TEST(found.part == row.want.part, row.name);
        BOOST_TEST(found.parts == row.want.parts, row.name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
