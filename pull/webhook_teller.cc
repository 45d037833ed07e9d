// Tells receivers.

#include "pull/webhook_teller.h"

#include "common/callback.h"
#include "common/log.h"
#include "common/provider.h"
#include "common/webhook_key.h"
#include "pull/backoff.h"
#include "pull/webhook_event.h"

namespace smsspool {

namespace {

// An answer that is short is read to its end, so that its connection can be used again.
constexpr std::size_t answer_limit = 4096;
// Who takes longer is slow.
constexpr Ms quick = std::chrono::seconds(2);

bool is_success(const HttpAnswer& answer) noexcept {
    return answer.end == HttpAnswer::End::complete && answer.status >= 200 && answer.status < 300;
}

std::string why(const HttpAnswer& answer) {
    if (answer.end != HttpAnswer::End::complete)
        return "no answer: " + answer.error;
    return "answered " + std::to_string(answer.status) +
           (answer.status / 100 == 3 ? ", and no redirection is followed" : "");
}

Ms wanted_pause(const HttpAnswer& answer) noexcept {
    constexpr std::int64_t most = 24 * 60 * 60;
    return std::chrono::seconds(std::min(std::max<std::int64_t>(answer.retry_after, 0), most));
}

WebhookHearing hearing_of(const HttpAnswer& answer) {
    const bool heard =
        is_success(answer) || (answer.end == HttpAnswer::End::complete && answer.retry_after <= 0);
    if (heard)
        return {answer.took > quick ? WebhookHearing::How::slow : WebhookHearing::How::heard};
    return {WebhookHearing::How::silent, wanted_pause(answer), why(answer)};
}

} // namespace

Followed not_taken(Followed followed, const HttpAnswer& answer, const Config& config, UtcMs now,
                   double jitter) {
    constexpr int gone = 410;
    ++followed.failures;
    followed.code = answer.status;
    followed.error = why(answer);
    followed.due = now + pause_after(followed.failures, config.webhook_first, config.webhook_most,
                                     jitter, wanted_pause(answer))
                             .count();
    if (answer.status == gone || followed.failures >= config.webhook_attempts)
        followed.progress = Followed::Progress::given_up;
    return followed;
}

WebhookTeller::WebhookTeller(const Config& config, std::string secret, std::unique_ptr<Http> http,
                             WebhookTally& tally)
    : config_(config), secret_(std::move(secret)), spool_(config, Access::write),
      http_(std::move(http)), tally_(tally) {}

HttpRequest WebhookTeller::request_for(const Followed& followed) const {
    const std::int64_t seconds = utc_now() / 1000;
    HttpRequest request;
    request.url = followed.callback;
    request.body = event_of(followed).body;
    request.content_type = "application/json";
    request.headers = {
        "X-Smsspool-Timestamp: " + std::to_string(seconds),
        "X-Smsspool-Signature: " +
            webhook_signature(webhook_key(secret_, followed.user), seconds, request.body)};
    request.reach = HttpRequest::Reach::in_public;
    request.networks = config_.webhook_networks;
    request.ca_file = config_.webhook_ca_file;
    request.connect_timeout = config_.webhook_timeout;
    request.timeout = config_.webhook_timeout;
    request.answer_limit = answer_limit;
    return request;
}

WebhookHearing WebhookTeller::tell(const std::string& job_id) {
    const auto followed = spool_.followed_job(webhook_follower, job_id);
    if (!followed || !has_news(*followed, utc_now()))
        return {};
    if (const auto fault = callback_fault(followed->callback, config_)) {
        refuse(*followed, *fault);
        return {};
    }
    return heard(*followed, http_->exchange(request_for(*followed)));
}

// It was taken under other settings.
void WebhookTeller::refuse(Followed followed, const std::string& fault) {
    followed.progress = Followed::Progress::given_up;
    followed.code = 0;
    followed.error = fault;
    ++followed.failures;
    ++tally_.failures;
    spool_.not_told(followed, utc_now());
    // The path of a callback may hold a secret of its receiver.
    log_warning("WEBHOOK", "gave up job " + followed.job_id + " of " + followed.user + ", " +
                               origin_of(followed.callback) +
                               ": the settings do not take this callback any more");
}

WebhookHearing WebhookTeller::heard(const Followed& followed, const HttpAnswer& answer) {
    const UtcMs now = utc_now();
    if (is_success(answer)) {
        spool_.told(followed, answer.status, now);
        ++tally_.told;
        return hearing_of(answer);
    }
    ++tally_.failures;
    const Followed next = not_taken(followed, answer, config_, now, random_jitter());
    spool_.not_told(next, now);
    // The path of a callback may hold a secret of its receiver.
    if (next.progress == Followed::Progress::given_up)
        log_warning("WEBHOOK", "gave up job " + next.job_id + " of " + next.user + " after " +
                                   std::to_string(next.failures) + " failures, " +
                                   origin_of(next.callback) + ": " + next.error);
    return hearing_of(answer);
}

} // namespace smsspool
