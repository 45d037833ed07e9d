// The server as a whole.

#include "tests/mockremote/remote.h"

#include "common/http.h"
#include "common/utf.h"

#include <chrono>

namespace smsspool::mockremote {

using mockhttp::Peer;
using mockhttp::Request;
using mockhttp::value_of;

Remote::Remote(const Options& options)
    : options_(options), api_(store_, options.dialect, options.base),
      own_(mockhttp::make_tls(options.certificate, options.key)),
      other_(mockhttp::make_tls(options.other_certificate, options.other_key)),
      journal_(options.log), server_([this](Peer& peer) { serve(peer); }),
      control_([this](Peer& peer) { steer(peer); }) {
    server_.use(own_.get());
    if (options.accounts.empty())
        return;
    keycloak_.emplace(options.accounts);
    keycloak_->base = options.keycloak_base;
    keycloak_->lifetime_s = options.lifetime_s;
    if (own_)
        keycloak_->scheme = "https";
}

void Remote::start() {
    if (!options_.control.empty())
        control_.start(mockhttp::listen_on_path(options_.control));
    up();
    mockhttp::write_port(options_.port_file, options_.port);
}

void Remote::up() {
    Fd listener = mockhttp::listen_on_port(options_.port);
    options_.port = mockhttp::port_of(listener);
    server_.start(std::move(listener));
}

void Remote::serve(Peer& peer) {
    for (bool more = true; more;) {
        const auto request = peer.read();
        more = request && serve_one(peer, *request);
    }
}

bool Remote::serve_one(Peer& peer, const Request& request) {
    const Operation operation = operation_of(request);
    const Mishap fault = faults_.take(operation);
    Reply reply{0, ""};
    if (!fault.instead())
        reply = answer(request, operation, fault);
    note(request, operation, fault, reply.status);
    return misbehave(peer, fault, reply);
}

Operation Remote::operation_of(const Request& request) const {
    const Operation operation = keycloak_ ? keycloak_->operation_of(request) : Operation::other;
    return operation == Operation::other ? api_.operation_of(request) : operation;
}

Reply Remote::answer(const Request& request, Operation operation, const Mishap& fault) {
    if (operation == Operation::token || operation == Operation::logout)
        return keycloak_->answer(request);
    if (keycloak_) {
        if (auto description = keycloak_->description(request))
            return *description;
    }
    if (operation != Operation::other && !lets_in(value_of(request.headers, "authorization")))
        return {401, "", "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n"};
    return api_.answer(request, fault.ill == Ill::twice ? Store::Lease::left : Store::Lease::taken);
}

// As the real server, it lets anybody in unless it was told otherwise.
bool Remote::lets_in(const std::string& authorization) {
    if (keycloak_)
        return keycloak_->accepts(authorization);
    return options_.userinfo.empty() || is_known(authorization);
}

bool Remote::is_known(const std::string& authorization) const {
    HttpRequest question;
    question.method = HttpRequest::Method::get;
    question.url = options_.userinfo;
    question.ca_file = options_.userinfo_ca;
    question.headers = {"Authorization: " + authorization};
    question.connect_timeout = question.timeout = std::chrono::seconds(10);
    question.answer_limit = 64 * 1024;
    return make_http()->exchange(question).status == 200;
}

void Remote::note(const Request& request, Operation operation, const Mishap& fault, int status) {
    journal_.write(request, [&](JsonWriter& writer) {
        put_key(writer, "body");
        put_text(writer, to_valid_utf8(request.body));
        put_key(writer, "operation");
        put_text(writer, name_of(operation));
        put_key(writer, "fault");
        put_text(writer, name_of(fault.ill));
        put_key(writer, "status"); // 0: nothing was done
        writer.Int(status);
    });
}

} // namespace smsspool::mockremote
