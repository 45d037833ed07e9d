// Who is there: in the spool, in the password file, or in both.

#ifndef SMSSPOOL_CTL_WHO_H
#define SMSSPOOL_CTL_WHO_H

#include "common/spool.h"
#include "ctl/sentences.h"

#include <optional>
#include <string>

namespace smsspool::ctl {

// Whether the password file has a line of this name. Throws Error(unavailable).
[[nodiscard]] bool has_password(const Config& config, const std::string& name);

// The account of `name`; where there is none and the name is in the password file, the one that
// counts for such a user, made at `now`. Nothing: there is no such user. The file is looked at
// only where the spool does not know the name.
[[nodiscard]] std::optional<Account> account_of(const Config& config, Spool& spool,
                                                const std::string& name, UtcMs now);

// While it lives the password file may come into being: then note() says who can read it. Nobody
// tells smsctl as whom nginx works.
class NewFile {
public:
    explicit NewFile(const Config& config);
    // A sentence; empty: the file was there before, or is not there now.
    [[nodiscard]] std::string note() const;

private:
    std::string file_;
    bool was_there_;
};

// What is said of somebody who is not there.
[[nodiscard]] Answer no_such_user(const std::string& name);

} // namespace smsspool::ctl

#endif
