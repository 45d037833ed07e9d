// The ring that a worker and the daemon share, and what of a conversation comes into it.

#define BOOST_TEST_MODULE worker_trace_test
#include <boost/test/unit_test.hpp>

#include "spoold/modem_tap.h"
#include "spoold/worker_recorder.h"
#include "spoold/worker_redact.h"
#include "spoold/worker_trace.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_child.h"

#include <fcntl.h>
#include <fstream>
#include <sys/mman.h>
#include <sys/stat.h>

using namespace smsspool;

BOOST_AUTO_TEST_SUITE(worker_trace_test)

BOOST_AUTO_TEST_CASE(the_last_lines_that_fit) {
    TraceRing ring = TraceRing::make(20);
    BOOST_TEST(ring.text() == "");
    ring.add("one");
    ring.add("two");
    BOOST_TEST(ring.text() == "one\ntwo\n");
    ring.add("1234567890"); // 19 of 20
    BOOST_TEST(ring.text() == "one\ntwo\n1234567890\n");
    ring.add("x"); // the first is torn
    BOOST_TEST(ring.text() == "two\n1234567890\nx\n");
    ring.add("longer than the whole ring");
    BOOST_TEST(ring.text() == ""); // torn as well
    ring.clear();
    BOOST_TEST(ring.text() == "");
    ring.add("a\r\nb\tc\x7F");
    BOOST_TEST(ring.text() == "a..b.c.\n");
}

BOOST_AUTO_TEST_CASE(it_outlives_its_writer) {
    TraceRing ring = TraceRing::make(4096);
    TestChild child([&](int) {
        TraceRing mine = TraceRing::inherited(ring.descriptor());
        for (;;)
            mine.add("still here");
        return 0;
    });
    while (ring.text().find("here") == std::string::npos) {
    }
    child.kill();
    child.wait();
    BOOST_TEST(ring.text().find("still here\n") != std::string::npos);
    TraceRing moved = std::move(ring);
    BOOST_TEST(moved.text().find("still here\n") != std::string::npos);
    BOOST_TEST(ring.text() == ""); // NOLINT: a ring that was moved from keeps nothing
    ring.add("nothing");
}

// A worker that was started by hand may have anything on that descriptor.
BOOST_AUTO_TEST_CASE(what_is_no_ring_is_left_alone) {
    const TempFolder folder;
    const std::string path = folder.file("precious");
    std::ofstream(path) << std::string(100, 'x');
    const Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    const Fd memory(::memfd_create("other", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    BOOST_REQUIRE(::ftruncate(memory.get(), 100) == 0);
    for (const int descriptor : {file.get(), memory.get(), -1, 1000}) {
        TraceRing ring = TraceRing::inherited(descriptor);
        BOOST_TEST(ring.descriptor() == -1);
        ring.add("written");
        BOOST_TEST(ring.text() == "");
    }
    std::ifstream again(path);
    const std::string content{std::istreambuf_iterator<char>(again), {}};
    BOOST_TEST(content == std::string(100, 'x'));
}

BOOST_AUTO_TEST_CASE(nobody_shrinks_it) {
    const TraceRing ring = TraceRing::make(100);
    BOOST_TEST(::ftruncate(ring.descriptor(), 0) != 0);
}

BOOST_AUTO_TEST_CASE(lines_without_what_people_wrote) {
    const struct {
        const char* line;
        const char* want;
    } cases[] = {
        {"", ""},
        {"AT+CMGS=23", "AT+CMGS=23"},
        {"+CMGS: 123456", "+CMGS: 123456"},
        {"+CSCA: \"+5255123456\",145", "+CSCA: \"+52..56\",145"},
        {"490154203237518", "490..18"},
        {"+CLIP: \"5512345678\",129", "+CLIP: \"551..78\",129"},
        {"0891255155000000F111000C912555214365870000FF0CF3", "0891..(24 octets)"},
        {"+CSQ: 17,99", "+CSQ: 17,99"},
        {"+CREG: 2,1,\"00A1\",\"00001234\"", "+CREG: 2,1,\"00A1\",\"000..34\""},
        {"ABCDEF", "ABCDEF"},
        {"++12345678", "++12..78"},
    };
    for (const auto& row : cases)
        BOOST_TEST(redacted_line(row.line) == row.want);
}

BOOST_AUTO_TEST_CASE(codes_are_never_kept) {
    const struct {
        const char* line;
        const char* secret;
        const char* want;
    } cases[] = {
        {"AT+CPIN=\"4321\"", "", "AT+CPIN=****"},
        {"at+cpin=4321", "", "at+cpin=****"},
        {"noise AT+CPIN=\"4321", "", "noise AT+CPIN=****"},
        {"AT+CLCK=\"SC\",1,\"4321\"", "", "AT+CLCK=****"},
        {"AT+CPIN?", "4321", "AT+CPIN?"},
        {"torn: IN=\"4321\"4321", "4321", "torn: IN=\"****\"****"},
        {"nothing of it", "4321", "nothing of it"},
    };
    for (const auto& row : cases)
        BOOST_TEST(without_codes(row.line, row.secret) == row.want);
}

// What the recorder makes of a line, without the time in front.
std::string recorded(const char* trace) {
    TraceRing ring = TraceRing::make(4096);
    Recorder recorder(TraceRing::inherited(ring.descriptor()));
    recorder.use({{"trace", trace}, {"pin", "4321"}});
    recorder.begin();
    recorder.sent("AT+CSCA=\"+5255123456\"");
    recorder.heard_text("a text");
    recorder.remark("4321");
    std::string text = ring.text();
    std::string kept;
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
        kept += text.substr(text.find(' ', at) + 1, text.find('\n', at) - text.find(' ', at));
    return kept;
}

BOOST_AUTO_TEST_CASE(as_much_as_the_setting_allows) {
    BOOST_TEST(recorded("off") == "");
    BOOST_TEST(recorded("") == "> AT+CSCA=\"+52..56\"\n< (6 characters)\n- ****\n");
    BOOST_TEST(recorded("redacted") == recorded(""));
    BOOST_TEST(recorded("full") == "> AT+CSCA=\"+5255123456\"\n< a text\n- ****\n");
}

BOOST_AUTO_TEST_CASE(what_a_modem_says_unasked) {
    TtyTap tap;
    constexpr dev_t one = 1, other = 2;
    tap.heard(one, "one", "\r\n+CDS: 25\r");
    BOOST_TEST(!tap.has_arrivals(one));
    tap.heard(one, "one", "\n0006\r\n+CMTI: \"SM\",1\r\n+CMGL: 1,0,,2\r\n0004\r\n");
    tap.heard(other, "other", "+CMT: ,25\r\nno data\r\n");
    BOOST_TEST(tap.has_arrivals(one));
    BOOST_TEST(!tap.has_arrivals(other));
    const auto arrivals = tap.take_arrivals(one);
    BOOST_TEST(arrivals.stored);
    BOOST_REQUIRE(arrivals.direct.size() == 1U);
    BOOST_TEST(arrivals.direct[0] == "0006");
    BOOST_TEST(!tap.has_arrivals(one));
    BOOST_TEST(!tap.end_was_sent(one));
    tap.sent(one, "one", "0011\x1A");
    BOOST_TEST(tap.end_was_sent(one));
    BOOST_TEST(!tap.end_was_sent(other));
    tap.forget_end(one);
    BOOST_TEST(!tap.end_was_sent(one));
}

BOOST_AUTO_TEST_SUITE_END()
