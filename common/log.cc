// The log.

#include "common/log.h"

#include "common/utf.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace smsspool {

namespace {

std::atomic<LogLevel> least_level{LogLevel::info};

constexpr std::string_view journal_prefix(LogLevel level) noexcept {
    switch (level) {
    case LogLevel::error:
        return "<3>";
    case LogLevel::warning:
        return "<4>";
    case LogLevel::info:
        return "<6>";
    case LogLevel::debug:
        return "<7>";
    }
    return "<3>";
}

bool to_journal() noexcept {
    static const bool set = std::getenv("JOURNAL_STREAM") != nullptr;
    return set;
}

void append_escaped(std::string& line, unsigned char byte) {
    std::array<char, 5> text{};
    std::snprintf(text.data(), text.size(), "\\x%02X", unsigned{byte});
    line += text.data();
}

// The C1 controls of Unicode: terminals obey them like the C0 ones.
constexpr bool is_control(char32_t point) noexcept {
    return point < 0x20 || (point >= 0x7F && point < 0xA0);
}

// The length of the well-formed sequence that starts `text`, 0 where there is none.
std::size_t sequence_length(std::string_view text) noexcept {
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
        if (valid_utf8(text.substr(0, length)))
            return length;
    }
    return 0;
}

void write_all(std::string_view line) noexcept {
    while (!line.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; // nowhere to complain about a log that cannot be written
        line.remove_prefix(static_cast<std::size_t>(written));
    }
}

} // namespace

void set_log_level(LogLevel least) noexcept {
    least_level = least;
}

bool is_logged(LogLevel level) noexcept {
    return level <= least_level;
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        std::size_t at = 0;
        if (length == 0 || is_control(next_code_point(text.substr(0, length), at))) {
            append_escaped(out, static_cast<unsigned char>(text.front()));
            // The rest of a C1 control is a byte that is not well-formed alone: it follows.
            text.remove_prefix(1);
        } else {
            out += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return out;
}

void log(LogLevel level, std::string_view word, std::string_view text) noexcept {
    if (!is_logged(level))
        return;
    const int saved = errno;
    try {
        std::string line;
        if (to_journal())
            line += journal_prefix(level);
        line += '[';
        line += word;
        line += "] ";
        line += printable(text);
        line += '\n';
        write_all(line); // one write: lines of several threads do not mix
    } catch (...) {
        // Out of memory: the event goes unlogged rather than ending the program.
    }
    errno = saved;
}

void log_error(std::string_view word, std::string_view text) noexcept {
    log(LogLevel::error, word, text);
}
void log_warning(std::string_view word, std::string_view text) noexcept {
    log(LogLevel::warning, word, text);
}
void log_info(std::string_view word, std::string_view text) noexcept {
    log(LogLevel::info, word, text);
}
void log_debug(std::string_view word, std::string_view text) noexcept {
    log(LogLevel::debug, word, text);
}

} // namespace smsspool
