// The HTTP provider: its settings and templates, what an answer means, redirections, and the worker
// as the daemon asks it.

#define BOOST_TEST_MODULE provider_test
#include "common/provider.h"
#include "spoold/provider_outcome.h"
#include "spoold/provider_transport.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

using End = HttpAnswer::End;
using Method = HttpRequest::Method;

ProviderConfig good_config() {
    ProviderConfig config;
    config.url = "https://sms.example.org/send";
    return config;
}

// A provider that answers as it is told, and keeps what it was asked.
class FakeHttp : public Http {
public:
    HttpAnswer exchange(const HttpRequest& request) override {
        asked.push_back(request);
        if (asked.size() > answers.size())
            return {End::complete, 200, "200 OK", "", false, 0, ""};
        return answers[asked.size() - 1];
    }
    HttpAnswer connect(const HttpRequest& request) override {
        probed.push_back(request);
        return {reachable ? End::complete : End::unsent, 0, "", "", false, 0, "refused"};
    }

    std::vector<HttpAnswer> answers;
    std::vector<HttpRequest> asked, probed;
    bool reachable = true;
};

HttpAnswer answered(int status, const std::string& body = "") {
    return {End::complete, status, body, "", false, 0, ""};
}

HttpAnswer redirected(int status, const std::string& location) {
    return {End::complete, status, "", location, false, 0, ""};
}

// "accepted ANSWER", "refused KIND CODE TEXT", "unknown TEXT", "trouble TEXT".
std::string told(const Answer& answer) {
    if (const auto* accepted = std::get_if<Accepted>(&answer))
        return "accepted " + accepted->answer;
    if (const auto* unknown = std::get_if<Unknown>(&answer))
        return "unknown " + unknown->text;
    if (const auto* trouble = std::get_if<Trouble>(&answer))
        return "trouble " + trouble->text;
    const auto& refused = std::get<Refused>(answer);
    constexpr const char* kinds[] = {"permanent", "temporary", "network"};
    return std::string("refused ") + kinds[static_cast<int>(refused.kind)] + " " +
           std::to_string(refused.code) + " " + refused.text;
}

OpenRequest open_request(const ProviderConfig& config, const std::string& secret = "") {
    OpenRequest request;
    for (const auto& setting : provider_settings())
        request.settings[std::string(setting.name)] = show(setting, config);
    if (!secret.empty())
        request.settings["secret"] = secret;
    return request;
}

SendRequest send_request(const std::string& text, const std::string& number = "+85212345678") {
    SendRequest request;
    request.number = number;
    request.text = text;
    request.whole = true;
    return request;
}

struct OpenProvider {
    explicit OpenProvider(const ProviderConfig& config = good_config(),
                          const std::string& secret = "")
        : transport(http) {
        const Answer answer = transport.open(open_request(config, secret));
        BOOST_REQUIRE_MESSAGE(std::holds_alternative<Opened>(answer), "open");
    }

    FakeHttp http;
    ProviderTransport transport;
};

} // namespace

BOOST_AUTO_TEST_SUITE(provider_test)

BOOST_AUTO_TEST_CASE(settings_that_are_wrong) {
    struct Case {
        const char* name;
        const char* setting;
        const char* value;
        const char* want; // a part of the sentence; empty: none
    };
    const std::vector<Case> cases{
        {"as it is", "sender", "me", ""},
        {"no url", "url", "", "url must be"},
        {"another scheme", "url", "ftp://example.org/", "url must be"},
        {"a user in it", "url", "https://me:word@example.org/", "url must be"},
        {"a blank in it", "url", "https://example.org/a b", "url must be"},
        {"a line feed in it", "url", "https://example.org/\n", "url must be"},
        {"plain to elsewhere", "url", "http://example.org/", "url must be https"},
        {"plain to a name that begins like this machine", "url", "http://127.0.0.1.example.org/",
         "url must be https"},
        {"plain to localhost.example.org", "url", "http://localhost.example.org/",
         "url must be https"},
        {"plain to this machine", "url", "http://127.0.0.1:5555/x", ""},
        {"by its name", "url", "http://localhost/", ""},
        {"by IPv6", "url", "http://[::1]:80/", ""},
        {"capitals", "url", "HTTPS://EXAMPLE.ORG/", ""},
        {"unknown word", "form", "a={number}&b={text}&c={token}", "form: there is no {token}"},
        {"open brace", "form", "a={number}&b={text}&c={", "form: there is no {}"},
        {"no text", "form", "a={number}", "form must hold {text}"},
        {"no number", "form", "a={text}", "form must hold {number}"},
        {"a blank", "form", "a={text}&b={number}&c=x y", "form must be written"},
        {"not ASCII", "form", "a={text}&b={number}&c=ñ", "form must be written"},
        {"secret without a file", "form", "a={text}&b={number}&c={secret}", "{secret} needs"},
        {"a header", "headers", "X-Token: a | Accept: */*", ""},
        {"a header without a name", "headers", ": a", "headers must be"},
        {"a header with a blank in its name", "headers", "X Y: a", "headers must be"},
        {"no header", "headers", "X-Token", "headers must be"},
        {"two lines", "headers", "X-A: a\r\nX-B: b", "headers must be"},
        {"a header with the text", "headers", "X-A: {text}", "headers cannot hold {text}"},
        {"a header with an unknown word", "headers", "X-A: {x}", "headers: there is no {x}"},
        {"letters", "country_code", "MX", "country_code must be"},
        {"national without a country", "number_form", "national", "number_form = national needs"},
        {"no expression", "accept_pattern", "(", "accept_pattern is not"},
        {"no expression", "refuse_pattern", "[", "refuse_pattern is not"},
        {"no expression", "retry_pattern", "*", "retry_pattern is not"},
        {"not ASCII", "sender", "ñ", "account and sender"},
    };
    for (const Case& row : cases) {
        BOOST_TEST_CONTEXT(row.name << ": " << row.value) {
            ProviderConfig config = good_config();
            assign(config, row.setting, row.value);
            const std::string fault = provider_fault(config).value_or("");
            BOOST_TEST((fault.empty() == std::string(row.want).empty()), fault);
            BOOST_TEST(fault.find(row.want) == 0U, fault);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_form_is_filled_in_its_order) {
    ProviderConfig config = good_config();
    const ProviderValues values{"+521", "a b&c=d%e+f\n{number}ñ😀", "s&t", "Labour Dept", "k=1"};
    BOOST_TEST(form_body(config, values) ==
               "application=Labour+Dept&mrt=%2B521&sender=s%26t&"
               "msg_utf8=a+b%26c%3Dd%25e%2Bf%0A%7Bnumber%7D%C3%B1%F0%9F%98%80");
    config.form = "key={secret}&fixed=a%20b&{account}={text}{text}&n={number}";
    BOOST_TEST(form_body(config, {"1", "x", "", "y", "k=1"}) == "key=k%3D1&fixed=a%20b&y=xx&n=1");
    config.headers = "Authorization: Bearer {secret} | X-From: {sender}";
    const std::vector<std::string> want{"Authorization: Bearer k=1", "X-From: s&t"};
    BOOST_TEST(header_lines(config, values) == want);
    config.headers.clear();
    BOOST_TEST(header_lines(config, values).empty());
}

BOOST_AUTO_TEST_CASE(forms_of_a_number) {
    struct Case {
        NumberForm form;
        const char* number;
        const char* want;
    };
    const std::vector<Case> cases{
        {NumberForm::plus, "+85212345678", "+85212345678"},
        {NumberForm::digits, "+85212345678", "85212345678"},
        {NumberForm::national, "+85212345678", "12345678"},
        {NumberForm::national, "+5215512345678", "none"},
        {NumberForm::plus, "2222", "2222"},
        {NumberForm::digits, "2222", "2222"},
        {NumberForm::national, "2222", "2222"},
    };
    for (const Case& row : cases) {
        ProviderConfig config = good_config();
        config.number_form = row.form;
        config.country_code = "852";
        BOOST_TEST(number_for(config, row.number).value_or("none") == row.want);
    }
}

BOOST_AUTO_TEST_CASE(origins) {
    struct Case {
        const char* url;
        const char* want;
    };
    const std::vector<Case> cases{
        {"https://Example.org/a?b", "https://example.org"},
        {"https://example.org:443", "https://example.org"},
        {"http://example.org:80/", "http://example.org"},
        {"https://example.org:8443/", "https://example.org:8443"},
        {"https://example.org?x=https://a", "https://example.org"},
        {"https://example.org\\@evil.org/", "https://example.org"},
        {"https://a@example.org/", ""},
        {"//example.org/", ""},
        {"https:///path", ""},
        {"file:///etc/passwd", ""},
        {"", ""},
    };
    for (const Case& row : cases)
        BOOST_TEST(origin_of(row.url) == row.want, row.url);
}

BOOST_AUTO_TEST_CASE(what_an_answer_means) {
    struct Case {
        const char* name;
        HttpAnswer answer;
        const char* want;
    };
    const std::vector<Case> cases{
        {"200", answered(200, "200 OK"), "accepted 200 OK"},
        {"202 without a body", answered(202), "accepted "},
        {"a redirection that leads nowhere", answered(304), "accepted "},
        {"400", answered(400, "no\nmore"), "refused permanent 400 HTTP 400: no"},
        {"401", answered(401, "401 Unauthorized"),
         "refused permanent 401 HTTP 401: 401 Unauthorized"},
        {"404", answered(404), "refused permanent 404 HTTP 404"},
        {"408", answered(408), "refused temporary 408 HTTP 408"},
        {"429", answered(429), "refused temporary 429 HTTP 429"},
        {"500", answered(500), "refused temporary 500 HTTP 500"},
        {"503", answered(503), "refused temporary 503 HTTP 503"},
        {"never connected",
         {End::unsent, 0, "", "", false, 0, "refused"},
         "refused network 0 refused"},
        {"no answer", {End::broken, 0, "", "", false, 0, "late"}, "unknown late"},
        {"half an answer", {End::broken, 200, "20", "", false, 0, "closed"}, "unknown closed"},
        {"half a refusal",
         {End::broken, 403, "", "", false, 0, "closed"},
         "refused permanent 403 HTTP 403"},
        {"half a failure",
         {End::broken, 500, "", "", false, 0, "closed"},
         "refused temporary 500 HTTP 500"},
        {"not followed",
         {End::complete, 308, "", "x", false, 0, "elsewhere"},
         "refused temporary 308 HTTP 308 (elsewhere)"},
        {"not followed, taken",
         {End::complete, 303, "", "x", true, 0, "elsewhere"},
         "unknown it was posted and led to a page: elsewhere"},
        {"its page cannot be reached",
         {End::unsent, 0, "", "", true, 0, "refused"},
         "unknown it was posted and led to a page: refused"},
        {"its page fails",
         {End::complete, 502, "", "", true, 0, ""},
         "unknown it was posted and led to a page: HTTP 502"},
        {"its page says no",
         {End::complete, 403, "", "", true, 0, ""},
         "refused permanent 403 HTTP 403"},
        {"its page is there", {End::complete, 200, "done", "", true, 0, ""}, "accepted done"},
    };
    const AnswerPatterns none(good_config());
    for (const Case& row : cases)
        BOOST_TEST(told(outcome_of(row.answer, none)) == row.want, row.name);
}

BOOST_AUTO_TEST_CASE(patterns_of_a_body) {
    ProviderConfig config = good_config();
    config.accept_pattern = "^OK [0-9]+";
    config.refuse_pattern = "blocked";
    config.retry_pattern = "later|credit";
    struct Case {
        const char* name;
        HttpAnswer answer;
        const char* want;
    };
    const std::vector<Case> cases{
        {"as wanted", answered(200, "OK 17"), "accepted OK 17"},
        {"not as wanted", answered(200, "FAIL"), "refused permanent 200 HTTP 200: FAIL"},
        {"empty", answered(200), "refused permanent 200 HTTP 200"},
        {"refused", answered(200, "OK 1 blocked"), "refused permanent 200 HTTP 200: OK 1 blocked"},
        {"for now", answered(200, "OK 1 later"), "refused temporary 200 HTTP 200: OK 1 later"},
        {"for now, whatever its status", answered(402, "no credit"),
         "refused temporary 402 HTTP 402: no credit"},
        {"half of what is wanted",
         {End::broken, 200, "OK 17", "", false, 0, "closed"},
         "unknown closed"},
    };
    const AnswerPatterns patterns(config);
    for (const Case& row : cases)
        BOOST_TEST(told(outcome_of(row.answer, patterns)) == row.want, row.name);
}

// libstdc++ takes stack for each byte that an expression looks at.
BOOST_AUTO_TEST_CASE(a_long_body_does_not_overflow_the_stack) {
    ProviderConfig config = good_config();
    config.accept_pattern = "^(x|y)*z";
    const AnswerPatterns patterns(config);
    BOOST_TEST(!patterns.accepts(std::string(16 * 1024, 'x')));
}

BOOST_AUTO_TEST_CASE(retry_after_is_kept_within_a_day) {
    const std::vector<std::pair<std::int64_t, std::int64_t>> cases{
        {0, 0}, {30, 30}, {86'400, 86'400}, {1'000'000'000'000, 86'400}, {-5, 0}};
    const AnswerPatterns none(good_config());
    for (const auto& [said, want] : cases) {
        HttpAnswer answer = answered(429);
        answer.retry_after = said;
        BOOST_TEST(std::get<Refused>(outcome_of(answer, none)).retry_after == want);
    }
}

BOOST_AUTO_TEST_CASE(a_message_is_posted) {
    ProviderConfig config = good_config();
    config.account = "LabourDept";
    config.sender = "852520702793127";
    config.headers = "X-Key: {secret}";
    config.secret_file = "/etc/smsspool/key";
    OpenProvider open(config, "abc");
    BOOST_TEST(told(open.transport.send(send_request("hi"))) == "accepted 200 OK");
    BOOST_REQUIRE(open.http.asked.size() == 1U);
    const HttpRequest& asked = open.http.asked.front();
    BOOST_TEST((asked.method == Method::post));
    BOOST_TEST(asked.url == config.url);
    BOOST_TEST(asked.body ==
               "application=LabourDept&mrt=85212345678&sender=852520702793127&msg_utf8=hi");
    BOOST_TEST(asked.headers.at(0) == "X-Key: abc");
    BOOST_TEST((asked.timeout == config.timeout));
    BOOST_TEST(asked.answer_limit == 4096U);
}

BOOST_AUTO_TEST_CASE(what_it_says_of_itself) {
    FakeHttp http;
    ProviderTransport transport(http);
    BOOST_TEST(told(transport.send(send_request("a"))) == "trouble not open");
    BOOST_TEST(std::holds_alternative<Trouble>(transport.state()));
    const auto opened = std::get<Opened>(transport.open(open_request(good_config())));
    BOOST_TEST(opened.whole);
    BOOST_TEST(opened.device == "https://sms.example.org");
    BOOST_TEST(std::get<Scanned>(transport.scan()).messages.empty());
    BOOST_TEST(std::get<LinkState>(transport.state()).network == "home");
    BOOST_TEST(http.probed.empty());

    ProviderConfig bad = good_config();
    bad.url = "http://example.org/";
    BOOST_TEST(std::holds_alternative<Trouble>(transport.open(open_request(bad))));
    BOOST_TEST(told(transport.send(send_request("a"))) == "trouble not open");
    BOOST_TEST(told(transport.open(open_request(good_config(), "a\nX: b"))) ==
               "trouble the secret holds a control character");
    BOOST_TEST(http.asked.empty());
}

BOOST_AUTO_TEST_CASE(after_it_could_not_be_reached_it_is_asked_whether_it_can) {
    OpenProvider open;
    open.http.answers = {{End::unsent, 0, "", "", false, 0, "refused"}};
    BOOST_TEST(told(open.transport.send(send_request("a"))) == "refused network 0 refused");
    open.http.reachable = false;
    BOOST_TEST(std::get<LinkState>(open.transport.state()).network == "none");
    BOOST_TEST(open.http.probed.size() == 1U);
    open.http.reachable = true;
    BOOST_TEST(std::get<LinkState>(open.transport.state()).network == "home");
    BOOST_TEST(std::get<LinkState>(open.transport.state()).network == "home");
    BOOST_TEST(open.http.probed.size() == 2U);
    BOOST_TEST(open.http.asked.size() == 1U);
}

BOOST_AUTO_TEST_CASE(redirections) {
    const std::string here = "https://sms.example.org";
    struct Case {
        const char* name;
        std::vector<HttpAnswer> answers;
        std::int64_t redirects;
        const char* want;
        const char* methods; // of the requests
    };
    const std::vector<Case> cases{
        {"posted again", {redirected(307, here + "/b")}, 5, "accepted 200 OK", "post post"},
        {"posted again, for good",
         {redirected(308, here + ":443/b")},
         5,
         "accepted 200 OK",
         "post post"},
        {"to a page", {redirected(303, here + "/b")}, 5, "accepted 200 OK", "post get"},
        {"as browsers do", {redirected(302, here + "/b")}, 5, "accepted 200 OK", "post get"},
        {"to a page that posts no more",
         {redirected(301, here + "/b"), redirected(307, here)},
         5,
         "accepted 200 OK",
         "post get get"},
        {"to a page that fails",
         {redirected(303, here + "/b"), answered(500)},
         5,
         "unknown it was posted and led to a page: HTTP 500",
         "post get"},
        {"another host",
         {redirected(307, "https://example.org/")},
         5,
         "refused temporary 307 HTTP 307 (it redirects to another host)",
         "post"},
        {"another scheme",
         {redirected(307, "http://sms.example.org/")},
         5,
         "refused temporary 307 HTTP 307 (it redirects to another host)",
         "post"},
        {"another port",
         {redirected(307, here + ":8443/")},
         5,
         "refused temporary 307 HTTP 307 (it redirects to another host)",
         "post"},
        {"a user",
         {redirected(307, "https://a@sms.example.org/")},
         5,
         "refused temporary 307 HTTP 307 (it redirects to another host)",
         "post"},
        {"none is allowed",
         {redirected(307, here + "/b")},
         0,
         "refused temporary 307 HTTP 307 (it redirects too often)",
         "post"},
        {"too many",
         {redirected(307, here + "/b"), redirected(307, here + "/c")},
         1,
         "refused temporary 307 HTTP 307 (it redirects too often)",
         "post post"},
    };
    for (const Case& row : cases) {
        BOOST_TEST_CONTEXT(row.name) {
            ProviderConfig config = good_config();
            config.redirects = row.redirects;
            OpenProvider open(config);
            open.http.answers = row.answers;
            BOOST_TEST(told(open.transport.send(send_request("a"))) == row.want);
            std::string methods;
            for (const HttpRequest& request : open.http.asked)
                methods += std::string(methods.empty() ? "" : " ") +
                           (request.method == Method::post ? "post" : "get");
            BOOST_TEST(methods == row.methods);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_a_provider_repeats_of_the_secret_is_hidden) {
    ProviderConfig config = good_config();
    config.secret_file = "/etc/smsspool/key";
    OpenProvider open(config, "s3cr3t");
    open.http.answers = {answered(200, "key s3cr3t and s3cr3t"), answered(403, "bad s3cr3t")};
    BOOST_TEST(told(open.transport.send(send_request("a"))) == "accepted key **** and ****");
    BOOST_TEST(told(open.transport.send(send_request("a"))) ==
               "refused permanent 403 HTTP 403: bad ****");
    // Also as the form had it.
    OpenProvider other(config, "s3+cr/t");
    other.http.answers = {answered(200, "you sent key=s3%2Bcr%2Ft&n=1")};
    BOOST_TEST(told(other.transport.send(send_request("a"))) == "accepted you sent key=****&n=1");
}

BOOST_AUTO_TEST_CASE(a_number_without_a_national_form_is_refused) {
    ProviderConfig config = good_config();
    config.number_form = NumberForm::national;
    config.country_code = "852";
    OpenProvider open(config);
    BOOST_TEST(told(open.transport.send(send_request("a", "+5215512345678"))) ==
               "refused permanent 0 the number has no national form in country +852");
    BOOST_TEST(open.http.asked.empty());
}

BOOST_AUTO_TEST_SUITE_END()
