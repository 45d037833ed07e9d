// The log line of a message that a client was told is accepted.

#ifndef SMSSPOOL_FCGI_ACCEPTED_H
#define SMSSPOOL_FCGI_ACCEPTED_H

#include "common/log.h"
#include "common/submit.h"
#include "fcgi/request.h"

namespace smsspool {

// "[HTTP] <message id> | <user> (<address>) | accepted | <n> part(s)": neither number nor text.
inline void log_accepted(const Request& request, const std::string& user,
                         const Submitted& submitted) {
    log_info("HTTP", submitted.message_id + " | " + user + " (" + request.address +
                         ") | accepted | " + std::to_string(submitted.parts) +
                         (submitted.parts == 1 ? " part" : " parts"));
}

} // namespace smsspool

#endif
