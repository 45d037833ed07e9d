// Requests, replies, and the way from one to the other before a handler sees anything.

#define BOOST_TEST_MODULE request_test
#include <boost/test/unit_test.hpp>

#include "support/handler.h"

#include <map>

using namespace smsspool;

namespace {

Reply say_hello(const Request&, const Services& services) {
    (void)services.spool.get().health();
    Reply reply;
    reply.body = "\"hello\"\n";
    return reply;
}

Reply refuse_plainly(const Request&, const Services&, const Refusal& refusal) {
    Reply reply;
    reply.status = refusal.status;
    reply.headers = refusal.headers;
    reply.body = refusal.code + "|" + refusal.text;
    return reply;
}

template <Fault fault>
Reply fail(const Request&, const Services&) {
    throw Error(fault, "SELECT secret FROM /var/lib");
}

Reply fail_otherwise(const Request&, const Services&) {
    throw std::runtime_error("SELECT secret FROM /var/lib");
}

using Handler = Reply (*)(const Request&, const Services&);

Program program_with(Handler handler) {
    return {"test",  Access::read,  Scope::status, {{"/a", "GET, HEAD, OPTIONS"}, {"/b", "POST"}},
            handler, refuse_plainly};
}

} // namespace

// The handler's fixture wants a program; here each case brings its own.
const Program smsspool::the_program = program_with(say_hello);

BOOST_AUTO_TEST_SUITE(request_test)

BOOST_AUTO_TEST_CASE(queries) {
    struct Case {
        std::string name, query, key, want; // want "-": missing
    };
    const Case cases[] = {
        {"last name without a value", "unread", "unread", ""},
        {"two names without values", "unread&delete", "delete", ""},
        {"first of two", "unread&delete", "unread", ""},
        {"behind a value", "limit=10&unread", "unread", ""},
        {"the value before it", "limit=10&unread", "limit", "10"},
        {"empty value", "unread=&x=1", "unread", ""},
        {"last with a value", "a=1&limit=5", "limit", "5"},
        {"the first counts", "limit=1&limit=2", "limit", "1"},
        {"names are compared exactly", "UNREAD", "unread", "-"},
        {"prefixes are other names", "unread_only", "unread", "-"},
        {"percent", "message_id=a%2Db%20c+d", "message_id", "a-b c d"},
        {"broken percent", "x=%zz%4", "x", "%zz%4"},
        {"no UTF-8", "x=%ff", "x", "\uFFFD"},
        {"= in a value", "x=a=b", "x", "a=b"},
        {"nothing", "", "x", "-"},
        {"only separators", "&&&", "x", "-"},
        {"no name", "=5&x=1", "x", "1"},
    };
    for (const Case& c : cases)
        BOOST_TEST_CONTEXT(c.name)
    BOOST_TEST(Query(c.query).get(c.key).value_or("-") == c.want);
}

BOOST_AUTO_TEST_CASE(a_query_that_says_yes) {
    const struct {
        const char* query;
        bool want;
    } cases[] = {
        {"all", true},          {"all=", true},   {"all=1", true},   {"all=TRUE", true},
        {"all=yes", true},      {"all=0", false}, {"all=no", false}, {"all=on", false},
        {"all= 1", false},      {"", false},      {"All=1", false},  {"x=1", false},
        {"all=0&all=1", false},
    };
    for (const auto& c : cases)
        BOOST_TEST(Query(c.query).says("all") == c.want, c.query);
}

BOOST_AUTO_TEST_CASE(media_types) {
    struct Case {
        std::string type;
        bool want;
    };
    const Case cases[] = {
        {"application/json", true},
        {"Application/JSON", true},
        {"application/json; charset=utf-8", true},
        {"application/json;charset=utf-8", true},
        {" application/json ", true},
        {"application/vnd.api+json", true},
        {"application/problem+JSON; x=y", true},
        {"", false},
        {"text/json", false},
        {"text/plain", false},
        {"application/jsonp", false},
        {"application/x-www-form-urlencoded", false},
        {"xapplication/json", false},
        {"text/vnd.api+json", false},
        {"application+json", false},
        {"text/plain; application/json", false},
    };
    for (const Case& c : cases)
        BOOST_TEST(is_json(c.type) == c.want, c.type);
}

BOOST_AUTO_TEST_CASE(parameters_become_a_request) {
    std::map<std::string, std::string> parameters{
        {"REQUEST_METHOD", "POST"},    {"DOCUMENT_URI", "/"},
        {"QUERY_STRING", "a=b"},       {"CONTENT_TYPE", "application/json"},
        {"REMOTE_USER", "ana"},        {"REMOTE_ADDR", "192.0.2.1"},
        {"HTTP_IDEMPOTENCY_KEY", "k"}, {"SMSSPOOL_ERROR", "429"},
        {"SMSSPOOL_OPEN", "1"}};
    const auto request = make_request([&](const char* name) { return parameters[name]; }, 7);
    BOOST_TEST(request.method == "POST");
    BOOST_TEST(request.path == "/");
    BOOST_TEST(request.query == "a=b");
    BOOST_TEST(request.content_type == "application/json");
    BOOST_TEST(request.user == "ana");
    BOOST_TEST(request.address == "192.0.2.1");
    BOOST_TEST(request.idempotency_key == "k");
    BOOST_TEST(request.refused == "429");
    BOOST_TEST(request.open);
    BOOST_TEST(request.when == 7);
}

BOOST_AUTO_TEST_CASE(users_that_are_nobody) {
    struct Case {
        std::string given, want;
    };
    const Case cases[] = {{"ana", "ana"},
                          {"josé", "josé"},
                          {"jos\xe9", ""},
                          {"a\nb", ""},
                          {"a\x7f", ""},
                          {"", ""},
                          {"with blank", "with blank"}};
    for (const Case& c : cases) {
        const auto request = make_request(
            [&](const char* name) {
                return std::string(name) == "REMOTE_USER" ? c.given : std::string();
            },
            0);
        BOOST_TEST(request.user == c.want);
    }
}

BOOST_AUTO_TEST_CASE(a_reply_in_cgi_form) {
    Reply reply;
    reply.status = HttpStatus::too_many_requests;
    reply.headers.emplace_back("Retry-After", "1");
    reply.body = "{}\n";
    const std::string head = "Status: 429 Too Many Requests\r\n"
                             "Content-Type: application/json\r\n"
                             "Content-Length: 3\r\n"
                             "Cache-Control: no-store\r\n"
                             "X-Content-Type-Options: nosniff\r\n"
                             "Retry-After: 1\r\n"
                             "\r\n";
    BOOST_TEST(cgi_text(reply, "GET") == head + "{}\n");
    BOOST_TEST(cgi_text(reply, "HEAD") == head);
    // nginx would keep some of what a client is told.
    Reply inner;
    inner.reader = Reader::web_server;
    inner.headers.emplace_back("X-Accel-Redirect", "@there");
    BOOST_TEST(cgi_text(inner, "GET") == "Status: 200 OK\r\nX-Accel-Redirect: @there\r\n\r\n");
}

BOOST_FIXTURE_TEST_CASE(before_the_handler, HandlerFixture) {
    struct Case {
        std::string name, method, path, user, refused;
        int status;
        std::string header, value;
    };
    const Case cases[] = {
        {"good", "GET", "/a", "ana", "", 200, "Allow", "-"},
        {"head", "HEAD", "/a", "ana", "", 200, "Allow", "-"},
        {"unknown path", "GET", "/c", "ana", "", 404, "Allow", "-"},
        {"trailing slash", "GET", "/a/", "ana", "", 404, "Allow", "-"},
        {"other case", "GET", "/A", "ana", "", 404, "Allow", "-"},
        {"wrong method", "POST", "/a", "ana", "", 405, "Allow", "GET, HEAD, OPTIONS"},
        {"wrong method of the other", "GET", "/b", "ana", "", 405, "Allow", "POST"},
        {"method in lower case", "get", "/a", "ana", "", 405, "Allow", "GET, HEAD, OPTIONS"},
        {"part of a method", "HEA", "/a", "ana", "", 405, "Allow", "GET, HEAD, OPTIONS"},
        {"no method", "", "/a", "ana", "", 405, "Allow", "GET, HEAD, OPTIONS"},
        {"options", "OPTIONS", "/a", "", "", 200, "Allow", "GET, HEAD, OPTIONS"},
        {"nobody", "GET", "/a", "", "", 401, "WWW-Authenticate",
         "Basic realm=\"smsspool\", charset=\"UTF-8\""},
        {"wrong method comes before nobody", "PUT", "/a", "", "", 405, "Allow",
         "GET, HEAD, OPTIONS"},
        {"nginx: 401", "GET", "/a", "ana", "401", 401, "WWW-Authenticate",
         "Basic realm=\"smsspool\", charset=\"UTF-8\""},
        {"nginx: 403", "GET", "/a", "ana", "403", 403, "Allow", "-"},
        {"nginx: 404", "GET", "/a", "ana", "404", 404, "Allow", "-"},
        {"nginx: 405", "POST", "/a", "ana", "405", 405, "Allow", "GET, HEAD, OPTIONS"},
        {"nginx: 413", "GET", "/a", "ana", "413", 413, "Allow", "-"},
        {"nginx: 414", "GET", "/a", "ana", "414", 414, "Allow", "-"},
        {"nginx: 429", "GET", "/a", "ana", "429", 429, "Retry-After", "1"},
        {"nginx: 503", "GET", "/a", "ana", "503", 503, "Allow", "-"},
        {"nginx: another of the client", "GET", "/a", "ana", "418", 400, "Allow", "-"},
        {"nginx: another of ours", "GET", "/a", "ana", "599", 500, "Allow", "-"},
        {"nginx: no refusal", "GET", "/a", "ana", "200", 500, "Allow", "-"},
        {"nginx: no number", "GET", "/a", "ana", "x", 500, "Allow", "-"},
        {"nginx refuses options", "OPTIONS", "/a", "ana", "429", 429, "Retry-After", "1"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Request request = get_request(c.path);
            request.method = c.method;
            request.user = c.user;
            request.refused = c.refused;
            const Answer found = ask(request);
            BOOST_TEST(static_cast<int>(found.status()) == c.status);
            BOOST_TEST(found.header(c.header) == c.value);
        }
    }
}

BOOST_AUTO_TEST_CASE(segments_of_a_path) {
    struct Case {
        std::string path;
        std::size_t index;
        std::string want;
    };
    const Case cases[] = {{"/api/sms/7", 2, "7"}, {"/api/sms/7", 0, "api"},
                          {"/api/sms/7", 3, ""},  {"/api/sms/", 2, ""},
                          {"/api//7", 1, ""},     {"", 0, ""},
                          {"api/sms", 0, ""},     {"/", 0, ""}};
    for (const Case& c : cases)
        BOOST_TEST(segment(c.path, c.index) == c.want, c.path << " " << c.index);
}

BOOST_FIXTURE_TEST_CASE(paths_with_any_segment, HandlerFixture) {
    Program program = program_with(say_hello);
    program.routes = {{"/x/*/y", "GET"}, {"/x/new", "GET"}, {"/", "GET"}};
    struct Case {
        std::string path;
        int status;
    };
    const Case cases[] = {{"/x/7/y", 200},  {"/x/*/y", 200},  {"/x/new", 200}, {"/", 200},
                          {"/x//y", 404},   {"/x/7/y/", 404}, {"/x/7", 404},   {"/x/7/8/y", 404},
                          {"//x/7/y", 404}, {"x/7/y", 404},   {"", 404},       {"/x/new/", 404}};
    for (const Case& c : cases) {
        const Reply reply = answer(program, get_request(c.path), {config, &numbers, door});
        BOOST_TEST(int(reply.status) == c.status, c.path);
    }
}

// The program's right is `status`. Whoever is not let in hears no more than who has no password;
// the reason is for the log.
BOOST_FIXTURE_TEST_CASE(rights, HandlerFixture) {
    Spool& spool = door.get();
    spool.put_account({"gone", false, {Scope::status}, {}, test_time});
    spool.put_account({"sender", true, {Scope::send}, {}, test_time});
    const auto add_token = [&](const std::string& id, const std::string& user, Scopes scopes) {
        Token token;
        token.id = id;
        token.user = user;
        token.hash = "hash of " + id;
        token.scopes = scopes;
        token.networks = "192.0.2.0/24";
        token.expires = test_time + 1000;
        spool.add_token(token);
    };
    add_token("good", "ana", {Scope::status});
    add_token("narrow", "ana", {Scope::send});
    struct Case {
        std::string name, user, token, address;
        UtcMs when;
        int status;
        std::string body;
    };
    const std::string home = "192.0.2.1", abroad = "198.51.100.1";
    const std::string out =
        "AUTHENTICATION_REQUIRED|Invalid credentials or missing Authorization header";
    const std::string no_right = "FORBIDDEN|This needs the right \"status\"";
    const Case cases[] = {
        {"no account", "ana", "", abroad, test_time, 200, "\"hello\"\n"},
        {"disabled", "gone", "", home, test_time, 401, out},
        {"without the right", "sender", "", home, test_time, 403, no_right},
        {"a token", "ana", "good", home, test_time, 200, "\"hello\"\n"},
        {"a token without the right", "ana", "narrow", home, test_time, 403, no_right},
        {"a token that has expired", "ana", "good", home, test_time + 1000, 401, out},
        {"a token elsewhere", "ana", "good", abroad, test_time, 401, out},
        {"a token of another user", "eva", "good", home, test_time, 401, out},
        {"a token that was revoked", "ana", "none", home, test_time, 401, out},
        {"a token of nobody", "", "good", home, test_time, 401, out},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Request request = get_request("/a");
            request.user = c.user;
            request.token = c.token;
            request.address = c.address;
            request.when = c.when;
            const Answer found = ask(request);
            BOOST_TEST(int(found.status()) == c.status);
            BOOST_TEST(found.reply.body == c.body);
            BOOST_TEST((found.header("WWW-Authenticate") != "-") == (c.status == 401));
        }
    }
}

// Who may not ask learns nothing of limits.
BOOST_FIXTURE_TEST_CASE(rights_come_before_limits, HandlerFixture) {
    config.query_limit = 1;
    Request request = get_request("/a", "0123456789");
    request.user.clear();
    BOOST_TEST(int(ask(request).status()) == 401);
}

BOOST_FIXTURE_TEST_CASE(limits, HandlerFixture) {
    config.query_limit = 10;
    Request request = get_request("/a", "0123456789");
    BOOST_TEST(int(ask(request).status()) == 200);
    request.query += "0";
    BOOST_TEST(int(ask(request).status()) == 414);
    request.query.clear();
    request.body_state = Body::too_large;
    BOOST_TEST(int(ask(request).status()) == 413);
}

BOOST_FIXTURE_TEST_CASE(faults, HandlerFixture) {
    struct Case {
        std::string name;
        Handler handler;
        int status;
        std::string code, retry;
    };
    const Case cases[] = {
        {"bad_input", fail<Fault::bad_input>, 400, "BAD_REQUEST", "-"},
        {"denied", fail<Fault::denied>, 403, "FORBIDDEN", "-"},
        {"conflict", fail<Fault::conflict>, 409, "CONFLICT", "-"},
        {"busy", fail<Fault::busy>, 503, "SPOOL_BUSY", "1"},
        {"full", fail<Fault::full>, 507, "SPOOL_FULL", "-"},
        {"unavailable", fail<Fault::unavailable>, 503, "SPOOL_UNAVAILABLE", "5"},
        {"corrupt", fail<Fault::corrupt>, 503, "SPOOL_UNAVAILABLE", "5"},
        {"bug", fail<Fault::bug>, 500, "INTERNAL_ERROR", "-"},
        {"another exception", fail_otherwise, 500, "INTERNAL_ERROR", "-"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const Program program = program_with(c.handler);
            Answer found;
            found.reply = answer(program, get_request("/a"), {config, &numbers, door});
            BOOST_TEST(static_cast<int>(found.status()) == c.status);
            BOOST_TEST(found.reply.body.substr(0, found.reply.body.find('|')) == c.code);
            BOOST_TEST(found.header("Retry-After") == c.retry);
            BOOST_TEST(found.reply.body.find("SELECT") == std::string::npos);
            BOOST_TEST(found.reply.body.find("/var") == std::string::npos);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_spool_that_comes_back, HandlerFixture) {
    const std::string away = folder.file("away");
    BOOST_TEST(int(ask(get_request("/a")).status()) == 200);
    std::filesystem::rename(config.spool, away);
    BOOST_TEST(int(ask(get_request("/a")).status()) == 503);
    BOOST_TEST(int(ask(get_request("/a")).status()) == 503);
    std::filesystem::rename(away, config.spool);
    BOOST_TEST(int(ask(get_request("/a")).status()) == 200);
}

// A backup that is put back while programs run must not leave them writing to the old file.
BOOST_FIXTURE_TEST_CASE(a_spool_that_is_replaced, HandlerFixture) {
    door.get().beat({"old", "host", 1, test_time, test_time}, {});
    BOOST_TEST(door.get().health().daemons.size() == 1u);
    for (const char* suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(config.spool + suffix);
    Spool::migrate(config, test_time);
    BOOST_TEST(door.get().health().daemons.empty());
}

BOOST_AUTO_TEST_SUITE_END()
