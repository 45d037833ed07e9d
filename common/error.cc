// Faults and what they mean to the shell.

#include "common/error.h"

#include <cstring>
#include <sysexits.h>

namespace smsspool {

Error system_error(Fault fault, const std::string& what, int number) {
    return Error(fault, what + ": " + std::strerror(number));
}

int exit_status(Fault fault) noexcept {
    switch (fault) {
    case Fault::bad_input:
    case Fault::conflict:
        return EX_USAGE;
    case Fault::denied:
        return EX_NOPERM;
    case Fault::busy:
        return EX_TEMPFAIL;
    case Fault::full:
        return EX_CANTCREAT;
    case Fault::unavailable:
        return EX_UNAVAILABLE;
    case Fault::corrupt:
        return EX_DATAERR;
    case Fault::bug:
        return EX_SOFTWARE;
    }
    return EX_SOFTWARE;
}

} // namespace smsspool
