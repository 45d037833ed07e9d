// POST /enviar-sms: every row of contract 2.3, and the differences that are deliberate.

#define BOOST_TEST_MODULE enviar_test
#include <boost/test/unit_test.hpp>

#include "common/ids.h"
#include "support/handler.h"

using namespace smsspool;

namespace {

struct EnviarFixture : HandlerFixture {
    EnviarFixture() {
        add_token("sms_good", {Scope::send});
        add_token("sms_narrow", {Scope::status});
    }

    void add_token(const std::string& secret, Scopes scopes) {
        Token token;
        token.id = "id of " + secret;
        token.user = "ana";
        token.hash = sha256_hex(secret);
        token.scopes = scopes;
        door.get().add_token(token);
    }

    // What nginx does with a login that came in a body (smsspool-locations.conf), smsspool-auth
    // being asked.
    Answer have_checked(Request request, const std::string& shown) {
        const std::string scheme = "Bearer ";
        BOOST_TEST(shown.starts_with(scheme));
        const auto rights = rights_of_bearer(config, door.get(), shown.substr(scheme.size()),
                                             request.address, request.when);
        if (const auto* caller = std::get_if<Caller>(&rights)) {
            request.user = caller->user;
            request.token = caller->token;
        } else {
            request.refused = "401";
        }
        return ask(request);
    }

    Answer post(const std::string& body, const std::string& type = "application/json") {
        Request request = post_request("/enviar-sms", body);
        request.user.clear();
        request.content_type = type;
        Answer answer = ask(request);
        if (answer.reply.reader == Reader::client)
            return answer;
        BOOST_TEST(answer.header("X-Accel-Redirect") == "@smsspool_posted");
        BOOST_TEST(answer.reply.body == "");
        return have_checked(request, answer.header("X-Sms-Login"));
    }
};

std::string body_with(const std::string& members) {
    return R"({"token":"sms_good")" + (members.empty() ? "" : "," + members) + "}";
}

constexpr auto good = R"("numero":"5512345678","mensagem":"oi")";

} // namespace

BOOST_FIXTURE_TEST_SUITE(enviar_test, EnviarFixture)

BOOST_AUTO_TEST_CASE(the_whole_answer) {
    const Answer answer = post(body_with(good));
    BOOST_TEST(int(answer.status()) == 202);
    const std::string id = answer.get("id");
    BOOST_TEST(answer.reply.body ==
               "{\"id\":\"" + id +
                   "\",\"mensagem\":\"SMS recebido e enfileirado para envio.\",\"status\":"
                   "\"aceito\"}\n");
    const auto stored = door.get().find(id);
    BOOST_REQUIRE(stored);
    BOOST_TEST(stored->user == "ana");
    BOOST_TEST(stored->api == "enviar");
    BOOST_TEST(stored->text == "oi");
    BOOST_TEST(stored->jobs.at(0).number == "+525512345678");
}

// Accents travel as escapes, as the ancestor's clients know them.
BOOST_AUTO_TEST_CASE(the_whole_refusal) {
    BOOST_TEST(post("{}").reply.body ==
               "{\"mensagem\":\"JSON inv\\u00E1lido.\",\"status\":\"erro\"}\n");
}

BOOST_AUTO_TEST_CASE(refusals) {
    struct Case {
        std::string name, type, body;
        int status;
        std::string text;
    };
    const std::string json = "application/json";
    const std::string no_json = "JSON inválido.", no_token = "Token inválido.",
                      no_fields = "Campos obrigatórios ausentes.";
    const Case cases[] = {
        {"no media type", "", body_with(good), 415, no_json},
        {"a form", "application/x-www-form-urlencoded", "token=sms_good", 415, no_json},
        {"no body", json, "", 400, no_json},
        {"no JSON", json, "{", 400, no_json},
        {"empty object", json, "{}", 400, no_json},
        {"null", json, "null", 400, no_json},
        {"empty list", json, "[]", 400, no_json},
        {"0", json, "0", 400, no_json},
        {"empty text", json, "\"\"", 400, no_json},
        {"a list", json, "[1]", 400, no_json},
        {"a text", json, "\"x\"", 400, no_json},
        {"a number", json, "7", 400, no_json},
        // The token comes before the other fields.
        {"no token", json, R"({"numero":"1"})", 403, no_token},
        {"null token", json, R"({"token":null})", 403, no_token},
        {"wrong token", json, R"({"token":"x"})", 403, no_token},
        {"part of the token", json, R"({"token":"sms_goo"})", 403, no_token},
        {"token in another case", json, R"({"token":"SMS_GOOD"})", 403, no_token},
        {"token as a number", json, R"({"token":7})", 403, no_token},
        {"name in another case", json, R"({"Token":"sms_good"})", 403, no_token},
        {"token that may not send", json, R"({"token":"sms_narrow"})", 403, no_token},
        {"the ancestor's own default", json, R"({"token":"SEU_TOKEN_SUPER_SECRETO_AQUI"})", 403,
         no_token},
        {"nothing else", json, body_with(""), 400, no_fields},
        {"no number", json, body_with(R"("mensagem":"oi")"), 400, no_fields},
        {"no text", json, body_with(R"("numero":"5512345678")"), 400, no_fields},
        {"empty number", json, body_with(R"("numero":"","mensagem":"oi")"), 400, no_fields},
        {"number 0", json, body_with(R"("numero":0,"mensagem":"oi")"), 400, no_fields},
        {"number null", json, body_with(R"("numero":null,"mensagem":"oi")"), 400, no_fields},
        {"empty text", json, body_with(R"("numero":"5512345678","mensagem":"")"), 400, no_fields},
        {"names in another case", json, body_with(R"("Numero":"5512345678","mensagem":"oi")"), 400,
         no_fields},
        {"number of another kind", json, body_with(R"("numero":["5"],"mensagem":"oi")"), 400,
         "Campo inválido: numero"},
        {"text of another kind", json, body_with(R"("numero":"5512345678","mensagem":{"a":1})"),
         400, "Campo inválido: mensagem"},
        {"a number that is none", json, body_with(R"("numero":"12","mensagem":"oi")"), 400,
         "Número inválido: Invalid phone number format (use 10 digits or "
         "+{country_code}{number})"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Answer answer = post(c.body, c.type);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.get("status") == "erro");
            BOOST_TEST(answer.get("mensagem") == c.text);
        }
    }
    BOOST_TEST(door.get().state_counts().empty());
}

// Nobody learns from a header whether there is such a user.
BOOST_AUTO_TEST_CASE(who_is_refused_gets_no_challenge) {
    BOOST_TEST(post(R"({"token":"sms_wrong"})").header("WWW-Authenticate") == "-");
    BOOST_TEST(post("{}").header("WWW-Authenticate") == "-");
}

BOOST_AUTO_TEST_CASE(good_fields) {
    struct Case {
        std::string name, members, number, text, parts;
    };
    const std::string long_text(200, 'x');
    const Case cases[] = {
        {"a number for its digits", R"("numero":5512345678,"mensagem":7)", "+525512345678", "7",
         "-"},
        {"accents", R"("numero":"5512345678","mensagem":"olá")", "+525512345678", "olá", "-"},
        {"only blanks", R"("numero":"5512345678","mensagem":"  ")", "+525512345678", "  ", "-"},
        {"a long text is never cut", R"("numero":"5512345678","mensagem":")" + long_text + "\"",
         "+525512345678", long_text, "2"},
        {"others are ignored", std::string(good) + R"(,"outro":[1])", "+525512345678", "oi", "-"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Answer answer = post(body_with(c.members), "application/vnd.x+json; a=b");
            BOOST_TEST(int(answer.status()) == 202);
            BOOST_TEST(answer.get("parts") == c.parts);
            const auto stored = door.get().find(answer.get("id"));
            BOOST_REQUIRE(stored);
            BOOST_TEST(stored->text == c.text);
            BOOST_TEST(stored->jobs.at(0).number == c.number);
        }
    }
}

BOOST_AUTO_TEST_CASE(limits_of_the_user) {
    door.get().put_account({"ana", true, {Scope::send}, {1, "", ""}, test_time});
    BOOST_TEST(int(post(body_with(good)).status()) == 202);
    const Answer answer = post(body_with(good));
    BOOST_TEST(int(answer.status()) == 429);
    BOOST_TEST(answer.header("Retry-After") != "-");
    BOOST_TEST(answer.get("mensagem").starts_with("Limite atingido: "));
    door.get().put_account({"ana", false, {Scope::send}, {}, test_time});
    BOOST_TEST(int(post(body_with(good)).status()) == 403);
}

BOOST_AUTO_TEST_CASE(what_any_program_refuses) {
    Request request = post_request("/enviar-sms", body_with(good));
    request.body_state = Body::too_large;
    BOOST_TEST(ask(request).get("mensagem") == "Pedido grande demais.");
    request.method = "GET";
    BOOST_TEST(int(ask(request).status()) == 405);
    request.method = "POST";
    request.refused = "429";
    BOOST_TEST(ask(request).get("mensagem") == "Pedidos demais; tente mais tarde.");
    request.refused.clear();
    request.body_state = Body::complete;
    request.token = "id of sms_good";
    std::filesystem::remove(config.spool);
    const Answer answer = ask(request);
    BOOST_TEST(int(answer.status()) == 503);
    BOOST_TEST(answer.get("status") == "erro");
    BOOST_TEST(answer.header("Retry-After") == "5");
}

BOOST_AUTO_TEST_SUITE_END()
