// What a request about dead letters asks for: what is taken is within the limits, and what is
// refused has a reason.

#include "common/utf.h"
#include "fcgi/wish.h"
#include "tests/fuzz/targets.h"

namespace smsspool::fuzz {

namespace {

constexpr UtcMs now = 1'763'159'128'123;

void look_at(const std::optional<Refusal>& refusal) {
    require(!refusal || (refusal->status == HttpStatus::bad_request && !refusal->code.empty() &&
                         valid_utf8(refusal->text)),
            "a refusal says why, in valid text");
}

void look_at(const DeadFilter& filter) {
    require(!filter.state || is_dead_letter(*filter.state), "only dead letters are found");
    require(valid_utf8(filter.user) && valid_utf8(filter.error_code), "a condition is text");
    require(filter.number.find_first_not_of("+0123456789") == std::string::npos, "a number is one");
    require(!words_of(filter).empty(), "a filter has words");
}

void look_at_retry(const Request& request, const Config& config, Letters letters) {
    RetryWish wish;
    const auto refusal = read_retry(request, config, letters, wish);
    look_at(refusal);
    if (refusal)
        return;
    look_at(wish.filter);
    require(wish.schedule.apart >= 1 && wish.schedule.apart <= 3'600'000, "a pace is one");
    require(wish.schedule.first - now <= config.not_before_most.count(),
            "nothing is put off for longer than may be");
    require(letters == Letters::many || words_of(wish.filter) == "all", "one has no conditions");
}

} // namespace

void wish(std::string_view bytes) {
    const Config config;
    Request request;
    request.method = "POST";
    request.content_type = "application/json";
    request.when = now;
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    request.query = bytes.substr(0, std::min(end, bytes.find('\0')));
    request.body = bytes.substr(std::min(end + 1, bytes.size()));

    PageWish page;
    const auto refusal = read_page(request, page);
    look_at(refusal);
    if (!refusal) {
        look_at(page.filter);
        require(page.limit >= 1 && page.limit <= 500, "a page has a size");
    }
    look_at_retry(request, config, Letters::one);
    look_at_retry(request, config, Letters::many);
}

} // namespace smsspool::fuzz
