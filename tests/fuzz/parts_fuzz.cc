// Parts: joined they are the text, each fits an SMS, and simmodem reads each as it was meant.

#include "common/parts.h"
#include "common/utf.h"
#include "tests/fuzz/targets.h"
#include "tests/simmodem/content.h"

namespace smsspool::fuzz {

namespace {

struct Limits {
    std::size_t alone, of_several;
};

Limits limits_of(Encoding encoding) {
    return encoding == Encoding::gsm7 ? Limits{160, 153} : Limits{70, 67};
}

// How many septets or units `part` takes on the air.
std::size_t size_of(const std::string& part, Encoding encoding) {
    const sim::Content content = sim::content_of(part, encoding);
    require(sim::text_of(content) == part, "what arrives is what was sent");
    return content.units.size();
}

void check_parts(const std::vector<std::string>& parts, std::string_view text, Encoding encoding,
                 std::size_t limit) {
    std::string joined;
    for (const std::string& part : parts) {
        require(valid_utf8(part), "a part is a text of its own");
        require(size_of(part, encoding) <= limit, "a part fits");
        require(parts.size() == 1 || !part.empty(), "no part of several is empty");
        joined += part;
    }
    require(joined == text, "the parts joined are the text");
}

void check_encoding(std::string_view text, Encoding encoding, std::size_t limit) {
    const Limits limits = limits_of(encoding);
    const auto parts = split(text, encoding);
    const bool fits = size_of(std::string(text), encoding) <= limits.alone;
    require((parts.size() == 1) == fits, "a text that fits is one part");
    check_parts(parts, text, encoding, fits ? limits.alone : limits.of_several);
    require(count_parts(text, encoding) == parts.size(), "the count is that of the parts");
    check_parts(cut(text, encoding, limit), text, encoding, limit);
}

} // namespace

void parts(std::string_view bytes) {
    constexpr std::size_t least_limit = 2;
    const std::size_t first = bytes.empty() ? 0 : static_cast<unsigned char>(bytes.front());
    const std::string text = to_valid_utf8(bytes.substr(bytes.empty() ? 0 : 1));
    if (encoding_for(text) == Encoding::gsm7)
        check_encoding(text, Encoding::gsm7, least_limit + first);
    check_encoding(text, Encoding::ucs2, least_limit + first);
}

} // namespace smsspool::fuzz
