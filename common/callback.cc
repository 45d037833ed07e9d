// What is taken as a callback.

#include "common/callback.h"

#include "common/provider.h"
#include "common/utf.h"

#include <algorithm>
#include <charconv>

namespace smsspool {

namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// RFC 3986, 2.2 and 2.3, and the percent sign. No blank, control character or backslash among them,
// which different programs read differently.
bool is_of_a_url(char c) noexcept {
    return is_letter_or_digit(c) ||
           std::string_view("-._~:/?#[]@!$&'()*+,;=%").find(c) != std::string_view::npos;
}

bool is_port(std::string_view text) noexcept {
    unsigned port = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
    return !text.empty() && text.size() <= 5 && fault == std::errc() &&
           end == text.data() + text.size() && port >= 1 && port <= 65535;
}

bool is_host(std::string_view host) noexcept {
    constexpr std::size_t most = 253; // of a name, whose 255 octets (RFC 1035) count two more
    if (host.starts_with('['))
        return host.size() > 4 && host.ends_with(']') &&
               host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
    return !host.empty() && host.size() <= most &&
           std::all_of(host.begin(), host.end(), [](char c) {
               return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
           });
}

// HOST or HOST:PORT.
bool is_authority(std::string_view text) noexcept {
    const std::size_t bracket = text.find(']');
    const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon == std::string_view::npos)
        return is_host(text);
    return is_host(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

bool is_url(std::string_view url) {
    const std::size_t begin = url.find("://");
    if (begin == std::string_view::npos || !std::all_of(url.begin(), url.end(), is_of_a_url))
        return false;
    const std::string_view rest = url.substr(begin + 3);
    return !origin_of(url).empty() && is_authority(rest.substr(0, rest.find_first_of("/?#")));
}

} // namespace

std::optional<std::string> callback_fault(std::string_view url, const Config& config) {
    constexpr std::size_t shown = 100;
    const auto most = static_cast<std::size_t>(config.callback_length_most);
    if (!config.webhooks)
        return "Field 'callback' is not taken: webhooks are switched off here";
    if (url.size() > most)
        return "Field 'callback' must have at most " + std::to_string(most) + " bytes, not " +
               std::to_string(url.size());
    const bool good =
        is_url(url) && (config.webhook_http || origin_of(url).starts_with("https://"));
    if (good)
        return std::nullopt;
    return std::string("Field 'callback' must be an ") +
           (config.webhook_http ? "http or https" : "https") + " URL without a user, not \"" +
           std::string(first_code_points(url, shown)) +
           (code_points(url) > shown ? "\u2026\"" : "\"");
}

} // namespace smsspool
