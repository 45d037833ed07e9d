// The states of a job in the words of GET /status and of webhooks (contract 1.6).

#ifndef SMSSPOOL_COMMON_FATES_H
#define SMSSPOOL_COMMON_FATES_H

#include "common/message.h"

#include <string_view>

namespace smsspool {

struct Fate {
    std::string_view status; // queued, sent, replied, timeout or failed
    // What is said where the job itself names no error; empty: it is none.
    std::string_view error_code, error_text;
};

[[nodiscard]] const Fate& fate_of(State state) noexcept;

} // namespace smsspool

#endif
