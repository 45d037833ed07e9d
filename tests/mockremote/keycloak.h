// As much of a Keycloak as gateways ask (contract 4A.3): tokens that are used up soon, if wanted.

#ifndef SMSSPOOL_TESTS_MOCKREMOTE_KEYCLOAK_H
#define SMSSPOOL_TESTS_MOCKREMOTE_KEYCLOAK_H

#include "common/clock.h"
#include "tests/mockremote/api.h"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace smsspool::mockremote {

class Keycloak {
public:
    // Who may log in. A file with a line each: "user NAME PASSWORD", "client ID [SECRET]".
    // Throws Error(bad_input) where it cannot be read.
    explicit Keycloak(const std::string& file);

    // Where its paths begin: "/realms/…" (of 17 and later), "/auth/realms/…" (before).
    std::string base = "/realms/";
    std::string scheme = "http"; // of the issuer's name
    int lifetime_s = 300;

    [[nodiscard]] Operation operation_of(const mockhttp::Request& request) const;
    // Of a token or logout.
    [[nodiscard]] Reply answer(const mockhttp::Request& request);
    // The description of an issuer; nothing: another path.
    [[nodiscard]] std::optional<Reply> description(const mockhttp::Request& request) const;
    // The value of a header Authorization.
    [[nodiscard]] bool accepts(const std::string& authorization);
    // Of the tokens that were given, none is worth anything now.
    enum class Forgotten { access, all };
    void forget(Forgotten what);

private:
    [[nodiscard]] std::string verb_of(const mockhttp::Request& request) const;
    [[nodiscard]] bool is_client(const mockhttp::Request& request) const;
    [[nodiscard]] Reply give(bool refreshable);

    std::map<std::string, std::string> users_, clients_;
    std::mutex mutex_; // of what follows
    std::map<std::string, Monotonic::time_point> access_;
    std::set<std::string> refresh_;
};

} // namespace smsspool::mockremote

#endif
