// What a provider's answer means for the message: pure functions.

#ifndef SMSSPOOL_SPOOLD_PROVIDER_OUTCOME_H
#define SMSSPOOL_SPOOLD_PROVIDER_OUTCOME_H

#include "common/http.h"
#include "spoold/worker_protocol.h"

#include <optional>
#include <regex>
#include <string>

namespace smsspool {

// The patterns of the settings, compiled. A body is looked at in its first 4 KiB only: the library
// needs stack for each byte.
class AnswerPatterns {
public:
    // REQUIRES: !provider_fault(config).
    explicit AnswerPatterns(const ProviderConfig& config);

    [[nodiscard]] bool accepts(const std::string& body) const; // also where there is no pattern
    [[nodiscard]] bool refuses(const std::string& body) const;
    [[nodiscard]] bool wants_retry(const std::string& body) const;

private:
    std::optional<std::regex> accept_, refuse_, retry_;
};

// Accepted, Refused or Unknown, by the first line that fits.
//   unsent                      refused, network: nothing was asked, it is no attempt
//   broken, status below 400    unknown
//   retry_pattern; 408; 429; 500 and more
//                               refused, temporary
//   400 to 499                  refused, permanent
//   a redirection not followed (`error` says why)
//                               refused, temporary
//   refuse_pattern; not accept_pattern
//                               refused, permanent
//   else                        accepted, with the body
// Of a form that was `taken` before, what would be network or temporary by its status is unknown.
[[nodiscard]] Answer outcome_of(const HttpAnswer& answer, const AnswerPatterns& patterns);

} // namespace smsspool

#endif
