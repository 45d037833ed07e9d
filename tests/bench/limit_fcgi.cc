// limit_fcgi: a FastCGI program that does nothing, for `make bench`: what the web server and
// libfcgi alone allow. With a file it inserts one row a request, committed before it answers.
//
//   limit_fcgi SOCKET [SQLITE_FILE]
//
// As many threads as a program of smsspool has. Ends at SIGTERM.

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcgiapp.h>
#include <mutex>
#include <sqlite3.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr int thread_count = 4;
constexpr int backlog = 512;

constexpr const char* answer = "Status: 200 OK\r\nContent-Type: application/json\r\n"
                               "Content-Length: 3\r\n\r\n{}\n";

void must(bool good) {
    if (!good)
        std::abort();
}

// One row for each request, as durable as the spool's.
class Rows {
public:
    explicit Rows(const char* file) {
        must(sqlite3_open(file, &handle_) == SQLITE_OK);
        sqlite3_busy_timeout(handle_, 5000);
        run("PRAGMA journal_mode=WAL");
        run("PRAGMA synchronous=FULL");
        run("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
        must(sqlite3_prepare_v2(handle_, "INSERT INTO row (text) VALUES (?)", -1, &insert_,
                                nullptr) == SQLITE_OK);
    }

    void add(const std::string& text) {
        // SQLite would let the threads sleep longer than the one that writes needs.
        static std::mutex one_writes;
        const std::scoped_lock lock(one_writes);
        sqlite3_bind_text(insert_, 1, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
        must(sqlite3_step(insert_) == SQLITE_DONE);
        sqlite3_reset(insert_);
    }

private:
    void run(const char* sql) {
        must(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    }

    sqlite3* handle_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
};

std::string body_of(const FCGX_Request& request) {
    std::string body;
    std::array<char, 4096> buffer;
    for (int count; (count = FCGX_GetStr(buffer.data(), buffer.size(), request.in)) > 0;)
        body.append(buffer.data(), static_cast<std::size_t>(count));
    return body;
}

void serve(int socket, std::vector<Rows> rows) {
    FCGX_Request request;
    FCGX_InitRequest(&request, socket, 0);
    while (FCGX_Accept_r(&request) == 0) {
        const std::string body = body_of(request);
        for (Rows& each : rows)
            each.add(body);
        FCGX_PutS(answer, request.out);
        FCGX_Finish_r(&request);
    }
}

} // namespace

int main(int count, char** words) {
    if (count < 2 || count > 3 || FCGX_Init() != 0)
        return 64;
    std::signal(SIGTERM, SIG_DFL); // libfcgi catches it and goes on waiting
    const int socket = FCGX_OpenSocket(words[1], backlog);
    if (socket < 0)
        return 69;
    std::vector<std::thread> threads;
    for (int i = 0; i < thread_count; ++i) {
        std::vector<Rows> rows; // one, or none
        if (count == 3)
            rows.emplace_back(words[2]);
        threads.emplace_back(serve, socket, std::move(rows));
    }
    for (std::thread& thread : threads)
        thread.join();
}
