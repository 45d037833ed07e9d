// Tokens of a remote API: the requests for them to the letter, what an answer means, when they are
// renewed, and what follows when that fails.

#define BOOST_TEST_MODULE oauth_test
#include "common/log.h"
#include "common/remote.h"
#include "pull/oauth.h"
#include "pull/oauth_answer.h"
#include "tests/support/temp_folder.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

using End = HttpAnswer::End;
using Method = HttpRequest::Method;
using Texts = std::vector<std::string>;

const std::string login_1 = "https://id.example.org/realms/sr/protocol/openid-connect/token";
const std::string login_2 = "https://id.example.org/auth/realms/sr/protocol/openid-connect/token";
const std::string password_form =
    "grant_type=password&client_id=sms-gateway&username=gateway&password=p%26ss+word%25%C3%B1"
    "&scope=openid+profile+email";
const std::string refresh_form = "grant_type=refresh_token&client_id=sms-gateway&refresh_token=";

HttpAnswer answered(int status, const std::string& body = "") {
    return {End::complete, status, body, "", false, 0, ""};
}
HttpAnswer token(const std::string& access, const std::string& refresh = "",
                 const std::string& life = "300") {
    return answered(200, "{\"access_token\":\"" + access + "\"" +
                             (refresh.empty() ? "" : ",\"refresh_token\":\"" + refresh + "\"") +
                             ",\"expires_in\":" + life + ",\"token_type\":\"Bearer\"}");
}
HttpAnswer unreachable() {
    return {End::unsent, 0, "", "", false, 0, "connection refused"};
}
HttpAnswer broken() {
    return {End::broken, 200, "{\"access_token\":\"half", "", false, 0, "closed in the middle"};
}
HttpAnswer wrong_password() {
    return answered(401, "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid user\"}");
}

// A server that answers as it is told, in that order, and keeps what it was asked.
class FakeHttp : public Http {
public:
    HttpAnswer exchange(const HttpRequest& request) override {
        asked.push_back(request);
        now += took;
        if (answers.size() < asked.size())
            throw std::logic_error("a request that nobody expected: " + request.url);
        return answers[asked.size() - 1];
    }
    HttpAnswer connect(const HttpRequest&) override { throw std::logic_error("connect"); }

    void then(const HttpAnswer& answer) { answers.push_back(answer); }

    std::vector<HttpAnswer> answers;
    std::vector<HttpRequest> asked;
    Monotonic::time_point now{100h};
    Ms took{0}; // of each exchange
};

struct Street {
    TempFolder folder;
    RemoteConfig config;
    FakeHttp http;

    Street() {
        set_log_level(LogLevel::error);
        config.name = "centre";
        config.url = "https://api.example.org/sms";
        config.number = "+40 700";
        config.country = "RO";
        config.keycloak_url = "https://id.example.org";
        config.username = "gateway";
        config.password_file = secret("password", "p&ss word%ñ\nsecond line\n");
        config.retry_first = 2s;
        config.retry_most = 60s;
    }

    Tokens tokens() {
        BOOST_TEST(remote_fault(config).value_or("") == "");
        return Tokens(config, http, [this] { return http.now; });
    }
    // A file that others may not use.
    [[nodiscard]] std::string secret(const std::string& name, const std::string& content) const {
        const std::string path = folder.write(name, content);
        BOOST_REQUIRE(::chmod(path.c_str(), 0600) == 0);
        return path;
    }
    void use_secret() { config.client_secret_file = secret("client", "s=cret\n"); }

    // The URLs and forms of all requests, "URL FORM" each.
    [[nodiscard]] Texts requests() const {
        Texts texts;
        for (const HttpRequest& request : http.asked)
            texts.push_back(request.url + " " + request.body);
        return texts;
    }
};

// What bearer() gives, or "error TEXT".
std::string given(Tokens& tokens) {
    try {
        return tokens.bearer();
    } catch (const Error& error) {
        BOOST_TEST((error.fault() == Fault::unavailable), error.what());
        return std::string("error ") + error.what();
    }
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(oauth_test, Street)

// --- requests -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_login_at_keycloak) {
    config.ca_file = "/some/ca.pem";
    config.timeout = 7s;
    config.connect_timeout = 3s;
    config.answer_limit = 5000;
    http.then(token("a1", "r1"));
    Tokens subject = tokens();
    BOOST_TEST(http.asked.empty());
    BOOST_TEST(given(subject) == "a1");
    BOOST_TEST(given(subject) == "a1");
    BOOST_TEST(requests() == Texts{login_1 + " " + password_form});
    const HttpRequest& request = http.asked.front();
    BOOST_TEST((request.method == Method::post));
    BOOST_TEST(request.content_type == "application/x-www-form-urlencoded");
    BOOST_TEST(request.headers == Texts{"Accept: application/json"});
    BOOST_TEST(request.ca_file == "/some/ca.pem");
    BOOST_TEST((request.timeout == 7s));
    BOOST_TEST((request.connect_timeout == 3s));
    BOOST_TEST(request.answer_limit == 5000U);
}

BOOST_AUTO_TEST_CASE(the_second_address_is_tried_however_the_first_fails) {
    struct Case {
        const char* name;
        HttpAnswer first;
    };
    const std::vector<Case> cases{
        {"not there", answered(404)},
        {"refused", wrong_password()},
        {"an error of the server", answered(500)},
        {"unreachable", unreachable()},
        {"closed in the middle", broken()},
        {"no JSON", answered(200, "<html>")},
        {"no token", answered(200, "{}")},
        {"a redirection", answered(302)},
    };
    for (const Case& row : cases) {
        BOOST_TEST_CONTEXT(row.name) {
            http.asked.clear();
            http.answers = {row.first, token("a1", "r1", "30"), token("a2", "r2", "30")};
            Tokens subject = tokens();
            BOOST_TEST(given(subject) == "a1");
            http.now += 29s;
            BOOST_TEST(given(subject) == "a2"); // where the login succeeded
            const Texts want{login_1 + " " + password_form, login_2 + " " + password_form,
                             login_2 + " " + refresh_form + "r1"};
            BOOST_TEST(requests() == want, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(addresses_of_keycloak) {
    struct Case {
        const char* base;
        const char* realm;
        Texts want;
    };
    const std::string end = "/protocol/openid-connect/token";
    const std::vector<Case> cases{
        {"https://id.example.org",
         "sr",
         {"https://id.example.org/realms/sr" + end, "https://id.example.org/auth/realms/sr" + end}},
        {"https://id.example.org///",
         "other",
         {"https://id.example.org/realms/other" + end,
          "https://id.example.org/auth/realms/other" + end}},
        {"https://id.example.org/auth/",
         "sr",
         {"https://id.example.org/auth/realms/sr" + end,
          "https://id.example.org/auth/auth/realms/sr" + end}},
        {"http://127.0.0.1:8080",
         "sr",
         {"http://127.0.0.1:8080/realms/sr" + end, "http://127.0.0.1:8080/auth/realms/sr" + end}},
    };
    for (const Case& row : cases) {
        http.asked.clear();
        http.answers = {answered(404), answered(404)};
        config.keycloak_url = row.base;
        config.realm = row.realm;
        Tokens subject = tokens();
        BOOST_TEST(holds(given(subject), "error no token: "));
        Texts urls;
        for (const HttpRequest& request : http.asked)
            urls.push_back(request.url);
        BOOST_TEST(urls == row.want, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(the_secret_of_the_client_is_last) {
    use_secret();
    http.answers = {token("a1", "r1", "30"), token("a2", "", "30"), answered(204)};
    Tokens subject = tokens();
    BOOST_TEST(given(subject) == "a1");
    http.now += 25s;
    BOOST_TEST(given(subject) == "a2");
    subject.log_out(); // the old refresh_token stayed
    const std::string logout = "https://id.example.org/realms/sr/protocol/openid-connect/logout";
    const Texts want{
        login_1 + " " + password_form + "&client_secret=s%3Dcret",
        login_1 + " " + refresh_form + "r1&client_secret=s%3Dcret",
        logout + " client_id=sms-gateway&refresh_token=r1&client_secret=s%3Dcret",
    };
    BOOST_TEST(requests() == want, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(client_credentials) {
    use_secret();
    config.grant = Grant::client_credentials;
    config.username.clear();
    config.password_file.clear();
    config.scope.clear();
    config.keycloak_url.clear();
    config.token_url = "https://id.example.org/token?no";
    BOOST_TEST(remote_fault(config).has_value());
    config.token_url = "https://id.example.org/oauth/token";
    http.answers = {token("a1"), token("a2")};
    Tokens subject = tokens();
    BOOST_TEST(given(subject) == "a1");
    http.now += 299s;
    BOOST_TEST(given(subject) == "a2");
    subject.log_out(); // nothing to give back
    const std::string form =
        " grant_type=client_credentials&client_id=sms-gateway&client_secret=s%3Dcret";
    const Texts want{config.token_url + form, config.token_url + form};
    BOOST_TEST(requests() == want, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nobody_is_asked_without_a_grant) {
    config.grant = Grant::none;
    config.keycloak_url.clear();
    Tokens subject = tokens();
    BOOST_TEST(given(subject) == "");
    subject.refused();
    BOOST_TEST(given(subject) == "");
    subject.log_out();
    BOOST_TEST(http.asked.empty());
}

// --- discovery ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_issuer_says_where) {
    use_secret();
    config.keycloak_url.clear();
    config.issuer = "https://id.example.org/tenant/";
    http.answers = {answered(200, R"({"issuer":"https://id.example.org/tenant",
            "token_endpoint":"https://tokens.example.org/t",
            "revocation_endpoint":"https://tokens.example.org/r",
            "token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"]})"),
                    token("a1", "r1", "30"), token("a2", "r2", "30"), answered(200)};
    Tokens subject = tokens();
    BOOST_TEST(given(subject) == "a1");
    http.now += 25s;
    BOOST_TEST(given(subject) == "a2");
    subject.log_out();
    const std::string secret = "&client_secret=s%3Dcret";
    const Texts want{
        "https://id.example.org/tenant/.well-known/openid-configuration ",
        "https://tokens.example.org/t " + password_form + secret,
        "https://tokens.example.org/t " + refresh_form + "r1" + secret,
        "https://tokens.example.org/r "
        "token=r2&token_type_hint=refresh_token&client_id=sms-gateway" +
            secret,
    };
    BOOST_TEST(requests() == want, boost::test_tools::per_element());
    BOOST_TEST((http.asked[0].method == Method::get));
}

// RFC 6749 2.3.1, the example of RFC 7617 2 in mind: name and secret are encoded before they are
// joined.
BOOST_AUTO_TEST_CASE(the_secret_in_a_header) {
    use_secret();
    config.keycloak_url.clear();
    config.issuer = "https://id.example.org";
    for (const char* methods :
         {"", R"(,"token_endpoint_auth_methods_supported":["client_secret_basic"])"}) {
        http.asked.clear();
        http.answers = {answered(200, R"({"issuer":"https://id.example.org",
                                "token_endpoint":"https://id.example.org/t")" +
                                          std::string(methods) + "}"),
                        token("a1")};
        Tokens subject = tokens();
        BOOST_TEST(given(subject) == "a1");
        BOOST_TEST(http.asked[1].body == password_form);
        const Texts want{"Accept: application/json",
                         // sms-gateway:s%3Dcret
                         "Authorization: Basic c21zLWdhdGV3YXk6cyUzRGNyZXQ="};
        BOOST_TEST(http.asked[1].headers == want, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(answers_of_an_issuer) {
    struct Case {
        const char* name;
        std::string issuer, body;
        const char* want; // a part of why it is none; else the token endpoint
    };
    const std::string there = R"("token_endpoint":"https://id.example.org/t")";
    const std::string mine = R"("issuer":"https://id.example.org",)";
    const std::string id = "https://id.example.org";
    const std::string here = "http://127.0.0.1:9";
    const std::vector<Case> cases{
        {"good", id, "{" + mine + there + "}", "https://id.example.org/t"},
        {"a slash more", id + "/", "{" + mine + there + "}", "https://id.example.org/t"},
        {"on this machine", here,
         R"({"issuer":"http://127.0.0.1:9","token_endpoint":"http://localhost:8/t"})",
         "http://localhost:8/t"},
        {"no JSON", id, "<html>", "no JSON object"},
        {"empty", id, "", "no JSON object"},
        {"an array", id, "[]", "no JSON object"},
        {"another issuer", id, R"({"issuer":"https://evil.example.org",)" + there + "}",
         "another issuer's"},
        {"an issuer that begins so", id,
         R"({"issuer":"https://id.example.org.evil.org",)" + there + "}", "another issuer's"},
        {"no issuer", id, "{" + there + "}", "another issuer's"},
        {"issuer is a number", id, R"({"issuer":1,)" + there + "}", "another issuer's"},
        {"no endpoint", id, R"({"issuer":"https://id.example.org"})", "no token_endpoint"},
        {"plain", id, "{" + mine + R"("token_endpoint":"http://id.example.org/t"})",
         "no token_endpoint"},
        {"to this machine from elsewhere", id,
         "{" + mine + R"("token_endpoint":"http://127.0.0.1/t"})", "no token_endpoint"},
        {"another scheme", id, "{" + mine + R"("token_endpoint":"file:///etc/passwd"})",
         "no token_endpoint"},
        {"a user in it", id, "{" + mine + R"("token_endpoint":"https://a:b@id.example.org/t"})",
         "no token_endpoint"},
        {"a line feed in it", id, "{" + mine + R"("token_endpoint":"https://id.example.org/\nt"})",
         "no token_endpoint"},
    };
    for (const Case& row : cases) {
        BOOST_TEST_CONTEXT(row.name) {
            const auto found = discovery_answer(row.body, row.issuer);
            if (const auto* none = std::get_if<NoAnswer>(&found))
                BOOST_TEST(holds(none->why, row.want), none->why);
            else
                BOOST_TEST(std::get<OauthEndpoints>(found).token == row.want);
        }
    }
    // A way to end the session that may not be told secrets is none.
    const auto found = discovery_answer(
        "{" + mine + there + R"(,"revocation_endpoint":"http://id.example.org/r"})", id);
    BOOST_TEST((std::get<OauthEndpoints>(found).ending == OauthEndpoints::Ending::none));
}

BOOST_AUTO_TEST_CASE(an_issuer_is_asked_again_after_a_failure) {
    config.keycloak_url.clear();
    config.issuer = "https://id.example.org";
    const HttpAnswer first = answered(
        200, R"({"issuer":"https://id.example.org","token_endpoint":"https://id.example.org/1"})");
    const HttpAnswer second = answered(
        200, R"({"issuer":"https://id.example.org","token_endpoint":"https://id.example.org/2"})");
    http.answers = {answered(503), first, answered(404), second, token("a1")};
    Tokens subject = tokens();
    BOOST_TEST(given(subject) == "error https://id.example.org answers HTTP 503");
    http.now += 1h;
    BOOST_TEST(given(subject) == "error no token: https://id.example.org answers HTTP 404");
    http.now += 1h;
    BOOST_TEST(given(subject) == "a1");
    BOOST_TEST(http.asked.back().url == "https://id.example.org/2");
}

// --- answers ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(answers_with_a_token) {
    struct Case {
        const char* name;
        std::string body;
        std::string want; // "ACCESS REFRESH LIFE in ms", or why it is none
    };
    const std::vector<Case> cases{
        {"all", R"({"access_token":"a.b-c","refresh_token":"r","expires_in":30})", "a.b-c r 30000"},
        {"no lifetime", R"({"access_token":"a"})", "a  3600000"},
        {"null", R"({"access_token":"a","refresh_token":null,"expires_in":null})", "a  3600000"},
        {"a text of digits", R"({"access_token":"a","expires_in":"30"})", "a  30000"},
        {"another text", R"({"access_token":"a","expires_in":"30s"})", "a  3600000"},
        {"an empty text", R"({"access_token":"a","expires_in":""})", "a  3600000"},
        {"a text with a sign", R"({"access_token":"a","expires_in":"-30"})", "a  3600000"},
        {"a fraction", R"({"access_token":"a","expires_in":1.5})", "a  1500"},
        {"next to nothing", R"({"access_token":"a","expires_in":1e-9})", "a  1"},
        {"zero", R"({"access_token":"a","expires_in":0})", "a  3600000"},
        {"negative", R"({"access_token":"a","expires_in":-1})", "a  3600000"},
        {"very negative", R"({"access_token":"a","expires_in":-9223372036854775808})",
         "a  3600000"},
        {"huge", R"({"access_token":"a","expires_in":9223372036854775807})", "a  86400000"},
        {"beyond", R"({"access_token":"a","expires_in":18446744073709551615})", "a  86400000"},
        {"a huge fraction", R"({"access_token":"a","expires_in":1e300})", "a  86400000"},
        {"a huge text", R"({"access_token":"a","expires_in":"999999999999999999"})", "a  86400000"},
        {"a text beyond", R"({"access_token":"a","expires_in":"9999999999999999999999"})",
         "a  3600000"},
        {"an object", R"({"access_token":"a","expires_in":{}})", "a  3600000"},
        {"the kind", R"({"access_token":"a","token_type":"BEARER"})", "a  3600000"},
        {"another kind", R"({"access_token":"a","token_type":"DPoP"})",
         "the answer holds another kind of token than bearer"},
        {"more members", R"({"x":{"y":[1]},"access_token":"a"})", "a  3600000"},
        {"empty", "", "the answer is no JSON object"},
        {"cut off", R"({"access_token":"a)", "the answer is no JSON object"},
        {"something behind it", R"({"access_token":"a"}x)", "the answer is no JSON object"},
        {"an array", R"(["access_token"])", "the answer is no JSON object"},
        {"too deep",
         R"({"access_token":"a","x":)" + std::string(40, '[') + std::string(40, ']') + "}",
         "the answer is no JSON object"},
        {"no token", R"({"refresh_token":"a"})",
         "the answer holds no access_token that can be used"},
        {"an empty one", R"({"access_token":""})",
         "the answer holds no access_token that can be used"},
        {"a number", R"({"access_token":1})", "the answer holds no access_token that can be used"},
        {"a header more", R"({"access_token":"a\r\nX-Evil: 1"})",
         "the answer holds no access_token that can be used"},
        {"a blank", R"({"access_token":"a b"})",
         "the answer holds no access_token that can be used"},
        {"a zero", R"({"access_token":"a\u0000"})",
         "the answer holds no access_token that can be used"},
        {"not ASCII", R"({"access_token":"ñ"})",
         "the answer holds no access_token that can be used"},
        {"too long", R"({"access_token":")" + std::string(16385, 'a') + "\"}",
         "the answer holds no access_token that can be used"},
        {"a line feed", R"({"access_token":"a","refresh_token":"\n"})",
         "the answer holds a refresh_token that cannot be used"},
    };
    for (const Case& row : cases) {
        BOOST_TEST_CONTEXT(row.name) {
            const auto answer = token_answer(row.body);
            if (const auto* none = std::get_if<NoAnswer>(&answer)) {
                BOOST_TEST(none->why == row.want);
                continue;
            }
            const auto& found = std::get<TokenAnswer>(answer);
            BOOST_TEST(found.access + " " + found.refresh + " " +
                           std::to_string(found.life.count()) ==
                       row.want);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_a_refusal_says) {
    struct Case {
        std::string body, want;
    };
    const std::vector<Case> cases{
        {R"({"error":"invalid_grant","error_description":"Account disabled"})",
         "invalid_grant: Account disabled"},
        {R"({"error":"invalid_grant"})", "invalid_grant"},
        {R"({"error_description":"x"})", "x"},
        {R"({"error":1})", ""},
        {"<html>", ""},
        {R"({"error":")" + std::string(300, 'x') + "\"}", std::string(200, 'x')},
    };
    for (const Case& row : cases)
        BOOST_TEST(refusal_text(row.body, {}) == row.want);
}

// --- lives --------------------------------------------------------------------------------------

// A token is renewed in its last third, five seconds before its end at the latest, but not in its
// first half; and never is one given that has ended.
BOOST_AUTO_TEST_CASE(when_a_token_is_renewed) {
    struct Case {
        const char* life;
        Ms kept, renewed; // after so long
    };
    const std::vector<Case> cases{
        {"3600", 2399s, 2400s}, {"300", 199s, 200s}, {"60", 39s, 40s},
        {"30", 19s, 20s},       {"12", 6900ms, 7s},  {"10", 4900ms, 5s},
        {"2", 900ms, 1000ms},   {"1", 400ms, 500ms}, {"0.002", 0ms, 1ms},
    };
    for (const Case& row : cases) {
        BOOST_TEST_CONTEXT(row.life) {
            http.asked.clear();
            http.answers = {token("a1", "r1", row.life), token("a2", "r2", row.life)};
            Tokens subject = tokens();
            BOOST_TEST(given(subject) == "a1");
            const auto begun = http.now;
            http.now = begun + row.kept;
            BOOST_TEST(given(subject) == "a1");
            http.now = begun + row.renewed;
            BOOST_TEST(given(subject) == "a2");
            BOOST_TEST(http.asked.size() == 2U);
        }
    }
}

// Its life is counted from before the request. One that has ended before the answer is there is
// given once, for there will be no better one.
BOOST_AUTO_TEST_CASE(a_server_that_is_slower_than_its_tokens_live) {
    http.took = 3s;
    for (int i = 0; i < 5; ++i)
        http.then(token("a" + std::to_string(i), "r", "2"));
    Tokens subject = tokens();
    for (int i = 0; i < 5; ++i)
        BOOST_TEST(given(subject) == "a" + std::to_string(i));
}

BOOST_AUTO_TEST_CASE(hours_of_tokens_that_live_two_seconds) {
    for (int i = 0; i < 4000; ++i)
        http.then(token("a" + std::to_string(i), "r", "2"));
    Tokens subject = tokens();
    for (int i = 0; i < 7200; ++i) {
        BOOST_REQUIRE(given(subject).starts_with("a"));
        http.now += 500ms;
    }
    BOOST_TEST(http.asked.size() == 3600U);
}

BOOST_AUTO_TEST_CASE(a_refusal_of_the_refresh_is_a_login) {
    for (const HttpAnswer& refusal :
         {answered(400, "{\"error\":\"invalid_grant\"}"), answered(401), answered(500),
          answered(302), answered(200, "no JSON"), answered(200, "{}")}) {
        http.asked.clear();
        http.answers = {token("a1", "r1", "30"), refusal, token("a2", "", "30"),
                        token("a3", "", "30")};
        Tokens subject = tokens();
        BOOST_TEST(given(subject) == "a1");
        http.now += 25s;
        BOOST_TEST(given(subject) == "a2");
        http.now += 25s;
        BOOST_TEST(given(subject) == "a3"); // r1 is not tried again
        const Texts want{login_1 + " " + password_form, login_1 + " " + refresh_form + "r1",
                         login_1 + " " + password_form, login_1 + " " + password_form};
        BOOST_TEST(requests() == want, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(no_network_is_no_login) {
    for (const HttpAnswer& trouble : {unreachable(), broken()}) {
        http.asked.clear();
        http.answers = {token("a1", "r1", "30"), trouble, trouble, token("a2", "r2", "30")};
        Tokens subject = tokens();
        BOOST_TEST(given(subject) == "a1");
        http.now += 20s;
        BOOST_TEST(given(subject) == "a1"); // it is good for ten seconds yet
        http.now += 1s;
        BOOST_TEST(given(subject) == "a1"); // without asking again
        BOOST_TEST(http.asked.size() == 2U);
        http.now += 3s;
        BOOST_TEST(given(subject) == "a1");
        BOOST_TEST(http.asked.size() == 3U);
        http.now += 2s; // the pause is four seconds now
        BOOST_TEST(given(subject) == "a1");
        http.now += 4s; // and the token has ended
        BOOST_TEST(given(subject) == "a2");
        const Texts want{login_1 + " " + password_form, login_1 + " " + refresh_form + "r1",
                         login_1 + " " + refresh_form + "r1", login_1 + " " + refresh_form + "r1"};
        BOOST_TEST(requests() == want, boost::test_tools::per_element());
    }
}

// --- failures -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(pauses_grow_and_the_reason_stays) {
    config.keycloak_url.clear();
    config.token_url = "https://id.example.org/token";
    Tokens subject = tokens();
    const std::string reason =
        "error no token: https://id.example.org answers HTTP 401, invalid_grant: Invalid user";
    for (const Ms pause : {2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
        http.then(wrong_password());
        const std::size_t before = http.asked.size();
        BOOST_TEST(given(subject) == reason);
        BOOST_TEST(http.asked.size() == before + 1);
        http.now += pause - 1ms;
        BOOST_TEST(given(subject) == reason);
        BOOST_TEST(http.asked.size() == before + 1);
        http.now += pause / 4 + 1ms; // the pause is lengthened at random
    }
    http.then(token("a1", "r1", "30"));
    BOOST_TEST(given(subject) == "a1");
    http.then(unreachable());
    http.now += 31s;
    BOOST_TEST(given(subject) == "error https://id.example.org cannot be asked for a token: "
                                 "connection refused");
    http.now += 3s; // the count began anew
    http.then(token("a2", "r1", "30"));
    BOOST_TEST(given(subject) == "a2");
}

BOOST_AUTO_TEST_CASE(a_server_that_wants_to_be_left_alone) {
    config.keycloak_url.clear();
    config.token_url = "https://id.example.org/token";
    HttpAnswer busy = answered(429);
    busy.retry_after = 50;
    http.answers = {busy, token("a1")};
    Tokens subject = tokens();
    BOOST_TEST(holds(given(subject), "HTTP 429"));
    http.now += 49s;
    BOOST_TEST(holds(given(subject), "HTTP 429"));
    BOOST_TEST(http.asked.size() == 1U);
    http.now += 1s;
    BOOST_TEST(given(subject) == "a1");
}

BOOST_AUTO_TEST_CASE(nobody_is_left_alone_for_more_than_a_day) {
    config.keycloak_url.clear();
    config.token_url = "https://id.example.org/token";
    HttpAnswer busy = answered(429);
    busy.retry_after = std::numeric_limits<std::int64_t>::max();
    http.answers = {busy, token("a1")};
    Tokens subject = tokens();
    BOOST_TEST(holds(given(subject), "HTTP 429"));
    http.now += 24h - 1s;
    BOOST_TEST(holds(given(subject), "HTTP 429"));
    BOOST_TEST(http.asked.size() == 1U);
    http.now += 1s;
    BOOST_TEST(given(subject) == "a1");
}

// Of two addresses the one that is there is told of.
BOOST_AUTO_TEST_CASE(which_reason_is_told) {
    struct Case {
        HttpAnswer first, second;
        const char* want;
    };
    const std::vector<Case> cases{
        {wrong_password(), answered(404), "HTTP 401, invalid_grant: Invalid user"},
        {answered(404), wrong_password(), "HTTP 401, invalid_grant: Invalid user"},
        {unreachable(), unreachable(), "cannot be asked for a token: connection refused"},
        {wrong_password(), answered(500), "HTTP 401, invalid_grant: Invalid user"},
        {answered(404), answered(405), "HTTP 404"},
        {answered(200, "x"), answered(404), "the answer is no JSON object"},
    };
    for (const Case& row : cases) {
        http.asked.clear();
        http.answers = {row.first, row.second};
        Tokens subject = tokens();
        const std::string text = given(subject);
        BOOST_TEST(holds(text, row.want), text);
    }
}

BOOST_AUTO_TEST_CASE(no_secret_is_in_an_error) {
    use_secret();
    const std::string basic = "c21zLWdhdGV3YXk6cyUzRGNyZXQ="; // sms-gateway:s%3Dcret
    for (const std::string secret :
         {"p&ss word%ñ", "p%26ss+word%25%C3%B1", "s=cret", "s%3Dcret", basic.c_str()}) {
        // Also where it begins just before the end of what would be shown.
        for (const std::size_t before : {std::size_t{1}, 200 - secret.size() / 2}) {
            http.asked.clear();
            http.answers = {
                answered(400, "{\"error\":\"" + std::string(before, '.') + secret + "\"}"),
                answered(404)};
            Tokens subject = tokens();
            BOOST_TEST(given(subject) == "error no token: https://id.example.org answers HTTP 400");
        }
    }
}

BOOST_AUTO_TEST_CASE(files_of_secrets) {
    Tokens subject = tokens();
    (void)folder.write("password", "");
    BOOST_TEST(given(subject) == "error " + config.password_file + ": its first line is empty");
    config.password_file = folder.file("missing");
    http.now += 1h;
    BOOST_TEST(holds(given(subject), "missing: No such file"));
    // What is in them is read again at each login.
    config.password_file = secret("password", "p&ss word%ñ");
    http.then(token("a1"));
    http.now += 1h;
    BOOST_TEST(given(subject) == "a1");
    BOOST_TEST(requests() == Texts{login_1 + " " + password_form});
}

// What a renewal does not need may be missing.
BOOST_AUTO_TEST_CASE(a_renewal_without_the_file_of_the_password) {
    http.answers = {token("a1", "r1", "30"), token("a2", "r2", "30")};
    Tokens subject = tokens();
    BOOST_TEST(given(subject) == "a1");
    BOOST_REQUIRE(::unlink(config.password_file.c_str()) == 0);
    http.now += 25s;
    BOOST_TEST(given(subject) == "a2");
}

// --- a token that the API refuses ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(refused_once_refused_twice_refused_for_good) {
    config.keycloak_url.clear();
    config.token_url = "https://id.example.org/token";
    http.answers = {token("a1", "r1"), token("a2", "r2"), token("a3", "r3"), token("a4", "r4")};
    Tokens subject = tokens();
    BOOST_TEST(given(subject) == "a1");
    subject.refused();
    BOOST_TEST(given(subject) == "a2");
    subject.refused();
    BOOST_TEST(given(subject) == "a3");
    subject.refused(); // that was of a login
    subject.refused(); // said twice of one token
    const std::string reason = "error the API refuses the tokens that https://id.example.org gives";
    BOOST_TEST(given(subject) == reason);
    BOOST_TEST(http.asked.size() == 3U);
    http.now += 3s;
    BOOST_TEST(given(subject) == "a4");
    subject.refused();
    http.now += 3s; // the pause is four seconds now
    BOOST_TEST(given(subject) == reason);
    const std::string url = config.token_url + " ";
    const Texts want{url + password_form, url + refresh_form + "r1", url + password_form,
                     url + password_form};
    BOOST_TEST(requests() == want, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_token_that_is_renewed_for_its_age_is_refused_for_the_first_time) {
    http.answers = {token("a1", "r1"), token("a2", "r2"), token("a3", "r3"), token("a4", "r4")};
    Tokens subject = tokens();
    BOOST_TEST(given(subject) == "a1");
    subject.refused();
    BOOST_TEST(given(subject) == "a2");
    http.now += 250s;
    BOOST_TEST(given(subject) == "a3");
    subject.refused();
    BOOST_TEST(given(subject) == "a4");
    BOOST_TEST(http.asked[3].body == refresh_form + "r3");
}

BOOST_AUTO_TEST_CASE(a_token_that_was_accepted_is_refused_for_the_first_time) {
    http.answers = {token("a1", "r1"), token("a2", "r2"), token("a3", "r3")};
    Tokens subject = tokens();
    BOOST_TEST(given(subject) == "a1");
    subject.refused();
    BOOST_TEST(given(subject) == "a2");
    subject.accepted();
    subject.refused();
    BOOST_TEST(given(subject) == "a3");
    BOOST_TEST(http.asked[2].body == refresh_form + "r2");
}

// A refused token is not used again, also while there is no other.
BOOST_AUTO_TEST_CASE(refused_while_the_server_is_away) {
    http.answers = {token("a1", "r1"), unreachable(), token("a2", "r2")};
    Tokens subject = tokens();
    BOOST_TEST(given(subject) == "a1");
    subject.refused();
    BOOST_TEST(holds(given(subject), "cannot be asked"));
    BOOST_TEST(holds(given(subject), "cannot be asked"));
    http.now += 3s;
    BOOST_TEST(given(subject) == "a2");
    BOOST_TEST(http.asked.back().body == refresh_form + "r1");
}

// --- the end ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_tokens_are_forgotten_however_the_logout_ends) {
    for (const HttpAnswer& end :
         {answered(200), answered(204), answered(400), answered(500), unreachable(), broken()}) {
        http.asked.clear();
        http.answers = {token("a1", "r1"), end, token("a2", "r2")};
        Tokens subject = tokens();
        BOOST_TEST(given(subject) == "a1");
        subject.log_out();
        BOOST_TEST((http.asked[1].timeout == 5s));
        subject.log_out(); // nothing is left
        BOOST_TEST(http.asked.size() == 2U);
        BOOST_TEST(given(subject) == "a2");
        BOOST_TEST(http.asked[2].body == password_form);
    }
}

BOOST_AUTO_TEST_CASE(a_logout_without_a_login) {
    Tokens subject = tokens();
    subject.log_out();
    BOOST_TEST(http.asked.empty());
}

BOOST_AUTO_TEST_SUITE_END()
