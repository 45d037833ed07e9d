// What of a conversation with a device may be kept.

#ifndef SMSSPOOL_SPOOLD_WORKER_REDACT_H
#define SMSSPOOL_SPOOLD_WORKER_REDACT_H

#include <string>
#include <string_view>

namespace smsspool {

// The first three and the last two characters of a number that is longer: "+52..78".
[[nodiscard]] std::string redacted_number(std::string_view number);

// A line of a conversation in AT commands without what people wrote and to whom: numbers of seven
// digits and more are shortened, of data in hexadecimal only the first octets and the length
// remain.
[[nodiscard]] std::string redacted_line(std::string_view line);

// The line without what follows a command that carries a code (+CPIN, +CLCK, +CPWD and the like),
// and without `secret` wherever it occurs; an empty secret is none.
[[nodiscard]] std::string without_codes(std::string_view line, std::string_view secret);

} // namespace smsspool

#endif
