// How a text travels: GSM 7-bit or UCS-2, and in how many SMS ("parts").
//
// 3GPP TS 23.038 gives the alphabet and its extension table (each extension character costs two
// septets), TS 23.040 9.2.3.24.1 the concatenation header with an 8-bit reference, which leaves 153
// septets or 67 UCS-2 units in each part of several. No part begins or ends inside an extension
// pair or a surrogate pair, so each part is a text of its own.

#ifndef SMSSPOOL_COMMON_PARTS_H
#define SMSSPOOL_COMMON_PARTS_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// Stored in the spool as "gsm7" and "ucs2"; never renamed.
enum class Encoding { gsm7, ucs2 };

[[nodiscard]] std::string_view name_of(Encoding encoding) noexcept;
[[nodiscard]] std::optional<Encoding> encoding_named(std::string_view name) noexcept;

// How many septets `point` costs: 1, 2 (extension table), 0 where the alphabet lacks it. U+001B
// (ESC, the escape itself) is not a character of it.
[[nodiscard]] unsigned gsm7_septets(char32_t point) noexcept;

// The septet of `point` (0..127); for a character of the extension table the septet that follows
// the escape. Nothing where gsm7_septets() is 0.
[[nodiscard]] std::optional<std::uint8_t> gsm7_code(char32_t point) noexcept;

// The character of a septet of the basic table, or of the extension table (`extension` true). An
// unused place of the extension table is read as the basic character, a lone escape as a space
// (TS 23.038 6.2.1.1). REQUIRES: septet < 128.
enum class Gsm7Table { basic, extension };
[[nodiscard]] char32_t gsm7_character(std::uint8_t septet, Gsm7Table table) noexcept;

// GSM-7 if every character of `text` is in the alphabet, else UCS-2. Nothing is replaced.
// REQUIRES: valid_utf8(text).
[[nodiscard]] Encoding encoding_for(std::string_view text) noexcept;

// `text` cut into what each SMS carries, in order; the parts joined are `text`. One part (maybe
// empty) where it fits 160 septets or 70 units, otherwise each at most 153 or 67.
// REQUIRES: valid_utf8(text); for gsm7 that encoding_for(text) is gsm7.
[[nodiscard]] std::vector<std::string> split(std::string_view text, Encoding encoding);

// `text` cut into parts of at most `limit` septets or units each, whatever its length: for a header
// that leaves other room than split() counts with. REQUIRES: as split(); limit >= 2.
[[nodiscard]] std::vector<std::string> cut(std::string_view text, Encoding encoding,
                                           std::size_t limit);

// split(text, encoding).size() without the copies.
[[nodiscard]] std::size_t count_parts(std::string_view text, Encoding encoding) noexcept;

} // namespace smsspool

#endif
