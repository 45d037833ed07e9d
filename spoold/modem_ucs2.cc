// Between UTF-8 and UTF-16 in big-endian bytes.

#include "spoold/modem_ucs2.h"

#include "common/utf.h"

namespace smsspool {

namespace {

constexpr char32_t replacement = 0xFFFD;

constexpr bool is_high(char32_t unit) {
    return unit >= 0xD800 && unit < 0xDC00;
}
constexpr bool is_low(char32_t unit) {
    return unit >= 0xDC00 && unit < 0xE000;
}

void append_unit(std::vector<std::uint8_t>& bytes, char32_t unit) {
    bytes.push_back(static_cast<std::uint8_t>(unit >> 8));
    bytes.push_back(static_cast<std::uint8_t>(unit & 0xFF));
}

// The unit at byte `at`, or 0 behind the end.
char32_t unit_at(std::span<const std::uint8_t> bytes, std::size_t at) {
    if (at + 1 >= bytes.size())
        return 0;
    return static_cast<char32_t>(bytes[at] << 8 | bytes[at + 1]);
}

} // namespace

std::vector<std::uint8_t> to_ucs2(std::string_view text) {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() * 2);
    for (std::size_t at = 0; at < text.size();) {
        const char32_t point = next_code_point(text, at);
        if (point > 0xFFFF) {
            append_unit(bytes, 0xD800 + ((point - 0x10000) >> 10));
            append_unit(bytes, 0xDC00 + ((point - 0x10000) & 0x3FF));
        } else {
            append_unit(bytes, point);
        }
    }
    return bytes;
}

std::string from_ucs2(std::span<const std::uint8_t> bytes) {
    std::string text;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
        const char32_t unit = unit_at(bytes, at);
        if (is_high(unit) && is_low(unit_at(bytes, at + 2))) {
            append_utf8(text,
                        0x10000 + ((unit - 0xD800) << 10) + (unit_at(bytes, at + 2) - 0xDC00));
            at += 2;
        } else {
            append_utf8(text, is_high(unit) || is_low(unit) ? replacement : unit);
        }
    }
    return text;
}

std::string from_terminated_ucs2(std::span<const std::uint8_t> bytes) {
    std::size_t end = 0;
    while (end + 1 < bytes.size() && unit_at(bytes, end) != 0)
        end += 2;
    return from_ucs2(bytes.first(end));
}

} // namespace smsspool
