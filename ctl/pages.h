// Long lists of smsctl, a page at a time: --limit, and --after with the last job of the page
// before.

#ifndef SMSSPOOL_CTL_PAGES_H
#define SMSSPOOL_CTL_PAGES_H

#include "ctl/lines.h"
#include "ctl/sentences.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace smsspool::ctl {

// Of --limit, or a hundred. Throws Error(bad_input) where it is none from 1 to 10000.
[[nodiscard]] std::size_t limit_given(const Call& call);

// The first `limit` of `list`, which has one more if there are more: `put` fills an object with
// one, `as_line` makes a line of one. Each has a `job_id`.
template <class Item, class Put, class AsLine>
[[nodiscard]] Answer page_of(const Call& call, std::vector<Item> list, std::size_t limit, Put put,
                             AsLine as_line) {
    const bool more = list.size() > limit;
    list.resize(std::min(list.size(), limit));
    Answer answer;
    for (const Item& item : list)
        answer.text += call.output == Output::json
                           ? json_line([&](JsonObject& object) { put(object, item); })
                           : as_line(item);
    if (more)
        answer.complaint = "there are more; go on with --after " + list.back().job_id;
    return answer;
}

} // namespace smsspool::ctl

#endif
