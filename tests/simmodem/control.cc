// The control socket.

#include "tests/simmodem/control.h"

#include "common/error.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace smsspool::sim {

namespace {

constexpr std::size_t most_line = 256 * 1024;
constexpr std::size_t most_connections = 64;

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        throw Error(Fault::bad_input, "The name of the control socket is too long: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

void remove_old_socket(const std::string& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode))
        ::unlink(path.c_str());
}

Fd listen_on(const std::string& path) {
    const sockaddr_un address = address_of(path);
    remove_old_socket(path);
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const mode_t before = ::umask(0177);
    const int bound = ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::umask(before);
    if (bound != 0 || ::listen(fd.get(), 16) != 0)
        throw system_error(Fault::unavailable, "listen on " + path);
    return fd;
}

} // namespace

Control::Control(std::string path, Simulator& simulator)
    : path_(std::move(path)), simulator_(simulator), listener_(listen_on(path_)) {
    simulator_.events.set_observer([this](const Event& event) { seen(event); });
}

Control::~Control() {
    simulator_.events.set_observer({});
    ::unlink(path_.c_str());
}

void Control::add_polls(std::vector<pollfd>& polls) const {
    const bool room = connections_.size() < most_connections;
    polls.push_back({listener_.get(), static_cast<short>(room ? POLLIN : 0), 0});
    for (const auto& [fd, connection] : connections_) {
        const auto out = static_cast<short>(connection.output.empty() ? 0 : POLLOUT);
        polls.push_back({fd, static_cast<short>(POLLIN | out), 0});
    }
}

void Control::handle(const pollfd& ready) {
    if (ready.fd == listener_.get()) {
        accept_one();
        return;
    }
    const auto found = connections_.find(ready.fd);
    if (found == connections_.end())
        return;
    Connection& connection = found->second;
    if ((ready.revents & POLLOUT) != 0)
        flush(connection);
    if ((ready.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
        read_from(connection);
}

void Control::accept_one() {
    Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd)
        return;
    const int number = fd.get();
    Connection connection;
    connection.fd = std::move(fd);
    connections_.emplace(number, std::move(connection));
}

void Control::read_from(Connection& connection) {
    std::array<char, 16384> buffer{};
    const ssize_t count = ::read(connection.fd.get(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (count > 0)
        connection.input.append(buffer.data(), static_cast<std::size_t>(count));
    if (count <= 0 || connection.input.size() > most_line) {
        drop(connection.fd.get());
        return;
    }
    run_lines(connection);
}

// Lines behind a wait stay until it has ended.
void Control::run_lines(Connection& connection) {
    std::size_t end = 0;
    while (!connection.wait && (end = connection.input.find('\n')) != std::string::npos) {
        const std::string line = connection.input.substr(0, end);
        connection.input.erase(0, end + 1);
        if (!line.empty())
            run_line(connection, line);
    }
    flush(connection);
}

void Control::run_line(Connection& connection, const std::string& line) {
    const auto result = run_request(simulator_, line);
    if (const auto* answer = std::get_if<std::string>(&result))
        connection.output += *answer + "\n";
    else
        start_wait(connection.fd.get(), connection, std::get<Wait>(result));
}

void Control::start_wait(int fd, Connection& connection, const Wait& wait) {
    connection.wait = wait;
    connection.seen = simulator_.events.find(wait.query);
    if (connection.seen.count >= wait.count) {
        connection.output +=
            wait_answer(wait, connection.seen, simulator_.events.sequence()) + "\n";
        connection.wait.reset();
        return;
    }
    connection.deadline = simulator_.timers.after(wait.timeout, [this, fd] {
        Connection& late = connections_.at(fd);
        finish_wait(late, simulator_.events.find(late.wait->query).last);
    });
}

void Control::finish_wait(Connection& connection, const Event* last) {
    connection.seen.last = last;
    connection.output +=
        wait_answer(*connection.wait, connection.seen, simulator_.events.sequence()) + "\n";
    connection.wait.reset();
    // What the client sent meanwhile is run on the next turn: an event may come from inside a
    // request of another connection.
    simulator_.timers.after(std::chrono::milliseconds{0}, [this, fd = connection.fd.get()] {
        if (const auto found = connections_.find(fd); found != connections_.end())
            run_lines(found->second);
    });
}

void Control::seen(const Event& event) {
    for (auto& [fd, connection] : connections_) {
        if (!connection.wait || !connection.wait->query.matches(event))
            continue;
        if (++connection.seen.count < connection.wait->count)
            continue;
        simulator_.timers.cancel(connection.deadline);
        finish_wait(connection, &event);
    }
}

void Control::flush(Connection& connection) {
    while (!connection.output.empty()) {
        const ssize_t sent = ::send(connection.fd.get(), connection.output.data(),
                                    connection.output.size(), MSG_NOSIGNAL);
        if (sent > 0)
            connection.output.erase(0, static_cast<std::size_t>(sent));
        else if (sent < 0 && errno == EINTR)
            continue;
        else
            return;
    }
}

void Control::drop(int fd) {
    const auto found = connections_.find(fd);
    if (found->second.wait)
        simulator_.timers.cancel(found->second.deadline);
    connections_.erase(found);
}

} // namespace smsspool::sim
