// What a provider's answer means for the message.

#include "spoold/provider_outcome.h"

#include "common/utf.h"

#include <algorithm>

namespace smsspool {

namespace {

constexpr int first_refusal = 400;
constexpr int request_timeout = 408;
constexpr int too_many_requests = 429;
constexpr int first_failure = 500;

std::optional<std::regex> compiled(const std::string& pattern) {
    return pattern.empty() ? std::nullopt : std::optional<std::regex>(pattern);
}

bool matches(const std::regex& pattern, const std::string& body) {
    constexpr std::ptrdiff_t most = 4096;
    const auto end = body.begin() + std::min(most, static_cast<std::ptrdiff_t>(body.size()));
    return std::regex_search(body.begin(), end, pattern);
}

// "HTTP 401: 401 Unauthorized"
std::string sentence(const HttpAnswer& answer) {
    constexpr std::size_t most = 200;
    std::string text = "HTTP " + std::to_string(answer.status);
    const std::string line = answer.body.substr(0, answer.body.find_first_of("\r\n"));
    if (!line.empty())
        text += ": " + std::string(first_code_points(to_valid_utf8(line), most));
    return text;
}

Refused refused(RefusalKind kind, const HttpAnswer& answer, const std::string& text) {
    constexpr std::int64_t longest_retry = 24 * 60 * 60;
    return {kind, answer.status, text,
            std::clamp<std::int64_t>(answer.retry_after, 0, longest_retry)};
}

bool is_temporary(int status) {
    return status == request_timeout || status == too_many_requests || status >= first_failure;
}

// True where the answer alone does not tell what became of a form that was taken before.
bool leaves_open(const HttpAnswer& answer) {
    return answer.end == HttpAnswer::End::unsent || is_temporary(answer.status) ||
           !answer.error.empty();
}

} // namespace

AnswerPatterns::AnswerPatterns(const ProviderConfig& config)
    : accept_(compiled(config.accept_pattern)), refuse_(compiled(config.refuse_pattern)),
      retry_(compiled(config.retry_pattern)) {}

bool AnswerPatterns::accepts(const std::string& body) const {
    return !accept_ || matches(*accept_, body);
}

bool AnswerPatterns::refuses(const std::string& body) const {
    return refuse_ && matches(*refuse_, body);
}

bool AnswerPatterns::wants_retry(const std::string& body) const {
    return retry_ && matches(*retry_, body);
}

Answer outcome_of(const HttpAnswer& answer, const AnswerPatterns& patterns) {
    const std::string said = sentence(answer);
    if (answer.taken && leaves_open(answer))
        return Unknown{"it was posted and led to a page: " +
                       (answer.error.empty() ? said : answer.error)};
    if (answer.end == HttpAnswer::End::unsent)
        return Refused{RefusalKind::network, 0, answer.error};
    if (answer.end == HttpAnswer::End::broken && answer.status < first_refusal)
        return Unknown{answer.error};
    if (patterns.wants_retry(answer.body) || is_temporary(answer.status))
        return refused(RefusalKind::temporary, answer, said);
    if (answer.status >= first_refusal)
        return refused(RefusalKind::permanent, answer, said);
    if (!answer.error.empty())
        return refused(RefusalKind::temporary, answer, said + " (" + answer.error + ")");
    if (patterns.refuses(answer.body) || !patterns.accepts(answer.body))
        return refused(RefusalKind::permanent, answer, said);
    return Accepted{-1, answer.body};
}

} // namespace smsspool
