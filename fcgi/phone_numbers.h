// What a FastCGI program declares that reads phone numbers. The only functions of fcgi/ that make
// Numbers: a program that does not name one of them is not linked with libphonenumber and the
// libraries behind it, which in each process would take more memory than the program itself.

#ifndef SMSSPOOL_FCGI_PHONE_NUMBERS_H
#define SMSSPOOL_FCGI_PHONE_NUMBERS_H

#include "common/numbers.h"

#include <memory>

namespace smsspool {

// Ready: of a program that gets a number with each request, so that the first of them waits for
// nothing. Throws what Numbers' constructor throws.
[[nodiscard]] std::shared_ptr<const Numbers> numbers_at_once(const Config& config);

// The first number waits until libphonenumber has read its tables, and what is wrong with the
// region is found and thrown then. A program that nobody asks does not have them in memory.
[[nodiscard]] std::shared_ptr<const Numbers> numbers_when_used(const Config& config);

} // namespace smsspool

#endif
