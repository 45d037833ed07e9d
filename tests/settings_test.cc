// The settings: the table, values as text and back, files, and the secrets beside them.

#define BOOST_TEST_MODULE settings_test
#include "common/error.h"
#include "common/settings.h"
#include "tests/support/temp_folder.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace smsspool;
using namespace std::string_literals;

namespace {

// The text of the Error(bad_input) that `body` throws; "no error" where it throws none.
std::string fault_of(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        BOOST_TEST((error.fault() == Fault::bad_input), error.what());
        return error.what();
    }
    return "no error";
}

const Setting<Config>& setting_named(std::string_view name) {
    for (const Setting<Config>& setting : settings()) {
        if (setting.name == name)
            return setting;
    }
    throw std::logic_error(std::string(name));
}

// The value of a setting after it was set to `text`.
std::string after(const std::string& name, const std::string& text) {
    Config config;
    assign(config, name, text);
    return show(setting_named(name), config);
}

struct Files {
    TempFolder folder;
    std::string conf = folder.file("a.conf");

    Config read(const std::string& content) {
        (void)folder.write("a.conf", content);
        return load({conf});
    }
    // What is wrong with a file of this content, without the folder.
    std::string complaint(const std::string& content) {
        std::string text = fault_of([&] { (void)read(content); });
        const std::string prefix = folder.path() + "/";
        if (text.starts_with(prefix))
            text.erase(0, prefix.size());
        return text;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(settings_test)

BOOST_AUTO_TEST_CASE(every_default_is_within_its_limits) {
    const Config defaults;
    std::set<std::string_view> names;
    for (const Setting<Config>& setting : settings()) {
        BOOST_TEST_CONTEXT(setting.name) {
            BOOST_TEST(names.insert(setting.name).second);
            BOOST_TEST(!setting.help.empty());
            const std::string text = show(setting, defaults);
            Config config;
            BOOST_CHECK_NO_THROW(assign(config, setting.name, text));
            BOOST_TEST(show(setting, config) == text);
        }
    }
    names.clear();
    for (const Setting<ModemConfig>& setting : modem_settings()) {
        BOOST_TEST_CONTEXT(setting.name) {
            BOOST_TEST(names.insert(setting.name).second);
            BOOST_TEST(!setting.help.empty());
            const std::string text = show(setting, ModemConfig{});
            ModemConfig config;
            BOOST_CHECK_NO_THROW(assign(config, setting.name, text));
            BOOST_TEST(show(setting, config) == text);
        }
    }
    names.clear();
    for (const Setting<ProviderConfig>& setting : provider_settings()) {
        BOOST_TEST_CONTEXT(setting.name) {
            BOOST_TEST(names.insert(setting.name).second);
            BOOST_TEST(!setting.help.empty());
            const std::string text = show(setting, ProviderConfig{});
            ProviderConfig config;
            BOOST_CHECK_NO_THROW(assign(config, setting.name, text));
            BOOST_TEST(show(setting, config) == text);
        }
    }
    names.clear();
    for (const Setting<RouteConfig>& setting : route_settings()) {
        BOOST_TEST_CONTEXT(setting.name) {
            BOOST_TEST(names.insert(setting.name).second);
            BOOST_TEST(!setting.help.empty());
            RouteConfig config;
            assign(config, setting.name, "a b");
            BOOST_TEST(show(setting, config) == "a b");
        }
    }
    names.clear();
    for (const Setting<RemoteConfig>& setting : remote_settings()) {
        BOOST_TEST_CONTEXT(setting.name) {
            BOOST_TEST(names.insert(setting.name).second);
            BOOST_TEST(!setting.help.empty());
            const std::string text = show(setting, RemoteConfig{});
            RemoteConfig config;
            BOOST_CHECK_NO_THROW(assign(config, setting.name, text));
            BOOST_TEST(show(setting, config) == text);
        }
    }
    BOOST_CHECK_NO_THROW((void)load({}));
}

// The limits themselves are allowed; what is one beyond is refused and changes nothing.
BOOST_AUTO_TEST_CASE(limits) {
    for (const Setting<Config>& setting : settings()) {
        const bool number = std::holds_alternative<std::int64_t Config::*>(setting.member);
        const bool duration = std::holds_alternative<Ms Config::*>(setting.member);
        if (!number && !duration)
            continue;
        BOOST_TEST_CONTEXT(setting.name) {
            BOOST_TEST(setting.least < setting.most);
            const std::string unit = duration ? "ms" : "";
            Config config;
            const std::string before = show(setting, config);
            for (const std::int64_t bad : {setting.least - 1, setting.most + 1}) {
                const std::string text =
                    fault_of([&] { assign(config, setting.name, std::to_string(bad) + unit); });
                BOOST_TEST(text.find(setting.name) == 0U, text);
                BOOST_TEST(show(setting, config) == before);
            }
            for (const std::int64_t good : {setting.least, setting.most})
                BOOST_CHECK_NO_THROW(assign(config, setting.name, std::to_string(good) + unit));
        }
    }
}

BOOST_AUTO_TEST_CASE(units_and_words) {
    struct Case {
        const char* name;
        const char* text;
        const char* want;
    };
    const std::vector<Case> cases{
        {"valid_for", "60", "1m"}, // without a unit: seconds
        {"valid_for", "90s", "90s"},
        {"valid_for", "3600000ms", "1h"},
        {"valid_for", "90m", "90m"},
        {"valid_for", "48h", "2d"},
        {"valid_for", "30d", "30d"},
        {"busy_timeout", "1500ms", "1500ms"},
        {"retention", "0", "0s"},
        {"body_limit", "64k", "65536"},
        {"body_limit", "1M", "1048576"},
        {"body_limit", "4096", "4096"},
        {"max_parts", "007", "7"},
        {"alerts", "yes", "yes"},
        {"alerts", "true", "yes"},
        {"alerts", "on", "yes"},
        {"alerts", "1", "yes"},
        {"alerts", "no", "no"},
        {"alerts", "false", "no"},
        {"alerts", "off", "no"},
        {"alerts", "0", "no"},
        {"long_messages", "truncate", "truncate"},
        {"long_messages", "split", "split"},
        {"long_messages", "reject", "reject"},
        {"unknown", "resend", "resend"},
        {"unknown", "hold", "hold"},
        {"log_level", "error", "error"},
        {"log_level", "warning", "warning"},
        {"log_level", "info", "info"},
        {"log_level", "debug", "debug"},
        {"trace", "off", "off"},
        {"trace", "redacted", "redacted"},
        {"trace", "full", "full"},
        {"delivery_reports", "yes", "yes"},
        {"disk_reserve", "32M", "33554432"},
        {"network_validity", "0", "0s"},
        {"admins", "", ""},
        {"spool", "/a b/c=d", "/a b/c=d"},
    };
    for (const Case& c : cases)
        BOOST_TEST(after(c.name, c.text) == c.want, c.name << " = " << c.text);
}

BOOST_AUTO_TEST_CASE(values_that_are_none) {
    struct Case {
        const char* name;
        std::string text;
        const char* want; // the text of the error
    };
    const std::string huge = "9223372036854775808";
    const std::vector<Case> cases{
        {"max_parts", "", "max_parts must be a number from 1 to 255, not \"\""},
        {"max_parts", "x", "max_parts must be a number from 1 to 255, not \"x\""},
        {"max_parts", "-1", "max_parts must be a number from 1 to 255, not \"-1\""},
        {"max_parts", "+1", "max_parts must be a number from 1 to 255, not \"+1\""},
        {"max_parts", "1.5", "max_parts must be a number from 1 to 255, not \"1.5\""},
        {"max_parts", "5x", "max_parts must be a number from 1 to 255, not \"5x\""},
        {"max_parts", "5 ", "max_parts must be a number from 1 to 255, not \"5 \""},
        {"max_parts", "k", "max_parts must be a number from 1 to 255, not \"k\""},
        {"max_parts", "0x10", "max_parts must be a number from 1 to 255, not \"0x10\""},
        {"max_parts", "5s", "max_parts must be a number from 1 to 255, not \"5s\""},
        {"body_limit", "9223372036854775807M",
         "body_limit must be a number from 1024 to 67108864, not \"9223372036854775807M\""},
        {"body_limit", "64K", "body_limit must be a number from 1024 to 67108864, not \"64K\""},
        {"retention", "9223372036854775807d",
         "retention must be a time from 0s to 3650d, not \"9223372036854775807d\""},
        {"retention", "1w", "retention must be a time from 0s to 3650d, not \"1w\""},
        {"retention", "1D", "retention must be a time from 0s to 3650d, not \"1D\""},
        {"retention", "1h30m", "retention must be a time from 0s to 3650d, not \"1h30m\""},
        {"retention", "never", "retention must be a time from 0s to 3650d, not \"never\""},
        {"unknown", "Resend", "unknown must be one of resend hold, not \"Resend\""},
        {"unknown", "", "unknown must be one of resend hold, not \"\""},
        {"alerts", "maybe", "alerts must be one of yes no true false on off 1 0, not \"maybe\""},
        {"nonsense", "1", "there is no setting \"nonsense\" here"},
        {"", "1", "there is no setting \"\" here"},
        {"Spool", "x", "there is no setting \"Spool\" here"},
        {"device", "x", "there is no setting \"device\" here"}, // of a modem only
    };
    for (const Case& c : cases) {
        Config config;
        BOOST_TEST(fault_of([&] { assign(config, c.name, c.text); }) == c.want);
    }
    for (const std::string& text : {huge, huge + "0", std::string(5000, '9')})
        BOOST_TEST(fault_of([&] { (void)after("max_parts", text); }) != "no error");
}

BOOST_AUTO_TEST_CASE(durations_by_themselves) {
    struct Case {
        std::string text;
        std::optional<Ms> want;
    };
    const std::vector<Case> cases{
        {"30d", Ms(30LL * 24 * 60 * 60 * 1000)},
        {"500ms", Ms(500)},
        {"90", Ms(90'000)},
        {"0", Ms(0)},
        {"", std::nullopt},
        {"d", std::nullopt},
        {"-1d", std::nullopt},
        {"1w", std::nullopt},
        {"1 d", std::nullopt},
        {"9223372036854775807d", std::nullopt},
        {"1d\0"s, std::nullopt},
    };
    for (const Case& c : cases)
        BOOST_TEST((duration_from(c.text) == c.want), c.text);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(settings_files, Files)

BOOST_AUTO_TEST_CASE(a_file) {
    const Config config = read("# a comment\n"
                               "; another\n"
                               "\n"
                               "spool = /a/spool.sqlite\r\n"
                               "region=HK\n"
                               "\t  max_parts : 3  \n"
                               "service_numbers = 1 22\t333 ; said behind\n"
                               "admins =\n");
    BOOST_TEST(config.spool == "/a/spool.sqlite");
    BOOST_TEST(config.region == "HK");
    BOOST_TEST(config.max_parts == 3);
    BOOST_TEST(config.service_numbers == "1 22\t333");
    BOOST_TEST(config.admins == "");
    BOOST_REQUIRE(config.modems.size() == 1U);
    BOOST_TEST(config.modems[0].name == "modem");
}

BOOST_AUTO_TEST_CASE(forms_of_a_file) {
    struct Case {
        const char* name;
        std::string content;
        const char* region;
    };
    const std::vector<Case> cases{
        {"empty", "", "MX"},
        {"no newline at the end", "region = HK", "HK"},
        {"byte order mark", "\xEF\xBB\xBFregion = HK\n", "HK"},
        {"the last line wins", "region = HK\nregion = US\n", "US"},
        {"an indented line is a line of its own", "region = HK\n   region = US\n", "US"},
        {"whatever the white space", "region = HK\n\v\fregion = US\n", "US"},
        {"the longest line", "#" + std::string(197, 'x') + "\nregion = HK\n", "HK"},
    };
    for (const Case& c : cases)
        BOOST_TEST(read(c.content).region == c.region, c.name);
}

BOOST_AUTO_TEST_CASE(modems) {
    const Config config = read("region = HK\n"
                               "[modem sim1]\n"
                               "device = /dev/ttyUSB2\n"
                               "[modem sim2]\n"
                               "worker = loopback\n"
                               "air = /a/air.jsonl\n"
                               "[modem sim1]\n"
                               "smsc = +525500000000\n"
                               "[modem all-defaults]\n");
    BOOST_REQUIRE(config.modems.size() == 3U);
    BOOST_TEST(config.modems[0].name == "sim1");
    BOOST_TEST(config.modems[0].device == "/dev/ttyUSB2");
    BOOST_TEST(config.modems[0].smsc == "+525500000000");
    BOOST_TEST(config.modems[0].worker == "modem");
    BOOST_TEST(config.modems[1].name == "sim2");
    BOOST_TEST(config.modems[1].worker == "loopback");
    BOOST_TEST(config.modems[1].air == "/a/air.jsonl");
    BOOST_TEST(config.modems[2].name == "all-defaults");
    // Names that differ only at their end are two modems.
    const std::string stem(63, 'a');
    const Config twins = read("\xEF\xBB\xBF[modem " + stem + "1]\ndevice=/dev/1\n[modem " + stem +
                              "2]\ndevice=/dev/2\n");
    BOOST_REQUIRE(twins.modems.size() == 2U);
    BOOST_TEST(twins.modems[0].name == stem + "1");
    BOOST_TEST(twins.modems[0].device == "/dev/1");
    BOOST_TEST(twins.modems[1].device == "/dev/2");
}

BOOST_AUTO_TEST_CASE(providers) {
    const Config config = read("[provider hkt]\n"
                               "url = https://example.org/\n"
                               "per_hour = 100\n"
                               "[modem sim]\n"
                               "[route a]\n"
                               "modems = sim\n"
                               "fallback = hkt\n"
                               "[provider hkt]\n"
                               "in_flight = 2\n");
    BOOST_REQUIRE(config.modems.size() == 2U);
    BOOST_REQUIRE(config.modems[0].provider.has_value());
    BOOST_TEST(config.modems[0].name == "hkt");
    BOOST_TEST(config.modems[0].worker == "provider");
    BOOST_TEST(config.modems[0].provider->url == "https://example.org/");
    BOOST_TEST(config.modems[0].provider->in_flight == 2);
    BOOST_TEST(config.modems[0].per_hour == 100);
    BOOST_TEST(!config.modems[1].provider.has_value());
    BOOST_TEST(sender_of("hkt") == "hkt");
    BOOST_TEST(sender_of("hkt/12") == "hkt");
}

BOOST_AUTO_TEST_CASE(routes) {
    const Config config = read("[route codes]\n"
                               "labels = otp  login\n"
                               "modems = a b\n"
                               "[modem a]\n"
                               "[modem b]\n"
                               "per_hour = 100\n"
                               "[route abroad]\n"
                               "modems = b\n"
                               "fallback = a\n"
                               "prefixes = +1 +44\n"
                               "[route codes]\n"
                               "users = ana\n");
    BOOST_REQUIRE(config.routes.size() == 2U); // in the order of the file
    BOOST_TEST(config.routes[0].name == "codes");
    BOOST_TEST(config.routes[0].labels == "otp  login");
    BOOST_TEST(config.routes[0].users == "ana");
    BOOST_TEST(config.routes[0].modems == "a b");
    BOOST_TEST(config.routes[0].fallback == "");
    BOOST_TEST(config.routes[1].name == "abroad");
    BOOST_TEST(config.routes[1].prefixes == "+1 +44");
    BOOST_TEST(config.routes[1].fallback == "a");
    BOOST_REQUIRE(config.modems.size() == 2U);
    BOOST_TEST(config.modems[1].per_hour == 100);
    BOOST_TEST(load({}).routes.empty());
    // A modem and a route may have one name.
    BOOST_TEST(read("[modem a]\n[route a]\nmodems = a\n").routes.at(0).name == "a");
}

const std::string good_remote = "url = https://api.example.org/sms\n"
                                "number = +40 700\n"
                                "country = RO\n"
                                "keycloak_url = https://id.example.org/\n"
                                "username = gateway\n"
                                "password_file = /a/password\n";

BOOST_AUTO_TEST_CASE(remotes) {
    const Config config = read("[remote centre]\n" + good_remote +
                               "[remote open]\n"
                               "url = http://127.0.0.1:8080\n"
                               "number = 1\n"
                               "country = MX\n"
                               "grant = none\n"
                               "user = ana\n"
                               "poll_interval = 500ms\n"
                               "[modem a]\n"
                               "[remote centre]\n"
                               "in_hand_most = 7\n");
    BOOST_REQUIRE(config.remotes.size() == 2U);
    const RemoteConfig& centre = config.remotes[0];
    BOOST_TEST(centre.name == "centre");
    BOOST_TEST(centre.url == "https://api.example.org/sms");
    BOOST_TEST(centre.user == "pull-centre");
    BOOST_TEST(centre.in_hand_most == 7);
    BOOST_TEST((centre.poll_interval == std::chrono::seconds(10)));
    BOOST_TEST((centre.grant == Grant::password));
    BOOST_TEST(centre.realm == "sr");
    BOOST_TEST(centre.client_id == "sms-gateway");
    BOOST_TEST(config.remotes[1].user == "ana");
    BOOST_TEST((config.remotes[1].grant == Grant::none));
    BOOST_TEST((config.remotes[1].poll_interval == Ms(500)));
    BOOST_TEST(config.modems.size() == 1U);
    BOOST_TEST(load({}).remotes.empty());
    // A modem and a remote may have one name.
    BOOST_TEST(read("[modem a]\n[remote a]\n" + good_remote).remotes.at(0).name == "a");
}

BOOST_AUTO_TEST_CASE(remotes_that_are_wrong) {
    struct Case {
        const char* name;
        const char* more;
        const char* want; // the beginning of what is said; empty: nothing
    };
    const char* const plain =
        " must be https://HOST/PATH without a user or a query, or http on this";
    const char* const which = "one of keycloak_url, token_url and issuer must be given";
    const std::string url = std::string("url") + plain;
    const std::string keycloak = std::string("keycloak_url") + plain;
    const std::string issuer = std::string("issuer") + plain;
    const std::vector<Case> cases{
        {"as it is", "", ""},
        {"no url", "url =", url.c_str()},
        {"plain to elsewhere", "url = http://api.example.org", url.c_str()},
        {"plain to a name like this machine's", "url = http://127.0.0.1.example.org", url.c_str()},
        {"plain to this machine", "url = http://localhost:8080/x", ""},
        {"by IPv6", "url = http://[::1]:8080", ""},
        {"another scheme", "url = ftp://api.example.org", url.c_str()},
        {"a user in it", "url = https://a:b@api.example.org", url.c_str()},
        {"a query", "url = https://api.example.org/?a=b", url.c_str()},
        {"a blank", "url = https://api.example.org/a b", url.c_str()},
        {"a plain server of tokens", "keycloak_url = http://id.example.org", keycloak.c_str()},
        {"no number", "number =", "number must be the gateway's own number"},
        {"a number without digits", "number = + -", "number must be the gateway's own number"},
        {"a path", "number = 1/2", "number must be the gateway's own number"},
        {"no country", "country =", "country must be the two letters"},
        {"a country of three letters", "country = ROU", "country must be the two letters"},
        {"digits", "country = 40", "country must be the two letters"},
        {"a tenant", "tenant = a b", ""},
        {"a tenant not in ASCII", "tenant = ñ", "tenant must be ASCII"},
        {"a user with a blank", "user = a b", "user must be ASCII without"},
        {"a user with a colon", "user = a:b", "user must be ASCII without"},
        {"a label", "label = otp", ""},
        {"a label with a blank", "label = a b", "label must be up to 64"},
        {"pauses the wrong way round", "retry_first = 10m", "retry_first must not be more than"},
        {"two servers", "token_url = https://id.example.org/t", which},
        {"two others", "issuer = https://id.example.org/t", which},
        {"no server", "keycloak_url =", which},
        {"a server and no grant", "grant = none", "grant = none asks nobody for a token"},
        {"an issuer", "keycloak_url =\nissuer = https://id.example.org", ""},
        {"an endpoint", "keycloak_url =\ntoken_url = https://id.example.org/t", ""},
        {"a plain issuer", "keycloak_url =\nissuer = http://id.example.org", issuer.c_str()},
        {"no realm", "realm =", "realm must be written"},
        {"a realm with a slash", "realm = a/b", "realm must be written"},
        {"a realm as it stands there", "realm = my%20realm", ""},
        {"no client", "client_id =", "client_id must be given"},
        {"no user", "username =", "grant = password needs username and password_file"},
        {"no password", "password_file =", "grant = password needs username and password_file"},
        {"no secret", "grant = client_credentials",
         "grant = client_credentials needs client_secret_file"},
        {"a secret", "grant = client_credentials\nclient_secret_file = /a/b", ""},
        {"scopes", "scope = ñ", "scope must be ASCII"},
        {"no scope", "scope =", ""},
    };
    for (const Case& c : cases) {
        const std::string want =
            *c.want != '\0' ? std::string("[remote a]: ") + c.want : "no error";
        const std::string found = complaint("[remote a]\n" + good_remote + c.more + "\n");
        BOOST_TEST(found.substr(0, want.size()) == want, c.name << ": " << found);
    }
    BOOST_TEST(complaint("[remote a]\n").starts_with("[remote a]: url"));
    BOOST_TEST(complaint("[remote a/b]\n") ==
               "a.conf:1: the name of a remote has up to 64 letters, digits, and any of _ . -");
}

BOOST_AUTO_TEST_CASE(words_of_a_list) {
    const struct {
        const char* list;
        std::vector<std::string> want;
    } cases[] = {
        {"", {}}, {" \t ", {}}, {"a", {"a"}}, {" a\tb  c ", {"a", "b", "c"}}, {"a,b", {"a,b"}},
    };
    for (const auto& c : cases)
        BOOST_TEST(words_in(c.list) == c.want, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(later_files_win) {
    const std::string first =
        folder.write("1.conf", "region = HK\nmax_parts = 3\n[modem a]\ndevice=/dev/1\n");
    const std::string second =
        folder.write("2.conf", "max_parts = 4\n[modem a]\nsmsc=+1234567\n[modem b]\n");
    const Config config = load({first, second});
    BOOST_TEST(config.region == "HK");
    BOOST_TEST(config.max_parts == 4);
    BOOST_REQUIRE(config.modems.size() == 2U);
    BOOST_TEST(config.modems[0].device == "/dev/1");
    BOOST_TEST(config.modems[0].smsc == "+1234567");
    BOOST_TEST(load({second, first}).max_parts == 3);
}

BOOST_AUTO_TEST_CASE(complaints_name_the_line) {
    const std::string modem_rule =
        "the name of a modem has up to 64 letters, digits, and any of _ . -";
    const std::string route_rule =
        "the name of a route has up to 64 letters, digits, and any of _ . -";
    struct Case {
        const char* name;
        std::string content;
        std::string want;
    };
    const std::vector<Case> cases{
        {"unknown setting", "region = HK\n\nregoin = HK\n",
         "a.conf:3: there is no setting \"regoin\" here"},
        {"unknown setting, indented", "region = HK\n  regoin = HK\n",
         "a.conf:2: there is no setting \"regoin\" here"},
        {"bad value", "\n# x\nmax_parts = 0\n",
         "a.conf:3: max_parts must be a number from 1 to 255, not \"0\""},
        {"not the first of two", "max_parts = 0\nregoin = 1\n",
         "a.conf:1: max_parts must be a number from 1 to 255, not \"0\""},
        {"a line that is none", "region = HK\nnonsense\n",
         "a.conf:2: neither a [section] nor a line \"name = value\""},
        {"a section that is not closed", "[modem a\ndevice = x\n",
         "a.conf:1: neither a [section] nor a line \"name = value\""},
        {"unknown section", "\n[modems]\nx = 1\n", "a.conf:2: there is no section [modems]"},
        {"unknown section without lines", "[nonsense]\n",
         "a.conf:1: there is no section [nonsense]"},
        {"a modem without a name", "[modem]\n", "a.conf:1: there is no section [modem]"},
        {"a modem with an empty name", "[modem ]\ndevice = x\n", "a.conf:1: " + modem_rule},
        {"a modem with a path", "[modem ../x]\ndevice = x\n", "a.conf:1: " + modem_rule},
        {"a modem with a long name", "[modem " + std::string(65, 'a') + "]\n",
         "a.conf:1: " + modem_rule},
        {"a modem and a provider of one name", "[modem a]\n[provider a]\n",
         "a.conf:2: a modem and a provider cannot both be called a"},
        {"a provider and a modem of one name", "[provider a]\n[modem a]\n",
         "a.conf:2: a modem and a provider cannot both be called a"},
        {"a setting of a modem", "[provider a]\ndevice = /dev/x\n",
         "a.conf:2: there is no setting \"device\" here"},
        {"a route without a name", "[route]\n", "a.conf:1: there is no section [route]"},
        {"a route with an empty name", "[route ]\nmodems = x\n", "a.conf:1: " + route_rule},
        {"a route with a blank", "[route a b]\n", "a.conf:1: " + route_rule},
        {"a route with a long name", "[route " + std::string(65, 'a') + "]\n",
         "a.conf:1: " + route_rule},
        {"a setting of a modem in a route", "[route a]\ndevice = x\n",
         "a.conf:2: there is no setting \"device\" here"},
        {"a setting of a route in a modem", "[modem a]\nprefixes = +1\n",
         "a.conf:2: there is no setting \"prefixes\" here"},
        {"a setting of all in a modem", "[modem a]\nregion = HK\n",
         "a.conf:2: there is no setting \"region\" here"},
        {"a setting of a modem outside", "device = x\n",
         "a.conf:1: there is no setting \"device\" here"},
        {"a line too long", "region = HK\nadmins = " + std::string(190, 'x') + "\n",
         "a.conf:2: the line is longer than 198 bytes"},
        {"a comment too long", "#" + std::string(198, 'x') + "\n",
         "a.conf:1: the line is longer than 198 bytes"},
        {"zero byte", "region = HK\0garbage\n"s, "a.conf:1: the line holds a zero byte"},
        {"not text at all",
         "\x7F"
         "ELF\x02\x01\x01",
         "a.conf:1: neither a [section] nor a line \"name = value\""},
    };
    for (const Case& c : cases)
        BOOST_TEST(complaint(c.content) == c.want, c.name);
}

BOOST_AUTO_TEST_CASE(settings_that_contradict_each_other) {
    struct Case {
        const char* content;
        const char* want;
    };
    const std::vector<Case> cases{
        {"reply_timeout = 700\n", "reply_timeout must not be more than reply_timeout_most"},
        {"heartbeat_interval = 11\n", "heartbeat_stale must be at least twice heartbeat_interval"},
        {"message_length = 200\ntext_limit = 160\n",
         "message_length must not be more than text_limit"},
        {"retry_first = 11m\n", "retry_first must not be more than retry_most"},
        {"network_first = 61\n", "network_first must not be more than network_most"},
        {"worker_pause = 31\n", "worker_pause must not be more than worker_pause_most"},
        {"probe_first = 9\n", "probe_first must not be more than probe_most"},
        {"webhook_first = 2h\n", "webhook_first must not be more than webhook_most"},
        {"webhooks = yes\n", "webhooks need a webhook_key_file"},
        {"webhook_networks = 10.0.0.0/8 here\n",
         "webhook_networks must be addresses or networks (ADDRESS/BITS), separated by spaces"},
        {"valid_for = 31d\n", "valid_for must not be more than valid_for_most"},
        {"valid_for_most = 23h\n", "valid_for must not be more than valid_for_most"},
        {"[route a]\n", "[route a]: modems must name at least one modem"},
        {"[route a]\nmodems =\n", "[route a]: modems must name at least one modem"},
        {"[route a]\nfallback = modem\n", "[route a]: modems must name at least one modem"},
        {"[route a]\nmodems = modem other\n", "[route a]: there is no section [modem other]"},
        {"[route a]\nmodems = modem\nfallback = other\n",
         "[route a]: there is no section [modem other]"},
        {"[modem b]\n[route a]\nmodems = modem\n", "[route a]: there is no section [modem modem]"},
        {"[provider a]\n", "[provider a]: url must be https://HOST/PATH, without a user"},
        {"[provider a]\nurl = https://b/\ntimeout = 90s\n",
         "[provider a]: timeout must be less than send_deadline"},
        {"[modem a]\nworker = provider\n", "[modem a]: a provider has a section [provider a]"},
        {"[route a]\nmodems = modem\n", "no error"}, // the one that is there without a section
        {"[modem a]\nworker = ../bin/sh\n",
         "[modem a]: worker must be a program's name without a path"},
        {"[modem a]\nworker =\n", "[modem a]: worker must be a program's name without a path"},
        {"reply_timeout = 700\nreply_timeout_most = 700\n", "no error"},
        {"heartbeat_interval = 10\n", "no error"},
    };
    for (const Case& c : cases)
        BOOST_TEST(complaint(c.content) == c.want, c.content);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read) {
    const std::string missing = folder.file("missing.conf");
    BOOST_TEST(fault_of([&] { (void)load({missing}); }) == missing + ": No such file or directory");
    BOOST_TEST(fault_of([&] { (void)load({folder.path()}); }) ==
               folder.path() + ": it cannot be read");
}

BOOST_AUTO_TEST_CASE(which_files_are_the_default) {
    struct Case {
        const char* value; // nullptr: not set
        std::vector<std::string> want;
    };
    const std::vector<Case> cases{
        {nullptr, {"/etc/smsspool/smsspool.conf"}},
        {"/a", {"/a"}},
        {"/a:/b", {"/a", "/b"}},
        {":/a::/b:", {"/a", "/b"}},
        {"", {}},
    };
    for (const Case& c : cases) {
        if (c.value == nullptr)
            ::unsetenv("SMSSPOOL_CONF");
        else
            ::setenv("SMSSPOOL_CONF", c.value, 1);
        BOOST_TEST(default_files() == c.want, boost::test_tools::per_element());
    }
    ::unsetenv("SMSSPOOL_CONF");
}

BOOST_AUTO_TEST_CASE(secrets) {
    struct Case {
        const char* name;
        mode_t mode;
        std::string content;
        std::string want;
    };
    const std::vector<Case> cases{
        {"owner only", 0600, "1234\n", "1234"},
        {"owner and group", 0640, "1234", "1234"},
        {"written on Windows", 0600, "1234\r\nmore\r\n", "1234"},
        {"empty", 0600, "", ""},
        {"blanks belong to it", 0600, " 12 34 \n", " 12 34 "},
    };
    for (const Case& c : cases) {
        const std::string file = folder.write("pin", c.content);
        BOOST_REQUIRE(::chmod(file.c_str(), c.mode) == 0);
        BOOST_TEST(read_secret(file) == c.want, c.name);
    }
}

BOOST_AUTO_TEST_CASE(secrets_that_are_none) {
    struct Case {
        const char* name;
        std::string file;
        mode_t mode;
        Fault want;
    };
    const std::string file = folder.write("pin", "1234\n");
    const std::vector<Case> cases{
        {"others may read", file, 0604, Fault::denied},
        {"others may write", file, 0602, Fault::denied},
        {"others may run", file, 0601, Fault::denied},
        {"missing", folder.file("missing"), 0, Fault::unavailable},
        {"a folder", folder.path(), 0700, Fault::unavailable},
    };
    for (const Case& c : cases) {
        if (c.mode != 0)
            BOOST_REQUIRE(::chmod(c.file.c_str(), c.mode) == 0);
        BOOST_CHECK_EXCEPTION((void)read_secret(c.file), Error, [&](const Error& error) {
            const std::string text = error.what();
            return error.fault() == c.want && text.find("1234") == std::string::npos &&
                   text.find(c.file) == 0;
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()
