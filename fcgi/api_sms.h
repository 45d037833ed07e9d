// What the addresses below /api/sms have in common (contract 3): the wrapper around an answer, the
// words for states, and times without a zone.

#ifndef SMSSPOOL_FCGI_API_SMS_H
#define SMSSPOOL_FCGI_API_SMS_H

#include "common/json_object.h"
#include "common/spool.h"
#include "fcgi/program.h"

#include <functional>
#include <string>
#include <string_view>

namespace smsspool {

// {"data":{…},"message":"…","success":true}; without `message` where it is empty. `put` writes the
// members of `data`.
[[nodiscard]] Reply wrapped(HttpStatus status, std::string_view message,
                            const std::function<void(JsonObject&)>& put);

// {"error":"…","error_code":"…","success":false}, or {"error":{"code":"…","message":"…"}}, as the
// setting api_sms_errors says.
[[nodiscard]] Reply wrapped_refusal(const Config& config, const Refusal& refusal);

// The same with 400.
[[nodiscard]] Reply wrapped_fault(const Config& config, const std::string& text, const char* code);

// The refusal in this API's own words: 401 and 503 have some.
[[nodiscard]] Reply refuse_in_api_sms(const Request& request, const Services& services,
                                      const Refusal& refusal);

// Why the body of `request` is none; nothing: it is an object, now in `body`, in which the members
// `one` and `other` say something.
[[nodiscard]] std::optional<Reply> wrong_body(const Request& request, const Config& config,
                                              const char* one, const char* other,
                                              rapidjson::Document& body);

// "2026-01-21T05:40:02.683000": UTC, with microseconds and without a zone.
[[nodiscard]] std::string naive_text(UtcMs when);

// pending, sent or failed.
[[nodiscard]] std::string_view recipient_word(State state) noexcept;

// How many recipients there are of each kind.
struct Tally {
    std::int64_t pending = 0, sent = 0, failed = 0;
    [[nodiscard]] std::int64_t all() const noexcept { return pending + sent + failed; }
    // pending while one is; then sent (all were), failed (none was) or partial.
    [[nodiscard]] std::string_view word() const noexcept;
};
[[nodiscard]] Tally tally_of(const JobCounts& counts) noexcept;

// Why a job failed: its own error, or what its state says; empty: it did not.
[[nodiscard]] std::string failure_of(const JobView& job);

// The integer by which this API knows a message.
[[nodiscard]] std::int64_t sms_number(const std::string& message_id);

// The addresses, for a caller who may ask (contract 3.5).
[[nodiscard]] Reply sms_send(const Request& request, const Services& services);
[[nodiscard]] Reply sms_send_bulk(const Request& request, const Services& services);
[[nodiscard]] Reply sms_list(const Request& request, const Services& services);
[[nodiscard]] Reply sms_show(const Request& request, const Services& services);
[[nodiscard]] Reply sms_recipients(const Request& request, const Services& services);
// What would be sent: encoding, parts, the characters that force UCS-2, what each recipient is
// taken for. Nothing is stored.
[[nodiscard]] Reply sms_preview(const Request& request, const Services& services);

} // namespace smsspool

#endif
