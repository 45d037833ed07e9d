// Phone numbers: each rule of contract 1.10, and what libphonenumber adds to it.

#define BOOST_TEST_MODULE numbers_test
#include "common/error.h"
#include "common/numbers.h"
#include "common/settings.h"

#include <boost/test/unit_test.hpp>
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>
#include <random>
#include <string>
#include <vector>

using namespace smsspool;
using namespace std::string_literals;

namespace {

const std::string bad_e164 = "Invalid E.164 format (use +{country_code}{number})";
const std::string ambiguous =
    "Ambiguous format (use +{country_code}{number} for international numbers)";
const std::string bad_number =
    "Invalid phone number format (use 10 digits or +{country_code}{number})";

Numbers numbers_of(const std::string& region) {
    Config config;
    config.region = region;
    return Numbers(config);
}

// What libphonenumber makes of `text`; empty: no possible number.
std::string read_once(const std::string& text, const std::string& region) {
    using i18n::phonenumbers::PhoneNumber;
    using i18n::phonenumbers::PhoneNumberUtil;
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    std::string e164;
    if (util.Parse(text, region, &number) == PhoneNumberUtil::NO_PARSING_ERROR &&
        util.IsPossibleNumberWithReason(number) == PhoneNumberUtil::IS_POSSIBLE &&
        !number.has_extension())
        util.Format(number, PhoneNumberUtil::E164, &e164);
    return e164;
}

// The rule without any short cut: what is read twice must be the same twice.
std::string read_twice(const std::string& text, const std::string& region) {
    const std::string e164 = read_once(text, region);
    return read_once(e164, region) == e164 ? e164 : std::string();
}

} // namespace

BOOST_AUTO_TEST_SUITE(numbers_test)

// Regions with prefixes that are cut off, changed or shared with others.
BOOST_AUTO_TEST_CASE(no_number_is_taken_that_would_change_again) {
    std::minstd_rand random(1);
    for (const std::string region : {"MX", "US", "CA", "AR", "BR", "IT", "DE", "GB", "RU", "KZ",
                                     "FI", "CR", "SM", "BB", "CI", "HU", "AU", "CN", "JP", "ZA"}) {
        const Numbers numbers = numbers_of(region);
        for (int i = 0; i < 400; ++i) {
            std::string digits;
            for (auto left = 6 + random() % 7; left > 0; --left)
                digits += static_cast<char>('0' + random() % (left % 3 == 0 ? 2 : 10));
            const std::string abroad = read_twice("+" + digits, region);
            BOOST_TEST(numbers.normalise("+" + digits).number ==
                       (abroad.empty() ? "+" + digits : abroad));
            const std::string home = read_twice(digits, region);
            const NumberAnswer answer = numbers.normalise(digits);
            if (digits.size() < 10 && answer.good())
                BOOST_TEST(answer.number == home, region + " " + digits);
            if (digits.size() == 10 && answer.number.substr(answer.number.size() - 10) != digits)
                BOOST_TEST(answer.number == home, region + " " + digits);
        }
    }
}

BOOST_AUTO_TEST_CASE(taken) {
    struct Case {
        const char* name;
        const char* region;
        std::string written;
        std::string want;
    };
    const std::vector<Case> cases{
        {"service number", "MX", "2222", "2222"},
        {"service number", "MX", "7373", "7373"},
        {"service number of three digits", "MX", "333", "333"},
        {"ten digits", "MX", "5512345678", "+525512345678"},
        {"ten digits, possible and not valid", "MX", "1234567890", "+521234567890"},
        {"blanks", "MX", "55 1234 5678", "+525512345678"},
        {"hyphens", "MX", "55-1234-5678", "+525512345678"},
        {"blanks and hyphens anywhere", "MX", " -5512345678- ", "+525512345678"},
        {"E.164", "MX", "+525512345678", "+525512345678"},
        {"E.164 with blanks and hyphens", "MX", "+52 55-1234 5678", "+525512345678"},
        {"blank before the plus", "MX", " +525512345678", "+525512345678"},
        {"another country", "MX", "+4915112345678", "+4915112345678"},
        {"the old Mexican mobile form", "MX", "+5215512345678", "+525512345678"},
        {"1 behind +52 and no valid number: unchanged", "MX", "+5211234567890", "+5211234567890"},
        {"five digits behind +", "MX", "+12345", "+12345"},
        {"seventeen digits behind +", "MX", "+12345678901234567", "+12345678901234567"},
        {"no country begins with 0, the form passes", "MX", "+00000", "+00000"},
        {"zero in front", "MX", "0123456789", "+520123456789"},
        {"ten digits that look like dialling abroad", "MX", "0040376966", "+520040376966"},
        {"the same with the old 09", "MX", "0940803614", "+520940803614"},
        {"the same in the USA", "US", "0113524306", "+10113524306"},
        {"eight digits of Hong Kong", "HK", "1234 5678", "+85212345678"},
        {"ten digits in Hong Kong", "HK", "1234567890", "+8521234567890"},
        {"ten digits of the USA", "US", "202-555-0143", "+12025550143"},
        {"national zero is dropped", "FR", "06 12 34 56 78", "+33612345678"},
        {"the zero of Italy stays", "IT", "0612345678", "+390612345678"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name << ": " << c.written) {
            const NumberAnswer answer = numbers_of(c.region).normalise(c.written);
            BOOST_TEST(answer.good());
            BOOST_TEST(answer.number == c.want);
            BOOST_TEST(answer.reason == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(refused) {
    struct Case {
        const char* name;
        std::string written;
        std::string reason;
    };
    const std::vector<Case> cases{
        {"nothing", "", bad_number},
        {"blanks", "  ", bad_number},
        {"hyphens", "--", bad_number},
        {"service number with a blank is none", "333 ", bad_number},
        {"service number with a hyphen is none", "22-22", bad_number},
        {"service number with a newline", "333\n", bad_number},
        {"no service number", "4444", bad_number},
        {"nine digits", "123456789", bad_number},
        {"eight digits in Mexico", "12345678", bad_number},
        {"eleven digits", "12345678901", ambiguous},
        {"country code without plus", "525512345678", ambiguous},
        {"a hundred thousand digits", std::string(100'000, '5'), ambiguous},
        {"plus alone", "+", bad_e164},
        {"four digits behind +", "+1234", bad_e164},
        {"eighteen digits behind +", "+123456789012345678", bad_e164},
        {"two pluses", "++525512345678", bad_e164},
        {"plus inside", "+5255+12345678", bad_e164},
        {"letters behind +", "+52551234567a", bad_e164},
        {"extension behind +", "+525512345678x12", bad_e164},
        {"zero byte behind +",
         "+5255123\0"
         "45678"s,
         bad_e164},
        {"newline behind +", "+525512345678\n", bad_e164},
        {"digits of full width behind +", "+52５５12345678", bad_e164},
        {"parentheses", "(55)12345678", bad_number},
        {"dots", "55.1234.5678", bad_number},
        {"slash", "55/12345678", bad_number},
        {"letters", "55CALLNOW1", bad_number},
        {"extension", "5512345678x12", bad_number},
        {"full-width plus", "＋525512345678", bad_number},
        {"full-width digits", "５５１２３４５６７８", bad_number},
        {"Arabic digits", "٥٥١٢٣٤٥٦٧٨", bad_number},
        {"trailing newline", "5512345678\n", bad_number},
        {"tab", "55\t12345678", bad_number},
        {"no-break space",
         "55\xC2\xA0"
         "12345678",
         bad_number},
        {"zero byte",
         "55123\0"
         "45678"s,
         bad_number},
        {"zero byte behind", "5512345678\0"s, bad_number},
        {"zero byte behind a service number", "333\0"s, bad_number},
        {"a float", "5512345678.0", bad_number},
        {"negative", "-5512345678x", bad_number},
        {"not UTF-8", "\xFF\xFE", bad_number},
    };
    const Numbers numbers = numbers_of("MX");
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            const NumberAnswer answer = numbers.normalise(c.written);
            BOOST_TEST(!answer.good());
            BOOST_TEST(answer.number == "");
            BOOST_TEST(answer.reason == c.reason);
        }
    }
}

// What is stored is compared as bytes: normalising it again must not change it.
BOOST_AUTO_TEST_CASE(what_was_normalised_stays) {
    const Numbers numbers = numbers_of("MX");
    for (const char* written : {"333", "5512345678", "1234567890", "+5215512345678", "+12345",
                                "+4915112345678", "+00000", "+12345678901234567"}) {
        const std::string once = numbers.normalise(written).number;
        BOOST_TEST(numbers.normalise(once).number == once, written);
    }
}

BOOST_AUTO_TEST_CASE(senders_are_compared_in_one_form) {
    struct Case {
        const char* name;
        std::string sender;
        std::string want;
    };
    const std::vector<Case> cases{
        {"E.164", "+525512345678", "+525512345678"},
        {"ten digits", "5512345678", "+525512345678"},
        {"the old form", "+5215512345678", "+525512345678"},
        {"service number", "333", "333"},
        {"a number that would be refused", "525512345678", "525512345678"},
        {"a short number", "12345", "12345"},
        {"a name", "Telcel", "Telcel"},
        {"nothing", "", ""},
        {"bytes", "\xFF\0x"s, "\xFF\0x"s},
    };
    const Numbers numbers = numbers_of("MX");
    for (const Case& c : cases)
        BOOST_TEST(numbers.comparable(c.sender) == c.want, c.name);
}

BOOST_AUTO_TEST_CASE(settings_that_are_no_numbers) {
    struct Case {
        const char* name;
        std::string region, services;
        const char* word; // in the text of the error
    };
    const std::vector<Case> cases{
        {"lower case", "mx", "333", "region"},
        {"no country", "XX", "333", "region"},
        {"nothing", "", "333", "region"},
        {"a country's name", "Mexico", "333", "region"},
        {"letters", "MX", "333 ABC", "service_numbers"},
        {"plus", "MX", "+333", "service_numbers"},
        {"commas", "MX", "333,2222", "service_numbers"},
        {"too long", "MX", "123456789012345678", "service_numbers"},
    };
    for (const Case& c : cases) {
        Config config;
        config.region = c.region;
        config.service_numbers = c.services;
        BOOST_CHECK_EXCEPTION(Numbers{config}, Error, [&](const Error& error) {
            return error.fault() == Fault::bad_input &&
                   std::string(error.what()).find(c.word) != std::string::npos;
        });
    }
}

BOOST_AUTO_TEST_CASE(service_numbers_are_a_setting) {
    Config config;
    config.service_numbers = "  4444\t55555 ";
    const Numbers numbers(config);
    BOOST_TEST(numbers.normalise("4444").number == "4444");
    BOOST_TEST(numbers.normalise("55555").number == "55555");
    BOOST_TEST(!numbers.normalise("333").good());
    config.service_numbers = "";
    BOOST_TEST(!Numbers(config).normalise("333").good());
}

BOOST_AUTO_TEST_SUITE_END()
