// main() of every FastCGI program: threads that take connections, libfcgi that reads and writes
// them. The only place of fcgiapp.h.
//
// A connection carries one request. libfcgi binds a thread to its connection, so connections that
// stay open would let a few idle ones hold up all others; on a Unix socket a new one costs little.
// What waits on the socket when the program stops stays there for the next one.
//
// One thread at a time waits for a connection: a connection wakes one thread. There are as many as
// were once needed at the same time; those that store messages share commits, so that it is worth
// having many of them.

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "common/shared_commits.h"
#include "fcgi/listener.h"
#include "fcgi/program.h"

#include <array>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcgiapp.h>
#include <malloc.h>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace smsspool {

namespace {

constexpr std::chrono::seconds drain_time{2};
constexpr int pause_after_failure_ms = 100;
constexpr int quiet_ms = 2000;

// --- one request --------------------------------------------------------------------------------

// A request of libfcgi on a connection that is already accepted.
class Exchange {
public:
    explicit Exchange(Fd connection) {
        // No listening socket: where libfcgi would wait for another connection, it fails instead.
        ::FCGX_InitRequest(&fcgi_, -1, 0);
        fcgi_.ipcFd = connection.release();
        // FCGX_Accept_r() first ends the request before, and would close the connection with it.
        fcgi_.keepConnection = 1;
    }
    ~Exchange() {
        fcgi_.keepConnection = 0;
        ::FCGX_Finish_r(&fcgi_);
    }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    // Reads the parameters. False: the web server said nothing that is a request.
    [[nodiscard]] bool begin() { return ::FCGX_Accept_r(&fcgi_) == 0; }

    [[nodiscard]] std::string parameter(const char* name) const {
        const char* value = ::FCGX_GetParam(name, fcgi_.envp);
        return value == nullptr ? std::string() : std::string(value);
    }

    // Reads the body up to `limit` bytes; nothing: the web server broke off. What the client says
    // about its length is not looked at.
    [[nodiscard]] std::optional<Body> read_body(std::size_t limit, std::string& body) {
        std::array<char, 16 * 1024> buffer;
        for (;;) {
            const int count =
                ::FCGX_GetStr(buffer.data(), static_cast<int>(buffer.size()), fcgi_.in);
            if (count > 0)
                body.append(buffer.data(), static_cast<std::size_t>(count));
            if (body.size() > limit) {
                body.clear();
                return Body::too_large;
            }
            if (count < static_cast<int>(buffer.size()))
                break;
        }
        if (::FCGX_GetError(fcgi_.in) != 0)
            return std::nullopt;
        return Body::complete;
    }

    void write(const std::string& text) {
        (void)::FCGX_PutStr(text.data(), static_cast<int>(text.size()), fcgi_.out);
    }

private:
    FCGX_Request fcgi_{};
};

void exchange(Fd connection, const Services& services) {
    Exchange exchange(std::move(connection));
    if (!exchange.begin())
        return;
    const auto parameter = [&](const char* name) { return exchange.parameter(name); };
    Request request = make_request(parameter, utc_now());
    const auto limit = static_cast<std::size_t>(services.config.*the_program.body_limit);
    const auto body = exchange.read_body(limit, request.body);
    if (!body)
        return; // half a request is none
    request.body_state = *body;
    exchange.write(cgi_text(answer(the_program, request, services), request.method));
}

// --- the threads --------------------------------------------------------------------------------

class Server {
public:
    Server(const Config& config, const Numbers* numbers, const Listener& listener)
        : config_(config), numbers_(numbers), listener_(listener),
          stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        if (!stop_)
            throw system_error(Fault::unavailable, "eventfd");
    }

    ~Server() {
        (void)::eventfd_write(stop_.get(), 1);
        join();
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // The first thread; it throws std::system_error where there can be none.
    void start() {
        const std::lock_guard lock(mutex_);
        start_one();
    }

    // Takes no more connections and waits for the requests in hand. False: some are still in hand
    // after `drain_time`; their threads go on, and the process has to end.
    [[nodiscard]] bool stop() {
        (void)::eventfd_write(stop_.get(), 1);
        std::unique_lock lock(mutex_);
        if (!ended_.wait_for(lock, drain_time, [this] { return running_ == 0; }))
            return false;
        lock.unlock();
        join();
        return true;
    }

private:
    // The threads that run start no more of them once stop_ is raised.
    void join() {
        std::unique_lock lock(mutex_);
        ended_.wait(lock, [this] { return running_ == 0; });
        for (std::thread& thread : threads_)
            thread.join();
        threads_.clear();
    }

    // REQUIRES: mutex_ is held.
    void start_one() {
        threads_.emplace_back([this] { run(); });
        ++running_;
        ++idle_;
    }

    // A thread has a connection: if no other is left to wait for the next, there is one more, up to
    // the setting. Without it those that are there go on.
    void begin_work() noexcept {
        const std::lock_guard lock(mutex_);
        --idle_;
        if (idle_ > 0 || running_ >= config_.fcgi_threads)
            return;
        try {
            start_one();
        } catch (const std::exception& exception) {
            log_warning("HTTP", std::string("no further thread: ") + exception.what());
        }
    }

    void end_work() noexcept {
        const std::lock_guard lock(mutex_);
        ++idle_;
    }

    void run() {
        SpoolDoor spool(config_, the_program.spool, &commits_);
        const Services services{config_, numbers_, spool};
        while (take_and_serve(services)) {
        }
        spool.close();
        const std::lock_guard lock(mutex_);
        --idle_;
        --running_;
        ended_.notify_all();
    }

    // False: the program ends.
    bool take_and_serve(const Services& services) noexcept {
        Fd connection;
        {
            const std::lock_guard turn(turn_);
            if (wait() == Wait::end)
                return false;
            connection = take();
        }
        if (!connection)
            return true;
        begin_work();
        serve(std::move(connection), services);
        end_work();
        return true;
    }

    enum class Wait { connection, end };

    // REQUIRES: turn_ is held. Gives back what a rush has left behind, when nobody comes any more.
    Wait wait() {
        std::array<pollfd, 2> watched{{{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}}};
        for (bool trimmed = false;;) {
            const int ready = ::poll(watched.data(), watched.size(), trimmed ? -1 : quiet_ms);
            if (ready > 0)
                return watched[0].revents != 0 ? Wait::end : Wait::connection;
            if (ready == 0) {
                Spool::forget();
                ::malloc_trim(0);
                trimmed = true;
            }
        }
    }

    // None: it went away, or nothing can be taken now.
    Fd take() noexcept {
        try {
            return listener_.take();
        } catch (const std::exception& exception) {
            log_error("HTTP", exception.what());
            // Out of descriptors or memory, most likely: trying at once would not find more.
            pollfd stop{stop_.get(), POLLIN, 0};
            (void)::poll(&stop, 1, pause_after_failure_ms);
            return {};
        }
    }

    // A thread outlives whatever happens to one connection.
    static void serve(Fd connection, const Services& services) noexcept {
        try {
            exchange(std::move(connection), services);
        } catch (const std::exception& exception) {
            log_error("HTTP", exception.what());
        }
    }

    const Config& config_;
    const Numbers* numbers_;
    const Listener& listener_;
    SharedCommits commits_;
    Fd stop_;
    std::mutex turn_; // to wait for a connection and take it
    std::mutex mutex_;
    std::condition_variable ended_;
    // Protected by mutex_:
    std::vector<std::thread> threads_;
    std::int64_t running_ = 0;
    std::int64_t idle_ = 0; // of these: have no connection
};

// --- the program --------------------------------------------------------------------------------

struct Options {
    std::vector<std::string> files;
    std::string socket;
    enum class Action { serve, help, version, wrong };
    Action action = Action::serve;
};

Options read_options(int argc, char** argv) {
    Options options;
    for (int option; (option = ::getopt(argc, argv, "c:l:hV")) != -1;) {
        if (option == 'c')
            options.files.emplace_back(optarg);
        else if (option == 'l')
            options.socket = optarg;
        else if (option == 'h')
            options.action = Options::Action::help;
        else if (option == 'V')
            options.action = Options::Action::version;
        else
            options.action = Options::Action::wrong;
        if (options.action == Options::Action::wrong)
            return options;
    }
    if (optind != argc)
        options.action = Options::Action::wrong;
    return options;
}

void print_usage(std::FILE* out) {
    const std::string name = "smsspool-" + std::string(the_program.name);
    std::fprintf(out, "usage: %s [-hV] [-c file] [-l socket]\n", name.c_str());
}

void print_version() {
    std::printf("smsspool-%s %s\n", std::string(the_program.name).c_str(), SMSSPOOL_VERSION);
}

LogLevel level_of(Verbosity verbosity) noexcept {
    switch (verbosity) {
    case Verbosity::error:
        return LogLevel::error;
    case Verbosity::warning:
        return LogLevel::warning;
    case Verbosity::info:
        return LogLevel::info;
    case Verbosity::debug:
        return LogLevel::debug;
    }
    return LogLevel::info;
}

sigset_t ending_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    return set;
}

int serve(const Options& options) {
    const Config config = load(options.files.empty() ? default_files() : options.files);
    set_log_level(level_of(config.log_level));
    const std::shared_ptr<const Numbers> numbers =
        the_program.numbers != nullptr ? the_program.numbers(config) : nullptr;
    // Threads share what memory they give back: there are many, and each needs little.
    ::mallopt(M_ARENA_MAX, 2);
    // What one request needs much of (its body, the recipients of a bulk) goes back when it is
    // done; without this malloc() would learn to keep it.
    ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    const sigset_t ending = ending_signals();
    ::pthread_sigmask(SIG_BLOCK, &ending, nullptr); // the threads inherit it
    ::FCGX_Init();
    std::signal(SIGPIPE, SIG_IGN);
    const Listener listener =
        options.socket.empty() ? Listener::inherited() : Listener::at(options.socket);
    Server server(config, numbers.get(), listener);
    server.start();
    int signal = 0;
    ::sigwait(&ending, &signal);
    if (!server.stop()) {
        log_warning("HTTP", "ended with requests in hand; they were not answered");
        std::_Exit(EXIT_SUCCESS); // what they use must not go before them
    }
    return EXIT_SUCCESS;
}

} // namespace

int run_program(int argc, char** argv) {
    try {
        const Options options = read_options(argc, argv);
        switch (options.action) {
        case Options::Action::serve:
            return serve(options);
        case Options::Action::help:
            print_usage(stdout);
            return EXIT_SUCCESS;
        case Options::Action::version:
            print_version();
            return EXIT_SUCCESS;
        case Options::Action::wrong:
            print_usage(stderr);
            return exit_status(Fault::bad_input);
        }
        return EXIT_SUCCESS;
    } catch (const Error& error) {
        log_error("HTTP", error.what());
        return exit_status(error.fault());
    } catch (const std::exception& exception) {
        log_error("HTTP", exception.what());
        return exit_status(Fault::bug);
    }
}

} // namespace smsspool

int main(int argc, char** argv) {
    return smsspool::run_program(argc, argv);
}
