// Replies and refusals. The only place of HTTP status numbers, and of what a Fault means to a
// client.

#ifndef SMSSPOOL_FCGI_REPLY_H
#define SMSSPOOL_FCGI_REPLY_H

#include "common/accounts.h"
#include "common/error.h"
#include "common/json.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace smsspool {

enum class HttpStatus : int {
    ok = 200,
    accepted = 202,
    no_content = 204,
    multi_status = 207,
    bad_request = 400,
    unauthorized = 401,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    request_timeout = 408,
    conflict = 409,
    content_too_large = 413,
    uri_too_long = 414,
    unsupported_media_type = 415,
    too_many_requests = 429,
    internal_error = 500,
    unavailable = 503,
    insufficient_storage = 507,
};

using Header = std::pair<std::string, std::string>;

// Who reads a reply: the client; or nginx alone, which then does as its headers say.
enum class Reader { client, web_server };

struct Reply {
    HttpStatus status = HttpStatus::ok;
    std::vector<Header> headers;                        // beside those that every reply has
    std::string body;                                   // complete lines, or nothing
    std::string_view content_type = "application/json"; // of static storage
    Reader reader = Reader::client;
};

// A reply whose body is what `json` holds.
[[nodiscard]] Reply json_reply(HttpStatus status, const rapidjson::StringBuffer& json);

// `reply` in the form of CGI: header lines, an empty line, the body. Without the body for HEAD,
// whose Content-Length is still that of the body. Every reply to a client says what it is, that
// nobody may store it, and that nobody may guess another type.
[[nodiscard]] std::string cgi_text(const Reply& reply, std::string_view method);

// Why a request is not done. Each API puts it into a form of its own.
struct Refusal {
    HttpStatus status = HttpStatus::bad_request;
    std::string code; // a word for programs
    std::string text; // a sentence for people; nothing of the inside of the system
    std::vector<Header> headers;
};

// A reply with the refusal's status and headers.
[[nodiscard]] Reply refusal_reply(const Refusal& refusal, const rapidjson::StringBuffer& json);

// The refusal of a request that ended in `error`. Its text never is that of the error, which may
// hold statements and paths.
[[nodiscard]] Refusal refusal_of(const Error& error);

// The refusal that nginx asks for with SMSSPOOL_ERROR. An unknown number is a bad request from 400
// to 499 and an internal error else.
[[nodiscard]] Refusal refusal_named(std::string_view number);

[[nodiscard]] Refusal no_credentials();
[[nodiscard]] Refusal forbidden();
// For who may not do what `scope` allows.
[[nodiscard]] Refusal no_right_to(Scope scope);
// 429 with Retry-After, or 403 where waiting does not help.
[[nodiscard]] Refusal over_limit(const NotAllowed& limit);
[[nodiscard]] Refusal no_such_address();
// `methods` as the Allow header has them.
[[nodiscard]] Refusal wrong_method(const std::string& methods);
[[nodiscard]] Refusal body_too_large();
[[nodiscard]] Refusal query_too_long();
// For what is our own fault and no Error.
[[nodiscard]] Refusal internal_error();

} // namespace smsspool

#endif
