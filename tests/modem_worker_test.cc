// smsspool-modem on the simulated modem, and smsspool-loopback on its file: the real programs,
// spoken to over the socket pair that the daemon gives them.

#define BOOST_TEST_MODULE modem_worker_test
#include <boost/test/unit_test.hpp>

#include "common/json.h"
#include "spoold/worker_protocol.h"
#include "tests/support/simulated_modem.h"
#include "tests/support/temp_folder.h"
#include "tests/support/worker_process.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

using namespace smsspool;

using smsspool::testing::SimulatedModem;
using Worker = smsspool::testing::WorkerProcess;

namespace {

constexpr int longest_wait_ms = 60000;

using Settings = std::map<std::string, std::string>;

// One line of an air file.
struct AirLine {
    std::string event, number, text, encoding;
    std::int64_t part = 0, parts = 0, concat_reference = -1, reference = -1;
    bool report = false;
};

AirLine air_line(const std::string& line) {
    rapidjson::Document document;
    BOOST_REQUIRE(!parse_json(line, 1, document));
    const auto text = [&](const char* name) {
        return text_member(document, name).value_or(std::string());
    };
    const auto number = [&](const char* name) { return int_member(document, name).value_or(-1); };
    return {text("event"),
            text("number"),
            text("text"),
            text("encoding"),
            number("part"),
            number("parts"),
            number("concat_reference"),
            number("reference"),
            bool_member(document, "report").value_or(false)};
}

std::vector<AirLine> air(const std::string& content, std::string_view event) {
    std::vector<AirLine> found;
    std::istringstream lines(content);
    for (std::string line; std::getline(lines, line);) {
        if (auto entry = air_line(line); entry.event == event)
            found.push_back(std::move(entry));
    }
    return found;
}

std::string file_content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string times(std::size_t count, std::string_view text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

std::string json_text(std::string_view text) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    put_text(writer, text);
    return {buffer.GetString(), buffer.GetSize()};
}

void arrive(SimulatedModem& modem, const std::string& from, const std::string& text,
            const std::string& members = "") {
    modem.control(R"({"cmd":"incoming","from":")" + from + R"(","text":)" + json_text(text) +
                  members + "}");
}

// Every character of the alphabet and of its extension table (TS 23.038 6.2.1).
const std::string basic_table = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                                "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const std::string extension_table = "\f^{}\\[~]|€";
const std::string number = "+525512345678";

SendRequest gsm7(const std::string& text) {
    return {number, text, Encoding::gsm7, 1, 1, 0, false};
}
SendRequest ucs2(const std::string& text) {
    return {number, text, Encoding::ucs2, 1, 1, 0, false};
}

// --- what one connection is asked ---------------------------------------------------------------

void check_texts(Worker& worker, SimulatedModem& modem) {
    const struct {
        const char* name;
        SendRequest request;
    } cases[] = {
        {"basic table", gsm7(basic_table)},
        {"extension table", gsm7(extension_table)},
        {"80 extension characters", gsm7(times(80, "€"))},
        {"@ at the end", gsm7(times(159, "a") + "@")},
        {"empty", gsm7("")},
        {"70 tildes in UCS-2", ucs2(times(70, "~"))},
        {"tilde, control, pairs in UCS-2", ucs2("a~b~~汉\x01~😀😀")},
        {"35 pairs", ucs2(times(35, "😀"))},
        {"part 1", {number, "[" + times(149, "b") + "]", Encoding::gsm7, 1, 2, 200, false}},
        {"part 2", {number, "end@", Encoding::gsm7, 2, 2, 200, true}},
        {"part 1 in UCS-2", {"333", times(66, "汉") + "~", Encoding::ucs2, 1, 2, 0, false}},
        {"part 2 in UCS-2", {"333", "~😀", Encoding::ucs2, 2, 2, 0, false}},
    };
    for (const auto& row : cases) {
        const auto accepted = worker.get<Accepted>(row.request);
        const AirLine heard = air(modem.air(), "part").back();
        BOOST_TEST(heard.text == row.request.text, row.name);
        BOOST_TEST(heard.number == row.request.number, row.name);
        BOOST_TEST(heard.encoding == name_of(row.request.encoding), row.name);
        BOOST_TEST(heard.reference == accepted.reference, row.name);
        BOOST_TEST(heard.part == row.request.part, row.name);
        BOOST_TEST(heard.parts == row.request.parts, row.name);
        const std::int64_t concat = row.request.parts > 1 ? row.request.reference : -1;
        BOOST_TEST(heard.concat_reference == concat, row.name);
        BOOST_TEST(heard.report == row.request.report, row.name);
    }
}

void check_refusals(Worker& worker, SimulatedModem& modem) {
    const struct {
        const char* fault;
        RefusalKind kind;
        int code;
    } cases[] = {
        {R"("code":500)", RefusalKind::temporary, 500},
        {R"("code":1)", RefusalKind::permanent, 1},
        {R"("code":310,"at":"prompt")", RefusalKind::network, 310},
        {R"("code":38,"at":"prompt")", RefusalKind::network, 38},
        // 30 is "unknown subscriber" from the network and "no network" from the modem itself.
        {R"("code":30)", RefusalKind::permanent, 30},
        {R"("code":30,"cme":true)", RefusalKind::network, 30},
        {R"("code":30,"cme":true,"at":"prompt")", RefusalKind::network, 30},
        {R"("error":true)", RefusalKind::temporary, 0},
        {R"("error":true,"at":"prompt")", RefusalKind::temporary, 0},
    };
    const auto before = air(modem.air(), "part").size();
    for (const auto& row : cases) {
        modem.control(std::string(R"({"cmd":"fault","name":"refuse","count":1,)") + row.fault +
                      "}");
        const auto refused = worker.get<Refused>(gsm7("CME Error 10, no"));
        BOOST_TEST((refused.kind == row.kind), row.fault);
        BOOST_TEST(refused.code == row.code, row.fault);
        BOOST_TEST(!refused.text.empty(), row.fault);
    }
    const auto too_long = worker.get<Refused>(gsm7(times(81, "[")));
    BOOST_TEST((too_long.kind == RefusalKind::permanent));
    BOOST_TEST(air(modem.air(), "part").size() == before);
}

void remove_all(Worker& worker, const Scanned& scanned) {
    for (const IncomingSms& message : scanned.messages) {
        worker.get<Done>(DeleteRequest{message.folder, message.location});
        worker.get<Done>(DeleteRequest{message.folder, message.location}); // gone already
    }
    BOOST_TEST(worker.get<Scanned>(ScanRequest{}).messages.empty());
}

void check_report(Worker& worker, SimulatedModem& modem) {
    worker.wait_for_hint(); // of the report that check_texts() asked for
    const auto scanned = worker.get<Scanned>(ScanRequest{});
    BOOST_REQUIRE(scanned.messages.size() == 1U);
    const IncomingSms& report = scanned.messages.front();
    BOOST_TEST((report.kind == IncomingSms::Kind::report));
    BOOST_TEST(report.number == number);
    BOOST_TEST(report.report_status == 0);
    BOOST_TEST(report.settled.has_value());
    const auto parts = air(modem.air(), "part");
    const auto asked =
        std::find_if(parts.begin(), parts.end(), [](const AirLine& line) { return line.report; });
    BOOST_REQUIRE(asked != parts.end());
    BOOST_TEST(report.reference == asked->reference);
    remove_all(worker, scanned);
}

void check_incoming_texts(Worker& worker, SimulatedModem& modem) {
    const struct {
        const char* from;
        std::string text;
        const char* members;
        int reference;
    } cases[] = {
        {"+5255000001", basic_table, R"(,"time":"2026-01-02T03:04:05+05:45")", -1},
        {"+5255000002", extension_table, R"(,"time":"2026-01-01T18:19:05-03:00")", -1},
        {"+5255000003", "a~b~~汉`\x01~😀", "", -1},
        {"+5255000004", times(140, "汉"), R"(,"concat_reference":77)", 77},
        {"+5255000005", times(100, "["), R"(,"concat_reference":40000)", 40000},
        {"AliceCorp", "x@", R"(,"memory":"ME")", -1},
        {"+5255000006", "", "", -1},
    };
    for (const auto& row : cases)
        arrive(modem, row.from, row.text, row.members);
    worker.wait_for_hint();
    const auto scanned = worker.get<Scanned>(ScanRequest{});
    BOOST_TEST(!scanned.more);
    for (const auto& row : cases) {
        std::string text;
        for (const IncomingSms& message : scanned.messages) {
            if (message.number != row.from)
                continue;
            BOOST_TEST((message.kind == IncomingSms::Kind::deliver), row.from);
            BOOST_TEST(message.reference == row.reference, row.from);
            BOOST_TEST((message.parts > 1) == (row.reference >= 0), row.from);
            text += message.text;
        }
        BOOST_TEST(text == row.text, row.from);
    }
    // Both are 2026-01-01T21:19:05Z.
    BOOST_TEST((scanned.messages.at(0).sent == UtcMs{1767302345000}));
    BOOST_TEST((scanned.messages.at(1).sent == UtcMs{1767302345000}));
    remove_all(worker, scanned);
}

void check_odd_messages(Worker& worker, SimulatedModem& modem) {
    const std::string head = "0A81551234567800";
    const std::string time = "52102020304000";
    const struct {
        const char* name;
        std::string pdu;
        std::string want; // "": the whole PDU
    } cases[] = {
        {"8 bit", "0004" + head + "04" + time + "04DEADBEEF", "DEADBEEF"},
        {"reserved kind", "0003" + head + "00" + time + "0161", ""},
        {"compressed", "0004" + head + "28" + time + "0161", ""},
        {"header beyond the text", "0044" + head + "00" + time + "A0" + times(140, "FF"), ""},
        {"255 septets", "0004" + head + "00" + time + "FF" + times(224, "41"), ""},
        {"two octets", "0004", ""},
    };
    for (const auto& row : cases)
        modem.control(R"({"cmd":"incoming","raw_pdu":")" + row.pdu + "\"}");
    const auto scanned = worker.get<Scanned>(ScanRequest{});
    BOOST_REQUIRE(scanned.messages.size() == std::size(cases));
    for (std::size_t i = 0; i < std::size(cases); ++i) {
        BOOST_TEST((scanned.messages[i].kind == IncomingSms::Kind::raw), cases[i].name);
        const std::string& want = cases[i].want.empty() ? cases[i].pdu : cases[i].want;
        BOOST_TEST(scanned.messages[i].text == want, cases[i].name);
    }
    remove_all(worker, scanned);
}

// A header that has the concatenation beside something else, which libgammu does not take apart.
void check_mixed_header(Worker& worker, SimulatedModem& modem) {
    modem.control(R"({"cmd":"incoming","raw_pdu":"00440A81551234567800085210202030400010)"
                  R"(0B05041582000000034D030200410042"})");
    const auto scanned = worker.get<Scanned>(ScanRequest{});
    BOOST_REQUIRE(scanned.messages.size() == 1U);
    const IncomingSms& message = scanned.messages.front();
    BOOST_TEST(message.text == "AB");
    BOOST_TEST(message.reference == 77);
    BOOST_TEST(message.part == 2);
    BOOST_TEST(message.parts == 3);
    remove_all(worker, scanned);
}

void check_scan_limit(Worker& worker, SimulatedModem& modem) {
    for (int i = 0; i < 13; ++i)
        arrive(modem, "+5255000001", "n");
    const auto scanned = worker.get<Scanned>(ScanRequest{});
    BOOST_TEST(scanned.messages.size() == 12U); // the setting
    BOOST_TEST(scanned.more);
    for (const IncomingSms& message : scanned.messages)
        worker.get<Done>(DeleteRequest{message.folder, message.location});
    remove_all(worker, worker.get<Scanned>(ScanRequest{}));
}

void check_state(Worker& worker, SimulatedModem& modem) {
    arrive(modem, "+5255000001", "one");
    auto state = worker.get<LinkState>(StateRequest{});
    BOOST_TEST(state.network == "home");
    BOOST_TEST(!state.operator_name.empty());
    BOOST_TEST(state.signal > 0);
    BOOST_TEST(state.used == 1);
    BOOST_TEST(state.capacity == 30);
    modem.control(R"({"cmd":"set","network":2})");
    state = worker.get<LinkState>(StateRequest{});
    BOOST_TEST(state.network == "searching");
    modem.control(R"({"cmd":"set","network":1})");
    remove_all(worker, worker.get<Scanned>(ScanRequest{}));
}

// Clock ticks of CPU that a process has used.
long used_ticks(pid_t pid) {
    std::istringstream fields(file_content("/proc/" + std::to_string(pid) + "/stat"));
    std::string word;
    for (int field = 1; field <= 13; ++field)
        fields >> word;
    long user = 0, system = 0;
    fields >> user >> system;
    return user + system;
}

void check_idle_costs_nothing(Worker& worker) {
    const long before = used_ticks(worker.child().pid());
    ::poll(nullptr, 0, 500); // the passing of time is what is looked at
    BOOST_TEST(used_ticks(worker.child().pid()) - before <= 1);
}

void check_lost_answer(Worker& worker, SimulatedModem& modem) {
    modem.control(R"({"cmd":"fault","name":"lost_cmgs","count":1})");
    worker.get<Unknown>(gsm7("lost"));
    BOOST_TEST(air(modem.air(), "part").back().text == "lost");
    BOOST_TEST(worker.end() == "left with status 69");
}

} // namespace

BOOST_AUTO_TEST_SUITE(modem_worker_test)

BOOST_AUTO_TEST_CASE(one_connection) {
    SimulatedModem modem({"--imei", "490154203237518"});
    Worker worker;
    BOOST_TEST(worker.get<Trouble>(ScanRequest{}).text == "the modem is not open");
    const auto opened = worker.get<Opened>(
        OpenRequest{{{"device", modem.link()}, {"send_timeout", "2000"}, {"scan_limit", "12"}}});
    BOOST_TEST(opened.device == modem.link());
    BOOST_TEST(opened.imei == "490154203237518");
    BOOST_TEST(!opened.manufacturer.empty());
    BOOST_TEST(!opened.imsi.empty());
    check_texts(worker, modem);
    check_report(worker, modem);
    check_refusals(worker, modem);
    check_incoming_texts(worker, modem);
    check_odd_messages(worker, modem);
    check_mixed_header(worker, modem);
    check_scan_limit(worker, modem);
    check_state(worker, modem);
    check_idle_costs_nothing(worker);
    check_lost_answer(worker, modem);
}

// A tty whose other side is this test, which never answers.
class MuteTty {
public:
    MuteTty() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        BOOST_REQUIRE(master_ && ::grantpt(master_.get()) == 0 && ::unlockpt(master_.get()) == 0);
        std::array<char, 64> name{};
        BOOST_REQUIRE(::ptsname_r(master_.get(), name.data(), name.size()) == 0);
        path_ = name.data();
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    Fd master_;
    std::string path_;
};

BOOST_AUTO_TEST_CASE(the_modem_is_found_among_other_ports) {
    SimulatedModem modem;
    const TempFolder folder;
    const MuteTty mute;
    std::filesystem::create_symlink("/dev/pts/nosuch", folder.file("tty1"));
    std::filesystem::create_symlink(mute.path(), folder.file("tty2"));
    std::filesystem::create_symlink("/dev/null", folder.file("tty3"));
    const std::string patterns = folder.file("none*") + " " + folder.file("tty*");
    const Settings settings{{"discover", patterns}, {"probe_timeout", "500"}};

    Worker worker;
    const auto trouble = worker.get<Trouble>(OpenRequest{settings});
    BOOST_TEST(trouble.kind == "device_missing");
    for (const char* part : {"tty1", "tty2: no answer to AT", "tty3: not a tty"})
        BOOST_TEST(trouble.text.find(part) != std::string::npos, part << " in " << trouble.text);

    std::filesystem::create_symlink(modem.link(), folder.file("tty10"));
    std::filesystem::create_symlink(modem.link(), folder.file("tty9"));
    const auto opened = worker.get<Opened>(OpenRequest{settings});
    BOOST_TEST(opened.device == folder.file("tty9"));

    // The device is taken now.
    Worker second;
    const auto busy = second.get<Trouble>(OpenRequest{{{"device", modem.link()}}});
    BOOST_TEST(busy.kind == "busy_device");

    modem.control(R"({"cmd":"fault","name":"unplug"})");
    BOOST_TEST(worker.end() == "left with status 69");
}

BOOST_AUTO_TEST_CASE(settings_and_ports_that_cannot_be) {
    const struct {
        const char* name;
        Settings settings;
        const char* kind;
    } cases[] = {
        {"no such device", {{"device", "/dev/nosuch"}}, "device_missing"},
        {"no tty", {{"device", "/dev/null"}}, "other"},
        {"nothing matches", {{"discover", "/dev/nosuch*"}}, "device_missing"},
        {"no time", {{"send_timeout", "0"}}, "other"},
        {"time with a unit", {{"send_timeout", "1s"}}, "other"},
        {"scan limit", {{"scan_limit", "51"}}, "other"},
        {"service centre", {{"smsc", "+52x"}}, "other"},
        {"no such folder", {{"device", "dummy:/nosuch"}}, "permission"},
    };
    Worker worker;
    for (const auto& row : cases) {
        const auto trouble = worker.get<Trouble>(OpenRequest{row.settings});
        BOOST_TEST(trouble.kind == row.kind, row.name << ": " << trouble.text);
    }
}

BOOST_AUTO_TEST_CASE(a_modem_that_cannot_send) {
    SimulatedModem modem;
    const Settings settings{{"device", modem.link()}, {"probe_timeout", "500"}};
    const struct {
        const char* order;
        const char* undo;
        const char* kind;
    } cases[] = {
        {R"({"cmd":"fault","name":"mute"})", R"({"cmd":"fault","name":"mute","on":false})",
         "timeout"},
        {R"({"cmd":"set","sim":"absent"})", R"({"cmd":"set","sim":"ready"})", "sim"},
        {R"({"cmd":"set","sim":"puk"})", R"({"cmd":"set","sim":"ready"})", "sim"},
    };
    Worker worker;
    for (const auto& row : cases) {
        modem.control(row.order);
        const auto trouble = worker.get<Trouble>(OpenRequest{settings});
        BOOST_TEST(trouble.kind == row.kind, row.order << ": " << trouble.text);
        modem.control(row.undo);
    }
}

BOOST_AUTO_TEST_CASE(a_pin_is_given_once) {
    SimulatedModem modem({"--pin", "4321"});
    const auto settings = [&](const std::string& pin) {
        return OpenRequest{{{"device", modem.link()}, {"pin", pin}}};
    };
    // "the SIM refused the PIN" or why it was not given.
    const auto trouble_with = [&](Worker& worker, const std::string& pin) {
        const auto trouble = worker.get<Trouble>(settings(pin));
        BOOST_TEST(trouble.text.find(pin.empty() ? "4321" : pin) == std::string::npos);
        return trouble;
    };
    Worker none;
    BOOST_TEST(trouble_with(none, "").kind == "pin");
    BOOST_TEST(trouble_with(none, "12x4").kind == "pin");
    Worker first;
    BOOST_TEST(trouble_with(first, "1111").kind == "pin");
    BOOST_TEST(trouble_with(first, "1111").kind == "other"); // not sent again
    Worker second;
    BOOST_TEST(trouble_with(second, "2222").kind == "pin");
    Worker third; // one try is left: even the right one is not sent
    const auto refused = third.get<Trouble>(settings("4321"));
    BOOST_TEST(refused.kind == "pin");
    BOOST_TEST(refused.text.find("1 tries left") != std::string::npos, refused.text);
    const std::string seen = modem.ask(
        R"({"cmd":"wait","event":"command","command":"AT+CPIN=","count":3,"timeout_ms":0})");
    BOOST_TEST(seen.find("\"count\":2") != std::string::npos, seen);
}

BOOST_AUTO_TEST_CASE(the_right_pin_opens) {
    SimulatedModem modem({"--pin", "4321"});
    Worker worker;
    worker.get<Opened>(OpenRequest{{{"device", modem.link()}, {"pin", "4321"}}});
    worker.get<Accepted>(gsm7("unlocked"));
    BOOST_TEST(air(modem.air(), "message").back().text == "unlocked");
}

BOOST_AUTO_TEST_CASE(the_dummy_phone_of_libgammu) {
    const TempFolder folder;
    std::filesystem::create_directories(folder.file("sms/1"));
    std::ofstream(folder.file("sms/1/7")) << "[SMSBackup000]\n"
                                             "SMSC = \"+525500000000\"\n"
                                             "State = UnRead\n"
                                             "Number = \"+5255000001\"\n"
                                             "Sent = 20261121T060000\n"
                                             "Coding = Default\n"
                                             "UDH = 0500034D0201\n"
                                             "Text00 = 00410042\n"
                                             "[SMSBackup001]\n"
                                             "SMSC = \"+525500000000\"\n"
                                             "State = UnRead\n"
                                             "Number = \"+5255000001\"\n"
                                             "Sent = 20261121T060000\n"
                                             "Coding = Default\n"
                                             "UDH = 0500034D0202\n"
                                             "Text00 = 00430044\n";
    std::ofstream(folder.file("sms/1/3")) << "not a message\n";
    Worker worker;
    worker.get<Opened>(OpenRequest{{{"device", "dummy:" + folder.path()}}});
    worker.get<Accepted>(gsm7("into the void"));
    const auto scanned = worker.get<Scanned>(ScanRequest{});
    BOOST_REQUIRE(scanned.messages.size() == 2U);
    BOOST_TEST(scanned.messages[0].text == "AB");
    BOOST_TEST(scanned.messages[1].text == "CD");
    BOOST_TEST(scanned.messages[1].part == 2);
    BOOST_TEST(scanned.messages[1].parts == 2);
    BOOST_TEST(scanned.messages[1].reference == 77);
    remove_all(worker, scanned);
    BOOST_TEST(worker.get<LinkState>(StateRequest{}).network == "home");
}

BOOST_AUTO_TEST_CASE(loopback) {
    const TempFolder folder;
    const std::string path = folder.file("air");
    Worker worker("smsspool-loopback");
    BOOST_TEST(worker.get<Trouble>(gsm7("early")).text == "not open");
    worker.get<Trouble>(OpenRequest{});
    worker.get<Opened>(OpenRequest{{{"air", path}}});
    BOOST_TEST(worker.get<Accepted>(gsm7("hola ñ€")).reference == 0);
    worker.get<Accepted>(SendRequest{number, "two", Encoding::ucs2, 2, 2, 9, false});
    BOOST_TEST(air(file_content(path), "message").size() == 1U);
    worker.get<Accepted>(SendRequest{number, "one ", Encoding::ucs2, 1, 2, 9, true});
    worker.get<Refused>(gsm7("汉"));
    BOOST_TEST(worker.get<Scanned>(ScanRequest{}).messages.empty());

    const auto parts = air(file_content(path), "part");
    BOOST_REQUIRE(parts.size() == 3U);
    BOOST_TEST(parts[0].text == "hola ñ€");
    BOOST_TEST(parts[0].concat_reference == -1);
    BOOST_TEST(parts[2].concat_reference == 9);
    BOOST_TEST(parts[2].report);
    const auto messages = air(file_content(path), "message");
    BOOST_REQUIRE(messages.size() == 2U);
    BOOST_TEST(messages[1].text == "one two");
    BOOST_TEST(messages[1].parts == 2);
}

// Until it is written, or nobody reads any more.
void write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        pollfd wanted{descriptor, POLLOUT, 0};
        BOOST_REQUIRE(::poll(&wanted, 1, longest_wait_ms) > 0);
        const ssize_t count =
            ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno != EAGAIN)
            return;
        bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
}

BOOST_AUTO_TEST_CASE(a_worker_leaves_where_the_daemon_breaks_the_protocol) {
    for (const std::string& line : {std::string("{}\n"), std::string(worker_line_limit + 1, 'x')}) {
        Worker worker("smsspool-loopback");
        write_all(worker.child().descriptor(), line);
        BOOST_TEST(worker.end() == "left with status 76");
    }
}

BOOST_AUTO_TEST_SUITE_END()
