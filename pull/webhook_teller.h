// Tells receivers: one event after the other, each told or noted as not told before the next.

#ifndef SMSSPOOL_PULL_WEBHOOK_TELLER_H
#define SMSSPOOL_PULL_WEBHOOK_TELLER_H

#include "common/http.h"
#include "common/spool.h"
#include "pull/webhook_board.h"

#include <atomic>
#include <memory>
#include <string>

namespace smsspool {

// Since the start of the program.
struct WebhookTally {
    std::atomic<std::int64_t> told{0}, failures{0};
};

// What follows for `followed` where its receiver did not take it: another try after a pause, or
// none (410 Gone, attempts used up). `jitter` is a random number from 0 to 1.
[[nodiscard]] Followed not_taken(Followed followed, const HttpAnswer& answer, const Config& config,
                                 UtcMs now, double jitter);

class WebhookTeller {
public:
    // `secret`: of which the keys are made (common/webhook_key.h). `tally` must outlive it.
    WebhookTeller(const Config& config, std::string secret, std::unique_ptr<Http> http,
                  WebhookTally& tally);

    // Tells what is new of the job, and notes what came of it; gives it up where its callback would
    // not be taken any more (common/callback.h). Throws what Spool throws; what was told is told
    // again then.
    [[nodiscard]] WebhookHearing tell(const std::string& job_id);

private:
    [[nodiscard]] HttpRequest request_for(const Followed& followed) const;
    WebhookHearing heard(const Followed& followed, const HttpAnswer& answer);
    void refuse(Followed followed, const std::string& fault);

    const Config& config_;
    std::string secret_;
    Spool spool_;
    std::unique_ptr<Http> http_;
    WebhookTally& tally_;
};

} // namespace smsspool

#endif
