// Who is there.

#include "ctl/who.h"

#include "common/htpasswd.h"

#include <algorithm>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace smsspool::ctl {

bool has_password(const Config& config, const std::string& name) {
    const auto lines = read_passwords(config.htpasswd);
    return std::any_of(lines.begin(), lines.end(),
                       [&](const PasswordLine& line) { return line.name == name; });
}

std::optional<Account> account_of(const Config& config, Spool& spool, const std::string& name,
                                  UtcMs now) {
    if (auto stored = spool.account(name))
        return stored;
    if (!has_password(config, name))
        return std::nullopt;
    Account usual;
    usual.name = name;
    usual.created = now;
    return usual;
}

NewFile::NewFile(const Config& config)
    : file_(config.htpasswd), was_there_(::access(file_.c_str(), F_OK) == 0) {}

std::string NewFile::note() const {
    struct stat facts {};
    if (was_there_ || ::stat(file_.c_str(), &facts) != 0)
        return {};
    const group* readers = ::getgrgid(facts.st_gid);
    return file_ + " is new and for the group " +
           (readers == nullptr ? std::to_string(facts.st_gid) : readers->gr_name) +
           ": the workers of nginx must be able to read it";
}

Answer no_such_user(const std::string& name) {
    return {"", status_nothing, "there is no user " + name};
}

} // namespace smsspool::ctl
