// The password file that nginx reads (auth_basic_user_file): lines NAME:HASH.
//
// This file is the one truth about passwords. A change replaces it as a whole (a reader sees the
// old file or the new one, also after a crash) and keeps every line that it does not change to the
// letter: comments, blank lines, users of others. Owner, group and mode stay; a new file gets 0640
// and the group of its folder. Two hands at once wait for each other.

#ifndef SMSSPOOL_COMMON_HTPASSWD_H
#define SMSSPOOL_COMMON_HTPASSWD_H

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

struct PasswordLine {
    std::string name, hash;
};

// What is wrong with a user's name, a sentence; empty: nothing. It must have 1 to 80 characters of
// valid UTF-8, no colon and no control character, no blank at its ends, and not begin with '#'.
[[nodiscard]] std::string user_name_fault(std::string_view name);

// The users of `file` in its order; of two lines of one name the first, as nginx does it. No file:
// none. Throws Error(unavailable) where it cannot be read.
[[nodiscard]] std::vector<PasswordLine> read_passwords(const std::string& file);

// Gives `name` this hash: in the place of its line, else at the end. Throws Error(unavailable)
// where the file cannot be replaced; it is unchanged then.
void set_password(const std::string& file, const PasswordLine& line);

// Takes all lines of `name` out. False: there was none.
bool remove_password(const std::string& file, std::string_view name);

} // namespace smsspool

#endif
