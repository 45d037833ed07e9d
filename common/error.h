// Faults: the one exception type of the project, named after who must act.
//
// Expected outcomes (a field that is wrong, a message that is not there) are return values.
// An Error is for "cannot go on with this step". It is caught at three levels only: a request
// (fcgi/serve.cc), a step of a daemon's loop, and main().

#ifndef SMSSPOOL_COMMON_ERROR_H
#define SMSSPOOL_COMMON_ERROR_H

#include <cerrno>
#include <stdexcept>
#include <string>

namespace smsspool {

enum class Fault {
    bad_input,   // the caller gave something that cannot be used; the caller mends it
    denied,      // the caller may not
    conflict,    // the caller contradicts what it said before
    busy,        // somebody else holds it; try again soon
    full,        // no room left; the operator makes room, reading still works
    unavailable, // something that must be there is not; the operator brings it back
    corrupt,     // stored data is damaged; the operator restores
    bug,         // ours
};

class Error : public std::runtime_error {
public:
    Error(Fault fault, const std::string& text) : std::runtime_error(text), fault_(fault) {}
    [[nodiscard]] Fault fault() const noexcept { return fault_; }

private:
    Fault fault_;
};

// An Error of `fault` whose text is "WHAT: strerror(number)". `number` is an errno; pass it where
// something may have changed errno since.
[[nodiscard]] Error system_error(Fault fault, const std::string& what, int number = errno);

// The exit status of a program that ends because of `fault` (sysexits.h): 64 usage and input,
// 65 damaged data, 69 unavailable, 73 no room, 75 try again, 77 denied, 70 bug.
[[nodiscard]] int exit_status(Fault fault) noexcept;

} // namespace smsspool

#endif
