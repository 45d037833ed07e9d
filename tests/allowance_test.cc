// What senders may spend: parts a day, recipients, hours.

#define BOOST_TEST_MODULE allowance_test
#include "common/error.h"
#include "common/ids.h"
#include "common/sqlite.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <ctime>

using namespace smsspool;
using namespace std::chrono_literals;

namespace {

constexpr UtcMs minute = 60'000;
constexpr UtcMs day = 24 * 60 * minute;
// A slot of ten minutes begins there: 2023-11-14T22:10:00Z.
constexpr UtcMs slot = start_time - 200'000;

struct Fixture : FreshSpool {
    // What came of a message: "stored", or the reason with the seconds to wait.
    std::string submit(const std::vector<Spender>& spenders, std::size_t parts, UtcMs now,
                       const std::string& number = "+525512345678") {
        NewMessage message = new_message(parts == 1 ? "hi" : long_text(parts), now, number);
        message.spenders = spenders;
        const StoreAnswer answer = spool.submit(message);
        BOOST_TEST((answer.how == Stored::refused) == answer.refusal.has_value());
        BOOST_TEST(spool.find(message.id).has_value() == (answer.how == Stored::done));
        if (!answer.refusal)
            return "stored";
        return answer.refusal->text + (answer.refusal->seconds
                                           ? "; " + std::to_string(*answer.refusal->seconds) + " s"
                                           : "");
    }
};

Spender who(const std::string& key, std::int64_t parts, const std::string& recipients = {},
            const std::string& hours = {}) {
    return {key, {parts, recipients, hours}};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(allowance_test, Fixture)

BOOST_AUTO_TEST_CASE(parts_a_day) {
    const std::vector<Spender> ana{who("user:ana", 5)};
    const std::string limit = "The limit of this user is 5 parts a day";
    BOOST_TEST(submit(ana, 2, slot) == "stored");
    BOOST_TEST(submit(ana, 2, slot + 30 * minute) == "stored");
    // Room for two is there when the first two are forgotten.
    BOOST_TEST(submit(ana, 2, slot + 31 * minute) ==
               limit + ", 4 are spent, and this message has 2; " +
                   std::to_string((day + 10 * minute - 31 * minute) / 1000) + " s");
    BOOST_TEST(submit(ana, 1, slot + 31 * minute) == "stored");
    BOOST_TEST(submit(ana, 1, slot + 31 * minute).starts_with(limit + ", 5 are spent"));
    // Room for four needs the second slot too.
    BOOST_TEST(submit(ana, 4, slot + 32 * minute) ==
               limit + ", 5 are spent, and this message has 4; " +
                   std::to_string((day + 40 * minute - 32 * minute) / 1000) + " s");
    BOOST_TEST(submit(ana, 6, slot + 32 * minute) == limit + ", and this message has 6");
    // Who waits as long as he was told is let through, and not a second before.
    BOOST_TEST(submit(ana, 2, slot + day + 10 * minute - 1000) != "stored");
    BOOST_TEST(submit(ana, 2, slot + day + 10 * minute) == "stored");
}

BOOST_AUTO_TEST_CASE(a_token_and_its_user) {
    const Spender user = who("user:ana", 3), token = who("token:t", 2), free = who("token:u", 0);
    BOOST_TEST(submit({user, token}, 2, slot) == "stored");
    BOOST_TEST(submit({user, token}, 1, slot).starts_with("The limit of this token is 2 parts"));
    // What was refused was not counted.
    BOOST_TEST(submit({user, free}, 1, slot) == "stored");
    BOOST_TEST(submit({user, free}, 1, slot).starts_with("The limit of this user is 3 parts"));
    BOOST_TEST(submit({free}, 9, slot) == "stored");
}

BOOST_AUTO_TEST_CASE(what_was_stored_before_is_not_spent_twice) {
    NewMessage message = new_message("hi", slot);
    message.spenders = {who("user:ana", 1)};
    message.idempotency = IdempotencyKey{"k", "hash", slot - day};
    BOOST_TEST((spool.submit(message).how == Stored::done));
    BOOST_TEST((spool.submit(message).how == Stored::done)); // this very id
    message.id = new_id();
    BOOST_TEST((spool.submit(message).how == Stored::again));
    message.idempotency.reset();
    BOOST_TEST((spool.submit(message).how == Stored::refused));
}

BOOST_AUTO_TEST_CASE(recipients) {
    const std::vector<Spender> ana{who("user:ana", 0, "+52 +1212")};
    BOOST_TEST(submit(ana, 1, slot, "+525512345678") == "stored");
    BOOST_TEST(submit(ana, 1, slot, "+12125550123") == "stored");
    BOOST_TEST(submit(ana, 1, slot, "+13105550123") ==
               "+13105550123 is not among the recipients that this user may write to");
    // Each of a message counts.
    NewMessage message = new_message("hi", slot);
    message.recipients.push_back({"+13105550123", "+13105550123"});
    message.spenders = ana;
    BOOST_TEST((spool.submit(message).how == Stored::refused));
}

BOOST_AUTO_TEST_CASE(hours) {
    ::setenv("TZ", "America/Mexico_City", 1); // UTC-6: 16:13:20 there
    ::tzset();
    struct Case {
        const char* hours;
        const char* want;
    };
    const Case cases[] = {
        {"16:00-17:00", "stored"},
        {"16:13-16:14", "stored"},
        {"16:14-17:00", "The hours in which this user may send are 16:14-17:00; 40 s"},
        {"08:00-16:13", "The hours in which this user may send are 08:00-16:13; 56800 s"},
        {"22:00-06:00", "The hours in which this user may send are 22:00-06:00; 20800 s"},
        {"22:00-17:00", "stored"},
    };
    for (const Case& c : cases)
        BOOST_TEST(submit({who("user:ana", 0, "", c.hours)}, 1, start_time) == c.want);
}

// What is put off is looked at for the time to which it is.
BOOST_AUTO_TEST_CASE(hours_of_what_is_put_off) {
    ::setenv("TZ", "UTC", 1); // 22:13:20
    ::tzset();
    NewMessage message = new_message("hi", start_time);
    message.spenders = {who("user:ana", 0, "", "22:00-23:00")};
    message.not_before = start_time + 5 * 60 * minute; // 03:13:20
    const StoreAnswer answer = spool.submit(message);
    BOOST_TEST_REQUIRE(answer.refusal.has_value());
    BOOST_TEST((answer.refusal->what == NotAllowed::What::hours));
    message.spenders = {who("user:ana", 0, "", "03:00-04:00")};
    BOOST_TEST((spool.submit(message).how == Stored::done));
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_wrong) {
    const std::vector<Spender> ana{who("user:ana", 1)};
    BOOST_TEST(submit(ana, 1, slot + 365 * day) == "stored");
    BOOST_TEST(submit(ana, 1, slot) == "stored");
    BOOST_TEST(submit(ana, 1, slot) != "stored");
}

BOOST_AUTO_TEST_CASE(what_is_old_is_forgotten) {
    Database raw(config.spool, Open::write, 1s);
    for (int i = 0; i < 10; ++i)
        BOOST_TEST(submit({who("user:ana", 9)}, 1, slot + i * day) == "stored");
    BOOST_TEST(std::stoi(raw.ask_text("SELECT COUNT(*) FROM spent")) <= 3);
}

BOOST_AUTO_TEST_SUITE_END()
