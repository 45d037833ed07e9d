// What the options of `smsctl user` and `smsctl token` give somebody, and how that is shown.
//
// What an option takes and what was found instead is told by an Error(bad_input). A list may be
// separated by commas or blanks. An option that was not given changes nothing.

#ifndef SMSSPOOL_CTL_GRANTS_H
#define SMSSPOOL_CTL_GRANTS_H

#include "common/accounts.h"
#include "common/json_object.h"
#include "ctl/grammar.h"

#include <optional>
#include <string>

namespace smsspool::ctl {

// --scopes, and in addition --admin. An empty list is refused: who may do nothing is disabled.
void change_scopes(Scopes& scopes, const Arguments& arguments);

// --parts-per-day, --recipients and --hours; 0 or an empty text lifts a limit.
void change_limits(SendLimits& limits, const Arguments& arguments);

// Whether one of those was given.
[[nodiscard]] bool changes_something(const Arguments& arguments);

// --networks, in the form of Token.
[[nodiscard]] std::string networks_given(const Arguments& arguments);

// --expires: a time of RFC 3339, or how long from `now`. It must lie ahead.
[[nodiscard]] std::optional<UtcMs> expiry_given(const Arguments& arguments, UtcMs now);

// --note: at most 200 characters of UTF-8, none of them a control character.
[[nodiscard]] std::string note_given(const Arguments& arguments);

// "100 parts a day, to +52 +1, 08:00-20:00"; empty: no limits.
[[nodiscard]] std::string limits_text(const SendLimits& limits);

void put_limits(JsonObject& object, const SendLimits& limits);

} // namespace smsspool::ctl

#endif
