// Whether a modem is trusted with work.

#include "spoold/trust.h"

#include <algorithm>

namespace smsspool {

bool Trust::refused(const std::string& job_id, Monotonic::time_point now) {
    const bool before = suspected();
    if (before) {
        pause_ = std::min(pause_ * 2, config_.probe_most);
    } else {
        refused_.insert(job_id);
        if (static_cast<std::int64_t>(refused_.size()) < config_.aside_after)
            return false;
        pause_ = config_.probe_first;
    }
    probe_at_ = now + pause_;
    return !before;
}

bool Trust::accepted() {
    const bool ended = suspected();
    refused_.clear();
    pause_ = Ms(0);
    probe_at_ = {};
    return ended;
}

} // namespace smsspool
