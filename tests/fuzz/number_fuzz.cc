// Numbers: what is taken has a form that the network takes, and is taken again as it is.

#include "common/numbers.h"
#include "common/settings.h"
#include "common/utf.h"
#include "tests/fuzz/targets.h"

#include <algorithm>

namespace smsspool::fuzz {

namespace {

Config region(const char* name) {
    Config config;
    config.region = name;
    return config;
}

bool is_service(std::string_view number) {
    return number == "2222" || number == "7373" || number == "333";
}

bool is_international(std::string_view number) {
    constexpr std::size_t least = 5;
    constexpr std::size_t most = 17;
    const std::string_view digits = number.substr(std::min<std::size_t>(1, number.size()));
    return number.starts_with('+') && digits.size() >= least && digits.size() <= most &&
           digits.find_first_not_of("0123456789") == std::string_view::npos;
}

void check_number(const Numbers& numbers, std::string_view written) {
    const NumberAnswer answer = numbers.normalise(written);
    require(answer.good() != answer.number.empty(), "there is a number or a reason");
    const std::string comparable = numbers.comparable(written);
    require(numbers.comparable(comparable) == comparable, "the form to compare is final");
    if (!answer.good()) {
        require(comparable == written, "what is no number is compared as it is");
        return;
    }
    require(is_service(answer.number) || is_international(answer.number),
            "a number is +digits or a service");
    require(numbers.normalise(answer.number).number == answer.number, "a number stays as it is");
}

} // namespace

void number(std::string_view bytes) {
    static const Numbers mexico(region("MX"));
    static const Numbers germany(region("DE"));
    const std::string written = to_valid_utf8(bytes);
    check_number(mexico, written);
    check_number(germany, written);
}

} // namespace smsspool::fuzz
