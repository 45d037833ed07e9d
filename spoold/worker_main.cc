// The loop that every worker shares.

#include "spoold/worker_main.h"

#include "common/error.h"
#include "common/log.h"
#include "spoold/worker_check.h"
#include "spoold/worker_recorder.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <poll.h>
#include <sysexits.h>
#include <unistd.h>

namespace smsspool {

namespace {

// Carries out one request.
struct Serve {
    Transport& transport;

    Answer operator()(const OpenRequest& request) const {
        recorder().use(request.settings);
        return transport.open(request);
    }
    Answer operator()(const SendRequest& request) const {
        if (const auto fault = send_fault(request))
            return *fault;
        return transport.send(request);
    }
    Answer operator()(const ScanRequest&) const { return transport.scan(); }
    Answer operator()(const DeleteRequest& request) const { return transport.remove(request); }
    Answer operator()(const StateRequest&) const { return transport.state(); }
    Answer operator()(const ResetRequest& request) const {
        recorder().use(request.settings);
        return transport.reset(request);
    }
};

// False where nobody reads any more.
[[nodiscard]] bool write_line(std::string_view line) {
    while (!line.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, line.data(), line.size());
        if (written >= 0) {
            line.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd output{STDOUT_FILENO, POLLOUT, 0};
            ::poll(&output, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

class Loop {
public:
    explicit Loop(Transport& transport) : transport_(transport) {}

    // The exit status, once there is one.
    [[nodiscard]] const std::optional<int>& status() const { return status_; }

    // Waits for one thing and does it.
    void step() {
        const Transport::Watch watch = transport_.watch();
        std::array<pollfd, 2> wanted{pollfd{STDIN_FILENO, POLLIN, 0},
                                     pollfd{watch.descriptor, POLLIN, 0}};
        const int ready = ::poll(wanted.data(), wanted.size(), watch.every_ms);
        if (ready < 0 && errno != EINTR)
            leave(EX_OSERR);
        // The device first: a request after its end would only find out the slow way.
        if (ready == 0 || (ready > 0 && wanted[1].revents != 0))
            listen();
        if (ready > 0 && wanted[0].revents != 0 && !status_)
            read_requests();
    }

private:
    void leave(int status) { status_ = status; }

    void say(std::string_view line) {
        if (!write_line(line))
            leave(EX_IOERR);
    }

    void listen() {
        switch (transport_.listen()) {
        case Transport::Event::nothing:
            break;
        case Transport::Event::incoming:
            say(to_line(Hint{}));
            break;
        case Transport::Event::gone:
            leave(EX_UNAVAILABLE);
            break;
        }
    }

    void read_requests() {
        std::array<char, 16384> bytes; // not set: read() fills it
        const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN))
            return;
        if (count <= 0)
            return leave(count == 0 ? EX_OK : EX_IOERR);
        input_.append(bytes.data(), static_cast<std::size_t>(count));
        serve_lines();
        if (input_.size() >= worker_line_limit) {
            log_error("MODEM", "A request line is too long");
            leave(EX_PROTOCOL);
        }
    }

    void serve_lines() {
        std::size_t begin = 0;
        for (std::size_t end = 0; !status_ && (end = input_.find('\n', begin)) != std::string::npos;
             begin = end + 1)
            serve(std::string_view(input_).substr(begin, end - begin));
        input_.erase(0, begin);
    }

    void serve(std::string_view line) {
        std::string why;
        const auto request = parse_request(line, why);
        if (!request) {
            log_error("MODEM", "A request cannot be read: " + why);
            return leave(EX_PROTOCOL);
        }
        recorder().begin();
        say(to_line({request->id, std::visit(Serve{transport_}, request->request)}));
    }

    Transport& transport_;
    std::string input_;
    std::optional<int> status_;
};

} // namespace

int run_worker(Transport& transport) {
    Loop loop(transport);
    while (!loop.status())
        loop.step();
    return *loop.status();
}

int worker_main(Transport& transport) noexcept {
    // Ctrl-C, a closed terminal and many a supervisor signal the whole group of processes, and the
    // SMS in hand would be lost: the daemon decides, by closing our input or by SIGKILL. A daemon
    // that is gone is found by write().
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
    std::signal(SIGHUP, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return run_worker(transport);
    } catch (const Error& error) {
        log_error("MODEM", error.what());
        return exit_status(error.fault());
    } catch (const std::exception& error) {
        log_error("MODEM", error.what());
        return EX_SOFTWARE;
    }
}

} // namespace smsspool
