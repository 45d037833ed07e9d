// What every worker refuses before its transport sees it.

#ifndef SMSSPOOL_SPOOLD_WORKER_CHECK_H
#define SMSSPOOL_SPOOLD_WORKER_CHECK_H

#include "spoold/worker_protocol.h"

#include <optional>
#include <string_view>

namespace smsspool {

// True for a number that may go to a modem: + (optional) and 1 to 20 ASCII digits, nothing else.
// libgammu writes beyond its buffers on others.
[[nodiscard]] bool is_dialable(std::string_view number) noexcept;

// Why this part can never be one SMS: the number is not dialable, the text does
// not fit (160 septets or 70 units; 153 or 67 as one part of several), is not in its alphabet or
// has a zero character. Of a whole text only the number, UTF-8 and that character are looked at.
// Nothing where it can.
[[nodiscard]] std::optional<Refused> send_fault(const SendRequest& request);

} // namespace smsspool

#endif
