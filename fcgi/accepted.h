// The log lines of a message that a client was told is accepted, or is over a limit: who sends what
// from where. Neither has the number or the text.

#ifndef SMSSPOOL_FCGI_ACCEPTED_H
#define SMSSPOOL_FCGI_ACCEPTED_H

#include "common/log.h"
#include "common/rights.h"
#include "common/submit.h"
#include "fcgi/request.h"

namespace smsspool {

// "<user>", or "<user>, token <id>".
inline std::string who_text(const std::string& user, const Caller& caller) {
    return caller.token.empty() ? user : user + ", token " + caller.token;
}

// "[HTTP] <message id> | <user>[, token <id>] (<address>) | accepted | <n> part(s)[ to each of
// <n>]"
inline void log_accepted(const Request& request, const Caller& caller, const std::string& user,
                         const Submitted& submitted) {
    log_info("HTTP", submitted.message_id + " | " + who_text(user, caller) + " (" +
                         request.address + ") | accepted | " + std::to_string(submitted.parts) +
                         (submitted.parts == 1 ? " part" : " parts") +
                         (submitted.recipients == 1
                              ? ""
                              : " to each of " + std::to_string(submitted.recipients)));
}

// "[HTTP] - | <user>[, token <id>] (<address>) | refused | <limit>"
inline void log_refused(const Request& request, const Caller& caller, const NotAllowed& limit) {
    const bool named = limit.what == NotAllowed::What::recipient;
    log_info("HTTP", "- | " + who_text(caller.user, caller) + " (" + request.address +
                         ") | refused | " +
                         (named ? "a recipient that is not allowed" : limit.text));
}

} // namespace smsspool

#endif
