// smsspool-api_sms: the addresses below /api/sms, the API of smspanel (contract 3).
//
// A message has one recipient or many, and an integer for an id: that of its UUID (common/ids.h).

#include "fcgi/api_sms.h"
#include "fcgi/phone_numbers.h"

#include <algorithm>
#include <array>

namespace smsspool {

namespace {

struct Address {
    std::string_view path;
    std::string_view method;
    Scope scope;
    Reply (*handle)(const Request&, const Services&);
};

constexpr std::array addresses{
    Address{"/api/sms", "POST", Scope::send, sms_send},
    Address{"/api/sms/send-bulk", "POST", Scope::send, sms_send_bulk},
    Address{"/api/sms/preview", "POST", Scope::send, sms_preview},
    Address{"/api/sms", "GET", Scope::status, sms_list},
    Address{"/api/sms/*", "GET", Scope::status, sms_show},
    Address{"/api/sms/*/recipients", "GET", Scope::status, sms_recipients},
};

// HEAD is a GET whose body is not sent.
bool asks_for(const Request& request, const Address& address) {
    const std::string_view method(request.method);
    return (method == "HEAD" ? "GET" : method) == address.method &&
           matches(address.path, request.path);
}

Reply handle(const Request& request, const Services& services) {
    const auto* found =
        std::find_if(addresses.begin(), addresses.end(),
                     [&](const Address& address) { return asks_for(request, address); });
    if (found == addresses.end())
        return refuse_in_api_sms(request, services, no_such_address());
    auto caller = caller_of(request, services, found->scope);
    if (const auto* refusal = std::get_if<Refusal>(&caller))
        return refuse_in_api_sms(request, services, *refusal);
    Services known = services;
    known.caller = std::get<Caller>(std::move(caller));
    return found->handle(request, known);
}

} // namespace

const Program the_program{"api_sms",
                          Access::write,
                          std::nullopt,
                          {{"/api/sms", "GET, HEAD, POST, OPTIONS"},
                           {"/api/sms/send-bulk", "POST, OPTIONS"},
                           {"/api/sms/preview", "POST, OPTIONS"},
                           {"/api/sms/*", "GET, HEAD, OPTIONS"},
                           {"/api/sms/*/recipients", "GET, HEAD, OPTIONS"}},
                          handle,
                          refuse_in_api_sms,
                          &Config::bulk_body_limit,
                          numbers_when_used};

} // namespace smsspool
