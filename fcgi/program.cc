// From a request to a handler, and from a failure to a reply.

#include "fcgi/program.h"

#include "common/log.h"

#include <algorithm>

namespace smsspool {

namespace {

// Takes the first segment off `path`, which begins with a slash.
std::string_view take_segment(std::string_view& path) noexcept {
    path.remove_prefix(1);
    const std::string_view first = path.substr(0, path.find('/'));
    path.remove_prefix(first.size());
    return first;
}

const Route* find_route(const Program& program, std::string_view path) noexcept {
    for (const Route& route : program.routes) {
        if (matches(route.path, path))
            return &route;
    }
    return nullptr;
}

// Whether `method` is one of the words of `methods`.
bool takes(std::string_view methods, std::string_view method) noexcept {
    while (!methods.empty()) {
        const std::string_view word = methods.substr(0, methods.find(','));
        if (trimmed(word) == method)
            return true;
        methods.remove_prefix(std::min(methods.size(), word.size() + 1));
    }
    return false;
}

// What nginx refuses is refused here, in the form of the API; a 405 has to name the methods.
Refusal refusal_of_nginx(const Program& program, const Request& request) {
    const Refusal refusal = refusal_named(request.refused);
    if (refusal.status != HttpStatus::method_not_allowed)
        return refusal;
    const Route* route = find_route(program, request.path);
    return wrong_method(std::string((route ? route : &program.routes.front())->methods));
}

// Why nobody may make this request; nothing: somebody may.
std::optional<Refusal> refused_before(const Program& program, const Route* route,
                                      const Request& request) {
    if (!request.refused.empty())
        return refusal_of_nginx(program, request);
    if (route == nullptr)
        return no_such_address();
    if (!takes(route->methods, request.method))
        return wrong_method(std::string(route->methods));
    return std::nullopt;
}

// What is wrong with the size of a request that somebody may make.
std::optional<Refusal> too_large(const Request& request, const Config& config) {
    if (request.body_state == Body::too_large)
        return body_too_large();
    if (request.query.size() > static_cast<std::size_t>(config.query_limit))
        return query_too_long();
    return std::nullopt;
}

Reply allowed_methods(const Route& route) {
    Reply reply;
    reply.headers.emplace_back("Allow", route.methods);
    return reply;
}

Reply let_in(const Program& program, const Request& request, const Services& services) {
    Services known = services;
    if (program.scope) {
        auto caller = caller_of(request, services, *program.scope);
        if (const auto* refusal = std::get_if<Refusal>(&caller))
            return program.refuse(request, services, *refusal);
        known.caller = std::get<Caller>(std::move(caller));
    }
    if (const auto refusal = too_large(request, services.config))
        return program.refuse(request, services, *refusal);
    return program.handle(request, known);
}

// The log tells the operator which of these he has to end.
void log_failure(const Program& program, const Error& error) {
    const std::string text = std::string(program.name) + ": " + error.what();
    switch (error.fault()) {
    case Fault::bad_input:
    case Fault::denied:
    case Fault::conflict:
    case Fault::busy:
        log_warning("HTTP", text);
        return;
    case Fault::full:
    case Fault::unavailable:
    case Fault::corrupt:
    case Fault::bug:
        log_error("HTTP", text);
        return;
    }
}

} // namespace

bool matches(std::string_view pattern, std::string_view path) noexcept {
    while (pattern.starts_with('/') && path.starts_with('/')) {
        const std::string_view wanted = take_segment(pattern), found = take_segment(path);
        if (wanted == "*" ? found.empty() : wanted != found)
            return false;
    }
    return pattern.empty() && path.empty();
}

void note_use(Spool& spool, const std::string& token_id, UtcMs now) noexcept {
    try {
        spool.note_token_use(token_id, now);
    } catch (const std::exception& exception) {
        log_warning("HTTP", "the use of token " + token_id + " is not noted: " + exception.what());
    }
}

std::string_view segment(std::string_view path, std::size_t index) noexcept {
    while (path.starts_with('/')) {
        const std::string_view found = take_segment(path);
        if (index-- == 0)
            return found;
    }
    return {};
}

std::variant<Caller, Refusal> caller_of(const Request& request, const Services& services,
                                        Scope scope) {
    if (request.user.empty())
        return no_credentials();
    auto rights = rights_of(services.config, services.spool.get(), request.user, request.token,
                            request.address, request.when);
    if (const auto* denied = std::get_if<NotLetIn>(&rights)) {
        log_warning("AUDIT",
                    request.user + " (" + request.address + ") is not let in: " + denied->why);
        return no_credentials();
    }
    auto& caller = std::get<Caller>(rights);
    if (!caller.may(scope))
        return no_right_to(scope);
    return std::move(caller);
}

Reply answer(const Program& program, const Request& request, const Services& services) {
    try {
        const Route* route = find_route(program, request.path);
        const bool asks_for_methods =
            request.refused.empty() && route != nullptr && request.method == "OPTIONS";
        if (asks_for_methods)
            return allowed_methods(*route);
        if (const auto refusal = refused_before(program, route, request))
            return program.refuse(request, services, *refusal);
        return let_in(program, request, services);
    } catch (const Error& error) {
        log_failure(program, error);
        return program.refuse(request, services, refusal_of(error));
    } catch (const std::exception& exception) {
        log_error("HTTP", std::string(program.name) + ": " + exception.what());
        return program.refuse(request, services, internal_error());
    }
}

} // namespace smsspool
