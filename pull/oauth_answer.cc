// What a server that gives tokens answers.

#include "pull/oauth_answer.h"

#include "common/json.h"
#include "common/provider.h"
#include "common/remote.h"
#include "common/utf.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace smsspool {

namespace {

using Object = rapidjson::Document;

constexpr std::size_t json_depth = 32;
constexpr std::size_t longest_token = std::size_t{16} * 1024; // more is no header that servers take
constexpr std::size_t longest_text = 200;
constexpr double usual_seconds = 3600; // contract 4A.3
constexpr double most_seconds = 24 * 60 * 60;

// False where `body` is no object.
bool is_object(std::string_view body, Object& object) {
    return !parse_json(body, json_depth, object) && object.IsObject();
}

// What can stand in a header as one word (RFC 6749 A.12).
bool is_token(std::string_view text) {
    return !text.empty() && text.size() <= longest_token &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// Nothing where the member is no number, nor a text of up to 18 digits.
std::optional<double> number_member(const Object& object, const char* name) {
    constexpr std::size_t most_digits = 18;
    const auto member = object.FindMember(name);
    if (member == object.MemberEnd())
        return std::nullopt;
    if (member->value.IsNumber())
        return member->value.GetDouble();
    const std::string text = text_member(object, name).value_or("");
    if (text.empty() || text.size() > most_digits ||
        text.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    return static_cast<double>(std::stoll(text));
}

Ms life_of(const Object& object) {
    constexpr double thousand = 1000;
    const double told = number_member(object, "expires_in").value_or(usual_seconds);
    const double seconds = told > 0 ? std::min(told, most_seconds) : usual_seconds;
    return std::max(Ms(1), Ms(static_cast<std::int64_t>(seconds * thousand)));
}

// RFC 6749 7.1: another kind of token is not used as a bearer token is. None said: contract 4A.3
// does not look.
bool is_bearer(const Object& object) {
    std::string type = text_member(object, "token_type").value_or("bearer");
    std::transform(type.begin(), type.end(), type.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return type == "bearer";
}

std::string_view without_slash(std::string_view url) {
    return url.substr(0, url.find_last_not_of('/') + 1);
}

// Whether secrets that were meant for `issuer` may go there.
bool may_name(std::string_view issuer, std::string_view endpoint) {
    return is_confidential(endpoint) &&
           (is_loopback(origin_of(issuer)) || !is_loopback(origin_of(endpoint)));
}

// Silence means that the header is taken (RFC 8414 2).
OauthEndpoints::ClientSecret client_secret_place(const Object& object) {
    const auto methods = object.FindMember("token_endpoint_auth_methods_supported");
    if (methods == object.MemberEnd() || !methods->value.IsArray())
        return OauthEndpoints::ClientSecret::in_header;
    for (const auto& method : methods->value.GetArray()) {
        if (method.IsString() && view(method) == "client_secret_post")
            return OauthEndpoints::ClientSecret::in_form;
    }
    return OauthEndpoints::ClientSecret::in_header;
}

} // namespace

std::variant<TokenAnswer, NoAnswer> token_answer(std::string_view body) {
    Object object;
    if (!is_object(body, object))
        return NoAnswer{"the answer is no JSON object"};
    TokenAnswer answer;
    answer.access = text_member(object, "access_token").value_or("");
    answer.refresh = text_member(object, "refresh_token").value_or("");
    answer.life = life_of(object);
    if (!is_token(answer.access))
        return NoAnswer{"the answer holds no access_token that can be used"};
    if (!answer.refresh.empty() && !is_token(answer.refresh))
        return NoAnswer{"the answer holds a refresh_token that cannot be used"};
    if (!is_bearer(object))
        return NoAnswer{"the answer holds another kind of token than bearer"};
    return answer;
}

std::variant<OauthEndpoints, NoAnswer> discovery_answer(std::string_view body,
                                                        std::string_view issuer) {
    Object object;
    if (!is_object(body, object))
        return NoAnswer{"the answer is no JSON object"};
    if (without_slash(text_member(object, "issuer").value_or("")) != without_slash(issuer))
        return NoAnswer{"the answer is another issuer's"};
    OauthEndpoints endpoints;
    endpoints.token = text_member(object, "token_endpoint").value_or("");
    if (!may_name(issuer, endpoints.token))
        return NoAnswer{"the answer holds no token_endpoint that may be told secrets"};
    const std::string revocation = text_member(object, "revocation_endpoint").value_or("");
    if (may_name(issuer, revocation)) {
        endpoints.ending_url = revocation;
        endpoints.ending = OauthEndpoints::Ending::revocation;
    }
    endpoints.client_secret = client_secret_place(object);
    return endpoints;
}

std::string refusal_text(std::string_view body, const std::vector<std::string>& secrets) {
    Object object;
    if (!is_object(body, object))
        return {};
    std::string text = text_member(object, "error").value_or("");
    const std::string more = text_member(object, "error_description").value_or("");
    if (!text.empty() && !more.empty())
        text += ": ";
    text += more;
    const bool repeats = std::any_of(secrets.begin(), secrets.end(), [&](const auto& secret) {
        return !secret.empty() && text.find(secret) != std::string::npos;
    });
    if (repeats)
        return {};
    return std::string(first_code_points(text, longest_text));
}

} // namespace smsspool
