// mockprovider: an HTTP provider of SMS that sends nothing, for tests and rehearsal.
//
//   mockprovider [--port N] [--port-file FILE] [--log FILE] [--tls CERTIFICATE KEY]
//
// Listens on 127.0.0.1, on a free port if none is given, which is written to FILE. POST
// /gateway/gateway.jsp is answered 401 where the field msg_utf8 holds "error", in any case, else
// 200 with the body "200 OK"; GET /health says that it runs. Each request is a JSON line in the
// log, written before it is answered: method, target, headers, fields in their order, and, of a
// message that was taken, "accepted".
//
// A text can ask for a fault, [[FAULT]] or [[always FAULT]]; without always only the first request
// with this text has it:
//   hang              no answer, until the other side closes
//   reset, close      the connection ends without an answer, with RST or without
//   half              it ends in the middle of the answer
//   slow MS           the answer comes late
//   status CODE [S]   another status, with Retry-After: S
//   body WORDS        200 with another body
//   flood             200 with a body that does not end
//   redirect CODE URL with this Location

#include "common/error.h"
#include "common/json.h"
#include "tests/mockhttp/server.h"

#include <chrono>
#include <csignal>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>
#include <sysexits.h>
#include <thread>

namespace smsspool::mockprovider {

namespace {

using mockhttp::Journal;
using mockhttp::Peer;
using mockhttp::Request;
using mockhttp::value_of;

constexpr std::string_view gateway = "/gateway/gateway.jsp";

struct Options {
    std::uint16_t port = 0;
    std::string port_file, log, certificate, key;
};

struct Reply {
    int status = 200;
    std::string body = "200 OK";
    std::string headers{};
};

struct Fault {
    std::string name;
    std::istringstream rest;
};

std::string bytes_of(const Reply& reply) {
    return "HTTP/1.1 " + std::to_string(reply.status) + " Mock\r\nContent-Type: text/plain\r\n" +
           reply.headers +
           "Connection: close\r\nContent-Length: " + std::to_string(reply.body.size()) +
           "\r\n\r\n" + reply.body;
}

class Provider {
public:
    explicit Provider(const Options& options) : journal_(options.log) {}

    void serve(Peer& peer) {
        const auto request = peer.read();
        if (!request)
            return;
        const std::string text = value_of(request->fields, "msg_utf8");
        auto fault = fault_of(text);
        const Reply reply = fault ? reply_of(*fault) : reply_to(*request, text);
        const bool open =
            fault && (fault->name == "hang" || fault->name == "reset" || fault->name == "close");
        note(*request, fault ? fault->name : "",
             request->method == "POST" && !open && reply.status == 200);
        if (fault)
            misbehave(peer, *fault, reply);
        else
            peer.write(bytes_of(reply));
    }

private:
    static Reply reply_to(const Request& request, const std::string& text) {
        if (request.target == "/health")
            return {200, R"({"status":"healthy","service":"mock-sms-api"})"};
        if (request.method == "GET") // where a redirection led to
            return {200, "a page"};
        if (request.target.substr(0, gateway.size()) != gateway)
            return {404, "404 Not Found"};
        if (mockhttp::lowered(text).find("error") != std::string::npos)
            return {401, "401 Unauthorized"};
        std::cout << "[Mock SMS] Message: " << text << std::endl;
        return {};
    }

    // The fault that this request has.
    std::optional<Fault> fault_of(const std::string& text) {
        const std::size_t begin = text.find("[[");
        const std::size_t end = text.find("]]", begin);
        if (begin == std::string::npos || end == std::string::npos)
            return std::nullopt;
        Fault fault{{}, std::istringstream(text.substr(begin + 2, end - begin - 2))};
        fault.rest >> fault.name;
        if (fault.name == "always") {
            fault.rest >> fault.name;
            return fault;
        }
        const std::lock_guard lock(mutex_);
        return ++seen_[text] == 1 ? std::optional(std::move(fault)) : std::nullopt;
    }

    static Reply reply_of(Fault& fault) {
        Reply reply;
        std::string more;
        if (fault.name == "status" || fault.name == "redirect") {
            fault.rest >> reply.status >> more;
            reply.body = "a mock fault";
            if (!more.empty())
                reply.headers =
                    (fault.name == "status" ? "Retry-After: " : "Location: ") + more + "\r\n";
        } else if (fault.name == "body") {
            std::getline(fault.rest >> std::ws, reply.body);
        }
        return reply;
    }

    static void misbehave(Peer& peer, Fault& fault, const Reply& reply) {
        int ms = 0;
        if (fault.name == "slow" && fault.rest >> ms)
            std::this_thread::sleep_for(std::chrono::milliseconds(ms));
        if (fault.name == "hang")
            peer.wait_for_end();
        else if (fault.name == "reset")
            peer.reset();
        else if (fault.name == "half")
            peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n200");
        else if (fault.name == "flood")
            flood(peer);
        else if (fault.name != "close")
            peer.write(bytes_of(reply));
    }

    static void flood(Peer& peer) {
        bool more = peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
        while (more)
            more = peer.write(std::string(4096, 'x'));
    }

    void note(const Request& request, const std::string& fault, bool accepted) {
        journal_.write(request, [&](JsonWriter& writer) {
            put_key(writer, "fault");
            put_text(writer, fault);
            put_key(writer, "accepted");
            writer.Bool(accepted);
        });
    }

    Journal journal_;
    std::mutex mutex_; // of what follows
    std::map<std::string, int> seen_;
};

bool read_options(int count, char** words, Options& options) {
    for (int i = 1; i < count; ++i) {
        const std::string_view name = words[i];
        const int left = count - i - 1;
        if (name == "--tls" && left >= 2) {
            options.certificate = words[i + 1];
            options.key = words[i + 2];
            ++i;
        } else if (name == "--port" && left >= 1) {
            options.port = static_cast<std::uint16_t>(std::stoul(words[i + 1]));
        } else if (name == "--port-file" && left >= 1) {
            options.port_file = words[i + 1];
        } else if (name == "--log" && left >= 1) {
            options.log = words[i + 1];
        } else {
            return false;
        }
        ++i;
    }
    return true;
}

int serve(const Options& options) {
    std::signal(SIGPIPE, SIG_IGN);
    const auto tls = mockhttp::make_tls(options.certificate, options.key);
    Provider provider(options);
    mockhttp::Server server([&provider](Peer& peer) { provider.serve(peer); });
    server.use(tls.get());
    Fd listener = mockhttp::listen_on_port(options.port);
    mockhttp::write_port(options.port_file, mockhttp::port_of(listener));
    server.start(std::move(listener));
    for (;;)
        ::pause();
}

} // namespace

} // namespace smsspool::mockprovider

int main(int count, char** words) {
    using namespace smsspool::mockprovider;
    Options options;
    try {
        if (!read_options(count, words, options)) {
            std::cerr << "usage: mockprovider [--port N] [--port-file FILE] [--log FILE] "
                         "[--tls CERTIFICATE KEY]\n";
            return EX_USAGE;
        }
        return serve(options);
    } catch (const std::exception& error) {
        std::cerr << "mockprovider: " << error.what() << '\n';
        return EX_UNAVAILABLE;
    }
}
