// The server as a whole: who is let in, what it is asked, what goes wrong, and how it is steered.

#ifndef SMSSPOOL_TESTS_MOCKREMOTE_REMOTE_H
#define SMSSPOOL_TESTS_MOCKREMOTE_REMOTE_H

#include "tests/mockhttp/server.h"
#include "tests/mockremote/api.h"
#include "tests/mockremote/faults.h"
#include "tests/mockremote/keycloak.h"
#include "tests/mockremote/store.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace smsspool::mockremote {

struct Options {
    std::uint16_t port = 0;
    std::string port_file, log, control;
    std::string certificate, key, other_certificate, other_key;
    Dialect dialect = Dialect::real;
    std::string base = "/sms";
    std::string accounts; // of a Keycloak of its own; empty: there is none
    std::string keycloak_base = "/realms/";
    int lifetime_s = 300;
    // Who is asked whether a token is good (OpenID Connect 5.3); empty: nobody.
    std::string userinfo, userinfo_ca;
};

class Remote {
public:
    // Throws Error(bad_input) where a file cannot be used.
    explicit Remote(const Options& options);

    // Listens. Throws Error(unavailable).
    void start();

private:
    void serve(mockhttp::Peer& peer);
    [[nodiscard]] bool serve_one(mockhttp::Peer& peer, const mockhttp::Request& request);
    [[nodiscard]] Operation operation_of(const mockhttp::Request& request) const;
    [[nodiscard]] Reply answer(const mockhttp::Request& request, Operation operation,
                               const Mishap& fault);
    [[nodiscard]] bool lets_in(const std::string& authorization);
    [[nodiscard]] bool is_known(const std::string& authorization) const;
    void note(const mockhttp::Request& request, Operation operation, const Mishap& fault,
              int status);
    void up();

    void steer(mockhttp::Peer& peer);
    [[nodiscard]] Reply steered(const mockhttp::Request& request);
    [[nodiscard]] Reply add_messages(const mockhttp::Request& request);
    [[nodiscard]] Reply list_messages();
    [[nodiscard]] bool switched(const std::string& what);

    Options options_;
    Store store_;
    Api api_;
    Faults faults_;
    std::optional<Keycloak> keycloak_;
    mockhttp::Tls own_, other_;
    mockhttp::Journal journal_;
    mockhttp::Server server_, control_;
};

} // namespace smsspool::mockremote

#endif
