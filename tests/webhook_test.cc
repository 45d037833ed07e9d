// Webhooks: what is taken as a callback, who signs, what is told, whose turn it is, and what
// follows.

#define BOOST_TEST_MODULE webhook_test
#include "common/callback.h"
#include "common/error.h"
#include "common/hmac.h"
#include "common/json.h"
#include "common/webhook_key.h"
#include "pull/webhook_event.h"
#include "pull/webhook_finder.h"
#include "pull/webhook_teller.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <future>
#include <sys/stat.h>
#include <thread>

using namespace smsspool;
using namespace std::chrono_literals;
using Progress = Followed::Progress;
using End = HttpAnswer::End;
using How = WebhookHearing::How;

namespace {

const std::string secret(32, 's');

Config with_webhooks() {
    Config config;
    config.webhooks = true;
    return config;
}

// A job as it is after its first attempt.
Followed followed_as(State state, Delivery delivery = Delivery::none) {
    Followed followed;
    followed.follower = "webhook";
    followed.job_id = "01900000-0000-7000-8000-000000000001";
    followed.message_id = "01900000-0000-7000-8000-000000000000";
    followed.state = state;
    followed.delivery = delivery;
    followed.number = "+525512345678";
    followed.number_given = "55 1234 5678";
    followed.user = "ana";
    followed.callback = "https://a.example/hook";
    followed.attempted = start_time + 1000;
    followed.created = start_time;
    return followed;
}

rapidjson::Document parsed(const WebhookEvent& event) {
    rapidjson::Document document;
    BOOST_REQUIRE(!parse_json(event.body, 4, document));
    return document;
}

} // namespace

BOOST_AUTO_TEST_SUITE(webhook_test)

// --- what is taken ------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(callbacks) {
    struct Case {
        const char* name;
        std::string url;
        bool https_only, with_http; // taken
    };
    const Case cases[] = {
        {"plain", "https://a.example/hook", true, true},
        {"no path", "https://a.example", true, true},
        {"port", "https://a.example:8443/x", true, true},
        {"query", "https://a.example/x?id=1&t=%20", true, true},
        {"a long name", "https://" + std::string(253, 'x') + ":1/", true, true},
        {"a name that is too long", "https://" + std::string(254, 'x') + ":1/", false, false},
        {"IPv4", "https://192.0.2.1/x", true, true},
        {"IPv6", "https://[2001:db8::1]:443/x", true, true},
        {"scheme in capitals", "HTTPS://A.example/x", true, true},
        {"http", "http://a.example/x", false, true},
        {"another scheme", "ftp://a.example/x", false, false},
        {"file", "file:///etc/passwd", false, false},
        {"no scheme", "a.example/x", false, false},
        {"only a scheme", "https://", false, false},
        {"no host", "https:///x", false, false},
        {"only a port", "https://:443/x", false, false},
        {"port 0", "https://a.example:0/", false, false},
        {"port too large", "https://a.example:65536/", false, false},
        {"port is no number", "https://a.example:https/", false, false},
        {"port without digits", "https://a.example:/", false, false},
        {"a user", "https://ana@a.example/x", false, false},
        {"a user with a password", "https://ana:x@a.example/x", false, false},
        {"a blank", "https://a.example/a b", false, false},
        {"a blank before it", " https://a.example/", false, false},
        {"a line feed", "https://a.example/\nX-Evil: 1", false, false},
        {"U+0000", std::string("https://a.example/\0", 19), false, false},
        {"a backslash", "https://a.example\\@b.example/", false, false},
        {"beyond ASCII", "https://\xC3\xB1.example/", false, false},
        {"open bracket", "https://[::1/", false, false},
        {"a name in brackets", "https://[localhost]/", false, false},
        {"empty", "", false, false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Config config = with_webhooks();
            BOOST_TEST(!callback_fault(c.url, config).has_value() == c.https_only);
            config.webhook_http = true;
            BOOST_TEST(!callback_fault(c.url, config).has_value() == c.with_http);
            config.webhooks = false;
            BOOST_TEST(callback_fault(c.url, config).value() ==
                       "Field 'callback' is not taken: webhooks are switched off here");
        }
    }
}

BOOST_AUTO_TEST_CASE(the_fault_of_a_callback_names_limit_and_finding) {
    Config config = with_webhooks();
    config.callback_length_most = 30;
    BOOST_TEST(!callback_fault("https://a.example/" + std::string(12, 'x'), config).has_value());
    BOOST_TEST(callback_fault("https://a.example/" + std::string(13, 'x'), config).value() ==
               "Field 'callback' must have at most 30 bytes, not 31");
    BOOST_TEST(callback_fault("http://a.example/", config).value() ==
               "Field 'callback' must be an https URL without a user, not \"http://a.example/\"");
    config.webhook_http = true;
    config.callback_length_most = 2000;
    BOOST_TEST(callback_fault(std::string(150, 'x'), config).value() ==
               "Field 'callback' must be an http or https URL without a user, not \"" +
                   std::string(100, 'x') + "\u2026\"");
}

// --- who signs ----------------------------------------------------------------------------------

// RFC 4231, 4.2, 4.3 and 4.7.
BOOST_AUTO_TEST_CASE(hmac) {
    BOOST_TEST(hmac_sha256_hex(std::string(20, '\x0b'), "Hi There") ==
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    BOOST_TEST(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    BOOST_TEST(hmac_sha256_hex(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First") ==
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

BOOST_AUTO_TEST_CASE(keys_and_signatures) {
    const std::string key = webhook_key(secret, "ana");
    BOOST_TEST(key.size() == 64u);
    BOOST_TEST(key == webhook_key(secret, "ana"));
    BOOST_TEST(key != webhook_key(secret, "eve"));
    BOOST_TEST(key != webhook_key(secret + "s", "ana"));
    BOOST_TEST(webhook_signature("key", 1700000000, "{}") ==
               "v1=" + hmac_sha256_hex("key", "1700000000.{}"));
}

BOOST_AUTO_TEST_CASE(the_secret_of_the_keys) {
    const TempFolder folder;
    Config config;
    BOOST_CHECK_THROW((void)webhook_secret(config), Error);
    config.webhook_key_file = folder.write("key", std::string(31, 'k') + "\n");
    BOOST_TEST(::chmod(config.webhook_key_file.c_str(), 0600) == 0);
    BOOST_CHECK_THROW((void)webhook_secret(config), Error);
    config.webhook_key_file = folder.write("key", secret + "\nmore\n");
    BOOST_TEST(webhook_secret(config) == secret);
    BOOST_TEST(::chmod(config.webhook_key_file.c_str(), 0644) == 0);
    BOOST_CHECK_THROW((void)webhook_secret(config), Error);
    config.webhook_key_file = folder.file("none");
    BOOST_CHECK_THROW((void)webhook_secret(config), Error);
}

// --- what is told -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(names_of_events) {
    struct Case {
        const char* name;
        State state;
        Delivery delivery;
        std::optional<State> told;
        const char* event;
        const char* status;
    };
    const Case cases[] = {
        {"sent", State::sent, Delivery::none, {}, "sent", "sent"},
        {"sent, report awaited", State::sent, Delivery::pending, {}, "sent", "sent"},
        {"delivered", State::sent, Delivery::delivered, State::sent, "delivered", "sent"},
        {"sent and delivered at once", State::sent, Delivery::delivered, {}, "delivered", "sent"},
        {"undelivered", State::sent, Delivery::undelivered, State::sent, "undelivered", "sent"},
        {"partly", State::sent, Delivery::partly, State::sent, "partly", "sent"},
        {"replied", State::replied, Delivery::none, State::sent, "replied", "replied"},
        {"replied, first", State::replied, Delivery::delivered, State::sent, "replied", "replied"},
        {"delivered after the reply", State::replied, Delivery::delivered, State::replied,
         "delivered", "replied"},
        {"timeout", State::timeout, Delivery::none, State::sent, "timeout", "timeout"},
        {"failed", State::failed, Delivery::none, {}, "failed", "failed"},
        {"unknown", State::unknown, Delivery::none, {}, "unknown", "failed"},
        {"expired", State::expired, Delivery::none, {}, "expired", "failed"},
        {"canceled", State::canceled, Delivery::none, {}, "canceled", "failed"},
        {"abandoned", State::abandoned, Delivery::none, State::failed, "abandoned", "failed"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Followed followed = followed_as(c.state, c.delivery);
            followed.told = c.told;
            const WebhookEvent event = event_of(followed);
            BOOST_TEST(event.name == c.event);
            const auto body = parsed(event);
            BOOST_TEST(body["event"].GetString() == std::string(c.event));
            BOOST_TEST(body["status"].GetString() == std::string(c.status));
            BOOST_TEST(body["delivery"].GetString() == std::string(name_of(c.delivery)));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_whole_body) {
    Followed followed = followed_as(State::replied, Delivery::delivered);
    followed.told = State::sent;
    followed.label = "otp";
    followed.ended = start_time + 3000;
    followed.delivered = start_time + 2000;
    followed.reply = JobView::Reply{"s\xC3\xAD \xFF", start_time + 3000};
    followed.parts = 2;
    const WebhookEvent event = event_of(followed);
    BOOST_TEST(event.body ==
               "{\"attempted_at\":\"2023-11-14T22:13:21.000Z\","
               "\"created_at\":\"2023-11-14T22:13:20.000Z\","
               "\"delivered_at\":\"2023-11-14T22:13:22.000Z\",\"delivery\":\"delivered\","
               "\"ended_at\":\"2023-11-14T22:13:23.000Z\",\"error_code\":null,"
               "\"error_message\":null,\"event\":\"replied\",\"final\":true,\"id\":\"" +
                   event.id +
                   "\",\"job_id\":\"01900000-0000-7000-8000-000000000001\",\"label\":\"otp\","
                   "\"message_id\":\"01900000-0000-7000-8000-000000000000\","
                   "\"number\":\"+525512345678\",\"number_given\":\"55 1234 5678\",\"parts\":2,"
                   "\"reply\":{\"received_at\":\"2023-11-14T22:13:23.000Z\",\"text\":\"s\\u00ED "
                   "\\uFFFD\"},\"status\":\"replied\"}");
}

BOOST_AUTO_TEST_CASE(errors_are_those_of_the_job_or_of_its_state) {
    Followed followed = followed_as(State::canceled);
    BOOST_TEST(parsed(event_of(followed))["error_code"].GetString() == std::string("CANCELED"));
    followed = followed_as(State::failed);
    followed.error_code = "SEND_FAILED";
    followed.error_text = "Failed to send SMS: 500";
    BOOST_TEST(parsed(event_of(followed))["error_message"].GetString() ==
               std::string("Failed to send SMS: 500"));
    followed.state = State::sent; // what was wrong on the way is no error of what was sent
    BOOST_TEST(parsed(event_of(followed))["error_code"].IsNull());
}

BOOST_AUTO_TEST_CASE(ids_of_events) {
    const Followed sent = followed_as(State::sent);
    const std::string id = event_of(sent).id;
    BOOST_TEST(id.size() == 32u);
    struct Case {
        const char* name;
        std::function<void(Followed&)> change;
        bool same;
    };
    const Case cases[] = {
        {"told again", [](Followed& f) { f.told.reset(); }, true},
        {"after a failure", [](Followed& f) { f.failures = 3; }, true},
        {"another callback", [](Followed& f) { f.callback = "https://b.example/"; }, true},
        {"another end of what was sent", [](Followed& f) { f.ended = 1; }, true},
        {"delivered", [](Followed& f) { f.delivery = Delivery::delivered; }, false},
        {"replied", [](Followed& f) { f.state = State::replied; }, false},
        {"another job", [](Followed& f) { f.job_id.back() = '2'; }, false},
        {"another attempt", [](Followed& f) { ++*f.attempted; }, false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Followed other = sent;
            c.change(other);
            BOOST_TEST((event_of(other).id == id) == c.same);
        }
    }
    Followed failed = followed_as(State::failed);
    const std::string first = event_of(failed).id;
    failed.ended = start_time;
    BOOST_TEST(event_of(failed).id != first);
}

BOOST_AUTO_TEST_CASE(news) {
    Followed followed = followed_as(State::sent);
    BOOST_TEST(has_news(followed, start_time));
    followed.told = State::sent;
    BOOST_TEST(!has_news(followed, start_time));
    followed.delivery = Delivery::delivered;
    BOOST_TEST(has_news(followed, start_time));
    followed.due = start_time + 1;
    BOOST_TEST(!has_news(followed, start_time));
    BOOST_TEST(has_news(followed, start_time + 1));
    followed.progress = Progress::given_up;
    BOOST_TEST(!has_news(followed, start_time + 1));
    BOOST_TEST(!has_news(followed_as(State::queued), start_time));
    BOOST_TEST(!has_news(followed_as(State::sending), start_time));
}

// --- what follows -------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_follows_where_it_was_not_taken) {
    struct Case {
        const char* name;
        End end;
        int status;
        std::int64_t retry_after, failures;
        Progress progress;
        std::int64_t pause_s;
        const char* error;
    };
    const Case cases[] = {
        {"first", End::complete, 500, 0, 0, Progress::open, 10, "answered 500"},
        {"second", End::complete, 500, 0, 1, Progress::open, 20, "answered 500"},
        {"tenth", End::complete, 404, 0, 9, Progress::open, 3600, "answered 404"},
        {"last", End::complete, 500, 0, 11, Progress::given_up, 3600, "answered 500"},
        {"gone", End::complete, 410, 0, 0, Progress::given_up, 10, "answered 410"},
        {"wants a pause", End::complete, 503, 120, 0, Progress::open, 120, "answered 503"},
        {"wants a shorter pause", End::complete, 503, 1, 0, Progress::open, 10, "answered 503"},
        {"wants a year", End::complete, 429, 31536000, 0, Progress::open, 86400, "answered 429"},
        {"wants the past", End::complete, 429, -5, 0, Progress::open, 10, "answered 429"},
        {"redirects", End::complete, 301, 0, 0, Progress::open, 10,
         "answered 301, and no redirection is followed"},
        {"no connection", End::unsent, 0, 0, 0, Progress::open, 10, "no answer: refused"},
        {"broken off behind 200", End::broken, 200, 0, 0, Progress::open, 10, "no answer: refused"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Followed followed = followed_as(State::sent);
            followed.failures = c.failures;
            HttpAnswer answer;
            answer.end = c.end;
            answer.status = c.status;
            answer.retry_after = c.retry_after;
            answer.error = "refused";
            const Followed next = not_taken(followed, answer, with_webhooks(), start_time, 0);
            BOOST_TEST((next.progress == c.progress));
            BOOST_TEST(next.failures == c.failures + 1);
            BOOST_TEST((next.due - start_time) / 1000 == c.pause_s);
            BOOST_TEST(next.code == c.status);
            BOOST_TEST(next.error == c.error);
        }
    }
}

// --- whose turn it is ---------------------------------------------------------------------------

namespace {

struct BoardFixture {
    BoardFixture() {
        config.webhook_first = 1s;
        config.webhook_pause_most = 8s;
        config.webhook_threads = 3;
    }

    // RECEIVER/JOB, with USER/ before where it is not ana; empty: nobody's.
    std::string take() {
        auto turn = board.take(now);
        if (!turn)
            return {};
        taken.push_back(*turn);
        const auto& [user, origin] = turn->receiver;
        return (user == "ana" ? "" : user + "/") + origin + "/" + turn->job_id;
    }
    void done(const WebhookHearing& hearing = {How::heard}) {
        board.done(taken.front(), hearing, now);
        taken.erase(taken.begin());
    }
    bool note(const std::string& origin, const std::string& job, const std::string& user = "ana") {
        return board.note({user, origin}, job);
    }
    void fail_once(const std::string& origin, const std::string& job,
                   const std::string& user = "ana") {
        BOOST_REQUIRE(note(origin, job, user));
        BOOST_REQUIRE(take().ends_with(origin + "/" + job));
        done({How::silent, 0ms, "away"});
    }
    // Jobs of `origin` that find room, until one does not.
    std::size_t fill(const std::string& origin, const std::string& user = "ana") {
        std::size_t count = 0;
        while (count < 100'000 && note(origin, origin + std::to_string(count), user))
            ++count;
        return count;
    }
    // Receivers of `user` with a job each, until one finds no room.
    std::size_t fill_many(const std::string& user) {
        std::size_t count = 0;
        while (count < 100'000 &&
               note(user + std::to_string(count), "many of " + user + std::to_string(count), user))
            ++count;
        return count;
    }

    Config config;
    WebhookBoard board{config};
    Monotonic::time_point now = Monotonic::now();
    std::vector<WebhookTurn> taken;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(receivers_take_turns_and_each_is_told_one_after_the_other, BoardFixture) {
    for (const char* job : {"1", "2", "3"})
        BOOST_TEST(note("a", job));
    BOOST_TEST(note("b", "4"));
    BOOST_TEST(take() == "a/1");
    BOOST_TEST(take() == "b/4");
    BOOST_TEST(take() == ""); // somebody is with a
    done();
    BOOST_TEST(note("b", "5"));
    BOOST_TEST(take() == "a/2");
    BOOST_TEST(board.view().noted == 4u);
    done();
    done();
    BOOST_TEST(take() == "b/5");
    BOOST_TEST(take() == "a/3");
    done();
    done();
    BOOST_TEST(take() == "");
    BOOST_TEST(board.view().noted == 0u);
    BOOST_TEST(board.view().receivers == 0u);
}

BOOST_FIXTURE_TEST_CASE(users_take_turns_whoever_has_more_receivers, BoardFixture) {
    config.webhook_threads = 1;
    for (const char* origin : {"a", "b", "c", "d"})
        BOOST_TEST(note(origin, std::string(origin) + "1"));
    for (const char* job : {"1", "2", "3"})
        BOOST_TEST(note("a", job, "eve"));
    std::string turns;
    for (std::string turn = take(); !turn.empty(); turn = take()) {
        turns += turn + " ";
        done();
    }
    BOOST_TEST(turns == "a/a1 eve/a/1 b/b1 eve/a/2 c/c1 eve/a/3 d/d1 ");
}

BOOST_FIXTURE_TEST_CASE(a_user_has_half_of_the_threads, BoardFixture) {
    struct Case {
        std::int64_t threads;
        int want;
    };
    for (const Case& c : {Case{1, 1}, Case{2, 1}, Case{3, 2}, Case{4, 2}, Case{8, 4}}) {
        BOOST_TEST_CONTEXT(c.threads) {
            config.webhook_threads = c.threads;
            for (const char* origin : {"a", "b", "c", "d", "e", "f", "g", "h", "i"})
                BOOST_TEST(note(origin, origin));
            int count = 0;
            while (!take().empty())
                ++count;
            BOOST_TEST(count == c.want);
            BOOST_TEST(note("a", "of eve", "eve"));
            BOOST_TEST(take() == "eve/a/of eve");
            while (!taken.empty())
                done();
            for (; !take().empty(); done()) {
            }
        }
    }
}

// What the receiver of one user answers, or does not, is nothing to another user.
BOOST_FIXTURE_TEST_CASE(a_receiver_is_one_of_its_user, BoardFixture) {
    BOOST_TEST(note("a", "1", "eve"));
    BOOST_TEST(take() == "eve/a/1");
    done({How::silent, 24h, "wants a pause"});
    BOOST_TEST(note("a", "2", "eve"));
    BOOST_TEST(note("a", "3"));
    BOOST_TEST(take() == "a/3");
    BOOST_TEST(take() == "");
}

BOOST_FIXTURE_TEST_CASE(a_job_is_noted_once, BoardFixture) {
    BOOST_TEST(note("a", "1"));
    BOOST_TEST(note("a", "1"));
    BOOST_TEST(take() == "a/1");
    BOOST_TEST(note("a", "1")); // while it is told
    done();
    BOOST_TEST(take() == "");
    BOOST_TEST(note("a", "1"));
    BOOST_TEST(take() == "a/1");
}

BOOST_FIXTURE_TEST_CASE(a_board_is_full_some_time, BoardFixture) {
    BOOST_TEST(fill("a") == 1000u);
    BOOST_TEST(fill("b") == 1000u);
    BOOST_TEST(fill("c") == 1u); // what the others have leaves room for a first
    BOOST_TEST(fill("c") == 1u); // which is there already
    BOOST_TEST(fill_many("ana") == 1999u);
    BOOST_TEST(fill("of eve", "eve") == 1000u);
}

// Ten receivers that are away, each with more jobs than find room.
BOOST_FIXTURE_TEST_CASE(those_who_do_not_answer_fill_no_board, BoardFixture) {
    for (int i = 0; i < 10; ++i) {
        const std::string origin = "away" + std::to_string(i);
        BOOST_TEST(fill(origin) == 1000u);
        BOOST_TEST(take() == origin + "/" + origin + "0");
        done({How::silent, 0ms, "away"});
        BOOST_TEST(!note(origin, origin + " more"));
    }
    BOOST_TEST(board.view().noted == 10u);
    BOOST_TEST(note("away0", "away01")); // is the one that is still noted
    BOOST_TEST(!note("away0", "away02"));
    BOOST_TEST(fill("good") == 1000u);
    for (int i = 0; i < 1000; ++i) {
        BOOST_TEST(take() == "good/good" + std::to_string(i));
        done();
    }
}

BOOST_FIXTURE_TEST_CASE(what_was_given_back_is_found_again, BoardFixture) {
    BOOST_TEST(fill("a") == 1000u);
    BOOST_TEST(take() == "a/a0");
    done({How::silent, 0ms, "away"});
    now += 2s;
    BOOST_TEST(take() == "a/a1"); // as soon as it may
    done();
    BOOST_TEST(take() == "");
    BOOST_TEST(fill("a") == 1000u);
    BOOST_TEST(take() == "a/a0");
}

// A user with ever new receivers, none of which answers, for a simulated hour.
BOOST_FIXTURE_TEST_CASE(a_user_with_many_dead_receivers_holds_up_nobody, BoardFixture) {
    config.webhook_threads = 2;
    config.webhook_timeout = 10s;
    int told = 0, number = 0;
    Monotonic::time_point dead_until{};
    std::optional<WebhookTurn> dead;
    const auto step = [&](int second) {
        for (; number < second * 3; ++number) {
            const std::string name = "port" + std::to_string(number);
            (void)board.note({"eve", name}, name);
        }
        (void)note("good", "good" + std::to_string(second));
        if (dead && dead_until <= now) {
            board.done(*dead, {How::silent, 0ms, "away"}, now);
            dead.reset();
        }
        while (const auto turn = board.take(now)) {
            if (turn->receiver.user == "eve") {
                BOOST_REQUIRE(!dead);
                dead = turn;
                dead_until = now + 10s;
            } else {
                board.done(*turn, {How::heard}, now);
                ++told;
            }
        }
        now += 1s;
    };
    for (int second = 1; second <= 3600; ++second)
        step(second);
    BOOST_TEST(told == 3600);
}

BOOST_FIXTURE_TEST_CASE(who_does_not_answer_has_a_growing_pause, BoardFixture) {
    BOOST_TEST(note("a", "1"));
    BOOST_TEST(note("a", "2"));
    for (const Ms pause : {1s, 2s, 4s, 8s, 8s}) {
        BOOST_TEST(take() != "");
        done({How::silent, 0ms, "away"});
        (void)note("a", "1");
        now += pause - 1ms;
        BOOST_TEST(take() == "");
        now += 1ms + pause / 4; // and its jitter
    }
    BOOST_TEST(board.view().silent == 1u);
    BOOST_TEST(board.view().error == "a: away");
    BOOST_TEST(take() != "");
    done({How::heard});
    BOOST_TEST(board.view().silent == 0u);
    BOOST_TEST(board.view().error == "");
}

BOOST_FIXTURE_TEST_CASE(who_wants_a_pause_gets_it_but_no_longer_than_the_longest, BoardFixture) {
    BOOST_TEST(note("a", "1"));
    BOOST_TEST(take() != "");
    done({How::silent, 5s, "wants a pause"});
    BOOST_TEST(note("a", "1"));
    now += 5s - 1ms;
    BOOST_TEST(take() == "");
    now += 1ms;
    BOOST_TEST(take() != "");
    done({How::silent, 24h, "wants a pause"});
    BOOST_TEST(note("a", "1"));
    now += 8s - 1ms;
    BOOST_TEST(take() == "");
    now += 1ms;
    BOOST_TEST(take() != "");
}

BOOST_FIXTURE_TEST_CASE(those_who_answer_go_first_and_one_thread_stays_with_them, BoardFixture) {
    const char* const users[] = {"a", "b", "c"};
    for (const char* user : users)
        fail_once(user, "first", user);
    now += 2s;
    for (const char* user : {"a", "b", "c", "d"})
        BOOST_TEST(note(user, std::string(user) + "1", user));
    BOOST_TEST(take() == "d/d/d1");
    BOOST_TEST(take() == "a/a/a1");
    BOOST_TEST(take() == "b/b/b1");
    BOOST_TEST(take() == ""); // two of three threads are with those who did not answer
    done();
    BOOST_TEST(take() == "");
    done();
    BOOST_TEST(take() == "c/c/c1");
}

BOOST_FIXTURE_TEST_CASE(who_is_slow_counts_like_who_does_not_answer, BoardFixture) {
    for (const char* user : {"a", "b", "c"}) {
        BOOST_TEST(fill(user, user) == 1000u);
        BOOST_TEST(take() != "");
        done({How::slow});
        BOOST_TEST(!note(user, "more", user)); // there is one
    }
    BOOST_TEST(board.view().noted == 3u);
    BOOST_TEST(board.view().silent == 0u);
    BOOST_TEST(take() == "a/a/a1"); // without a pause
    BOOST_TEST(take() == "b/b/b1");
    BOOST_TEST(take() == "");
    BOOST_TEST(note("d", "d1", "d"));
    BOOST_TEST(take() == "d/d/d1");
    done({How::heard}); // a is quick again
    BOOST_TEST(note("a", "of a", "a"));
    BOOST_TEST(note("a", "of a, too", "a"));
}

BOOST_FIXTURE_TEST_CASE(a_single_thread_also_goes_to_those_who_do_not_answer, BoardFixture) {
    config.webhook_threads = 1;
    fail_once("a", "1");
    now += 2s;
    BOOST_TEST(note("a", "2"));
    BOOST_TEST(take() == "a/2");
}

BOOST_FIXTURE_TEST_CASE(who_was_slow_or_silent_is_remembered_for_a_while, BoardFixture) {
    fail_once("a", "1");
    BOOST_TEST(note("b", "2"));
    BOOST_TEST(take() == "b/2");
    done({How::slow});
    BOOST_TEST(board.view().receivers == 2u);
    now += 11min;
    BOOST_TEST(note("c", "3"));
    BOOST_TEST(take() == "c/3");
    done();
    BOOST_TEST(board.view().receivers == 0u);
}

BOOST_FIXTURE_TEST_CASE(no_more_than_so_many_are_remembered_and_the_oldest_go_first, BoardFixture) {
    config.webhook_first = 100ms;
    for (int i = 0; i < 10'010; ++i) {
        fail_once(std::to_string(i), "1");
        now += 30ms; // more than the jitter: then the pauses end in this order
    }
    BOOST_TEST(board.view().receivers == 10'000u);
    BOOST_TEST(note("0", "1")); // is new again
    BOOST_TEST(note("9999", "2"));
    BOOST_TEST(take() == "0/1");
}

BOOST_FIXTURE_TEST_CASE(whoever_waits_is_woken, BoardFixture) {
    std::promise<std::optional<WebhookTurn>> first, second;
    std::thread waits([&] {
        first.set_value(board.wait());
        second.set_value(board.wait());
    });
    BOOST_TEST(board.note({"ana", "a"}, "1"));
    BOOST_TEST(first.get_future().get().value().job_id == "1");
    board.close();
    BOOST_TEST(!second.get_future().get().has_value());
    waits.join();
}

// --- telling ------------------------------------------------------------------------------------

namespace {

// Answers as it is told to, and remembers what it was asked.
struct FakeHttp : Http {
    HttpAnswer exchange(const HttpRequest& request) override {
        asked.push_back(request);
        during();
        return answer;
    }
    HttpAnswer connect(const HttpRequest&) override { return {}; }

    HttpAnswer answer;
    std::function<void()> during = [] {};
    std::vector<HttpRequest> asked;
};

struct TellerFixture : FreshSpool {
    TellerFixture() {
        config.webhooks = true;
        config.webhook_networks = "10.0.0.0/8";
        config.webhook_ca_file = "ca.pem";
        auto made = std::make_unique<FakeHttp>();
        http = made.get();
        http->answer.end = End::complete;
        http->answer.status = 200;
        teller.emplace(config, secret, std::move(made), tally);
    }

    // The job of a message that was sent.
    std::string sent(const std::string& callback = "https://a.example:444/hook") {
        NewMessage message = new_message("hola");
        message.callback = callback;
        message.following = Following{"webhook"};
        const std::string id = FreshSpool::send(message, start_time);
        return spool.find(id).value().jobs.at(0).id;
    }
    Followed row(const std::string& job) { return spool.followed_job("webhook", job).value(); }

    WebhookTally tally;
    FakeHttp* http = nullptr;
    std::optional<WebhookTeller> teller;
};

std::string header(const HttpRequest& request, const std::string& name) {
    for (const std::string& line : request.headers) {
        if (line.starts_with(name + ": "))
            return line.substr(name.size() + 2);
    }
    return {};
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_job_is_told, TellerFixture) {
    const std::string job = sent();
    BOOST_TEST((teller->tell(job).how == How::heard));
    BOOST_REQUIRE(http->asked.size() == 1);
    const HttpRequest& request = http->asked[0];
    BOOST_TEST(request.url == "https://a.example:444/hook");
    BOOST_TEST((request.method == HttpRequest::Method::post));
    BOOST_TEST(request.content_type == "application/json");
    BOOST_TEST((request.reach == HttpRequest::Reach::in_public));
    BOOST_TEST(request.networks == "10.0.0.0/8");
    BOOST_TEST(request.ca_file == "ca.pem");
    BOOST_TEST((request.timeout == config.webhook_timeout));
    const std::string seconds = header(request, "X-Smsspool-Timestamp");
    BOOST_TEST(std::stoll(seconds) * 1000 <= utc_now());
    BOOST_TEST(header(request, "X-Smsspool-Signature") ==
               "v1=" + hmac_sha256_hex(webhook_key(secret, "ana"), seconds + "." + request.body));
    BOOST_TEST((row(job).progress == Progress::done));
    BOOST_TEST(row(job).code == 200);
    BOOST_TEST(tally.told == 1);
    BOOST_TEST((teller->tell(job).how == How::nothing)); // somebody was faster
    BOOST_TEST((teller->tell("no such job").how == How::nothing));
    BOOST_TEST(http->asked.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_job_is_told_another_time_where_it_was_not_taken, TellerFixture) {
    const std::string job = sent();
    http->answer.status = 500;
    BOOST_TEST((teller->tell(job).how == How::heard));
    BOOST_TEST(row(job).failures == 1);
    BOOST_TEST(row(job).due > utc_now());
    BOOST_TEST(tally.failures == 1);
    BOOST_TEST((teller->tell(job).how == How::nothing)); // not yet
    BOOST_TEST(spool.tell_again("webhook", job, utc_now()));
    http->answer.status = 410;
    (void)teller->tell(job);
    BOOST_TEST((row(job).progress == Progress::given_up));
}

BOOST_FIXTURE_TEST_CASE(who_takes_long_is_slow, TellerFixture) {
    struct Case {
        const char* name;
        int status;
        Ms took;
        How want;
    };
    const Case cases[] = {
        {"quick", 200, 2s, How::heard},
        {"slow", 200, 2001ms, How::slow},
        {"quick and wrong", 500, 2s, How::heard},
        {"slow and wrong", 500, 9s, How::slow},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            http->answer.status = c.status;
            http->answer.took = c.took;
            BOOST_TEST((teller->tell(sent()).how == c.want));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(what_the_settings_do_not_take_any_more_is_given_up, TellerFixture) {
    config.webhook_http = true;
    const std::string job = sent("http://a.example/hook");
    config.webhook_http = false;
    BOOST_TEST((teller->tell(job).how == How::nothing));
    BOOST_TEST(http->asked.empty());
    BOOST_TEST((row(job).progress == Progress::given_up));
    BOOST_TEST(row(job).error == "Field 'callback' must be an https URL without a user, not "
                                 "\"http://a.example/hook\"");
    config.webhook_http = true;
    BOOST_TEST(spool.tell_again("webhook", job, utc_now()));
    BOOST_TEST((teller->tell(job).how == How::heard));
}

BOOST_FIXTURE_TEST_CASE(who_does_not_answer_is_silent, TellerFixture) {
    http->answer.end = End::unsent;
    http->answer.status = 0;
    http->answer.error = "refused";
    const WebhookHearing hearing = teller->tell(sent());
    BOOST_TEST((hearing.how == How::silent));
    BOOST_TEST(hearing.error == "no answer: refused");
    http->answer.end = End::complete;
    http->answer.status = 429;
    http->answer.retry_after = 30;
    const WebhookHearing later = teller->tell(sent());
    BOOST_TEST((later.how == How::silent));
    BOOST_TEST((later.pause == 30s));
}

BOOST_FIXTURE_TEST_CASE(what_comes_while_it_is_told_stays_to_be_told, TellerFixture) {
    NewMessage message = new_message("hola");
    message.callback = "https://a.example/";
    message.following = Following{"webhook"};
    message.reply_timeout_ms = 60'000;
    const std::string id = send(message, start_time);
    const std::string job = spool.find(id).value().jobs.at(0).id;
    http->during = [&] { (void)spool.give_up_replies({}, start_time + 120'000); };
    (void)teller->tell(job);
    BOOST_TEST((row(job).told == State::sent));
    BOOST_TEST((row(job).progress == Progress::open));
    http->during = [] {};
    (void)teller->tell(job);
    BOOST_TEST((row(job).told == State::timeout));
    BOOST_TEST((row(job).progress == Progress::done));
}

BOOST_FIXTURE_TEST_CASE(what_there_is_to_tell_is_found, TellerFixture) {
    const std::string one = sent("https://a.example:443/x"), other = sent("https://b.example/y");
    NewMessage message = new_message("waits");
    message.callback = "https://c.example/";
    message.following = Following{"webhook"};
    BOOST_REQUIRE(spool.submit(message).how == Stored::done);
    WebhookBoard board(config);
    WebhookFinder finder(board);
    finder.look(spool, utc_now());
    finder.look(spool, utc_now());
    const auto now = Monotonic::now();
    const auto first = board.take(now), second = board.take(now);
    BOOST_REQUIRE((first && second));
    BOOST_TEST((first->receiver == WebhookReceiver{"ana", "https://a.example"}));
    BOOST_TEST(first->job_id == one);
    BOOST_TEST((second->receiver == WebhookReceiver{"ana", "https://b.example"}));
    BOOST_TEST(second->job_id == other);
    BOOST_TEST(!board.take(now).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
