// What a request about dead letters asks for, from its query or its body.
//
// The answer of each function is what is wrong with the first bad thing; what was read is of no use
// then. Nothing: all was read.

#ifndef SMSSPOOL_FCGI_WISH_H
#define SMSSPOOL_FCGI_WISH_H

#include "common/dead_letters.h"
#include "fcgi/reply.h"
#include "fcgi/request.h"

#include <optional>
#include <string>

namespace smsspool {

// A page of a list.
struct PageWish {
    DeadFilter filter{};
    std::string after{}; // empty: the first
    std::size_t limit = 0;
};
[[nodiscard]] std::optional<Refusal> read_page(const Request& request, PageWish& wish);

// The object in the body; without a body one that is empty.
[[nodiscard]] std::optional<Refusal> read_object(const Request& request, const Config& config,
                                                 rapidjson::Document& object);

// Of a decision. `not_before` is the time of the request where it is not given.
struct RetryWish {
    DeadFilter filter{};
    Schedule schedule{};
};
enum class Letters { one, many }; // one has neither conditions nor a rate
[[nodiscard]] std::optional<Refusal> read_retry(const Request& request, const Config& config,
                                                Letters letters, RetryWish& wish);

} // namespace smsspool

#endif
