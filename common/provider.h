// The settings of an HTTP provider: what their texts mean, and when they are wrong.
//
// A template (settings `form` and `headers`) holds words in braces, {number}, {text}, {sender},
// {account} and {secret}, in whose places the values go.

#ifndef SMSSPOOL_COMMON_PROVIDER_H
#define SMSSPOOL_COMMON_PROVIDER_H

#include "common/settings.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// What the words in braces stand for.
struct ProviderValues {
    std::string number, text, sender, account, secret;
};

// What is wrong with these settings, a sentence; nothing: a provider can be asked with them.
[[nodiscard]] std::optional<std::string> provider_fault(const ProviderConfig& config);

// A value as it stands in a form (application/x-www-form-urlencoded).
[[nodiscard]] std::string form_encoded(std::string_view value);

// The body of a request (application/x-www-form-urlencoded): the template as it stands, the values
// encoded. REQUIRES: a config without a provider_fault(); so below.
[[nodiscard]] std::string form_body(const ProviderConfig& config, const ProviderValues& values);

// The headers, "NAME: VALUE" each. Values must not hold control characters.
[[nodiscard]] std::vector<std::string> header_lines(const ProviderConfig& config,
                                                    const ProviderValues& values);

// A number (E.164 with +, or a service number, which passes) in the provider's form. Nothing where
// it has no national form.
[[nodiscard]] std::optional<std::string> number_for(const ProviderConfig& config,
                                                    std::string_view number);

// Scheme, host and port of a URL in one form: "https://sms.example.org", "http://[::1]:8080". Empty
// where the URL is not http or https, or names a user.
[[nodiscard]] std::string origin_of(std::string_view url);

// True for an origin on this machine: localhost, 127.…, [::1].
[[nodiscard]] bool is_loopback(std::string_view origin);

} // namespace smsspool

#endif
