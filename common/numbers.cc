// Phone numbers.

#include "common/numbers.h"

#include "common/error.h"
#include "common/settings.h"

#include <algorithm>
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <sstream>

namespace smsspool {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// Contract 1.10: the least and the most digits behind a `+`, and of a number without one.
constexpr std::size_t least_digits = 5;
constexpr std::size_t most_digits = 17;
constexpr std::size_t national_digits = 10;

// Blanks and hyphens among the digits are no reason to store a book.
constexpr std::size_t longest_written = 64;

constexpr std::string_view bad_e164 = "Invalid E.164 format (use +{country_code}{number})";
constexpr std::string_view ambiguous =
    "Ambiguous format (use +{country_code}{number} for international numbers)";
constexpr std::string_view bad_number =
    "Invalid phone number format (use 10 digits or +{country_code}{number})";

bool all_digits(std::string_view text) noexcept {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string without_separators(std::string_view written) {
    std::string text(written);
    std::erase_if(text, [](char c) { return c == ' ' || c == '-'; });
    return text;
}

// E.164 as libphonenumber writes `text`, or empty.
std::string formatted_e164(const std::string& text, const std::string& region) {
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
        util.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE ||
        number.has_extension())
        return {};
    std::string formatted;
    util.Format(number, PhoneNumberUtil::E164, &formatted);
    return formatted;
}

// E.164 if libphonenumber takes `text` for a possible number; possible is enough, since an
// operator may use ranges that the library does not know. A number that the library would change
// once more is not taken: the sender of a reply would not be who it was sent to.
std::string possible_e164(const std::string& text, const std::string& region) {
    const std::string e164 = formatted_e164(text, region);
    return formatted_e164(e164, region) == e164 ? e164 : std::string();
}

} // namespace

Numbers::Numbers(const Config& config)
    : region_(config.region),
      country_code_(PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(config.region)) {
    if (country_code_ == 0)
        throw Error(Fault::bad_input,
                    "region must be a country of ISO 3166 such as MX, not \"" + region_ + "\"");
    std::istringstream words(config.service_numbers);
    for (std::string word; words >> word;) {
        if (!all_digits(word) || word.size() > most_digits)
            throw Error(Fault::bad_input, "service_numbers must be digits, not \"" + word + "\"");
        services_.push_back(word);
    }
}

NumberAnswer Numbers::normalise(std::string_view written) const {
    if (std::find(services_.begin(), services_.end(), written) != services_.end())
        return {std::string(written), {}};
    const std::string text = without_separators(written);
    if (written.size() > longest_written && text.size() < written.size())
        return {{}, std::string(bad_number)};
    if (text.substr(0, 1) == "+") {
        const std::string_view digits = std::string_view(text).substr(1);
        if (!all_digits(digits) || digits.size() < least_digits || digits.size() > most_digits)
            return {{}, std::string(bad_e164)};
        const std::string e164 = possible_e164(text, region_);
        return {e164.empty() ? text : e164, {}};
    }
    if (!all_digits(text))
        return {{}, std::string(bad_number)};
    if (text.size() > national_digits)
        return {{}, std::string(ambiguous)};
    const std::string prefix = "+" + std::to_string(country_code_);
    const std::string e164 = possible_e164(text, region_);
    // Digits that begin like the region's way of dialling abroad are not taken abroad: who means
    // another country writes a `+`.
    if (e164.starts_with(prefix))
        return {e164, {}};
    if (text.size() == national_digits)
        return {prefix + text, {}};
    return {{}, std::string(bad_number)};
}

std::string Numbers::comparable(std::string_view sender) const {
    const NumberAnswer answer = normalise(sender);
    return answer.good() ? answer.number : std::string(sender);
}

} // namespace smsspool
