// Replies and refusals.

#include "fcgi/reply.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace smsspool {

namespace {

constexpr std::string_view challenge = "Basic realm=\"smsspool\", charset=\"UTF-8\"";

// Each status that this server uses: its phrase, and what it says where nobody says more.
struct StatusRow {
    HttpStatus status;
    std::string_view phrase;
    std::string_view code;
    std::string_view text;
};

constexpr std::array rows{
    StatusRow{HttpStatus::ok, "OK", "", ""},
    StatusRow{HttpStatus::accepted, "Accepted", "", ""},
    StatusRow{HttpStatus::no_content, "No Content", "", ""},
    StatusRow{HttpStatus::multi_status, "Multi-Status", "", ""},
    StatusRow{HttpStatus::bad_request, "Bad Request", "BAD_REQUEST", "Bad request"},
    StatusRow{HttpStatus::unauthorized, "Unauthorized", "AUTHENTICATION_REQUIRED",
              "Invalid credentials or missing Authorization header"},
    StatusRow{HttpStatus::forbidden, "Forbidden", "FORBIDDEN", "This is not allowed"},
    StatusRow{HttpStatus::not_found, "Not Found", "NOT_FOUND", "There is nothing at this address"},
    StatusRow{HttpStatus::method_not_allowed, "Method Not Allowed", "METHOD_NOT_ALLOWED",
              "This address does not take this method"},
    StatusRow{HttpStatus::request_timeout, "Request Timeout", "REQUEST_TIMEOUT",
              "The request took too long"},
    StatusRow{HttpStatus::conflict, "Conflict", "CONFLICT",
              "The request contradicts an earlier one"},
    StatusRow{HttpStatus::content_too_large, "Content Too Large", "BODY_TOO_LARGE",
              "The request body is too large"},
    StatusRow{HttpStatus::uri_too_long, "URI Too Long", "QUERY_TOO_LONG",
              "The query string is too long"},
    StatusRow{HttpStatus::unsupported_media_type, "Unsupported Media Type", "INVALID_CONTENT_TYPE",
              "Content-Type must be application/json"},
    StatusRow{HttpStatus::too_many_requests, "Too Many Requests", "TOO_MANY_REQUESTS",
              "Too many requests, try again later"},
    StatusRow{HttpStatus::internal_error, "Internal Server Error", "INTERNAL_ERROR",
              "Internal processing error"},
    StatusRow{HttpStatus::unavailable, "Service Unavailable", "SPOOL_UNAVAILABLE",
              "The message store is not available, try again later"},
    StatusRow{HttpStatus::insufficient_storage, "Insufficient Storage", "SPOOL_FULL",
              "There is no room for new messages, try again later"},
};

const StatusRow& row_of(HttpStatus status) noexcept {
    const auto found = std::find_if(
        rows.begin(), rows.end(), [status](const StatusRow& row) { return row.status == status; });
    return found == rows.end() ? row_of(HttpStatus::internal_error) : *found;
}

Refusal refusal_with(HttpStatus status) {
    const StatusRow& row = row_of(status);
    Refusal refusal{status, std::string(row.code), std::string(row.text), {}};
    if (status == HttpStatus::unauthorized)
        refusal.headers.emplace_back("WWW-Authenticate", challenge);
    if (status == HttpStatus::too_many_requests)
        refusal.headers.emplace_back("Retry-After", "1");
    return refusal;
}

Refusal try_again(Refusal refusal, const char* seconds) {
    refusal.headers.emplace_back("Retry-After", seconds);
    return refusal;
}

void add_line(std::string& text, std::string_view name, std::string_view value) {
    text += name;
    text += ": ";
    text += value;
    text += "\r\n";
}

} // namespace

Reply json_reply(HttpStatus status, const rapidjson::StringBuffer& json) {
    Reply reply;
    reply.status = status;
    reply.body.assign(json.GetString(), json.GetSize());
    reply.body += '\n';
    return reply;
}

std::string cgi_text(const Reply& reply, std::string_view method) {
    std::string text;
    add_line(text, "Status",
             std::to_string(static_cast<int>(reply.status)) + " " +
                 std::string(row_of(reply.status).phrase));
    // Some of these nginx keeps for the client, who would get them twice then.
    if (reply.reader == Reader::client) {
        add_line(text, "Content-Type", reply.content_type);
        add_line(text, "Content-Length", std::to_string(reply.body.size()));
        add_line(text, "Cache-Control", "no-store");
        add_line(text, "X-Content-Type-Options", "nosniff");
    }
    for (const Header& header : reply.headers)
        add_line(text, header.first, header.second);
    text += "\r\n";
    if (method != "HEAD")
        text += reply.body;
    return text;
}

Reply refusal_reply(const Refusal& refusal, const rapidjson::StringBuffer& json) {
    Reply reply = json_reply(refusal.status, json);
    reply.headers = refusal.headers;
    return reply;
}

Refusal refusal_of(const Error& error) {
    switch (error.fault()) {
    case Fault::bad_input:
        return refusal_with(HttpStatus::bad_request);
    case Fault::denied:
        return refusal_with(HttpStatus::forbidden);
    case Fault::conflict:
        return refusal_with(HttpStatus::conflict);
    case Fault::busy: {
        Refusal refusal = refusal_with(HttpStatus::unavailable);
        refusal.code = "SPOOL_BUSY";
        refusal.text = "The message store is busy, try again";
        return try_again(std::move(refusal), "1");
    }
    case Fault::full:
        return refusal_with(HttpStatus::insufficient_storage);
    case Fault::unavailable:
    case Fault::corrupt: // to the client the same: an operator must bring the store back
        return try_again(refusal_with(HttpStatus::unavailable), "5");
    case Fault::bug:
        return internal_error();
    }
    return internal_error();
}

Refusal refusal_named(std::string_view number) {
    int value = 0;
    const auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (fault != std::errc() || end != number.data() + number.size())
        return internal_error();
    const auto found = std::find_if(rows.begin(), rows.end(), [value](const StatusRow& row) {
        return static_cast<int>(row.status) == value && !row.code.empty();
    });
    if (found != rows.end())
        return refusal_with(found->status);
    return refusal_with(value >= 400 && value < 500 ? HttpStatus::bad_request
                                                    : HttpStatus::internal_error);
}

Refusal no_credentials() {
    return refusal_with(HttpStatus::unauthorized);
}

Refusal forbidden() {
    return refusal_with(HttpStatus::forbidden);
}

Refusal no_right_to(Scope scope) {
    Refusal refusal = forbidden();
    refusal.text = "This needs the right \"" + std::string(name_of(scope)) + "\"";
    return refusal;
}

Refusal over_limit(const NotAllowed& limit) {
    const auto code = [&] {
        switch (limit.what) {
        case NotAllowed::What::recipient:
            return "RECIPIENT_NOT_ALLOWED";
        case NotAllowed::What::hours:
            return "OUTSIDE_ALLOWED_HOURS";
        case NotAllowed::What::parts_per_day:
        case NotAllowed::What::parts:
            return "DAILY_LIMIT_REACHED";
        }
        return "FORBIDDEN";
    };
    Refusal refusal{limit.seconds ? HttpStatus::too_many_requests : HttpStatus::forbidden,
                    code(),
                    limit.text,
                    {}};
    if (limit.seconds)
        refusal.headers.emplace_back("Retry-After", std::to_string(*limit.seconds));
    return refusal;
}

Refusal no_such_address() {
    return refusal_with(HttpStatus::not_found);
}

Refusal wrong_method(const std::string& methods) {
    Refusal refusal = refusal_with(HttpStatus::method_not_allowed);
    refusal.headers.emplace_back("Allow", methods);
    return refusal;
}

Refusal body_too_large() {
    return refusal_with(HttpStatus::content_too_large);
}

Refusal query_too_long() {
    return refusal_with(HttpStatus::uri_too_long);
}

Refusal internal_error() {
    return refusal_with(HttpStatus::internal_error);
}

} // namespace smsspool
