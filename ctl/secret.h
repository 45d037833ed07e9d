// Passwords on their way in and tokens on their way out. Never an argument: those are seen by
// everybody who may list processes, and a shell keeps them in its history.

#ifndef SMSSPOOL_CTL_SECRET_H
#define SMSSPOOL_CTL_SECRET_H

#include "common/settings.h"
#include "ctl/grammar.h"

#include <string>

namespace smsspool::ctl {

struct NewPassword {
    std::string hash;
    std::string generated; // what is to be shown, once; empty: its owner knows it
};

// With --generate one of 130 bits. Else what somebody types, twice and without echo, or what the
// first line of the standard input is where that is no terminal. Throws Error(bad_input) where
// there is none, it cannot be one, or the two differ.
[[nodiscard]] NewPassword new_password(const Config& config, const Arguments& arguments);

struct NewToken {
    std::string secret;
    bool shown = true; // to its owner, once; false: its owner has it already
};

// "sms_" and 260 bits. With --existing one that clients have from another gateway: what somebody
// types, without echo, or the first line of the standard input. Throws Error(bad_input) where it
// has not 16 to 512 printable ASCII characters without blanks, or is one that everybody knows.
[[nodiscard]] NewToken new_token(const Arguments& arguments);

} // namespace smsspool::ctl

#endif
