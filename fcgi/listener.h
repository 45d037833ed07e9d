// The socket on which a FastCGI program waits for the web server.

#ifndef SMSSPOOL_FCGI_LISTENER_H
#define SMSSPOOL_FCGI_LISTENER_H

#include "common/fd.h"

#include <string>

namespace smsspool {

class Listener {
public:
    // Takes descriptor 0, which systemd (StandardInput=socket) or spawn-fcgi made. Throws
    // Error(bad_input) if that is no listening socket.
    [[nodiscard]] static Listener inherited();

    // Makes the Unix socket `path`, mode 0660. A socket there on which nobody listens any more is
    // replaced. Throws Error(unavailable) if somebody does, or if it cannot be made.
    [[nodiscard]] static Listener at(const std::string& path);

    Listener(Listener&&) noexcept = default;
    // Removes the path if at() made it.
    ~Listener();

    [[nodiscard]] int get() const noexcept { return socket_.get(); }

    // The next connection that waits, blocking and with deadlines for each read and write; none if
    // no connection waits. Throws Error(unavailable). Any thread.
    [[nodiscard]] Fd take() const;

private:
    Listener(Fd socket, std::string path) : socket_(std::move(socket)), path_(std::move(path)) {}

    Fd socket_;
    std::string path_; // empty: not ours to remove
};

} // namespace smsspool

#endif
