// smsspool-auth: whose token a request carries.

#define BOOST_TEST_MODULE auth_test
#include <boost/test/unit_test.hpp>

#include "common/ids.h"
#include "common/sqlite.h"
#include "support/handler.h"

using namespace smsspool;

namespace {

struct AuthFixture : HandlerFixture {
    AuthFixture() {
        Token token;
        token.id = "id of it";
        token.user = "ana";
        token.hash = sha256_hex("sms_secret");
        token.networks = "192.0.2.0/24";
        door.get().add_token(token);
    }

    Answer login(const std::string& header, const std::string& address = "192.0.2.1") {
        Request request = get_request("/bearer");
        request.user.clear();
        request.authorization = header;
        request.address = address;
        return ask(request);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(auth_test, AuthFixture)

BOOST_AUTO_TEST_CASE(whose_token_it_is) {
    const Answer answer = login("Bearer sms_secret");
    BOOST_TEST(int(answer.status()) == 204);
    BOOST_TEST(answer.header("X-Sms-User") == "ana");
    BOOST_TEST(answer.header("X-Sms-Token") == "id of it");
    BOOST_TEST(answer.reply.body == "");
    BOOST_TEST((door.get().token("id of it").value().used.value() <= test_time));
    BOOST_TEST((door.get().token("id of it").value().used.value() > test_time - 60'000));
}

BOOST_AUTO_TEST_CASE(headers) {
    struct Case {
        std::string name, header;
        int status;
    };
    const Case cases[] = {
        {"in another case", "bEARER sms_secret", 204},
        {"more blanks", "Bearer   sms_secret  ", 204},
        {"another token", "Bearer sms_secreT", 403},
        {"a part of it", "Bearer sms_secre", 403},
        {"more than it", "Bearer sms_secret2", 403},
        {"its hash", "Bearer " + sha256_hex("sms_secret"), 403},
        {"two", "Bearer sms_secret sms_secret", 403},
        {"none", "Bearer ", 403},
        {"only the word", "Bearer", 403},
        {"no blank", "Bearersms_secret", 403},
        {"another scheme", "Basic sms_secret", 403},
        {"nothing", "", 403},
        {"long", "Bearer " + std::string(100'000, 'x'), 403},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Answer answer = login(c.header);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST((answer.header("X-Sms-User") != "-") == (c.status == 204));
            BOOST_TEST((answer.header("X-Sms-Token") != "-") == (c.status == 204));
        }
    }
}

BOOST_AUTO_TEST_CASE(where_it_does_not_count) {
    BOOST_TEST(int(login("Bearer sms_secret", "198.51.100.1").status()) == 403);
    BOOST_TEST(int(login("Bearer sms_secret", "").status()) == 403);
    BOOST_TEST(!door.get().token("id of it").value().used.has_value());
}

// A full disk, say, keeps nobody out who may come in.
BOOST_AUTO_TEST_CASE(a_use_that_cannot_be_noted) {
    Database(config.spool, Open::write, std::chrono::seconds(1))
        .run_text("CREATE TRIGGER full BEFORE UPDATE ON token BEGIN SELECT RAISE(ABORT, 'full'); "
                  "END");
    BOOST_TEST(int(login("Bearer sms_secret").status()) == 204);
    BOOST_TEST(!door.get().token("id of it").value().used.has_value());
}

// Nothing but nginx can ask for it; what else it asks for is not there.
BOOST_AUTO_TEST_CASE(without_a_spool) {
    std::filesystem::remove(config.spool);
    BOOST_TEST(int(login("Bearer sms_secret").status()) == 503);
}

BOOST_AUTO_TEST_SUITE_END()
