// smsspool-auth: says to nginx whose bearer token a request carries. Nginx keeps a "yes" for some
// seconds; the program that is asked in the end looks at the token's rights again.

#include "common/log.h"
#include "common/rights.h"
#include "fcgi/envelope.h"
#include "fcgi/program.h"

namespace smsspool {

namespace {

Reply refuse(const Request&, const Services&, const Refusal& refusal) {
    return refusal_reply(refusal, short_json(refusal));
}

// The words of RFC 6750 2.1; empty: it is none.
std::string_view bearer_of(std::string_view header) {
    constexpr std::string_view scheme = "bearer ";
    if (header.size() <= scheme.size() || lower_case(header.substr(0, scheme.size())) != scheme)
        return {};
    return trimmed(header.substr(scheme.size()));
}

// Only 2xx, 401 and 403 get through nginx' auth_request; what the client hears is another matter.
Reply handle(const Request& request, const Services& services) {
    Spool& spool = services.spool.get();
    const auto rights = rights_of_bearer(services.config, spool, bearer_of(request.authorization),
                                         request.address, request.when);
    if (const auto* denied = std::get_if<NotLetIn>(&rights)) {
        log_warning("AUDIT",
                    "login with a token refused, from " + request.address + ": " + denied->why);
        return refuse(request, services, forbidden());
    }
    const Caller& caller = std::get<Caller>(rights);
    note_use(spool, caller.token, request.when);
    Reply reply;
    reply.status = HttpStatus::no_content;
    reply.headers.emplace_back("X-Sms-User", caller.user);
    reply.headers.emplace_back("X-Sms-Token", caller.token);
    return reply;
}

} // namespace

const Program the_program{"auth", Access::write, std::nullopt, {{"/bearer", "GET"}},
                          handle, refuse};

} // namespace smsspool
