// What a server that gives tokens answers: what is taken can be used, and the rest has a reason.

#include "common/provider.h"
#include "common/remote.h"
#include "common/utf.h"
#include "pull/oauth_answer.h"
#include "tests/fuzz/targets.h"

#include <algorithm>

namespace smsspool::fuzz {

namespace {

bool is_word(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

template <class Found>
const Found* found_in(const std::variant<Found, NoAnswer>& answer) {
    if (const auto* none = std::get_if<NoAnswer>(&answer))
        require(!none->why.empty(), "what is none says why");
    return std::get_if<Found>(&answer);
}

} // namespace

void token(std::string_view bytes) {
    if (const auto answer = token_answer(bytes); const auto* found = found_in(answer)) {
        require(!found->access.empty() && is_word(found->access) && is_word(found->refresh),
                "a token can stand in a header");
        require(found->life >= Ms(1) && found->life <= std::chrono::hours(24),
                "a life is within its limits");
    }
    constexpr std::string_view issuer = "https://id.example.org";
    if (const auto answer = discovery_answer(bytes, issuer); const auto* found = found_in(answer)) {
        require(is_confidential(found->token) && origin_of(found->token).starts_with("https:"),
                "secrets go where nobody listens");
        const bool ends = found->ending != OauthEndpoints::Ending::none;
        require(ends == !found->ending_url.empty() && (!ends || is_confidential(found->ending_url)),
                "so do tokens that are given back");
    }
    const std::string said = refusal_text(bytes, {});
    require(valid_utf8(said) && code_points(said) <= 200, "a refusal is a short text");
}

} // namespace smsspool::fuzz
