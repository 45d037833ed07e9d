// One HTTP exchange: the only place that knows libcurl.

#ifndef SMSSPOOL_SPOOLD_PROVIDER_HTTP_H
#define SMSSPOOL_SPOOLD_PROVIDER_HTTP_H

#include "common/settings.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace smsspool {

struct HttpRequest {
    enum class Method { post, get };
    Method method = Method::post;
    std::string url;
    std::string body;                 // of a POST, application/x-www-form-urlencoded
    std::vector<std::string> headers; // "NAME: VALUE"
    std::string ca_file;              // empty: what this machine trusts
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

// The real one: certificates and host names are verified, each exchange has a connection of its
// own. A request on a connection that was used before is repeated by libcurl where the peer closes
// it, and then nobody knows how often a message went out.
[[nodiscard]] std::unique_ptr<Http> make_http();

} // namespace smsspool

#endif
