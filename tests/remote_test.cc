// A remote API in both of its dialects: what its answers mean, what it is asked and told, to the
// letter, and in which words.

#define BOOST_TEST_MODULE remote_test
#include "common/remote.h"
#include "pull/backoff.h"
#include "pull/oauth.h"
#include "pull/remote.h"
#include "tests/support/temp_folder.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <string>
#include <sys/stat.h>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

using End = HttpAnswer::End;
using How = RemoteOutcome::How;
using Method = HttpRequest::Method;
using Texts = std::vector<std::string>;
using Keys = Dialect::Keys;
using Words = Dialect::Words;

HttpAnswer answered(int status, const std::string& body = "") {
    return {End::complete, status, body, "", false, 0, ""};
}

// Answers by a function of the request, and keeps what it was asked, a line each.
class FakeHttp : public Http {
public:
    HttpAnswer exchange(const HttpRequest& request) override {
        constexpr const char* methods[] = {"POST ", "GET ", "PATCH "};
        requests.push_back(request);
        asked.push_back(methods[static_cast<int>(request.method)] +
                        request.url.substr(base.size()) +
                        (request.body.empty() ? "" : " " + request.body));
        return answer(request);
    }
    HttpAnswer connect(const HttpRequest&) override { throw std::logic_error("connect"); }

    const std::string base = "https://api.example.org/sms";
    std::function<HttpAnswer(const HttpRequest&)> answer = [](const HttpRequest&) {
        return answered(404);
    };
    Texts asked;
    std::vector<HttpRequest> requests;
};

struct Desk {
    RemoteConfig config;
    FakeHttp http;
    std::optional<Tokens> tokens;
    std::optional<Remote> remote;

    Desk() {
        config.name = "centre";
        config.url = "https://api.example.org/sms/";
        config.number = "+40 712-345 678";
        config.country = "RO";
        config.grant = Grant::none;
    }
    Remote& open() {
        BOOST_TEST(remote_fault(config).value_or("") == "");
        tokens.emplace(config, http);
        return remote.emplace(config, http, *tokens);
    }
    // Each request gets the next of these, the last one ever after.
    void answers(const std::vector<HttpAnswer>& list) {
        http.answer = [this, list](const HttpRequest&) {
            return list[std::min(http.asked.size(), list.size()) - 1];
        };
    }
};

std::string text_of(const std::optional<Dialect>& dialect) {
    if (!dialect)
        return "none";
    return std::string(dialect->keys == Keys::camel ? "camel" : "pascal") +
           (dialect->words == Words::names ? " names" : " numbers");
}

std::string text_of(How how) {
    constexpr const char* words[] = {"done", "nothing", "refused", "denied", "trouble"};
    return words[static_cast<int>(how)];
}

std::string text_of(const RemoteMessage& message) {
    return text_of(message.name) + "|" + message.number + "|" + message.text + "|" +
           (message.ttl ? std::to_string(message.ttl->count()) : "-") + "|" +
           (message.created ? std::to_string(*message.created) : "-") + "|" +
           (message.status ? std::string(name_of(*message.status)) : "-");
}

const std::string id = "65f0c0ffee65f0c0ffee0001";

} // namespace

BOOST_AUTO_TEST_SUITE(remote_test)

BOOST_AUTO_TEST_CASE(answers_are_read_in_both_dialects) {
    struct Case {
        const char* name;
        std::string body;
        Texts want;
        const char* dialect;
        const char* fault; // a part of it; empty: none
    };
    const std::vector<Case> cases{
        {"as documented",
         R"({"id":"a1","phoneNumber":"+401","message":"hi","status":"Pending","ttl":5,
             "timestamp":"1970-01-01T00:00:01.5Z","tenant":null})",
         {"a1|+401|hi|300000|1500|Pending"},
         "camel names",
         ""},
        {"as it is",
         R"({"Id":"a1","PhoneNumber":"+401","Message":"hi","Tenant":"sr","Status":1,
             "StatusMessage":"Invalid status.","Timestamp":"1970-01-01T00:00:01.5001234Z","Ttl":30})",
         {"a1 sr|+401|hi|1800000|1500|Entrusted"},
         "pascal numbers",
         ""},
        {"names beside capitals",
         R"({"Id":"a1","PhoneNumber":"1","Message":"hi","Status":"sent"})",
         {"a1|1|hi|-|-|Sent"},
         "pascal names",
         ""},
        {"numbers in small letters",
         R"({"id":"a1","phone_number":"1","message":"hi","status":3})",
         {"a1|1|hi|-|-|Failed"},
         "camel numbers",
         ""},
        {"a number as a text",
         R"({"_id":"a1","PHONENUMBER":"1","MESSAGE":"hi","STATUS":"4"})",
         {"a1|1|hi|-|-|Expired"},
         "camel names",
         ""},
        {"a status that nobody knows",
         R"({"id":"a","phoneNumber":"1","message":"hi","status":"Lost"})",
         {"a|1|hi|-|-|Unknown"},
         "camel names",
         ""},
        {"one beyond the last",
         R"({"Id":"a","PhoneNumber":"1","Message":"hi","Status":7})",
         {"a|1|hi|-|-|Unknown"},
         "pascal numbers",
         ""},
        {"members that mean nothing",
         R"({"x":{"id":[1]},"Id":"a","PhoneNumber":"1","Message":"hi","Provider":null})",
         {"a|1|hi|-|-|-"},
         "pascal numbers",
         ""},
        {"numbers for texts",
         R"({"id":18446744073709551615,"phoneNumber":40712345678,"message":1234})",
         {"18446744073709551615|40712345678|1234|-|-|-"},
         "camel names",
         ""},
        {"no number and no text", R"({"id":"a"})", {"a|||-|-|-"}, "camel names", ""},
        {"a time that is none, a life that is none",
         R"({"id":"a","timestamp":"2025-01-01T00:00:00+00:00Z","ttl":-1})",
         {"a|||-|-|-"},
         "camel names",
         ""},
        {"a life beyond all", R"({"id":"a","ttl":1e300})", {"a|||-|-|-"}, "camel names", ""},
        {"half a minute", R"({"id":"a","ttl":0.5})", {"a|||30000|-|-"}, "camel names", ""},
        {"a tenant that cannot stand in a header",
         R"({"id":"a","tenant":"x\r\nX-Evil: 1"})",
         {"a|||-|-|-"},
         "camel names",
         ""},
        {"an array",
         R"([{"id":"a","message":"1"},{"id":"b","message":"2"}])",
         {"a||1|-|-|-", "b||2|-|-|-"},
         "camel names",
         ""},
        {"more than wanted",
         R"([{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}])",
         {"a|||-|-|-", "b|||-|-|-", "c|||-|-|-"},
         "camel names",
         "4 messages, of which the first 3"},
        {"one of them without an id",
         R"([{"message":"1"},{"id":"b"}])",
         {"b|||-|-|-"},
         "camel names",
         "no id"},
        {"nothing", "", {}, "none", ""},
        {"blanks", " \r\n", {}, "none", ""},
        {"null", "null", {}, "none", ""},
        {"an empty object", "{}", {}, "none", ""},
        {"an empty array", "[]", {}, "none", ""},
        {"a text", R"("ok")", {}, "none", "no object"},
        {"an object in an array's place", "[1]", {}, "none", "no object"},
        {"no JSON", "<html>", {}, "none", "no JSON"},
        {"cut off", R"({"id":"a","message":")", {}, "none", "no JSON"},
        {"too deep", std::string(100, '[') + std::string(100, ']'), {}, "none", "too deeply"},
        {"an id that leads elsewhere", R"({"id":".."})", {}, "camel names", "no id"},
        {"an id with a blank", R"({"id":"a b"})", {}, "camel names", "no id"},
        {"an id with a line feed", R"({"id":"a\nb"})", {}, "camel names", "no id"},
        {"an id that is none of ours", R"({"id":"ä"})", {}, "camel names", "no id"},
        {"no id", R"({"id":""})", {}, "camel names", "no id"},
        {"an id that is too long",
         R"({"id":")" + std::string(101, 'a') + R"("})",
         {},
         "camel names",
         "no id"},
        {"an object as an id", R"({"id":{"$oid":"a"}})", {}, "camel names", "no id"},
    };
    for (const Case& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            const RemoteAnswer answer = read_remote(each.body, 3);
            Texts found;
            for (const RemoteMessage& message : answer.messages)
                found.push_back(text_of(message));
            BOOST_TEST(found == each.want, boost::test_tools::per_element());
            BOOST_TEST(text_of(answer.dialect) == each.dialect);
            BOOST_TEST((answer.fault.find(each.fault) != std::string::npos), answer.fault);
            BOOST_TEST(answer.fault.empty() == (*each.fault == '\0'));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_name_is_kept_as_one_text) {
    for (const RemoteName& name : {RemoteName{"a", ""}, RemoteName{"a", "sr"}}) {
        BOOST_TEST((remote_name_from(text_of(name)) == name));
    }
    BOOST_TEST(text_of(RemoteName{"a", "sr"}) == "a sr");
}

BOOST_AUTO_TEST_CASE(how_long_a_message_is_valid) {
    struct Case {
        const char* name;
        std::optional<Ms> ttl;
        std::optional<UtcMs> created;
        std::optional<Ms> want;
    };
    const UtcMs now = 1'700'000'000'000;
    const std::vector<Case> cases{
        {"no life", {}, now, {}},
        {"from now on", 5min, {}, 5min},
        {"what is left", 5min, now - 120'000, 3min},
        {"nothing is left", 5min, now - 600'000, 1min},
        {"a clock that is ahead", 5min, now + 600'000, 5min},
        {"a clock that stands", 5min, std::numeric_limits<UtcMs>::min(), 1min},
        {"no time at all", 0min, now, 1min},
        {"longer than may be", Ms(24h * 3000), now, Ms(24h * 30)},
    };
    for (const Case& each : cases) {
        RemoteMessage message;
        message.ttl = each.ttl;
        message.created = each.created;
        BOOST_TEST((validity(message, 24h * 30, now) == each.want), each.name);
    }
}

BOOST_AUTO_TEST_CASE(what_a_patch_says) {
    struct Case {
        const char* name;
        Dialect dialect;
        RemoteReport report;
        const char* want;
    };
    const std::vector<Case> cases{
        {"as documented",
         {Keys::camel, Words::names},
         {RemoteStatus::entrusted, {}, {}},
         R"({"status":"Entrusted"})"},
        {"as it is",
         {Keys::pascal, Words::numbers},
         {RemoteStatus::entrusted, {}, {}},
         R"({"Status":1})"},
        {"sent, as documented",
         {Keys::camel, Words::names},
         {RemoteStatus::sent, 1500, {}},
         R"({"status":"Sent","sentAt":"1970-01-01T00:00:01.500000Z"})"},
        {"sent, as it is",
         {Keys::pascal, Words::numbers},
         {RemoteStatus::sent, 1500, {}},
         R"({"Status":2,"SentAt":"1970-01-01T00:00:01.500000Z"})"},
        {"a reason",
         {Keys::camel, Words::names},
         {RemoteStatus::failed, {}, "a \"bad\" number"},
         R"({"status":"Failed","errorMessage":"a \"bad\" number"})"},
        {"a reason, as it is",
         {Keys::pascal, Words::numbers},
         {RemoteStatus::failed, {}, "no"},
         R"({"Status":3,"ErrorMessage":"no"})"},
        {"expired",
         {Keys::pascal, Words::names},
         {RemoteStatus::expired, {}, {}},
         R"({"Status":"Expired"})"},
    };
    for (const Case& each : cases)
        BOOST_TEST(patch_body(each.dialect, each.report) == each.want, each.name);
}

BOOST_AUTO_TEST_CASE(it_makes_itself_known) {
    const std::string get = "GET /api/provider/RaspberryPI-Gateway-40712345678";
    const std::string post = "POST /api/provider/register "
                             R"({"name":"RaspberryPI-Gateway-40712345678",)"
                             R"("supportedCountryCodes":["RO"]})";
    struct Case {
        const char* name;
        std::vector<HttpAnswer> answers;
        Texts want;
        const char* how;
    };
    const std::vector<Case> cases{
        {"known", {answered(200, R"({"Id":"a","Name":"x"})")}, {get}, "done"},
        {"not known", {answered(404), answered(201, "{}")}, {get, post}, "done"},
        {"the question fails", {answered(500), answered(201)}, {get, post}, "done"},
        {"registered without a word", {answered(404), answered(204)}, {get, post}, "done"},
        {"no such address", {answered(404), answered(404)}, {get, post}, "nothing"},
        {"an empty name", {answered(404), answered(500)}, {get, post}, "refused"},
        {"a page of who stands between", {answered(200, "<html>Welcome</html>")}, {get}, "trouble"},
        {"a page, later", {answered(404), answered(200, "<html>")}, {get, post}, "trouble"},
        {"not now", {answered(503)}, {get}, "trouble"},
        {"nobody is there", {{End::unsent, 0, "", "", false, 0, "no"}}, {get}, "trouble"},
    };
    for (const Case& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            Desk desk;
            desk.answers(each.answers);
            BOOST_TEST(text_of(desk.open().enrol().how) == each.how);
            BOOST_TEST(desk.http.asked == each.want, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(what_comes_of_a_fetch) {
    struct Case {
        const char* name;
        HttpAnswer answer;
        const char* how;
        std::size_t messages;
        const char* why; // a part of it
    };
    const std::vector<Case> cases{
        {"one", answered(200, R"({"id":"a"})"), "done", 1, ""},
        {"some", answered(200, R"([{"id":"a"},{"id":"b"}])"), "done", 2, ""},
        {"one of two", answered(200, R"([{"id":"a"},{"x":1}])"), "done", 1, "no id"},
        {"none", answered(404, R"({"Message":"No SMS records found."})"), "nothing", 0, ""},
        {"none, in silence", answered(404), "nothing", 0, ""},
        {"204", answered(204), "nothing", 0, ""},
        {"an empty answer", answered(200), "nothing", 0, ""},
        {"an empty array", answered(200, "[]"), "nothing", 0, ""},
        {"a page of who stands before it", answered(404, "<html>nginx</html>"), "trouble", 0,
         "HTTP 404"},
        {"no JSON", answered(200, "{"), "trouble", 0, "no JSON"},
        {"no id", answered(200, R"({"message":"hi"})"), "trouble", 0, "no id"},
        {"500", answered(500, R"({"Errors":["An unexpected error occurred."]})"), "trouble", 0,
         "HTTP 500: {\"Errors\":[\"An unexpected"},
        {"403", answered(403), "trouble", 0, "HTTP 403"},
        {"429", answered(429), "trouble", 0, "HTTP 429"},
        {"elsewhere",
         {End::complete, 302, "", "https://login.example.org/x?y=z", false, 0, ""},
         "trouble",
         0,
         "redirects to https://login.example.org"},
        {"cut off",
         {End::broken, 200, R"({"id":"a"})", "", false, 0, "it closed"},
         "trouble",
         0,
         "it closed"},
        {"too long", answered(200, R"({"id":"a","message":")" + std::string(1000, 'x')), "trouble",
         0, "no JSON"},
    };
    for (const Case& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            Desk desk;
            desk.answers({each.answer});
            const Fetched fetched = desk.open().fetch();
            BOOST_TEST(text_of(fetched.how) == each.how);
            BOOST_TEST(fetched.messages.size() == each.messages);
            BOOST_TEST((fetched.why.find(each.why) != std::string::npos), fetched.why);
            BOOST_TEST(desk.http.asked ==
                           Texts{"GET /api/provider/next/RaspberryPI-Gateway-40712345678/RO"},
                       boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_request_is_as_the_settings_say) {
    Desk desk;
    desk.config.tenant = "sr";
    desk.config.ca_file = "/etc/ca.pem";
    desk.config.timeout = 7s;
    desk.config.connect_timeout = 3s;
    desk.config.answer_limit = 4711;
    (void)desk.open().fetch();
    const HttpRequest& request = desk.http.requests.at(0);
    BOOST_TEST(request.headers ==
                   (Texts{"Accept: application/json", "NGSILD-Tenant: sr", "X-Tenant-Id: sr"}),
               boost::test_tools::per_element());
    BOOST_TEST(request.content_type == "application/json");
    BOOST_TEST(request.ca_file == "/etc/ca.pem");
    BOOST_TEST((request.timeout == 7s && request.connect_timeout == 3s));
    BOOST_TEST(request.answer_limit == 4712U);

    (void)desk.remote->tell({"a", "hers"}, {RemoteStatus::entrusted, {}, {}});
    BOOST_TEST(desk.http.requests.at(1).headers ==
                   (Texts{"Accept: application/json", "NGSILD-Tenant: hers", "X-Tenant-Id: hers"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(retry_after_is_kept_within_a_day) {
    for (const auto& [said, want] : std::vector<std::pair<std::int64_t, Ms>>{
             {0, 0ms}, {7, 7s}, {-1, 0ms}, {std::numeric_limits<std::int64_t>::max(), 24h}}) {
        Desk desk;
        desk.answers({{End::complete, 503, "", "", false, said, ""}});
        BOOST_TEST((desk.open().fetch().retry_after == want), said);
    }
}

BOOST_AUTO_TEST_CASE(what_is_told_in_which_words) {
    const std::string get = "GET /api/sms/a%2F1";
    const std::string patch = "PATCH /api/sms/a%2F1 ";
    const std::string numbers = patch + R"({"Status":2})";
    const std::string names = patch + R"({"status":"Sent"})";
    const std::string pascal_names = patch + R"({"Status":"Sent"})";
    const std::string camel_numbers = patch + R"({"status":2})";
    const HttpAnswer real = answered(200, R"({"Id":"a/1","Status":1})");
    const HttpAnswer documented = answered(200, R"({"id":"a/1","status":"Entrusted"})");
    struct Case {
        const char* name;
        std::vector<HttpAnswer> answers;
        Texts want;
        const char* how;
        const char* why;
    };
    const std::vector<Case> cases{
        {"heard as it is",
         {real, answered(200, R"({"Id":"a/1","Status":2})")},
         {get, numbers},
         "done",
         ""},
        {"heard as documented",
         {documented, answered(200, R"({"id":"a/1","status":"Sent"})")},
         {get, names},
         "done",
         ""},
        {"a silent answer", {documented, answered(200)}, {get, names}, "done", ""},
        {"204", {documented, answered(204)}, {get, names}, "done", ""},
        {"an answer without an end",
         {documented, answered(200, std::string(1'100'000, ' '))},
         {get, names},
         "trouble",
         "more than"},
        {"it will not show the message",
         {answered(500), answered(200, R"({"Id":"a/1","Status":2})")},
         {get, numbers},
         "done",
         ""},
        {"an object that shows nothing",
         {documented, answered(200, R"({"ok":true})")},
         {get, names},
         "done",
         ""},
        {"a page of who stands between",
         {documented, answered(200, "<html>Welcome</html>")},
         {get, names},
         "trouble",
         "no JSON"},
        {"a page at once", {answered(200, "<html>Welcome</html>")}, {get}, "trouble", "no JSON"},
        {"half of an answer",
         {real, answered(200, R"({"Id":"a/1","Status":2,"Phon)")},
         {get, numbers},
         "trouble",
         "no JSON"},
        {"a list",
         {real, answered(200, R"([{"Id":"a/1","Status":2}])")},
         {get, numbers},
         "trouble",
         "no object"},
        {"a word", {real, answered(200, R"("Sent")")}, {get, numbers}, "trouble", "no object"},
        {"another message",
         {real, answered(200, R"({"Id":"b","Status":2})")},
         {get, numbers},
         "trouble",
         "another message"},
        {"too long an answer",
         {real, answered(200, std::string(2 * 1024 * 1024, ' '))},
         {get, numbers},
         "trouble",
         "more than 1048576 bytes"},
        {"not known", {answered(404)}, {get}, "nothing", "HTTP 404"},
        {"not known any more", {real, answered(404)}, {get, numbers}, "nothing", "HTTP 404"},
        {"shown as documented, understood as it is",
         {documented, answered(200, R"({"id":"a/1","status":"Entrusted"})"),
          answered(200, R"({"id":"a/1","status":"Sent"})")},
         {get, names, numbers},
         "done",
         ""},
        {"never understood",
         {real, answered(200, R"({"Id":"a/1","Status":1})")},
         {get, numbers, names, pascal_names, camel_numbers},
         "refused",
         "shows the status Entrusted and not Sent"},
        {"refused in all words",
         {documented, answered(400, R"("Patch document must be a JSON object.")")},
         {get, names, numbers, pascal_names, camel_numbers},
         "refused",
         "HTTP 400"},
        {"not now", {real, answered(503)}, {get, numbers}, "trouble", "HTTP 503"},
        {"nobody is there",
         {{End::unsent, 0, "", "", false, 0, "refused"}},
         {get},
         "trouble",
         "refused"},
    };
    for (const Case& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            Desk desk;
            desk.answers(each.answers);
            const RemoteOutcome outcome =
                desk.open().tell({"a/1", ""}, {RemoteStatus::sent, {}, {}});
            BOOST_TEST(text_of(outcome.how) == each.how);
            BOOST_TEST((outcome.why.find(each.why) != std::string::npos), outcome.why);
            BOOST_TEST(desk.http.asked == each.want, boost::test_tools::per_element());
        }
    }
}

// The real server as contract 4B.4 has it: another spelling changes nothing and is answered with
// 200, a name in the place of a number with 500.
BOOST_AUTO_TEST_CASE(a_server_that_had_trouble_is_not_misunderstood_for_ever) {
    Desk desk;
    int status = 1;
    int troubles = 1;
    desk.http.answer = [&](const HttpRequest& request) {
        const bool patch = request.method == Method::patch;
        if (patch && troubles-- > 0)
            return answered(500);
        if (patch && request.body.starts_with(R"({"Status":")"))
            return answered(500);
        if (patch && request.body.starts_with(R"({"Status":)"))
            status = request.body[10] - '0';
        return answered(200, R"({"Id":"a","Status":)" + std::to_string(status) + "}");
    };
    Remote& remote = desk.open();
    BOOST_TEST(text_of(remote.tell({"a", ""}, {RemoteStatus::entrusted, {}, {}}).how) == "done");
    BOOST_TEST(text_of(remote.tell({"a", ""}, {RemoteStatus::sent, {}, {}}).how) == "done");
    BOOST_TEST(status == 2);
    // It is known by now: trouble is no reason to try other words.
    troubles = 1;
    const std::size_t before = desk.http.asked.size();
    BOOST_TEST(text_of(remote.tell({"a", ""}, {RemoteStatus::failed, {}, {}}).how) == "refused");
    BOOST_TEST(desk.http.asked.size() == before + 1);
}

// Who is behind the address may change while the agent works.
BOOST_AUTO_TEST_CASE(another_server_is_told_in_its_own_words) {
    Desk desk;
    bool real = true;
    std::string status = "1";
    desk.http.answer = [&](const HttpRequest& request) {
        const std::string key = real ? R"({"Status":)" : R"({"status":")";
        const bool patch = request.method == Method::patch;
        if (patch && !real && !request.body.starts_with(key))
            return answered(400, R"("unknown status")");
        if (patch && request.body.starts_with(key))
            status = request.body.substr(key.size(), request.body.find_first_of("\"}", key.size()) -
                                                         key.size());
        return answered(200, real ? R"({"Id":"a","Status":)" + status + "}"
                                  : R"({"id":"a","status":")" + status + "\"}");
    };
    Remote& remote = desk.open();
    for (const RemoteStatus each : {RemoteStatus::entrusted, RemoteStatus::sent})
        BOOST_TEST(text_of(remote.tell({"a", ""}, {each, {}, {}}).how) == "done");
    BOOST_TEST(status == "2");
    real = false;
    status = "Entrusted";
    (void)remote.fetch();
    BOOST_TEST(text_of(remote.tell({"a", ""}, {RemoteStatus::sent, {}, {}}).how) == "done");
    BOOST_TEST(status == "Sent");
}

// One that shows one dialect and understands another is understood once and for all.
BOOST_AUTO_TEST_CASE(what_is_proven_is_not_unlearned_by_what_is_shown_as_ever) {
    Desk desk;
    std::string status = "Entrusted";
    desk.http.answer = [&](const HttpRequest& request) {
        if (request.body.starts_with(R"({"Status":2)"))
            status = "Sent";
        return answered(200, R"({"id":"a","status":")" + status + "\"}");
    };
    Remote& remote = desk.open();
    BOOST_TEST(text_of(remote.tell({"a", ""}, {RemoteStatus::sent, {}, {}}).how) == "done");
    (void)remote.fetch();
    const std::size_t before = desk.http.asked.size();
    BOOST_TEST(text_of(remote.tell({"a", ""}, {RemoteStatus::sent, {}, {}}).how) == "done");
    BOOST_TEST(desk.http.asked.size() == before + 1);
}

BOOST_AUTO_TEST_CASE(which_404_names_the_message) {
    struct Case {
        const char* body;
        const char* how;
        bool unknown;
    };
    const std::vector<Case> cases{
        {R"({"Message":"SMS with ID a1 not found."})", "nothing", true},
        {R"({"Message":"SMS with ID a12 not found."})", "nothing", false},
        {R"({"Message":"The requested resource was not found."})", "nothing", false},
        {R"({"status":404,"error":"Not Found","path":"/api/sms/a1"})", "nothing", false},
        {"default backend - 404", "nothing", false},
        {"", "nothing", false},
        {"<html>SMS with ID a1 not found</html>", "trouble", false},
    };
    for (const Case& each : cases) {
        for (const bool shown : {false, true}) {
            BOOST_TEST_CONTEXT(each.body << shown) {
                Desk desk;
                std::vector<HttpAnswer> answers{answered(404, each.body)};
                if (shown)
                    answers.insert(answers.begin(), answered(200, R"({"Id":"a1","Status":0})"));
                desk.answers(answers);
                const RemoteOutcome outcome =
                    desk.open().tell({"a1", ""}, {RemoteStatus::sent, {}, {}});
                BOOST_TEST(text_of(outcome.how) == each.how);
                BOOST_TEST(outcome.unknown_id == each.unknown);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_country_is_in_capitals) {
    Desk desk;
    desk.config.country = "ro";
    (void)desk.open().enrol();
    (void)desk.remote->fetch();
    BOOST_TEST((desk.http.asked.at(1).find(R"(["RO"])") != std::string::npos),
               desk.http.asked.at(1));
    BOOST_TEST(desk.http.asked.at(2).ends_with("/RO"), desk.http.asked.at(2));
}

BOOST_AUTO_TEST_CASE(a_server_that_refuses_a_reason_is_told_without) {
    Desk desk;
    desk.http.answer = [](const HttpRequest& request) {
        if (request.body.find("errorMessage") != std::string::npos)
            return answered(400);
        return answered(200, R"({"id":"a","status":")" +
                                 std::string(request.method == Method::get ? "Pending" : "Failed") +
                                 "\"}");
    };
    BOOST_TEST(text_of(desk.open().tell({"a", ""}, {RemoteStatus::failed, {}, "why"}).how) ==
               "done");
    BOOST_TEST(desk.http.asked.back() == R"(PATCH /api/sms/a {"status":"Failed"})");
}

BOOST_AUTO_TEST_CASE(a_token_that_is_refused_is_renewed_once) {
    struct Case {
        const char* name;
        int good; // which token the API takes; 0: none
        const char* how;
        Texts bearers; // of the requests to the API
    };
    const std::vector<Case> cases{
        {"the first is good", 1, "nothing", {"t1"}},
        {"the second is", 2, "nothing", {"t1", "t2"}},
        {"none is", 0, "trouble", {"t1", "t2"}},
    };
    for (const Case& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            Desk desk;
            desk.config.grant = Grant::client_credentials;
            desk.config.token_url = "https://api.example.org/sms/token";
            const TempFolder folder;
            desk.config.client_secret_file = folder.write("secret", "sesame");
            BOOST_REQUIRE(::chmod(desk.config.client_secret_file.c_str(), 0600) == 0);
            Texts bearers;
            int given = 0;
            desk.http.answer = [&](const HttpRequest& request) {
                if (request.url.ends_with("/token"))
                    return answered(200, R"({"access_token":"t)" + std::to_string(++given) +
                                             R"(","expires_in":300})");
                const std::string header = request.headers.back();
                bearers.push_back(header.substr(header.rfind(' ') + 1));
                return answered(bearers.back() == "t" + std::to_string(each.good) ? 404 : 401,
                                "you said " + bearers.back());
            };
            const Fetched fetched = desk.open().fetch();
            BOOST_TEST(text_of(fetched.how) == each.how);
            BOOST_TEST(bearers == each.bearers, boost::test_tools::per_element());
            BOOST_TEST((fetched.why.find("t2") == std::string::npos), fetched.why);
        }
    }
}

// 401 for one message, with each token; the others go their way, and no token is given up for it.
BOOST_AUTO_TEST_CASE(a_message_that_is_denied_takes_the_token_from_nobody) {
    Desk desk;
    desk.config.grant = Grant::client_credentials;
    desk.config.token_url = "https://api.example.org/sms/token";
    const TempFolder folder;
    desk.config.client_secret_file = folder.write("secret", "sesame");
    BOOST_REQUIRE(::chmod(desk.config.client_secret_file.c_str(), 0600) == 0);
    int given = 0;
    desk.http.answer = [&](const HttpRequest& request) {
        if (request.url.ends_with("/token"))
            return answered(200, R"({"access_token":"t)" + std::to_string(++given) +
                                     R"(","expires_in":300})");
        if (request.url.ends_with("/api/sms/bad"))
            return answered(401);
        return request.method == Method::patch
                   ? answered(200, R"({"id":"good","status":"Sent"})")
                   : answered(200, R"({"id":"good","status":"Entrusted"})");
    };
    Remote& remote = desk.open();
    for (int i = 0; i < 20; ++i) {
        BOOST_TEST(text_of(remote.fetch().how) == "done");
        BOOST_TEST(text_of(remote.tell({"bad", ""}, {RemoteStatus::failed, {}, "no"}).how) ==
                   "denied");
        BOOST_TEST(text_of(remote.tell({"good", ""}, {RemoteStatus::sent, {}, {}}).how) == "done");
    }
}

// A token that the API takes from no one any more is no matter of one message.
BOOST_AUTO_TEST_CASE(what_is_denied_to_all_is_trouble) {
    Desk desk;
    desk.config.grant = Grant::client_credentials;
    desk.config.token_url = "https://api.example.org/sms/token";
    const TempFolder folder;
    desk.config.client_secret_file = folder.write("secret", "sesame");
    BOOST_REQUIRE(::chmod(desk.config.client_secret_file.c_str(), 0600) == 0);
    bool good = true;
    desk.http.answer = [&](const HttpRequest& request) {
        if (request.url.ends_with("/token"))
            return answered(200, R"({"access_token":"t","expires_in":300})");
        return good ? answered(200, R"({"id":"a","status":"Sent"})") : answered(401);
    };
    Remote& remote = desk.open();
    BOOST_TEST(text_of(remote.fetch().how) == "done");
    good = false;
    BOOST_TEST(text_of(remote.tell({"a", ""}, {RemoteStatus::sent, {}, {}}).how) == "denied");
    BOOST_TEST(text_of(remote.tell({"b", ""}, {RemoteStatus::sent, {}, {}}).how) == "trouble");
    BOOST_TEST(text_of(remote.fetch().how) == "trouble");
}

BOOST_AUTO_TEST_CASE(without_a_token_nobody_is_asked) {
    Desk desk;
    desk.config.grant = Grant::client_credentials;
    desk.config.token_url = "https://id.example.org/token";
    desk.config.client_secret_file = "/nonexistent/secret";
    const Fetched fetched = desk.open().fetch();
    BOOST_TEST(text_of(fetched.how) == "trouble");
    BOOST_TEST(!fetched.why.empty());
    BOOST_TEST(desk.http.asked.empty());
}

BOOST_AUTO_TEST_CASE(pauses_grow) {
    struct Case {
        std::int64_t failures;
        double jitter;
        Ms retry_after, want;
    };
    const std::vector<Case> cases{
        {1, 0, 0ms, 2s},   {2, 0, 0ms, 4s},     {3, 0, 0ms, 8s},       {4, 0, 0ms, 10s},
        {99, 0, 0ms, 10s}, {1, 1, 0ms, 2500ms}, {99, 1, 0ms, 12500ms}, {1, 0, 7s, 7s},
        {3, 0, 7s, 8s},    {1, 0, 48h, 24h},
    };
    for (const Case& each : cases)
        BOOST_TEST(
            (pause_after(each.failures, 2s, 10s, each.jitter, each.retry_after) == each.want),
            each.failures);
    for (int i = 0; i < 100; ++i) {
        const double jitter = random_jitter();
        BOOST_TEST((jitter >= 0 && jitter <= 1));
    }
}

BOOST_AUTO_TEST_SUITE_END()
