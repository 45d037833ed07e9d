// What a server that gives tokens answers: bytes of a stranger, taken apart.

#ifndef SMSSPOOL_PULL_OAUTH_ANSWER_H
#define SMSSPOOL_PULL_OAUTH_ANSWER_H

#include "common/settings.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace smsspool {

// Why an answer is none, a sentence that holds nothing of it.
struct NoAnswer {
    std::string why;
};

struct TokenAnswer {
    std::string access;  // ASCII without blanks: it can stand in a header
    std::string refresh; // likewise; empty: none was given
    Ms life{0};          // from 1 ms to a day
};

// The answer to a request for a token (RFC 6749 5.1). A lifetime that is missing, not above zero,
// or no number (nor a text of digits, as some servers write it) is an hour; one over a day is a
// day.
[[nodiscard]] std::variant<TokenAnswer, NoAnswer> token_answer(std::string_view body);

// Where a server is asked.
struct OauthEndpoints {
    enum class Ending {
        none,
        keycloak,  // the session of a refresh token (contract 4A.3)
        revocation // RFC 7009
    };
    enum class ClientSecret { in_form, in_header };

    std::string token;
    std::string ending_url; // empty with Ending::none
    Ending ending = Ending::none;
    ClientSecret client_secret = ClientSecret::in_form;
};

// The answer to OpenID discovery at `issuer`. None where it speaks of another issuer, or where an
// endpoint is not https; only an issuer on this machine may name http on this machine.
[[nodiscard]] std::variant<OauthEndpoints, NoAnswer> discovery_answer(std::string_view body,
                                                                      std::string_view issuer);

// What a refusal says (RFC 6749 5.2): "invalid_grant: Invalid user credentials", at most 200
// characters; empty where `body` is none, or where it holds one of `secrets`, also beyond those.
// It is the stranger's text: it may repeat what it was told.
[[nodiscard]] std::string refusal_text(std::string_view body,
                                       const std::vector<std::string>& secrets);

} // namespace smsspool

#endif
