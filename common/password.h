// Passwords: how one is hashed, so that nginx (auth_basic_user_file) can check it.

#ifndef SMSSPOOL_COMMON_PASSWORD_H
#define SMSSPOOL_COMMON_PASSWORD_H

#include <string>
#include <string_view>

namespace smsspool {

// bcrypt looks at no more bytes than these.
inline constexpr std::size_t password_most = 72;
inline constexpr std::size_t password_least = 8;

// What is wrong with a password that a person chose, a sentence; empty: nothing. It must have 8 to
// 72 bytes and no control characters. The sentence never holds it.
[[nodiscard]] std::string password_fault(std::string_view password);

// bcrypt ("$2b$") with `cost` (4 to 31; each step doubles the work). REQUIRES: password_fault() is
// empty. Throws Error(unavailable) where the system's crypt(3) does not know it.
[[nodiscard]] std::string slow_hash(std::string_view password, int cost);

// Salted SHA-1 ("{SSHA}"), which costs nothing to check: only for secrets of 128 bits and more,
// which nobody can guess however fast.
[[nodiscard]] std::string fast_hash(std::string_view secret);

// 26 characters a-z and 2-7: 130 bits from the system's random source.
[[nodiscard]] std::string new_secret();

// A bearer token: "sms_" and twice as many of them.
[[nodiscard]] std::string new_token_secret();

// Whether nginx can check such a hash: bcrypt and the other kinds of this system's crypt(3),
// "$apr1$", "{SSHA}", "{SHA}", "{PLAIN}".
[[nodiscard]] bool nginx_can_check(std::string_view hash);

} // namespace smsspool

#endif
