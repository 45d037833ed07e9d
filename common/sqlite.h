// SQLite: one connection, its prepared statements, its transactions. The only place of sqlite3.h
// is sqlite.cc.
//
// A Database belongs to one thread. Errors are Error with the fault that spool.h lists; the text
// names the statement and SQLite's own words, never a bound value.

#ifndef SMSSPOOL_COMMON_SQLITE_H
#define SMSSPOOL_COMMON_SQLITE_H

#include "common/sql.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace smsspool {

// One execution of a prepared statement: binds in order, steps, and is reset at its end. It must
// not outlive its Database, and only one execution of a statement may be alive.
class Use {
public:
    Use(sqlite3* handle, sqlite3_stmt* statement) noexcept;
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

    // Binds the next `?`. Texts must stay alive until the execution ends.
    Use& bind(std::string_view text);
    Use& bind(std::int64_t number);
    Use& bind_null();
    template <class Value>
    Use& bind(const std::optional<Value>& value) {
        return value ? bind(*value) : bind_null();
    }
    template <class... Values>
    Use& bind_all(const Values&... values) {
        (bind(values), ...);
        return *this;
    }

    // True: a row is there. False: the end.
    bool step();
    // Runs a statement that gives no rows; how many rows it inserted, changed or deleted.
    std::int64_t run();

    // Columns of the present row, from 0.
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::int64_t number(int column) const;
    [[nodiscard]] bool null(int column) const;
    [[nodiscard]] std::optional<std::int64_t> number_or_nothing(int column) const;

private:
    sqlite3* handle_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
};

enum class Open { read, write, create };

class Database {
public:
    // Opens `file`; `create` makes it (mode 0660 less the umask) where it is missing.
    Database(const std::string& file, Open how, std::chrono::milliseconds busy_timeout);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // The statement of the list in sql.h, prepared at its first use.
    [[nodiscard]] Use use(Sql id);

    // Runs SQL text that is not in the list: schema and pragmas.
    void run_text(const std::string& sql);
    // The first column of the first row of such a text; empty: no row.
    [[nodiscard]] std::string ask_text(const std::string& sql);

    // Runs `body` in BEGIN IMMEDIATE … COMMIT. If it throws, nothing of it stays. Where the file is
    // busy, it is run again from its start until `busy_timeout` is over, then Error(busy): it must
    // have no effect outside the database but through what it assigns.
    void transact(const std::function<void()>& body);

    // Runs `body` with one consistent view of the database, without the right to write.
    void look(const std::function<void()>& body);

private:
    void finish_statements() noexcept;

    struct Close {
        void operator()(sqlite3* handle) const noexcept;
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    std::unique_ptr<sqlite3, Close> handle_;
    std::vector<std::unique_ptr<sqlite3_stmt, Finalize>> prepared_;
    std::chrono::milliseconds busy_timeout_;
};

} // namespace smsspool

#endif
