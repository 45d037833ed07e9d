// The GSM 7-bit alphabet, and where a text is cut.

#include "common/parts.h"

#include "common/utf.h"

#include <array>
#include <cassert>

namespace smsspool {

namespace {

constexpr std::uint8_t escape_septet = 0x1B;

// TS 23.038 6.2.1, septet by septet. The escape's own place holds 0: it is no character.
constexpr std::array<char16_t, 128> basic_table{
    u'@',      u'\u00A3', u'$',      u'\u00A5', u'\u00E8', u'\u00E9', u'\u00F9', u'\u00EC',
    u'\u00F2', u'\u00C7', u'\n',     u'\u00D8', u'\u00F8', u'\r',     u'\u00C5', u'\u00E5',
    u'\u0394', u'_',      u'\u03A6', u'\u0393', u'\u039B', u'\u03A9', u'\u03A0', u'\u03A8',
    u'\u03A3', u'\u0398', u'\u039E', 0,         u'\u00C6', u'\u00E6', u'\u00DF', u'\u00C9',
    u' ',      u'!',      u'"',      u'#',      u'\u00A4', u'%',      u'&',      u'\'',
    u'(',      u')',      u'*',      u'+',      u',',      u'-',      u'.',      u'/',
    u'0',      u'1',      u'2',      u'3',      u'4',      u'5',      u'6',      u'7',
    u'8',      u'9',      u':',      u';',      u'<',      u'=',      u'>',      u'?',
    u'\u00A1', u'A',      u'B',      u'C',      u'D',      u'E',      u'F',      u'G',
    u'H',      u'I',      u'J',      u'K',      u'L',      u'M',      u'N',      u'O',
    u'P',      u'Q',      u'R',      u'S',      u'T',      u'U',      u'V',      u'W',
    u'X',      u'Y',      u'Z',      u'\u00C4', u'\u00D6', u'\u00D1', u'\u00DC', u'\u00A7',
    u'\u00BF', u'a',      u'b',      u'c',      u'd',      u'e',      u'f',      u'g',
    u'h',      u'i',      u'j',      u'k',      u'l',      u'm',      u'n',      u'o',
    u'p',      u'q',      u'r',      u's',      u't',      u'u',      u'v',      u'w',
    u'x',      u'y',      u'z',      u'\u00E4', u'\u00F6', u'\u00F1', u'\u00FC', u'\u00E0',
};

struct Extension {
    std::uint8_t septet;
    char16_t character;
};

// TS 23.038 6.2.1.1
constexpr std::array extension_table{
    Extension{0x0A, u'\f'},     Extension{0x14, u'^'},  Extension{0x28, u'{'},
    Extension{0x29, u'}'},      Extension{0x2F, u'\\'}, Extension{0x3C, u'['},
    Extension{0x3D, u'~'},      Extension{0x3E, u']'},  Extension{0x40, u'|'},
    Extension{0x65, u'\u20AC'},
};

struct Code {
    std::uint8_t septet = 0;
    std::uint8_t cost = 0; // in septets; 0: not in the alphabet
};

// Every character of the alphabet lies below U+0400 but the euro sign, so that a look-up is an
// index and not a search: a long text is looked at character by character several times.
constexpr std::size_t table_size = 0x400;
constexpr char32_t euro = 0x20AC;

constexpr auto codes = [] {
    std::array<Code, table_size> table{};
    for (std::size_t i = 0; i < basic_table.size(); ++i)
        if (basic_table.at(i) != 0)
            table.at(basic_table.at(i)) = Code{static_cast<std::uint8_t>(i), 1};
    for (const Extension& extension : extension_table)
        if (extension.character < table_size)
            table.at(extension.character) = Code{extension.septet, 2};
    return table;
}();

constexpr Code code_of(char32_t point) noexcept {
    if (point < table_size)
        return codes[point];
    return point == euro ? Code{0x65, 2} : Code{};
}

struct Limits {
    std::size_t alone; // of a text that is one SMS
    std::size_t each;  // of each SMS of several
};

constexpr Limits limits_of(Encoding encoding) noexcept {
    return encoding == Encoding::gsm7 ? Limits{160, 153} : Limits{70, 67};
}

// What `point` costs, in septets or in units. A character that the alphabet lacks breaks what
// split() requires; it costs 1 so that the loops still end.
constexpr std::size_t cost(char32_t point, Encoding encoding) noexcept {
    if (encoding == Encoding::ucs2)
        return point > 0xFFFF ? 2 : 1;
    const Code code = code_of(point);
    return code.cost == 0 ? 1 : code.cost;
}

// True if `text` costs at most `limit`; stops looking where it is over.
bool fits(std::string_view text, Encoding encoding, std::size_t limit) noexcept {
    std::size_t used = 0;
    for (std::size_t at = 0; at < text.size();) {
        used += cost(next_code_point(text, at), encoding);
        if (used > limit)
            return false;
    }
    return true;
}

// Calls `part(begin, end)` with the bytes of each part of at most `limit`.
template <typename Part>
void cut_at(std::string_view text, Encoding encoding, std::size_t limit, Part part) {
    std::size_t begin = 0;
    std::size_t used = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t here = at;
        const std::size_t more = cost(next_code_point(text, at), encoding);
        if (used + more > limit) {
            part(begin, here);
            begin = here;
            used = 0;
        }
        used += more;
    }
    part(begin, text.size());
}

} // namespace

std::string_view name_of(Encoding encoding) noexcept {
    switch (encoding) {
    case Encoding::gsm7:
        return "gsm7";
    case Encoding::ucs2:
        return "ucs2";
    }
    return {};
}

std::optional<Encoding> encoding_named(std::string_view name) noexcept {
    for (const Encoding encoding : {Encoding::gsm7, Encoding::ucs2})
        if (name == name_of(encoding))
            return encoding;
    return std::nullopt;
}

unsigned gsm7_septets(char32_t point) noexcept {
    return code_of(point).cost;
}

std::optional<std::uint8_t> gsm7_code(char32_t point) noexcept {
    const Code code = code_of(point);
    if (code.cost == 0)
        return std::nullopt;
    return code.septet;
}

char32_t gsm7_character(std::uint8_t septet, Gsm7Table table) noexcept {
    assert(septet < basic_table.size());
    if (table == Gsm7Table::extension)
        for (const Extension& extension : extension_table)
            if (extension.septet == septet)
                return extension.character;
    return septet == escape_septet ? U' ' : basic_table[septet];
}

Encoding encoding_for(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();)
        if (code_of(next_code_point(text, at)).cost == 0)
            return Encoding::ucs2;
    return Encoding::gsm7;
}

std::vector<std::string> split(std::string_view text, Encoding encoding) {
    const Limits limits = limits_of(encoding);
    if (fits(text, encoding, limits.alone))
        return {std::string(text)};
    return cut(text, encoding, limits.each);
}

std::vector<std::string> cut(std::string_view text, Encoding encoding, std::size_t limit) {
    assert(limit >= 2);
    std::vector<std::string> parts;
    cut_at(text, encoding, limit, [&](std::size_t begin, std::size_t end) {
        parts.emplace_back(text.substr(begin, end - begin));
    });
    return parts;
}

std::size_t count_parts(std::string_view text, Encoding encoding) noexcept {
    const Limits limits = limits_of(encoding);
    if (fits(text, encoding, limits.alone))
        return 1;
    std::size_t count = 0;
    cut_at(text, encoding, limits.each, [&](std::size_t, std::size_t) { ++count; });
    return count;
}

} // namespace smsspool
