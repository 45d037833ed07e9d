// The words for states.

#include "common/fates.h"

#include <array>

namespace smsspool {

namespace {

struct Row {
    State state;
    Fate fate;
};

constexpr std::array rows{
    Row{State::queued, {"queued", "", ""}},
    Row{State::sending, {"queued", "", ""}},
    Row{State::sent, {"sent", "", ""}},
    Row{State::replied, {"replied", "", ""}},
    Row{State::timeout, {"timeout", "", ""}},
    Row{State::failed, {"failed", "SEND_FAILED", "The message could not be sent"}},
    Row{State::unknown,
        {"failed", "OUTCOME_UNKNOWN", "The message may have been sent; an administrator decides"}},
    Row{State::expired, {"failed", "EXPIRED", "The message could not be sent in time"}},
    Row{State::canceled, {"failed", "CANCELED", "The message was taken back"}},
    Row{State::abandoned, {"failed", "ABANDONED", "An administrator gave the message up"}},
};
static_assert([] {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].state) != i)
            return false;
    }
    return rows.size() == static_cast<std::size_t>(State::count);
}());

} // namespace

const Fate& fate_of(State state) noexcept {
    return rows[static_cast<std::size_t>(state)].fate;
}

} // namespace smsspool
