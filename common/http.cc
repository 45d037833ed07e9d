// One HTTP exchange, by libcurl.

#include "common/http.h"

#include "common/accounts.h"
#include "common/error.h"
#include "common/fd.h"
#include "common/provider.h"

#include <arpa/inet.h>
#include <array>
#include <curl/curl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace smsspool {

namespace {

class Headers {
public:
    explicit Headers(const HttpRequest& request) {
        if (request.method != HttpRequest::Method::get)
            add("Content-Type: " + request.content_type);
        add("Expect:"); // a body is sent at once
        for (const std::string& line : request.headers)
            add(line);
    }
    ~Headers() { curl_slist_free_all(list_); }
    Headers(const Headers&) = delete;
    Headers& operator=(const Headers&) = delete;

    [[nodiscard]] curl_slist* get() const noexcept { return list_; }

private:
    void add(const std::string& line) {
        curl_slist* const longer = curl_slist_append(list_, line.c_str());
        if (longer == nullptr)
            throw std::bad_alloc();
        list_ = longer;
    }

    curl_slist* list_ = nullptr;
};

// The body of an answer as it comes in.
struct Body {
    std::string bytes;
    std::size_t limit = 0;
    bool full = false;

    static std::size_t take(const char* bytes, std::size_t size, std::size_t count, void* self) {
        Body& body = *static_cast<Body*>(self);
        const std::size_t length = size * count;
        const std::size_t taken = std::min(length, body.limit - body.bytes.size());
        body.bytes.append(bytes, taken);
        body.full = body.full || taken < length;
        return taken; // fewer than came: the rest is not wanted, the exchange ends
    }
};

// --- where it may go ----------------------------------------------------------------------------

// A mapped IPv4 address as what it leads to.
std::string address_of(const sockaddr* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    int family = address->sa_family;
    const void* bytes = nullptr;
    if (family == AF_INET) {
        bytes = &reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
    } else if (family == AF_INET6) {
        const in6_addr& six = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
        const bool mapped = IN6_IS_ADDR_V4MAPPED(&six);
        family = mapped ? AF_INET : AF_INET6;
        bytes = mapped ? &six.s6_addr[12] : &six.s6_addr[0];
    }
    if (bytes == nullptr || ::inet_ntop(family, bytes, text.data(), text.size()) == nullptr)
        return {};
    return text.data();
}

// Why it may not be reached; empty: it may.
std::string refusal(const HttpRequest& request, const std::string& address) {
    if (!words_in(request.networks).empty() && in_networks(request.networks, address))
        return {};
    if (!is_public_address(address))
        return address + " is no public address";
    return is_own_address(address) ? address + " is an address of this machine" : "";
}

// What a request may reach.
struct Reached {
    const HttpRequest* request = nullptr;
    std::string refused; // why it may not reach what it last wanted to; empty: it may
};

// What libcurl is about to connect to, after the name was looked up.
curl_socket_t open_in_reach(void* data, curlsocktype, curl_sockaddr* to) {
    try {
        auto& reached = *static_cast<Reached*>(data);
        reached.refused = "what it leads to cannot be looked at";
        reached.refused = refusal(*reached.request, address_of(&to->addr));
        if (!reached.refused.empty())
            return CURL_SOCKET_BAD;
        return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
    } catch (const std::exception&) { // C calls this
        return CURL_SOCKET_BAD;
    }
}

// --- the exchange -------------------------------------------------------------------------------

// One handle with what every exchange has. Options whose values are wrong are bugs of ours.
class Easy {
public:
    explicit Easy(Connections connections) : connections_(connections), handle_(curl_easy_init()) {
        if (handle_ == nullptr)
            throw Error(Fault::unavailable, "libcurl cannot be started");
    }
    ~Easy() { curl_easy_cleanup(handle_); }
    Easy(const Easy&) = delete;
    Easy& operator=(const Easy&) = delete;

    template <typename Value>
    void set(CURLoption option, Value value) {
        const CURLcode code = curl_easy_setopt(handle_, option, value);
        if (code != CURLE_OK)
            throw Error(Fault::bug, std::string("libcurl: ") + curl_easy_strerror(code));
    }

    void prepare(const HttpRequest& request) {
        curl_easy_reset(handle_);
        error_.front() = '\0';
        set(CURLOPT_ERRORBUFFER, error_.data());
        set(CURLOPT_URL, request.url.c_str());
        secure_ = origin_of(request.url).starts_with("https:");
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
        set(CURLOPT_USERAGENT, "smsspool/" SMSSPOOL_VERSION);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_FOLLOWLOCATION, 0L);
        if (connections_ == Connections::fresh) {
            set(CURLOPT_FRESH_CONNECT, 1L);
            set(CURLOPT_FORBID_REUSE, 1L);
        }
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
        if (is_loopback(origin_of(request.url)))
            set(CURLOPT_PROXY, "");
        verify(request);
        stay_in_reach(request);
    }

    // `request` must live as long as this is performed.
    void say(const HttpRequest& request) {
        switch (request.method) {
        case HttpRequest::Method::get:
            return;
        case HttpRequest::Method::post:
            set(CURLOPT_POST, 1L);
            break;
        case HttpRequest::Method::patch:
            set(CURLOPT_POST, 1L);
            set(CURLOPT_CUSTOMREQUEST, "PATCH");
            break;
        }
        set(CURLOPT_POSTFIELDS, request.body.data());
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }

    [[nodiscard]] CURLcode perform() { return curl_easy_perform(handle_); }

    // True once it may have begun to write the request. What was said to a proxy on the way, before
    // the handshake with the provider was done, is none.
    [[nodiscard]] bool written() const {
        long opened = 0;
        curl_easy_getinfo(handle_, CURLINFO_NUM_CONNECTS, &opened);
        if (connections_ == Connections::kept && opened == 0)
            return true; // on a connection that was there, or it never came to one: nobody knows
        if (secure_) {
            curl_off_t shaken = 0;
            curl_easy_getinfo(handle_, CURLINFO_APPCONNECT_TIME_T, &shaken);
            return shaken > 0;
        }
        curl_off_t begun = 0;
        curl_easy_getinfo(handle_, CURLINFO_PRETRANSFER_TIME_T, &begun);
        long octets = 0;
        curl_easy_getinfo(handle_, CURLINFO_REQUEST_SIZE, &octets);
        return begun > 0 || octets > 0;
    }
    [[nodiscard]] int status() const {
        long status = 0;
        curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
        return static_cast<int>(status);
    }
    [[nodiscard]] std::string location() const {
        const char* url = nullptr;
        curl_easy_getinfo(handle_, CURLINFO_REDIRECT_URL, &url);
        return url != nullptr ? url : "";
    }
    [[nodiscard]] std::int64_t retry_after() const {
        curl_off_t seconds = 0;
        curl_easy_getinfo(handle_, CURLINFO_RETRY_AFTER, &seconds);
        return seconds;
    }
    [[nodiscard]] Ms took() const {
        curl_off_t microseconds = 0;
        curl_easy_getinfo(handle_, CURLINFO_TOTAL_TIME_T, &microseconds);
        return std::chrono::duration_cast<Ms>(std::chrono::microseconds(microseconds));
    }
    [[nodiscard]] std::string error(CURLcode code) const {
        if (!reached_.refused.empty())
            return reached_.refused;
        return error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
    }

private:
    void verify(const HttpRequest& request) {
        set(CURLOPT_SSL_VERIFYPEER, 1L);
        set(CURLOPT_SSL_VERIFYHOST, 2L);
        set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
        if (request.ca_file.empty())
            return;
        set(CURLOPT_CAINFO, request.ca_file.c_str());
        // Else the folder of this machine's certificates would be trusted as well.
        set<const char*>(CURLOPT_CAPATH, nullptr);
    }

    void stay_in_reach(const HttpRequest& request) {
        reached_ = {&request, {}};
        if (request.reach == HttpRequest::Reach::anywhere)
            return;
        set(CURLOPT_PROXY, "");
        set(CURLOPT_OPENSOCKETFUNCTION, &open_in_reach);
        set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&reached_));
    }

    Connections connections_;
    CURL* handle_;
    bool secure_ = false;
    Reached reached_;
    std::array<char, CURL_ERROR_SIZE> error_{};
};

class CurlHttp : public Http {
public:
    explicit CurlHttp(Connections connections) : connections_(connections) {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
            throw Error(Fault::unavailable, "libcurl cannot be started");
    }
    ~CurlHttp() override {
        kept_.reset();
        curl_global_cleanup();
    }

    HttpAnswer exchange(const HttpRequest& request) override {
        Easy& easy = handle();
        Body body{{}, request.answer_limit};
        const Headers headers(request);
        easy.prepare(request);
        easy.set(CURLOPT_HTTPHEADER, headers.get());
        easy.set(CURLOPT_WRITEFUNCTION, &Body::take);
        easy.set(CURLOPT_WRITEDATA, static_cast<void*>(&body));
        easy.say(request);
        const CURLcode code = easy.perform();
        HttpAnswer answer = ended(easy, body.full ? CURLE_OK : code);
        answer.body = std::move(body.bytes);
        return answer;
    }

    HttpAnswer connect(const HttpRequest& request) override {
        Easy& easy = handle();
        easy.prepare(request);
        easy.set(CURLOPT_CONNECT_ONLY, 1L);
        HttpAnswer answer;
        const CURLcode code = easy.perform();
        answer.end = code == CURLE_OK ? HttpAnswer::End::complete : HttpAnswer::End::unsent;
        answer.error = code == CURLE_OK ? "" : easy.error(code);
        return answer;
    }

private:
    // Another one each time, unless its connections are wanted again.
    Easy& handle() {
        if (!kept_ || connections_ == Connections::fresh)
            kept_ = std::make_unique<Easy>(connections_);
        return *kept_;
    }

    static HttpAnswer ended(const Easy& easy, CURLcode code) {
        HttpAnswer answer;
        answer.status = easy.status();
        answer.retry_after = easy.retry_after();
        answer.location = easy.location();
        answer.took = easy.took();
        if (code == CURLE_OK) {
            answer.end = HttpAnswer::End::complete;
        } else {
            answer.end = easy.written() ? HttpAnswer::End::broken : HttpAnswer::End::unsent;
            answer.error = easy.error(code);
        }
        return answer;
    }

    Connections connections_;
    std::unique_ptr<Easy> kept_;
};

} // namespace

std::unique_ptr<Http> make_http(Connections connections) {
    return std::make_unique<CurlHttp>(connections);
}

bool is_own_address(std::string_view address) {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0)
        throw system_error(Fault::unavailable, "the addresses of this machine");
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> list(first, &::freeifaddrs);
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
        const std::string own = each->ifa_addr != nullptr ? address_of(each->ifa_addr) : "";
        if (!own.empty() && own == address)
            return true;
    }
    return false;
}

bool is_public_address(std::string_view address) {
    // The registries of IANA, and what embeds an IPv4 address: mapped, translated, 6to4, Teredo.
    constexpr std::string_view special_4 =
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
        "192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 "
        "192.175.48.0/24 "
        "198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4";
    constexpr std::string_view global_6 = "2000::/3";
    constexpr std::string_view special_6 = "2001::/23 2001:db8::/32 2002::/16 3fff::/20";
    in_addr four{};
    in6_addr six{};
    std::string text(address);
    if (::inet_pton(AF_INET, text.c_str(), &four) == 1)
        return !in_networks(special_4, text);
    if (::inet_pton(AF_INET6, text.c_str(), &six) != 1)
        return false;
    if (IN6_IS_ADDR_V4MAPPED(&six)) {
        std::array<char, INET_ADDRSTRLEN> mapped{};
        (void)::inet_ntop(AF_INET, &six.s6_addr[12], mapped.data(), mapped.size());
        return !in_networks(special_4, mapped.data());
    }
    return in_networks(global_6, text) && !in_networks(special_6, text);
}

} // namespace smsspool
