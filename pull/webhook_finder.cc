// Finds what there is to tell.

#include "pull/webhook_finder.h"

#include "common/provider.h"
#include "pull/webhook_teller.h"

namespace smsspool {

void WebhookFinder::look(Spool& spool, UtcMs now) {
    constexpr std::size_t page_size = 500;
    constexpr int most_pages = 20;
    for (int pages = 0; pages < most_pages; ++pages) {
        const auto page =
            spool.to_tell(webhook_follower, Spool::First::skip, after_, page_size, now);
        for (const Followed& followed : page)
            (void)board_.note({followed.user, origin_of(followed.callback)}, followed.job_id);
        after_ = page.size() < page_size ? "" : page.back().job_id;
        if (after_.empty())
            return;
    }
}

} // namespace smsspool
