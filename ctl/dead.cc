// smsctl dead: jobs that only a person can bring further.

#include "common/dead_letters.h"
#include "common/error.h"
#include "common/log.h"
#include "common/spool.h"
#include "ctl/audit.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"
#include "ctl/pages.h"

#include <algorithm>
#include <limits>

namespace smsspool::ctl {

namespace {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

// --- what was typed -----------------------------------------------------------------------------

[[noreturn]] void refuse(std::string_view option, std::string_view wanted,
                         const std::string& found) {
    throw Error(Fault::bad_input, std::string(option) + " must be " + std::string(wanted) +
                                      ", not \"" + found + "\"");
}

// --error-code of the condition error_code.
std::string option_of(std::string_view condition) {
    std::string option = "--" + std::string(condition);
    std::replace(option.begin(), option.end(), '_', '-');
    return option;
}

DeadFilter filter_given(const Call& call) {
    DeadFilter filter;
    for (const std::string_view condition : dead_conditions) {
        const std::string option = option_of(condition);
        const auto value = call.arguments.value(option);
        if (!value)
            continue;
        if (const auto wanted = put_condition(filter, condition, *value, call.now))
            refuse(option, *wanted, *value);
    }
    return filter;
}

UtcMs start_given(const Call& call) {
    const auto text = call.arguments.value("--not-before");
    if (!text)
        return call.now;
    const auto when = moment_from(*text, call.now);
    if (!when || *when > call.now + call.config.not_before_most.count())
        refuse("--not-before",
               "a time like 2030-01-31T12:00:00Z or how long from now, like 2h, within the setting "
               "not_before_most",
               *text);
    return *when;
}

Schedule schedule_given(const Call& call) {
    Schedule schedule{start_given(call), usual_pace};
    if (const auto text = call.arguments.value("--rate")) {
        const auto apart = pace_from(*text);
        if (!apart)
            refuse("--rate", pace_form, *text);
        schedule.apart = *apart;
    }
    return schedule;
}

// --- how a letter looks -------------------------------------------------------------------------

UtcMs dead_since(const DeadLetter& letter) {
    return letter.ended.value_or(letter.created);
}

std::string as_line(const DeadLetter& letter) {
    const std::string when = local_zoned_text(dead_since(letter));
    return letter.job_id + " " + column(when, when.size()) + column(name_of(letter.state), 7) +
           column(letter.error_code, 13) + column(letter.number, 15) + column(letter.user, 12) +
           printable(letter.error_text) + "\n";
}

std::string counts_text(const DeadLetter& letter) {
    std::string text = "refusals " + std::to_string(letter.attempts);
    if (letter.unknowns > 0)
        text += ", attempts of unknown outcome " + std::to_string(letter.unknowns);
    if (letter.parts > 1)
        text += ", " + std::to_string(letter.parts_done) + " of " + std::to_string(letter.parts) +
                " parts taken";
    if (letter.retries > 0)
        text += ", sent again by hand " + std::to_string(letter.retries) + " times before";
    return text;
}

std::string as_rows(const DeadLetter& letter) {
    std::string rows = row("job", letter.job_id);
    rows += row("message", letter.message_id);
    rows += row("user", letter.user);
    if (!letter.label.empty())
        rows += row("label", letter.label);
    rows += row("to",
                letter.number +
                    (letter.number == letter.number_given ? "" : " (" + letter.number_given + ")"));
    rows += row("text", letter.text);
    rows += row("state", std::string(name_of(letter.state)) + " since " +
                             local_zoned_text(dead_since(letter)));
    rows += row("error", letter.error_code + ": " + letter.error_text);
    rows += row("", counts_text(letter));
    if (!letter.route.empty())
        rows += row("route", letter.route);
    return rows + row("accepted", local_zoned_text(letter.created));
}

void put_letter(JsonObject& object, const DeadLetter& letter) {
    put_foreign(object, "job", letter.job_id);
    put_foreign(object, "message", letter.message_id);
    put_foreign(object, "user", letter.user);
    put_foreign_or_null(object, "label", letter.label);
    put_foreign(object, "number", letter.number);
    put_foreign(object, "number_given", letter.number_given);
    put_foreign(object, "text", letter.text);
    object.text("state", name_of(letter.state));
    put_foreign_or_null(object, "error_code", letter.error_code);
    put_foreign_or_null(object, "error_text", letter.error_text);
    object.number("attempts", letter.attempts);
    object.number("unknowns", letter.unknowns);
    object.number("retries", letter.retries);
    object.number("parts", letter.parts);
    object.number("parts_done", letter.parts_done);
    put_foreign_or_null(object, "route", letter.route);
    put_foreign_or_null(object, "modem", letter.modem);
    object.number("created_ms", letter.created);
    put_number_or_null(object, "attempted_ms", letter.attempted);
    put_number_or_null(object, "dead_ms", letter.ended);
}

std::string as_text(const DeadCount& count) {
    std::string line =
        column(name_of(count.state), 7) + column(count.error_code, 13) + std::to_string(count.jobs);
    if (count.retried > 0)
        line += ", " + std::to_string(count.retried) + " of them sent again by hand before";
    return line + "\n";
}

// --- what was decided ---------------------------------------------------------------------------

// What is said of a letter about which nothing could be decided; nothing: it was.
std::optional<Answer> undecided(const Verdict& verdict) {
    switch (verdict.how) {
    case Verdict::How::done:
        return std::nullopt;
    case Verdict::How::missing:
        return Answer{"", status_nothing, "there is no job " + verdict.job_id};
    case Verdict::How::alive:
        return Answer{"", status_findings,
                      "job " + verdict.job_id + " is " + std::string(name_of(verdict.state)) +
                          ", which is no dead letter"};
    case Verdict::How::damaged:
        return Answer{"", status_findings,
                      "job " + verdict.job_id +
                          ": what the spool holds of its message cannot be read, so it cannot be "
                          "sent; it can be abandoned"};
    }
    return std::nullopt;
}

std::string counted(std::int64_t number) {
    return std::to_string(number) + (number == 1 ? " dead letter" : " dead letters");
}

// Each bite is in the log when it is done, so that what was decided is there also where the next
// one fails.
Told audited(const std::string& deed, const DeadFilter& filter) {
    return [deed, filter](std::int64_t done, const std::string& first, const std::string& last) {
        audit(deed + " " + counted(done) + " (" + words_of(filter) + "), from job " + first +
              " to " + last);
    };
}

Answer answer_of(const Call& call, std::string_view deed, const Progress& progress) {
    std::string left;
    if (progress.damaged > 0)
        left = counted(progress.damaged) + " cannot be sent, since the spool is damaged there";
    const int status = progress.damaged > 0 ? status_findings : 0;
    if (call.output == Output::text)
        return {std::string(deed) + " " + counted(progress.done) + "\n", status, left};
    return {json_line([&](JsonObject& object) {
                object.number(deed, progress.done);
                object.number("damaged", progress.damaged);
                object.number("alive", progress.alive);
            }),
            status, left};
}

Answer rehearsed(const Call& call, const DeadFilter& filter) {
    Spool spool(call.config, Access::read);
    const std::int64_t count = count_letters(spool, filter);
    if (call.output == Output::text)
        return {"would be " + counted(count) + "\n"};
    return {json_line([&](JsonObject& object) { object.number("would_be", count); })};
}

} // namespace

Answer list_dead(const Call& call) {
    const std::size_t limit = limit_given(call);
    return page_of(call,
                   Spool(call.config, Access::read)
                       .dead_letters(filter_given(call), call.arguments.id, limit + 1),
                   limit, put_letter, as_line);
}

Answer count_dead(const Call& call) {
    Answer answer;
    for (const DeadCount& count : Spool(call.config, Access::read).dead_counts())
        answer.text +=
            call.output == Output::text ? as_text(count) : json_line([&](JsonObject& object) {
                object.text("state", name_of(count.state));
                put_foreign_or_null(object, "error_code", count.error_code);
                object.number("jobs", count.jobs);
                object.number("retried", count.retried);
            });
    return answer;
}

Answer show_dead(const Call& call) {
    const auto letter = Spool(call.config, Access::read).letter(call.arguments.id);
    if (!letter)
        return {"", status_nothing, "there is no job " + call.arguments.id};
    if (!is_dead_letter(letter->state))
        return *undecided({Verdict::How::alive, letter->job_id, {}, letter->state});
    if (call.output == Output::json)
        return {json_line([&](JsonObject& object) { put_letter(object, *letter); })};
    return {as_rows(*letter)};
}

Answer retry_dead(const Call& call) {
    const UtcMs start = start_given(call);
    Spool spool(call.config, Access::write);
    const Verdict verdict = resend(spool, {call.arguments.id, start}, call.config, call.now);
    if (const auto answer = undecided(verdict))
        return *answer;
    audit("retried dead letter " + verdict.job_id + " of message " + verdict.message_id);
    if (call.output == Output::text)
        return {row(verdict.job_id, "queued, due " + local_zoned_text(verdict.not_before) +
                                        ", valid until " + local_zoned_text(verdict.valid_until))};
    return {json_line([&](JsonObject& object) {
        object.text("job", verdict.job_id);
        put_foreign(object, "message", verdict.message_id);
        object.text("state", name_of(verdict.state));
        object.number("due_ms", verdict.not_before);
        object.number("valid_until_ms", verdict.valid_until);
    })};
}

Answer retry_all_dead(const Call& call) {
    const DeadFilter filter = filter_given(call);
    const Schedule schedule = schedule_given(call);
    if (call.arguments.has("--dry-run"))
        return rehearsed(call, filter);
    Spool spool(call.config, Access::write);
    return answer_of(call, "retried",
                     resend_all(spool, filter, schedule, no_limit, call.config, call.now,
                                audited("retried", filter)));
}

Answer abandon_dead(const Call& call) {
    const Verdict verdict =
        Spool(call.config, Access::write).abandon({call.arguments.id}, call.now).at(0);
    if (const auto answer = undecided(verdict))
        return *answer;
    audit("abandoned dead letter " + verdict.job_id + " of message " + verdict.message_id);
    if (call.output == Output::text)
        return {row(verdict.job_id, "abandoned")};
    return {json_line([&](JsonObject& object) {
        object.text("job", verdict.job_id);
        put_foreign(object, "message", verdict.message_id);
        object.text("state", name_of(verdict.state));
    })};
}

Answer abandon_all_dead(const Call& call) {
    const DeadFilter filter = filter_given(call);
    if (call.arguments.has("--dry-run"))
        return rehearsed(call, filter);
    Spool spool(call.config, Access::write);
    return answer_of(call, "abandoned",
                     abandon_all(spool, filter, no_limit, call.now, audited("abandoned", filter)));
}

} // namespace smsspool::ctl
