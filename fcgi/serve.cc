// main() of every FastCGI program: threads that take connections. What waits on the socket when the
// program stops stays there for the next one.
//
// One thread at a time waits for a connection: a connection wakes one thread. There are as many as
// are needed at the same time; those that store messages share commits, so that it is worth having
// many of them. When nobody comes, all but one leave.

#include "common/error.h"
#include "common/log.h"
#include "common/shared_commits.h"
#include "fcgi/exchange.h"
#include "fcgi/listener.h"
#include "fcgi/program.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
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
constexpr int leave_ms = 10; // from one thread that leaves to the next

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
        raise_stop();
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
        raise_stop();
        std::unique_lock lock(mutex_);
        if (!ended_.wait_for(lock, drain_time, [this] { return running_ == 0; }))
            return false;
        lock.unlock();
        join();
        return true;
    }

private:
    void raise_stop() noexcept {
        stopping_ = true;
        (void)::eventfd_write(stop_.get(), 1);
    }

    // The threads that run start no more of them once stop_ is raised.
    void join() {
        std::unique_lock lock(mutex_);
        ended_.wait(lock, [this] { return running_ == 0; });
        join_left();
    }

    // Those that have left are gone a moment later. REQUIRES: mutex_ is held.
    void join_left() {
        for (const std::thread::id id : left_) {
            const auto thread = std::find_if(threads_.begin(), threads_.end(),
                                             [&](const auto& each) { return each.get_id() == id; });
            thread->join();
            threads_.erase(thread);
        }
        left_.clear();
    }

    // REQUIRES: mutex_ is held.
    void start_one() {
        join_left();
        left_.reserve(threads_.size() + 1); // a thread that leaves cannot ask for memory
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
        --running_;
        replace();
        left_.push_back(std::this_thread::get_id());
        ended_.notify_all();
    }

    // While this thread left, the last that waited may have got a connection, and found that there
    // were as many threads as there may be. REQUIRES: mutex_ is held.
    void replace() noexcept {
        if (idle_ > 0 || running_ == 0 || stopping_)
            return;
        try {
            start_one();
        } catch (const std::exception& exception) {
            log_warning("HTTP", std::string("no further thread: ") + exception.what());
        }
    }

    // A thread that leaves has no connection and waits for none. REQUIRES: mutex_ is held.
    void leave() noexcept { --idle_; }

    // Where nobody comes, one thread is enough to wait: what the others have in memory goes with
    // them.
    [[nodiscard]] bool may_leave() noexcept {
        const std::lock_guard lock(mutex_);
        if (idle_ <= 1)
            return false;
        leave();
        return true;
    }

    // No other thread has a request in hand, or is about to end.
    [[nodiscard]] bool is_alone() noexcept {
        const std::lock_guard lock(mutex_);
        return running_ == 1;
    }

    // False: the thread is to end.
    bool take_and_serve(const Services& services) noexcept {
        Fd connection;
        {
            const std::lock_guard turn(turn_);
            if (wait() == Wait::leave)
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

    enum class Wait { connection, leave };

    // For a connection, or the end of the program, or because others wait and nobody comes. The
    // last gives back what a rush has left behind. REQUIRES: turn_ is held.
    Wait wait() {
        for (int patience = quiet_ ? leave_ms : quiet_ms;;) {
            std::array<pollfd, 2> watched{{{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}}};
            const int ready = ::poll(watched.data(), watched.size(), patience);
            if (ready < 0)
                continue;
            quiet_ = ready == 0;
            if (watched[0].revents != 0) {
                const std::lock_guard lock(mutex_);
                leave();
                return Wait::leave;
            }
            if (ready > 0)
                return Wait::connection;
            if (may_leave())
                return Wait::leave;
            give_back();
            patience = is_alone() ? -1 : quiet_ms;
        }
    }

    void give_back() noexcept {
        {
            const std::lock_guard lock(mutex_);
            join_left();
        }
        Spool::forget();
        ::malloc_trim(0);
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
    std::atomic<bool> stopping_{false}; // stop_ was raised
    std::mutex turn_;                   // to wait for a connection and take it
    bool quiet_ = false;                // nobody came for a while; protected by turn_
    std::mutex mutex_;
    std::condition_variable ended_;
    // Protected by mutex_:
    std::vector<std::thread> threads_;
    std::vector<std::thread::id> left_; // of these: have ended, or will in a moment
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
    prepare_exchanges();
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
