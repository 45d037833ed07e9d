// Whether a modem is trusted with work: one that the network refuses whatever it sends is set
// aside, and tried with one message now and then. A pure class.

#ifndef SMSSPOOL_SPOOLD_TRUST_H
#define SMSSPOOL_SPOOLD_TRUST_H

#include "common/clock.h"
#include "common/settings.h"

#include <set>
#include <string>

namespace smsspool {

class Trust {
public:
    explicit Trust(const Config& config) : config_(config) {}

    // A message that was refused for now, or of which nobody knows. After `aside_after` different
    // ones in a row it is not trusted any more; each one after that doubles the pause to the next.
    // True if this was the one that ended the trust.
    bool refused(const std::string& job_id, Monotonic::time_point now);

    // The network took one. True if that ended a time without trust.
    bool accepted();

    [[nodiscard]] bool suspected() const noexcept { return pause_.count() > 0; }
    // Before this it gets no work; trusted: always in the past.
    [[nodiscard]] Monotonic::time_point probe_at() const noexcept { return probe_at_; }
    // From the last refusal to that; 0: trusted.
    [[nodiscard]] Ms pause() const noexcept { return pause_; }

private:
    const Config& config_;
    std::set<std::string> refused_; // jobs, in a row
    Ms pause_{0};
    Monotonic::time_point probe_at_{};
};

} // namespace smsspool

#endif
