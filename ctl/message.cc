// smsctl message: one message, its jobs, and the journal of their attempts.

#include "common/spool.h"
#include "common/spool_reports.h"
#include "ctl/audit.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"

namespace smsspool::ctl {

namespace {

// --- for a person -------------------------------------------------------------------------------

std::string text_row(const MessageView& message) {
    std::string rows = row("text", message.text);
    std::string size = std::string(name_of(message.encoding)) + ", " +
                       std::to_string(message.parts) + (message.parts == 1 ? " part" : " parts");
    if (message.original_length)
        size += ", cut from " + std::to_string(*message.original_length) + " characters";
    return rows + row("", size);
}

std::string message_rows(const MessageView& message) {
    std::string rows = row("message", message.id);
    std::string sender = message.user + " by " + message.api;
    if (!message.address.empty())
        sender += " from " + message.address;
    rows += row("user", sender);
    if (!message.label.empty())
        rows += row("label", message.label);
    rows += text_row(message);
    rows += row("accepted", local_zoned_text(message.created));
    rows += row("valid", "until " + local_zoned_text(message.valid_until));
    if (message.reply_timeout_ms)
        rows += row("reply", "awaited for " + span_text(*message.reply_timeout_ms));
    if (message.report)
        rows += row("report", "asked for");
    return rows;
}

enum class Trace { hide, show };

std::string_view word_of(ReportMeaning meaning) noexcept {
    switch (meaning) {
    case ReportMeaning::trying:
        return "still tried";
    case ReportMeaning::failed:
        return "not delivered";
    case ReportMeaning::delivered:
        return "delivered";
    }
    return "";
}

std::string report_text(const AttemptView& attempt) {
    std::string text = std::string(word_of(meaning_of(*attempt.report_status))) + ", status " +
                       std::to_string(*attempt.report_status);
    if (attempt.settled)
        text += ", settled " + local_zoned_text(*attempt.settled);
    return text;
}

std::string attempt_rows(const AttemptView& attempt, Trace show) {
    std::string line = local_zoned_text(attempt.started) + "  part " +
                       std::to_string(attempt.part) + "  " + attempt.modem + "  " + attempt.outcome;
    if (attempt.ended)
        line += " after " + std::to_string(*attempt.ended - attempt.started) + " ms";
    if (attempt.reference)
        line += ", reference " + std::to_string(*attempt.reference);
    if (attempt.code)
        line += ", code " + std::to_string(*attempt.code);
    if (!attempt.reason.empty())
        line += ": " + attempt.reason;
    std::string rows = row("  attempt", line);
    if (attempt.report_status)
        rows += row("  report", report_text(attempt));
    if (show == Trace::show)
        rows += block(attempt.trace);
    return rows;
}

std::string state_text(const JobView& job, const MessageView& message) {
    std::string line(name_of(job.state));
    if (message.parts > 1)
        line += ", " + std::to_string(job.parts_done) + " of " + std::to_string(message.parts) +
                " parts taken";
    if (job.attempts > 0)
        line += ", refusals " + std::to_string(job.attempts);
    if (job.unknowns > 0)
        line += ", attempts of unknown outcome " + std::to_string(job.unknowns);
    return line;
}

std::string delivery_text(const JobView& job) {
    std::string text(name_of(job.delivery));
    if (job.delivered)
        text += " " + local_zoned_text(*job.delivered);
    return text;
}

std::string job_rows(const JobView& job, const MessageView& message) {
    std::string rows = row("job", job.id);
    rows += row("  to",
                job.number + (job.number == job.number_given ? "" : " (" + job.number_given + ")"));
    rows += row("  state", state_text(job, message));
    if (job.state == State::queued)
        rows += row("  due", local_zoned_text(job.not_before));
    if (!job.route.empty())
        rows += row("  route", job.route);
    if (job.delivery != Delivery::none)
        rows += row("  delivery", delivery_text(job));
    if (!job.error_code.empty())
        rows += row("  error", job.error_code + ": " + job.error_text);
    if (job.reply)
        rows += row("  reply", local_zoned_text(job.reply->received) + "  " + job.reply->text);
    return rows;
}

std::string as_text(const MessageView& message, const std::vector<AttemptView>& attempts,
                    Trace show) {
    std::string text = message_rows(message);
    for (const JobView& job : message.jobs) {
        text += "\n" + job_rows(job, message);
        for (const AttemptView& attempt : attempts) {
            if (attempt.job_id == job.id)
                text += attempt_rows(attempt, show);
        }
    }
    return text;
}

// --- for a program ------------------------------------------------------------------------------

void put_attempt(JsonObject& object, const AttemptView& attempt, Trace show) {
    object.number("part", attempt.part);
    put_foreign(object, "modem", attempt.modem);
    object.number("started_ms", attempt.started);
    put_number_or_null(object, "ended_ms", attempt.ended);
    put_foreign(object, "outcome", attempt.outcome);
    put_number_or_null(object, "reference", attempt.reference);
    put_number_or_null(object, "code", attempt.code);
    put_foreign_or_null(object, "reason", attempt.reason);
    put_number_or_null(object, "report_status", attempt.report_status);
    put_number_or_null(object, "settled_ms", attempt.settled);
    if (show == Trace::show)
        put_foreign_or_null(object, "trace", attempt.trace);
}

void put_reply(JsonWriter& writer, const JobView& job) {
    if (!job.reply) {
        writer.Null();
        return;
    }
    put_object(writer, [&](JsonObject& object) {
        put_foreign(object, "text", job.reply->text);
        object.number("received_ms", job.reply->received);
    });
}

void put_job(JsonObject& object, const JobView& job, const std::vector<AttemptView>& attempts,
             Trace show) {
    put_foreign(object, "id", job.id);
    put_foreign(object, "number", job.number);
    put_foreign(object, "number_given", job.number_given);
    object.text("state", name_of(job.state));
    put_foreign_or_null(object, "modem", job.modem);
    put_number_or_null(object, "attempted_ms", job.attempted);
    object.number("attempts", job.attempts);
    object.number("unknowns", job.unknowns);
    object.number("parts_done", job.parts_done);
    put_number_or_null(object, "due_ms",
                       job.state == State::queued ? std::optional(job.not_before) : std::nullopt);
    put_foreign_or_null(object, "route", job.route);
    object.text("delivery", name_of(job.delivery));
    put_number_or_null(object, "delivered_ms", job.delivered);
    put_foreign_or_null(object, "error_code", job.error_code);
    put_foreign_or_null(object, "error_text", job.error_text);
    put_reply(object.value("reply"), job);
    JsonWriter& journal = object.value("journal");
    journal.StartArray();
    for (const AttemptView& attempt : attempts) {
        if (attempt.job_id == job.id)
            put_object(journal, [&](JsonObject& each) { put_attempt(each, attempt, show); });
    }
    journal.EndArray();
}

void put_message(JsonObject& object, const MessageView& message,
                 const std::vector<AttemptView>& attempts, Trace show) {
    put_foreign(object, "id", message.id);
    put_foreign(object, "user", message.user);
    put_foreign(object, "api", message.api);
    put_foreign_or_null(object, "address", message.address);
    put_foreign_or_null(object, "label", message.label);
    object.flag("report", message.report);
    put_foreign(object, "text", message.text);
    object.text("encoding", name_of(message.encoding));
    object.number("parts", message.parts);
    put_number_or_null(object, "original_length", message.original_length);
    put_number_or_null(object, "reply_timeout_ms", message.reply_timeout_ms);
    object.number("created_ms", message.created);
    object.number("valid_until_ms", message.valid_until);
    JsonWriter& jobs = object.value("jobs");
    jobs.StartArray();
    for (const JobView& job : message.jobs)
        put_object(jobs, [&](JsonObject& each) { put_job(each, job, attempts, show); });
    jobs.EndArray();
}

// --- taken back ---------------------------------------------------------------------------------

// Calls `tell` with the word of each state that jobs are in, and how many.
template <class Tell>
void for_each_state(const Withdrawal& withdrawal, Tell tell) {
    for (std::size_t i = 0; i < withdrawal.jobs.jobs.size(); ++i) {
        if (withdrawal.jobs.jobs[i] > 0)
            tell(name_of(static_cast<State>(i)), withdrawal.jobs.jobs[i]);
    }
}

// "sent 1, canceled 2"
std::string states_text(const Withdrawal& withdrawal) {
    std::string text;
    for_each_state(withdrawal, [&](std::string_view state, std::int64_t jobs) {
        text += (text.empty() ? "" : ", ") + std::string(state) + " " + std::to_string(jobs);
    });
    return text;
}

void put_withdrawal(JsonObject& object, const std::string& id, const Withdrawal& withdrawal) {
    object.text("id", id);
    object.number("canceled", withdrawal.canceled);
    put_object(object.value("jobs"), [&](JsonObject& jobs) {
        for_each_state(withdrawal, [&](std::string_view state, std::int64_t count) {
            jobs.number(state, count);
        });
    });
}

} // namespace

Answer show_message(const Call& call) {
    Spool spool(call.config, Access::read);
    const auto message = spool.find(call.arguments.id);
    if (!message)
        return {{}, status_nothing, "there is no message " + call.arguments.id};
    const std::vector<AttemptView> attempts = spool.attempts(call.arguments.id);
    const Trace show = call.arguments.has("--trace") ? Trace::show : Trace::hide;
    if (call.output == Output::json)
        return {
            json_line([&](JsonObject& object) { put_message(object, *message, attempts, show); })};
    return {as_text(*message, attempts, show)};
}

Answer cancel_message(const Call& call) {
    const std::string& id = call.arguments.id;
    const auto withdrawal = Spool(call.config, Access::write).cancel(id, "", call.now);
    if (!withdrawal)
        return {{}, status_nothing, "there is no message " + id};
    if (withdrawal->canceled > 0)
        audit("canceled message " + id + ", " + states_text(*withdrawal));
    Answer answer;
    if (!withdrawal->took()) {
        answer.status = status_nothing;
        answer.complaint = "nothing of message " + id + " waits";
    }
    answer.text =
        call.output == Output::json
            ? json_line([&](JsonObject& object) { put_withdrawal(object, id, *withdrawal); })
            : row(id, states_text(*withdrawal));
    return answer;
}

} // namespace smsspool::ctl
