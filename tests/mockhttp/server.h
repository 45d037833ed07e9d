// A server for tests: each connection has a thread of its own, each request a line in a file.

#ifndef SMSSPOOL_TESTS_MOCKHTTP_SERVER_H
#define SMSSPOOL_TESTS_MOCKHTTP_SERVER_H

#include "common/fd.h"
#include "common/json.h"
#include "tests/mockhttp/peer.h"

#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace smsspool::mockhttp {

struct FreeTls {
    void operator()(SSL_CTX* tls) const { SSL_CTX_free(tls); }
};
using Tls = std::unique_ptr<SSL_CTX, FreeTls>;

// None without a certificate. Throws Error(bad_input) where it or its key cannot be used.
[[nodiscard]] Tls make_tls(const std::string& certificate, const std::string& key);

// Listens on 127.0.0.1; port 0: on a free one. Throws Error(unavailable).
[[nodiscard]] Fd listen_on_port(std::uint16_t port);
[[nodiscard]] std::uint16_t port_of(const Fd& listener);
// Listens on a Unix socket; what was left there goes. Throws Error(unavailable).
[[nodiscard]] Fd listen_on_path(const std::string& path);
// Whoever sees the file sees all of it.
void write_port(const std::string& file, std::uint16_t port);

class Server {
public:
    // `serve` has a connection until it returns; it is called by many threads at once.
    explicit Server(std::function<void(Peer&)> serve) : serve_(std::move(serve)) {}

    // For the connections from now on; none: plain HTTP. `tls` must stay.
    void use(SSL_CTX* tls);
    // Serves in the background. REQUIRES: it was not started since it was stopped.
    void start(Fd listener);
    // Nobody listens when it returns, and every connection is broken off.
    void stop();

private:
    void accept_all();
    bool admit(int id, int socket, SSL_CTX*& tls);
    void converse(int id, Fd socket, SSL_CTX* tls);

    std::function<void(Peer&)> serve_;
    Fd listener_;
    std::thread accepting_;
    int last_id_ = 0;
    std::mutex mutex_; // of what follows
    bool stopped_ = true;
    SSL_CTX* tls_ = nullptr;
    std::map<int, int> sockets_; // of those that are served
};

// The requests, a JSON object a line, in the order in which they were written.
class Journal {
public:
    explicit Journal(const std::string& file) : file_(file, std::ios::app) {}

    // `more` adds members to those of the request: time_ms, method, target, headers, fields.
    void write(const Request& request, const std::function<void(JsonWriter&)>& more);

private:
    std::mutex mutex_;
    std::ofstream file_;
};

} // namespace smsspool::mockhttp

#endif
