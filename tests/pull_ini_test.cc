// config.ini of the gateway program (contract 4A.2): its lines, its keys, and what is wrong with
// one.

#define BOOST_TEST_MODULE pull_ini_test
#include "common/error.h"
#include "common/remote.h"
#include "pull/ini.h"
#include "tests/support/temp_folder.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

struct Lines {
    std::string modem = "ModemNr = +40 700-000\nCountry = RO\n";
    std::string service = "ServiceSMSURL = https://api.example.org/sms\n";
    std::string keycloak = "KeycloakURL = https://id.example.org\nKeycloakUser = gateway\n"
                           "KeycloakPassword = secret\n";
    std::string logging;

    [[nodiscard]] std::string text() const {
        return "[MODEM]\n" + modem + "[SERVICE]\n" + service + "[KEYCLOAK]\n" + keycloak +
               "[LOGGING]\n" + logging;
    }
};

struct Files {
    TempFolder folder;
    std::string file = folder.file("config.ini");

    void write(const std::string& content, mode_t mode = 0600) const {
        (void)folder.write("config.ini", content);
        BOOST_REQUIRE(::chmod(file.c_str(), mode) == 0);
    }
    [[nodiscard]] IniConfig read(const std::string& content) const {
        write(content);
        return read_ini(file);
    }
    // What is wrong with a file of this content, without its folder; empty: nothing.
    [[nodiscard]] std::string complaint(const std::string& content) const {
        try {
            (void)read(content);
            return {};
        } catch (const Error& error) {
            BOOST_TEST((error.fault() == Fault::bad_input), error.what());
            const std::string text = error.what();
            const std::string prefix = folder.path() + "/";
            return text.starts_with(prefix) ? text.substr(prefix.size()) : "no place: " + text;
        }
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pull_ini_test, Files)

BOOST_AUTO_TEST_CASE(what_must_be_there_and_the_defaults) {
    const IniConfig config = read(Lines{}.text());
    BOOST_TEST(config.remote.number == "+40 700-000");
    BOOST_TEST(config.remote.country == "RO");
    BOOST_TEST(config.remote.url == "https://api.example.org/sms");
    BOOST_TEST(config.remote.keycloak_url == "https://id.example.org");
    BOOST_TEST(config.remote.username == "gateway");
    BOOST_TEST(config.remote.realm == "sr");
    BOOST_TEST(config.remote.client_id == "sms-gateway");
    BOOST_TEST((config.remote.poll_interval == 10s));
    BOOST_TEST((config.remote.grant == Grant::password));
    BOOST_TEST(config.remote.scope == "openid profile email");
    BOOST_TEST((config.log_level == Verbosity::info));
    BOOST_TEST(config.remarks.empty());
    BOOST_TEST(!config.remote.name.empty());
    BOOST_TEST(config.remote.user == "pull-" + config.remote.name);
    BOOST_TEST(remote_fault(config.remote).value_or("") == "");
    BOOST_TEST(config.remote.secrets_ini == file);
    BOOST_TEST(read_ini_secrets(file).password == "secret");
    BOOST_TEST(read_ini_secrets(file).client_secret == "");
}

BOOST_AUTO_TEST_CASE(everything_else_that_it_can_say) {
    Lines lines;
    lines.modem += "ModemTimeOutInSec = 45\n";
    lines.service += "SleepTimeInSec = 3\n";
    lines.keycloak += "KeycloakRealm = other\nKeycloakClientId = ContextBroker\n"
                      "KeycloakClientSecret = s=c:r;et #1\n";
    lines.logging = "LogLevel = DEBUG\nLogFile = /var/log/sms.log\nMaxLogFileSize = 10485760\n"
                    "LogBackupCount = 5\n";
    const IniConfig config = read(lines.text());
    BOOST_TEST((config.remote.poll_interval == 3s));
    BOOST_TEST(config.remote.realm == "other");
    BOOST_TEST(config.remote.client_id == "ContextBroker");
    BOOST_TEST((config.log_level == Verbosity::debug));
    BOOST_TEST(read_ini_secrets(file).client_secret == "s=c:r;et #1");
    BOOST_REQUIRE(config.remarks.size() == 1U);
    BOOST_TEST(config.remarks[0].starts_with("LogFile (/var/log/sms.log) is not written"));
    // Nothing of a secret is kept among the settings.
    for (const auto& setting : remote_settings())
        BOOST_TEST(show(setting, config.remote).find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(forms_of_a_line) {
    struct Case {
        const char* name;
        std::string line;
        const char* password;
    };
    const std::vector<Case> cases{
        {"as shipped", "KeycloakPassword = a b", "a b"},
        {"a colon", "KeycloakPassword: a", "a"},
        {"no blanks", "KeycloakPassword=a=b", "a=b"},
        {"capitals", "KEYCLOAKPASSWORD = a", "a"},
        {"small letters", "keycloakpassword = a", "a"},
        {"blanks behind", "KeycloakPassword =  a\t \r", "a"},
        {"a comment behind is none", "KeycloakPassword = a ; b # c", "a ; b # c"},
        {"quotation marks stay", "KeycloakPassword = \"a\"", "\"a\""},
        {"a percent sign", "KeycloakPassword = 100%a%(b)s%", "100%a%(b)s%"},
        {"a doubled one", "KeycloakPassword = a%%b%%%%c%%%", "a%b%%c%%"},
        {"not ASCII", "KeycloakPassword = ñ", "ñ"},
        {"comments before it", "# x\n  ; y\n\nKeycloakPassword = a", "a"},
        {"an empty line behind it", "KeycloakPassword = a\n\n", "a"},
        {"long", "KeycloakPassword = " + std::string(5000, 'x'), nullptr},
    };
    for (const Case& row : cases) {
        BOOST_TEST_CONTEXT(row.name) {
            Lines lines;
            lines.keycloak =
                "KeycloakURL = https://id.example.org\nKeycloakUser = gateway\n" + row.line + "\n";
            write(lines.text());
            const std::string want =
                row.password != nullptr ? row.password : std::string(5000, 'x');
            BOOST_TEST(read_ini_secrets(file).password == want);
        }
    }
}

BOOST_AUTO_TEST_CASE(forms_of_a_file) {
    const std::string good = Lines{}.text();
    BOOST_TEST(complaint("\xEF\xBB\xBF" + good) == "");
    BOOST_TEST(complaint("# comment\n\n" + good.substr(0, good.size() - 1)) == "");
    BOOST_TEST(complaint("[OTHER]\nx = 1\n" + good) == "");
    // [DEFAULT] speaks for all sections, which go over it.
    Lines lines;
    lines.modem = "ModemNr = 1\n";
    const IniConfig config = read("[DEFAULT]\nCountry = DE\nModemNr = 2\n" + lines.text());
    BOOST_TEST(config.remote.country == "DE");
    BOOST_TEST(config.remote.number == "1");
}

BOOST_AUTO_TEST_CASE(sections_that_are_missing) {
    const std::string good = Lines{}.text();
    for (const char* section : {"MODEM", "SERVICE", "KEYCLOAK", "LOGGING"}) {
        std::string content = good;
        content.replace(content.find("["s + section), 1 + std::string(section).size(), "[XX");
        BOOST_TEST(complaint(content) ==
                   "config.ini: Missing required configuration section: "s + section);
        content.replace(content.find("[XX"), 3, "[m"); // sections are in capitals
        BOOST_TEST(complaint(content) ==
                   "config.ini: Missing required configuration section: "s + section);
    }
    BOOST_TEST(complaint("") == "config.ini: Missing required configuration section: MODEM");
}

BOOST_AUTO_TEST_CASE(keys_that_are_missing) {
    struct Case {
        const char* section;
        const char* key;
    };
    const std::vector<Case> cases{
        {"MODEM", "ModemNr"},        {"MODEM", "Country"},         {"SERVICE", "ServiceSMSURL"},
        {"KEYCLOAK", "KeycloakURL"}, {"KEYCLOAK", "KeycloakUser"}, {"KEYCLOAK", "KeycloakPassword"},
    };
    for (const Case& row : cases) {
        const std::string want = "config.ini: ["s + row.section + "] " + row.key + " is missing";
        std::string content = Lines{}.text();
        const std::size_t at = content.find(row.key + " ="s);
        content.insert(at, "x");
        BOOST_TEST(complaint(content) == want);
        content = Lines{}.text();
        content.replace(at, content.find('\n', at) - at, row.key + " ="s);
        BOOST_TEST(complaint(content) == want);
    }
}

BOOST_AUTO_TEST_CASE(values_that_are_wrong) {
    struct Case {
        const char* name;
        std::string Lines::*part;
        std::string more;
        std::string want;
    };
    const std::string sleep =
        "config.ini: [SERVICE] SleepTimeInSec must be a number from 1 to 86400, not ";
    const std::string patience =
        "config.ini: [MODEM] ModemTimeOutInSec must be a number from 1 to 86400, not ";
    const std::vector<Case> cases{
        {"zero", &Lines::service, "SleepTimeInSec = 0", sleep + "\"0\""},
        {"negative", &Lines::service, "SleepTimeInSec = -1", sleep + "\"-1\""},
        {"a fraction", &Lines::service, "SleepTimeInSec = 1.5", sleep + "\"1.5\""},
        {"a word", &Lines::service, "SleepTimeInSec = ten", sleep + "\"ten\""},
        {"a comment behind", &Lines::service, "SleepTimeInSec = 10 ; s", sleep + "\"10 ; s\""},
        {"too many", &Lines::service, "SleepTimeInSec = 86401", sleep + "\"86401\""},
        {"huge", &Lines::service, "SleepTimeInSec = 99999999999999999999",
         sleep + "\"99999999999999999999\""},
        {"the most", &Lines::service, "SleepTimeInSec = 86400", ""},
        {"the other number", &Lines::modem, "ModemTimeOutInSec = 0", patience + "\"0\""},
        {"a level", &Lines::logging, "LogLevel = LOUD",
         "config.ini: [LOGGING] LogLevel must be one of DEBUG INFO WARNING ERROR CRITICAL, not "
         "\"LOUD\""},
        {"stands twice", &Lines::modem, "country = RO",
         "config.ini:4: country stands twice in its section"},
        {"an indented line", &Lines::modem, "  ModemTimeOutInSec = 3",
         "config.ini:4: an indented line would go on with the value before it: a value has one "
         "line"},
        {"no line", &Lines::modem, "nonsense",
         "config.ini:4: neither a [section] nor a line \"key = value\" in one"},
        {"no key", &Lines::modem, "= x",
         "config.ini:4: neither a [section] nor a line \"key = value\" in one"},
        {"a zero byte", &Lines::modem, "x = a\0b"s, "config.ini:4: the line holds a zero byte"},
        {"a second section", &Lines::logging, "[MODEM]", "config.ini:11: a second section [MODEM]"},
        {"a realm", &Lines::keycloak, "KeycloakRealm = a/b",
         "config.ini: [KEYCLOAK] KeycloakRealm must be written as it stands in an address"},
    };
    for (const Case& row : cases) {
        BOOST_TEST_CONTEXT(row.name) {
            Lines lines;
            lines.*row.part += row.more + "\n";
            BOOST_TEST(complaint(lines.text()) == row.want);
        }
    }
    BOOST_TEST(complaint("x = 1\n") ==
               "config.ini:1: neither a [section] nor a line \"key = value\" in one");
}

// What a remote's settings complain about is said in the words of this file.
BOOST_AUTO_TEST_CASE(addresses_and_names_that_are_wrong) {
    struct Case {
        const char* from;
        const char* to;
        const char* want;
    };
    const std::vector<Case> cases{
        {"https://api", "http://api", "[SERVICE] ServiceSMSURL must be https://HOST/PATH"},
        {"https://id", "http://id", "[KEYCLOAK] KeycloakURL must be https://HOST/PATH"},
        {"https://id.example.org", "http://localhost:8080", ""},
        {"Country = RO", "Country = Romania", "[MODEM] Country must be the two letters"},
        {"+40 700-000", "none/..", "[MODEM] ModemNr must be the gateway's own number"},
    };
    for (const Case& row : cases) {
        std::string content = Lines{}.text();
        content.replace(content.find(row.from), std::string(row.from).size(), row.to);
        const std::string want = *row.want != '\0' ? "config.ini: "s + row.want : "";
        BOOST_TEST(complaint(content).substr(0, want.size()) == want);
        BOOST_TEST(complaint(content).empty() == want.empty());
    }
}

BOOST_AUTO_TEST_CASE(levels) {
    struct Case {
        const char* word;
        Verbosity want;
    };
    const std::vector<Case> cases{
        {"DEBUG", Verbosity::debug},  {"info", Verbosity::info},   {"Warning", Verbosity::warning},
        {"WARN", Verbosity::warning}, {"ERROR", Verbosity::error}, {"CRITICAL", Verbosity::error},
        {"FATAL", Verbosity::error},  {"", Verbosity::info},
    };
    for (const Case& row : cases) {
        Lines lines;
        lines.logging = "LogLevel = "s + row.word + "\n";
        BOOST_TEST((read(lines.text()).log_level == row.want), row.word);
    }
}

// It holds a password.
BOOST_AUTO_TEST_CASE(a_file_that_others_may_read) {
    for (const mode_t mode : {0604U, 0644U, 0602U, 0601U}) {
        write(Lines{}.text(), mode);
        BOOST_CHECK_EXCEPTION((void)read_ini(file), Error, [&](const Error& error) {
            return error.fault() == Fault::denied &&
                   error.what() == file + ": others may use it; chmod o-rwx";
        });
    }
    for (const mode_t mode : {0600U, 0640U, 0400U}) {
        write(Lines{}.text(), mode);
        BOOST_CHECK_NO_THROW((void)read_ini(file));
        BOOST_REQUIRE(::chmod(file.c_str(), 0600) == 0);
    }
    BOOST_CHECK_EXCEPTION((void)read_ini(folder.file("none")), Error,
                          [](const Error& error) { return error.fault() == Fault::unavailable; });
    BOOST_TEST(complaint(std::string(70000, '#')) == "config.ini: it is longer than 64k");
}

BOOST_AUTO_TEST_SUITE_END()
