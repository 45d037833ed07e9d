// Phone numbers: what a client writes, and what goes to the network.
//
// The rules are contract 1.10 on top of libphonenumber (contract/README "Numbers"): a service
// number passes unchanged; blanks and hyphens are dropped; `+` and 5 to 17 digits pass; ten digits,
// or what is a possible national number of the region, get the region's country code; eleven and
// more digits without `+` are ambiguous; anything else is refused. Only ASCII digits are digits.

#ifndef SMSSPOOL_COMMON_NUMBERS_H
#define SMSSPOOL_COMMON_NUMBERS_H

#include <memory>
#include <string>
#include <string_view>

namespace smsspool {

struct Config;

struct NumberAnswer {
    std::string number; // E.164 with +, or a service number; empty if refused
    std::string reason; // contract 1.10's text if refused; empty if taken
    [[nodiscard]] bool good() const noexcept { return reason.empty(); }
};

class Numbers {
public:
    // libphonenumber keeps two megabytes of what it knows in memory.
    enum class Load { at_once, when_used };

    // Reads `region` and `service_numbers`. Throws Error(bad_input) if the region is unknown to
    // libphonenumber; with when_used this is found, and thrown, by the first use.
    explicit Numbers(const Config& config, Load load = Load::at_once);

    // Any thread.
    [[nodiscard]] NumberAnswer normalise(std::string_view written) const;

    // The form under which senders of incoming messages are compared and stored: normalise() where
    // it takes the number, else the text itself (names of letters, numbers of no known form).
    [[nodiscard]] std::string comparable(std::string_view sender) const;

private:
    // What libphonenumber says of the region, and the service numbers.
    struct Rules;

    // E.164 if libphonenumber takes `text` for a possible number, and what it makes of it for the
    // same again; else empty.
    [[nodiscard]] std::string possible_e164(const Rules& rules, const std::string& text) const;

    [[nodiscard]] const Rules& rules() const;

    std::string region_, service_numbers_;
    std::shared_ptr<Rules> rules_;
};

} // namespace smsspool

#endif
