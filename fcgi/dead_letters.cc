// smsspool-dead_letters: what a person decides about messages. Dead letters for administrators:
// list, count, retry, abandon; and for everybody to take back what of one's own still waits.

#include "common/json_object.h"
#include "common/log.h"
#include "common/utf.h"
#include "fcgi/accepted.h"
#include "fcgi/envelope.h"
#include "fcgi/program.h"
#include "fcgi/wish.h"

#include <algorithm>
#include <array>
#include <map>

namespace smsspool {

namespace {

// As many as are done in a second or two: nobody waits longer for an answer.
constexpr std::size_t most_at_once = 5000;

Reply refuse(const Request&, const Services&, const Refusal& refusal) {
    return refusal_reply(refusal, short_json(refusal));
}

Refusal not_found(const char* text) {
    return {HttpStatus::not_found, "NOT_FOUND", text, {}};
}

// The answer that `fill` writes.
template <class Fill>
Reply answer_with(Fill fill) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    {
        JsonObject object(writer);
        fill(object);
    }
    return json_reply(HttpStatus::ok, buffer);
}

void put_foreign(JsonObject& object, std::string_view key, const std::string& text) {
    object.text(key, to_valid_utf8(text));
}

void put_foreign_or_null(JsonObject& object, std::string_view key, const std::string& text) {
    object.text_or_null(key, text.empty() ? std::nullopt : std::optional(to_valid_utf8(text)));
}

// Who decided what, for the log.
void audit(const Request& request, const Services& services, const std::string& what) {
    log_info("AUDIT", who_text(services.caller.user, services.caller) + " (" + request.address +
                          ") " + what);
}

// --- looking ------------------------------------------------------------------------------------

void put_letter(JsonWriter& writer, const DeadLetter& letter) {
    JsonObject object(writer);
    object.number("attempts", letter.attempts);
    object.text("created", utc_seconds_text(letter.created));
    object.text("dead_since", utc_seconds_text(letter.ended.value_or(letter.created)));
    put_foreign(object, "error_code", letter.error_code);
    put_foreign(object, "error_message", letter.error_text);
    put_foreign(object, "from", letter.user);
    put_foreign(object, "job_id", letter.job_id);
    put_foreign_or_null(object, "label", letter.label);
    put_foreign(object, "message", letter.text);
    put_foreign(object, "message_id", letter.message_id);
    put_foreign_or_null(object, "modem", letter.modem);
    put_foreign(object, "number", letter.number);
    object.number("parts", letter.parts);
    object.number("parts_done", letter.parts_done);
    object.number("retries", letter.retries);
    put_foreign_or_null(object, "route", letter.route);
    object.text("state", name_of(letter.state));
    put_foreign(object, "to", letter.number_given);
    object.number("unknown_attempts", letter.unknowns);
}

Reply page_of(const std::vector<DeadLetter>& letters, std::size_t limit, UtcMs now) {
    const std::size_t size = std::min(letters.size(), limit);
    return answer_with([&](JsonObject& object) {
        object.number("count", static_cast<std::int64_t>(size));
        JsonWriter& list = object.value("dead_letters");
        list.StartArray();
        for (std::size_t i = 0; i < size; ++i)
            put_letter(list, letters[i]);
        list.EndArray();
        put_foreign_or_null(object, "next", letters.size() > size ? letters[size - 1].job_id : "");
        object.text("status", "success");
        object.text("timestamp", utc_seconds_text(now));
    });
}

Reply list(const Request& request, const Services& services) {
    PageWish wish;
    if (const auto refusal = read_page(request, wish))
        return refuse(request, services, *refusal);
    const auto letters = services.spool.get().dead_letters(wish.filter, wish.after, wish.limit + 1);
    return page_of(letters, wish.limit, request.when);
}

Reply counts(const Request& request, const Services& services) {
    const auto all = services.spool.get().dead_counts();
    return answer_with([&](JsonObject& object) {
        JsonWriter& rows = object.value("counts");
        rows.StartArray();
        for (const DeadCount& count : all) {
            JsonObject row(rows);
            row.number("count", count.jobs);
            put_foreign(row, "error_code", count.error_code);
            row.number("retried", count.retried);
            row.text("state", name_of(count.state));
        }
        rows.EndArray();
        object.text("status", "success");
        object.text("timestamp", utc_seconds_text(request.when));
    });
}

// --- deciding -----------------------------------------------------------------------------------

// A refusal that says in which state the job was found.
Reply refuse_state(const Refusal& refusal, State state) {
    Reply reply = answer_with([&](JsonObject& object) {
        object.text("error_code", refusal.code);
        object.text("error_message", refusal.text);
        object.text("state", name_of(state));
        object.text("status", "failed");
    });
    reply.status = refusal.status;
    return reply;
}

// Why nothing was decided about this job; nothing: it was.
std::optional<Reply> undecided(const Request& request, const Services& services,
                               const Verdict& verdict) {
    switch (verdict.how) {
    case Verdict::How::done:
        return std::nullopt;
    case Verdict::How::missing:
        return refuse(request, services, not_found("Dead letter not found"));
    case Verdict::How::alive:
        return refuse_state(
            {HttpStatus::conflict,
             "NOT_A_DEAD_LETTER",
             "The job is " + std::string(name_of(verdict.state)) + ", which is no dead letter",
             {}},
            verdict.state);
    case Verdict::How::damaged:
        return refuse_state({HttpStatus::conflict,
                             "SPOOL_DAMAGED",
                             "What the store holds of this message cannot be read, so it cannot be "
                             "sent; it can be abandoned",
                             {}},
                            verdict.state);
    }
    return std::nullopt;
}

Reply retry(const Request& request, const Services& services) {
    RetryWish wish;
    if (const auto refusal = read_retry(request, services.config, Letters::one, wish))
        return refuse(request, services, *refusal);
    const Resending job{std::string(segment(request.path, 2)), wish.schedule.first};
    const Verdict verdict = resend(services.spool.get(), job, services.config, request.when);
    if (auto reply = undecided(request, services, verdict))
        return std::move(*reply);
    audit(request, services,
          "retried dead letter " + verdict.job_id + " of message " + verdict.message_id);
    return answer_with([&](JsonObject& object) {
        object.text("due", utc_seconds_text(verdict.not_before));
        object.text("job_id", verdict.job_id);
        put_foreign(object, "message_id", verdict.message_id);
        object.text("state", name_of(verdict.state));
        object.text("status", "success");
        object.text("valid_until", utc_seconds_text(verdict.valid_until));
    });
}

// Rounded up, so that who begins there again does not come too early.
std::string next_second_text(UtcMs when) {
    return utc_seconds_text(when + 999);
}

Reply retry_all(const Request& request, const Services& services) {
    RetryWish wish;
    if (const auto refusal = read_retry(request, services.config, Letters::many, wish))
        return refuse(request, services, *refusal);
    const auto told = [&](std::int64_t done, const std::string& first, const std::string& last) {
        audit(request, services,
              "retried " + std::to_string(done) +
                  (done == 1 ? " dead letter (" : " dead letters (") + words_of(wish.filter) +
                  "), from job " + first + " to " + last);
    };
    const Progress progress = resend_all(services.spool.get(), wish.filter, wish.schedule,
                                         most_at_once, services.config, request.when, told);
    return answer_with([&](JsonObject& object) {
        object.number("damaged", progress.damaged);
        object.flag("more", progress.more);
        object.text("next", next_second_text(progress.next));
        object.number("retried", progress.done);
        object.number("skipped", progress.alive);
        object.text("status", "success");
    });
}

Reply abandon(const Request& request, const Services& services) {
    SmallDocument body;
    if (const auto refusal = read_object(request, services.config, body))
        return refuse(request, services, *refusal);
    const std::string job_id(segment(request.path, 2));
    const Verdict verdict = services.spool.get().abandon({job_id}, request.when).at(0);
    if (auto reply = undecided(request, services, verdict))
        return std::move(*reply);
    audit(request, services,
          "abandoned dead letter " + job_id + " of message " + verdict.message_id);
    return answer_with([&](JsonObject& object) {
        object.text("job_id", job_id);
        put_foreign(object, "message_id", verdict.message_id);
        object.text("state", name_of(verdict.state));
        object.text("status", "success");
    });
}

// --- taking back --------------------------------------------------------------------------------

void put_states(JsonObject& object, const Withdrawal& withdrawal) {
    std::map<std::string_view, std::int64_t> by_word;
    for (std::size_t i = 0; i < withdrawal.jobs.jobs.size(); ++i)
        by_word[name_of(static_cast<State>(i))] = withdrawal.jobs.jobs[i];
    JsonObject states(object.value("jobs"));
    for (const auto& [word, jobs] : by_word) {
        if (jobs > 0)
            states.number(word, jobs);
    }
}

Reply too_late(const Withdrawal& withdrawal) {
    Reply reply = answer_with([&](JsonObject& object) {
        object.text("error_code", "NOT_CANCELABLE");
        object.text("error_message", "Nothing of this message waits any more");
        put_states(object, withdrawal);
        object.text("status", "failed");
    });
    reply.status = HttpStatus::conflict;
    return reply;
}

Reply cancel(const Request& request, const Services& services) {
    SmallDocument body;
    if (const auto refusal = read_object(request, services.config, body))
        return refuse(request, services, *refusal);
    const std::string id(segment(request.path, 2));
    const bool admin = services.caller.may(Scope::admin);
    const auto withdrawal =
        services.spool.get().cancel(id, admin ? "" : services.caller.user, request.when);
    if (!withdrawal)
        return refuse(request, services, not_found("Message not found"));
    if (withdrawal->canceled > 0)
        audit(request, services, "canceled message " + id);
    if (!withdrawal->took())
        return too_late(*withdrawal);
    return answer_with([&](JsonObject& object) {
        object.number("canceled", withdrawal->canceled);
        put_states(object, *withdrawal);
        object.text("message_id", id);
        object.text("status", "success");
    });
}

// --- which of them ------------------------------------------------------------------------------

using Handler = Reply (*)(const Request&, const Services&);

struct Address {
    Route route;
    Scope scope; // admin does as well
    Handler handle;
};

constexpr std::string_view look = "GET, HEAD, OPTIONS";
constexpr std::string_view decide = "POST, OPTIONS";

constexpr std::array addresses{
    Address{{"/api/dead-letters", look}, Scope::admin, list},
    Address{{"/api/dead-letters/counts", look}, Scope::admin, counts},
    Address{{"/api/dead-letters/retry", decide}, Scope::admin, retry_all},
    Address{{"/api/dead-letters/*/retry", decide}, Scope::admin, retry},
    Address{{"/api/dead-letters/*/abandon", decide}, Scope::admin, abandon},
    Address{{"/api/messages/*/cancel", decide}, Scope::send, cancel},
};

Handler handler_of(std::string_view path) {
    if (segment(path, 1) == "messages")
        return cancel;
    if (const auto deed = segment(path, 3); !deed.empty())
        return deed == "retry" ? retry : abandon;
    const auto noun = segment(path, 2);
    if (noun.empty())
        return list;
    return noun == "counts" ? counts : retry_all;
}

std::vector<Route> routes() {
    std::vector<Route> all;
    for (const Address& address : addresses)
        all.push_back(address.route);
    return all;
}

std::variant<Caller, Refusal> caller_for(const Request& request, const Services& services,
                                         Scope scope) {
    auto caller = caller_of(request, services, Scope::admin);
    const auto* refusal = std::get_if<Refusal>(&caller);
    const bool only_no_admin = refusal != nullptr && refusal->status == HttpStatus::forbidden;
    return only_no_admin && scope != Scope::admin ? caller_of(request, services, scope) : caller;
}

Reply handle(const Request& request, const Services& services) {
    const Handler handler = handler_of(request.path);
    const auto address = std::find_if(addresses.begin(), addresses.end(),
                                      [&](const Address& each) { return each.handle == handler; });
    auto caller = caller_for(request, services, address->scope);
    if (const auto* refusal = std::get_if<Refusal>(&caller))
        return refuse(request, services, *refusal);
    Services known = services;
    known.caller = std::get<Caller>(std::move(caller));
    return handler(request, known);
}

} // namespace

// Each address has a right of its own, which handle() looks at.
const Program the_program{"dead_letters", Access::write, std::nullopt, routes(), handle, refuse};

} // namespace smsspool
