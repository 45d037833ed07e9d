// Tokens for a remote API, by OAuth2 (RFC 6749): got, renewed well before their end, given back.
//
// Who gives them is a Keycloak server (contract 4A.3), a token endpoint, or an OpenID issuer that
// says itself where its endpoints are.

#ifndef SMSSPOOL_PULL_OAUTH_H
#define SMSSPOOL_PULL_OAUTH_H

#include "common/clock.h"
#include "common/error.h"
#include "common/http.h"
#include "common/settings.h"
#include "pull/oauth_answer.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace smsspool {

// An object belongs to one thread, as its Http does: two requests for a token are never under way
// at once.
class Tokens {
public:
    using Clock = std::function<Monotonic::time_point()>;

    // Asks nobody yet. `config` and `http` must outlive it. The secrets are read from their files
    // at each login.
    // REQUIRES: !remote_fault(config).
    Tokens(const RemoteConfig& config, Http& http, Clock clock = Monotonic::now);
    Tokens(const Tokens&) = delete;
    Tokens& operator=(const Tokens&) = delete;

    // A token that is good for a while yet; empty where `grant` is none. Renews it where its last
    // third has begun, logs in where there is none; this may take a few times `timeout`. While it
    // cannot be renewed the old one is given as long as it is good.
    // Throws Error(unavailable) with a sentence that holds no secret where there is no token: the
    // server cannot be asked, or refuses. After a failure it is asked again no sooner than
    // retry_first later, doubled with each failure up to retry_most, or when its Retry-After says;
    // until then the same error is thrown. What read_secret() throws goes through.
    [[nodiscard]] std::string bearer();

    // The API said 401 to the last bearer(): the next one asks for another. It renews the token
    // once; if the new one is refused too it logs in; a token of that login that is refused counts
    // as a failure.
    void refused();

    // The API took the last bearer(), whatever it made of the request: what refused() said before
    // is over.
    void accepted() noexcept;

    // Ends the session at the server, as far as that can be reached within five seconds, and
    // forgets the tokens in any case. bearer() would log in again.
    void log_out() noexcept;

private:
    using Time = Monotonic::time_point;

    void renew();
    [[nodiscard]] bool refresh();
    void log_in();
    [[nodiscard]] std::vector<OauthEndpoints> servers();
    [[nodiscard]] OauthEndpoints discover();
    [[nodiscard]] HttpAnswer exchange(HttpRequest request);
    [[nodiscard]] std::optional<NoAnswer> take(const HttpAnswer& answer, Time asked);
    void failed(const Error& error);
    void end_session();
    void forget() noexcept;

    const RemoteConfig& config_;
    Http& http_;
    Clock clock_;

    std::string access_, refresh_;
    Time renew_at_ = Time::min(), end_ = Time::min();
    OauthEndpoints endpoints_;                 // that gave the tokens
    std::optional<OauthEndpoints> discovered_; // what the issuer said

    // Failures in a row, the last of them, and when the server is asked again.
    int failures_ = 0;
    std::optional<Error> failure_;
    Time try_at_ = Time::min();
    Ms retry_after_{0};

    // The API's refusals since it accepted a token, or one was renewed for its age; whether a login
    // followed one.
    int refusals_ = 0;
    bool logged_in_again_ = false;
};

} // namespace smsspool

#endif
