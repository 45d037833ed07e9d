// The record of what an administrator changed.

#ifndef SMSSPOOL_CTL_AUDIT_H
#define SMSSPOOL_CTL_AUDIT_H

#include <string>
#include <string_view>

namespace smsspool::ctl {

// "ana as root (/dev/pts/3)": who runs this process, under which name with sudo(8), and where.
// $SUDO_USER counts for root only: everybody else can set it at will.
[[nodiscard]] std::string invoker();

// Writes the line "[AUDIT] WHO WHAT" to the log, and to syslog(3) (authpriv) where the log is not
// the journal anyway. Called after the change, with no secret in it. Never throws.
void audit(std::string_view what) noexcept;

} // namespace smsspool::ctl

#endif
