// The inside of a Database, for sqlite.cc and sqlite_open.cc only.

#ifndef SMSSPOOL_COMMON_SQLITE_CONNECTION_H
#define SMSSPOOL_COMMON_SQLITE_CONNECTION_H

#include "common/sqlite.h"

#include <memory>
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
    FileId file, log, index; // no log: it was not there yet
    bool spoiled = false;    // an error may have left it useless
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
