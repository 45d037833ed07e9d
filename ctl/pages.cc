// Long lists of smsctl, a page at a time.

#include "ctl/pages.h"

#include "common/error.h"

#include <charconv>

namespace smsspool::ctl {

std::size_t limit_given(const Call& call) {
    constexpr std::int64_t usual = 100, most = 10'000;
    const std::string text = call.arguments.value("--limit").value_or(std::to_string(usual));
    std::int64_t limit = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (fault != std::errc() || end != text.data() + text.size() || limit < 1 || limit > most)
        throw Error(Fault::bad_input, "--limit must be a number from 1 to " + std::to_string(most) +
                                          ", not \"" + text + "\"");
    return static_cast<std::size_t>(limit);
}

} // namespace smsspool::ctl
