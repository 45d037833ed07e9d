// The FastCGI programs as processes: sockets, signals, threads, limits.
//
// The programs are looked for in $SMSSPOOL_BIN, else in the folder of this test.

#define BOOST_TEST_MODULE serve_test
#include <boost/test/unit_test.hpp>

#include "common/log.h"
#include "support/fcgi_client.h"
#include "support/handler.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <future>
#include <poll.h>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>

using namespace smsspool;

// Not used here, but what the shared fixtures name has to exist.
const Program smsspool::the_program{"none", Access::read, Scope::status, {}, nullptr, nullptr};

namespace {

std::string binary(const std::string& name) {
    if (const char* folder = std::getenv("SMSSPOOL_BIN"))
        return std::string(folder) + "/" + name;
    return std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
}

// A child process. Its destructor kills it if it still runs.
class Child {
public:
    // Runs `arguments`, with `input` as standard input and all output added to `log`.
    Child(std::vector<std::string> arguments, int input, const std::string& log) : pid_(::fork()) {
        if (pid_ == 0) {
            const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
            ::dup2(output, STDOUT_FILENO);
            ::dup2(output, STDERR_FILENO);
            ::dup2(input, STDIN_FILENO);
            std::vector<char*> pointers;
            for (std::string& argument : arguments)
                pointers.push_back(argument.data());
            pointers.push_back(nullptr);
            ::execv(pointers[0], pointers.data());
            ::_exit(127);
        }
        handle_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    }
    ~Child() {
        if (!status_) {
            ::kill(pid_, SIGKILL);
            (void)wait(10000);
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    void signal(int number) const { ::kill(pid_, number); }

    [[nodiscard]] std::size_t threads() const {
        const std::filesystem::path tasks = "/proc/" + std::to_string(pid_) + "/task";
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(tasks),
                                                      std::filesystem::directory_iterator()));
    }

    // The exit status once it has ended; -1 if it has not within `most_ms`, -2 if a signal ended
    // it.
    int wait(int most_ms) {
        pollfd watched{handle_.get(), POLLIN, 0};
        if (!status_ && ::poll(&watched, 1, most_ms) == 1) {
            int status = 0;
            ::waitpid(pid_, &status, 0);
            status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -2;
        }
        return status_.value_or(-1);
    }

private:
    pid_t pid_;
    Fd handle_;
    std::optional<int> status_;
};

bool happens(const std::function<bool()>& what) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!what()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

// A folder with a configuration, and a listening socket as a web server or systemd makes it: what
// connects before a program is there waits.
struct ServeFixture {
    ServeFixture() : config(test_config(folder)) {
        add_settings("spool = " + config.spool + "\nwake_socket = " + config.wake_socket + "\n");
        listen_at(socket_path);
    }

    void add_settings(const std::string& lines) { std::ofstream(settings, std::ios::app) << lines; }

    void listen_at(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        listener.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        BOOST_REQUIRE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address),
                             sizeof address) == 0);
        BOOST_REQUIRE(::listen(listener.get(), 100) == 0);
    }

    std::unique_ptr<Child> start(const std::string& name) {
        return std::make_unique<Child>(
            std::vector<std::string>{binary("smsspool-" + name), "-c", settings}, listener.get(),
            log);
    }

    // Runs a program that is to end by itself, or, with -l, to go on.
    std::unique_ptr<Child> run(std::vector<std::string> arguments) {
        const Fd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        arguments.insert(arguments.begin(), binary("smsspool-send"));
        return std::make_unique<Child>(std::move(arguments), nothing.get(), log);
    }

    FcgiAnswer ask(const FcgiParameters& parameters, std::string_view body = {}) {
        return FcgiClient::ask(socket_path, parameters, body);
    }

    std::string logged() const {
        std::ifstream file(log);
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }

    TestFolder folder;
    Config config;
    std::string settings = folder.file("settings");
    std::string log = folder.file("log");
    std::string socket_path = folder.file("fcgi.sock");
    Fd listener;
};

FcgiParameters post_parameters() {
    return {{"REQUEST_METHOD", "POST"},           {"DOCUMENT_URI", "/"},
            {"CONTENT_TYPE", "application/json"}, {"REMOTE_USER", "ana"},
            {"REMOTE_ADDR", "192.0.2.1"},         {"CONTENT_LENGTH", "1"}};
}

FcgiParameters get_parameters(const std::string& path, const std::string& method = "GET") {
    return {{"REQUEST_METHOD", method}, {"DOCUMENT_URI", path}, {"REMOTE_USER", "ana"}};
}

constexpr std::string_view good_body = R"({"number":"5512345678","message":"hi"})";

// Connects as soon as somebody listens at `path`.
bool connects(const std::string& path) {
    for (int i = 0; i < 1000; ++i) {
        try {
            const FcgiClient client(path);
            return true;
        } catch (const Error&) {
            ::poll(nullptr, 0, 10);
        }
    }
    return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(serve_test)

BOOST_FIXTURE_TEST_CASE(a_request_and_its_answer, ServeFixture) {
    Spool::migrate(config, test_time);
    const auto child = start("send");
    const FcgiAnswer answer = ask(post_parameters(), good_body);
    BOOST_TEST(answer.complete);
    BOOST_TEST(answer.head ==
               "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                   std::to_string(answer.body.size()) +
                   "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff");
    rapidjson::Document json;
    json.Parse(answer.body.c_str());
    const std::string id = Answer::get(json, "message_id");
    Spool spool(config, Access::read);
    BOOST_TEST(spool.find(id).has_value());
    child->signal(SIGTERM);
    BOOST_TEST(child->wait(5000) == 0);
    BOOST_TEST(logged() == "[HTTP] " + id + " | ana (192.0.2.1) | accepted | 1 part\n");
}

BOOST_FIXTURE_TEST_CASE(no_body_for_head, ServeFixture) {
    Spool::migrate(config, test_time);
    const auto child = start("inbox");
    const FcgiAnswer get = ask(get_parameters("/inbox"));
    const FcgiAnswer head = ask(get_parameters("/inbox", "HEAD"));
    BOOST_TEST(head.complete);
    BOOST_TEST(head.head == get.head);
    BOOST_TEST(head.body == "");
    BOOST_TEST(get.body != "");
}

BOOST_FIXTURE_TEST_CASE(a_long_answer, ServeFixture) {
    Spool::migrate(config, test_time);
    constexpr int count = 1000;
    std::vector<Arrival> arrivals(count);
    for (int i = 0; i < count; ++i)
        arrivals[static_cast<std::size_t>(i)] = {
            "deliver", "+525512345678", std::string(150, 'a'), test_time, 0, i, 1, 1, -1};
    Spool(config, Access::write).take_in("m", arrivals, Numbers(config), test_time);
    const auto child = start("inbox");
    const FcgiAnswer answer = ask(get_parameters("/inbox"));
    BOOST_TEST(answer.complete);
    BOOST_TEST(answer.body.size() > 200000u);
    BOOST_TEST(answer.body.starts_with("{\"count\":1000,"));
    BOOST_TEST(answer.body.ends_with("Z\"}\n"));
}

BOOST_FIXTURE_TEST_CASE(each_program, ServeFixture) {
    Spool::migrate(config, test_time);
    struct Case {
        std::string name, path;
        int status;
    };
    const Case cases[] = {{"send", "/", 405},
                          {"status", "/status", 400},
                          {"inbox", "/inbox", 200},
                          {"alerts", "/api/v1/alerts", 404},
                          {"health", "/health", 503}};
    for (const Case& c : cases) {
        const auto child = start(c.name);
        BOOST_TEST(ask(get_parameters(c.path)).status() == c.status, c.name);
        BOOST_TEST(ask(get_parameters("/other")).status() == 404, c.name);
        child->signal(SIGINT);
        BOOST_TEST(child->wait(5000) == 0);
    }
}

BOOST_FIXTURE_TEST_CASE(a_body_over_the_limit, ServeFixture) {
    Spool::migrate(config, test_time);
    add_settings("body_limit = 2k\n");
    const auto child = start("send");
    const std::string just_good =
        std::string(good_body) + std::string(2048 - good_body.size(), ' ');
    BOOST_TEST(ask(post_parameters(), just_good).status() == 200);
    const FcgiAnswer one_more = ask(post_parameters(), just_good + " ");
    BOOST_TEST(one_more.status() == 413);
    BOOST_TEST(one_more.body.find("\"error_code\":\"BODY_TOO_LARGE\"") != std::string::npos);
    const FcgiAnswer many_more = ask(post_parameters(), std::string(5000000, 'x'));
    BOOST_TEST(many_more.status() == 413);
    BOOST_TEST(many_more.complete);
    BOOST_TEST(ask(post_parameters(), good_body).status() == 200);
}

BOOST_FIXTURE_TEST_CASE(a_spool_that_comes_later, ServeFixture) {
    const auto child = start("send");
    const FcgiAnswer answer = ask(post_parameters(), good_body);
    BOOST_TEST(answer.status() == 503);
    BOOST_TEST(answer.head.find("Retry-After: 5") != std::string::npos);
    BOOST_TEST(answer.body.find("SPOOL_UNAVAILABLE") != std::string::npos);
    BOOST_TEST(answer.body.find(config.spool) == std::string::npos);
    BOOST_TEST(logged().find(config.spool) != std::string::npos);
    Spool::migrate(config, test_time);
    BOOST_TEST(ask(post_parameters(), good_body).status() == 200);
}

BOOST_FIXTURE_TEST_CASE(damaged_files, ServeFixture) {
    std::ofstream(config.spool) << std::string(8192, 'x');
    const auto child = start("send");
    BOOST_TEST(ask(post_parameters(), good_body).status() == 503);
    std::filesystem::remove(config.spool);
    Spool::migrate(config, test_time);
    BOOST_TEST(ask(post_parameters(), good_body).status() == 200);
}

// A web server that breaks off, or is none, costs nothing but its connection.
BOOST_FIXTURE_TEST_CASE(broken_requests, ServeFixture) {
    Spool::migrate(config, test_time);
    add_settings("fcgi_threads = 1\n");
    const auto child = start("send");
    {
        FcgiClient client(socket_path);
        client.begin(post_parameters());
        client.body(good_body); // whole, but its end was never said
    }
    FcgiClient(socket_path).raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    FcgiClient(socket_path).raw(std::string_view("\1\1\0\1\377\377\0\0", 8));
    FcgiClient(socket_path).raw("");
    {
        FcgiClient client(socket_path);
        client.raw(std::string_view("\1\1\0\1\0\10\0\0\0\11\0\0\0\0\0\0", 16)); // role 9
    }
    {
        FcgiClient client(socket_path);
        client.begin(post_parameters());
    }
    BOOST_TEST(ask(post_parameters(), good_body).status() == 200);
    Spool spool(config, Access::read);
    const auto counts = spool.state_counts();
    BOOST_TEST(counts.size() == 1u);
    BOOST_TEST(counts.at(0).jobs == 1);
}

BOOST_FIXTURE_TEST_CASE(many_at_once, ServeFixture) {
    Spool::migrate(config, test_time);
    const auto child = start("send");
    constexpr int clients = 20;
    constexpr int requests = 10;
    std::vector<std::future<std::vector<std::string>>> futures;
    for (int i = 0; i < clients; ++i)
        futures.push_back(std::async(std::launch::async, [this] {
            std::vector<std::string> ids;
            for (int n = 0; n < requests; ++n) {
                const FcgiAnswer answer = ask(post_parameters(), good_body);
                rapidjson::Document json;
                json.Parse(answer.body.c_str());
                if (answer.status() == 200)
                    ids.push_back(Answer::get(json, "message_id"));
            }
            return ids;
        }));
    std::set<std::string> ids;
    for (auto& future : futures) {
        for (const std::string& id : future.get())
            ids.insert(id);
    }
    BOOST_TEST(ids.size() == std::size_t{clients * requests});
    Spool spool(config, Access::read);
    for (const std::string& id : ids)
        BOOST_TEST(spool.find(id).has_value());
}

// A rush leaves no threads behind, and the next one finds new ones.
BOOST_FIXTURE_TEST_CASE(threads_leave_when_nobody_comes, ServeFixture) {
    constexpr std::size_t others = 2; // the one that waits for signals, and for a connection
    constexpr std::size_t rush = 10;
    Spool::migrate(config, test_time);
    const auto child = start("send");
    for (int round = 0; round < 2; ++round) {
        std::vector<std::unique_ptr<FcgiClient>> clients;
        for (std::size_t i = 0; i < rush; ++i) {
            clients.push_back(std::make_unique<FcgiClient>(socket_path));
            clients.back()->begin(post_parameters());
        }
        BOOST_TEST(happens([&] { return child->threads() == rush + others; }));
        for (const auto& client : clients) {
            client->body(good_body);
            client->end_body();
            BOOST_TEST(client->read().status() == 200);
        }
        BOOST_TEST(happens([&] { return child->threads() == others; }), child->threads());
    }
    child->signal(SIGTERM);
    BOOST_TEST(child->wait(5000) == 0);
}

// What is in hand when the signal comes is finished: the test knows that it is in hand because more
// was written than a socket holds.
BOOST_FIXTURE_TEST_CASE(a_request_in_hand, ServeFixture) {
    Spool::migrate(config, test_time);
    add_settings("body_limit = 8M\n");
    const auto child = start("send");
    FcgiClient client(socket_path);
    client.begin(post_parameters());
    client.body(std::string(4000000, ' '));
    child->signal(SIGTERM);
    client.body(good_body);
    client.end_body();
    BOOST_TEST(client.read().status() == 200);
    BOOST_TEST(child->wait(5000) == 0);
}

BOOST_FIXTURE_TEST_CASE(a_request_that_never_ends, ServeFixture) {
    Spool::migrate(config, test_time);
    add_settings("body_limit = 8M\n");
    const auto child = start("send");
    FcgiClient client(socket_path);
    client.begin(post_parameters());
    client.body(std::string(4000000, ' '));
    child->signal(SIGTERM);
    BOOST_TEST(child->wait(5000) == 0);
    BOOST_TEST(!client.read().complete);
    BOOST_TEST(logged().find("requests in hand") != std::string::npos);
}

// The socket belongs to whoever made it: what waits there is served by the next process.
BOOST_FIXTURE_TEST_CASE(what_waits_is_not_lost, ServeFixture) {
    Spool::migrate(config, test_time);
    {
        const auto first = start("send");
        BOOST_TEST(ask(post_parameters(), good_body).status() == 200);
        first->signal(SIGTERM);
        BOOST_TEST(first->wait(5000) == 0);
    }
    FcgiClient client(socket_path);
    client.begin(post_parameters());
    client.body(good_body);
    client.end_body();
    const auto second = start("send");
    BOOST_TEST(client.read().status() == 200);
}

BOOST_FIXTURE_TEST_CASE(a_socket_of_its_own, ServeFixture) {
    Spool::migrate(config, test_time);
    const std::string path = folder.file("own.sock");
    // What a killed program leaves behind.
    listen_at(path);
    listener.reset();
    const auto child = run({"-c", settings, "-l", path});
    BOOST_REQUIRE(connects(path));
    struct stat found {};
    BOOST_TEST(::stat(path.c_str(), &found) == 0);
    BOOST_TEST((found.st_mode & 0777) == 0660u);
    BOOST_TEST(FcgiClient::ask(path, post_parameters(), good_body).status() == 200);

    // A second one does not take it away.
    const auto second = run({"-c", settings, "-l", path});
    BOOST_TEST(second->wait(5000) == 69);
    BOOST_TEST(FcgiClient::ask(path, post_parameters(), good_body).status() == 200);

    child->signal(SIGTERM);
    BOOST_TEST(child->wait(5000) == 0);
    BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_FIXTURE_TEST_CASE(wrong_uses, ServeFixture) {
    const std::string file = folder.file("file");
    std::ofstream(file) << "mine";
    const std::string bad = folder.file("bad");
    std::ofstream(bad) << "no_such_setting = 1\n";
    struct Case {
        std::string name;
        std::vector<std::string> arguments;
        int status;
        std::string logged;
    };
    const Case cases[] = {
        {"help", {"-h"}, 0, "usage: smsspool-send"},
        {"version", {"-V"}, 0, "smsspool-send "},
        {"unknown option", {"-x"}, 64, "usage: smsspool-send"},
        {"argument", {"more"}, 64, "usage: smsspool-send"},
        {"no socket", {"-c", settings}, 64, "standard input is no listening socket"},
        {"no configuration", {"-c", folder.file("none")}, 64, "none"},
        {"bad configuration", {"-c", bad}, 64, "no_such_setting"},
        {"a file in the way", {"-c", settings, "-l", file}, 69, "file: Address already in use"},
        {"no such folder", {"-c", settings, "-l", folder.file("a/b")}, 69, "No such file"},
        {"long path", {"-c", settings, "-l", std::string(200, 'x')}, 69, "1 to 107 bytes"},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            std::filesystem::remove(log);
            BOOST_TEST(run(c.arguments)->wait(5000) == c.status);
            BOOST_TEST(logged().find(c.logged) != std::string::npos, logged());
        }
    }
    std::ifstream untouched(file);
    std::string content;
    untouched >> content;
    BOOST_TEST(content == "mine");
}

BOOST_AUTO_TEST_SUITE_END()
