// smsspool-status: GET /status tells what became of one message (contract 1.6).

#include "common/fates.h"
#include "common/readiness.h"
#include "common/utf.h"
#include "fcgi/envelope.h"
#include "fcgi/program.h"

#include <algorithm>

namespace smsspool {

namespace {

Reply refuse(const Request& request, const Services&, const Refusal& refusal) {
    return refusal_reply(refusal, to_json(refusing(refusal, request.user, request.when)));
}

// The id from the query, else from a JSON body; empty: there is none. A body that is no JSON object
// has none.
std::string wanted_id(const Request& request, const Query& query, const Config& config) {
    const auto in_query = query.get("message_id");
    if (in_query && !in_query->empty())
        return *in_query;
    if (!is_json(request.content_type))
        return {};
    SmallDocument body;
    if (parse_json(request.body, static_cast<std::size_t>(config.json_depth), body) ||
        !body.IsObject())
        return {};
    return text_member(body, "message_id").value_or("");
}

// The job left the queue when its last attempt began; one that never did counts from its creation.
UtcMs timestamp_of(const MessageView& message, const JobView& job) {
    return job.state == State::queued ? message.created : job.attempted.value_or(message.created);
}

// Why a job that waits does so; empty: it is simply its turn soon.
std::string waiting_for(const JobView& job, const Services& services, UtcMs now) {
    if (job.state != State::queued)
        return {};
    if (job.unknowns > 0 && job.attempts == 0)
        return "An attempt may have gone out; the message is sent once more";
    if (!job.error_text.empty())
        return job.error_text;
    // Without an error that made it wait, it is its sender that does not want it earlier.
    if (job.not_before > now)
        return "It is not sent before " + utc_seconds_text(job.not_before);
    return readiness(services.spool.get().health(), services.config, job.route, now).reason;
}

Meta meta_of(const MessageView& message, const JobView& job) {
    Meta meta;
    meta.original_length = message.original_length;
    meta.sent_length = static_cast<std::int64_t>(code_points(message.text));
    meta.parts = message.parts;
    meta.unknown_attempts = job.unknowns;
    return meta;
}

std::optional<Envelope::Reply> reply_of(const MessageView& message, const JobView& job) {
    if (!job.reply)
        return std::nullopt;
    const UtcMs sent = job.attempted.value_or(message.created);
    return Envelope::Reply{job.reply->text, job.reply->received,
                           std::max<std::int64_t>(0, (job.reply->received - sent) / 1000)};
}

void put_error(const JobView& job, const Fate& fate, Envelope& envelope) {
    if (fate.error_code.empty())
        return;
    envelope.error_code = job.error_code.empty() ? fate.error_code : job.error_code;
    envelope.error_message = job.error_text.empty() ? fate.error_text : job.error_text;
}

Envelope envelope_of(const MessageView& message, const JobView& job) {
    const Fate& fate = fate_of(job.state);
    Envelope envelope;
    envelope.status = fate.status;
    envelope.message_id = message.id;
    envelope.timestamp = timestamp_of(message, job);
    envelope.to = job.number_given;
    envelope.from = message.user;
    envelope.message = message.text;
    envelope.reply = reply_of(message, job);
    envelope.delivery = job.delivery;
    envelope.delivered = job.delivered;
    envelope.meta = meta_of(message, job);
    put_error(job, fate, envelope);
    return envelope;
}

// This API's messages have one recipient each. Of a message to many, which came by another, the
// first stands for all.
std::optional<JobView> first_job(Spool& spool, const std::string& message_id) {
    std::optional<JobView> first;
    spool.each_job(message_id, [&](const JobView& job) {
        first = job;
        return Spool::Each::stop;
    });
    return first;
}

Reply handle(const Request& request, const Services& services) {
    const Query query(request.query);
    const bool admin = services.caller.may(Scope::admin);
    const std::string id = wanted_id(request, query, services.config);
    if (id.empty())
        return refuse(
            request, services,
            {HttpStatus::bad_request, "MISSING_REQUIRED_FIELDS", "message_id is required", {}});
    Spool& spool = services.spool.get();
    const auto message = spool.message(id);
    std::optional<JobView> job;
    if (message && (message->user == request.user || admin))
        job = first_job(spool, id);
    if (!job)
        return refuse(request, services,
                      {HttpStatus::not_found, "NOT_FOUND", "Message not found", {}});
    Envelope envelope = envelope_of(*message, *job);
    envelope.meta.waiting = waiting_for(*job, services, request.when);
    if (admin && query.says("attempts"))
        envelope.attempts = spool.attempts(id);
    return json_reply(HttpStatus::ok, to_json(envelope));
}

} // namespace

const Program the_program{
    "status", Access::read, Scope::status, {{"/status", "GET, HEAD, OPTIONS"}}, handle, refuse};

} // namespace smsspool
