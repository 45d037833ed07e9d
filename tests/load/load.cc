// load: many clients at once that post messages, for tests and measurements.
//
//   load [-k] -u URL -a CREDENTIALS_FILE -n COUNT [-c CLIENTS] [-t TEXT] [-N FIRST_NUMBER]
//        [-b BODY_EXTRA] [-r RETRIES] [-p PAUSE_MS]
//
// Posts COUNT messages to URL, CLIENTS at a time (default 1) over kept connections. The recipient
// of message i is FIRST_NUMBER + i (default +525500000000), its text "TEXT i". Each answer is one
// JSON line on standard output: {"i":0,"status":200,"ms":1.25,"body":{…}}; status 0: no answer
// came. With -r a message without an answer, or with 502, 503 or 504, is posted again up to RETRIES
// times with the same Idempotency-Key, as an honest client would. With -p there is a pause after
// each answer. The last line on standard error is a summary:
// {"count":…,"ok":…,"seconds":…,"per_second":…,"p50_ms":…,"p99_ms":…,"max_ms":…}.
// Exit status 0 if every message was answered with 200.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <curl/curl.h>
#include <deque>
#include <fstream>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Options {
    std::string url, credentials, text = "load", extra;
    long long first_number = 525500000000;
    int count = 0, clients = 1, retries = 0, pause_ms = 0;
    bool verify = true;
};

struct Client {
    CURL* handle = nullptr;
    curl_slist* headers = nullptr;
    std::string body, answer;
    int message = 0, tries = 0;
    Clock::time_point started;
};

std::size_t keep(char* bytes, std::size_t size, std::size_t count, void* to) {
    static_cast<std::string*>(to)->append(bytes, size * count);
    return size * count;
}

Options read_options(int count, char** words) {
    Options options;
    for (int option; (option = ::getopt(count, words, "ku:a:n:c:t:N:b:r:p:")) != -1;) {
        const std::string value = optarg != nullptr ? optarg : "";
        switch (option) {
        case 'k':
            options.verify = false;
            break;
        case 'u':
            options.url = value;
            break;
        case 'a':
            std::getline(std::ifstream(value) >> std::ws, options.credentials);
            break;
        case 'n':
            options.count = std::stoi(value);
            break;
        case 'c':
            options.clients = std::stoi(value);
            break;
        case 't':
            options.text = value;
            break;
        case 'N':
            options.first_number = std::stoll(value);
            break;
        case 'b':
            options.extra = value;
            break;
        case 'r':
            options.retries = std::stoi(value);
            break;
        case 'p':
            options.pause_ms = std::stoi(value);
            break;
        default:
            std::exit(64);
        }
    }
    return options;
}

class Load {
public:
    explicit Load(const Options& options) : options_(options), multi_(curl_multi_init()) {
        // One key for a message, whatever the try; another for each run.
        run_ = std::to_string(Clock::now().time_since_epoch().count());
        for (int i = 0; i < options.count; ++i)
            waiting_.push_back({i, 0});
    }
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;
    ~Load() {
        for (const auto& client : clients_) {
            curl_easy_cleanup(client->handle);
            curl_slist_free_all(client->headers);
        }
        curl_multi_cleanup(multi_);
    }

    int run() {
        const auto begin = Clock::now();
        for (int i = 0; i < std::min(options_.clients, options_.count); ++i)
            add_client();
        for (int running = 1; running > 0 || !waiting_.empty();) {
            curl_multi_perform(multi_, &running);
            if (take_answers())
                running = 1; // what follows an answer was not counted
            if (running > 0)
                curl_multi_poll(multi_, nullptr, 0, 100, nullptr);
        }
        summarize(std::chrono::duration<double>(Clock::now() - begin).count());
        return ok_ == options_.count ? 0 : 1;
    }

private:
    struct Waiting {
        int message, tries;
    };

    void add_client() {
        auto client = std::make_unique<Client>();
        client->handle = curl_easy_init();
        clients_.push_back(std::move(client));
        next(*clients_.back());
    }

    void next(Client& client) {
        if (waiting_.empty())
            return;
        client.message = waiting_.front().message;
        client.tries = waiting_.front().tries;
        waiting_.pop_front();
        const std::string i = std::to_string(client.message);
        client.body = "{\"number\":\"+" + std::to_string(options_.first_number + client.message) +
                      "\",\"message\":\"" + options_.text + " " + i + "\"" + options_.extra + "}";
        client.answer.clear();
        curl_slist_free_all(client.headers);
        client.headers = curl_slist_append(nullptr, "Content-Type: application/json");
        if (options_.retries > 0)
            client.headers =
                curl_slist_append(client.headers, ("Idempotency-Key: " + run_ + "-" + i).c_str());
        set_up(client);
        client.started = Clock::now();
        curl_multi_add_handle(multi_, client.handle);
    }

    void set_up(Client& client) {
        CURL* handle = client.handle;
        curl_easy_setopt(handle, CURLOPT_URL, options_.url.c_str());
        curl_easy_setopt(handle, CURLOPT_USERPWD, options_.credentials.c_str());
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, client.headers);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDS, client.body.c_str());
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, keep);
        curl_easy_setopt(handle, CURLOPT_WRITEDATA, &client.answer);
        curl_easy_setopt(handle, CURLOPT_PRIVATE, &client);
        curl_easy_setopt(handle, CURLOPT_TIMEOUT, 60L);
        curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
        curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, options_.verify ? 1L : 0L);
        curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, options_.verify ? 2L : 0L);
        curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    }

    // False: there was none.
    bool take_answers() {
        int left = 0;
        bool any = false;
        while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
            if (message->msg != CURLMSG_DONE)
                continue;
            char* owner = nullptr;
            long status = 0;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
            curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
            Client& client = *reinterpret_cast<Client*>(owner);
            if (message->data.result != CURLE_OK)
                status = 0;
            curl_multi_remove_handle(multi_, client.handle);
            answered(client, status);
            ::usleep(static_cast<useconds_t>(options_.pause_ms) * 1000);
            next(client);
            any = true;
        }
        return any;
    }

    void answered(Client& client, long status) {
        const bool no_word = status == 0 || status == 502 || status == 503 || status == 504;
        if (no_word && client.tries < options_.retries) {
            // An honest client waits a moment before it tries again.
            ::usleep(20000);
            waiting_.push_back({client.message, client.tries + 1});
            return;
        }
        const std::chrono::duration<double, std::milli> took = Clock::now() - client.started;
        times_.push_back(took.count());
        ok_ += status == 200 ? 1 : 0;
        while (!client.answer.empty() && client.answer.back() == '\n')
            client.answer.pop_back();
        const bool json = !client.answer.empty() && client.answer.front() == '{';
        std::printf("{\"i\":%d,\"status\":%ld,\"ms\":%.2f,\"body\":%s}\n", client.message, status,
                    took.count(), json ? client.answer.c_str() : "null");
    }

    double percentile(double part) {
        if (times_.empty())
            return 0;
        return times_[static_cast<std::size_t>(part * static_cast<double>(times_.size() - 1))];
    }

    void summarize(double seconds) {
        std::sort(times_.begin(), times_.end());
        std::fprintf(stderr,
                     "{\"count\":%d,\"ok\":%d,\"seconds\":%.3f,\"per_second\":%.1f,"
                     "\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n",
                     options_.count, ok_, seconds, options_.count / seconds, percentile(0.5),
                     percentile(0.99), percentile(1));
    }

    const Options& options_;
    CURLM* multi_;
    std::string run_;
    std::deque<Waiting> waiting_;
    std::vector<std::unique_ptr<Client>> clients_;
    std::vector<double> times_;
    int ok_ = 0;
};

} // namespace

int main(int count, char** words) {
    const Options options = read_options(count, words);
    if (options.url.empty() || options.count <= 0)
        return 64;
    curl_global_init(CURL_GLOBAL_ALL);
    const int status = Load(options).run();
    curl_global_cleanup();
    return status;
}
