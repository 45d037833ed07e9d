// The way to the network through an HTTP provider.

#include "spoold/provider_transport.h"

#include "common/clock.h"
#include "common/error.h"
#include "spoold/worker_recorder.h"

#include <algorithm>

namespace smsspool {

namespace {

// RFC 9110 15.4.8, 15.4.9: the request was not carried out, and is to be made again elsewhere.
bool keeps_method(int status) {
    return status == 307 || status == 308;
}

// The provider's own settings among those of the request.
ProviderConfig config_of(const std::map<std::string, std::string>& settings) {
    ProviderConfig config;
    for (const auto& setting : provider_settings()) {
        const auto found = settings.find(std::string(setting.name));
        if (found != settings.end())
            assign(config, setting.name, found->second);
    }
    return config;
}

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; });
}

std::string without_query(const std::string& url) {
    return url.substr(0, url.find('?'));
}

std::string without(std::string text, const std::string& secret) {
    constexpr std::string_view hidden = "****";
    if (secret.empty())
        return text;
    for (auto at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + hidden.size()))
        text.replace(at, secret.size(), hidden);
    return text;
}

HttpAnswer not_followed(HttpAnswer answer, const std::string& why) {
    answer.error = why;
    return answer;
}

} // namespace

Answer ProviderTransport::open(const OpenRequest& request) {
    open_.reset();
    unreachable_ = false;
    try {
        const ProviderConfig config = config_of(request.settings);
        if (const auto fault = provider_fault(config))
            return Trouble{"other", *fault};
        const auto secret = request.settings.find("secret");
        open_.emplace(Opening{config, AnswerPatterns(config),
                              secret == request.settings.end() ? "" : secret->second});
    } catch (const Error& error) {
        return Trouble{"other", error.what()};
    }
    if (has_control_character(open_->secret)) {
        open_.reset();
        return Trouble{"other", "the secret holds a control character"};
    }
    return Opened{origin_of(open_->config.url), "smsspool", "provider", "", "", true};
}

HttpRequest ProviderTransport::request_for(const SendRequest& send, const std::string& number) {
    const ProviderConfig& config = open_->config;
    const ProviderValues values{number, send.text, config.sender, config.account, open_->secret};
    HttpRequest request;
    request.url = config.url;
    request.body = form_body(config, values);
    request.headers = header_lines(config, values);
    request.ca_file = config.ca_file;
    request.connect_timeout = config.connect_timeout;
    request.timeout = config.timeout;
    request.answer_limit = static_cast<std::size_t>(config.answer_limit);
    return request;
}

Answer ProviderTransport::send(const SendRequest& request) {
    if (!open_)
        return Trouble{"other", "not open"};
    const auto number = number_for(open_->config, request.number);
    if (!number)
        return Refused{RefusalKind::permanent, 0,
                       "the number has no national form in country +" + open_->config.country_code};
    const HttpAnswer answer = follow(request_for(request, *number));
    unreachable_ = answer.end == HttpAnswer::End::unsent;
    return outcome_of(answer, open_->patterns);
}

Answer ProviderTransport::state() {
    if (!open_)
        return Trouble{"other", "not open"};
    const LinkState ready{"home", origin_of(open_->config.url), -1, -1, -1};
    if (!unreachable_)
        return ready;
    constexpr Ms patience{5000}; // the daemon waits for it
    HttpRequest request = request_for({}, {});
    request.connect_timeout = std::min(request.connect_timeout, patience);
    request.timeout = patience;
    const HttpAnswer answer = http_.connect(request);
    unreachable_ = answer.end != HttpAnswer::End::complete;
    if (!unreachable_)
        return ready;
    recorder().remark(answer.error);
    return LinkState{"none", "", -1, -1, -1};
}

// Follows redirections as browsers do: after 307 and 308 the form is posted again, after others a
// page is fetched, and the form counts as taken by who sent there.
HttpAnswer ProviderTransport::follow(HttpRequest request) {
    const std::string origin = origin_of(request.url);
    const auto deadline = Monotonic::now() + request.timeout;
    for (std::int64_t left = open_->config.redirects;; --left) {
        HttpAnswer answer = exchange(request);
        answer.taken = request.method == HttpRequest::Method::get;
        if (answer.end != HttpAnswer::End::complete || answer.location.empty())
            return answer;
        if (!keeps_method(answer.status)) {
            answer.taken = true;
            request.method = HttpRequest::Method::get;
        }
        if (origin_of(answer.location) != origin)
            return not_followed(answer, "it redirects to another host");
        if (left <= 0)
            return not_followed(answer, "it redirects too often");
        request.url = answer.location;
        request.timeout =
            std::max(Ms(1), std::chrono::duration_cast<Ms>(deadline - Monotonic::now()));
    }
}

HttpAnswer ProviderTransport::exchange(const HttpRequest& request) {
    const bool post = request.method == HttpRequest::Method::post;
    recorder().sent((post ? "POST " : "GET ") + without_query(request.url) +
                    (post ? ", " + std::to_string(request.body.size()) + " octets" : ""));
    HttpAnswer answer = http_.exchange(request);
    // A provider may say what it was told, and how it was told.
    answer.body = without(std::move(answer.body), open_->secret);
    answer.body = without(std::move(answer.body), form_encoded(open_->secret));
    if (answer.status > 0)
        recorder().heard("HTTP " + std::to_string(answer.status));
    if (!answer.body.empty())
        recorder().heard_text(answer.body);
    if (!answer.error.empty())
        recorder().remark(answer.error);
    return answer;
}

} // namespace smsspool
