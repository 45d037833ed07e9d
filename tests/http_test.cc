// One HTTP exchange: where it may go, and what is sent.

#define BOOST_TEST_MODULE http_test
#include "common/http.h"

#include "common/error.h"
#include "common/fd.h"

#include <arpa/inet.h>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace smsspool;
using End = HttpAnswer::End;
using Reach = HttpRequest::Reach;

namespace {

// Listens on 127.0.0.1, or where it is told; serves as many connections as it is told, one request
// each.
class Listener {
public:
    explicit Listener(in_addr_t at = INADDR_LOOPBACK)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(at);
        socklen_t size = sizeof address;
        auto* const place = reinterpret_cast<sockaddr*>(&address);
        if (::bind(fd_.get(), place, size) != 0 || ::listen(fd_.get(), 8) != 0 ||
            ::getsockname(fd_.get(), place, &size) != 0)
            throw system_error(Fault::unavailable, "listen");
        port_ = std::to_string(ntohs(address.sin_port));
    }
    ~Listener() {
        ::shutdown(fd_.get(), SHUT_RDWR);
        if (thread_.joinable())
            thread_.join();
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    void serve(const std::string& answer) {
        thread_ = std::thread([this, answer] {
            while (const Fd peer{::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)})
                converse(peer, answer);
        });
    }

    [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const {
        return "http://" + host + ":" + port_ + "/hook";
    }
    // All that was asked. Call it when the exchanges are over.
    [[nodiscard]] const std::string& heard() {
        ::shutdown(fd_.get(), SHUT_RDWR);
        thread_.join();
        return heard_;
    }

private:
    void converse(const Fd& peer, const std::string& answer) {
        std::array<char, 4096> buffer{};
        std::string request;
        while (!request.ends_with("{}")) {
            const ssize_t count = ::read(peer.get(), buffer.data(), buffer.size());
            if (count <= 0)
                break;
            request.append(buffer.data(), static_cast<std::size_t>(count));
        }
        heard_ += request;
        (void)!::write(peer.get(), answer.data(), answer.size());
    }

    Fd fd_;
    std::string port_, heard_;
    std::thread thread_;
};

HttpRequest request_to(const std::string& url, Reach reach = Reach::in_public) {
    HttpRequest request;
    request.url = url;
    request.body = "{}";
    request.content_type = "application/json";
    request.reach = reach;
    request.connect_timeout = std::chrono::seconds(5);
    request.timeout = std::chrono::seconds(5);
    request.answer_limit = 100;
    return request;
}

constexpr auto fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

} // namespace

BOOST_AUTO_TEST_SUITE(http_test)

BOOST_AUTO_TEST_CASE(public_addresses) {
    struct Case {
        const char* name;
        const char* address;
        bool want;
    };
    const Case cases[] = {
        {"IPv4", "8.8.8.8", true},
        {"below 10/8", "9.255.255.255", true},
        {"above 10/8", "11.0.0.0", true},
        {"below 100.64/10", "100.63.255.255", true},
        {"above 100.64/10", "100.128.0.0", true},
        {"below 172.16/12", "172.15.255.255", true},
        {"above 172.16/12", "172.32.0.0", true},
        {"above 192.168/16", "192.169.0.0", true},
        {"below multicast", "223.255.255.255", true},
        {"this network", "0.0.0.0", false},
        {"this network, a host", "0.1.2.3", false},
        {"private 10", "10.1.2.3", false},
        {"private 172", "172.31.255.255", false},
        {"private 192", "192.168.0.1", false},
        {"shared (carrier NAT)", "100.64.0.1", false},
        {"loopback", "127.0.0.1", false},
        {"loopback, another", "127.255.0.9", false},
        {"link-local", "169.254.169.254", false},
        {"IETF", "192.0.0.8", false},
        {"documentation", "192.0.2.1", false},
        {"documentation 2", "198.51.100.7", false},
        {"documentation 3", "203.0.113.7", false},
        {"6to4 relay", "192.88.99.1", false},
        {"benchmarks", "198.19.0.1", false},
        {"multicast", "224.0.0.1", false},
        {"reserved", "240.0.0.1", false},
        {"broadcast", "255.255.255.255", false},
        {"IPv6", "2606:4700:4700::1111", true},
        {"unspecified", "::", false},
        {"loopback 6", "::1", false},
        {"mapped public", "::ffff:8.8.8.8", true},
        {"mapped loopback", "::ffff:127.0.0.1", false},
        {"mapped private", "::ffff:a00:1", false},
        {"compatible", "::127.0.0.1", false},
        {"NAT64", "64:ff9b::7f00:1", false},
        {"NAT64, local", "64:ff9b:1::1", false},
        {"6to4 of a private one", "2002:a00:1::1", false},
        {"Teredo", "2001::1", false},
        {"documentation 6", "2001:db8::1", false},
        {"documentation 6, later", "3fff::1", false},
        {"unique local", "fc00::1", false},
        {"unique local, random", "fd12:3456:789a::1", false},
        {"link-local 6", "fe80::1", false},
        {"site-local", "fec0::1", false},
        {"multicast 6", "ff02::1", false},
        {"discard", "100::1", false},
        {"segment routing", "5f00::1", false},
        {"a name", "localhost", false},
        {"nothing", "", false},
        {"with a scope", "fe80::1%eth0", false},
        {"with a port", "8.8.8.8:80", false},
        {"octal", "0177.0.0.1", false},
        {"one number", "2130706433", false},
        {"short", "127.1", false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name)
        BOOST_TEST(is_public_address(c.address) == c.want);
    }
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_public_is_not_reached) {
    for (const std::string host : {"127.0.0.1", "localhost", "127.1", "0x7f.1", "2130706433",
                                   "[::ffff:127.0.0.1]", "0.0.0.0"}) {
        BOOST_TEST_CONTEXT(host) {
            Listener listener;
            listener.serve(fine);
            for (const Connections kind : {Connections::fresh, Connections::kept}) {
                const HttpAnswer answer = make_http(kind)->exchange(request_to(listener.url(host)));
                BOOST_TEST((answer.end != End::complete));
                BOOST_TEST(answer.status == 0);
                BOOST_TEST(answer.error.find("is no public address") != std::string::npos,
                           answer.error);
            }
            BOOST_TEST(listener.heard() == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(own_addresses) {
    BOOST_TEST(is_own_address("127.0.0.1"));
    BOOST_TEST(!is_own_address("8.8.8.8"));
    BOOST_TEST(!is_own_address(""));
    BOOST_TEST(!is_own_address("localhost"));
}

namespace {

constexpr const char* public_address = "8.8.8.8";

// Gives this process a network of its own, with nothing but `public_address` and loopback.
bool own_network() {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    const Fd fd{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    ifreq request{};
    std::strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (::ioctl(fd.get(), SIOCSIFFLAGS, &request) != 0)
        return false;
    std::strcpy(request.ifr_name, "lo:1");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, public_address, &address.sin_addr);
    std::memcpy(&request.ifr_addr, &address, sizeof address);
    return ::ioctl(fd.get(), SIOCSIFADDR, &request) == 0;
}

enum Finding : int { as_wanted, no_network, reached, wrong_error, not_reached_where_allowed };

Finding reach_own_address() {
    if (!own_network())
        return no_network;
    Listener listener(INADDR_ANY);
    listener.serve(fine);
    for (const std::string host : {"8.8.8.8", "[::ffff:8.8.8.8]"}) {
        HttpRequest request = request_to(listener.url(host));
        const HttpAnswer refused = make_http()->exchange(request);
        if (refused.status != 0)
            return reached;
        if (refused.error != "8.8.8.8 is an address of this machine")
            return wrong_error;
        request.networks = public_address;
        if (make_http()->exchange(request).end != End::complete)
            return not_reached_where_allowed;
    }
    return as_wanted;
}

} // namespace

// What listens on all addresses of this machine is meant for those in front of it, be the address
// public or not.
BOOST_AUTO_TEST_CASE(an_own_address_is_not_reached_where_it_is_public) {
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0)
        ::_exit(reach_own_address());
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(WIFEXITED(status));
    if (WEXITSTATUS(status) == no_network)
        BOOST_TEST_MESSAGE("not tried: no network of one's own can be made here");
    else
        BOOST_TEST(WEXITSTATUS(status) == as_wanted);
}

BOOST_AUTO_TEST_CASE(a_network_that_is_allowed_is_reached) {
    struct Case {
        const char* networks;
        bool want;
    };
    const Case cases[] = {
        {"127.0.0.0/8", true}, {"10.0.0.0/8 127.0.0.1", true},
        {"10.0.0.0/8", false}, {"127.0.0.2", false},
        {" ", false},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.networks) {
            Listener listener;
            listener.serve(fine);
            HttpRequest request = request_to(listener.url());
            request.networks = c.networks;
            const HttpAnswer answer = make_http()->exchange(request);
            BOOST_TEST((answer.end == End::complete) == c.want);
            BOOST_TEST(answer.status == (c.want ? 200 : 0));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_proxy_is_no_way_around) {
    Listener listener;
    listener.serve(fine);
    ::setenv("http_proxy", listener.url().c_str(), 1);
    const HttpAnswer answer = make_http()->exchange(request_to("http://10.255.255.1:9/"));
    ::unsetenv("http_proxy");
    BOOST_TEST((answer.end == End::unsent));
    BOOST_TEST(listener.heard() == "");
}

BOOST_AUTO_TEST_CASE(what_is_sent) {
    Listener listener;
    listener.serve(fine);
    HttpRequest request = request_to(listener.url(), Reach::anywhere);
    request.headers = {"X-One: 1"};
    const HttpAnswer answer = make_http()->exchange(request);
    BOOST_TEST((answer.end == End::complete));
    BOOST_TEST(answer.body == "ok");
    const std::string& heard = listener.heard();
    for (const char* part : {"POST /hook HTTP/1.1\r\n", "\r\nContent-Type: application/json\r\n",
                             "\r\nX-One: 1\r\n", "\r\nContent-Length: 2\r\n", "\r\n\r\n{}"})
        BOOST_TEST(heard.find(part) != std::string::npos, part);
    BOOST_TEST(heard.find("Expect") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_redirection_is_told_and_not_followed) {
    Listener listener;
    listener.serve("HTTP/1.1 307 Go\r\nLocation: /other\r\nContent-Length: 0\r\nConnection: "
                   "close\r\n\r\n");
    HttpRequest request = request_to(listener.url(), Reach::anywhere);
    const HttpAnswer answer = make_http()->exchange(request);
    BOOST_TEST(answer.status == 307);
    BOOST_TEST(answer.location.ends_with("/other"));
    BOOST_TEST(listener.heard().find("/other") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(how_an_exchange_ends) {
    struct Case {
        const char* name;
        const char* answer;
        End end;
        int status;
        const char* body;
        std::int64_t retry_after;
    };
    const std::string long_body(200, 'x'), shown(100, 'x');
    const std::string flood = "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + long_body;
    const Case cases[] = {
        {"whole", fine, End::complete, 200, "ok", 0},
        {"closed at once", "", End::broken, 0, "", 0},
        {"closed in the middle", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok", End::broken, 200,
         "ok", 0},
        {"more than the limit", flood.c_str(), End::complete, 200, shown.c_str(), 0},
        {"wants a pause",
         "HTTP/1.1 503 No\r\nRetry-After: 7\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
         End::complete, 503, "", 7},
    };
    for (const Case& c : cases) {
        BOOST_TEST_CONTEXT(c.name) {
            Listener listener;
            listener.serve(c.answer);
            const HttpAnswer answer =
                make_http()->exchange(request_to(listener.url(), Reach::anywhere));
            BOOST_TEST((answer.end == c.end));
            BOOST_TEST(answer.status == c.status);
            BOOST_TEST(answer.body == c.body);
            BOOST_TEST(answer.retry_after == c.retry_after);
            BOOST_TEST(answer.error.empty() == (c.end == End::complete));
        }
    }
}

BOOST_AUTO_TEST_CASE(nobody_listens) {
    std::string url;
    {
        const Listener listener;
        url = listener.url();
    }
    const HttpAnswer answer = make_http()->exchange(request_to(url, Reach::anywhere));
    BOOST_TEST((answer.end == End::unsent));
    BOOST_TEST(answer.error != "");
}

BOOST_AUTO_TEST_SUITE_END()
