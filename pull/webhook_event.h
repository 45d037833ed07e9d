// What a receiver is told of a job.

#ifndef SMSSPOOL_PULL_WEBHOOK_EVENT_H
#define SMSSPOOL_PULL_WEBHOOK_EVENT_H

#include "common/spool.h"

#include <string>
#include <string_view>

namespace smsspool {

struct WebhookEvent {
    // Stays the same however often this is told, so that a receiver can drop what it has; another
    // one as soon as the job has come to something else, or to the same by another attempt.
    std::string id;
    // The state that the job has come to; or what is known of its delivery, where that is new, or
    // is all that is new since it was sent.
    std::string_view name;
    std::string body; // JSON (smsspool-api(7))
};

// True if the job has come to something that its receiver was not told, and it is time for it: the
// rule of Spool::to_tell().
[[nodiscard]] bool has_news(const Followed& followed, UtcMs now) noexcept;

// REQUIRES: the job has come to something.
[[nodiscard]] WebhookEvent event_of(const Followed& followed);

} // namespace smsspool

#endif
