// Which job an incoming message answers (contract 1.12).
//
// Of the spool's own files only; part of the caller's transaction.

#ifndef SMSSPOOL_COMMON_SPOOL_REPLIES_H
#define SMSSPOOL_COMMON_SPOOL_REPLIES_H

#include "common/spool.h"
#include "common/sqlite.h"

namespace smsspool {

// Where `message` answers a job, that becomes `replied`, and `message` and `taken` say which. Among
// jobs that wait it is the one that was sent last. A job whose sending is unknown, or that is to be
// sent once more for that reason, is answered too: it did go out.
void match_reply(Database& db, const Numbers& numbers, InboxMessage& message, TakenIn& taken);

// The reply `message` has another text now than when its job was answered.
void rewrite_reply(Database& db, const InboxMessage& message, TakenIn& taken);

} // namespace smsspool

#endif
