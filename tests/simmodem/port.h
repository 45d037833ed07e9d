// The line: a pseudo-terminal under a name of our choice, and who has opened it.
//
// One descriptor of the client's side stays open here, so that a client that leaves is no end of
// file on ours. Who comes and goes is learned from inotify on the terminal's node.

#ifndef SMSSPOOL_TESTS_SIMMODEM_PORT_H
#define SMSSPOOL_TESTS_SIMMODEM_PORT_H

#include "common/fd.h"

#include <cstddef>
#include <functional>
#include <poll.h>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool::sim {

class Port {
public:
    struct Listener {
        std::function<void(std::string_view)> received;
        std::function<void()> opened; // the first client opened the line
        std::function<void()> closed; // the last one has gone, or the line was unplugged
    };

    // Makes the terminal, raw, and the symbolic link to it.
    // Throws Error unavailable where that fails.
    Port(std::string link, Listener listener);
    ~Port() { unplug(); }
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;

    // A new terminal, under a new name where one is given. REQUIRES: not plugged().
    void plug(const std::string& link = {});
    // Hangs up on whoever has the line open and takes the link away. Again does nothing.
    void unplug();
    [[nodiscard]] bool plugged() const { return static_cast<bool>(master_); }

    [[nodiscard]] const std::string& link() const { return link_; }
    [[nodiscard]] const std::string& device() const { return device_; }
    [[nodiscard]] bool has_client() const { return clients_ > 0 || !watching_; }

    // Queues bytes for the client; without a client they are lost, as on a wire. Beyond 1 MiB that
    // nobody reads, too.
    void write(std::string_view bytes);
    // Writes what the terminal takes now.
    void flush();

    // What poll() has to look at, and what to do when it saw something.
    void add_polls(std::vector<pollfd>& polls) const;
    void handle();

private:
    void open_terminal();
    void make_link() const;
    void remove_link() const;
    void watch();
    [[nodiscard]] std::string read_bytes() const;
    [[nodiscard]] int read_changes() const;
    void change_clients(int change);
    void client_left();

    std::string link_;
    std::string device_;
    Listener listener_;
    Fd master_;
    Fd slave_;
    Fd inotify_;
    bool watching_ = false;
    int clients_ = 0;
    std::string output_;
};

} // namespace smsspool::sim

#endif
