// What senders may spend, within a transaction of submit().

#ifndef SMSSPOOL_COMMON_SPOOL_ALLOWANCE_H
#define SMSSPOOL_COMMON_SPOOL_ALLOWANCE_H

#include "common/spool.h"
#include "common/sqlite.h"

#include <optional>

namespace smsspool {

// The first limit of the message's spenders that forbids it at its time of creation; nothing: none
// does. A day is any 24 hours, looked at in steps of ten minutes: what was accepted counts for up
// to ten minutes longer.
[[nodiscard]] std::optional<NotAllowed> not_allowed(Database& db, const NewMessage& message);

// Notes its parts for those of them who have a limit of parts. REQUIRES: not_allowed() found none,
// in this transaction.
void spend(Database& db, const NewMessage& message);

} // namespace smsspool

#endif
