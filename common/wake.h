// The poke: a datagram that tells the daemon "there is something new in the spool".
//
// A hint and nothing more: losing it costs a delay until the daemon's timer looks, never a message.

#ifndef SMSSPOOL_COMMON_WAKE_H
#define SMSSPOOL_COMMON_WAKE_H

#include "common/fd.h"

#include <string>

namespace smsspool {

// Pokes whoever listens at `path`. Never blocks, never fails: nobody there is all right. Any
// thread.
void poke(const std::string& path) noexcept;

// Listens at `path` (an old socket there is replaced), mode 0660, not blocking. Throws
// Error(unavailable).
[[nodiscard]] Fd listen_for_pokes(const std::string& path);

// Takes all pokes that wait on `listener`.
void drain_pokes(const Fd& listener) noexcept;

} // namespace smsspool

#endif
