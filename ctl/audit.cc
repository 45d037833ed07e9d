// Audit lines.

#include "ctl/audit.h"

#include "common/log.h"

#include <cstdlib>
#include <pwd.h>
#include <syslog.h>
#include <unistd.h>

namespace smsspool::ctl {

namespace {

std::string own_name() {
    const uid_t user = ::getuid();
    const passwd* entry = ::getpwuid(user);
    return entry == nullptr ? "uid " + std::to_string(user) : entry->pw_name;
}

void write_to_syslog(const std::string& line) {
    if (std::getenv("JOURNAL_STREAM") != nullptr)
        return;
    ::openlog("smsctl", LOG_PID, LOG_AUTHPRIV);
    ::syslog(LOG_INFO, "[AUDIT] %s", printable(line).c_str());
    ::closelog();
}

} // namespace

std::string invoker() {
    std::string text = own_name();
    const char* sudo = std::getenv("SUDO_USER");
    if (::getuid() == 0 && sudo != nullptr && *sudo != '\0' && text != sudo)
        text = std::string(sudo) + " as " + text;
    for (const int descriptor : {STDIN_FILENO, STDERR_FILENO}) {
        if (const char* terminal = ::ttyname(descriptor); terminal != nullptr)
            return text + " (" + terminal + ")";
    }
    return text + " (no terminal)";
}

void audit(std::string_view what) noexcept {
    try {
        const std::string line = invoker() + " " + std::string(what);
        log_info("AUDIT", line);
        write_to_syslog(line);
    } catch (...) {
        // Out of memory. What was done is done, and must not be told as if it were not.
    }
}

} // namespace smsspool::ctl
