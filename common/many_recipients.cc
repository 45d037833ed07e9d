// The recipients of a message to many.

#include "common/many_recipients.h"

#include "common/error.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace smsspool {

namespace {

constexpr std::size_t usual_number = 13; // +525512345678

template <class Small>
bool fits(std::size_t size) noexcept {
    return size <= std::numeric_limits<Small>::max();
}

} // namespace

void ManyRecipients::reserve(std::size_t count) {
    texts_.reserve(count * usual_number);
    entries_.reserve(count);
}

void ManyRecipients::add(std::string_view given, std::string_view number, std::string_view route) {
    if (!fits<std::uint16_t>(given.size()) || !fits<std::uint16_t>(number.size()) ||
        !fits<std::uint32_t>(texts_.size() + number.size() + given.size()))
        throw Error(Fault::bad_input, "a recipient is too long, or there are too many of them");
    const Entry entry{static_cast<std::uint32_t>(texts_.size()),
                      static_cast<std::uint16_t>(number.size()),
                      static_cast<std::uint16_t>(given.size()),
                      static_cast<std::uint16_t>(index_of(route)), number.ends_with(given)};
    texts_.append(number);
    if (!entry.is_end)
        texts_.append(given);
    entries_.push_back(entry);
}

// Most messages have one route for all, so the last of few is looked at first.
std::size_t ManyRecipients::index_of(std::string_view route) {
    const auto found = std::find(routes_.rbegin(), routes_.rend(), route);
    if (found != routes_.rend())
        return static_cast<std::size_t>(routes_.rend() - found) - 1;
    if (!fits<std::uint16_t>(routes_.size()))
        throw Error(Fault::bad_input, "the recipients of a message have too many routes");
    routes_.emplace_back(route);
    return routes_.size() - 1;
}

Recipient ManyRecipients::operator[](std::size_t index) const {
    const Entry& entry = entries_[index];
    return {std::string(given_of(entry)), std::string(number_of(entry)), routes_[entry.route]};
}

std::string_view ManyRecipients::number_of(const Entry& entry) const noexcept {
    return std::string_view(texts_).substr(entry.begin, entry.number);
}

std::string_view ManyRecipients::given_of(const Entry& entry) const noexcept {
    if (entry.is_end)
        return number_of(entry).substr(std::size_t{entry.number} - entry.given);
    return std::string_view(texts_).substr(entry.begin + entry.number, entry.given);
}

// Sorted, not hashed: nobody can choose numbers for which this takes long.
std::vector<bool> ManyRecipients::duplicates() const {
    std::vector<std::uint32_t> order(size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
        const int difference = number_of(entries_[a]).compare(number_of(entries_[b]));
        return difference == 0 ? a < b : difference < 0;
    });
    std::vector<bool> again(size());
    for (std::size_t i = 1; i < order.size(); ++i)
        again[order[i]] = number_of(entries_[order[i]]) == number_of(entries_[order[i - 1]]);
    return again;
}

std::size_t ManyRecipients::drop_duplicates() {
    const std::vector<bool> again = duplicates();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < again.size(); ++i) {
        if (!again[i])
            entries_[kept++] = entries_[i];
    }
    entries_.resize(kept);
    return again.size() - kept;
}

} // namespace smsspool
