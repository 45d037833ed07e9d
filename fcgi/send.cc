// smsspool-send: POST / takes one message (contract 1.5).

#include "common/ids.h"
#include "common/submit.h"
#include "common/utf.h"
#include "fcgi/accepted.h"
#include "fcgi/envelope.h"
#include "fcgi/fields.h"
#include "fcgi/phone_numbers.h"
#include "fcgi/program.h"

namespace smsspool {

namespace {

// --- the answers --------------------------------------------------------------------------------

Reply refuse(const Request& request, const Services&, const Refusal& refusal) {
    return refusal_reply(refusal, to_json(refusing(refusal, request.user, request.when)));
}

// A refusal that echoes what was received.
Reply refuse_fields(const Request& request, const Fields& fields, const Refusal& refusal) {
    Envelope envelope = refusing(refusal, request.user, request.when);
    envelope.to = as_text(fields.number);
    envelope.message = as_text(fields.message);
    return refusal_reply(refusal, to_json(envelope));
}

Envelope accepted(const Request& request, const Draft& draft, const Submitted& submitted) {
    Envelope envelope;
    envelope.status = "queued";
    envelope.message_id = submitted.message_id;
    envelope.timestamp = submitted.created;
    envelope.to = draft.number;
    envelope.from = request.user;
    envelope.message = submitted.text;
    envelope.meta.parts = static_cast<std::int64_t>(submitted.parts);
    if (submitted.original_length) {
        envelope.meta.original_length = static_cast<std::int64_t>(*submitted.original_length);
        envelope.meta.sent_length = static_cast<std::int64_t>(code_points(submitted.text));
    }
    return envelope;
}

// Settings may have changed since the first answer to this key: it is told again from the spool.
void recall_first(Spool& spool, Submitted& submitted) {
    const auto first = spool.message(submitted.message_id);
    if (!first)
        return;
    submitted.text = first->text;
    submitted.created = first->created;
    submitted.parts = static_cast<std::size_t>(first->parts);
    submitted.original_length.reset();
    if (first->original_length)
        submitted.original_length = static_cast<std::size_t>(*first->original_length);
}

Reply answer_of(const Request& request, const Services& services, const Fields& fields,
                const Draft& draft, Submitted submitted) {
    switch (submitted.how) {
    case Stored::done:
    case Stored::repeated:
        log_accepted(request, services.caller, request.user, submitted);
        break;
    case Stored::again:
        recall_first(services.spool.get(), submitted);
        break;
    case Stored::conflict:
        return refuse_fields(request, fields,
                             {HttpStatus::conflict,
                              "IDEMPOTENCY_CONFLICT",
                              "Idempotency-Key was used for another request body",
                              {}});
    case Stored::taken:
    case Stored::refused: // submit() has an answer of its own for it
        return refuse_fields(request, fields, forbidden());
    }
    return json_reply(HttpStatus::ok, to_json(accepted(request, draft, submitted)));
}

Reply refuse_limit(const Request& request, const Services& services, const Fields& fields,
                   const NotAllowed& limit) {
    log_refused(request, services.caller, limit);
    return refuse_fields(request, fields, over_limit(limit));
}

Reply take(const Request& request, const Services& services, const Fields& fields) {
    Draft draft;
    identify(request, services, "rest", draft);
    if (const auto refusal = read_fields(fields, services.config, draft))
        return refuse_fields(request, fields, *refusal);
    const auto spool = [&]() -> Spool& { return services.spool.get(); };
    const auto answer = submit(draft, services.config, *services.numbers, spool, request.when);
    if (const auto* faults = std::get_if<std::vector<FieldFault>>(&answer))
        return refuse_fields(request, fields, refusal_of_fault(faults->front()));
    if (const auto* limit = std::get_if<NotAllowed>(&answer))
        return refuse_limit(request, services, fields, *limit);
    return answer_of(request, services, fields, draft, std::get<Submitted>(answer));
}

Reply handle(const Request& request, const Services& services) {
    if (!is_json(request.content_type))
        return refuse(request, services,
                      bad_field("INVALID_CONTENT_TYPE", "Content-Type must be application/json"));
    SmallDocument body;
    const auto fault =
        parse_json(request.body, static_cast<std::size_t>(services.config.json_depth), body);
    if (fault || !body.IsObject() || body.ObjectEmpty())
        return refuse(request, services,
                      bad_field("INVALID_JSON", "Request body must contain valid JSON"));
    return take(request, services, find_fields(body));
}

} // namespace

const Program the_program{"send", Access::write, Scope::send,         {{"/", "POST, OPTIONS"}},
                          handle, refuse,        &Config::body_limit, numbers_at_once};

} // namespace smsspool
