// The pseudo-terminal.

#include "tests/simmodem/port.h"

#include "common/error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <termios.h>

namespace smsspool::sim {

namespace {

constexpr std::size_t most_output = 1024 * 1024;

[[noreturn]] void fail(const std::string& what) {
    throw system_error(Fault::unavailable, what);
}

void make_raw(int fd) {
    termios settings{};
    if (::tcgetattr(fd, &settings) != 0)
        return;
    ::cfmakeraw(&settings);
    ::tcsetattr(fd, TCSANOW, &settings);
}

std::string terminal_name(int master) {
    std::array<char, 64> name{};
    if (::ptsname_r(master, name.data(), name.size()) != 0)
        fail("name of the terminal");
    return name.data();
}

} // namespace

Port::Port(std::string link, Listener listener)
    : link_(std::move(link)), listener_(std::move(listener)) {
    plug();
}

void Port::plug(const std::string& link) {
    if (!link.empty())
        link_ = link;
    open_terminal();
    watch();
    make_link();
}

void Port::open_terminal() {
    Fd master(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!master || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0)
        fail("make a terminal");
    device_ = terminal_name(master.get());
    Fd slave(::open(device_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!slave)
        fail("open " + device_);
    make_raw(slave.get());
    master_ = std::move(master);
    slave_ = std::move(slave);
    clients_ = 0;
}

// The link is there at every moment, first to the old terminal and then to the new one.
void Port::make_link() const {
    const std::string beside = link_ + "." + std::to_string(::getpid());
    ::unlink(beside.c_str());
    if (::symlink(device_.c_str(), beside.c_str()) != 0)
        fail("make the link " + beside);
    if (::rename(beside.c_str(), link_.c_str()) != 0) {
        const int number = errno;
        ::unlink(beside.c_str());
        throw system_error(Fault::unavailable, "make the link " + link_, number);
    }
}

// Only if it is still ours: another simulator may have taken the name.
void Port::remove_link() const {
    std::array<char, 256> target{};
    const ssize_t length = ::readlink(link_.c_str(), target.data(), target.size() - 1);
    if (length > 0 && device_ == target.data())
        ::unlink(link_.c_str());
}

void Port::watch() {
    inotify_.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    watching_ =
        inotify_ && ::inotify_add_watch(inotify_.get(), device_.c_str(), IN_OPEN | IN_CLOSE) >= 0;
}

void Port::unplug() {
    if (!plugged())
        return;
    remove_link();
    inotify_.reset();
    slave_.reset();
    master_.reset();
    output_.clear();
    if (std::exchange(clients_, 0) > 0)
        listener_.closed();
}

void Port::write(std::string_view bytes) {
    if (plugged() && has_client() && output_.size() + bytes.size() <= most_output)
        output_ += bytes;
}

void Port::flush() {
    while (plugged() && !output_.empty()) {
        const ssize_t written = ::write(master_.get(), output_.data(), output_.size());
        if (written > 0)
            output_.erase(0, static_cast<std::size_t>(written));
        else if (written < 0 && errno == EINTR)
            continue;
        else
            return;
    }
}

void Port::add_polls(std::vector<pollfd>& polls) const {
    if (!plugged())
        return;
    const auto out = static_cast<short>(output_.empty() ? 0 : POLLOUT);
    polls.push_back({master_.get(), static_cast<short>(POLLIN | out), 0});
    if (watching_)
        polls.push_back({inotify_.get(), POLLIN, 0});
}

std::string Port::read_bytes() const {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(master_.get(), buffer.data(), buffer.size());
    return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
}

// What the newest openings and closings amount to. Closed and opened again in one go is 0: the
// client then is another one, but nobody was without it long enough to notice.
int Port::read_changes() const {
    alignas(inotify_event) std::array<char, 4096> buffer{};
    int change = 0;
    ssize_t count = 0;
    while (watching_ && (count = ::read(inotify_.get(), buffer.data(), buffer.size())) > 0)
        for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            if ((event.mask & IN_OPEN) != 0)
                ++change;
            if ((event.mask & IN_CLOSE) != 0)
                --change;
            at += sizeof event + event.len;
        }
    return change;
}

// The bytes are read before the changes: what a client wrote before it left is heard before it is
// seen to leave, and what a new one writes is heard after it was seen to come.
void Port::handle() {
    if (!plugged())
        return;
    const std::string bytes = read_bytes();
    const int change = read_changes();
    if (change > 0)
        change_clients(change);
    if (!bytes.empty())
        listener_.received(bytes);
    if (change < 0)
        change_clients(change);
}

void Port::change_clients(int change) {
    const int before = std::exchange(clients_, std::max(0, clients_ + change));
    if (before == 0 && clients_ > 0)
        listener_.opened();
    if (before > 0 && clients_ == 0)
        client_left();
}

// A real port forgets who had it; a pseudo-terminal that stays open here keeps exclusive mode,
// settings and unread bytes.
void Port::client_left() {
    output_.clear();
    if (plugged()) {
        ::ioctl(slave_.get(), TIOCNXCL);
        make_raw(slave_.get());
        ::tcflush(slave_.get(), TCIFLUSH);
    }
    listener_.closed();
}

} // namespace smsspool::sim
