// The door: every program that accepts messages does it here.
//
// Raw fields in; out comes a stored message, or the list of fields that are wrong. One validator,
// one set of limits, whatever API the fields came by. Texts and error words that a client of an
// ancestor expects are the API's own business: it maps FieldFault::what.

#ifndef SMSSPOOL_COMMON_SUBMIT_H
#define SMSSPOOL_COMMON_SUBMIT_H

#include "common/numbers.h"
#include "common/settings.h"
#include "common/spool.h"

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace smsspool {

// REQUIRES: all texts are valid UTF-8 (parse_json() and request forms guarantee it).
struct Draft {
    std::string user;
    std::string api;
    std::string address; // the client's, for the log
    std::vector<Spender> spenders{};
    std::string number;
    // Several recipients, instead of `number`: so many, each as the client wrote it. Any thread may
    // ask for one. Those that are the same number are one.
    struct Several {
        std::size_t count = 0;
        std::function<std::string(std::size_t)> at{};
    };
    Several several{};
    // What becomes of them where one of `several` is no number.
    enum class WrongNumber { refuse_all, leave_out };
    WrongNumber wrong_number = WrongNumber::refuse_all;
    std::string text;
    LongMessages long_messages = LongMessages::truncate;
    std::size_t truncate_to = 160; // code points, where long_messages is truncate or reject
    std::optional<Ms> reply_timeout;
    Priority priority = Priority::normal;
    // What is not asked for is as the settings say.
    std::optional<Ms> valid_for;     // from `not_before` on; the network gets the same time
    std::optional<UtcMs> not_before; // a time that has passed: at once
    std::optional<bool> report;
    std::optional<std::string> label;
    // Where the sender is told what becomes of it; or which other program tells it. Not both.
    std::optional<std::string> callback;
    std::optional<Following> following;
    std::optional<IdempotencyKey> idempotency;
    std::optional<AlertChange> alert;
};

struct FieldFault {
    enum class What {
        number_invalid, // `text` is contract 1.10's sentence; of one among several, with its place
        too_many,       // recipients: more than bulk_most
        text_invalid,   // holds U+0000
        text_too_long,  // over text_limit, over max_parts, or over the length with `reject`
        reply_timeout,  // not between 1 s and reply_timeout_most
        validity_invalid,   // not between 1 min and valid_for_most
        not_before_invalid, // further ahead than not_before_most
        label_invalid,      // 1 to 64 printable ASCII characters without blanks
        callback_invalid,   // see callback_fault() (common/callback.h)
        key_invalid,        // Idempotency-Key: 1 to 255 printable ASCII characters
    };
    std::string field;
    What what;
    std::string text; // names the limit and what was found
};

struct Submitted {
    Stored how = Stored::done;
    std::string message_id;
    std::string text; // as it will be sent
    Encoding encoding = Encoding::gsm7;
    std::size_t parts = 1;
    std::optional<std::size_t> original_length; // set if it was truncated
    UtcMs created = 0;
    std::size_t recipients = 1;
    std::size_t duplicates = 0; // joined with one before
    std::vector<LeftOut> left_out{};
};

using SubmitAnswer = std::variant<Submitted, std::vector<FieldFault>, NotAllowed>;

// What submit() would store for `draft`, or what is wrong with it.
[[nodiscard]] std::variant<NewMessage, std::vector<FieldFault>>
check(const Draft& draft, const Config& config, const Numbers& numbers, UtcMs now);

// How submit() gets at the spool. It may throw what Spool's constructor throws.
using SpoolSource = std::function<Spool&()>;

// Checks `draft` and stores it, committed when it returns, and pokes the daemon. `spool` is asked
// only for a draft that is good, so that a wrong one gets its answer also while the spool is away.
// NotAllowed: it is good, but a limit of one of its spenders forbids it; nothing is stored.
// Throws what `spool` and Spool::submit() throw; nothing is stored then.
[[nodiscard]] SubmitAnswer submit(const Draft& draft, const Config& config, const Numbers& numbers,
                                  const SpoolSource& spool, UtcMs now);

} // namespace smsspool

#endif
