// UTF-8 as bytes from outside: is it valid, how long is it, where may it be cut.

#ifndef SMSSPOOL_COMMON_UTF_H
#define SMSSPOOL_COMMON_UTF_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace smsspool {

// True if `text` is well-formed UTF-8 (RFC 3629): no overlong form, no surrogate, nothing above
// U+10FFFF. The empty text is valid.
[[nodiscard]] bool valid_utf8(std::string_view text) noexcept;

// The number of code points. REQUIRES: valid_utf8(text).
[[nodiscard]] std::size_t code_points(std::string_view text) noexcept;

// The first `count` code points of `text`, all of it where it has fewer. A view into `text`.
// REQUIRES: valid_utf8(text).
[[nodiscard]] std::string_view first_code_points(std::string_view text, std::size_t count) noexcept;

// The code point that starts at byte `at`, which is moved behind it.
// REQUIRES: valid_utf8(text), `at` < text.size() and on the start of a code point.
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& at) noexcept;

// Appends `point` as UTF-8. REQUIRES: `point` is a code point and no surrogate.
void append_utf8(std::string& text, char32_t point);

// `bytes` with everything that is not well-formed UTF-8 replaced by U+FFFD: for bytes from a modem
// or a log that must be shown and cannot be refused.
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes);

} // namespace smsspool

#endif
