// The spool's own trouble, told once: when it begins, now and then while it lasts, and when it is
// over.

#ifndef SMSSPOOL_SPOOLD_OUTAGE_H
#define SMSSPOOL_SPOOLD_OUTAGE_H

#include "common/clock.h"
#include "common/error.h"

#include <optional>

namespace smsspool {

class SpoolOutage {
public:
    // A verb failed. Logged where it is the first one, and each ten seconds.
    void failed(const Error& error, Monotonic::time_point now);

    // Something was written. Logged where that ends an outage: when nothing has failed for a while,
    // since a disk that is full still takes something small now and then.
    void worked(Monotonic::time_point now);

private:
    std::optional<Monotonic::time_point> began_;
    Monotonic::time_point last_{};
    Monotonic::time_point said_{};
};

} // namespace smsspool

#endif
