// What each sentence does: one function a sentence, one file a noun. All may throw Error.

#ifndef SMSSPOOL_CTL_NOUNS_H
#define SMSSPOOL_CTL_NOUNS_H

#include "ctl/sentences.h"

namespace smsspool::ctl {

// status.cc
[[nodiscard]] Answer show_status(const Call& call);

// message.cc. Status 1 where there is no message of this id.
[[nodiscard]] Answer show_message(const Call& call);

// inbox.cc
[[nodiscard]] Answer list_inbox(const Call& call);
// Many transactions with pauses between them; an Error leaves what was removed so far removed.
[[nodiscard]] Answer clean_inbox(const Call& call);

// config.cc
[[nodiscard]] Answer check_config(const Call& call);
[[nodiscard]] Answer show_config(const Call& call);

// spool.cc. Changes the umask of the process.
[[nodiscard]] Answer migrate_spool(const Call& call);
// Status 1 where something is wrong.
[[nodiscard]] Answer check_spool(const Call& call);
[[nodiscard]] Answer backup_spool(const Call& call);

} // namespace smsspool::ctl

#endif
