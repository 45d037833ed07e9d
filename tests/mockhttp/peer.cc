// One connection.

#include "tests/mockhttp/peer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <sys/socket.h>

namespace smsspool::mockhttp {

namespace {

constexpr std::size_t most_bytes = 1024 * 1024;

Pairs fields_of(std::string_view body) {
    Pairs fields;
    while (!body.empty()) {
        const std::string_view field = body.substr(0, body.find('&'));
        const std::size_t equals = std::min(field.find('='), field.size());
        fields.emplace_back(decoded(field.substr(0, equals)),
                            decoded(field.substr(std::min(equals + 1, field.size()))));
        body.remove_prefix(std::min(field.size() + 1, body.size()));
    }
    return fields;
}

// The lines of a head that ended with an empty one.
Request parsed(std::string_view head) {
    Request request;
    const std::string_view first = head.substr(0, head.find("\r\n"));
    request.method = first.substr(0, first.find(' '));
    const std::string_view rest = first.substr(std::min(request.method.size() + 1, first.size()));
    request.target = rest.substr(0, rest.find(' '));
    head.remove_prefix(std::min(first.size() + 2, head.size()));
    while (!head.empty()) {
        const std::string_view line = head.substr(0, head.find("\r\n"));
        const std::size_t colon = std::min(line.find(':'), line.size());
        std::string_view value = line.substr(std::min(colon + 1, line.size()));
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        request.headers.emplace_back(lowered(line.substr(0, colon)), value);
        head.remove_prefix(std::min(line.size() + 2, head.size()));
    }
    return request;
}

} // namespace

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return result;
}

std::string decoded(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        unsigned value = 0;
        if (text[at] == '+') {
            result += ' ';
        } else if (text[at] == '%' && at + 2 < text.size() &&
                   std::from_chars(text.data() + at + 1, text.data() + at + 3, value, 16).ptr ==
                       text.data() + at + 3) {
            result += static_cast<char>(value);
            at += 2;
        } else {
            result += text[at];
        }
    }
    return result;
}

std::string value_of(const Pairs& pairs, std::string_view name) {
    for (const auto& [key, value] : pairs) {
        if (key == name)
            return value;
    }
    return {};
}

Peer::Peer(Fd socket, SSL_CTX* tls) : socket_(std::move(socket)) {
    if (tls == nullptr)
        return;
    ssl_.reset(SSL_new(tls));
    good_ = SSL_set_fd(ssl_.get(), socket_.get()) == 1 && SSL_accept(ssl_.get()) == 1;
}

long Peer::receive(char* to, std::size_t size) {
    if (!good_)
        return -1;
    return ssl_ ? SSL_read(ssl_.get(), to, static_cast<int>(size))
                : ::recv(socket_.get(), to, size, 0);
}

bool Peer::read_more() {
    std::array<char, 16384> bytes{};
    const long count = receive(bytes.data(), bytes.size());
    if (count <= 0 || heard_.size() > most_bytes)
        return false;
    heard_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
}

std::optional<Request> Peer::read() {
    std::size_t end = 0;
    while ((end = heard_.find("\r\n\r\n")) == std::string::npos) {
        if (!read_more())
            return std::nullopt;
    }
    Request request = parsed(std::string_view(heard_).substr(0, end + 2));
    heard_.erase(0, end + 4);
    const auto length =
        std::strtoul(value_of(request.headers, "content-length").c_str(), nullptr, 10);
    while (heard_.size() < length) {
        if (!read_more())
            return std::nullopt;
    }
    request.body = heard_.substr(0, length);
    heard_.erase(0, length);
    request.fields = fields_of(request.body);
    return request;
}

bool Peer::write(std::string_view bytes) {
    while (good_ && !bytes.empty()) {
        const long count = ssl_
                               ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                               : ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        good_ = count > 0;
        if (good_)
            bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return good_;
}

void Peer::wait_for_end() {
    while (read_more())
        heard_.clear();
}

void Peer::reset() {
    const linger at_once{1, 0};
    (void)::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket_.reset();
}

} // namespace smsspool::mockhttp
