// The poke.

#include "common/wake.h"

#include "common/error.h"

#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace smsspool {

namespace {

// False where the path does not fit into a socket's name (107 bytes).
bool set_path(sockaddr_un& address, const std::string& path) noexcept {
    address = {};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return false;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return true;
}

const sockaddr* plain(const sockaddr_un& address) noexcept {
    return reinterpret_cast<const sockaddr*>(&address);
}

// Only a socket is removed: a path given by mistake may be that of the spool.
void remove_old_socket(const std::string& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) {
        if (errno == ENOENT)
            return;
        throw system_error(Fault::unavailable, path);
    }
    if (!S_ISSOCK(facts.st_mode))
        throw Error(Fault::unavailable, path + ": is there and is not a socket");
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        throw system_error(Fault::unavailable, path);
}

} // namespace

void poke(const std::string& path) noexcept {
    sockaddr_un address;
    if (!set_path(address, path))
        return;
    const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // A full queue is fine too: the daemon will look anyway.
    if (socket)
        (void)::sendto(socket.get(), "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL, plain(address),
                       sizeof address);
}

Fd listen_for_pokes(const std::string& path) {
    sockaddr_un address;
    if (!set_path(address, path))
        throw Error(Fault::unavailable, "wake_socket is longer than 107 bytes: " + path);
    Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket)
        throw system_error(Fault::unavailable, "socket");
    remove_old_socket(path);
    if (::bind(socket.get(), plain(address), sizeof address) != 0 ||
        ::chmod(path.c_str(), 0660) != 0)
        throw system_error(Fault::unavailable, path);
    return socket;
}

void drain_pokes(const Fd& listener) noexcept {
    char byte;
    while (::recv(listener.get(), &byte, 1, MSG_DONTWAIT) >= 0) {
    }
}

} // namespace smsspool
