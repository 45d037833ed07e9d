// pickup: how long after the answer of POST / the modem hears of the message, for `make bench`.
//
//   pickup URL CREDENTIALS_FILE SIMMODEM_CONTROL_SOCKET COUNT
//
// Posts one message at a time and asks the simulated modem, not the daemon: a thread waits for the
// command AT+CMGS on its control socket. The next message waits until this one was on the air and a
// moment has passed that differs from time to time. Prints one number a line: milliseconds from the
// last byte of the answer to the news of the command; negative where the news came first.

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <curl/curl.h>
#include <fstream>
#include <random>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& why) {
    std::fprintf(stderr, "pickup: %s\n", why.c_str());
    std::exit(69);
}

// The control socket: a line there, a line back.
class Modem {
public:
    explicit Modem(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            fail("cannot connect to " + path);
    }
    ~Modem() { ::close(socket_); }
    Modem(const Modem&) = delete;
    Modem& operator=(const Modem&) = delete;

    void ask(const std::string& line) {
        if (::write(socket_, (line + "\n").data(), line.size() + 1) < 0)
            fail("the modem does not listen");
    }
    std::string answer() {
        std::string line;
        for (char c = 0; c != '\n'; line += c)
            if (::read(socket_, &c, 1) != 1)
                fail("the modem says no more");
        if (line.find("\"ok\":true") == std::string::npos)
            fail("the modem says " + line);
        return line;
    }
    // How many events it has seen.
    std::string sequence() {
        ask(R"({"cmd":"status"})");
        const std::string line = answer();
        const auto at = line.find("\"sequence\":") + 11;
        return line.substr(at, line.find_first_not_of("0123456789", at) - at);
    }

private:
    int socket_;
};

class Client {
public:
    Client(const std::string& url, const std::string& credentials_file)
        : handle_(curl_easy_init()) {
        std::string credentials;
        std::getline(std::ifstream(credentials_file) >> std::ws, credentials);
        headers_ = curl_slist_append(nullptr, "Content-Type: application/json");
        curl_easy_setopt(handle_, CURLOPT_URL, url.c_str());
        curl_easy_setopt(handle_, CURLOPT_USERPWD, credentials.c_str());
        curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
        curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(handle_, CURLOPT_SSL_VERIFYHOST, 0L);
        curl_easy_setopt(handle_, CURLOPT_FAILONERROR, 1L);
        curl_easy_setopt(handle_, CURLOPT_TIMEOUT, 20L);
        curl_easy_setopt(
            handle_, CURLOPT_WRITEFUNCTION,
            +[](char*, std::size_t size, std::size_t count, void*) { return size * count; });
    }
    ~Client() {
        curl_slist_free_all(headers_);
        curl_easy_cleanup(handle_);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // When the answer was there.
    Clock::time_point post(const std::string& text) {
        const std::string body = R"({"number":"5512345678","message":")" + text + "\"}";
        curl_easy_setopt(handle_, CURLOPT_COPYPOSTFIELDS, body.c_str());
        const CURLcode code = curl_easy_perform(handle_);
        const auto now = Clock::now();
        if (code != CURLE_OK)
            fail(curl_easy_strerror(code));
        return now;
    }

private:
    CURL* handle_;
    curl_slist* headers_ = nullptr;
};

double one(Modem& modem, Client& client, const std::string& text) {
    const std::string since = R"(,"timeout_ms":20000,"since":)" + modem.sequence() + "}";
    modem.ask(R"({"cmd":"wait","event":"command","command":"AT+CMGS")" + since);
    Clock::time_point heard;
    std::thread listener([&] {
        modem.answer();
        heard = Clock::now();
    });
    const auto answered = client.post(text);
    listener.join();
    modem.ask(R"({"cmd":"wait","event":"message","match":")" + text + "\"" + since);
    modem.answer();
    return std::chrono::duration<double, std::milli>(heard - answered).count();
}

} // namespace

int main(int count, char** words) {
    if (count != 5)
        return 64;
    curl_global_init(CURL_GLOBAL_ALL);
    Modem modem(words[3]);
    Client client(words[1], words[2]);
    std::minstd_rand random(1);
    for (int i = 0; i < std::atoi(words[4]); ++i) {
        // The daemon settles the message and goes to sleep again.
        std::this_thread::sleep_for(std::chrono::milliseconds(150 + random() % 300));
        std::printf("%.3f\n", one(modem, client, "pickup " + std::to_string(i)));
        std::fflush(stdout);
    }
}
