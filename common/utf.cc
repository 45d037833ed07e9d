// UTF-8, byte by byte.

#include "common/utf.h"

#include <cassert>

namespace smsspool {

namespace {

constexpr char32_t replacement = 0xFFFD;

constexpr unsigned char byte_at(std::string_view text, std::size_t at) noexcept {
    return static_cast<unsigned char>(text[at]);
}

constexpr bool is_continuation(unsigned char byte) noexcept {
    return (byte & 0xC0U) == 0x80U;
}

// How many bytes a sequence has that begins with `lead`; 0 where none begins so.
constexpr std::size_t sequence_length(unsigned char lead) noexcept {
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 2;
    if (lead >= 0xE0 && lead <= 0xEF)
        return 3;
    if (lead >= 0xF0 && lead <= 0xF4)
        return 4;
    return 0;
}

// The table of RFC 3629: after these leads not every continuation byte is allowed, which keeps out
// overlong forms, surrogates and what lies above U+10FFFF.
constexpr bool may_follow(unsigned char lead, unsigned char second) noexcept {
    switch (lead) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return is_continuation(second);
    }
}

// How many bytes at `at` belong together: a whole sequence, or the longest beginning of one (the
// "maximal subpart" that Unicode advises to replace by one U+FFFD).
struct Sequence {
    std::size_t bytes = 1;
    bool whole = false;
};

Sequence sequence_at(std::string_view text, std::size_t at) noexcept {
    const unsigned char lead = byte_at(text, at);
    const std::size_t length = sequence_length(lead);
    if (length <= 1)
        return {1, length == 1};
    if (at + 1 >= text.size() || !may_follow(lead, byte_at(text, at + 1)))
        return {1, false};
    for (std::size_t i = 2; i < length; ++i)
        if (at + i >= text.size() || !is_continuation(byte_at(text, at + i)))
            return {i, false};
    return {length, true};
}

void append_byte(std::string& text, char32_t bits) {
    text += static_cast<char>(bits);
}

} // namespace

bool valid_utf8(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const Sequence sequence = sequence_at(text, at);
        if (!sequence.whole)
            return false;
        at += sequence.bytes;
    }
    return true;
}

std::size_t code_points(std::string_view text) noexcept {
    std::size_t count = 0;
    for (const char c : text)
        if (!is_continuation(static_cast<unsigned char>(c)))
            ++count;
    return count;
}

std::string_view first_code_points(std::string_view text, std::size_t count) noexcept {
    for (std::size_t at = 0; at < text.size(); ++at)
        if (!is_continuation(byte_at(text, at)) && count-- == 0)
            return text.substr(0, at);
    return text;
}

char32_t next_code_point(std::string_view text, std::size_t& at) noexcept {
    assert(at < text.size());
    const unsigned char lead = byte_at(text, at);
    const std::size_t length = sequence_length(lead);
    assert(length > 0 && at + length <= text.size());
    char32_t point = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        point = (point << 6U) | (byte_at(text, at + i) & 0x3FU);
    at += length;
    return point;
}

void append_utf8(std::string& text, char32_t point) {
    if (point < 0x80) {
        append_byte(text, point);
    } else if (point < 0x800) {
        append_byte(text, 0xC0 | (point >> 6U));
        append_byte(text, 0x80 | (point & 0x3FU));
    } else if (point < 0x10000) {
        append_byte(text, 0xE0 | (point >> 12U));
        append_byte(text, 0x80 | ((point >> 6U) & 0x3FU));
        append_byte(text, 0x80 | (point & 0x3FU));
    } else {
        append_byte(text, 0xF0 | (point >> 18U));
        append_byte(text, 0x80 | ((point >> 12U) & 0x3FU));
        append_byte(text, 0x80 | ((point >> 6U) & 0x3FU));
        append_byte(text, 0x80 | (point & 0x3FU));
    }
}

std::string to_valid_utf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const Sequence sequence = sequence_at(bytes, at);
        if (sequence.whole)
            text += bytes.substr(at, sequence.bytes);
        else
            append_utf8(text, replacement);
        at += sequence.bytes;
    }
    return text;
}

} // namespace smsspool
