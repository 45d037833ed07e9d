// Units of an alphabet to text and back.

#include "tests/simmodem/content.h"

#include "common/utf.h"
#include "tests/simmodem/octets.h"

namespace smsspool::sim {

namespace {

constexpr char16_t escape_septet = 0x1B;

std::string text_of_septets(const std::u16string& septets) {
    std::string text;
    Gsm7Table table = Gsm7Table::basic;
    for (const char16_t unit : septets) {
        const auto septet = static_cast<std::uint8_t>(unit & 0x7FU);
        if (table == Gsm7Table::basic && septet == escape_septet) {
            table = Gsm7Table::extension;
            continue;
        }
        append_utf8(text, gsm7_character(septet, table));
        table = Gsm7Table::basic;
    }
    if (table == Gsm7Table::extension)
        text += ' ';
    return text;
}

constexpr bool is_high_surrogate(char16_t unit) {
    return unit >= 0xD800 && unit <= 0xDBFF;
}
constexpr bool is_low_surrogate(char16_t unit) {
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

std::string text_of_utf16(const std::u16string& units) {
    constexpr char32_t replacement = 0xFFFD;
    std::string text;
    for (std::size_t i = 0; i < units.size(); ++i) {
        const char16_t unit = units[i];
        if (is_high_surrogate(unit) && i + 1 < units.size() && is_low_surrogate(units[i + 1])) {
            const auto high = static_cast<char32_t>(unit) - 0xD800;
            const auto low = static_cast<char32_t>(units[++i]) - 0xDC00;
            append_utf8(text, 0x10000 + (high << 10U) + low);
        } else {
            const bool alone = is_high_surrogate(unit) || is_low_surrogate(unit);
            append_utf8(text, alone ? replacement : unit);
        }
    }
    return text;
}

std::string hex_of(const std::u16string& units) {
    Octets octets;
    for (const char16_t unit : units)
        octets.push_back(static_cast<std::uint8_t>(unit));
    return to_hex(octets);
}

void append_septets(std::u16string& units, char32_t point) {
    if (gsm7_septets(point) == 2)
        units += escape_septet;
    units += static_cast<char16_t>(gsm7_code(point).value_or(0x3F));
}

void append_utf16(std::u16string& units, char32_t point) {
    if (point <= 0xFFFF) {
        units += static_cast<char16_t>(point);
        return;
    }
    units += static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10U));
    units += static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FFU));
}

} // namespace

std::string_view name_of(Alphabet alphabet) noexcept {
    switch (alphabet) {
    case Alphabet::gsm7:
        return "gsm7";
    case Alphabet::eight_bit:
        return "8bit";
    case Alphabet::ucs2:
        return "ucs2";
    }
    return {};
}

std::string text_of(const Content& content) {
    switch (content.alphabet) {
    case Alphabet::gsm7:
        return text_of_septets(content.units);
    case Alphabet::eight_bit:
        return hex_of(content.units);
    case Alphabet::ucs2:
        return text_of_utf16(content.units);
    }
    return {};
}

Content content_of(std::string_view text, Encoding encoding) {
    Content content;
    content.alphabet = encoding == Encoding::gsm7 ? Alphabet::gsm7 : Alphabet::ucs2;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t point = next_code_point(text, at);
        if (encoding == Encoding::gsm7)
            append_septets(content.units, point);
        else
            append_utf16(content.units, point);
    }
    return content;
}

Alphabet alphabet_of(std::uint8_t data_coding) noexcept {
    const unsigned group = data_coding >> 4U;
    if (group < 0x8) {
        if ((data_coding & 0x20U) != 0)
            return Alphabet::eight_bit;
        constexpr Alphabet by_bits[] = {Alphabet::gsm7, Alphabet::eight_bit, Alphabet::ucs2,
                                        Alphabet::gsm7};
        return by_bits[(data_coding >> 2U) & 3U];
    }
    if (group == 0xE)
        return Alphabet::ucs2;
    return group == 0xF && (data_coding & 0x04U) != 0 ? Alphabet::eight_bit : Alphabet::gsm7;
}

} // namespace smsspool::sim
