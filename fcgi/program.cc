// From a request to a handler, and from a failure to a reply.

#include "fcgi/program.h"

#include "common/log.h"

#include <algorithm>

namespace smsspool {

namespace {

const Route* find_route(const Program& program, std::string_view path) noexcept {
    for (const Route& route : program.routes) {
        if (route.path == path)
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

// Why the handler does not see the request; nothing: it does.
std::optional<Refusal> refused_before(const Program& program, const Route* route,
                                      const Request& request, const Config& config) {
    if (!request.refused.empty())
        return refusal_of_nginx(program, request);
    if (route == nullptr)
        return no_such_address();
    if (!takes(route->methods, request.method))
        return wrong_method(std::string(route->methods));
    if (program.who == Who::user && request.user.empty())
        return no_credentials();
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

bool is_admin(const Config& config, std::string_view user) {
    const auto names = words_in(config.admins);
    return std::find(names.begin(), names.end(), user) != names.end();
}

Reply answer(const Program& program, const Request& request, const Services& services) {
    try {
        const Route* route = find_route(program, request.path);
        const bool asks_for_methods =
            request.refused.empty() && route != nullptr && request.method == "OPTIONS";
        if (asks_for_methods)
            return allowed_methods(*route);
        if (const auto refusal = refused_before(program, route, request, services.config))
            return program.refuse(request, services, *refusal);
        return program.handle(request, services);
    } catch (const Error& error) {
        log_failure(program, error);
        return program.refuse(request, services, refusal_of(error));
    } catch (const std::exception& exception) {
        log_error("HTTP", std::string(program.name) + ": " + exception.what());
        return program.refuse(request, services, internal_error());
    }
}

} // namespace smsspool
