// What every worker refuses before its transport sees it.

#include "spoold/worker_check.h"

#include "common/utf.h"

#include <algorithm>

namespace smsspool {

namespace {

constexpr std::size_t most_digits = 20; // TS 23.040 9.1.2.5: an address has at most 20

constexpr std::size_t room(Encoding encoding, unsigned parts) {
    switch (encoding) {
    case Encoding::gsm7:
        return parts > 1 ? 153 : 160;
    case Encoding::ucs2:
        return parts > 1 ? 67 : 70;
    }
    return 0;
}

// Septets or UCS-2 units; nothing where a character is not in the alphabet.
std::optional<std::size_t> length_of(std::string_view text, Encoding encoding) {
    std::size_t length = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t point = next_code_point(text, at);
        const unsigned cost =
            encoding == Encoding::ucs2 ? (point > 0xFFFF ? 2U : 1U) : gsm7_septets(point);
        if (cost == 0)
            return std::nullopt;
        length += cost;
    }
    return length;
}

} // namespace

bool is_dialable(std::string_view number) noexcept {
    if (number.substr(0, 1) == "+")
        number.remove_prefix(1);
    return !number.empty() && number.size() <= most_digits &&
           std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Refused> send_fault(const SendRequest& request) {
    if (!is_dialable(request.number))
        return Refused{RefusalKind::permanent, 0, "the number is not + and 1 to 20 digits"};
    if (!valid_utf8(request.text))
        return Refused{RefusalKind::permanent, 0, "the text is not UTF-8"};
    // It ends a text in libgammu, and no phone shows it.
    if (request.text.find('\0') != std::string::npos)
        return Refused{RefusalKind::permanent, 0, "the text has a zero character"};
    if (request.whole)
        return std::nullopt;
    const auto length = length_of(request.text, request.encoding);
    if (!length)
        return Refused{RefusalKind::permanent, 0, "the text has a character that GSM 7-bit lacks"};
    if (*length > room(request.encoding, request.parts))
        return Refused{RefusalKind::permanent, 0, "the text does not fit one SMS"};
    return std::nullopt;
}

} // namespace smsspool
