// The numbers with which a modem refuses an SMS: what they mean, and what follows.

#ifndef SMSSPOOL_SPOOLD_MODEM_ERRORS_H
#define SMSSPOOL_SPOOLD_MODEM_ERRORS_H

#include "spoold/worker_protocol.h"

namespace smsspool {

// The two families of numbers overlap: 30 is a number that does not exist as CMS, a missing network
// as CME.
enum class ErrorFamily {
    cms, // the network or the SMS part of the modem: 3GPP TS 27.005 3.2.5, 24.011, 23.040
    cme, // the modem itself: 3GPP TS 27.007 9.2
};

// The refusal for number `code`, its text as "CMS ERROR 38: network out of order". A number that
// the table lacks is temporary.
[[nodiscard]] Refused refusal_for(ErrorFamily family, int code);

} // namespace smsspool

#endif
