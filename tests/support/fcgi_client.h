// The web server's side of FastCGI, as little of it as a test needs.

#ifndef SMSSPOOL_TESTS_SUPPORT_FCGI_CLIENT_H
#define SMSSPOOL_TESTS_SUPPORT_FCGI_CLIENT_H

#include "common/error.h"
#include "common/fd.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <utility>
#include <vector>

namespace smsspool {

using FcgiParameters = std::vector<std::pair<std::string, std::string>>;

struct FcgiAnswer {
    bool complete = false; // the program said that the request has ended
    std::string head, body;
    [[nodiscard]] int status() const {
        return head.starts_with("Status: ") ? std::atoi(head.c_str() + 8) : 0;
    }
};

class FcgiClient {
public:
    // Connects to a Unix socket. Nothing takes longer than ten seconds.
    explicit FcgiClient(const std::string& path)
        : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        const timeval most{10, 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
        if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
            0)
            throw system_error(Fault::unavailable, path);
    }

    void begin(const FcgiParameters& parameters) {
        record(1, std::string_view("\0\1\0\0\0\0\0\0", 8)); // a responder; close afterwards
        std::string pairs;
        for (const auto& [name, value] : parameters) {
            append_length(pairs, name.size());
            append_length(pairs, value.size());
            pairs += name;
            pairs += value;
        }
        stream(4, pairs);
        record(4, {});
    }

    void body(std::string_view bytes) { stream(5, bytes); }
    void end_body() { record(5, {}); }

    // Writes bytes as they are. A program that has gone away is no error here.
    void raw(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0)
                return;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    // Everything until the program closes the connection.
    FcgiAnswer read() {
        std::string bytes;
        std::array<char, 8192> buffer;
        for (ssize_t count; (count = ::read(socket_.get(), buffer.data(), buffer.size())) > 0;)
            bytes.append(buffer.data(), static_cast<std::size_t>(count));
        return taken_apart(bytes);
    }

    // One whole request.
    static FcgiAnswer ask(const std::string& path, const FcgiParameters& parameters,
                          std::string_view body = {}) {
        FcgiClient client(path);
        client.begin(parameters);
        client.body(body);
        client.end_body();
        return client.read();
    }

private:
    static void append_length(std::string& text, std::size_t length) {
        if (length >= 128) {
            for (const int shift : {24, 16, 8})
                text += static_cast<char>((length >> shift | (shift == 24 ? 0x80 : 0)) & 0xFF);
        }
        text += static_cast<char>(length & 0xFF);
    }

    void record(int type, std::string_view content) {
        std::string bytes{1,
                          static_cast<char>(type),
                          0,
                          1,
                          static_cast<char>(content.size() >> 8 & 0xFF),
                          static_cast<char>(content.size() & 0xFF),
                          0,
                          0};
        bytes += content;
        raw(bytes);
    }

    void stream(int type, std::string_view content) {
        constexpr std::size_t most = 32768;
        for (; !content.empty(); content.remove_prefix(std::min(most, content.size())))
            record(type, content.substr(0, most));
    }

    static FcgiAnswer taken_apart(std::string_view bytes) {
        FcgiAnswer answer;
        std::string output;
        while (bytes.size() >= 8) {
            const auto byte = [&](std::size_t at) {
                return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]));
            };
            const std::size_t length = byte(4) << 8 | byte(5);
            const std::size_t whole = 8 + length + byte(6);
            if (bytes.size() < whole)
                break;
            if (byte(1) == 6)
                output += bytes.substr(8, length);
            answer.complete = answer.complete || byte(1) == 3;
            bytes.remove_prefix(whole);
        }
        const auto end = output.find("\r\n\r\n");
        answer.head = output.substr(0, end);
        if (end != std::string::npos)
            answer.body = output.substr(end + 4);
        return answer;
    }

    Fd socket_;
};

} // namespace smsspool

#endif
