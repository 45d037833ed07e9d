// smsctl webhook, and the agents of smsctl status: what is typed, done, shown and logged.

#define BOOST_TEST_MODULE ctl_webhook_test
#include "common/error.h"
#include "common/ids.h"
#include "common/spool.h"
#include "common/webhook_key.h"
#include "ctl/nouns.h"
#include "tests/support/desk.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

using namespace smsspool;
using namespace smsspool::ctl;
using Progress = Followed::Progress;

namespace {

struct Hooks : Spooled {
    [[nodiscard]] Spool spool() const { return {config(), Access::write}; }

    // The job of a message with a callback.
    [[nodiscard]] std::string job(const std::string& follower = "webhook") const {
        Spool own = spool();
        NewMessage message = new_message("hola", desk_time);
        message.callback = "https://a.example/\x1b[31mhook";
        message.following = Following{follower};
        (void)own.submit(message);
        return own.find(message.id).value().jobs.at(0).id;
    }
    [[nodiscard]] Followed row(const std::string& job) const {
        return spool().followed_job("webhook", job).value();
    }
    void tell(const std::string& job, Progress progress) const {
        Followed followed = row(job);
        if (progress == Progress::done) {
            (void)spool().cancel(followed.message_id, "", desk_time);
            spool().told(row(job), 200, desk_time);
            return;
        }
        followed.progress = progress;
        followed.failures = 3;
        followed.due = desk_time + 60'000;
        followed.code = 500;
        followed.error = "answered 500";
        spool().not_told(followed, desk_time);
    }
};

Arguments of(const std::string& id, std::map<std::string, std::string, std::less<>> values = {}) {
    Arguments arguments;
    arguments.id = id;
    arguments.values = std::move(values);
    return arguments;
}

std::string states(const Answer& answer) {
    std::string all;
    for (const std::string& line : lines_of(answer.text))
        all += std::string(parsed(line)["progress"].GetString()) + " ";
    return all;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(ctl_webhook_test, Hooks)

BOOST_AUTO_TEST_CASE(a_list_for_people) {
    BOOST_TEST(ask(list_webhooks).text == "");
    const std::string id = job();
    BOOST_TEST(ask(list_webhooks).text.starts_with(id + " open     queued    -         ana "));
    tell(id, Progress::open);
    const std::string line = ask(list_webhooks).text;
    BOOST_TEST(lines_of(line).size() == 1U);
    for (const char* part :
         {"https://a.example/\\x1B[31mhook", "3 failed, next ", ": answered 500"})
        BOOST_TEST(holds(line, part), part);
    tell(id, Progress::given_up);
    BOOST_TEST(holds(ask(list_webhooks).text, "3 failed: answered 500"));
}

BOOST_AUTO_TEST_CASE(a_list_for_programs) {
    const std::string id = job();
    tell(id, Progress::given_up);
    const auto object = parsed(ask(list_webhooks, Output::json).text);
    BOOST_TEST(object["job"].GetString() == id);
    BOOST_TEST(object["message"].GetString() == row(id).message_id);
    BOOST_TEST(object["user"].GetString() == "ana");
    BOOST_TEST(object["number"].GetString() == "+525512345678");
    BOOST_TEST(object["progress"].GetString() == "given_up");
    BOOST_TEST(object["state"].GetString() == "queued");
    BOOST_TEST(object["told"].IsNull());
    BOOST_TEST(object["told_delivery"].IsNull());
    BOOST_TEST(object["failures"].GetInt() == 3);
    BOOST_TEST(object["code"].GetInt() == 500);
    BOOST_TEST(object["error"].GetString() == "answered 500");
    BOOST_TEST(object["due_ms"].GetInt64() == desk_time + 60'000);
    BOOST_TEST(object["changed_ms"].GetInt64() == desk_time);
}

BOOST_AUTO_TEST_CASE(a_list_is_of_a_state_and_in_pages) {
    const std::string open = job(), given_up = job(), done = job();
    (void)job("pull:a");
    tell(given_up, Progress::given_up);
    tell(done, Progress::done);
    BOOST_TEST(states(ask(list_webhooks, Output::json)) == "open given_up done ");
    for (const char* state : {"open", "given_up", "done"})
        BOOST_TEST(states(ask(list_webhooks, Output::json, of("", {{"--state", state}}))) ==
                   std::string(state) + " ");
    const Answer page = ask(list_webhooks, Output::json, of("", {{"--limit", "2"}}));
    BOOST_TEST(states(page) == "open given_up ");
    BOOST_TEST(page.complaint == "there are more; go on with --after " + given_up);
    const Answer rest = ask(list_webhooks, Output::json, of(given_up, {{"--limit", "2"}}));
    BOOST_TEST(states(rest) == "done ");
    BOOST_TEST(rest.complaint == "");
    for (const char* limit : {"0", "10001", "x", ""})
        BOOST_CHECK_THROW((void)ask(list_webhooks, Output::text, of("", {{"--limit", limit}})),
                          Error);
    BOOST_CHECK_THROW((void)ask(list_webhooks, Output::text, of("", {{"--state", "gone"}})), Error);
}

BOOST_AUTO_TEST_CASE(one_is_told_again) {
    const std::string id = job();
    tell(id, Progress::given_up);
    BOOST_TEST(holds(ask(replay_webhook, Output::text, of(id)).text, "told again"));
    BOOST_TEST((row(id).progress == Progress::open));
    BOOST_TEST(row(id).failures == 0);
    const Answer none = ask(replay_webhook, Output::text, of(new_id()));
    BOOST_TEST(none.status == 1);
    BOOST_TEST(holds(none.complaint, "no callback belongs to a job"));
    const std::string other = job("pull:a");
    BOOST_TEST(ask(replay_webhook, Output::text, of(other)).status == 1);
    BOOST_TEST(parsed(ask(replay_webhook, Output::json, of(id)).text)["job"].GetString() == id);
}

BOOST_AUTO_TEST_CASE(all_that_was_given_up_is_told_again) {
    const std::string open = job(), first = job(), second = job();
    tell(open, Progress::open);
    tell(first, Progress::given_up);
    tell(second, Progress::given_up);
    BOOST_TEST(ask(replay_all_webhooks).text == "told again 2\n");
    BOOST_TEST((row(first).progress == Progress::open));
    BOOST_TEST((row(second).progress == Progress::open));
    BOOST_TEST(row(open).failures == 3);
    BOOST_TEST(parsed(ask(replay_all_webhooks, Output::json).text)["replayed"].GetInt() == 0);
}

BOOST_AUTO_TEST_CASE(the_program_lists_replays_and_logs) {
    const std::string id = job();
    const Ran listed = run("--json webhook list --state open");
    BOOST_TEST(listed.status == 0);
    BOOST_TEST(parsed(listed.out)["job"].GetString() == id);
    const Ran replayed = run("webhook replay " + id);
    BOOST_TEST(replayed.status == 0);
    BOOST_TEST(holds(replayed.err, "had the webhook of job " + id + " told again"));
    BOOST_TEST(run("webhook list --state gone").status == 64);
    BOOST_TEST(run("webhook replay nothing").status == 64);
}

BOOST_AUTO_TEST_CASE(a_key_is_of_a_user) {
    BOOST_TEST(run("webhook key ana").status == 64);
    const std::string file = folder().write("webhook.key", std::string(32, 's') + "\n");
    BOOST_TEST(::chmod(file.c_str(), 0600) == 0);
    const Desk desk("webhook_key_file = " + file + "\n");
    const Ran ran = desk.run("webhook key ana");
    BOOST_TEST(ran.status == 0);
    BOOST_TEST(ran.out == webhook_key(std::string(32, 's'), "ana") + "\n");
    BOOST_TEST(holds(ran.err, "looked at the webhook key of user ana"));
    BOOST_TEST(!holds(ran.err, ran.out.substr(0, 64)));
    BOOST_TEST(parsed(desk.run("--json webhook key eve").out)["key"].GetString() ==
               webhook_key(std::string(32, 's'), "eve"));
    BOOST_TEST(::chmod(file.c_str(), 0644) == 0);
    BOOST_TEST(desk.run("webhook key ana").status == 77);
}

BOOST_AUTO_TEST_CASE(agents_are_in_the_status) {
    Spool own = spool();
    own.agent_beat({"webhook", "failing", "a.example: away", desk_time, desk_time, 0, 1, 2});
    own.agent_beat({"pull:a", "working", "", desk_time, desk_time - 60'000, 3, 4, 5});
    const auto object = parsed(ask(show_status, Output::json).text);
    BOOST_REQUIRE(object["agents"].Size() == 2);
    const auto& pull = object["agents"][0];
    BOOST_TEST(pull["name"].GetString() == "pull:a");
    BOOST_TEST(pull["state"].GetString() == "unknown");
    BOOST_TEST(pull["error"].IsNull());
    BOOST_TEST(pull["fetched"].GetInt() == 3);
    BOOST_TEST(object["agents"][1]["error"].GetString() == "a.example: away");
    const std::string text = ask(show_status).text;
    for (const char* part :
         {"webhook, failing since ", "a.example: away", "fetched 0, told 1, failed 2",
          "pull:a, unknown; was working since ", "heard 1 min ago"})
        BOOST_TEST(holds(text, part), part);
}

BOOST_AUTO_TEST_SUITE_END()
