// The listening socket.

#include "fcgi/listener.h"

#include "common/error.h"

#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

namespace smsspool {

namespace {

constexpr int backlog = 1024;

// A web server that is silent for longer in the middle of a request will not go on.
constexpr timeval io_deadline{5, 0};

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        throw Error(Fault::unavailable, "a socket's path has 1 to 107 bytes: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

const sockaddr* plain(const sockaddr_un& address) noexcept {
    return reinterpret_cast<const sockaddr*>(&address);
}

Fd new_socket() {
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
        throw system_error(Fault::unavailable, "socket");
    return socket;
}

// Removes a socket at `path` that nobody listens on; leaves anything else.
void remove_stale(const std::string& path, const sockaddr_un& address) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode))
        return;
    const Fd probe = new_socket();
    if (::connect(probe.get(), plain(address), sizeof address) == 0 || errno == EAGAIN)
        throw Error(Fault::unavailable, path + ": another program listens there");
    if (errno == ECONNREFUSED && ::unlink(path.c_str()) != 0 && errno != ENOENT)
        throw system_error(Fault::unavailable, path);
}

void bind_private(const Fd& socket, const std::string& path, const sockaddr_un& address) {
    // By the mask, so that there is no moment in which others may connect.
    const mode_t mask = ::umask(0117);
    const int bound = ::bind(socket.get(), plain(address), sizeof address);
    const int number = errno;
    ::umask(mask);
    if (bound != 0)
        throw system_error(Fault::unavailable, path, number);
}

void set_deadlines(const Fd& connection) noexcept {
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO})
        (void)::setsockopt(connection.get(), SOL_SOCKET, option, &io_deadline, sizeof io_deadline);
}

} // namespace

Listener Listener::inherited() {
    int listens = 0;
    socklen_t size = sizeof listens;
    if (::getsockopt(STDIN_FILENO, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0)
        throw Error(Fault::bad_input, "standard input is no listening socket; use -l SOCKET");
    const int flags = ::fcntl(STDIN_FILENO, F_GETFL);
    if (flags < 0 || ::fcntl(STDIN_FILENO, F_SETFL, flags | O_NONBLOCK) != 0)
        throw system_error(Fault::unavailable, "standard input");
    return {Fd(STDIN_FILENO), {}};
}

Listener Listener::at(const std::string& path) {
    const sockaddr_un address = address_of(path);
    remove_stale(path, address);
    Fd socket = new_socket();
    bind_private(socket, path, address);
    Listener listener(std::move(socket), path);
    if (::listen(listener.get(), backlog) != 0)
        throw system_error(Fault::unavailable, path);
    return listener;
}

Listener::~Listener() {
    if (socket_ && !path_.empty())
        ::unlink(path_.c_str());
}

Fd Listener::take() const {
    Fd connection(::accept4(get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection) {
        set_deadlines(connection);
        return connection;
    }
    switch (errno) {
    case EAGAIN: // another thread, or another process on the same socket, was faster
    case ECONNABORTED:
    case EINTR:
        return connection;
    default:
        throw system_error(Fault::unavailable, "accept");
    }
}

} // namespace smsspool
