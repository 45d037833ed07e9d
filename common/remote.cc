// The settings of a remote API.

#include "common/remote.h"

#include "common/provider.h"

#include <algorithm>
#include <array>
#include <utility>

namespace smsspool {

namespace {

using Complaint = std::optional<std::string>;

constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view decimals = "0123456789";

// ASCII that is seen.
bool is_word(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// That, and blanks.
bool is_line(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool holds_only(std::string_view text, std::string_view more) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return letters.find(c) != std::string_view::npos ||
               decimals.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
    });
}

Complaint address_fault(std::string_view name, const std::string& url) {
    if (is_confidential(url))
        return std::nullopt;
    return std::string(name) + " must be https://HOST/PATH without a user or a query, or http on " +
           "this machine: texts and secrets would be open";
}

Complaint api_fault(const RemoteConfig& config) {
    if (auto fault = address_fault("url", config.url))
        return fault;
    // The name of this gateway, which is made of it, stands in an address.
    if (config.number.find_first_of(decimals) == std::string::npos ||
        !holds_only(config.number, "+-._ "))
        return "number must be the gateway's own number: digits, also with + - . _ and blanks";
    if (config.country.size() != 2 ||
        config.country.find_first_not_of(letters) != std::string::npos)
        return "country must be the two letters of a country";
    return std::nullopt;
}

Complaint message_fault(const RemoteConfig& config) {
    constexpr std::size_t longest = 64;
    if (!is_line(config.tenant))
        return "tenant must be ASCII";
    if (!config.user.empty() &&
        (!is_word(config.user) || config.user.find(':') != std::string::npos))
        return "user must be ASCII without blanks and colons";
    if (!config.label.empty() && (!is_word(config.label) || config.label.size() > longest))
        return "label must be up to 64 ASCII characters without blanks";
    if (config.retry_first > config.retry_most)
        return "retry_first must not be more than retry_most";
    return std::nullopt;
}

struct Server {
    std::string_view name;
    std::string RemoteConfig::*url;
};
constexpr std::array servers{Server{"keycloak_url", &RemoteConfig::keycloak_url},
                             Server{"token_url", &RemoteConfig::token_url},
                             Server{"issuer", &RemoteConfig::issuer}};

Complaint server_fault(const RemoteConfig& config) {
    std::size_t given = 0;
    for (const Server& server : servers) {
        const std::string& url = config.*server.url;
        if (url.empty())
            continue;
        ++given;
        if (auto fault = address_fault(server.name, url))
            return fault;
    }
    if (config.grant == Grant::none && given > 0)
        return "grant = none asks nobody for a token: without keycloak_url, token_url and issuer";
    if (config.grant != Grant::none && given != 1)
        return "one of keycloak_url, token_url and issuer must be given, or grant = none";
    if (config.realm.empty() || !holds_only(config.realm, "-._~%"))
        return "realm must be written as it stands in an address";
    return std::nullopt;
}

Complaint login_fault(const RemoteConfig& config) {
    if (config.grant == Grant::none)
        return std::nullopt;
    if (config.client_id.empty())
        return "client_id must be given";
    if (!is_line(config.scope))
        return "scope must be ASCII";
    if (!config.secrets_ini.empty())
        return std::nullopt;
    if (config.grant == Grant::password &&
        (config.username.empty() || config.password_file.empty()))
        return "grant = password needs username and password_file";
    if (config.grant == Grant::client_credentials && config.client_secret_file.empty())
        return "grant = client_credentials needs client_secret_file";
    return std::nullopt;
}

} // namespace

std::optional<std::string> remote_fault(const RemoteConfig& config) {
    for (const auto fault_in : {api_fault, message_fault, server_fault, login_fault}) {
        if (auto fault = fault_in(config))
            return fault;
    }
    return std::nullopt;
}

bool is_confidential(std::string_view url) {
    const std::string origin = origin_of(url);
    if (origin.empty() || !is_word(url) || url.find_first_of("?#\\") != std::string_view::npos)
        return false;
    return origin.starts_with("https:") || is_loopback(origin);
}

} // namespace smsspool
