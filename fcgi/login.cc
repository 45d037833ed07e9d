// smsspool-login: POST /api/auth/login, which the README of smspanel shows (contract 3.15): a token
// for name and password.

#include "common/log.h"
#include "common/login_tokens.h"
#include "fcgi/api_sms.h"
#include "fcgi/posted_login.h"

namespace smsspool {

namespace {

// Who was refused here has shown no token, but a password.
Reply refuse(const Request& request, const Services& services, const Refusal& refusal) {
    if (refusal.status != HttpStatus::unauthorized)
        return refuse_in_api_sms(request, services, refusal);
    Refusal ours = refusal;
    ours.text = "Invalid username or password";
    ours.code = "UNAUTHORIZED";
    return wrapped_refusal(services.config, ours);
}

Reply have_checked(const Request& request, const Config& config) {
    SmallDocument body;
    if (auto wrong = wrong_body(request, config, "username", "password", body))
        return *wrong;
    for (const char* name : {"username", "password"}) {
        if (!body[name].IsString())
            return wrapped_fault(config, "Field '" + std::string(name) + "' must be a text",
                                 "INVALID_FIELD_TYPE");
    }
    return have_password_checked(view(body["username"]), view(body["password"]));
}

// Who may send, or look at messages.
std::variant<Caller, Refusal> caller_who_may(const Request& request, const Services& services) {
    auto caller = caller_of(request, services, Scope::send);
    const auto* refusal = std::get_if<Refusal>(&caller);
    if (refusal != nullptr && refusal->status == HttpStatus::forbidden)
        return caller_of(request, services, Scope::status);
    return caller;
}

Reply told(const LoginToken& login, UtcMs now) {
    return wrapped(HttpStatus::ok, "Login successful", [&](JsonObject& data) {
        const UtcMs expires = login.token.expires.value_or(now);
        data.text("expires_at", naive_text(expires));
        data.number("expires_in", (expires - now) / 1000);
        data.text("scopes", login.token.scopes.text());
        data.text("token", login.secret);
        data.text("token_type", "Bearer");
        data.text("username", login.token.user);
    });
}

Reply handle(const Request& request, const Services& services) {
    if (request.user.empty())
        return have_checked(request, services.config);
    const auto caller = caller_who_may(request, services);
    if (const auto* refusal = std::get_if<Refusal>(&caller))
        return refuse(request, services, *refusal);
    const LoginToken login =
        log_in(services.config, services.spool.get(), std::get<Caller>(caller), request.when);
    log_info("AUDIT", login.token.user + " (" + request.address + ") logged in and got token " +
                          login.token.id);
    return told(login, request.when);
}

} // namespace

const Program the_program{
    "login", Access::write, std::nullopt, {{"/api/auth/login", "POST, OPTIONS"}}, handle, refuse};

} // namespace smsspool
