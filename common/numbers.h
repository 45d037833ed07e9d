// Phone numbers: what a client writes, and what goes to the network.
//
// The rules are contract 1.10 on top of libphonenumber (contract/README "Numbers"): a service
// number passes unchanged; blanks and hyphens are dropped; `+` and 5 to 17 digits pass; ten digits,
// or what is a possible national number of the region, get the region's country code; eleven and
// more digits without `+` are ambiguous; anything else is refused. Only ASCII digits are digits.

#ifndef SMSSPOOL_COMMON_NUMBERS_H
#define SMSSPOOL_COMMON_NUMBERS_H

#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

struct Config;

struct NumberAnswer {
    std::string number; // E.164 with +, or a service number; empty if refused
    std::string reason; // contract 1.10's text if refused; empty if taken
    [[nodiscard]] bool good() const noexcept { return reason.empty(); }
};

class Numbers {
public:
    // Reads `region` and `service_numbers`. Throws Error(bad_input) if the region is unknown to
    // libphonenumber.
    explicit Numbers(const Config& config);

    // Any thread.
    [[nodiscard]] NumberAnswer normalise(std::string_view written) const;

    // The form under which senders of incoming messages are compared and stored: normalise() where
    // it takes the number, else the text itself (names of letters, numbers of no known form).
    [[nodiscard]] std::string comparable(std::string_view sender) const;

private:
    std::string region_;
    int country_code_;
    std::vector<std::string> services_;
};

} // namespace smsspool

#endif
