// The recipients of a message to many: a list that takes little memory. A hundred thousand
// Recipients would take ten megabytes and more.

#ifndef SMSSPOOL_COMMON_MANY_RECIPIENTS_H
#define SMSSPOOL_COMMON_MANY_RECIPIENTS_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

struct Recipient {
    std::string given;   // as the client wrote it
    std::string number;  // E.164 or a service number
    std::string route{}; // of the configuration (common/routes.h); empty: any modem
};

class ManyRecipients {
public:
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

    // Makes room for so many of the usual length: then add() seldom moves what there is.
    void reserve(std::size_t count);

    // At the end. Throws Error(bad_input), and the list stays as it was, where a text has 64 KiB or
    // more, all together 4 GiB, or there are more than 65,535 different routes.
    void add(std::string_view given, std::string_view number, std::string_view route);

    // A copy. REQUIRES: index < size().
    [[nodiscard]] Recipient operator[](std::size_t index) const;

    // Of those with the same number the first stays, and the order of all. How many went.
    std::size_t drop_duplicates();

private:
    // `texts_` has the number at `begin`, and behind it what was given, but not where that is the
    // end of the number.
    struct Entry {
        std::uint32_t begin;
        std::uint16_t number, given; // lengths
        std::uint16_t route;         // in `routes_`
        bool is_end;
    };

    [[nodiscard]] std::string_view number_of(const Entry& entry) const noexcept;
    [[nodiscard]] std::string_view given_of(const Entry& entry) const noexcept;
    [[nodiscard]] std::size_t index_of(std::string_view route);
    [[nodiscard]] std::vector<bool> duplicates() const;

    std::string texts_;
    std::vector<Entry> entries_;
    std::vector<std::string> routes_;
};

} // namespace smsspool

#endif
