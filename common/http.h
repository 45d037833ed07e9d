// One HTTP exchange: the only place that knows libcurl.

#ifndef SMSSPOOL_COMMON_HTTP_H
#define SMSSPOOL_COMMON_HTTP_H

#include "common/settings.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

struct HttpRequest {
    enum class Method { post, get, patch };
    enum class Reach {
        anywhere,
        // The address that the name stands for is none of a private network, of an interface of
        // this machine, or otherwise special, unless `networks` has it. It is looked at when the
        // connection is made, and no proxy is used: a name that changes its address gets nowhere.
        // Not known: an internal network with addresses that are public (as with IPv6), and an
        // address elsewhere that leads back here.
        in_public
    };
    Method method = Method::post;
    std::string url;
    std::string body; // of a POST or PATCH
    std::string content_type = "application/x-www-form-urlencoded";
    std::vector<std::string> headers; // "NAME: VALUE"
    Reach reach = Reach::anywhere;
    std::string networks; // ADDRESS[/BITS], separated by spaces
    std::string ca_file;  // empty: what this machine trusts
    Ms connect_timeout{0};
    Ms timeout{0}; // of the whole exchange
    std::size_t answer_limit = 0;
};

// How an exchange ended.
struct HttpAnswer {
    enum class End {
        complete, // an answer came, up to `answer_limit` bytes of its body
        unsent,   // certainly no byte of the request was written
        broken    // the request may have been written, and no whole answer came
    };
    End end = End::unsent;
    int status = 0;               // of the answer, as far as it came; 0: none
    std::string body;             // likewise
    std::string location;         // where it redirects to, as an absolute URL; empty: nowhere
    bool taken = false;           // the form was posted before, and that answer led to this page
    std::int64_t retry_after = 0; // seconds; 0: it did not say
    std::string error;            // why it is not complete, a sentence
    Ms took{0};                   // the whole exchange
};

class Http {
public:
    Http() = default;
    Http(const Http&) = delete;
    Http& operator=(const Http&) = delete;
    virtual ~Http() = default;

    // Follows no redirection.
    [[nodiscard]] virtual HttpAnswer exchange(const HttpRequest& request) = 0;
    // Opens a connection (TLS included) and closes it; `complete` or `unsent`.
    [[nodiscard]] virtual HttpAnswer connect(const HttpRequest& request) = 0;
};

enum class Connections {
    // Each exchange has one of its own. A request on a connection that was used before is repeated
    // by libcurl where the peer closes it, and then nobody knows how often a message went out.
    fresh,
    // Kept for the next exchange with the same host: for requests that may be repeated.
    kept
};

// The real one: certificates and host names are verified, TLS is 1.2 or later. An object belongs to
// one thread. Throws Error(unavailable) where libcurl cannot be started.
[[nodiscard]] std::unique_ptr<Http> make_http(Connections connections = Connections::fresh);

// True if `address` (IPv4 or IPv6 as text) is one that anybody can reach: none of those that the
// registries of special addresses take out (RFC 6890: loopback, private, link-local, shared,
// documentation, multicast, reserved; of IPv6 also the ways to embed an IPv4 address, but for the
// mapped form, of which the IPv4 address counts). What is no address is none.
[[nodiscard]] bool is_public_address(std::string_view address);

// True if an interface of this machine has `address` (as inet_ntop() writes it) now. Throws
// Error(unavailable) where the interfaces cannot be read.
[[nodiscard]] bool is_own_address(std::string_view address);

} // namespace smsspool

#endif
