// smsctl user and token: what is stored, refused, shown and logged, and in which order.

#define BOOST_TEST_MODULE ctl_user_test
#include "common/error.h"
#include "common/htpasswd.h"
#include "common/ids.h"
#include "common/json.h"
#include "common/log.h"
#include "common/login_tokens.h"
#include "common/password.h"
#include "common/rights.h"
#include "common/spool.h"
#include "ctl/audit.h"
#include "ctl/grants.h"
#include "ctl/login_cache.h"
#include "ctl/nouns.h"
#include "tests/support/desk.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <termios.h>
#include <thread>
#include <unistd.h>

using namespace smsspool;
using namespace smsspool::ctl;

namespace {

constexpr UtcMs now = desk_time;
constexpr UtcMs day = 24 * 3600 * 1000;

// A desk with a password file, and nobody in it. A test that wants a memory of logins says so.
struct Users : Spooled {
    Users() : Spooled("bcrypt_cost = 4\nlogin_cache =\n") {
        set_log_level(LogLevel::error);
        (void)folder().write("more", "htpasswd = " + file() + "\n");
    }

    [[nodiscard]] std::string file() const { return folder().file("htpasswd"); }
    [[nodiscard]] Config settings() const {
        return load({folder().file("conf"), folder().file("more")});
    }
    [[nodiscard]] Answer ask(Answer (*verb)(const Call&), const Arguments& arguments = {},
                             Output output = Output::text) const {
        const Config config = settings();
        return verb({config, arguments, output, now});
    }
    [[nodiscard]] Ran smsctl(const std::string& words, const std::string& input = "") const {
        (void)folder().write("in", input);
        return run("-c '" + folder().file("more") + "' " + words + " <'" + folder().file("in") +
                   "'");
    }
    [[nodiscard]] Spool spool() const { return {settings(), Access::write}; }
    [[nodiscard]] std::string hash_of(const std::string& name) const {
        for (const PasswordLine& line : read_passwords(file())) {
            if (line.name == name)
                return line.hash;
        }
        return {};
    }
};

Arguments named(const std::string& name,
                std::map<std::string, std::string, std::less<>> values = {},
                std::vector<std::string> options = {}) {
    Arguments arguments;
    arguments.name = name;
    arguments.values = std::move(values);
    arguments.options = std::move(options);
    return arguments;
}

Arguments generated(const std::string& name) {
    return named(name, {}, {"--generate"});
}

// The text of the Error(fault) that `body` throws; "no error" where it throws none.
template <class Body>
std::string error_of(Fault fault, const Body& body) {
    try {
        body();
    } catch (const Error& error) {
        BOOST_TEST((error.fault() == fault), error.what());
        return error.what();
    }
    return "no error";
}

} // namespace

BOOST_AUTO_TEST_SUITE(ctl_user_test)

BOOST_AUTO_TEST_CASE(options_that_are_refused) {
    const struct {
        const char* option;
        std::string value, want; // a part of the complaint
    } cases[] = {
        {"--scopes", "send,fly", "any of send status inbox alerts admin, not \"send,fly\""},
        {"--scopes", "", "not \"\""},
        {"--scopes", "Send", "not \"Send\""},
        {"--parts-per-day", "", "a number from 0 (no limit) to 1000000, not \"\""},
        {"--parts-per-day", "-1", "not \"-1\""},
        {"--parts-per-day", "1000001", "not \"1000001\""},
        {"--parts-per-day", "99999999999999999999", "not \"99999999999999999999\""},
        {"--parts-per-day", "10k", "not \"10k\""},
        {"--recipients", "+52,abc", "like +52, with at most 15 digits each, not \"abc\""},
        {"--recipients", "+", "not \"+\""},
        {"--recipients", "+1234567890123456", "not \"+1234567890123456\""},
        {"--hours", "8-20", "like 08:00-20:00, not \"8-20\""},
        {"--hours", "08:00-08:00", "not \"08:00-08:00\""},
        {"--hours", "08:00-25:00", "not \"08:00-25:00\""},
        {"--networks", "10.0.0.0/8,10.0.0.0/33", "ADDRESS/BITS, not \"10.0.0.0/33\""},
        {"--networks", "example.org", "not \"example.org\""},
        {"--expires", "2025-11-14T22:25:28Z", "a time to come within ten years"},
        {"--expires", "30", "not \"30\""},
        {"--expires", "0s", "not \"0s\""},
        {"--expires", "3651d", "not \"3651d\""},
        {"--expires", "9999-01-01T00:00:00Z", "within ten years"},
        {"--expires", "tomorrow", "not \"tomorrow\""},
        {"--note", std::string(201, 'a'), "at most 200 characters"},
        {"--note", "two\nlines", "a line of"},
        {"--note", "\xFF", "UTF-8"},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.option << " " << each.value) {
            const std::string found = error_of(Fault::bad_input, [&] {
                Scopes scopes;
                SendLimits limits;
                const Arguments arguments = named("ana", {{each.option, each.value}});
                change_scopes(scopes, arguments);
                change_limits(limits, arguments);
                (void)networks_given(arguments);
                (void)expiry_given(arguments, now);
                (void)note_given(arguments);
            });
            BOOST_TEST(found.starts_with(std::string(each.option) + " must be "), found);
            BOOST_TEST(holds(found, each.want), found);
        }
    }
}

BOOST_AUTO_TEST_CASE(options_that_are_taken) {
    const Arguments arguments = named("ana",
                                      {{"--scopes", "status, send"},
                                       {"--parts-per-day", "1000000"},
                                       {"--recipients", "+52,+1 2222"},
                                       {"--hours", "22:00-06:00"},
                                       {"--networks", "10.0.0.0/8, 2001:db8::/32"},
                                       {"--expires", "3650d"},
                                       {"--note", std::string(200, 'a')}},
                                      {"--admin"});
    Scopes scopes;
    change_scopes(scopes, arguments);
    BOOST_TEST(scopes.text() == "send status admin");
    SendLimits limits{5, "+33", "00:00-01:00"};
    change_limits(limits, arguments);
    BOOST_TEST((limits == SendLimits{1000000, "+52 +1 2222", "22:00-06:00"}));
    BOOST_TEST(limits_text(limits) == "1000000 parts a day, to +52 +1 2222, 22:00-06:00");
    BOOST_TEST(networks_given(arguments) == "10.0.0.0/8 2001:db8::/32");
    BOOST_TEST(expiry_given(arguments, now).value() == now + 3650 * day);
    BOOST_TEST(note_given(arguments).size() == 200U);
    BOOST_TEST(expiry_given(named("a", {{"--expires", "2025-11-14T22:25:29Z"}}), now).value() ==
               1763159129000);
    change_limits(limits,
                  named("ana", {{"--parts-per-day", "0"}, {"--recipients", ""}, {"--hours", ""}}));
    BOOST_TEST((limits == SendLimits{}));
    BOOST_TEST(limits_text(limits) == "");
    BOOST_TEST(!changes_something(named("ana")));
}

BOOST_AUTO_TEST_CASE(the_life_of_a_user) {
    const Users users;
    Arguments arguments =
        named("ana", {{"--scopes", "send"}, {"--parts-per-day", "9"}}, {"--generate"});
    const std::string secret = users.ask(add_user, arguments).text;
    BOOST_TEST(secret.size() == 27U, secret);
    BOOST_TEST(users.hash_of("ana").starts_with("{SSHA}"));
    BOOST_TEST(users.spool().account("ana")->scopes.text() == "send");
    BOOST_TEST(users.spool().account("ana")->created == now);

    BOOST_TEST(users.ask(disable_user, named("ana")).text == "ana        disabled\n");
    BOOST_TEST(!users.spool().account("ana")->enabled);
    BOOST_TEST(users.ask(enable_user, named("ana")).status == 0);
    BOOST_TEST(users.spool().account("ana")->enabled);

    BOOST_TEST(users.ask(set_user, named("ana", {{"--hours", "08:00-20:00"}}, {"--admin"})).text ==
               "ana        scopes send admin; 9 parts a day, 08:00-20:00\n");
    BOOST_TEST(users.spool().account("ana")->limits.parts_per_day == 9);

    const std::string before = users.hash_of("ana");
    const rapidjson::Document changed =
        parsed(users.ask(change_password, generated("ana"), Output::json).text);
    BOOST_TEST(text_member(changed, "user").value() == "ana");
    BOOST_TEST(text_member(changed, "password").value().size() == 26U);
    BOOST_TEST(users.hash_of("ana") != before);

    BOOST_TEST(users.ask(add_token, named("ana")).status == 0);
    BOOST_TEST(users.ask(delete_user, named("ana")).text == "ana        deleted\n");
    BOOST_TEST(!users.spool().account("ana"));
    BOOST_TEST(users.spool().tokens("").empty());
    BOOST_TEST(users.hash_of("ana") == "");
}

BOOST_AUTO_TEST_CASE(nobody_of_that_name) {
    const Users users;
    for (const auto verb :
         {change_password, disable_user, enable_user, delete_user, set_user, add_token}) {
        const Answer answer =
            users.ask(verb, named("ana", {{"--hours", "08:00-20:00"}}, {"--generate"}));
        BOOST_TEST(answer.status == status_nothing);
        BOOST_TEST(answer.complaint == "there is no user ana");
        BOOST_TEST(answer.text == "");
    }
    BOOST_TEST(users.spool().accounts().empty());
    BOOST_TEST(!std::filesystem::exists(users.file()));
    Arguments arguments;
    arguments.id = new_id();
    BOOST_TEST(users.ask(revoke_token, arguments).status == status_nothing);
    BOOST_TEST(error_of(Fault::bad_input, [&] { (void)users.ask(set_user, named("ana")); }) ==
               "user set: what to change is missing");
}

// Users who are in the password file only have the usual rights; a change gives them an account.
BOOST_AUTO_TEST_CASE(a_user_of_the_password_file_alone) {
    const Users users;
    set_password(users.file(), {"old", fast_hash("x")});
    BOOST_TEST(
        holds(error_of(Fault::conflict, [&] { (void)users.ask(add_user, generated("old")); }),
              "there is a user old;"));
    BOOST_TEST(users.ask(add_token, named("old")).status == 0);
    BOOST_TEST(users.spool().accounts().empty());
    BOOST_TEST(users.ask(disable_user, named("old")).status == 0);
    BOOST_TEST(!users.spool().account("old")->enabled);
    BOOST_TEST((users.spool().account("old")->scopes == Account{}.scopes));
    BOOST_TEST(users.ask(delete_user, named("old")).status == 0);
    BOOST_TEST(users.ask(delete_user, named("old")).status == status_nothing);
}

// What is there of somebody whose line was taken out by hand can be removed, and counts for nobody
// who gets that name later.
BOOST_AUTO_TEST_CASE(tokens_without_a_user) {
    const Users users;
    set_password(users.file(), {"old", fast_hash("x")});
    BOOST_TEST(users.ask(add_token, named("old")).status == 0);
    (void)remove_password(users.file(), "old");
    BOOST_TEST(
        holds(error_of(Fault::conflict, [&] { (void)users.ask(add_user, generated("old")); }),
              "smsctl user delete removes what is there"));
    BOOST_TEST(holds(users.ask(list_users).text, "password none"));
    BOOST_TEST(users.ask(delete_user, named("old")).status == 0);
    BOOST_TEST(users.spool().tokens("").empty());
    BOOST_TEST(users.ask(add_user, generated("old")).status == 0);
}

// The password file cannot be written: what is done so far gives nobody a right.
BOOST_AUTO_TEST_CASE(cut_short) {
    const Users users;
    const std::string elsewhere = users.folder().file("none");
    BOOST_TEST(users.ask(add_user, generated("ana")).status == 0);
    BOOST_TEST(users.ask(add_token, named("ana")).status == 0);
    (void)users.folder().write("more", "htpasswd = " + elsewhere + "/htpasswd\n");
    (void)error_of(Fault::unavailable, [&] {
        (void)users.ask(add_user, named("ben", {{"--scopes", "status"}}, {"--generate"}));
    });
    BOOST_TEST(users.spool().account("ben")->scopes.text() == "status");
    (void)error_of(Fault::unavailable, [&] { (void)users.ask(delete_user, named("ana")); });
    BOOST_TEST(!users.spool().account("ana")->enabled);
    // Both go on where they ended.
    std::filesystem::create_directory(elsewhere);
    BOOST_TEST(
        holds(error_of(Fault::conflict, [&] { (void)users.ask(add_user, generated("ben")); }),
              "there is a user ben without a password; smsctl user passwd gives one"));
    BOOST_TEST(users.ask(change_password, generated("ben")).status == 0);
    BOOST_TEST(users.spool().account("ben")->scopes.text() == "status");
    BOOST_TEST(users.ask(delete_user, named("ana")).status == 0);
    BOOST_TEST(!users.spool().account("ana"));
    BOOST_TEST(users.spool().tokens("").empty());
}

BOOST_AUTO_TEST_CASE(passwords_on_the_standard_input) {
    const struct {
        const char* name;
        std::string input;
        int want;
        std::string err; // a part of it
    } cases[] = {
        {"a line", "correct horse\n", EX_OK, "added user ana"},
        {"no line feed", "correct horse", EX_OK, "added user ana"},
        {"written on Windows", "correct horse\r\n", EX_OK, "added user ana"},
        {"only the first line", "correct horse\nbattery\n", EX_OK, "added user ana"},
        {"nothing", "", EX_USAGE, "no password was given"},
        {"an empty line", "\ncorrect horse\n", EX_USAGE, "8 to 72 bytes, not 0"},
        {"too short", "1234567\n", EX_USAGE, "8 to 72 bytes, not 7"},
        {"the longest", std::string(72, 'x') + "\n", EX_OK, "added user ana"},
        {"too long", std::string(73, 'x') + "\n", EX_USAGE, "8 to 72 bytes, not 73"},
        {"without an end", std::string(100000, 'x'), EX_USAGE, "8 to 72 bytes, not 4097"},
        {"a control character", "correct\thorse\n", EX_USAGE, "control characters"},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            const Users users;
            const Ran ran = users.smsctl("user add ana", each.input);
            BOOST_TEST(ran.status == each.want, ran.err);
            BOOST_TEST(holds(ran.err, each.err), ran.err);
            BOOST_TEST(!holds(ran.err + ran.out, "horse"));
            BOOST_TEST(users.hash_of("ana").starts_with("$2b$04$") == (each.want == EX_OK));
            BOOST_TEST(users.spool().accounts().size() == (each.want == EX_OK ? 1U : 0U));
        }
    }
}

namespace {

// smsctl on a terminal of its own.
class AtTerminal {
public:
    explicit AtTerminal(const Users& users) {
        const std::string program = bin() + "/smsctl";
        const std::string conf = users.folder().file("conf"), more = users.folder().file("more");
        process_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
        BOOST_REQUIRE(process_ >= 0);
        if (process_ == 0) {
            ::execl(program.c_str(), "smsctl", "-c", conf.c_str(), "-c", more.c_str(), "user",
                    "add", "ana", nullptr);
            ::_exit(127);
        }
    }
    ~AtTerminal() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
        ::close(terminal_);
    }
    AtTerminal(const AtTerminal&) = delete;
    AtTerminal& operator=(const AtTerminal&) = delete;

    // Reads until the terminal has shown `text`; all that it showed.
    std::string await(const std::string& text) {
        while (!holds(shown_, text)) {
            pollfd poll{terminal_, POLLIN, 0};
            BOOST_REQUIRE_MESSAGE(::poll(&poll, 1, 10'000) == 1, shown_);
            std::array<char, 1024> buffer{};
            const ssize_t count = ::read(terminal_, buffer.data(), buffer.size());
            if (count <= 0) // it has ended
                break;
            shown_.append(buffer.data(), static_cast<std::size_t>(count));
        }
        BOOST_TEST(holds(shown_, text), shown_);
        return shown_;
    }
    void type(const std::string& text) const {
        BOOST_REQUIRE(::write(terminal_, text.data(), text.size()) ==
                      static_cast<ssize_t>(text.size()));
    }
    void signal(int number) const { ::kill(process_, number); }
    [[nodiscard]] bool echoes() const {
        termios facts{};
        BOOST_REQUIRE(::tcgetattr(terminal_, &facts) == 0);
        return (facts.c_lflag & ECHO) != 0;
    }
    int end() {
        int status = 0;
        BOOST_REQUIRE(::waitpid(std::exchange(process_, 0), &status, 0) > 0);
        return status;
    }

private:
    int terminal_ = -1;
    pid_t process_ = -1;
    std::string shown_;
};

} // namespace

BOOST_AUTO_TEST_CASE(a_password_typed_twice) {
    const Users users;
    AtTerminal terminal(users);
    (void)terminal.await("Password of ana: ");
    BOOST_TEST(!terminal.echoes());
    terminal.type("correct horse\n");
    (void)terminal.await("The same once more: ");
    BOOST_TEST(!terminal.echoes());
    terminal.type("correct horse\n");
    const std::string shown = terminal.await("added user ana");
    BOOST_TEST(!holds(shown, "horse"));
    BOOST_TEST(holds(shown, "(/dev/pts/"), shown);
    BOOST_TEST(terminal.echoes());
    BOOST_TEST(terminal.end() == 0);
    BOOST_TEST(users.hash_of("ana").starts_with("$2b$04$"));
}

BOOST_AUTO_TEST_CASE(a_password_typed_wrongly) {
    const struct {
        const char* name;
        std::string first, second, want;
    } cases[] = {
        {"two different ones", "correct horse\n", "correct house\n", "are not the same"},
        {"too short", "horse\n", "", "8 to 72 bytes, not 5"},
        {"an end instead", "\x04", "", "no password was given"},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            const Users users;
            AtTerminal terminal(users);
            (void)terminal.await("Password of ana: ");
            terminal.type(each.first);
            if (!each.second.empty()) {
                (void)terminal.await("The same once more: ");
                terminal.type(each.second);
            }
            (void)terminal.await(each.want);
            BOOST_TEST(terminal.echoes());
            BOOST_TEST(WEXITSTATUS(terminal.end()) == EX_USAGE);
            BOOST_TEST(users.spool().accounts().empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_prompt_that_is_ended_gives_the_terminal_back) {
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
        BOOST_TEST_CONTEXT(number) {
            const Users users;
            AtTerminal terminal(users);
            (void)terminal.await("Password of ana: ");
            BOOST_TEST(!terminal.echoes());
            terminal.signal(SIGTSTP); // is not obeyed
            if (number == SIGINT)
                terminal.type("\x03"); // Ctrl-C
            else
                terminal.signal(number);
            const int status = terminal.end();
            BOOST_TEST((WIFSIGNALED(status) && WTERMSIG(status) == number));
            BOOST_TEST(terminal.echoes());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_new_password_file) {
    const Users users;
    if (::geteuid() == 0)
        BOOST_REQUIRE(::chown(users.folder().path().c_str(), 0, 65534) == 0);
    const Answer first = users.ask(add_user, generated("ana"));
    BOOST_TEST(first.status == 0);
    BOOST_TEST(holds(first.complaint, users.file() + " is new and for the group "));
    BOOST_TEST(users.ask(add_user, generated("ben")).complaint == "");
    struct stat facts {};
    BOOST_REQUIRE(::stat(users.file().c_str(), &facts) == 0);
    BOOST_TEST((facts.st_mode & 07777) == 0640);
    if (::geteuid() == 0)
        BOOST_TEST(facts.st_gid == 65534U);
}

BOOST_AUTO_TEST_CASE(the_list_of_users) {
    const Users users;
    (void)users.folder().write("more", "htpasswd = " + users.file() + "\nadmins = front-desk\n");
    BOOST_TEST(users.ask(list_users).text == "");
    set_password(users.file(), {"front-desk", slow_hash("correct horse", 4)});
    set_password(users.file(), {"odd\x1b", "$9$unknown"});
    (void)users.ask(add_user,
                    named("ana", {{"--scopes", "send"}, {"--recipients", "+52"}}, {"--generate"}));
    (void)users.ask(add_token, named("ana"));
    (void)users.ask(disable_user, named("ana"));
    const auto lines = lines_of(users.ask(list_users).text);
    BOOST_REQUIRE(lines.size() == 3U);
    BOOST_TEST(lines[0] == "ana        disabled password set      "
                           "send                           to +52, 1 token");
    BOOST_TEST(lines[1] == "front-desk enabled  password set      "
                           "send status inbox alerts admin");
    BOOST_TEST(lines[2] == "odd\\x1B    enabled  password unusable send status inbox alerts");
    const auto objects = lines_of(users.ask(list_users, {}, Output::json).text);
    const rapidjson::Document ana = parsed(objects.at(0));
    BOOST_TEST(text_member(ana, "user").value() == "ana");
    BOOST_TEST(!bool_member(ana, "enabled").value());
    BOOST_TEST(text_member(ana, "password").value() == "set");
    BOOST_TEST(text_member(ana, "scopes").value() == "send");
    BOOST_TEST(text_member(ana, "recipients").value() == "+52");
    BOOST_TEST(int_member(ana, "tokens").value() == 1);
    BOOST_TEST(int_member(ana, "created_ms").value() == now);
    BOOST_TEST(parsed(objects.at(1))["created_ms"].IsNull());
    for (const std::string& line : objects)
        BOOST_TEST(!holds(line, "$2b$"));
}

BOOST_AUTO_TEST_CASE(import_of_a_password_file) {
    const Users users;
    const std::string bcrypt = slow_hash("correct horse", 4);
    set_password(users.file(), {"ana", "{SSHA}mine"});
    const std::string kept = "# kept\n" + contents(users.file());
    (void)users.folder().write("htpasswd", kept);
    Arguments arguments;
    arguments.file = users.folder().write("old", "# the old panel\n"
                                                 "\n"
                                                 "ana:" +
                                                     bcrypt +
                                                     "\n"
                                                     "ben:" +
                                                     bcrypt +
                                                     "\r\n"
                                                     "cid:$apr1$salt$hash\n"
                                                     "dan:{SSHA}x\n"
                                                     "eve:plain text\n"
                                                     "fay:\n"
                                                     "garbage\n"
                                                     ":nobody\n"
                                                     " gil:{SSHA}x\n"
                                                     "ben:{SSHA}second\n");
    const Answer answer = users.ask(import_users, arguments);
    BOOST_TEST(answer.status == status_findings);
    const auto lines = lines_of(answer.text);
    BOOST_REQUIRE(lines.size() == 6U);
    BOOST_TEST(lines[0] == "added 3, replaced 0, kept 1, left 5");
    BOOST_TEST(lines[1] == "left line 9: it is not NAME:HASH");
    BOOST_TEST(lines[2] == "left line 10: it is not NAME:HASH");
    BOOST_TEST(holds(lines[3], "left user eve: the password's hash is of a kind"));
    BOOST_TEST(holds(lines[4], "left user fay: the password's hash"));
    BOOST_TEST(holds(lines[5], "left user  gil: a user's name must not begin"));
    BOOST_TEST(contents(users.file()) ==
               kept + "ben:" + bcrypt + "\ncid:$apr1$salt$hash\ndan:{SSHA}x\n");
    BOOST_TEST(users.spool().accounts().empty());

    arguments.options = {"--replace"};
    const rapidjson::Document again = parsed(users.ask(import_users, arguments, Output::json).text);
    BOOST_TEST(int_member(again, "added").value() == 0);
    BOOST_TEST(int_member(again, "replaced").value() == 1);
    BOOST_TEST(int_member(again, "kept").value() == 3);
    BOOST_TEST(again["left"].Size() == 5U);
    BOOST_TEST(users.hash_of("ana") == bcrypt);
    BOOST_TEST(contents(users.file()).starts_with("# kept\n"));

    for (const std::string& file : {users.folder().file("missing"), users.folder().path()}) {
        arguments.file = file;
        BOOST_TEST(
            holds(error_of(Fault::bad_input, [&] { (void)users.ask(import_users, arguments); }),
                  file + ": "));
    }
}

BOOST_AUTO_TEST_CASE(the_life_of_a_token) {
    const Users users;
    (void)users.ask(add_user, generated("ana"));
    const std::string text = users
                                 .ask(add_token, named("ana", {{"--note", "the shop"},
                                                               {"--expires", "90d"},
                                                               {"--networks", "10.0.0.0/8"},
                                                               {"--parts-per-day", "7"}}))
                                 .text;
    BOOST_TEST(text.starts_with("sms_"));
    BOOST_TEST(text.size() == 4U + 52U + 1U);
    const std::string secret = text.substr(0, text.size() - 1);
    Spool spool = users.spool();
    const auto rights = rights_of_bearer(users.settings(), spool, secret, "10.1.2.3", now);
    BOOST_REQUIRE(std::holds_alternative<Caller>(rights));
    BOOST_TEST(std::get<Caller>(rights).scopes.text() == "send status");
    const std::string id = std::get<Caller>(rights).token;
    BOOST_TEST((std::holds_alternative<NotLetIn>(
        rights_of_bearer(users.settings(), spool, secret, "11.1.2.3", now))));
    spool.note_token_use(id, now);

    const std::string listed = users.ask(list_tokens).text;
    for (const std::string& part :
         {id + "\n", std::string("  user     ana\n"), std::string("  note     the shop\n"),
          std::string("scopes send status, until 2026-02-12 "),
          std::string("from 10.0.0.0/8, 7 parts"), std::string("  used     2025-11-14 ")})
        BOOST_TEST(holds(listed, part), listed);
    const std::string line = users.ask(list_tokens, named("ana"), Output::json).text;
    const rapidjson::Document object = parsed(line);
    BOOST_TEST(text_member(object, "id").value() == id);
    BOOST_TEST(int_member(object, "expires_ms").value() == now + 90 * day);
    BOOST_TEST(int_member(object, "used_ms").value() == now - now % 60000);
    BOOST_TEST(users.ask(list_tokens, named("ben")).text == "");
    // Itself it is nowhere, and its hash is not shown.
    for (const std::string& place : {listed, line, contents(users.settings().spool),
                                     contents(users.settings().spool + "-wal")})
        BOOST_TEST(!holds(place, secret));
    BOOST_TEST(!holds(listed + line, sha256_hex(secret)));

    Arguments arguments;
    arguments.id = id;
    BOOST_TEST(users.ask(revoke_token, arguments).status == 0);
    BOOST_TEST((std::holds_alternative<NotLetIn>(
        rights_of_bearer(users.settings(), spool, secret, "10.1.2.3", now))));
    BOOST_TEST(users.ask(revoke_token, arguments).status == status_nothing);
}

BOOST_AUTO_TEST_CASE(a_token_may_no_more_than_its_user) {
    const Users users;
    (void)users.ask(add_user, named("ana", {{"--scopes", "status inbox"}}, {"--generate"}));
    (void)users.ask(add_user, named("bot", {{"--scopes", "alerts"}}, {"--generate"}));
    const struct {
        const char* name;
        Arguments arguments;
        std::string want; // scopes of the token, or a part of the complaint
    } cases[] = {
        {"what both have", named("ana"), "status"},
        {"what is asked for", named("ana", {{"--scopes", "inbox"}}), "inbox"},
        {"more", named("ana", {{"--scopes", "inbox,admin"}}),
         "which is \"status inbox\", not \"inbox admin\""},
        {"nothing in common", named("bot"), "which is \"alerts\", not \"\""},
    };
    for (const auto& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            std::string found;
            try {
                const auto made = parsed(users.ask(add_token, each.arguments, Output::json).text);
                found = text_member(made, "scopes").value();
            } catch (const Error& error) {
                BOOST_TEST((error.fault() == Fault::bad_input));
                found = error.what();
            }
            BOOST_TEST(holds(found, each.want), found);
        }
    }
    (void)users.ask(disable_user, named("ana"));
    BOOST_TEST(error_of(Fault::bad_input, [&] { (void)users.ask(add_token, named("ana")); }) ==
               "user ana: the account is disabled");
}

// Whoever has logged in with the old one has to do so again; other tokens go on.
BOOST_AUTO_TEST_CASE(another_password_ends_logins) {
    const Users users;
    (void)users.ask(add_user, generated("ana"));
    (void)users.ask(add_token, named("ana", {{"--note", "its own"}}));
    Spool spool = users.spool();
    const LoginToken login = log_in(users.settings(), spool, {"ana", "", {Scope::send}}, now);
    BOOST_TEST(spool.tokens("ana").size() == 2U);
    (void)users.ask(change_password, generated("ana"));
    BOOST_TEST(!spool.token(login.token.id).has_value());
    BOOST_REQUIRE(spool.tokens("ana").size() == 1U);
    BOOST_TEST(spool.tokens("ana").at(0).note == "its own");
}

BOOST_AUTO_TEST_CASE(each_change_is_in_the_log) {
    const Users users;
    (void)users.folder().write("htpasswd", "");
    const auto said = [&](const std::string& words, const std::string& input = "") {
        const Ran ran = users.smsctl(words, input);
        BOOST_TEST(ran.status == 0, ran.err);
        BOOST_TEST(lines_of(ran.err).size() == 1U, ran.err);
        BOOST_TEST(ran.err.starts_with("[AUDIT] "), ran.err);
        BOOST_TEST(!holds(ran.err, "horse"));
        return ran.err;
    };
    BOOST_TEST(holds(said("user add ana --hours 08:00-20:00", "correct horse\n"),
                     ") added user ana, scopes send status inbox alerts; 08:00-20:00\n"));
    BOOST_TEST(
        holds(said("user passwd ana", "another horse\n"), ") gave user ana another password\n"));
    BOOST_TEST(holds(said("user set ana --admin"), ") changed user ana, scopes send "));
    BOOST_TEST(holds(said("token add ana"), " of user ana, scopes send status, for ever\n"));
    const std::string id = users.spool().tokens("ana").at(0).id;
    BOOST_TEST(holds(said("token revoke " + id), ") revoked token " + id + " of user ana\n"));
    BOOST_TEST(holds(said("user disable ana"), ") disabled user ana\n"));
    BOOST_TEST(holds(said("user enable ana"), ") enabled user ana\n"));
    BOOST_TEST(holds(said("user delete ana"), ") deleted user ana with all tokens\n"));
    const std::string old = users.folder().write("old", "ben:{SSHA}x\n");
    BOOST_TEST(holds(said("user import '" + old + "'"), ") imported user ben from " + old + "\n"));
    for (const char* words : {"user list", "token list"})
        BOOST_TEST(users.smsctl(words).err == "");
}

// A client of another gateway keeps its token.
BOOST_AUTO_TEST_CASE(a_token_that_exists) {
    Users users;
    BOOST_TEST(users.smsctl("user add ana", "correct horse\n").status == 0);
    const std::string secret = "a1B2-_c3D4e5F6g7";
    const Ran ran = users.smsctl("token add ana --existing", secret + "\n");
    BOOST_TEST(ran.status == 0, ran.err);
    BOOST_TEST(!holds(ran.out + ran.err, secret));
    BOOST_TEST(users.spool().token_with_hash(sha256_hex(secret)).value().user == "ana");
    struct Case {
        std::string input, why;
    };
    const Case cases[] = {
        {"", "this one has 0"},
        {"fifteen_letters\n", "this one has 15"},
        {"with a blank in it\n", "not all of them such"},
        {std::string(513, 'x') + "\n", "this one has 513"},
        {"SEU_TOKEN_SUPER_SECRETO_AQUI\n", "everybody knows it"},
    };
    for (const Case& c : cases) {
        const Ran refused = users.smsctl("token add ana --existing", c.input);
        BOOST_TEST(refused.status == 64, c.why);
        BOOST_TEST(holds(refused.err, c.why), refused.err);
    }
    // Another user cannot have the same.
    BOOST_TEST(users.smsctl("user add eva", "correct horse\n").status == 0);
    BOOST_TEST(users.smsctl("token add eva --existing", secret + "\n").status != 0);
    BOOST_TEST(users.spool().tokens("").size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_did_it) {
    ::setenv("SUDO_USER", "somebody", 1);
    const std::string with_sudo = invoker();
    ::unsetenv("SUDO_USER");
    BOOST_TEST(with_sudo == (::getuid() == 0 ? "somebody as " : "") + invoker());
    BOOST_TEST(!holds(invoker(), "somebody"));
}

BOOST_AUTO_TEST_CASE(a_memory_of_logins) {
    namespace fs = std::filesystem;
    const TempFolder folder;
    const fs::path logins = folder.file("logins"), elsewhere = folder.file("elsewhere");
    const std::string entry = std::string(31, 'a') + "7";
    fs::create_directories(logins / "7" / "ab" / "c" / "d");
    fs::create_directory(elsewhere);
    (void)folder.write("elsewhere/" + entry, "x");
    const struct {
        std::string place;
        bool stays;
    } files[] = {
        {"7/" + entry, false},
        {"7/ab/" + entry, false},
        {"7/ab/c/" + entry, false},
        {"7/ab/c/d/" + entry, true}, // nginx has three levels at most
        {entry, false},
        {"7/" + entry + ".0000000001", true}, // being written
        {"7/" + entry.substr(1), true},
        {"7/" + std::string(32, 'A'), true},
        {"7/" + std::string(32, 'g'), true},
        {"notes", true},
    };
    for (const auto& each : files)
        (void)folder.write("logins/" + each.place, "x");
    const std::string link = std::string(32, 'b');
    fs::create_symlink(elsewhere / entry, logins / link);
    fs::create_directory_symlink(elsewhere, logins / "f");
    fs::create_directory(logins / std::string(32, 'c'));
    BOOST_TEST(forget_logins(logins, std::chrono::milliseconds(0)) == "");
    for (const auto& each : files)
        BOOST_TEST(fs::exists(logins / each.place) == each.stays, each.place);
    BOOST_TEST(fs::exists(elsewhere / entry));
    BOOST_TEST(fs::is_symlink(logins / link));
    BOOST_TEST(fs::is_symlink(logins / "f"));
    BOOST_TEST(forget_logins("", std::chrono::milliseconds(0)) == "");
}

BOOST_AUTO_TEST_CASE(a_memory_that_cannot_be_emptied) {
    namespace fs = std::filesystem;
    const TempFolder folder;
    fs::create_directory(folder.file("logins"));
    fs::create_directory_symlink(folder.file("logins"), folder.file("link"));
    const struct {
        const char* name;
        std::string place, want;
    } cases[] = {
        {"none", folder.file("none"), "No such file or directory"},
        {"a link", folder.file("link"), "Not a directory"},
        {"a file", folder.write("file", ""), "Not a directory"},
    };
    for (const auto& each : cases) {
        const std::string told = forget_logins(each.place, std::chrono::milliseconds(0));
        BOOST_TEST(told == "nginx's memory of logins, " + each.place +
                               ", cannot be emptied: " + each.want +
                               "; what was right before counts for up to 10 seconds more");
    }
    const Users users;
    (void)users.ask(add_user, generated("ana"));
    (void)users.folder().write("more", "htpasswd = " + users.file() +
                                           "\nlogin_cache = " + folder.file("none") + "\n");
    const Answer answer = users.ask(change_password, generated("ana"));
    BOOST_TEST(answer.status == 0);
    BOOST_TEST(holds(answer.complaint, "counts for up to 10 seconds more"));
}

// nginx may be writing what it found right just before.
BOOST_AUTO_TEST_CASE(an_entry_written_a_moment_later_goes_too) {
    const TempFolder folder;
    std::filesystem::create_directory(folder.file("logins"));
    const std::string entry = folder.file("logins/" + std::string(32, 'e'));
    const std::string mark = folder.write("logins/" + std::string(32, 'd'), "x");
    std::thread late([&] {
        while (std::filesystem::exists(mark))
            std::this_thread::yield();
        (void)folder.write("logins/" + std::string(32, 'e'), "x");
    });
    BOOST_TEST(forget_logins(folder.file("logins")) == "");
    late.join();
    BOOST_TEST(!std::filesystem::exists(entry));
}

BOOST_AUTO_TEST_SUITE_END()
