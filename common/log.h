// The log: one line an event, to standard error.
//
// A line is "[WORD] text", WORD being the part of the system that speaks, in the ancestor's
// spelling where it had one (contract 1.18): MODEM, CLEAN, SMS, REPLY, STORE; and ours: SPOOL,
// DAEMON, HTTP, CONFIG. Where standard error is the journal ($JOURNAL_STREAM) each line begins
// with its priority as <3>, <4>, <6> or <7> (sd-daemon(3)).
//
// Every byte below space and every byte that is not UTF-8 is written as \xNN, so that no text of a
// stranger can make a line of its own. Secrets are never given to this function.

#ifndef SMSSPOOL_COMMON_LOG_H
#define SMSSPOOL_COMMON_LOG_H

#include <string>
#include <string_view>

namespace smsspool {

enum class LogLevel {
    error,   // somebody must act
    warning, // something is wrong, and the program goes on by itself
    info,    // what was done, for whoever reads the log later
    debug,   // only when asked for (setting log_level)
};

// Lines of a lower rank than `least` are dropped. Initially info. Any thread.
void set_log_level(LogLevel least) noexcept;
// False: a line of this rank would be dropped, and need not be made. Any thread.
[[nodiscard]] bool is_logged(LogLevel level) noexcept;

// Writes one line. Never throws, keeps errno. Any thread; lines do not mix.
void log(LogLevel level, std::string_view word, std::string_view text) noexcept;

void log_error(std::string_view word, std::string_view text) noexcept;
void log_warning(std::string_view word, std::string_view text) noexcept;
void log_info(std::string_view word, std::string_view text) noexcept;
void log_debug(std::string_view word, std::string_view text) noexcept;

// The escaping of log(): for a test, and for programs that show foreign text on a terminal.
[[nodiscard]] std::string printable(std::string_view text);

} // namespace smsspool

#endif
