// How smsctl shows things: lines for a person, objects for a program.

#ifndef SMSSPOOL_CTL_LINES_H
#define SMSSPOOL_CTL_LINES_H

#include "common/clock.h"
#include "common/json_object.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace smsspool::ctl {

// "name      value\n", the name in a column of its own. Bytes of `value` that a terminal would obey
// are escaped as in the log.
[[nodiscard]] std::string row(std::string_view name, std::string_view value);

// `text`, escaped like that, padded with blanks to `width` characters, then one blank.
[[nodiscard]] std::string column(std::string_view text, std::size_t width);

// "12 s", "5 min", "3 h" or "2 d": whole units, cut. Never negative.
[[nodiscard]] std::string span_text(std::int64_t ms);

// "12 B", "900 KiB", "31 MiB" or "40 GiB": whole units, cut, at least ten of them above bytes.
[[nodiscard]] std::string size_text(std::int64_t bytes);

// A text of several lines under a row: each line of it, set in, and escaped like the rest.
[[nodiscard]] std::string block(std::string_view text);

// The object that `fill` writes, on a line of its own.
[[nodiscard]] std::string json_line(const std::function<void(JsonObject&)>& fill);
// The same inside an array that `writer` has open.
void put_object(JsonWriter& writer, const std::function<void(JsonObject&)>& fill);

// Text that may have come from a modem: what is not UTF-8 becomes U+FFFD.
void put_foreign(JsonObject& object, std::string_view key, std::string_view text);
// The same, null where it is empty.
void put_foreign_or_null(JsonObject& object, std::string_view key, std::string_view text);
void put_number_or_null(JsonObject& object, std::string_view key,
                        const std::optional<std::int64_t>& number);

} // namespace smsspool::ctl

#endif
