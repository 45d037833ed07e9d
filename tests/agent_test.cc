// The agent of a remote API, turn by turn, over a real spool: what is sent once, what is told in
// which order, and what happens when the server, the spool or the program itself fails in between.

#define BOOST_TEST_MODULE agent_test
#include "common/error.h"
#include "common/log.h"
#include "pull/agent.h"
#include "pull/oauth.h"
#include "tests/support/fresh_spool.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <string>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

using End = HttpAnswer::End;
using Method = HttpRequest::Method;
using Texts = std::vector<std::string>;

HttpAnswer answered(int status, const std::string& body = "") {
    return {End::complete, status, body, "", false, 0, ""};
}

// A server as documented: one hands out what is Pending, in order, and keeps what it is told.
class FakeServer : public Http {
public:
    struct Message {
        std::string number, text, status = "Pending";
        std::string more{}; // members, with a comma before
    };

    HttpAnswer exchange(const HttpRequest& request) override {
        const std::string path = request.url.substr(request.url.find("/api/"));
        if (path.starts_with("/api/provider/next/"))
            return next();
        if (path.starts_with("/api/provider/") && ++enrolments > 0)
            return answered(enrols ? 200 : 503, R"({"id":"p","status":"Active"})");
        const std::string id = path.substr(path.rfind('/') + 1);
        return request.method == Method::patch ? patch(id, request.body) : find(id);
    }
    HttpAnswer connect(const HttpRequest&) override { throw std::logic_error("connect"); }

    void add(const std::string& id, const std::string& text,
             const std::string& number = "+40712345678", const std::string& more = "") {
        messages[id] = {number, text, "Pending", more};
    }
    // As if its lease had run out.
    void take_back(const std::string& id) { messages.at(id).status = "Pending"; }

    std::map<std::string, Message> messages;
    std::map<std::string, int> ill; // of which message a PATCH gets this status; "": of all
    std::string ill_body;           // with that
    bool entrusts = false;          // by handing out, and refuses to hear it
    bool forgets = false;           // what a PATCH said, and answers 204
    int next_status = 200;          // else: what a fetch gets
    bool enrols = true;
    std::int64_t retry_after = 0;
    Texts told; // "ID Status", as it was taken
    Texts bodies;
    int fetches = 0, tries = 0, enrolments = 0;

private:
    // In the words of contract 4B.4.
    static std::string not_found(const std::string& id) {
        return R"({"Message":"SMS with ID )" + id + R"( not found."})";
    }
    [[nodiscard]] std::string shown(const std::string& id) const {
        const Message& message = messages.at(id);
        return R"({"id":")" + id + R"(","phoneNumber":")" + message.number + R"(","message":")" +
               message.text + R"(","status":")" + message.status + "\"" + message.more + "}";
    }
    HttpAnswer find(const std::string& id) {
        return messages.contains(id) ? answered(200, shown(id)) : answered(404, not_found(id));
    }
    HttpAnswer next() {
        ++fetches;
        if (next_status != 200)
            return {End::complete, next_status, "", "", false, retry_after, ""};
        for (const auto& [id, message] : messages) {
            if (message.status != "Pending")
                continue;
            if (entrusts)
                messages[id].status = "Entrusted";
            return answered(200, shown(id));
        }
        return answered(404);
    }
    HttpAnswer patch(const std::string& id, const std::string& body) {
        ++tries;
        for (const std::string& who : {id, std::string()}) {
            if (const auto found = ill.find(who); found != ill.end())
                return found->second == 0
                           ? HttpAnswer{End::broken, 0, "", "", false, 0, "it closed"}
                           : HttpAnswer{End::complete, found->second, ill_body, "",
                                        false,         retry_after,   ""};
        }
        if (!messages.contains(id))
            return answered(404, not_found(id));
        if (!body.starts_with("{\"status\":\""))
            return answered(400); // another dialect
        const auto begin = body.find("\"status\":\"") + 10;
        const std::string status = body.substr(begin, body.find('"', begin) - begin);
        if (entrusts && status == "Entrusted")
            return answered(409, "\"It is already.\"");
        told.push_back(id + " " + status);
        bodies.push_back(body);
        if (forgets)
            return answered(204);
        messages[id].status = status;
        return answered(200, shown(id));
    }
};

// A server, a spool and an agent between them, with a clock that stands.
struct Street {
    FreshSpool fresh;
    FakeServer server;
    RemoteConfig remote;
    Moment now{start_time, Monotonic::time_point(100h)};
    std::optional<Numbers> numbers;
    std::optional<Tokens> tokens;
    std::optional<Remote> api;
    std::optional<Agent> agent;
    bool stopping = false;
    Spool* spool = &fresh.spool;                // what the agent uses
    std::function<void()> before_spool = [] {}; // before each use

    Street() {
        set_log_level(LogLevel::error);
        fresh.config.region = "RO";
        remote.name = "centre";
        remote.url = "https://api.example.org";
        remote.number = "+40700000000";
        remote.country = "RO";
        remote.user = "pull-centre";
        remote.grant = Grant::none;
        numbers.emplace(fresh.config);
        restart();
    }

    // As after a crash.
    void restart() {
        agent.reset();
        tokens.emplace(remote, server);
        api.emplace(remote, server, *tokens);
        agent.emplace(
            fresh.config, remote, *numbers, *api,
            [this]() -> Spool& {
                before_spool();
                return *spool;
            },
            [this] { return now; }, [this] { return stopping; });
    }
    void later(Ms time) {
        now.utc += time.count();
        now.tick += time;
    }
    Ms turn() { return agent->turn(); }
    // Turns until nothing is due at once, `times` times with that pause between.
    void work(int times = 1, Ms pause = 1s) {
        for (int i = 0; i < times; ++i) {
            for (int turns = 0; turn() == 0ms; ++turns)
                BOOST_REQUIRE_MESSAGE(turns < 3000, "it never rests");
            later(pause);
        }
    }
    // What is due is sent, and accepted unless told.
    void send(const Outcome& outcome = WasAccepted{7}) {
        for (auto work = fresh.claim(now.utc); work;) {
            work = fresh.settle(*work, outcome, now.utc).next;
            if (!work)
                work = fresh.claim(now.utc);
        }
    }
    [[nodiscard]] std::vector<MessageView> stored() {
        return fresh.spool.messages_of(remote.user, 0, 1000, start_time).messages;
    }
    [[nodiscard]] std::string job_of(const std::string& id) {
        return fresh.spool.followed_target("pull:centre", id).value().job_id;
    }
    [[nodiscard]] AgentView view() const { return agent->view(); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(agent_test)

BOOST_AUTO_TEST_CASE(each_state_has_its_word) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(State::count); ++i) {
        const auto state = static_cast<State>(i);
        const bool waits = state == State::queued || state == State::sending;
        BOOST_TEST(remote_status(state).has_value() != waits, name_of(state));
    }
    BOOST_TEST((remote_status(State::timeout) == RemoteStatus::sent));
    BOOST_TEST((remote_status(State::unknown) == RemoteStatus::unknown));
    BOOST_TEST((remote_status(State::canceled) == RemoteStatus::failed));
    BOOST_TEST((remote_status(State::expired) == RemoteStatus::expired));
}

BOOST_AUTO_TEST_CASE(a_message_goes_its_way) {
    Street street;
    street.server.add("a1", "hello", "0712 345 678", R"(,"ttl":5)");
    street.work();
    BOOST_TEST(street.server.told == Texts{"a1 Entrusted"}, boost::test_tools::per_element());
    const auto stored = street.stored();
    BOOST_REQUIRE(stored.size() == 1U);
    BOOST_TEST(stored[0].text == "hello");
    BOOST_TEST(stored[0].api == "pull");
    BOOST_TEST(stored[0].valid_until == start_time + 5 * 60'000);
    const auto jobs = street.fresh.spool.find(stored[0].id)->jobs;
    BOOST_TEST(jobs.at(0).number == "+40712345678", "of the server's country");

    street.later(2500ms);
    street.send();
    const UtcMs sent = street.now.utc;
    street.later(1s);
    street.work();
    BOOST_TEST(street.server.told == (Texts{"a1 Entrusted", "a1 Sent"}),
               boost::test_tools::per_element());
    BOOST_TEST(street.server.bodies.back() == R"({"status":"Sent","sentAt":")" +
                                                  utc_millis_text(sent).substr(0, 23) +
                                                  R"(000Z"})");
    street.work(30);
    BOOST_TEST(street.server.told.size() == 2U, "and not again");
    BOOST_TEST(street.view().state == "working");
    BOOST_TEST(street.view().fetched == 1);
    BOOST_TEST(street.view().told == 1);
    BOOST_TEST(street.agent->counts() == "1 fetched, 1 told, 0 waiting");
}

BOOST_AUTO_TEST_CASE(how_it_ends_is_told) {
    struct Case {
        const char* name;
        std::function<void(Street&, const std::string& job)> end;
        const char* want;
        const char* reason;
    };
    const std::vector<Case> cases{
        {"sent", [](Street& street, const std::string&) { street.send(); }, "Sent", ""},
        {"refused for good",
         [](Street& street, const std::string&) {
             street.send(WasRefused{RefusalKind::permanent, 38, "the network said no"});
         },
         "Failed", "the network said no"},
        {"nobody knows",
         [](Street& street, const std::string&) { street.send(IsUnknown{"the worker died"}); },
         "Unknown", "the worker died"},
        {"expired",
         [](Street& street, const std::string&) {
             street.later(25h);
             (void)expire_all(street.fresh.spool, street.now.utc, "EXPIRED", "it was too late");
         },
         "Expired", "it was too late"},
        {"canceled",
         [](Street& street, const std::string& job) {
             (void)street.fresh.spool.cancel(
                 street.fresh.spool.followed_job("pull:centre", job)->message_id, "",
                 street.now.utc);
         },
         "Failed", "canceled"},
    };
    for (const Case& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            Street street;
            street.server.add("a1", "hello");
            street.work();
            each.end(street, street.job_of("a1"));
            street.later(1s);
            street.work();
            BOOST_TEST(street.server.told.back() == std::string("a1 ") + each.want);
            BOOST_TEST((street.server.bodies.back().find(each.reason) != std::string::npos),
                       street.server.bodies.back());
        }
    }
}

BOOST_AUTO_TEST_CASE(what_was_sent_before_anything_was_told_is_told_in_order) {
    Street street;
    street.server.add("a1", "hello");
    street.server.ill[""] = 503;
    street.work();
    street.send();
    street.server.ill.clear();
    street.later(1min);
    street.work();
    BOOST_TEST(street.server.told == (Texts{"a1 Entrusted", "a1 Sent"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_dead_letter_that_is_sent_again_is_told_again) {
    Street street;
    street.server.add("a1", "hello");
    street.work();
    street.send(WasRefused{RefusalKind::permanent, 38, "no"});
    street.work();
    (void)street.fresh.spool.resend({{street.job_of("a1"), 0}}, street.fresh.config,
                                    street.now.utc);
    street.work();
    street.send();
    street.work(2, 20s);
    BOOST_TEST(street.server.told == (Texts{"a1 Entrusted", "a1 Failed", "a1 Sent"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(delivery_reports_are_none_of_the_servers_business) {
    Street street;
    street.fresh.config.delivery_reports = true;
    street.server.add("a1", "hello");
    street.work();
    street.send();
    street.work();
    BOOST_TEST(street.server.told.back() == "a1 Sent");
    const auto followed = street.fresh.spool.followed_target("pull:centre", "a1").value();
    BOOST_TEST((followed.delivery == Delivery::pending));
    BOOST_TEST((followed.progress == Followed::Progress::done), "it takes no place any more");
}

// --- once ---------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(fetched_twice_is_sent_once) {
    Street street;
    street.server.add("a1", "hello");
    street.work();
    street.send();
    street.work();
    street.server.told.clear();
    // The server forgot what it was told; also when the key of the message is long gone.
    street.later(48h);
    street.server.take_back("a1");
    street.work(3);
    BOOST_TEST(street.stored().size() == 1U);
    BOOST_TEST(street.server.told == (Texts{"a1 Entrusted", "a1 Sent"}),
               boost::test_tools::per_element());
    BOOST_TEST(street.view().fetched == 1);
}

BOOST_AUTO_TEST_CASE(a_server_that_hands_out_the_same_for_ever_is_not_asked_for_ever) {
    Street street;
    street.server.add("a1", "hello");
    street.server.ill["a1"] = 400; // so it stays Pending
    street.work();
    const int before = street.server.fetches;
    street.work(60); // a minute
    BOOST_TEST(street.server.fetches - before <= 7);
    BOOST_TEST(street.stored().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_crash_between_submit_and_entrusted) {
    Street street;
    street.server.add("a1", "hello");
    BOOST_TEST((street.turn() == 0ms));
    BOOST_TEST(street.stored().size() == 1U);
    BOOST_TEST(street.server.told.empty());
    street.restart();
    street.server.messages["a1"].status = "Entrusted"; // nobody hands it out again
    street.work();
    BOOST_TEST(street.server.told == Texts{"a1 Entrusted"}, boost::test_tools::per_element());
    BOOST_TEST(street.stored().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_crash_between_telling_and_writing_it_down) {
    Street street;
    street.server.add("a1", "hello");
    street.work();
    street.send();
    street.before_spool = [&] {
        if (street.server.told.back() == "a1 Sent")
            throw std::runtime_error("killed");
    };
    BOOST_CHECK_THROW(street.work(), std::runtime_error);
    street.before_spool = [] {};
    street.restart();
    street.work();
    BOOST_TEST(street.server.told == (Texts{"a1 Entrusted", "a1 Sent", "a1 Sent"}),
               boost::test_tools::per_element());
    BOOST_TEST(street.stored().size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_text_under_the_same_id_is_not_sent) {
    Street street;
    street.server.add("a1", "hello");
    street.work();
    street.server.add("a1", "something else");
    street.work(30);
    BOOST_TEST(street.stored().size() == 1U);
    // It hears once more what becomes of the first.
    BOOST_TEST(street.server.told == (Texts{"a1 Entrusted", "a1 Entrusted"}),
               boost::test_tools::per_element());
    BOOST_TEST(street.server.fetches < 10);
}

// Two agents of one server, as where one is started twice: the other is faster.
BOOST_AUTO_TEST_CASE(what_another_agent_stored_a_moment_ago_is_not_forgotten) {
    Street street;
    street.server.add("a1", "hello");
    Agent other(
        street.fresh.config, street.remote, *street.numbers, *street.api,
        [&]() -> Spool& { return street.fresh.spool; }, [&] { return street.now; });
    int uses = 0;
    street.before_spool = [&] {
        if (street.server.fetches == 1 && ++uses == 2) // it was looked for, and is not there
            (void)other.turn();
    };
    street.work(2);
    BOOST_TEST(street.stored().size() == 1U);
    BOOST_TEST(street.server.told == Texts{"a1 Entrusted"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_long_forgotten_is_not_sent_again) {
    Street street;
    street.fresh.config.idempotency_window = 24h * 30;
    street.server.add("a1", "hello");
    street.work();
    street.send();
    street.work();
    street.later(48h);
    (void)street.fresh.spool.purge(street.now.utc);
    BOOST_TEST(street.stored().empty());
    street.server.take_back("a1");
    street.work(2);
    BOOST_TEST(street.stored().empty());
    BOOST_TEST(street.server.told.back() == "a1 Unknown");
}

// --- what cannot be stored ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(what_is_refused_is_told_with_the_reason) {
    struct Case {
        const char* name;
        std::string number, text;
        const char* reason;
    };
    const std::vector<Case> cases{
        {"no number", "", "hello", "number"},
        {"a bad number", "abc", "hello", "number"},
        {"no text", "+40712345678", "", "no text"},
        {"a text beyond all", "+40712345678", std::string(20'000, 'x'), "at most 10000 characters"},
    };
    for (const Case& each : cases) {
        BOOST_TEST_CONTEXT(each.name) {
            Street street;
            street.server.add("a1", each.text, each.number);
            street.server.add("a2", "good");
            street.work(2);
            BOOST_TEST(street.server.told == (Texts{"a1 Failed", "a2 Entrusted"}),
                       boost::test_tools::per_element());
            BOOST_TEST((street.server.bodies.front().find(each.reason) != std::string::npos),
                       street.server.bodies.front());
            BOOST_TEST(street.stored().size() == 1U);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_told_until_the_server_has_it) {
    Street street;
    street.server.add("a1", "hello", "abc");
    street.server.ill["a1"] = 0; // it closes
    street.work(3);
    BOOST_TEST(street.server.told.empty());
    street.server.ill.clear();
    street.later(1min);
    street.work();
    BOOST_TEST(street.server.told == Texts{"a1 Failed"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_stored_is_not_asked_for_without_a_pause) {
    for (const int ill : {0, 400, 404}) {
        BOOST_TEST_CONTEXT(ill) {
            Street street;
            street.server.add("a1", "hello", "abc");
            street.server.forgets = true; // it hands it out for ever
            if (ill != 0)
                street.server.ill["a1"] = ill;
            street.work(60); // a minute
            BOOST_TEST(street.server.fetches <= 8);
            if (ill == 0)
                BOOST_TEST(street.server.told.size() >= 6U, "and it hears it each time");
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_refused_holds_up_no_job) {
    Street street;
    street.server.entrusts = true;
    street.server.add("a", "hello");
    for (int i = 0; i < 50; ++i) {
        const std::string id = "b" + std::to_string(i);
        street.server.add(id, "hello", "abc");
        street.server.ill[id] = 403;
    }
    street.work(3600, 5s);
    street.send();
    street.work(60);
    BOOST_TEST(street.server.messages["a"].status == "Sent");
}

BOOST_AUTO_TEST_CASE(long_texts_are_not_cut) {
    Street street;
    const std::string text(400, 'x');
    street.server.add("a1", text);
    street.work();
    BOOST_TEST(street.stored().at(0).text == text);
    BOOST_TEST(street.stored().at(0).parts == 3);
}

// --- many ---------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(there_is_no_pause_while_there_is_work) {
    Street street;
    for (char c = 'a'; c <= 'j'; ++c)
        street.server.add(std::string(1, c), "hello");
    street.work();
    BOOST_TEST(street.stored().size() == 10U);
    BOOST_TEST(street.server.told.size() == 10U);
    BOOST_TEST(street.server.fetches == 11);
    street.work(9);
    BOOST_TEST(street.server.fetches == 11, "poll_interval is kept");
    street.later(2s);
    street.work();
    BOOST_TEST(street.server.fetches == 12);
}

BOOST_AUTO_TEST_CASE(no_more_are_in_hand_than_may_be) {
    Street street;
    street.remote.in_hand_most = 3;
    street.restart();
    for (char c = 'a'; c <= 'h'; ++c)
        street.server.add(std::string(1, c), "hello");
    street.work(30);
    BOOST_TEST(street.stored().size() == 3U);
    street.send();
    street.work();
    BOOST_TEST(street.stored().size() == 6U);
    street.restart();
    street.work(30);
    BOOST_TEST(street.stored().size() == 6U, "also after a restart");
    BOOST_TEST(street.agent->counts() == "0 fetched, 0 told, 3 waiting");
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_told_holds_up_nobody) {
    for (const int ill : {500, 0, 503}) {
        BOOST_TEST_CONTEXT(ill) {
            Street street;
            street.remote.in_hand_most = 3;
            street.restart();
            street.server.add("a", "hello");
            street.server.add("b", "hello");
            street.server.add("c", "hello");
            street.work();
            street.send();
            street.server.ill["a"] = ill;
            for (char c = 'd'; c <= 'k'; ++c)
                street.server.add(std::string(1, c), "hello");
            for (int i = 0; i < 600; ++i) {
                street.work();
                street.send();
            }
            BOOST_TEST(street.server.messages["a"].status == "Entrusted");
            for (char c = 'b'; c <= 'k'; ++c)
                BOOST_TEST(street.server.messages[std::string(1, c)].status == "Sent", c);
            street.server.ill.clear();
            street.work(2, 7min);
            BOOST_TEST(street.server.messages["a"].status == "Sent");
        }
    }
}

// Its pause and that of the server as a whole grow alike: it must not be the first each time.
BOOST_AUTO_TEST_CASE(one_at_which_the_server_breaks_down_lets_the_others_pass) {
    Street street;
    street.server.add("a", "hello");
    street.work();
    street.server.ill["a"] = 0;
    street.send();
    for (int i = 0; i < 20; ++i)
        street.work(1, 7min);
    street.server.add("b", "hello");
    street.work(2, 7min);
    street.work(2, 7min);
    BOOST_TEST(street.server.messages["b"].status == "Entrusted");
}

// More than a turn looks at, of long ago, and the server breaks down at each of them.
BOOST_AUTO_TEST_CASE(many_that_cannot_be_told_hold_up_nobody) {
    constexpr int poisoned = 1100;
    Street street;
    street.remote.in_hand_most = 2 * poisoned;
    street.restart();
    for (int i = 0; i < poisoned; ++i)
        street.server.add("a" + std::to_string(i), "hello");
    street.work();
    BOOST_REQUIRE(street.server.told.size() == std::size_t{poisoned});
    street.server.add("b", "hello");
    street.work(2, 10s);
    BOOST_REQUIRE(street.server.told.back() == "b Entrusted");
    for (int i = 0; i < poisoned; ++i)
        street.server.ill["a" + std::to_string(i)] = 503;
    street.send();
    for (Followed each :
         street.fresh.spool.followed("pull:centre", Followed::Progress::open, "", 2 * poisoned)) {
        each.failures = each.target == "b" ? 0 : 9;
        street.fresh.spool.not_told(each, street.now.utc);
    }
    street.work(2, 7min);
    BOOST_TEST(street.server.messages["b"].status == "Sent");
}

BOOST_AUTO_TEST_CASE(a_server_that_entrusts_by_handing_out_may_refuse_to_hear_it) {
    Street street;
    street.server.entrusts = true;
    street.server.add("a1", "hello");
    street.work();
    street.send();
    street.work(4);
    BOOST_TEST(street.server.told == Texts{"a1 Sent"}, boost::test_tools::per_element());
    BOOST_TEST(street.server.messages["a1"].status == "Sent");
    const auto followed = street.fresh.spool.followed_target("pull:centre", "a1").value();
    BOOST_TEST((followed.progress == Followed::Progress::done));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_away_for_a_while_ends_no_report) {
    for (const char* body : {"", "default backend - 404", R"({"error":"Not Found"})",
                             R"({"Message":"The requested resource was not found."})",
                             "Cannot PATCH /api/sms/a1", "<html>nginx</html>"}) {
        BOOST_TEST_CONTEXT(body) {
            Street street;
            street.server.add("a1", "hello");
            street.work();
            street.server.ill[""] = 404;
            street.server.ill_body = body;
            street.send();
            street.work(54, 1min);
            street.restart();
            street.server.ill.clear();
            street.work(2, 7min);
            BOOST_TEST(street.server.told == (Texts{"a1 Entrusted", "a1 Sent"}),
                       boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_found_for_more_than_an_hour_is_done) {
    Street street;
    street.server.add("a1", "hello");
    street.work();
    street.send();
    street.server.ill[""] = 503; // that counts for nothing
    street.work(120, 1min);
    street.server.ill[""] = 404;
    const auto progress = [&] {
        return street.fresh.spool.followed_target("pull:centre", "a1")->progress;
    };
    street.work(50, 1min);
    BOOST_TEST((progress() == Followed::Progress::open));
    street.restart();
    street.work(60, 1min);
    BOOST_TEST((progress() == Followed::Progress::done));
    const int before = street.server.tries;
    street.work(60, 1min);
    BOOST_TEST(street.server.tries == before);
}

BOOST_AUTO_TEST_CASE(what_the_server_does_not_know_any_more_is_done) {
    Street street;
    street.server.add("a1", "hello");
    street.work();
    street.server.messages.clear();
    street.send();
    street.work(55);
    BOOST_TEST(street.server.tries == 2);
    BOOST_TEST((street.fresh.spool.followed_target("pull:centre", "a1")->progress ==
                Followed::Progress::open));
    street.work(600);
    BOOST_TEST(street.server.tries == 3, "it said so twice");
    const auto followed = street.fresh.spool.followed_target("pull:centre", "a1").value();
    BOOST_TEST((followed.progress == Followed::Progress::done));
    BOOST_TEST(followed.code == 404);
}

// --- trouble ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_server_in_trouble_is_asked_ever_less_often) {
    Street street;
    street.server.next_status = 500;
    street.work();
    BOOST_TEST(street.view().state == "failing");
    BOOST_TEST((street.view().error.find("asking for messages: HTTP 500") != std::string::npos));
    street.work(599);
    BOOST_TEST(street.server.fetches >= 8);
    BOOST_TEST(street.server.fetches <= 12);
    BOOST_TEST(street.view().failures == street.server.fetches);
    street.server.next_status = 200;
    street.server.add("a1", "hello");
    street.later(7min);
    street.work();
    BOOST_TEST(street.view().state == "working");
    BOOST_TEST(street.view().error == "");
    BOOST_TEST(street.stored().size() == 1U);
}

BOOST_AUTO_TEST_CASE(retry_after_is_kept) {
    Street street;
    street.server.next_status = 429;
    street.server.retry_after = 3600;
    street.work(60, 1min);
    BOOST_TEST(street.server.fetches == 1);
    street.later(1min);
    street.work();
    BOOST_TEST(street.server.fetches == 2);
}

BOOST_AUTO_TEST_CASE(it_waits_a_little_for_being_known_then_works_and_becomes_known) {
    Street street;
    street.server.enrols = false;
    street.server.add("a1", "hello");
    street.work();
    BOOST_TEST(street.server.fetches == 0);
    street.work(4, 10s);
    BOOST_TEST(street.stored().size() == 1U);
    BOOST_TEST(street.view().state == "failing");
    BOOST_TEST((street.view().error.find("known: HTTP 503") != std::string::npos));
    street.server.enrols = true;
    street.later(1min);
    street.work();
    BOOST_TEST(street.view().state == "working");
}

BOOST_AUTO_TEST_CASE(what_a_full_spool_does_not_take_is_kept_and_nothing_else_fetched) {
    Street street;
    street.fresh.config.disk_reserve = std::numeric_limits<std::int64_t>::max();
    Spool full(street.fresh.config, Access::write);
    street.agent.emplace(
        street.fresh.config, street.remote, *street.numbers, *street.api,
        [&]() -> Spool& { return full; }, [&] { return street.now; });
    street.server.add("a1", "hello");
    street.server.add("a2", "hello");
    for (int i = 0; i < 5; ++i) {
        BOOST_CHECK_EXCEPTION((void)street.turn(), Error,
                              [](const Error& error) { return error.fault() == Fault::full; });
        street.later(1min);
    }
    BOOST_TEST(street.server.fetches == 1);
    BOOST_TEST(street.view().state == "failing");
    BOOST_TEST(!street.view().error.empty());
    // There is room again.
    full = Spool(fresh_config(street.fresh.folder), Access::write);
    street.work(2);
    BOOST_TEST(street.stored().size() == 2U);
    BOOST_TEST(street.server.told == (Texts{"a1 Entrusted", "a2 Entrusted"}),
               boost::test_tools::per_element());
    BOOST_TEST(street.view().state == "working");
    BOOST_TEST(street.view().error == "");
}

BOOST_AUTO_TEST_CASE(what_was_accepted_before_is_told_while_the_spool_takes_nothing_new) {
    Street street;
    street.server.add("a1", "hello");
    street.work();
    street.send();
    street.fresh.config.disk_reserve = std::numeric_limits<std::int64_t>::max();
    Spool full(street.fresh.config, Access::write);
    street.agent.emplace(
        street.fresh.config, street.remote, *street.numbers, *street.api,
        [&]() -> Spool& { return full; }, [&] { return street.now; });
    street.server.add("a2", "hello");
    BOOST_CHECK_THROW((void)street.turn(), Error);
    BOOST_TEST(street.server.told.back() == "a1 Sent");
}

// --- the end ------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(nothing_is_begun_when_it_is_to_end) {
    Street street;
    street.server.add("a1", "hello");
    street.server.add("a2", "hello", "abc");
    BOOST_TEST((street.turn() == 0ms));
    street.stopping = true;
    const int fetches = street.server.fetches;
    for (int i = 0; i < 3; ++i) {
        (void)street.turn();
        street.later(1min);
    }
    BOOST_TEST(street.server.fetches == fetches);
    BOOST_TEST(street.server.tries == 0);
    street.restart();
    (void)street.turn();
    BOOST_TEST(street.server.enrolments == 1);
}

BOOST_AUTO_TEST_CASE(it_ends_between_two_messages) {
    Street street;
    for (char c = 'a'; c <= 'e'; ++c)
        street.server.add(std::string(1, c), "hello");
    street.work();
    street.send();
    street.before_spool = [&] { street.stopping = street.server.tries >= 7; };
    (void)street.turn();
    BOOST_TEST(street.server.tries == 7);
}

// What was handed out and is in no spool goes back.
BOOST_AUTO_TEST_CASE(what_is_not_stored_at_the_end_is_given_back) {
    Street street;
    street.fresh.config.disk_reserve = std::numeric_limits<std::int64_t>::max();
    Spool full(street.fresh.config, Access::write);
    street.server.entrusts = true;
    street.server.add("a1", "hello");
    street.spool = &full;
    BOOST_CHECK_THROW((void)street.turn(), Error);
    BOOST_TEST(street.server.messages["a1"].status == "Entrusted");
    street.stopping = true;
    street.agent->leave();
    BOOST_TEST(street.server.messages["a1"].status == "Pending");
}

BOOST_AUTO_TEST_SUITE_END()
