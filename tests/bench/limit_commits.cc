// limit_commits: the commits of sending a job and nothing else, for `make bench`.
//
//   limit_commits SPOOL
//
// Takes the queued jobs of a spool one after the other. Each commit has the writes of
// Spool::settle() with a claimer: it closes the attempt of the job before, settles that job, claims
// the next, opens its attempt and counts it, with the daemon's pragmas. What is written is known
// beforehand: nothing is looked up. Prints {"jobs":…,"seconds":…,"per_second":…}.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sqlite3.h>
#include <string>
#include <vector>

namespace {

void must(bool good, sqlite3* handle) {
    if (good)
        return;
    std::fprintf(stderr, "limit_commits: %s\n", sqlite3_errmsg(handle));
    std::exit(69);
}

class Statement {
public:
    Statement(sqlite3* handle, const char* sql) : handle_(handle) {
        must(sqlite3_prepare_v2(handle, sql, -1, &statement_, nullptr) == SQLITE_OK, handle);
    }
    ~Statement() { sqlite3_finalize(statement_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    bool step() {
        const int code = sqlite3_step(statement_);
        must(code == SQLITE_ROW || code == SQLITE_DONE, handle_);
        return code == SQLITE_ROW;
    }
    std::string text() { return reinterpret_cast<const char*>(sqlite3_column_text(statement_, 0)); }
    void run() {
        step();
        sqlite3_reset(statement_);
    }
    void run(const std::string& one) {
        bind(1, one);
        run();
    }
    void run(const std::string& one, const std::string& other) {
        bind(2, other);
        run(one);
    }

private:
    void bind(int place, const std::string& text) {
        sqlite3_bind_text(statement_, place, text.data(), static_cast<int>(text.size()),
                          SQLITE_TRANSIENT);
    }

    sqlite3* handle_;
    sqlite3_stmt* statement_ = nullptr;
};

std::vector<std::string> queued(sqlite3* handle) {
    std::vector<std::string> ids;
    Statement select(handle,
                     "SELECT id FROM job WHERE state = 'queued' ORDER BY not_before_ms, id");
    while (select.step())
        ids.push_back(select.text());
    return ids;
}

void settle_all(sqlite3* handle, const std::vector<std::string>& jobs) {
    Statement begin(handle, "BEGIN IMMEDIATE");
    Statement commit(handle, "COMMIT");
    Statement close(handle, "UPDATE attempt SET ended_ms = 1, outcome = 'accepted', reference = 7 "
                            "WHERE id = ? AND outcome = 'open'");
    Statement settle(handle,
                     "UPDATE job SET state = 'sent', parts_done = 1, ended_ms = NULL, owner = "
                     "NULL, lease_until_ms = NULL WHERE id = ?1 AND claim = ?2");
    Statement claim(handle,
                    "UPDATE job SET state = 'sending', owner = 'bench', claim = ?2, modem = "
                    "'sim', lease_until_ms = 1, attempted_ms = 1 WHERE id = ?1 AND state = "
                    "'queued'");
    Statement count(handle, "UPDATE usage_minute SET parts = parts + 1 WHERE modem = 'sim'");
    Statement open(handle, "INSERT INTO attempt (id, job_id, part, modem, started_ms, outcome) "
                           "VALUES (?, ?, 1, 'sim', 1, 'open')");
    must(sqlite3_exec(handle, "INSERT INTO usage_minute VALUES ('sim', 0, 0)", nullptr, nullptr,
                      nullptr) == SQLITE_OK,
         handle);
    std::string before;
    for (const std::string& job : jobs) {
        begin.run();
        if (!before.empty()) {
            close.run("a" + before);
            settle.run(before, "c" + before);
        }
        claim.run(job, "c" + job);
        open.run("a" + job, job);
        count.run();
        commit.run();
        before = job;
    }
}

} // namespace

int main(int count, char** words) {
    sqlite3* handle = nullptr;
    if (count != 2)
        return 64;
    must(sqlite3_open_v2(words[1], &handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK, handle);
    must(sqlite3_exec(handle, "PRAGMA synchronous=FULL", nullptr, nullptr, nullptr) == SQLITE_OK,
         handle);
    const auto jobs = queued(handle);
    const auto begin = std::chrono::steady_clock::now();
    settle_all(handle, jobs);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("{\"jobs\":%zu,\"seconds\":%.3f,\"per_second\":%.1f}\n", jobs.size(), took.count(),
                static_cast<double>(jobs.size()) / took.count());
    sqlite3_close(handle);
}
