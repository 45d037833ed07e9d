// One HTTP exchange, by libcurl.

#include "spoold/provider_http.h"

#include "common/error.h"
#include "common/provider.h"

#include <array>
#include <curl/curl.h>

namespace smsspool {

namespace {

class Headers {
public:
    explicit Headers(const std::vector<std::string>& lines) {
        add("Content-Type: application/x-www-form-urlencoded");
        add("Expect:"); // a body is sent at once
        for (const std::string& line : lines)
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

// One handle with what every exchange has. Options whose values are wrong are bugs of ours.
class Easy {
public:
    Easy() : handle_(curl_easy_init()) {
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
        set(CURLOPT_FRESH_CONNECT, 1L);
        set(CURLOPT_FORBID_REUSE, 1L);
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
        if (is_loopback(origin_of(request.url)))
            set(CURLOPT_PROXY, "");
        verify(request);
    }

    [[nodiscard]] CURLcode perform() { return curl_easy_perform(handle_); }

    // True once it may have begun to write the request. What was said to a proxy on the way, before
    // the handshake with the provider was done, is none.
    [[nodiscard]] bool written() const {
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
    [[nodiscard]] std::string error(CURLcode code) const {
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

    CURL* handle_;
    bool secure_ = false;
    std::array<char, CURL_ERROR_SIZE> error_{};
};

class CurlHttp : public Http {
public:
    CurlHttp() {
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
            throw Error(Fault::unavailable, "libcurl cannot be started");
    }
    ~CurlHttp() override { curl_global_cleanup(); }

    HttpAnswer exchange(const HttpRequest& request) override {
        Easy easy;
        Body body{{}, request.answer_limit};
        const Headers headers(request.headers);
        easy.prepare(request);
        easy.set(CURLOPT_HTTPHEADER, headers.get());
        easy.set(CURLOPT_WRITEFUNCTION, &Body::take);
        easy.set(CURLOPT_WRITEDATA, static_cast<void*>(&body));
        if (request.method == HttpRequest::Method::post) {
            easy.set(CURLOPT_POST, 1L);
            easy.set(CURLOPT_POSTFIELDS, request.body.data());
            easy.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        }
        const CURLcode code = easy.perform();
        HttpAnswer answer = ended(easy, body.full ? CURLE_OK : code);
        answer.body = std::move(body.bytes);
        return answer;
    }

    HttpAnswer connect(const HttpRequest& request) override {
        Easy easy;
        easy.prepare(request);
        easy.set(CURLOPT_CONNECT_ONLY, 1L);
        HttpAnswer answer;
        const CURLcode code = easy.perform();
        answer.end = code == CURLE_OK ? HttpAnswer::End::complete : HttpAnswer::End::unsent;
        answer.error = code == CURLE_OK ? "" : easy.error(code);
        return answer;
    }

private:
    static HttpAnswer ended(const Easy& easy, CURLcode code) {
        HttpAnswer answer;
        answer.status = easy.status();
        answer.retry_after = easy.retry_after();
        answer.location = easy.location();
        if (code == CURLE_OK) {
            answer.end = HttpAnswer::End::complete;
        } else {
            answer.end = easy.written() ? HttpAnswer::End::broken : HttpAnswer::End::unsent;
            answer.error = easy.error(code);
        }
        return answer;
    }
};

} // namespace

std::unique_ptr<Http> make_http() {
    return std::make_unique<CurlHttp>();
}

} // namespace smsspool
