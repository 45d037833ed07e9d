// Messages to many recipients: how they come into the spool without others having to wait.
//
// The recipients are written in pieces, a few thousand in a transaction, while there is no such
// message yet. The last transaction makes the message and closes the bulk: from then on it is
// accepted as a whole. unfold() then makes jobs of it, a piece in a transaction, so that claims go
// on in between. What a program that died left open is removed by the sweep.
//
// Inside of a transaction of the caller where nothing else is said; for the spool's own files.

#ifndef SMSSPOOL_COMMON_SPOOL_BULK_H
#define SMSSPOOL_COMMON_SPOOL_BULK_H

#include "common/spool.h"
#include "common/sqlite.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// Whether `message` comes in this way.
[[nodiscard]] bool is_bulk(const NewMessage& message) noexcept;

// Ids for the jobs of `message`, one for each recipient, in their order.
[[nodiscard]] std::vector<std::string> job_ids(const NewMessage& message);

// The job of one recipient, queued, and whoever follows it.
void add_job(Database& db, const NewMessage& message, const Recipient& recipient,
             const std::string& id);

// Writes the recipients of `message`, in transactions of its own; `before_each` is called in each.
// What an earlier call left of this id goes first.
void write_bulk(Database& db, const NewMessage& message, const std::function<void()>& before_each);
// What was written of a message that is not accepted, in transactions of its own. One that was
// accepted stays as it is.
void remove_bulk(Database& db, std::string_view message_id);
// The message is accepted. Throws Error(unavailable) where something of it is not there any more.
void close_bulk(Database& db, const NewMessage& message);

// Makes jobs of the next piece of this message; their ids. Nothing: there is no piece left. The
// recipients of a piece that cannot be read become jobs without a number, which have failed
// (SPOOL_DAMAGED); then `damaged` is given the message's id.
std::optional<std::vector<std::string>> unfold_piece(Database& db, std::string_view message_id,
                                                     std::vector<std::string>& damaged);

// What of the message has no job yet, as if it had: in order, until `take` says stop.
void each_folded(Database& db, std::string_view message_id,
                 const std::function<Spool::Each(const JobView&)>& take);
// How many these are.
[[nodiscard]] std::int64_t count_folded(Database& db, std::string_view message_id);

} // namespace smsspool

#endif
