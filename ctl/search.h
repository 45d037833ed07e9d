// What is looked for by --search.

#ifndef SMSSPOOL_CTL_SEARCH_H
#define SMSSPOOL_CTL_SEARCH_H

#include "common/error.h"
#include "common/search_text.h"
#include "ctl/sentences.h"

#include <string>
#include <string_view>

namespace smsspool::ctl {

inline constexpr std::string_view more_to_find = "there are, or may be, more";

// Empty: nothing was. Throws Error(bad_input) where it is too long.
[[nodiscard]] inline std::string search_given(const Call& call) {
    const std::string text = call.arguments.value("--search").value_or("");
    if (const auto fault = wrong_search(text, call.config))
        throw Error(Fault::bad_input, *fault);
    return text;
}

} // namespace smsspool::ctl

#endif
