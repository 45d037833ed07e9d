// The door: what is taken, what is wrong with a draft, and what is stored of it.

#define BOOST_TEST_MODULE submit_test
#include "common/submit.h"

#include "common/error.h"
#include "common/ids.h"
#include "common/wake.h"
#include "tests/support/fresh_spool.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <poll.h>
#include <string>
#include <vector>

using namespace smsspool;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

using What = FieldFault::What;

constexpr UtcMs now = start_time;

std::string repeated(std::string_view what, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i)
        text += what;
    return text;
}

Draft draft_of(const std::string& text = "hola") {
    Draft draft;
    draft.user = "ana";
    draft.api = "rest";
    draft.number = "55 1234 5678";
    draft.text = text;
    return draft;
}

SpoolSource source_of(FreshSpool& fresh) {
    return [&fresh]() -> Spool& { return fresh.spool; };
}

struct Fixture {
    Config config;
    Numbers numbers{config};

    NewMessage good(const Draft& draft) {
        auto checked = check(draft, config, numbers, now);
        BOOST_REQUIRE(std::holds_alternative<NewMessage>(checked));
        return std::get<NewMessage>(checked);
    }
    std::vector<FieldFault> faults(const Draft& draft) {
        auto checked = check(draft, config, numbers, now);
        BOOST_REQUIRE(std::holds_alternative<std::vector<FieldFault>>(checked));
        return std::get<std::vector<FieldFault>>(checked);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(submit_test, Fixture)

BOOST_AUTO_TEST_CASE(a_plain_message) {
    Draft draft = draft_of();
    draft.reply_timeout = 60s;
    draft.priority = Priority::high;
    const NewMessage message = good(draft);
    BOOST_TEST(is_id(message.id));
    BOOST_TEST(message.user == "ana");
    BOOST_TEST(message.api == "rest");
    BOOST_TEST(message.text == "hola");
    BOOST_TEST((message.encoding == Encoding::gsm7));
    BOOST_TEST(message.parts == 1U);
    BOOST_TEST(!message.original_length.has_value());
    BOOST_TEST((message.reply_timeout_ms == std::optional<std::int64_t>(60'000)));
    BOOST_TEST((message.priority == Priority::high));
    BOOST_TEST(message.created == now);
    BOOST_TEST(message.valid_until == now + 24LL * 60 * 60 * 1000);
    BOOST_REQUIRE(message.recipients.size() == 1U);
    BOOST_TEST(message.recipients[0].given == "55 1234 5678");
    BOOST_TEST(message.recipients[0].number == "+525512345678");
    BOOST_TEST(good(draft).id != message.id);
}

// Whatever number of threads looks at them.
BOOST_AUTO_TEST_CASE(several_recipients_in_the_order_of_the_client) {
    constexpr std::size_t count = 4321;
    const auto given = [](std::size_t i) -> std::string {
        if (i % 1000 == 999)
            return "no " + std::to_string(i);
        return (i % 7 == 0 ? "55-" : "55") + std::to_string(10'000'000 + i % 4000);
    };
    for (const std::int64_t threads : {1, 2, 64}) {
        config.bulk_threads = threads;
        Draft draft = draft_of();
        draft.several = {count, given};
        const auto refused = check(draft, config, numbers, now);
        const auto& faults = std::get<std::vector<FieldFault>>(refused);
        BOOST_TEST_REQUIRE(faults.size() == 4U);
        for (std::size_t i = 0; i < faults.size(); ++i)
            BOOST_TEST(faults[i].text.starts_with("recipient " + std::to_string(i * 1000 + 1000) +
                                                  " (no " + std::to_string(i * 1000 + 999) + ")"));
        draft.wrong_number = Draft::WrongNumber::leave_out;
        const NewMessage message = good(draft);
        BOOST_TEST(message.recipient_count() == 3996U);
        BOOST_TEST(message.duplicates == 321U);
        BOOST_TEST_REQUIRE(message.left_out.size() == 4U);
        BOOST_TEST(message.left_out[3].position == 4000U);
        BOOST_TEST(message.left_out[3].given == "no 3999");
        for (std::size_t i = 0, place = 0; i < message.recipient_count(); ++i, ++place) {
            if (place % 1000 == 999)
                ++place;
            BOOST_REQUIRE_EQUAL(message.recipient(i).given, given(place));
            BOOST_REQUIRE_EQUAL(message.recipient(i).number,
                                "+5255" + std::to_string(10'000'000 + place));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_names_few_of_many) {
    Draft draft = draft_of();
    draft.several = {3000, [](std::size_t) { return std::string("x"); }};
    const auto refused = check(draft, config, numbers, now);
    const auto& faults = std::get<std::vector<FieldFault>>(refused);
    BOOST_TEST(faults.size() == 20U);
    BOOST_TEST(faults.back().text.starts_with("recipient 20 (x): "));
}

BOOST_AUTO_TEST_CASE(what_fails_in_a_thread_is_told_here) {
    config.bulk_threads = 2;
    Draft draft = draft_of();
    draft.several = {3000, [](std::size_t i) -> std::string {
                         if (i == 1500)
                             throw Error(Fault::bug, "no such recipient");
                         return "5512345678";
                     }};
    BOOST_CHECK_THROW((void)check(draft, config, numbers, now), Error);
}

BOOST_AUTO_TEST_CASE(what_is_not_asked_for_is_as_the_settings_say) {
    NewMessage message = good(draft_of());
    BOOST_TEST((message.priority == Priority::normal));
    BOOST_TEST(message.label == "");
    BOOST_TEST(message.recipients.front().route == "");
    BOOST_TEST(!message.report);
    BOOST_TEST(message.network_valid_ms == 0);
    BOOST_TEST(message.not_before == 0);
    config.delivery_reports = true;
    config.network_validity = 6h;
    config.valid_for = 2h;
    message = good(draft_of());
    BOOST_TEST(message.report);
    BOOST_TEST(message.network_valid_ms == Ms(6h).count());
    BOOST_TEST(message.valid_until == now + Ms(2h).count());
}

BOOST_AUTO_TEST_CASE(who_tells_what_becomes_of_it) {
    config.webhooks = true;
    Draft draft = draft_of();
    BOOST_TEST(good(draft).callback == "");
    BOOST_TEST(!good(draft).following.has_value());
    draft.callback = "https://a.example/";
    BOOST_TEST(good(draft).callback == "https://a.example/");
    BOOST_TEST(good(draft).following.value().follower == "webhook");
    BOOST_TEST(good(draft).following.value().target == "");
    draft.callback.reset();
    draft.following = Following{"pull:a", "77"};
    BOOST_TEST(good(draft).callback == "");
    BOOST_TEST(good(draft).following.value().follower == "pull:a");
    BOOST_TEST(good(draft).following.value().target == "77");
}

BOOST_AUTO_TEST_CASE(what_is_asked_for) {
    config.delivery_reports = true;
    config.network_validity = 6h;
    Draft draft = draft_of();
    draft.report = false;
    draft.label = "otp";
    draft.valid_for = 5min;
    draft.not_before = now + 60'000;
    const NewMessage message = good(draft);
    BOOST_TEST(!message.report);
    BOOST_TEST(message.label == "otp");
    BOOST_TEST(message.network_valid_ms == Ms(5min).count());
    BOOST_TEST(message.not_before == now + 60'000);
    BOOST_TEST(message.valid_until == now + 60'000 + Ms(5min).count());
    draft.report = true;
    config.delivery_reports = false;
    BOOST_TEST(good(draft).report);
}

// A time that has passed means at once, and takes nothing from the validity.
BOOST_AUTO_TEST_CASE(not_before_a_time_that_has_passed) {
    Draft draft = draft_of();
    for (const UtcMs past : {now, now - 1, UtcMs(0), UtcMs(-62'135'596'800'000)}) {
        draft.not_before = past;
        const NewMessage message = good(draft);
        BOOST_TEST(message.not_before == 0);
        BOOST_TEST(message.valid_until == now + config.valid_for.count());
    }
}

BOOST_AUTO_TEST_CASE(the_route_is_that_of_number_user_and_label) {
    config.routes.resize(3);
    config.routes[0].name = "codes";
    config.routes[0].labels = "otp";
    config.routes[1].name = "home";
    config.routes[1].prefixes = "+52";
    config.routes[1].users = "ana";
    config.routes[2].name = "rest";
    Draft draft = draft_of();
    BOOST_TEST(good(draft).recipients.front().route ==
               "home"); // the number as it is sent to, not as it was given
    draft.user = "eva";
    BOOST_TEST(good(draft).recipients.front().route == "rest");
    draft.label = "otp";
    BOOST_TEST(good(draft).recipients.front().route == "codes");
}

BOOST_AUTO_TEST_CASE(lengths) {
    struct Case {
        const char* name;
        std::string text;
        LongMessages how;
        // What is wanted.
        std::string sent;
        std::size_t parts;
        std::size_t original; // 0: not truncated
        Encoding encoding;
    };
    const std::string face = "😀";
    const std::vector<Case> cases{
        {"empty", "", LongMessages::truncate, "", 1, 0, Encoding::gsm7},
        {"160", repeated("a", 160), LongMessages::truncate, repeated("a", 160), 1, 0,
         Encoding::gsm7},
        {"161 truncated", repeated("a", 161), LongMessages::truncate, repeated("a", 160), 1, 161,
         Encoding::gsm7},
        {"161 split", repeated("a", 161), LongMessages::split, repeated("a", 161), 2, 0,
         Encoding::gsm7},
        {"160 with reject", repeated("a", 160), LongMessages::reject, repeated("a", 160), 1, 0,
         Encoding::gsm7},
        {"code points count, not bytes", repeated("ñ", 160), LongMessages::truncate,
         repeated("ñ", 160), 1, 0, Encoding::gsm7},
        {"161 faces truncated between code points", repeated(face, 161), LongMessages::truncate,
         repeated(face, 160), 5, 161, Encoding::ucs2},
        {"the encoding is that of what is left", repeated("a", 160) + face, LongMessages::truncate,
         repeated("a", 160), 1, 161, Encoding::gsm7},
        {"160 characters of two septets each are more than one part", repeated("€", 160),
         LongMessages::truncate, repeated("€", 160), 3, 0, Encoding::gsm7},
        {"ten parts", repeated("a", 1530), LongMessages::split, repeated("a", 1530), 10, 0,
         Encoding::gsm7},
        {"far over text_limit", repeated("a", 10'001), LongMessages::truncate, repeated("a", 160),
         1, 10'001, Encoding::gsm7},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Draft draft = draft_of(c.text);
            draft.long_messages = c.how;
            const NewMessage message = good(draft);
            BOOST_TEST(message.text == c.sent);
            BOOST_TEST(message.parts == c.parts);
            BOOST_TEST(message.original_length.value_or(0) == c.original);
            BOOST_TEST((message.encoding == c.encoding));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_draft) {
    const auto with = [](const std::function<void(Draft&)>& change) {
        Draft draft = draft_of();
        change(draft);
        return draft;
    };
    const auto key = [&](const std::string& text) {
        return with([&](Draft& d) { d.idempotency = IdempotencyKey{text, "hash", 0}; });
    };
    const auto label = [&](const std::string& text) {
        return with([&](Draft& d) { d.label = text; });
    };
    const std::string validity_rule =
        "Field 'valid_for' must be between 60 and 2592000 seconds, not ";
    const std::string label_rule =
        "Field 'label' must have 1 to 64 printable ASCII characters without blanks, not ";
    const std::string key_rule = "Idempotency-Key must have 1 to 255 printable ASCII characters";
    const std::string time_rule = "Timeout must be between 1 and 600 seconds";
    struct Case {
        const char* name;
        Draft draft;
        const char* field;
        What what;
        std::string text;
    };
    const std::vector<Case> cases{
        {"number", with([](Draft& d) { d.number = "55"; }), "number", What::number_invalid,
         "Invalid phone number format (use 10 digits or +{country_code}{number})"},
        {"too long to reject politely", with([](Draft& d) {
             d.text = repeated("a", 161);
             d.long_messages = LongMessages::reject;
         }),
         "message", What::text_too_long, "The message must have at most 160 characters, not 161"},
        {"too many parts", with([](Draft& d) {
             d.text = repeated("a", 1531);
             d.long_messages = LongMessages::split;
         }),
         "message", What::text_too_long, "The message must have at most 10 parts, not 11"},
        {"over text_limit", with([](Draft& d) {
             d.text = repeated("a", 10'001);
             d.long_messages = LongMessages::split;
         }),
         "message", What::text_too_long,
         "The message must have at most 10000 characters, not 10001"},
        {"a zero byte", draft_of("a\0b"s), "message", What::text_invalid,
         "The message must not hold the character U+0000"},
        {"timeout of nothing", with([](Draft& d) { d.reply_timeout = 0s; }), "timeout",
         What::reply_timeout, time_rule},
        {"negative timeout", with([](Draft& d) { d.reply_timeout = -5s; }), "timeout",
         What::reply_timeout, time_rule},
        {"timeout below a second", with([](Draft& d) { d.reply_timeout = 999ms; }), "timeout",
         What::reply_timeout, time_rule},
        {"timeout too long", with([](Draft& d) { d.reply_timeout = 601s; }), "timeout",
         What::reply_timeout, time_rule},
        {"no validity", with([](Draft& d) { d.valid_for = 0s; }), "valid_for",
         What::validity_invalid, validity_rule + "0 seconds"},
        {"validity too short", with([](Draft& d) { d.valid_for = 59s; }), "valid_for",
         What::validity_invalid, validity_rule + "59 seconds"},
        {"validity too long", with([](Draft& d) { d.valid_for = 720h + 1s; }), "valid_for",
         What::validity_invalid, validity_rule + "2592001 seconds"},
        {"too far ahead", with([](Draft& d) { d.not_before = now + Ms(720h).count() + 1; }),
         "not_before", What::not_before_invalid,
         "Field 'not_before' must be at most 2592000 seconds ahead, not 2023-12-14T22:13:20Z"},
        {"empty label", label(""), "label", What::label_invalid, label_rule + "\"\""},
        {"long label", label(std::string(65, 'l')), "label", What::label_invalid,
         label_rule + "\"" + std::string(64, 'l') + "\""},
        {"label with a blank", label("a b"), "label", What::label_invalid, label_rule + "\"a b\""},
        {"label beyond ASCII", label("ñ"), "label", What::label_invalid, label_rule + "\"ñ\""},
        {"label with DEL", label("a\x7F"), "label", What::label_invalid, label_rule + "\"a\x7F\""},
        {"callback where there are none", with([](Draft& d) { d.callback = "https://a.example/"; }),
         "callback", What::callback_invalid,
         "Field 'callback' is not taken: webhooks are switched off here"},
        {"empty key", key(""), "Idempotency-Key", What::key_invalid, key_rule},
        {"long key", key(std::string(256, 'k')), "Idempotency-Key", What::key_invalid, key_rule},
        {"key with a newline", key("a\nb"), "Idempotency-Key", What::key_invalid, key_rule},
        {"key beyond ASCII", key("ñ"), "Idempotency-Key", What::key_invalid, key_rule},
        {"key with DEL", key("\x7F"), "Idempotency-Key", What::key_invalid, key_rule},
        {"key with a zero byte", key("a\0"s), "Idempotency-Key", What::key_invalid, key_rule},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const auto found = faults(c.draft);
            BOOST_REQUIRE(found.size() == 1U);
            BOOST_TEST(found[0].field == c.field);
            BOOST_TEST((found[0].what == c.what));
            BOOST_TEST(found[0].text == c.text);
        }
    }
}

// An API answers with the first; the order is that of contract 1.5.
BOOST_AUTO_TEST_CASE(all_faults_at_once_in_the_order_of_the_contract) {
    Draft draft = draft_of(repeated("a", 2000));
    draft.number = "x";
    draft.long_messages = LongMessages::reject;
    draft.reply_timeout = 0s;
    draft.idempotency = IdempotencyKey{"", "hash", 0};
    draft.valid_for = 1s;
    draft.not_before = now + Ms(10000h).count();
    draft.label = "";
    const auto found = faults(draft);
    BOOST_REQUIRE(found.size() == 7U);
    BOOST_TEST(found[0].field == "timeout");
    BOOST_TEST(found[1].field == "number");
    BOOST_TEST(found[2].field == "message");
    BOOST_TEST(found[2].text == "The message must have at most 160 characters, not 2000");
    BOOST_TEST(found[3].field == "valid_for");
    BOOST_TEST(found[4].field == "not_before");
    BOOST_TEST(found[5].field == "label");
    BOOST_TEST(found[6].field == "Idempotency-Key");
}

BOOST_AUTO_TEST_CASE(what_is_just_allowed) {
    Draft draft = draft_of();
    for (const Ms timeout : {Ms(1s), Ms(600s)}) {
        draft.reply_timeout = timeout;
        BOOST_TEST(good(draft).reply_timeout_ms.value() == timeout.count());
    }
    for (const std::string& key : {" "s, "~"s, std::string(255, 'k')}) {
        draft.idempotency = IdempotencyKey{key, "hash", 0};
        BOOST_TEST(good(draft).idempotency.value().key == key);
    }
    for (const Ms valid_for : {Ms(60s), config.valid_for_most}) {
        draft.valid_for = valid_for;
        BOOST_TEST(good(draft).network_valid_ms == valid_for.count());
    }
    draft.not_before = now + config.not_before_most.count();
    BOOST_TEST(good(draft).not_before == *draft.not_before);
    config.not_before_most = 0s; // nothing may be put off
    draft.not_before = now;
    BOOST_TEST(good(draft).not_before == 0);
    draft.not_before = now + 1;
    BOOST_TEST(faults(draft).front().field == "not_before");
    draft.not_before.reset();
    for (const std::string& label : {"!"s, "~"s, std::string(64, 'l')}) {
        draft.label = label;
        BOOST_TEST(good(draft).label == label);
    }
}

// A wrong draft gets its answer also while the spool is away, and a good one does not without it.
BOOST_AUTO_TEST_CASE(the_spool_is_asked_for_only_when_the_draft_is_good) {
    const auto away = []() -> Spool& { throw Error(Fault::unavailable, "away"); };
    Draft draft = draft_of();
    BOOST_CHECK_THROW((void)submit(draft, config, numbers, away, now), Error);
    draft.number = "x";
    BOOST_TEST(
        std::holds_alternative<std::vector<FieldFault>>(submit(draft, config, numbers, away, now)));
}

BOOST_AUTO_TEST_CASE(storing_pokes_the_daemon) {
    FreshSpool fresh;
    const Fd listener = listen_for_pokes(fresh.config.wake_socket);
    const auto poked = [&] {
        pollfd entry{listener.get(), POLLIN, 0};
        const bool yes = ::poll(&entry, 1, 0) == 1;
        drain_pokes(listener);
        return yes;
    };
    Draft draft = draft_of(repeated("a", 170));
    draft.idempotency = IdempotencyKey{"k1", "hash", now - 1};
    const auto first =
        std::get<Submitted>(submit(draft, fresh.config, numbers, source_of(fresh), now));
    BOOST_TEST((first.how == Stored::done));
    BOOST_TEST(first.text == repeated("a", 160));
    BOOST_TEST(first.parts == 1U);
    BOOST_TEST(first.original_length.value_or(0) == 170U);
    BOOST_TEST(first.created == now);
    BOOST_TEST(fresh.spool.find(first.message_id).value().text == first.text);
    BOOST_TEST(poked());

    const auto again =
        std::get<Submitted>(submit(draft, fresh.config, numbers, source_of(fresh), now + 5));
    BOOST_TEST((again.how == Stored::again));
    BOOST_TEST(again.message_id == first.message_id);
    BOOST_TEST(!poked());

    draft.idempotency->body_hash = "other";
    const auto conflict =
        std::get<Submitted>(submit(draft, fresh.config, numbers, source_of(fresh), now + 5));
    BOOST_TEST((conflict.how == Stored::conflict));
    BOOST_TEST(!poked());

    draft.number = "x";
    BOOST_TEST(std::holds_alternative<std::vector<FieldFault>>(
        submit(draft, fresh.config, numbers, source_of(fresh), now)));
    BOOST_TEST(!poked());
}

BOOST_AUTO_TEST_CASE(nobody_listening_is_all_right) {
    FreshSpool fresh;
    const auto answer =
        std::get<Submitted>(submit(draft_of(), fresh.config, numbers, source_of(fresh), now));
    BOOST_TEST((fresh.state(answer.message_id) == State::queued));
}

BOOST_AUTO_TEST_SUITE_END()
