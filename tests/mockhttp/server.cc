// A server for tests.

#include "tests/mockhttp/server.h"

#include "common/clock.h"
#include "common/error.h"
#include "common/utf.h"

#include <arpa/inet.h>
#include <cstdio>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace smsspool::mockhttp {

namespace {

void put_pairs(JsonWriter& writer, const Pairs& pairs) {
    writer.StartArray();
    for (const auto& [name, value] : pairs) {
        writer.StartArray();
        put_text(writer, to_valid_utf8(name));
        put_text(writer, to_valid_utf8(value));
        writer.EndArray();
    }
    writer.EndArray();
}

} // namespace

Tls make_tls(const std::string& certificate, const std::string& key) {
    if (certificate.empty())
        return nullptr;
    Tls tls(SSL_CTX_new(TLS_server_method()));
    if (SSL_CTX_use_certificate_chain_file(tls.get(), certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        throw Error(Fault::bad_input, "the certificate cannot be used");
    return tls;
}

Fd listen_on_port(std::uint16_t port) {
    Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int yes = 1;
    (void)::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd.get(), 64) != 0)
        throw system_error(Fault::unavailable, "listen");
    return fd;
}

std::uint16_t port_of(const Fd& listener) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw system_error(Fault::unavailable, "getsockname");
    return ntohs(address.sin_port);
}

Fd listen_on_path(const std::string& path) {
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        throw Error(Fault::bad_input, "the name of the socket is too long: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    (void)::unlink(path.c_str());
    if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd.get(), 64) != 0)
        throw system_error(Fault::unavailable, "listen on " + path);
    return fd;
}

void write_port(const std::string& file, std::uint16_t port) {
    if (file.empty())
        return;
    const std::string beside = file + ".new";
    std::ofstream(beside) << port << '\n';
    if (std::rename(beside.c_str(), file.c_str()) != 0)
        throw system_error(Fault::unavailable, "write " + file);
}

void Server::use(SSL_CTX* tls) {
    const std::lock_guard lock(mutex_);
    tls_ = tls;
}

void Server::start(Fd listener) {
    listener_ = std::move(listener);
    stopped_ = false;
    accepting_ = std::thread([this] { accept_all(); });
}

void Server::accept_all() {
    for (;; ++last_id_) {
        Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        SSL_CTX* tls = nullptr;
        if (!admit(last_id_, socket.get(), tls))
            return;
        if (socket)
            std::thread([this, id = last_id_, tls, moved = std::move(socket)]() mutable {
                converse(id, std::move(moved), tls);
            }).detach();
    }
}

// False: it is stopped.
bool Server::admit(int id, int socket, SSL_CTX*& tls) {
    const std::lock_guard lock(mutex_);
    if (socket >= 0 && !stopped_)
        sockets_.emplace(id, socket);
    tls = tls_;
    return !stopped_;
}

void Server::converse(int id, Fd socket, SSL_CTX* tls) {
    Peer peer(std::move(socket), tls);
    serve_(peer);
    const std::lock_guard lock(mutex_);
    sockets_.erase(id);
}

void Server::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        // Ends the accept4() that waits, which closing would not.
        (void)::shutdown(listener_.get(), SHUT_RDWR);
        for (const auto& [id, socket] : sockets_)
            (void)::shutdown(socket, SHUT_RDWR);
    }
    accepting_.join();
    listener_.reset();
}

void Journal::write(const Request& request, const std::function<void(JsonWriter&)>& more) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_key(writer, "time_ms");
    writer.Int64(utc_now());
    put_key(writer, "method");
    put_text(writer, request.method);
    put_key(writer, "target");
    put_text(writer, to_valid_utf8(request.target));
    put_key(writer, "headers");
    put_pairs(writer, request.headers);
    put_key(writer, "fields");
    put_pairs(writer, request.fields);
    more(writer);
    writer.EndObject();
    const std::lock_guard lock(mutex_);
    file_ << std::string_view(buffer.GetString(), buffer.GetSize()) << std::endl;
}

} // namespace smsspool::mockhttp
