// One connection of a server for tests, with or without TLS: what a client said, and what it is
// answered, as bytes.

#ifndef SMSSPOOL_TESTS_MOCKHTTP_PEER_H
#define SMSSPOOL_TESTS_MOCKHTTP_PEER_H

#include "common/fd.h"

#include <memory>
#include <openssl/ssl.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace smsspool::mockhttp {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method, target, body;
    Pairs headers; // names in small letters
    Pairs fields;  // of the form in the body, in their order
};

// The value of the first pair of this name; empty: none.
[[nodiscard]] std::string value_of(const Pairs& pairs, std::string_view name);

// `text` with A to Z in small letters.
[[nodiscard]] std::string lowered(std::string_view text);

// `text` of a path or form, `%20` and `+` read as what they stand for.
[[nodiscard]] std::string decoded(std::string_view text);

class Peer {
public:
    // `tls` is none for plain HTTP.
    Peer(Fd socket, SSL_CTX* tls);

    // The next request. Nothing where the peer broke off, said what is no HTTP, or did not take
    // our certificate.
    [[nodiscard]] std::optional<Request> read();
    // False: it is gone.
    bool write(std::string_view bytes);
    // Returns when the peer has closed its end.
    void wait_for_end();
    // Ends the connection with RST.
    void reset();

private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
    };

    long receive(char* to, std::size_t size);
    bool read_more();

    Fd socket_;
    std::unique_ptr<SSL, Free> ssl_;
    bool good_ = true;
    std::string heard_;
};

} // namespace smsspool::mockhttp

#endif
