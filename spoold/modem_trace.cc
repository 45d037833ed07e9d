// What libgammu says of its own work.

#include "spoold/modem_trace.h"

#include <charconv>

namespace smsspool {

namespace {

constexpr std::string_view cme_prefix = "CME Error ";
constexpr std::size_t longest_line = 100;

} // namespace

void Trace::add(std::string_view piece) {
    for (const char c : piece) {
        if (c == '\n')
            end_line();
        else if (line_.size() < longest_line)
            line_ += c;
    }
}

void Trace::end_line() {
    if (line_.compare(0, cme_prefix.size(), cme_prefix) == 0)
        std::from_chars(line_.data() + cme_prefix.size(), line_.data() + line_.size(), cme_error_);
    line_.clear();
}

void Trace::clear() {
    line_.clear();
    cme_error_ = -1;
}

} // namespace smsspool
