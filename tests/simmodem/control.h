// The control socket: connections, their lines, and those who wait for an event.

#ifndef SMSSPOOL_TESTS_SIMMODEM_CONTROL_H
#define SMSSPOOL_TESTS_SIMMODEM_CONTROL_H

#include "common/fd.h"
#include "tests/simmodem/requests.h"

#include <cstdint>
#include <map>
#include <optional>
#include <poll.h>
#include <string>
#include <vector>

namespace smsspool::sim {

class Control {
public:
    // Listens on a Unix socket (0600); one that is left over under that name is replaced.
    // `simulator` must live as long as this. Throws Error unavailable.
    Control(std::string path, Simulator& simulator);
    ~Control();
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;

    void add_polls(std::vector<pollfd>& polls) const;
    // Does what poll() found at `ready.fd`, if that is one of ours.
    void handle(const pollfd& ready);

private:
    struct Connection {
        Fd fd;
        std::string input;
        std::string output;
        std::optional<Wait> wait;
        Events::Found seen; // only the count is kept between events
        Timers::Id deadline;
    };

    void accept_one();
    void read_from(Connection& connection);
    void run_lines(Connection& connection);
    void run_line(Connection& connection, const std::string& line);
    void start_wait(int fd, Connection& connection, const Wait& wait);
    void finish_wait(Connection& connection, const Event* last);
    void seen(const Event& event);
    void flush(Connection& connection);
    void drop(int fd);

    std::string path_;
    Simulator& simulator_;
    Fd listener_;
    std::map<int, Connection> connections_;
};

} // namespace smsspool::sim

#endif
