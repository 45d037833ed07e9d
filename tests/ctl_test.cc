// smsctl: its grammar, what it shows, and the built program with its exit statuses.

#define BOOST_TEST_MODULE ctl_test
#include <boost/test/unit_test.hpp>

#include "common/error.h"
#include "common/ids.h"
#include "common/log.h"
#include "common/numbers.h"
#include "common/spool.h"
#include "common/sqlite.h"
#include "common/utf.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"
#include "tests/support/desk.h"

#include <cstdlib>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

using namespace smsspool;
using namespace smsspool::ctl;

namespace {

constexpr UtcMs now = desk_time; // 2025-11-14T22:25:28.123Z
constexpr UtcMs day = 24 * 3600 * 1000;

Arguments with_id(const std::string& id) {
    Arguments arguments;
    arguments.id = id;
    return arguments;
}

Arguments with_age(UtcMs age, std::vector<std::string> options = {}) {
    Arguments arguments;
    arguments.age = Ms(age);
    arguments.options = std::move(options);
    return arguments;
}

// A message that asks for a reply, refused once and then sent.
std::string sent_message(const Config& config) {
    Spool spool(config, Access::write);
    NewMessage message;
    message.id = new_id();
    message.user = "operator";
    message.api = "rest";
    message.address = "192.0.2.7";
    message.text = "first line\nsecond";
    message.created = now - day;
    message.valid_until = now + day;
    message.reply_timeout_ms = 60000;
    message.recipients = {{"5512345678", "+525512345678"}};
    spool.submit(message);
    const Claimer claimer{"host:1", "desk", 60000};
    auto work = spool.claim(claimer, now - day);
    BOOST_REQUIRE(work);
    spool.settle(
        *work, {"refused", {}, 38, "Network \x1b[31mout of order", "AT+CMGS=42\n+CMS ERROR: 38\n"},
        {Event::temporary, now, 1, 0, 0, "SEND_FAILED", "Failed to send"}, nullptr,
        now - day + 700);
    work = spool.claim(claimer, now);
    BOOST_REQUIRE(work);
    spool.settle(*work, {"accepted", 17, {}, {}, {}}, {Event::accepted, now, 1, 0, 0, "", ""},
                 nullptr, now + 900);
    return message.id;
}

// `count` messages that came in at `when`.
void arrive(const Config& config, std::size_t count, UtcMs when) {
    Spool spool(config, Access::write);
    const Numbers numbers(config);
    std::vector<Arrival> arrivals(count);
    for (std::size_t i = 0; i < count; ++i) {
        arrivals[i].kind = "deliver";
        arrivals[i].number = "+525587654321";
        arrivals[i].text = "text " + std::to_string(i);
        arrivals[i].sent = when;
        arrivals[i].location = static_cast<int>(i) + 1;
    }
    std::vector<std::string> ids;
    for (const TakenIn& taken : spool.take_in("desk", arrivals, numbers, when))
        ids.push_back(taken.incoming_id);
    spool.released(ids);
}

std::size_t inbox_size(const Config& config) {
    InboxQuery query;
    query.after = InboxQuery::After::peek;
    return Spool(config, Access::read).inbox(query).size();
}

void beat(const Config& config, const std::string& modem_state, const std::string& error) {
    ModemView modem;
    modem.name = "desk";
    modem.state = modem_state;
    modem.device = "/dev/ttyUSB2";
    modem.manufacturer = "Maker";
    modem.imei = "490154203237518";
    modem.network = "home";
    modem.operator_name = "Net\xC2\x9B";
    modem.signal = 71;
    modem.used = 2;
    modem.capacity = 30;
    modem.error = error;
    modem.failures = error.empty() ? 0 : 4;
    modem.recoveries = 1;
    modem.recovery_ms = 3200;
    modem.step = error.empty() ? "" : "reopened: no answer";
    modem.trace = "AT+CFUN=1,1\n";
    modem.since = now - 3600 * 1000;
    modem.beat = now - 2000;
    Spool(config, Access::write).beat({"host:1", "gateway", 812, now - day, now - 2000}, {modem});
}

} // namespace

BOOST_AUTO_TEST_SUITE(ctl_test)

BOOST_AUTO_TEST_CASE(grammar) {
    const std::string id = "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee";
    const std::string clean = "inbox clean --older-than <age> [--keep-unread] [--dry-run]";
    using Kind = Fit::Kind;
    const struct {
        const char* name;
        std::string sentence;
        std::vector<std::string> words;
        Kind want;
        std::string fault; // a part of it
    } cases[] = {
        {"one word", "status", {"status"}, Kind::fits, ""},
        {"another word", "status", {"stat"}, Kind::other, ""},
        {"no word", "status", {}, Kind::other, ""},
        {"a word too many", "status", {"status", "now"}, Kind::faulty, "\"now\""},
        {"an option too many", "status", {"status", "--all"}, Kind::faulty, "\"--all\""},
        {"noun alone", "inbox list [--unread]", {"inbox"}, Kind::other, ""},
        {"without the option", "inbox list [--unread]", {"inbox", "list"}, Kind::fits, ""},
        {"with it", "inbox list [--unread]", {"inbox", "list", "--unread"}, Kind::fits, ""},
        {"twice",
         "inbox list [--unread]",
         {"inbox", "list", "--unread", "--unread"},
         Kind::faulty,
         "twice"},
        {"id", "message show <id>", {"message", "show", id}, Kind::fits, ""},
        {"file", "spool backup <file>", {"spool", "backup", "a b"}, Kind::fits, ""},
        {"no file", "spool backup <file>", {"spool", "backup"}, Kind::faulty, "<file> is missing"},
        {"empty file", "spool backup <file>", {"spool", "backup", ""}, Kind::faulty, "empty"},
        {"no id", "message show <id>", {"message", "show"}, Kind::faulty, "<id> is missing"},
        {"short id",
         "message show <id>",
         {"message", "show", "0190"},
         Kind::faulty,
         "not \"0190\""},
        {"id of SQL",
         "message show <id>",
         {"message", "show", "' OR 1=1 --"},
         Kind::faulty,
         "<id>"},
        {"a name", "user list <name>", {"user", "list", "front desk"}, Kind::fits, ""},
        {"a name that cannot be one",
         "user list <name>",
         {"user", "list", "a:b"},
         Kind::faulty,
         "<name>: a user's name must not hold a colon"},
        {"a value that may be there", "token list [<name>]", {"token", "list"}, Kind::fits, ""},
        {"and is", "token list [<name>]", {"token", "list", "ana"}, Kind::fits, ""},
        {"and another", "token list [<name>]", {"token", "list", "a", "b"}, Kind::faulty, "\"b\""},
        {"an option with a value, not given",
         "user set <name> [--hours <hours>]",
         {"user", "set", "ana"},
         Kind::fits,
         ""},
        {"and cut off",
         "user set <name> [--hours <hours>]",
         {"user", "set", "ana", "--hours"},
         Kind::faulty,
         "--hours wants <hours>"},
        {"age", clean, {"inbox", "clean", "--older-than", "30d"}, Kind::fits, ""},
        {"order is free",
         clean,
         {"inbox", "clean", "--dry-run", "--older-than", "12h", "--keep-unread"},
         Kind::fits,
         ""},
        {"age missing", clean, {"inbox", "clean"}, Kind::faulty, "--older-than is missing"},
        {"age cut off", clean, {"inbox", "clean", "--older-than"}, Kind::faulty, "wants <age>"},
        {"age without unit",
         clean,
         {"inbox", "clean", "--older-than", "30"},
         Kind::faulty,
         "<age> is a number and its unit"},
        {"age of no unit known",
         clean,
         {"inbox", "clean", "--older-than", "3y"},
         Kind::faulty,
         "not \"3y\""},
        {"age below zero", clean, {"inbox", "clean", "--older-than", "-3d"}, Kind::faulty, "-3d"},
        {"age beyond counting",
         clean,
         {"inbox", "clean", "--older-than", "99999999999999999d"},
         Kind::faulty,
         "not"},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            const Fit found = fit(each.sentence, each.words);
            BOOST_TEST((found.kind == each.want));
            BOOST_TEST(holds(found.fault, each.fault), found.fault);
        }
    }
}

BOOST_AUTO_TEST_CASE(values_reach_the_arguments) {
    const Fit found = fit("inbox clean --older-than <age> [--keep-unread] [--dry-run]",
                          {"inbox", "clean", "--older-than", "36h", "--dry-run"});
    BOOST_TEST(found.arguments.age.count() == 36 * 3600 * 1000);
    BOOST_TEST(found.arguments.has("--dry-run"));
    BOOST_TEST(!found.arguments.has("--keep-unread"));
    const Fit named = fit("user set <name> [--hours <hours>] [--note <text>] [--admin]",
                          {"user", "set", "--hours", "", "ana", "--admin"});
    BOOST_TEST(named.arguments.name == "ana");
    BOOST_TEST(named.arguments.value("--hours").value() == "");
    BOOST_TEST(!named.arguments.value("--note"));
    BOOST_TEST(named.arguments.has("--admin"));
}

BOOST_AUTO_TEST_CASE(each_sentence_is_one_only) {
    std::set<std::string> seen;
    for (const Sentence& sentence : sentences()) {
        std::vector<std::string> words;
        std::istringstream tokens{std::string(sentence.words)};
        for (std::string token; tokens >> token;) {
            if (token == "<id>")
                words.push_back(new_id());
            else if (token == "<file>")
                words.push_back("copy");
            else if (token == "<age>")
                words.push_back("30d");
            else if (token == "<name>")
                words.push_back("ana");
            else if (token.front() != '[' && token.back() != ']')
                words.push_back(token);
        }
        BOOST_TEST_CONTEXT(sentence.words) {
            BOOST_TEST((choose(words).sentence == &sentence));
            BOOST_TEST(seen.insert(std::string(sentence.words)).second);
            BOOST_TEST(holds(help_text(), std::string(sentence.words)));
            BOOST_TEST((!sentence.help.empty() && sentence.help.back() == '.'));
        }
    }
    BOOST_TEST(holds(choose({"inbox", "burn"}).fault, "\"inbox burn\""));
    BOOST_TEST(holds(choose({}).fault, "missing"));
}

BOOST_AUTO_TEST_CASE(command_line) {
    const CommandLine line = read_command_line({"-c", "a", "status", "--json", "-c", "b"});
    BOOST_TEST((line.files == std::vector<std::string>{"a", "b"}));
    BOOST_TEST((line.words == std::vector<std::string>{"status"}));
    BOOST_TEST((line.output == Output::json));
    BOOST_TEST((read_command_line({"-h"}).ask == CommandLine::Ask::help));
    BOOST_TEST((read_command_line({"--version"}).ask == CommandLine::Ask::version));
    BOOST_TEST(holds(read_command_line({"-x"}).fault, "-x"));
    BOOST_TEST(holds(read_command_line({"status", "-c"}).fault, "FILE"));
}

BOOST_AUTO_TEST_CASE(lines) {
    BOOST_TEST(row("to", "x") == "to         x\n");
    BOOST_TEST(row("", "") == "\n");
    BOOST_TEST(row("text", "a\nb\x1b[2J") == "text       a\\x0Ab\\x1B[2J\n");
    const struct {
        std::int64_t ms;
        std::string want;
    } spans[] = {{-5, "0 s"},         {999, "0 s"},     {59999, "59 s"},  {60000, "1 min"},
                 {3599999, "59 min"}, {3600000, "1 h"}, {2 * day, "2 d"}, {3 * day - 1, "2 d"}};
    for (const auto& each : spans)
        BOOST_TEST(span_text(each.ms) == each.want);
    const struct {
        std::int64_t bytes;
        std::string want;
    } sizes[] = {{-1, "0 B"},          {10239, "10239 B"},
                 {10240, "10 KiB"},    {1024 * 1024, "1024 KiB"},
                 {33554432, "32 MiB"}, {std::int64_t{1} << 50, "1048576 GiB"}};
    for (const auto& each : sizes)
        BOOST_TEST(size_text(each.bytes) == each.want);
    BOOST_TEST(block("") == "");
    BOOST_TEST(block("AT\n\x1b[2J\n") == "             AT\n             \\x1B[2J\n");
    BOOST_TEST(block("AT") == "             AT\n");
}

BOOST_AUTO_TEST_CASE(message_for_a_person) {
    const Spooled desk;
    const std::string id = sent_message(desk.config());
    const Answer answer = desk.ask(show_message, Output::text, with_id(id));
    BOOST_TEST(answer.status == 0);
    for (const char* part :
         {"operator by rest from 192.0.2.7", "first line\\x0Asecond", "awaited for 1 min",
          "+525512345678 (5512345678)", "sent, refusals 1", "refused after 700 ms, code 38",
          "Network \\x1B[31mout of order", "accepted after 900 ms, reference 17"})
        BOOST_TEST(holds(answer.text, part), std::string(part) + " in:\n" + answer.text);
}

BOOST_AUTO_TEST_CASE(message_for_a_program) {
    const Spooled desk;
    const std::string id = sent_message(desk.config());
    const Answer answer = desk.ask(show_message, Output::json, with_id(id));
    BOOST_TEST(lines_of(answer.text).size() == 1u);
    const rapidjson::Document object = parsed(answer.text);
    BOOST_TEST(text_member(object, "id").value() == id);
    BOOST_TEST(text_member(object, "text").value() == "first line\nsecond");
    BOOST_TEST(int_member(object, "created_ms").value() == now - day);
    BOOST_TEST(object["original_length"].IsNull());
    BOOST_REQUIRE(object["jobs"].Size() == 1u);
    const rapidjson::Value& job = object["jobs"][0];
    BOOST_TEST(text_member(job, "state").value() == "sent");
    BOOST_TEST(job["reply"].IsNull());
    BOOST_REQUIRE(job["journal"].Size() == 2u);
    BOOST_TEST(int_member(job["journal"][0], "code").value() == 38);
    BOOST_TEST(int_member(job["journal"][1], "reference").value() == 17);
    BOOST_TEST(int_member(job["journal"][1], "ended_ms").value() == now + 900);
}

BOOST_AUTO_TEST_CASE(a_message_that_takes_a_route_and_is_reported) {
    const Spooled desk;
    NewMessage message;
    message.id = new_id();
    message.user = "operator";
    message.api = "rest";
    message.text = "hola";
    message.label = "night\x1b";
    message.report = true;
    message.created = now - day;
    message.not_before = now + day;
    message.valid_until = now + 2 * day;
    message.recipients = {{"5512345678", "+525512345678"}};
    message.recipients.front().route = "north";
    {
        Spool spool(desk.config(), Access::write);
        (void)spool.submit(message);
    }
    const Answer queued = desk.ask(show_message, Output::text, with_id(message.id));
    for (const std::string& part :
         {std::string("label      night\\x1B\n"), std::string("report     asked for\n"),
          std::string("  route    north\n"), "  due      " + local_zoned_text(now + day)})
        BOOST_TEST(holds(queued.text, part), part + " in:\n" + queued.text);
    const rapidjson::Document object =
        parsed(desk.ask(show_message, Output::json, with_id(message.id)).text);
    BOOST_TEST(bool_member(object, "report").value());
    BOOST_TEST(text_member(object, "label").value() == message.label);
    const rapidjson::Value& job = object["jobs"][0];
    BOOST_TEST(text_member(job, "route").value() == "north");
    BOOST_TEST(int_member(job, "due_ms").value() == now + day);
    BOOST_TEST(text_member(job, "delivery").value() == "none");
    BOOST_TEST(job["delivered_ms"].IsNull());
    // Sent, and the phone has it.
    Spool spool(desk.config(), Access::write);
    Claimer claimer{"host:1", "desk", 60000};
    claimer.routes = {"north"};
    const auto work = spool.claim(claimer, now + day);
    BOOST_REQUIRE(work);
    spool.settle(*work, {"accepted", 17, {}, {}, {}}, {Event::accepted, now, 1, 0, 0, "", ""},
                 nullptr, now + day);
    Arrival report;
    report.kind = "report";
    report.number = "+525512345678";
    report.reference = 17;
    report.report_status = 0;
    report.settled = now + day + 4000;
    report.location = -1;
    (void)spool.take_in("desk", {report}, Numbers(desk.config()), now + day + 5000);
    const std::string sent = desk.ask(show_message, Output::text, with_id(message.id)).text;
    const std::string when = local_zoned_text(now + day + 4000);
    for (const std::string& part : {"  delivery delivered " + when + "\n",
                                    "  report   delivered, status 0, settled " + when + "\n"})
        BOOST_TEST(holds(sent, part), part + " in:\n" + sent);
    BOOST_TEST(!holds(sent, "  due "));
    const rapidjson::Document after =
        parsed(desk.ask(show_message, Output::json, with_id(message.id)).text);
    BOOST_TEST(after["jobs"][0]["due_ms"].IsNull());
    BOOST_TEST(int_member(after["jobs"][0], "delivered_ms").value() == now + day + 4000);
    BOOST_TEST(int_member(after["jobs"][0]["journal"][0], "report_status").value() == 0);
    BOOST_TEST(holds(desk.ask(show_status).text, "reports    1 of 1 matched\n"));
}

BOOST_AUTO_TEST_CASE(conversations_are_shown_when_they_are_asked_for) {
    const Spooled desk;
    Arguments asked = with_id(sent_message(desk.config()));
    const std::string line = "             AT+CMGS=42\n             +CMS ERROR: 38\n";
    BOOST_TEST(!holds(desk.ask(show_message, Output::text, asked).text, "CMGS"));
    BOOST_TEST(!holds(desk.ask(show_message, Output::json, asked).text, "CMGS"));
    BOOST_TEST(!holds(desk.ask(show_status).text, "CFUN"));
    BOOST_TEST(!holds(desk.ask(show_status, Output::json).text, "CFUN"));
    asked.options = {"--trace"};
    BOOST_TEST(holds(desk.ask(show_message, Output::text, asked).text, line));
    const rapidjson::Document message = parsed(desk.ask(show_message, Output::json, asked).text);
    const rapidjson::Value& journal = message["jobs"][0]["journal"];
    BOOST_TEST(text_member(journal[0], "trace").value() == "AT+CMGS=42\n+CMS ERROR: 38\n");
    BOOST_TEST(journal[1]["trace"].IsNull());
    beat(desk.config(), "aside", "it refuses everything");
    BOOST_TEST(
        holds(desk.ask(show_status, Output::text, asked).text, "             AT+CFUN=1,1\n"));
    const rapidjson::Document status = parsed(desk.ask(show_status, Output::json, asked).text);
    BOOST_TEST(text_member(status["modems"][0], "trace").value() == "AT+CFUN=1,1\n");
}

BOOST_AUTO_TEST_CASE(no_such_message) {
    const Spooled desk;
    for (const Output output : {Output::text, Output::json}) {
        const Answer answer = desk.ask(show_message, output, with_id(new_id()));
        BOOST_TEST(answer.status == status_nothing);
        BOOST_TEST(answer.text.empty());
        BOOST_TEST(holds(answer.complaint, "no message"));
    }
}

BOOST_AUTO_TEST_CASE(status_says_why_not_ready) {
    const Spooled desk;
    BOOST_TEST(holds(desk.ask(show_status).text, "no: The sending daemon is not running"));
    beat(desk.config(), "down", "the SIM wants its PIN");
    const std::string down = desk.ask(show_status).text;
    BOOST_TEST(holds(down, "no: No modem is ready"), down);
    for (const char* part : {"           the SIM wants its PIN\n",
                             "           failed 4 times in a row, came back 1 time, the last time "
                             "after 3200 ms\n",
                             "           last step: reopened: no answer\n"})
        BOOST_TEST(holds(down, part), std::string(part) + " in:\n" + down);
    beat(desk.config(), "ready", "");
    const std::string ready = desk.ask(show_status).text;
    for (const char* part : {"ready      yes\n", "pid 812 on gateway", "heard 2 s ago",
                             "/dev/ttyUSB2 Maker, IMEI 490154203237518", "signal 71 %",
                             "SIM 2 of 30 used", "(Net\\xC2\\x9B)", "jobs       none"})
        BOOST_TEST(holds(ready, part), std::string(part) + " in:\n" + ready);
}

BOOST_AUTO_TEST_CASE(a_modem_unheard_of_is_unknown) {
    const Spooled desk;
    beat(desk.config(), "ready", "");
    const Config config = desk.config();
    const std::string later = show_status({config, {}, Output::text, now + day}).text;
    BOOST_TEST(holds(later, "no: The sending daemon is not running"), later);
    BOOST_TEST(holds(later, "desk, unknown; was ready since"), later);
    BOOST_TEST(holds(later, "heard 1 d ago"), later);
}

BOOST_AUTO_TEST_CASE(status_counts_jobs) {
    const Spooled desk;
    sent_message(desk.config());
    beat(desk.config(), "ready", "");
    BOOST_TEST(holds(desk.ask(show_status).text, "jobs       1 sent\n"));
    const rapidjson::Document object = parsed(desk.ask(show_status, Output::json).text);
    BOOST_TEST(bool_member(object, "ready").value());
    BOOST_TEST(object["reason"].IsNull());
    BOOST_TEST(int_member(object["jobs"], "sent").value() == 1);
    BOOST_TEST(int_member(object["jobs"], "queued").value() == 0);
    BOOST_TEST(object["next_due_ms"].IsNull());
    BOOST_TEST(text_member(object["modems"][0], "imei").value() == "490154203237518");
    BOOST_TEST(object["modems"][0]["model"].IsNull());
}

BOOST_AUTO_TEST_CASE(status_of_every_modem_state) {
    const Spooled desk;
    for (const char* state : {"starting", "ready", "waiting", "limited", "aside", "down"}) {
        beat(desk.config(), state, "");
        BOOST_TEST(holds(desk.ask(show_status).text,
                         std::string("modem      desk, ") + state + " since "));
        const rapidjson::Document object = parsed(desk.ask(show_status, Output::json).text);
        BOOST_TEST(text_member(object["modems"][0], "state").value() == state);
    }
    const rapidjson::Document object = parsed(desk.ask(show_status, Output::json).text);
    BOOST_TEST(int_member(object["modems"][0], "failures").value() == 0);
    BOOST_TEST(int_member(object["modems"][0], "recoveries").value() == 1);
    BOOST_TEST(int_member(object["modems"][0], "recovery_ms").value() == 3200);
    BOOST_TEST(object["modems"][0]["step"].IsNull());
}

BOOST_AUTO_TEST_CASE(status_says_what_waits_and_what_room_is_left) {
    const Spooled desk;
    const std::string empty = desk.ask(show_status).text;
    BOOST_TEST(!holds(empty, "oldest"));
    BOOST_TEST(!holds(empty, "reports"));
    BOOST_TEST(holds(empty, " free, reserve 32 MiB\n"), empty);
    NewMessage message;
    message.id = new_id();
    message.user = "operator";
    message.text = "hola";
    message.created = now - 300'000;
    message.valid_until = now + day;
    message.recipients = {{"5512345678", "+525512345678"}};
    Spool(desk.config(), Access::write).submit(message);
    const std::string waiting = desk.ask(show_status).text;
    BOOST_TEST(
        holds(waiting, "oldest     due since " + local_zoned_text(now - 300'000) + ", 5 min ago\n"),
        waiting);
    const rapidjson::Document object = parsed(desk.ask(show_status, Output::json).text);
    BOOST_TEST(int_member(object, "oldest_due_ms").value() == now - 300'000);
    BOOST_TEST(int_member(object["reports"], "all").value() == 0);
    BOOST_TEST(int_member(object["disk"], "free_bytes").value() > 0);
    BOOST_TEST(int_member(object["disk"], "reserve_bytes").value() == 32 * 1024 * 1024);
    Config low = desk.config();
    low.disk_reserve = std::int64_t{1} << 60;
    const std::string refused = show_status({low, {}, Output::text, now}).text;
    BOOST_TEST(holds(refused, "nothing new is accepted below the reserve of 1073741824 GiB"),
               refused);
}

BOOST_AUTO_TEST_CASE(spool_check) {
    const Spooled desk;
    const std::string id = sent_message(desk.config());
    const Ran fine = desk.run("spool check");
    BOOST_TEST(fine.status == 0);
    BOOST_TEST(fine.out == "nothing is wrong with the spool\n");
    BOOST_TEST(desk.run("--json spool check").out.empty());
    Database(desk.config().spool, Open::write, Ms(100)).run_text("UPDATE message SET id = '\x1b'");
    const Ran found = desk.run("spool check");
    BOOST_TEST(found.status == 1);
    BOOST_TEST(holds(found.out, "message \\x1B has no job\n"), found.out);
    BOOST_TEST(found.err.empty());
    const Ran json = desk.run("--json spool check");
    BOOST_TEST(json.status == 1);
    BOOST_TEST(lines_of(json.out).size() == lines_of(found.out).size());
    BOOST_TEST(holds(text_member(parsed(lines_of(json.out).front()), "finding").value(), "job "));
}

BOOST_AUTO_TEST_CASE(spool_backup) {
    const Spooled desk;
    const std::string id = sent_message(desk.config());
    const std::string copy = desk.folder().file("the copy");
    const Ran made = desk.run("spool backup '" + copy + "'");
    BOOST_TEST(made.status == 0);
    BOOST_TEST(holds(made.out, "copied to " + copy + ", "), made.out);
    Config restored = desk.config();
    restored.spool = copy;
    BOOST_TEST(Spool(restored, Access::read).find(id).has_value());
    const Ran again = desk.run("spool backup '" + copy + "'");
    BOOST_TEST(again.status == EX_USAGE);
    BOOST_TEST(holds(again.err, copy + " is there already"), again.err);
    const rapidjson::Document object = parsed(desk.run("--json spool backup '" + copy + "2'").out);
    BOOST_TEST(text_member(object, "file").value() == copy + "2");
    BOOST_TEST(int_member(object, "bytes").value() > 0);
    BOOST_TEST(desk.run("spool backup '" + copy + "/x'").status == EX_UNAVAILABLE);
}

BOOST_AUTO_TEST_CASE(listing_marks_nothing) {
    const Spooled desk;
    arrive(desk.config(), 3, now - day);
    Arguments unread;
    unread.options = {"--unread"};
    for (int again = 0; again < 2; ++again) {
        BOOST_TEST(lines_of(desk.ask(list_inbox, Output::text, unread).text).size() == 3u);
        BOOST_TEST(lines_of(desk.ask(list_inbox, Output::json, unread).text).size() == 3u);
    }
    InboxQuery query;
    query.limit = 1;
    Spool(desk.config(), Access::write).inbox(query);
    BOOST_TEST(lines_of(desk.ask(list_inbox, Output::text, unread).text).size() == 2u);
    const auto all = lines_of(desk.ask(list_inbox, Output::json).text);
    BOOST_REQUIRE(all.size() == 3u);
    const rapidjson::Document first = parsed(all[0]);
    BOOST_TEST(text_member(first, "text").value() == "text 0");
    BOOST_TEST(text_member(first, "state").value() == "read");
    BOOST_TEST(int_member(first, "sent_ms").value() == now - day);
}

BOOST_AUTO_TEST_CASE(cleaning_in_bites) {
    const Spooled desk;
    arrive(desk.config(), 1203, now - 40 * day);
    arrive(desk.config(), 2, now - 20 * day);
    const auto rehearsed = desk.ask(clean_inbox, Output::text, with_age(30 * day, {"--dry-run"}));
    BOOST_TEST(holds(rehearsed.text, "would remove 1203 messages"), rehearsed.text);
    BOOST_TEST(inbox_size(desk.config()) == 1205u);
    const auto kept = desk.ask(clean_inbox, Output::json, with_age(30 * day, {"--keep-unread"}));
    BOOST_TEST(int_member(parsed(kept.text), "removed").value() == 0);
    const auto removed = desk.ask(clean_inbox, Output::json, with_age(30 * day));
    BOOST_TEST(int_member(parsed(removed.text), "removed").value() == 1203);
    BOOST_TEST(int_member(parsed(removed.text), "before_ms").value() == now - 30 * day);
    BOOST_TEST(inbox_size(desk.config()) == 2u);
}

BOOST_AUTO_TEST_CASE(configuration_shown_can_be_read_again) {
    const Desk desk("retention = 36h\n[modem one]\nworker = loopback\n[modem two]\npin_file = /x\n"
                    "[provider three]\nurl = https://example.org/\nheaders = A: {secret} | B: c\n"
                    "secret_file = /y\n");
    const Ran shown = desk.run("config show");
    BOOST_TEST(shown.status == 0);
    BOOST_TEST(holds(shown.out, "\nretention = 36h\n"), shown.out);
    BOOST_TEST(holds(shown.out, "\n[modem two]\n"), shown.out);
    BOOST_TEST(holds(shown.out, "\npin_file = /x\n"), shown.out);
    BOOST_TEST(holds(shown.out, "\n[provider three]\n"), shown.out);
    BOOST_TEST(holds(shown.out, "\nheaders = A: {secret} | B: c\n"), shown.out);
    const Ran again = desk.run("-c '" + desk.folder().write("again", shown.out) + "' config show");
    BOOST_TEST(again.out == shown.out);
}

BOOST_AUTO_TEST_CASE(configuration_as_objects) {
    const Desk desk("retention = 36h\n");
    bool found = false;
    for (const std::string& line : lines_of(desk.run("--json config show").out)) {
        const rapidjson::Document object = parsed(line);
        if (text_member(object, "name").value() != "retention")
            continue;
        found = true;
        BOOST_TEST(text_member(object, "value").value() == "36h");
        BOOST_TEST(text_member(object, "default").value() == "1d");
        BOOST_TEST(text_member(object, "least").value() == "0s");
        BOOST_TEST(text_member(object, "most").value() == "3650d");
        BOOST_TEST(text_member(object, "kind").value() == "duration");
        BOOST_TEST(object["modem"].IsNull());
    }
    BOOST_TEST(found);
}

BOOST_AUTO_TEST_CASE(exit_statuses) {
    const Desk desk;
    const std::string id = new_id();
    const struct {
        const char* name;
        std::string words;
        int want;
        std::string err; // a part of it
    } cases[] = {
        {"help", "--help", EX_OK, ""},
        {"no sentence", "", EX_USAGE, "sentences:"},
        {"unknown sentence", "daemon stop", EX_USAGE, "\"daemon stop\""},
        {"escape in a word", "\"$(printf '\\033[2J')\"", EX_USAGE, "\\x1B[2J"},
        {"unknown option", "-z status", EX_USAGE, "\"-z\""},
        {"bad value", "message show 1", EX_USAGE, "<id>"},
        {"no configuration", "-c /nonexistent/conf config check", EX_USAGE, "/nonexistent/conf"},
        {"no database", "status", EX_UNAVAILABLE, "spool"},
        {"good configuration", "config check", EX_OK, ""},
        {"database made", "spool migrate", EX_OK, ""},
        {"no message", "message show " + id, status_nothing, id},
        {"empty inbox", "inbox list", EX_OK, ""},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            const Ran ran = desk.run(each.words);
            BOOST_TEST(ran.status == each.want, ran.err);
            BOOST_TEST(holds(ran.err, each.err), ran.err);
        }
    }
}

BOOST_AUTO_TEST_CASE(full_output_is_no_success) {
    const Ran ran = Desk().run("config check", "/dev/full");
    BOOST_TEST(ran.status == EX_IOERR);
    BOOST_TEST(holds(ran.err, "cannot be written"), ran.err);
}

BOOST_AUTO_TEST_CASE(bad_configurations) {
    const struct {
        const char* name;
        std::string line, err;
    } cases[] = {
        {"unknown setting", "colour = red\n", ":3: "},
        {"bad number", "max_attempts = 0\n", "max_attempts"},
        {"contradiction", "retry_first = 2h\n", "retry_first"},
        {"unknown region", "region = QQ\n", "region"},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            const Desk desk(each.line);
            const Ran ran = desk.run("config check");
            BOOST_TEST(ran.status == EX_USAGE);
            BOOST_TEST(holds(ran.err, each.err), ran.err);
            BOOST_TEST(!holds(ran.err, "sentences:"), "a bad file is no wrong usage");
        }
    }
}

BOOST_AUTO_TEST_CASE(migrate_makes_a_private_file) {
    const Desk desk;
    if (::geteuid() == 0)
        BOOST_REQUIRE(::chown(desk.folder().path().c_str(), 65534, 65534) == 0);
    const Ran first = desk.run("--json spool migrate");
    BOOST_TEST(first.status == 0, first.err);
    BOOST_TEST(text_member(parsed(lines_of(first.out).front()), "applied").value() == "message");
    for (const char* name : {"spool.sqlite", "spool.sqlite-wal", "spool.sqlite-shm"}) {
        struct stat facts {};
        BOOST_REQUIRE(::stat(desk.folder().file(name).c_str(), &facts) == 0);
        BOOST_TEST((facts.st_mode & 07777) == 0660, name);
        BOOST_TEST(facts.st_uid == (::geteuid() == 0 ? 65534 : ::geteuid()), name);
    }
    BOOST_TEST(desk.run("spool migrate").out == "the spool is up to date\n");
    BOOST_TEST(desk.run("--json spool migrate").out.empty());
}

BOOST_AUTO_TEST_CASE(migrate_wants_its_folder) {
    const Desk desk;
    const std::string other =
        desk.folder().write("other", "spool = " + desk.folder().file("none/spool.sqlite") + "\n");
    const Ran ran = desk.run("-c '" + other + "' spool migrate");
    BOOST_TEST(ran.status == EX_UNAVAILABLE);
    BOOST_TEST(holds(ran.err, desk.folder().file("none") + ": No such file"), ran.err);
    BOOST_TEST(::access(desk.folder().file("none").c_str(), F_OK) != 0);
}

BOOST_AUTO_TEST_CASE(migrate_follows_no_link) {
    const Desk desk;
    BOOST_REQUIRE(::symlink(desk.folder().file("elsewhere").c_str(),
                            desk.folder().file("spool.sqlite").c_str()) == 0);
    BOOST_TEST(desk.run("spool migrate").status == EX_UNAVAILABLE);
    BOOST_TEST(::access(desk.folder().file("elsewhere").c_str(), F_OK) != 0);
}

BOOST_AUTO_TEST_CASE(a_busy_spool_is_status_75) {
    const Spooled desk;
    arrive(desk.config(), 1, now - 40 * day);
    Database other(desk.config().spool, Open::write, Ms(100));
    other.transact([&] {
        BOOST_TEST(desk.run("inbox clean --older-than 1d").status == EX_TEMPFAIL);
        BOOST_TEST(desk.run("inbox list").status == 0);
    });
    BOOST_TEST(inbox_size(desk.config()) == 1u);
}

BOOST_AUTO_TEST_CASE(times_carry_their_zone) {
    const Spooled desk;
    const std::string id = sent_message(desk.config());
    const Ran ran = desk.run("message show " + id);
    BOOST_TEST(holds(ran.out, "accepted   2025-11-13 "), ran.out);
    ::setenv("TZ", "America/Mexico_City", 1);
    BOOST_TEST(holds(desk.run("message show " + id).out, "accepted   2025-11-13 16:25:28 -0600"));
    ::unsetenv("TZ");
}

BOOST_AUTO_TEST_SUITE_END()
