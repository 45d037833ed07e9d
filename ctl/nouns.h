// What each sentence does: one function a sentence, one file a noun. All may throw Error.

#ifndef SMSSPOOL_CTL_NOUNS_H
#define SMSSPOOL_CTL_NOUNS_H

#include "ctl/sentences.h"

namespace smsspool::ctl {

// status.cc
[[nodiscard]] Answer show_status(const Call& call);

// message.cc. Status 1 where there is no message of this id.
[[nodiscard]] Answer show_message(const Call& call);
// Writes an audit line. Status 1 also where nothing of it waits.
[[nodiscard]] Answer cancel_message(const Call& call);

// message_list.cc
[[nodiscard]] Answer list_messages(const Call& call);

// dead.cc. Those that change something write an audit line. Status 1 where there is no such job, it
// is no dead letter, or it cannot be sent.
[[nodiscard]] Answer list_dead(const Call& call);
[[nodiscard]] Answer count_dead(const Call& call);
[[nodiscard]] Answer show_dead(const Call& call);
[[nodiscard]] Answer retry_dead(const Call& call);
// Many transactions with pauses between them; an Error leaves those before it done.
[[nodiscard]] Answer retry_all_dead(const Call& call);
[[nodiscard]] Answer abandon_dead(const Call& call);
[[nodiscard]] Answer abandon_all_dead(const Call& call);

// webhook.cc. Those that change or show something secret write an audit line. Status 1 where no
// callback belongs to the job.
[[nodiscard]] Answer list_webhooks(const Call& call);
[[nodiscard]] Answer replay_webhook(const Call& call);
// A transaction each; an Error leaves those before it done.
[[nodiscard]] Answer replay_all_webhooks(const Call& call);
[[nodiscard]] Answer show_webhook_key(const Call& call);

// inbox.cc
[[nodiscard]] Answer list_inbox(const Call& call);
// Many transactions with pauses between them; an Error leaves what was removed so far removed.
[[nodiscard]] Answer clean_inbox(const Call& call);

// user.cc. Each writes an audit line for what it changed. Status 1 where there is no such user. The
// order of the steps is such that one who is cut short leaves nobody with more rights than meant.
//
// Also what was begun and cut short can be done again: delete_user() goes on where it ended, and
// whom add_user() left without a password change_password() gives one.
[[nodiscard]] Answer add_user(const Call& call);
[[nodiscard]] Answer change_password(const Call& call);
[[nodiscard]] Answer disable_user(const Call& call);
[[nodiscard]] Answer enable_user(const Call& call);
// Takes eleven seconds where nginx's memory of logins cannot be emptied.
[[nodiscard]] Answer delete_user(const Call& call);
[[nodiscard]] Answer set_user(const Call& call);

// user_list.cc
[[nodiscard]] Answer list_users(const Call& call);

// user_import.cc. Status 1 where a line was left.
[[nodiscard]] Answer import_users(const Call& call);

// token.cc. Those that change something write an audit line. Status 1 where there is no such user
// or token.
[[nodiscard]] Answer add_token(const Call& call);
[[nodiscard]] Answer list_tokens(const Call& call);
[[nodiscard]] Answer revoke_token(const Call& call);

// config.cc
[[nodiscard]] Answer check_config(const Call& call);
[[nodiscard]] Answer show_config(const Call& call);

// spool.cc. Changes the umask of the process.
[[nodiscard]] Answer migrate_spool(const Call& call);
// Status 1 where something is wrong.
[[nodiscard]] Answer check_spool(const Call& call);
[[nodiscard]] Answer backup_spool(const Call& call);
// Writes an audit line.
[[nodiscard]] Answer reindex_spool(const Call& call);

} // namespace smsspool::ctl

#endif
