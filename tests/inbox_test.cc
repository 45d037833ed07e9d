// GET /inbox: contract 1.7, with what contract/README changes.

#define BOOST_TEST_MODULE inbox_test
#include <boost/test/unit_test.hpp>

#include "support/handler.h"

#include <ctime>

using namespace smsspool;

namespace {

struct InboxFixture : HandlerFixture {
    InboxFixture() {
        ::setenv("TZ", "America/Mexico_City", 1);
        ::tzset();
    }

    void arrive(const std::string& text, std::optional<UtcMs> sent = test_time) {
        Arrival arrival;
        arrival.kind = "deliver";
        arrival.number = "+525512345678";
        arrival.text = text;
        arrival.sent = sent;
        arrival.folder = 3;
        arrival.location = ++location;
        door.get().take_in("m", {arrival}, numbers, test_time + location);
    }

    Answer inbox(const std::string& query, const std::string& method = "GET") {
        Request request = get_request("/inbox", query);
        request.method = method;
        return ask(request);
    }

    // The texts of an answer, joined by blanks.
    static std::string texts(const Answer& answer) {
        std::string all;
        for (const auto& message : answer.json["messages"].GetArray())
            all += std::string(all.empty() ? "" : " ") + message["text"].GetString();
        return all;
    }

    // What is there now, untouched: text and state of each.
    std::string left() {
        std::string all;
        for (const InboxMessage& message :
             door.get().inbox({InboxQuery::Which::all, InboxQuery::After::peek, 0}))
            all += (all.empty() ? "" : " ") + message.text + ":" + message.state;
        return all;
    }

    int location = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(inbox_test)

BOOST_FIXTURE_TEST_CASE(the_whole_answer, InboxFixture) {
    arrive("h\u00e9");
    BOOST_TEST(inbox("").reply.body ==
               "{\"count\":1,\"messages\":[{\"datetime\":\"2025-11-14T16:25:28\",\"folder\":0,"
               "\"location\":1,\"number\":\"+525512345678\",\"state\":\"UnRead\","
               "\"text\":\"h\\u00E9\"}],\"status\":\"success\",\"timestamp\":"
               "\"2025-11-14T22:25:28Z\"}\n");
}

BOOST_FIXTURE_TEST_CASE(empty, InboxFixture) {
    BOOST_TEST(inbox("unread&delete").reply.body ==
               "{\"count\":0,\"messages\":[],\"status\":\"success\",\"timestamp\":"
               "\"2025-11-14T22:25:28Z\"}\n");
}

BOOST_FIXTURE_TEST_CASE(no_time_stamp, InboxFixture) {
    arrive("a", std::nullopt);
    const Answer answer = inbox("");
    BOOST_TEST(Answer::get(answer.json["messages"][0], "datetime") == "null");
}

BOOST_FIXTURE_TEST_CASE(a_part_is_missing, InboxFixture) {
    Arrival arrival;
    arrival.kind = "deliver";
    arrival.number = "+525512345678";
    arrival.text = "first";
    arrival.parts = 2;
    arrival.part = 1;
    arrival.reference = 9;
    door.get().take_in("m", {arrival}, numbers, test_time);
    BOOST_TEST(texts(inbox("")) == "");
    door.get().assemble_overdue(test_time + 1, numbers, test_time + 2);
    const Answer answer = inbox("");
    BOOST_TEST(texts(answer) == "first\u2026");
    BOOST_TEST(Answer::get(answer.json["messages"][0], "complete") == "false");
}

// What a query hands out, and what it leaves behind. Before each: "a" was handed out already, "b"
// and "c" were not.
BOOST_AUTO_TEST_CASE(queries) {
    struct Case {
        std::string query, method, texts, left;
    };
    const std::string all_read = "a:read b:read c:read";
    const std::string untouched = "a:read b:unread c:unread";
    const Case cases[] = {
        {"", "GET", "a b c", all_read},
        {"unread", "GET", "b c", all_read},
        {"unread=", "GET", "b c", all_read},
        {"unread=true", "GET", "b c", all_read},
        {"unread=YES", "GET", "b c", all_read},
        {"unread=1", "GET", "b c", all_read},
        {"unread=0", "GET", "a b c", all_read},
        {"unread=on", "GET", "a b c", all_read},
        {"Unread", "GET", "a b c", all_read},
        {"unread_only", "GET", "b c", all_read},
        {"unread=false&unread_only=1", "GET", "b c", all_read},
        {"unread=1&unread_only=false", "GET", "b c", all_read},
        {"delete", "GET", "a b c", ""},
        {"delete_after=yes", "GET", "a b c", ""},
        {"delete=no", "GET", "a b c", all_read},
        {"unread&delete", "GET", "b c", "a:read"},
        {"delete&unread", "GET", "b c", "a:read"},
        {"unread&delete&limit=1", "GET", "b", "a:read c:unread"},
        {"limit=10&unread", "GET", "b c", all_read},
        {"limit=1&unread", "GET", "b", "a:read b:read c:unread"},
        {"limit=2&delete", "GET", "a b", "c:unread"},
        {"limit=0", "GET", "a b c", all_read},
        {"limit=", "GET", "a b c", all_read},
        {"limit", "GET", "a b c", all_read},
        {"limit=x", "GET", "a b c", all_read},
        {"limit=1.5", "GET", "a b c", all_read},
        {"limit=-0", "GET", "a b c", all_read},
        {"limit=+2", "GET", "a b", "a:read b:read c:unread"},
        {"limit=%202%20", "GET", "a b", "a:read b:read c:unread"},
        {"limit=99999999999999999999999", "GET", "a b c", all_read},
        {"delete", "HEAD", "a b c", untouched},
        {"unread&delete", "HEAD", "b c", untouched},
        {"", "HEAD", "a b c", untouched},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.method << " ?" << c.query) {
            InboxFixture fixture;
            fixture.arrive("a");
            (void)fixture.inbox("");
            fixture.arrive("b");
            fixture.arrive("c");
            BOOST_TEST(fixture.left() == untouched);
            const Answer answer = fixture.inbox(c.query, c.method);
            BOOST_TEST(int(answer.status()) == 200);
            BOOST_TEST(InboxFixture::texts(answer) == c.texts);
            BOOST_TEST(answer.json["count"].GetUint() == answer.json["messages"].Size());
            BOOST_TEST(fixture.left() == c.left);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(states, InboxFixture) {
    arrive("a");
    const Answer first = inbox("");
    BOOST_TEST(Answer::get(first.json["messages"][0], "state") == "UnRead");
    const Answer second = inbox("");
    BOOST_TEST(Answer::get(second.json["messages"][0], "state") == "Read");
}

BOOST_FIXTURE_TEST_CASE(refusals, InboxFixture) {
    arrive("a");
    struct Case {
        std::string name, query, method, user;
        int status;
        std::string body;
    };
    const std::string negative =
        "{\"error_code\":\"INVALID_LIMIT\",\"error_message\":\"limit must not be negative\","
        "\"status\":\"failed\"}\n";
    const Case cases[] = {
        {"negative", "limit=-1&delete", "GET", "ana", 400, negative},
        {"very negative", "limit=-99999999999999999999", "GET", "ana", 400, negative},
        {"nobody", "", "GET", "", 401,
         "{\"error_code\":\"AUTHENTICATION_REQUIRED\",\"error_message\":\"Invalid credentials or "
         "missing Authorization header\",\"status\":\"failed\"}\n"},
        {"method", "", "DELETE", "ana", 405,
         "{\"error_code\":\"METHOD_NOT_ALLOWED\",\"error_message\":\"This address does not take "
         "this method\",\"status\":\"failed\"}\n"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Request request = get_request("/inbox", c.query);
            request.method = c.method;
            request.user = c.user;
            const Answer answer = ask(request);
            BOOST_TEST(int(answer.status()) == c.status);
            BOOST_TEST(answer.reply.body == c.body);
            BOOST_TEST(left() == "a:unread");
        }
    }
}

// With its other parameters, before the daemon has entered anything into the index.
BOOST_FIXTURE_TEST_CASE(searching, InboxFixture) {
    struct Case {
        std::string query, texts;
        int status;
    };
    arrive("red apple");
    arrive("green APPLE");
    arrive("pear");
    config.search_length = 6;
    const Case cases[] = {
        {"search=Apple&limit=1", "green APPLE", 200},
        {"search=apple&unread", "red apple", 200},
        {"search=apple", "green APPLE red apple", 200},
        {"search=d%20a", "red apple", 200},
        {"search=%", "", 200},
        {"search=", "red apple green APPLE pear", 200},
        {"search=%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4", "", 200},
        {"search=apples1&delete", "", 400},
        {"search=pear&delete", "pear", 200},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.query) {
            const Answer answer = inbox(c.query);
            BOOST_TEST(int(answer.status()) == c.status);
            if (c.status == 200)
                BOOST_TEST(texts(answer) == c.texts);
            else
                BOOST_TEST(answer.get("error_message") ==
                           "search must have at most 6 characters, it has 7");
        }
    }
    BOOST_TEST(left() == "red apple:read green APPLE:read");
    BOOST_TEST(inbox("search=apple").get("complete") == "-");
    BOOST_TEST(inbox("search=apple&limit=1").get("complete") == "false");
}

BOOST_FIXTURE_TEST_CASE(without_a_spool, InboxFixture) {
    std::filesystem::remove(config.spool);
    const Answer answer = inbox("");
    BOOST_TEST(int(answer.status()) == 503);
    BOOST_TEST(answer.get("error_code") == "SPOOL_UNAVAILABLE");
    BOOST_TEST(answer.get("status") == "failed");
}

BOOST_AUTO_TEST_SUITE_END()
