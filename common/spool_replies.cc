// The spool: incoming messages find the jobs that they answer.

#include "common/spool_replies.h"

#include "common/error.h"
#include "common/numbers.h"
#include "common/spool_work.h"

#include <algorithm>

namespace smsspool {

namespace {

bool contains_ignoring_case(std::string_view text, std::string_view word) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
    return std::search(text.begin(), text.end(), word.begin(), word.end(),
                       [&](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

std::string_view first_digits(std::string_view text) {
    constexpr std::string_view digits = "0123456789";
    const auto start = text.find_first_of(digits);
    if (start == std::string_view::npos)
        return {};
    return text.substr(start, text.find_first_not_of(digits, start) - start);
}

// The operator's services answer from any number; what they say tells whom they mean.
struct ServiceRule {
    std::string_view number;
    bool (*answers)(std::string_view question, std::string_view reply);
};

constexpr ServiceRule service_rules[] = {
    {"333", [](std::string_view,
               std::string_view reply) { return contains_ignoring_case(reply, "saldo"); }},
    {"7373",
     [](std::string_view question, std::string_view reply) {
         const auto digits = first_digits(question);
         return !digits.empty() && reply.find(digits) != std::string_view::npos;
     }},
};

struct Match {
    std::string job_id, message_id, user;
    UtcMs sent = 0;
    State state = State::sent;
};

// The newest job that waits for `number`; its text must pass `answers` where there is one.
void look_for_match(Database& db, std::string_view number, const ServiceRule* rule,
                    std::string_view reply, UtcMs when, std::optional<Match>& best) {
    // The service centre's clock counts whole seconds: a reply stamped in the second of the send
    // came after it.
    const UtcMs end_of_second = when - when % 1000 + 999;
    Use row = db.use(Sql::awaiting_match);
    row.bind_all(number, end_of_second, when);
    while (row.step()) {
        Match match{row.text(0), row.text(2), row.text(3), row.number(1),
                    state_named(row.text(5)).value_or(State::failed)};
        if (!next(match.state, Event::reply))
            continue; // while it is on its way once more, nothing can take it from its worker
        if (rule != nullptr && !rule->answers(row.text(4), reply))
            continue;
        if (!best || match.sent > best->sent ||
            (match.sent == best->sent && match.job_id < best->job_id))
            best = match;
        return; // ordered: the first that fits is the newest
    }
}

std::optional<Match> find_match(Database& db, const InboxMessage& message, const Numbers& numbers) {
    std::optional<Match> best;
    const UtcMs when = message.sent.value_or(message.stored);
    look_for_match(db, numbers.comparable(message.number), nullptr, message.text, when, best);
    for (const ServiceRule& rule : service_rules)
        look_for_match(db, rule.number, &rule, message.text, when, best);
    return best;
}

std::int64_t seconds(UtcMs from, UtcMs until) noexcept {
    return std::max<std::int64_t>(0, (until - from) / 1000);
}

void answer_job(Database& db, const Match& match, InboxMessage& message, TakenIn& taken) {
    const UtcMs when = message.sent.value_or(message.stored);
    if (db.use(Sql::job_reply)
            .bind_all(name_of(State::replied), message.text, when, message.stored, match.job_id,
                      name_of(match.state))
            .run() != 1)
        throw Error(Fault::bug, "spool: job " + match.job_id + " is not as it was a moment ago");
    note_change(db, match.job_id, match.state, State::replied);
    db.use(Sql::awaiting_remove).bind(match.job_id).run();
    message.state = "reply";
    message.job_id = match.job_id;
    taken.message_id = match.message_id;
    taken.user = match.user;
    taken.elapsed_s = seconds(match.sent, when);
}

} // namespace

void match_reply(Database& db, const Numbers& numbers, InboxMessage& message, TakenIn& taken) {
    if (const auto match = find_match(db, message, numbers))
        answer_job(db, *match, message, taken);
}

void rewrite_reply(Database& db, const InboxMessage& message, TakenIn& taken) {
    if (db.use(Sql::job_reply_rewrite).bind_all(message.text, message.job_id).run() != 1)
        return; // its message was purged
    Use row = db.use(Sql::job_answered);
    if (!row.bind(message.job_id).step())
        return;
    taken.message_id = row.text(0);
    taken.user = row.text(1);
    taken.elapsed_s = seconds(row.number(2), row.number(3));
}

} // namespace smsspool
