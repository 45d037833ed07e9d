// Phone numbers.

#include "common/numbers.h"

#include "common/error.h"
#include "common/settings.h"

#include <algorithm>
#include <malloc.h>
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

struct Reading {
    std::string e164;      // as libphonenumber writes it; empty: it takes it for no possible number
    bool national = false; // nothing in it said which country
};

// As a URI of RFC 3966, in the context of a domain, which says nothing about a country. In other
// text the library looks for the beginning and the end of a number, with expressions that take a
// quarter of the time of reading it.
std::string as_uri(const std::string& text) {
    return "tel:" + text + ";phone-context=local";
}

// Possible is enough, since an operator may use ranges that the library does not know. REQUIRES:
// digits, with or without a `+`.
Reading read(const std::string& text, const std::string& region) {
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    if (util.ParseAndKeepRawInput(as_uri(text), region, &number) !=
            PhoneNumberUtil::NO_PARSING_ERROR ||
        util.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE ||
        number.has_extension())
        return {};
    // Of a number that is nothing but zeros the library would write what was kept.
    if (number.national_number() == 0 &&
        util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR)
        return {};
    Reading reading;
    util.Format(number, PhoneNumberUtil::E164, &reading.e164);
    reading.national = number.country_code_source() == PhoneNumber::FROM_DEFAULT_COUNTRY;
    return reading;
}

} // namespace

struct Numbers::Rules {
    std::once_flag once;
    std::string prefix;          // + and the region's country code
    bool is_main_region = false; // of the regions that share this code
    std::vector<std::string> services;

    void load(const std::string& region, const std::string& service_numbers) {
        const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
        // What it needed to read its tables is a third of what it leaves behind.
        ::malloc_trim(0);
        const int country_code = util.GetCountryCodeForRegion(region);
        if (country_code == 0)
            throw Error(Fault::bad_input,
                        "region must be a country of ISO 3166 such as MX, not \"" + region + "\"");
        prefix = "+" + std::to_string(country_code);
        std::string main_region;
        util.GetRegionCodeForCountryCode(country_code, &main_region);
        is_main_region = main_region == region;
        services.clear();
        std::istringstream words(service_numbers);
        for (std::string word; words >> word;) {
            if (!all_digits(word) || word.size() > most_digits)
                throw Error(Fault::bad_input,
                            "service_numbers must be digits, not \"" + word + "\"");
            services.push_back(word);
        }
    }
};

Numbers::Numbers(const Config& config, Load load)
    : region_(config.region), service_numbers_(config.service_numbers),
      rules_(std::make_shared<Rules>()) {
    if (load == Load::at_once)
        (void)rules();
}

const Numbers::Rules& Numbers::rules() const {
    std::call_once(rules_->once, [this] { rules_->load(region_, service_numbers_); });
    return *rules_;
}

// A number that the library would change once more is not taken: the sender of a reply would not be
// who it was sent to. To read a number is what a bulk spends most of its time with, so it is done
// again only where it can find something else: not for the same text, nor for a national number of
// which nothing was taken away, since with the country's code before it the same rules look at the
// same digits.
std::string Numbers::possible_e164(const Rules& rules, const std::string& text) const {
    const Reading reading = read(text, region_);
    const bool unchanged =
        reading.national && rules.is_main_region && reading.e164 == rules.prefix + text;
    if (reading.e164 == text || unchanged)
        return reading.e164;
    return read(reading.e164, region_).e164 == reading.e164 ? reading.e164 : std::string();
}

NumberAnswer Numbers::normalise(std::string_view written) const {
    const Rules& known = rules();
    if (std::find(known.services.begin(), known.services.end(), written) != known.services.end())
        return {std::string(written), {}};
    const std::string text = without_separators(written);
    if (written.size() > longest_written && text.size() < written.size())
        return {{}, std::string(bad_number)};
    if (text.substr(0, 1) == "+") {
        const std::string_view digits = std::string_view(text).substr(1);
        if (!all_digits(digits) || digits.size() < least_digits || digits.size() > most_digits)
            return {{}, std::string(bad_e164)};
        const std::string e164 = possible_e164(known, text);
        return {e164.empty() ? text : e164, {}};
    }
    if (!all_digits(text))
        return {{}, std::string(bad_number)};
    if (text.size() > national_digits)
        return {{}, std::string(ambiguous)};
    const std::string e164 = possible_e164(known, text);
    // Digits that begin like the region's way of dialling abroad are not taken abroad: who means
    // another country writes a `+`.
    if (e164.starts_with(known.prefix))
        return {e164, {}};
    if (text.size() == national_digits)
        return {known.prefix + text, {}};
    return {{}, std::string(bad_number)};
}

std::string Numbers::comparable(std::string_view sender) const {
    const NumberAnswer answer = normalise(sender);
    return answer.good() ? answer.number : std::string(sender);
}

} // namespace smsspool
