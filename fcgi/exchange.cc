// One request over libfcgi. The only place of fcgiapp.h.
//
// A connection carries one request. libfcgi binds a thread to its connection, so connections that
// stay open would let a few idle ones hold up all others; on a Unix socket a new one costs little.

#include "fcgi/exchange.h"

#include "common/clock.h"

#include <array>
#include <fcgiapp.h>
#include <optional>
#include <string>
#include <utility>

namespace smsspool {

namespace {

// A request of libfcgi on a connection that is already accepted.
class Exchange {
public:
    explicit Exchange(Fd connection) {
        // No listening socket: where libfcgi would wait for another connection, it fails instead.
        ::FCGX_InitRequest(&fcgi_, -1, 0);
        fcgi_.ipcFd = connection.release();
        // FCGX_Accept_r() first ends the request before, and would close the connection with it.
        fcgi_.keepConnection = 1;
    }
    ~Exchange() {
        fcgi_.keepConnection = 0;
        ::FCGX_Finish_r(&fcgi_);
    }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    // Reads the parameters. False: the web server said nothing that is a request.
    [[nodiscard]] bool begin() { return ::FCGX_Accept_r(&fcgi_) == 0; }

    [[nodiscard]] std::string parameter(const char* name) const {
        const char* value = ::FCGX_GetParam(name, fcgi_.envp);
        return value == nullptr ? std::string() : std::string(value);
    }

    // Reads the body up to `limit` bytes; nothing: the web server broke off. What the client says
    // about its length is not looked at.
    [[nodiscard]] std::optional<Body> read_body(std::size_t limit, std::string& body) {
        std::array<char, 16 * 1024> buffer;
        for (;;) {
            const int count =
                ::FCGX_GetStr(buffer.data(), static_cast<int>(buffer.size()), fcgi_.in);
            if (count > 0)
                body.append(buffer.data(), static_cast<std::size_t>(count));
            if (body.size() > limit) {
                body.clear();
                return Body::too_large;
            }
            if (count < static_cast<int>(buffer.size()))
                break;
        }
        if (::FCGX_GetError(fcgi_.in) != 0)
            return std::nullopt;
        return Body::complete;
    }

    void write(const std::string& text) {
        (void)::FCGX_PutStr(text.data(), static_cast<int>(text.size()), fcgi_.out);
    }

private:
    FCGX_Request fcgi_{};
};

} // namespace

void prepare_exchanges() {
    ::FCGX_Init();
}

void exchange(Fd connection, const Services& services) {
    Exchange exchange(std::move(connection));
    if (!exchange.begin())
        return;
    const auto parameter = [&](const char* name) { return exchange.parameter(name); };
    Request request = make_request(parameter, utc_now());
    const auto limit = static_cast<std::size_t>(services.config.*the_program.body_limit);
    const auto body = exchange.read_body(limit, request.body);
    if (!body)
        return; // half a request is none
    request.body_state = *body;
    exchange.write(cgi_text(answer(the_program, request, services), request.method));
}

} // namespace smsspool
