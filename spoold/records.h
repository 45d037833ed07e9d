// The daemon's lines in the log: one function for each kind, in the ancestor's form (contract 1.18,
// smsspoold(8) "LOG FORMAT").

#ifndef SMSSPOOL_SPOOLD_RECORDS_H
#define SMSSPOOL_SPOOLD_RECORDS_H

#include "common/retry.h"
#include "common/settings.h"
#include "common/spool.h"

namespace smsspool {

void record_attempt(const Work& work, const Outcome& outcome, const Config& config);
void record_incoming(const TakenIn& taken, const Config& config);
// Nothing where `taken` is no report, or one that fits no message.
void record_report(const TakenIn& taken, int status);
void record_reply_late(const SweptJob& job);
void record_expired(const SweptJob& job);
void record_purged(const SweptJob& job, UtcMs now);
// The messages that take_damaged() gives.
void record_damaged(Spool& spool);

} // namespace smsspool

#endif
