// A request as the handlers see it: plain values, copied at once, that no library owns.
//
// Who the user is and what else nginx decided arrives as FastCGI parameters that only nginx sets
// (smsspool-api(7), "Behind nginx"); nothing here is believed because a client said so.

#ifndef SMSSPOOL_FCGI_REQUEST_H
#define SMSSPOOL_FCGI_REQUEST_H

#include "common/clock.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace smsspool {

// A query string, taken apart by cgicc.
class Query {
public:
    Query() = default;
    explicit Query(const std::string& text);

    // The first value of `name`, percent-decoded and well-formed UTF-8; empty for `?name` and
    // `?name=`. Nothing where the name is missing. Names are compared exactly.
    [[nodiscard]] std::optional<std::string> get(std::string_view name) const;

    // Whether `name` is there and says yes: without a value, or with true, 1 or yes in any case.
    [[nodiscard]] bool says(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

enum class Body {
    complete,
    too_large, // longer than body_limit: what is over it was not read
};

struct Request {
    std::string method;
    std::string path;
    std::string query;
    std::string content_type;
    std::string body;
    Body body_state = Body::complete;
    std::string user;            // authenticated; empty: nobody
    std::string token;           // the id of the token that the user showed; empty: none
    std::string authorization;   // the header; nginx tells it to the program auth alone
    std::string address;         // of the client, for the log
    std::string idempotency_key; // empty: none
    std::string refused;         // the HTTP status with which nginx refuses; empty: it does not
    bool open = false;           // nginx lets this address in without credentials
    UtcMs when = 0;              // of its arrival
};

// What a FastCGI parameter holds; empty where it is missing.
using Parameter = std::function<std::string(const char* name)>;

// The request without its body. A user name that is not well-formed UTF-8, or that holds a control
// character, is nobody: two such names could look the same afterwards.
[[nodiscard]] Request make_request(const Parameter& parameter, UtcMs when);

// True for application/json and application/*+json, in any case and with any parameters.
[[nodiscard]] bool is_json(std::string_view content_type);

// `text` without blanks, tabs and line ends around it.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

// `text` with A to Z as a to z.
[[nodiscard]] std::string lower_case(std::string_view text);

} // namespace smsspool

#endif
