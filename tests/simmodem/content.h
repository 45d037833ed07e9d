// What a message says, between the octets of a PDU and a text: the units of its alphabet.
//
// A part of a long message may end in the middle of a character (a surrogate pair, an escape), so
// parts are joined as units and only then read as text.

#ifndef SMSSPOOL_TESTS_SIMMODEM_CONTENT_H
#define SMSSPOOL_TESTS_SIMMODEM_CONTENT_H

#include "common/parts.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace smsspool::sim {

enum class Alphabet { gsm7, eight_bit, ucs2 };

// "gsm7", "8bit", "ucs2".
[[nodiscard]] std::string_view name_of(Alphabet alphabet) noexcept;

struct Content {
    Alphabet alphabet = Alphabet::gsm7;
    std::u16string units; // septets, octets, or UTF-16
};

// As UTF-8. A lone surrogate becomes U+FFFD, a lone escape a space; octets are written in hex.
[[nodiscard]] std::string text_of(const Content& content);

// REQUIRES: valid_utf8(text); for gsm7 that encoding_for(text) is gsm7.
[[nodiscard]] Content content_of(std::string_view text, Encoding encoding);

// The alphabet that a TP-DCS names (TS 23.038 4). A compressed text is read as octets.
[[nodiscard]] Alphabet alphabet_of(std::uint8_t data_coding) noexcept;

} // namespace smsspool::sim

#endif
