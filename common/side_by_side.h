// The same step for each of many things, by several threads.

#ifndef SMSSPOOL_COMMON_SIDE_BY_SIDE_H
#define SMSSPOOL_COMMON_SIDE_BY_SIDE_H

#include <algorithm>
#include <cstddef>
#include <future>
#include <vector>

namespace smsspool {

// Calls make(i) for each i below `count`, in `threads` threads of which this is one, and gives what
// it returns to take(i, result) here, in order. With no more than `bite` of them, and where there
// can be no more threads, this one does all. What `make` or `take` throws is thrown here; no thread
// is left behind then. REQUIRES: threads > 0; any thread may call `make`.
template <class Make, class Take>
void side_by_side(std::size_t count, std::size_t threads, const Make& make, const Take& take,
                  std::size_t bite = 1000) {
    using Results = std::vector<decltype(make(std::size_t{}))>;
    const auto make_bite = [&](std::size_t begin) {
        Results results;
        results.reserve(std::min(bite, count - begin));
        for (std::size_t i = begin; i < std::min(count, begin + bite); ++i)
            results.push_back(make(i));
        return results;
    };
    const auto take_bite = [&](std::size_t begin, Results results) {
        for (std::size_t i = 0; i < results.size(); ++i)
            take(begin + i, std::move(results[i]));
    };
    for (std::size_t begin = 0; begin < count; begin += threads * bite) {
        // Their destructors wait, so that nothing of this is used when it is gone.
        std::vector<std::future<Results>> others;
        for (std::size_t i = 1; i < threads && begin + i * bite < count; ++i)
            others.push_back(std::async(make_bite, begin + i * bite));
        take_bite(begin, make_bite(begin));
        for (std::size_t i = 0; i < others.size(); ++i)
            take_bite(begin + (i + 1) * bite, others[i].get());
    }
}

} // namespace smsspool

#endif
