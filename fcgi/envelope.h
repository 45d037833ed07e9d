// The answer of POST / and of GET /status (contract 1.4), and the shorter one for errors elsewhere.

#ifndef SMSSPOOL_FCGI_ENVELOPE_H
#define SMSSPOOL_FCGI_ENVELOPE_H

#include "common/clock.h"
#include "common/spool.h"
#include "fcgi/reply.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace smsspool {

// What `meta` says; each key is there only if its value is.
struct Meta {
    std::optional<std::int64_t> original_length; // it was cut: code points before that
    std::int64_t sent_length = 0;                // code points after; only with the former
    std::int64_t parts = 1;                      // said if more than one
    std::int64_t unknown_attempts = 0;           // said if any: the recipient may have it twice
    std::string waiting;                         // why nothing happens yet; empty: not said
    [[nodiscard]] bool empty() const noexcept {
        return !original_length && parts <= 1 && unknown_attempts == 0 && waiting.empty();
    }
};

struct Envelope {
    std::string status = "failed";
    std::optional<std::string> message_id;
    UtcMs timestamp = 0;
    std::optional<std::string> to, from, message;
    struct Reply {
        std::string text;
        UtcMs received = 0;
        std::int64_t elapsed_seconds = 0;
    };
    std::optional<Reply> reply;
    // What delivery reports say; written where there is something to say.
    Delivery delivery = Delivery::none;
    std::optional<UtcMs> delivered;
    std::optional<std::vector<AttemptView>> attempts; // written where they were asked for
    std::string error_code, error_message;            // both are written if either is set
    Meta meta;
};

// All keys of the contract in alphabetical order. All texts but those of attempts must be valid
// UTF-8.
[[nodiscard]] rapidjson::StringBuffer to_json(const Envelope& envelope);

// An envelope that refuses, of this user (nobody's where it is the credentials that are refused)
// and now, with nothing else.
[[nodiscard]] Envelope refusing(const Refusal& refusal, const std::string& user, UtcMs now);

// The short form: `error_code`, `error_message`, `status`.
[[nodiscard]] rapidjson::StringBuffer short_json(const Refusal& refusal);

} // namespace smsspool

#endif
