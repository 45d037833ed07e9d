// smsspool-enviar: POST /enviar-sms, the API of api-sms-gammu (contract 2), with its words.
//
// Who asks shows a token in the body, and no header; it is let in whom a bearer token would let in
// (fcgi/posted_login.h).

#include "common/json_object.h"
#include "common/submit.h"
#include "fcgi/accepted.h"
#include "fcgi/fields.h"
#include "fcgi/phone_numbers.h"
#include "fcgi/posted_login.h"
#include "fcgi/program.h"

namespace smsspool {

namespace {

using rapidjson::Value;

constexpr std::string_view no_json = "JSON inválido.";
constexpr std::string_view no_token = "Token inválido.";
constexpr std::string_view no_fields = "Campos obrigatórios ausentes.";

Reply say(HttpStatus status, std::string_view text, const std::vector<Header>& headers = {}) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    {
        JsonObject object(writer);
        object.text("mensagem", text);
        object.text("status", "erro");
    }
    Reply reply = json_reply(status, buffer);
    reply.headers = headers;
    return reply;
}

// This API's words for what any program may refuse.
std::string_view words_for(HttpStatus status) {
    switch (status) {
    case HttpStatus::unauthorized:
    case HttpStatus::forbidden:
        return no_token;
    case HttpStatus::not_found:
        return "Endereço inexistente.";
    case HttpStatus::method_not_allowed:
        return "Método não permitido.";
    case HttpStatus::content_too_large:
    case HttpStatus::uri_too_long:
        return "Pedido grande demais.";
    case HttpStatus::too_many_requests:
        return "Pedidos demais; tente mais tarde.";
    case HttpStatus::unavailable:
    case HttpStatus::insufficient_storage:
        return "Serviço indisponível; tente mais tarde.";
    case HttpStatus::ok:
    case HttpStatus::accepted:
    case HttpStatus::no_content:
    case HttpStatus::multi_status:
    case HttpStatus::bad_request:
    case HttpStatus::request_timeout:
    case HttpStatus::conflict:
    case HttpStatus::unsupported_media_type:
    case HttpStatus::internal_error:
        break;
    }
    return status == HttpStatus::internal_error ? "Erro interno." : no_json;
}

// Who may not is told the same as who is not let in: 403, without the challenge of a header.
Reply refuse(const Request&, const Services&, const Refusal& refusal) {
    if (refusal.status == HttpStatus::unauthorized)
        return say(HttpStatus::forbidden, no_token);
    return say(refusal.status, words_for(refusal.status), refusal.headers);
}

std::string text_for(const FieldFault& fault) {
    switch (fault.what) {
    case FieldFault::What::number_invalid:
        return "Número inválido: " + fault.text;
    case FieldFault::What::text_invalid:
    case FieldFault::What::text_too_long:
        return "Mensagem inválida: " + fault.text;
    case FieldFault::What::too_many:
    case FieldFault::What::reply_timeout:
    case FieldFault::What::validity_invalid:
    case FieldFault::What::not_before_invalid:
    case FieldFault::What::label_invalid:
    case FieldFault::What::callback_invalid:
    case FieldFault::What::key_invalid:
        break;
    }
    return "Campo inválido: " + fault.text;
}

Reply accepted(const Submitted& submitted) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    {
        JsonObject object(writer);
        object.text("id", submitted.message_id);
        object.text("mensagem", "SMS recebido e enfileirado para envio.");
        if (submitted.parts > 1)
            object.number("parts", static_cast<std::int64_t>(submitted.parts));
        object.text("status", "aceito");
    }
    return json_reply(HttpStatus::accepted, buffer);
}

Reply submit_for(const Caller& caller, const Value& body, const Request& request,
                 const Services& services) {
    const Value* number = given_member(body, "numero");
    const Value* text = given_member(body, "mensagem");
    if (number == nullptr || text == nullptr)
        return say(HttpStatus::bad_request, no_fields);
    const auto number_text = as_text(number), message = as_text(text);
    if (!number_text || !message)
        return say(HttpStatus::bad_request,
                   std::string("Campo inválido: ") + (number_text ? "mensagem" : "numero"));
    Draft draft;
    draft.user = caller.user;
    draft.api = "enviar";
    draft.address = request.address;
    draft.spenders = caller.spenders;
    draft.number = *number_text;
    draft.text = *message;
    draft.long_messages = LongMessages::split;
    const auto spool = [&]() -> Spool& { return services.spool.get(); };
    const auto answer = submit(draft, services.config, *services.numbers, spool, request.when);
    if (const auto* faults = std::get_if<std::vector<FieldFault>>(&answer))
        return say(HttpStatus::bad_request, text_for(faults->front()));
    if (const auto* limit = std::get_if<NotAllowed>(&answer)) {
        log_refused(request, caller, *limit);
        const Refusal refusal = over_limit(*limit);
        return say(refusal.status, "Limite atingido: " + refusal.text, refusal.headers);
    }
    const auto& submitted = std::get<Submitted>(answer);
    log_accepted(request, caller, caller.user, submitted);
    return accepted(submitted);
}

// Nothing is said of the other fields before the token is right.
Reply handle(const Request& request, const Services& services) {
    if (!is_json(request.content_type))
        return say(HttpStatus::unsupported_media_type, no_json);
    SmallDocument body;
    if (parse_json(request.body, static_cast<std::size_t>(services.config.json_depth), body) ||
        !body.IsObject() || body.ObjectEmpty())
        return say(HttpStatus::bad_request, no_json);
    const Value* token = given_member(body, "token");
    if (token == nullptr)
        return say(HttpStatus::forbidden, no_token);
    if (request.user.empty())
        return have_token_checked(token->IsString() ? view(*token) : std::string_view());
    const auto caller = caller_of(request, services, Scope::send);
    if (const auto* refusal = std::get_if<Refusal>(&caller))
        return refuse(request, services, *refusal);
    return submit_for(std::get<Caller>(caller), body, request, services);
}

} // namespace

const Program the_program{
    "enviar", Access::write, std::nullopt,        {{"/enviar-sms", "POST, OPTIONS"}},
    handle,   refuse,        &Config::body_limit, numbers_when_used};

} // namespace smsspool
