// The inside of a Database, for common/sqlite*.cc only.

#ifndef SMSSPOOL_COMMON_SQLITE_CONNECTION_H
#define SMSSPOOL_COMMON_SQLITE_CONNECTION_H

#include "common/sqlite.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

struct sqlite3;

namespace smsspool {

struct CloseHandle {
    void operator()(sqlite3* handle) const noexcept;
};

struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const noexcept;
};

using Handle = std::unique_ptr<sqlite3, CloseHandle>;
using Prepared = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// What is open, and which files these are.
struct Database::Connection {
    Handle handle;
    std::vector<Prepared> prepared = std::vector<Prepared>(statements.size());
    FileId file, log, index;                        // no log: it was not there yet
    bool spoiled = false;                           // an error may have left it useless
    std::chrono::steady_clock::time_point used{};   // before it rested
    std::chrono::steady_clock::time_point looked{}; // for the file, by a reader
};

// All of this process: within it, SQLite shares the index of one file's log among its connections.
struct Database::Registry {
    std::mutex mutex;            // held while a connection is opened, closed, or given to another
    std::vector<Database*> open; // those that have one
    std::mutex opening;          // held by the one that opens a connection for those that share
    std::condition_variable rested; // a connection
    std::size_t sharing = 0;        // how many are kept while_used
    // Where connections are that nobody uses now: a Database without threads and visits, which is
    // looked after with the others of its file. Empty places are left.
    std::vector<std::unique_ptr<Database>> resting;
};

// While there is one, no other thread closes the connection. The first of them sees to it that
// there is one, and that its files are those that everybody else finds; it throws where it cannot.
class Database::Visit {
public:
    explicit Visit(Database& database);
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

private:
    Database& database_;
};

} // namespace smsspool

#endif
