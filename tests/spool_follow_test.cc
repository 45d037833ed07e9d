// Jobs whose fate is told outside: what is due to be told, what was, and when it is done.

#include "common/error.h"
#include "common/ids.h"
#include "common/numbers.h"
#include "common/spool.h"
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"

#define BOOST_TEST_MODULE spool_follow
#include <boost/test/unit_test.hpp>
#include <functional>

using namespace smsspool;
using Progress = Followed::Progress;

namespace {

constexpr UtcMs second = 1000;
constexpr UtcMs day = 24 * 60 * 60 * second;
constexpr std::string_view hook = "webhook";

struct Fixture : FreshSpool {
    // A message that is followed by the webhook; its id.
    std::string submit(NewMessage message = new_message("hola"),
                       const std::string& follower = "webhook", const std::string& target = {}) {
        message.callback = "https://a.example/hook";
        message.following = Following{follower, target};
        BOOST_REQUIRE(spool.submit(message).how == Stored::done);
        return message.id;
    }

    void write(const std::string& sql) {
        Database(config.spool, Open::write, std::chrono::seconds(1)).run_text(sql);
    }
    std::string ask(const std::string& sql) {
        return Database(config.spool, Open::read, std::chrono::seconds(1)).ask_text(sql);
    }

    std::string job_of(const std::string& message) {
        return spool.find(message).value().jobs.at(0).id;
    }

    Work claimed(UtcMs now = start_time) {
        auto work = claim(now);
        BOOST_REQUIRE(work.has_value());
        return *work;
    }

    std::string sent(NewMessage message = new_message("hola"), UtcMs now = start_time) {
        const std::string id = submit(std::move(message));
        (void)settle(claimed(now), WasAccepted{7}, now);
        return id;
    }

    std::string failed(UtcMs now = start_time) {
        const std::string id = submit();
        (void)settle(claimed(now), WasRefused{RefusalKind::permanent, 1, "no"}, now);
        return id;
    }

    // The words of what is to be told: state/delivery.
    std::vector<std::string> due(UtcMs now = start_time, Spool::First first = Spool::First::skip,
                                 std::string_view follower = hook) {
        std::vector<std::string> words;
        for (const Followed& each : spool.to_tell(follower, first, {}, 100, now))
            words.push_back(std::string(name_of(each.state)) + "/" +
                            std::string(name_of(each.delivery)));
        return words;
    }

    Followed only_due(UtcMs now = start_time) {
        const auto list = spool.to_tell(hook, Spool::First::skip, {}, 100, now);
        BOOST_REQUIRE(list.size() == 1);
        return list.front();
    }

    Followed row(const std::string& message) {
        return spool.followed_job(hook, job_of(message)).value();
    }

    void take_in(const Arrival& arrival, UtcMs now) {
        BOOST_REQUIRE(spool.take_in("sim", {arrival}, Numbers(config), now).at(0).failed.empty());
    }

    void report(UtcMs now, int status = 0) {
        Arrival arrival;
        arrival.kind = "report";
        arrival.number = "+525512345678";
        arrival.reference = 7;
        arrival.report_status = status;
        arrival.settled = now;
        arrival.sent = now;
        take_in(arrival, now);
    }

    void reply(UtcMs now) {
        Arrival arrival;
        arrival.kind = "deliver";
        arrival.number = "+525512345678";
        arrival.text = "si";
        arrival.sent = now;
        take_in(arrival, now);
    }
};

using Words = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(spool_follow)

// --- what there is to tell ----------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_job_is_told_of_when_it_has_come_to_something, Fixture) {
    const std::string id = submit();
    BOOST_TEST(due() == Words());
    const Work work = claimed();
    BOOST_TEST(due() == Words());
    (void)settle(work, WasAccepted{7});
    BOOST_TEST(due() == Words{"sent/none"});
    BOOST_TEST(due(start_time, Spool::First::skip, "pull:a") == Words());
}

BOOST_FIXTURE_TEST_CASE(the_first_word_is_of_a_job_that_waits, Fixture) {
    (void)submit(new_message("hola"), "pull:a", "77");
    BOOST_TEST(due(start_time, Spool::First::tell, "pull:a") == Words{"queued/none"});
    const auto list = spool.to_tell("pull:a", Spool::First::tell, {}, 10, start_time);
    spool.told(list.at(0), 200, start_time);
    BOOST_TEST(due(start_time, Spool::First::tell, "pull:a") == Words());
    BOOST_TEST((spool.followed_target("pull:a", "77").value().progress == Progress::open));
    (void)settle(claimed(), WasAccepted{7});
    BOOST_TEST(due(start_time, Spool::First::tell, "pull:a") == Words{"sent/none"});
}

// Who tells looks at what has news only: the others can be many, and wait for long.
BOOST_FIXTURE_TEST_CASE(what_waits_is_not_looked_at, Fixture) {
    const auto with_news = [this] { return ask("SELECT COUNT(*) FROM follow WHERE news = 1"); };
    NewMessage message = new_message("hola");
    message.report = true;
    message.reply_timeout_ms = 60'000;
    const std::string id = submit(message);
    BOOST_TEST(with_news() == "0");
    const Work work = claimed();
    BOOST_TEST(with_news() == "0");
    (void)settle(work, WasAccepted{7});
    BOOST_TEST(with_news() == "1");
    spool.told(only_due(), 200, start_time);
    BOOST_TEST(with_news() == "0");
    BOOST_TEST((row(id).progress == Progress::open));
    (void)spool.give_up_replies("", start_time + 100'000);
    BOOST_TEST(with_news() == "1");
    BOOST_TEST(due(start_time + 100'000) == Words{"timeout/pending"});
}

// Each end that a job can come to is told, whoever brought it about.
BOOST_FIXTURE_TEST_CASE(each_end_is_news, Fixture) {
    struct Case {
        const char* name;
        std::function<void(Fixture&, const std::string&)> end;
        const char* want;
    };
    const std::vector<Case> cases{
        {"sent",
         [](Fixture& f, const std::string&) { (void)f.settle(f.claimed(), WasAccepted{7}); },
         "sent/none"},
        {"failed",
         [](Fixture& f, const std::string&) {
             (void)f.settle(f.claimed(), WasRefused{RefusalKind::permanent, 1, "no"});
         },
         "failed/none"},
        {"expired",
         [](Fixture& f, const std::string&) {
             (void)expire_all(f.spool, start_time + 1'000'000'000);
         },
         "expired/none"},
        {"canceled",
         [](Fixture& f, const std::string& id) { (void)f.spool.cancel(id, "", start_time); },
         "canceled/none"},
        {"damaged",
         [](Fixture& f, const std::string&) {
             f.write("UPDATE message SET encoding = 'x'");
             (void)f.claim();
         },
         "failed/none"},
    };
    for (const Case& c : cases) {
        Fixture fresh;
        const std::string id = fresh.submit();
        c.end(fresh, id);
        BOOST_TEST(fresh.due(start_time + 1'000'000'000) == Words{c.want}, c.name);
    }
}

BOOST_FIXTURE_TEST_CASE(a_row_says_all_that_is_told, Fixture) {
    NewMessage message = new_message("hola");
    message.label = "otp";
    message.recipients = {{"55 1234 5678", "+525512345678"}};
    const std::string id = sent(message, start_time + second);
    const Followed found = only_due(start_time + second);
    BOOST_TEST(found.follower == "webhook");
    BOOST_TEST(found.message_id == id);
    BOOST_TEST(found.job_id == job_of(id));
    BOOST_TEST(found.target == "");
    BOOST_TEST(!found.told.has_value());
    BOOST_TEST(found.number == "+525512345678");
    BOOST_TEST(found.number_given == "55 1234 5678");
    BOOST_TEST(found.user == "ana");
    BOOST_TEST(found.label == "otp");
    BOOST_TEST(found.callback == "https://a.example/hook");
    BOOST_TEST(found.created == start_time);
    BOOST_TEST(found.attempted.value() == start_time + second);
    BOOST_TEST(found.parts == 1);
    BOOST_TEST(!found.reply.has_value());
    BOOST_TEST(!found.reply_timeout_ms.has_value());
}

BOOST_FIXTURE_TEST_CASE(pages_go_on_behind_a_job, Fixture) {
    for (int i = 0; i < 5; ++i)
        (void)sent();
    const auto first = spool.to_tell(hook, Spool::First::skip, {}, 3, start_time);
    BOOST_REQUIRE(first.size() == 3);
    const auto rest = spool.to_tell(hook, Spool::First::skip, first.back().job_id, 3, start_time);
    BOOST_REQUIRE(rest.size() == 2);
    BOOST_TEST(first[0].job_id < first[1].job_id);
    BOOST_TEST(first[2].job_id < rest[0].job_id);
}

BOOST_FIXTURE_TEST_CASE(each_recipient_of_many_is_followed, Fixture) {
    NewMessage message = new_message("hola");
    message.recipients = {{"1", "+525512345678"}, {"2", "+525512345679"}, {"3", "+525512345670"}};
    (void)submit(message);
    while (spool.unfold() > 0) {
    }
    for (int i = 0; i < 3; ++i)
        (void)settle(claimed(), WasAccepted{7});
    BOOST_TEST(due().size() == 3u);
}

// --- told, and not told -------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(what_was_told_is_not_told_again, Fixture) {
    const std::string id = sent();
    const Followed found = only_due();
    spool.told(found, 204, start_time + second);
    spool.told(found, 204, start_time + second); // its answer was lost
    BOOST_TEST(due(start_time + day) == Words());
    const Followed after = row(id);
    BOOST_TEST((after.progress == Progress::done));
    BOOST_TEST((after.told == State::sent));
    BOOST_TEST(after.code == 204);
    BOOST_TEST(after.changed == start_time + second);
}

BOOST_FIXTURE_TEST_CASE(what_was_not_told_waits, Fixture) {
    const std::string id = sent();
    Followed found = only_due();
    found.failures = 3;
    found.due = start_time + 10 * second;
    found.code = 500;
    found.error = "answered 500";
    spool.not_told(found, start_time);
    BOOST_TEST(due(start_time + 10 * second - 1) == Words());
    BOOST_TEST(due(start_time + 10 * second) == Words{"sent/none"});
    const Followed after = row(id);
    BOOST_TEST(after.failures == 3);
    BOOST_TEST(after.code == 500);
    BOOST_TEST(after.error == "answered 500");
    spool.told(after, 200, start_time + 20 * second);
    BOOST_TEST(row(id).failures == 0);
    BOOST_TEST(row(id).error == "");
}

BOOST_FIXTURE_TEST_CASE(what_was_given_up_is_told_when_somebody_wants_it, Fixture) {
    const std::string id = sent();
    Followed found = only_due();
    found.progress = Progress::given_up;
    found.failures = 12;
    spool.not_told(found, start_time);
    BOOST_TEST(due(start_time + day) == Words());
    BOOST_TEST(spool.followed(hook, Progress::given_up, {}, 10).size() == 1u);
    BOOST_TEST(spool.tell_again(hook, job_of(id), start_time + second));
    BOOST_TEST(due(start_time) == Words());
    BOOST_TEST(due(start_time + second) == Words{"sent/none"});
    BOOST_TEST(row(id).failures == 0);
    BOOST_TEST(!spool.tell_again(hook, new_id(), start_time));
    BOOST_TEST(!spool.tell_again("pull:a", job_of(id), start_time));
}

BOOST_FIXTURE_TEST_CASE(what_was_told_is_told_again_when_somebody_wants_it, Fixture) {
    const std::string id = sent();
    spool.told(only_due(), 200, start_time);
    BOOST_TEST(spool.tell_again(hook, job_of(id), start_time));
    BOOST_TEST(due() == Words{"sent/none"});
}

BOOST_FIXTURE_TEST_CASE(what_comes_while_it_is_told_is_told_next, Fixture) {
    NewMessage message = new_message("hola");
    message.reply_timeout_ms = 60 * second;
    const std::string id = sent(message);
    const Followed found = only_due();
    reply(start_time + second);
    spool.told(found, 200, start_time + second);
    BOOST_TEST((row(id).told == State::sent));
    BOOST_TEST((row(id).progress == Progress::open));
    BOOST_TEST(due(start_time + second) == Words{"replied/none"});
    const Followed next = only_due(start_time + second);
    BOOST_TEST(next.reply.value().text == "si");
    spool.told(next, 200, start_time + second);
    BOOST_TEST((row(id).progress == Progress::done));
}

// --- when it is done ----------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(is_final) {
    struct Case {
        State state;
        Delivery delivery;
        bool awaits_reply;
        bool want;
    };
    const Case cases[] = {
        {State::queued, Delivery::none, false, false},
        {State::sending, Delivery::none, false, false},
        {State::sent, Delivery::none, false, true},
        {State::sent, Delivery::none, true, false},
        {State::sent, Delivery::pending, false, false},
        {State::sent, Delivery::delivered, false, true},
        {State::sent, Delivery::undelivered, false, true},
        {State::sent, Delivery::partly, false, true},
        {State::sent, Delivery::delivered, true, false},
        {State::replied, Delivery::none, true, true},
        {State::replied, Delivery::pending, true, false},
        {State::timeout, Delivery::none, true, true},
        {State::timeout, Delivery::pending, true, false},
        {State::failed, Delivery::none, false, true},
        {State::unknown, Delivery::none, false, true},
        {State::expired, Delivery::none, false, true},
        {State::canceled, Delivery::none, false, true},
        {State::abandoned, Delivery::none, false, true},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(name_of(c.state) << "/" << name_of(c.delivery)) {
            Followed followed;
            followed.state = c.state;
            followed.delivery = c.delivery;
            if (c.awaits_reply)
                followed.reply_timeout_ms = 1000;
            BOOST_TEST(followed.is_final() == c.want);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_delivery_report_is_told, Fixture) {
    NewMessage message = new_message("hola");
    message.report = true;
    const std::string id = sent(message);
    BOOST_TEST(due() == Words{"sent/pending"});
    spool.told(only_due(), 200, start_time);
    BOOST_TEST((row(id).progress == Progress::open));
    report(start_time + second);
    BOOST_TEST(due(start_time + second) == Words{"sent/delivered"});
    spool.told(only_due(start_time + second), 200, start_time + second);
    BOOST_TEST((row(id).progress == Progress::done));
}

BOOST_FIXTURE_TEST_CASE(a_job_that_expires_is_told, Fixture) {
    (void)submit();
    BOOST_REQUIRE(expire_all(spool, start_time + 2 * day, "EXPIRED", "too late").size() == 1);
    BOOST_TEST(due(start_time + 2 * day) == Words{"expired/none"});
    BOOST_TEST(only_due(start_time + 2 * day).error_text == "too late");
}

BOOST_FIXTURE_TEST_CASE(a_message_that_is_taken_back_is_told, Fixture) {
    const std::string id = submit();
    BOOST_REQUIRE(spool.cancel(id, "ana", start_time).has_value());
    BOOST_TEST(due() == Words{"canceled/none"});
}

// --- when it begins anew ------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(a_dead_letter_that_fails_again_is_told_again, Fixture) {
    const std::string id = failed();
    BOOST_TEST(due() == Words{"failed/none"});
    spool.told(only_due(), 200, start_time);
    BOOST_TEST((row(id).progress == Progress::done));
    (void)spool.resend({{job_of(id), start_time + second}}, config, start_time);
    BOOST_TEST((row(id).progress == Progress::open));
    BOOST_TEST(due(start_time + second) == Words());
    BOOST_TEST(due(start_time + second, Spool::First::tell) == Words());
    (void)settle(claimed(start_time + second), WasRefused{RefusalKind::permanent, 1, "no"},
                 start_time + second);
    BOOST_TEST(due(start_time + second) == Words{"failed/none"});
    spool.told(only_due(start_time + second), 200, start_time + second);
    BOOST_TEST((row(id).progress == Progress::done));
}

BOOST_FIXTURE_TEST_CASE(a_dead_letter_of_which_nothing_was_told_is_new_when_it_is_sent_again,
                        Fixture) {
    const std::string id = failed();
    (void)spool.resend({{job_of(id), start_time}}, config, start_time);
    BOOST_TEST(due(start_time, Spool::First::tell) == Words{"queued/none"});
}

BOOST_FIXTURE_TEST_CASE(a_dead_letter_that_is_sent_in_the_end_is_told, Fixture) {
    const std::string id = failed();
    Followed found = only_due();
    found.progress = Progress::given_up;
    found.due = start_time + day;
    spool.not_told(found, start_time);
    (void)spool.resend({{job_of(id), start_time}}, config, start_time);
    (void)settle(claimed(), WasAccepted{7});
    BOOST_TEST(due() == Words{"sent/none"});
}

BOOST_FIXTURE_TEST_CASE(a_dead_letter_that_is_abandoned_is_told, Fixture) {
    const std::string id = failed();
    spool.told(only_due(), 200, start_time);
    (void)spool.abandon({job_of(id)}, start_time);
    BOOST_TEST(due() == Words{"abandoned/none"});
    spool.told(only_due(), 200, start_time);
    (void)spool.abandon({job_of(id)}, start_time); // once more
    BOOST_TEST(due() == Words());
    BOOST_TEST((row(id).progress == Progress::done));
}

BOOST_FIXTURE_TEST_CASE(a_reply_to_a_job_of_unknown_outcome_is_told, Fixture) {
    config.unknown = UnknownPolicy::hold;
    NewMessage message = new_message("hola");
    message.reply_timeout_ms = 60 * second;
    const std::string id = submit(message);
    (void)settle(claimed(), IsUnknown{"no answer"});
    BOOST_TEST(due() == Words{"unknown/none"});
    spool.told(only_due(), 200, start_time);
    BOOST_TEST((row(id).progress == Progress::done));
    reply(start_time + second);
    BOOST_REQUIRE((state(id) == State::replied));
    BOOST_TEST(due(start_time + second) == Words{"replied/none"});
}

// An event is given up, not the job.
BOOST_FIXTURE_TEST_CASE(what_comes_after_one_was_given_up_is_told, Fixture) {
    const std::string id = failed();
    Followed found = only_due();
    found.progress = Progress::given_up;
    found.failures = 12;
    found.code = 500;
    found.due = start_time + day;
    spool.not_told(found, start_time);
    (void)spool.abandon({job_of(id)}, start_time);
    BOOST_TEST(due() == Words{"abandoned/none"});
    BOOST_TEST(row(id).failures == 0);
}

BOOST_FIXTURE_TEST_CASE(who_is_gone_is_told_nothing_that_comes_later, Fixture) {
    const std::string id = failed();
    Followed found = only_due();
    found.progress = Progress::given_up;
    found.code = 410;
    spool.not_told(found, start_time);
    (void)spool.abandon({job_of(id)}, start_time);
    BOOST_TEST(due(start_time + day) == Words());
}

BOOST_FIXTURE_TEST_CASE(who_goes_while_more_comes_is_gone, Fixture) {
    NewMessage message = new_message("hola");
    message.report = true;
    const std::string id = sent(std::move(message));
    Followed before = only_due();
    report(start_time + second);
    before.progress = Progress::given_up;
    before.code = 410;
    spool.not_told(before, start_time + 2 * second);
    BOOST_TEST((row(id).progress == Progress::given_up));
}

// --- lists and counts ---------------------------------------------------------------------------

// While somebody tells of it, a person has it sent or told again: what was told before does not
// count, and it is not given up.
BOOST_FIXTURE_TEST_CASE(what_is_opened_again_while_it_is_told_stays_open, Fixture) {
    const std::string id = failed();
    const Followed before = only_due();
    (void)spool.resend({{before.job_id, 0}}, config, start_time + second);
    spool.told(before, 200, start_time + 2 * second);
    (void)settle(claimed(start_time + day), WasRefused{RefusalKind::permanent, 1, "no"},
                 start_time + day);
    BOOST_TEST(due(start_time + day) == Words{"failed/none"});

    Followed again = only_due(start_time + day);
    BOOST_TEST(spool.tell_again(hook, again.job_id, start_time + day));
    again.progress = Progress::given_up;
    again.failures = 12;
    spool.not_told(again, start_time + day);
    BOOST_TEST((row(id).progress == Progress::open));
    BOOST_TEST(row(id).failures == 0);
}

BOOST_FIXTURE_TEST_CASE(what_comes_while_it_is_given_up_is_told, Fixture) {
    NewMessage message = new_message("hola");
    message.report = true;
    const std::string id = sent(std::move(message));
    Followed before = only_due();
    report(start_time + second);
    before.progress = Progress::given_up;
    spool.not_told(before, start_time + 2 * second);
    BOOST_TEST(due(start_time + 2 * second) == Words{"sent/delivered"});
}

// Networks repeat reports.
BOOST_FIXTURE_TEST_CASE(a_report_without_news_opens_nothing, Fixture) {
    NewMessage message = new_message("hola");
    message.report = true;
    const std::string id = sent(std::move(message));
    report(start_time + second);
    spool.told(only_due(start_time + second), 200, start_time + second);
    BOOST_TEST((row(id).progress == Progress::done));
    report(start_time + 2 * second);
    BOOST_TEST((row(id).progress == Progress::done));
}

BOOST_FIXTURE_TEST_CASE(a_report_without_news_opens_nothing_that_was_given_up, Fixture) {
    constexpr int still_trying = 0x20;
    NewMessage message = new_message("hola");
    message.report = true;
    const std::string id = sent(std::move(message));
    Followed found = only_due();
    found.progress = Progress::given_up;
    found.code = 500;
    spool.not_told(found, start_time);
    report(start_time + second, still_trying);
    BOOST_TEST((row(id).progress == Progress::given_up));
    report(start_time + 2 * second);
    BOOST_TEST(due(start_time + 2 * second) == Words{"sent/delivered"});
}

BOOST_FIXTURE_TEST_CASE(lists_and_counts_are_by_follower_and_progress, Fixture) {
    (void)sent();
    spool.told(only_due(), 200, start_time);
    (void)sent();
    (void)submit(new_message("hola"), "pull:a", "1");
    (void)submit(new_message("hola"), "pull:a", "2");
    std::vector<std::string> counts;
    for (const FollowCount& count : spool.follow_counts())
        counts.push_back(count.follower + " " + std::to_string(int(count.progress)) + " " +
                         std::to_string(count.jobs));
    std::sort(counts.begin(), counts.end());
    BOOST_TEST((counts == Words{"pull:a 0 2", "webhook 0 1", "webhook 1 1"}));
    BOOST_TEST(spool.followed(hook, Progress::done, {}, 10).size() == 1u);
    BOOST_TEST(spool.followed(hook, Progress::open, {}, 10).size() == 1u);
    const auto open = spool.followed("pull:a", Progress::open, {}, 1);
    BOOST_REQUIRE(open.size() == 1);
    BOOST_TEST(spool.followed("pull:a", Progress::open, open[0].job_id, 10).size() == 1u);
    BOOST_TEST(spool.followed_target("pull:a", "2").value().target == "2");
    BOOST_TEST(!spool.followed_target("pull:b", "2").has_value());
    BOOST_TEST(!spool.followed_target("pull:a", "3").has_value());
}

BOOST_FIXTURE_TEST_CASE(what_is_purged_is_followed_no_more, Fixture) {
    const std::string id = sent();
    const std::string job = job_of(id);
    spool.told(only_due(), 200, start_time);
    BOOST_REQUIRE(spool.purge(start_time + day).size() == 1);
    BOOST_TEST(!spool.followed_job(hook, job).has_value());
    BOOST_TEST(spool.follow_counts().empty());
    BOOST_TEST(!spool.tell_again(hook, job, start_time));
}

// The other side may be away for long: who forgets the message would send it again.
BOOST_FIXTURE_TEST_CASE(what_is_to_be_told_is_not_purged_soon, Fixture) {
    const std::string id = sent();
    BOOST_TEST(spool.purge(start_time + 29 * day).empty());
    BOOST_TEST(due(start_time + day) == Words{"sent/none"});
    spool.told(only_due(start_time + day), 200, start_time + day);
    BOOST_TEST(spool.purge(start_time + day).size() == 1U);

    (void)sent();
    BOOST_TEST(spool.purge(start_time + 31 * day).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_word_that_is_none_is_damage, Fixture) {
    (void)sent();
    Database(config.spool, Open::write, std::chrono::seconds(1))
        .run_text("UPDATE follow SET told_state = 'gone'");
    BOOST_CHECK_THROW((void)spool.to_tell(hook, Spool::First::skip, {}, 10, start_time), Error);
}

// --- agents -------------------------------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(an_agent_is_as_it_last_said, Fixture) {
    spool.agent_beat({"webhook", "starting", "", start_time, start_time, 0, 0, 0});
    spool.agent_beat({"pull:a", "working", "", start_time, start_time, 5, 6, 7});
    spool.agent_beat(
        {"webhook", "failing", "no answer", start_time + 1, start_time + second, 1, 2, 3});
    const auto agents = spool.health().agents;
    BOOST_REQUIRE(agents.size() == 2);
    BOOST_TEST(agents[0].name == "pull:a");
    BOOST_TEST(agents[0].failures == 7);
    BOOST_TEST(agents[1].name == "webhook");
    BOOST_TEST(agents[1].state == "failing");
    BOOST_TEST(agents[1].error == "no answer");
    BOOST_TEST(agents[1].since == start_time + 1);
    BOOST_TEST(agents[1].beat == start_time + second);
    BOOST_TEST(agents[1].fetched == 1);
    BOOST_TEST(agents[1].told == 2);
    BOOST_TEST(agents[1].failures == 3);
    spool.agent_leave("webhook");
    spool.agent_leave("webhook");
    BOOST_TEST(spool.health().agents.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
