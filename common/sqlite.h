// SQLite: one connection, its prepared statements, its transactions. The only place of sqlite3.h
// is sqlite.cc.
//
// A Database belongs to one thread. Errors are Error with the fault that spool.h lists; the text
// names the statement and SQLite's own words, never a bound value. After each of them it can be
// used again: a connection that an error may have spoiled is closed, and the next use opens
// another.

#ifndef SMSSPOOL_COMMON_SQLITE_H
#define SMSSPOOL_COMMON_SQLITE_H

#include "common/file_id.h"
#include "common/sql.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3_stmt;

namespace smsspool {

class Database;

// One execution of a prepared statement: binds in order, steps, and is reset at its end. It must
// not outlive its Database, and only one execution of a statement may be alive.
class Use {
public:
    Use(Database& database, sqlite3_stmt* statement) noexcept;
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
    Database& database_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
};

enum class Open { read, write, create };

// always: the connection is that of one Database. while_used: of a program with many threads, which
// have a Database each; between two uses of one, any other of the same file, mode and busy timeout
// may have its connection, so that there are as many of them as are at work at the same time. Each
// then keeps at most 400 KiB of the file in memory, where SQLite's own default is 2000.
enum class Kept { always, while_used };

class Database {
    struct RestingPlace {
        explicit RestingPlace() = default;
    };

public:
    // Looks at a connection that was just opened; throws where this is not the right file.
    using Check = std::function<void(Database&)>;

    // Opens `file`; `create` makes it (mode 0660 less the umask) where it is missing. `check` is
    // called now and each time that the file is opened again; those that are kept while_used must
    // all have the same.
    Database(const std::string& file, Open how, std::chrono::milliseconds busy_timeout,
             Check check = {}, Kept kept = Kept::always);
    // Where the connection of `owner` can rest; for this class only.
    Database(RestingPlace, const Database& owner);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    [[nodiscard]] const std::string& file() const noexcept { return file_; }

    // The statement of the list in sql.h, prepared at its first use.
    [[nodiscard]] Use use(Sql id);

    // What connections that are kept while_used, and that nobody uses now, have of their files in
    // memory goes; their next use reads it again. Any thread.
    static void forget() noexcept;

    // Runs SQL text that is not in the list: schema and pragmas.
    void run_text(const std::string& sql);
    // The first column of the first row of such a text; empty: no row.
    [[nodiscard]] std::string ask_text(const std::string& sql);
    // The first column of every row.
    [[nodiscard]] std::vector<std::string> ask_texts(const std::string& sql);

    // Runs `body` in BEGIN IMMEDIATE … COMMIT. If it throws, nothing of it stays. Where the file is
    // busy, it is run again from its start until `busy_timeout` is over, then Error(busy): it must
    // have no effect outside the database but through what it assigns.
    //
    // A file that was taken away or replaced since it was opened, or lost its log, is opened again
    // before anything is written. If it goes while `body` runs, this throws Error(unavailable), and
    // what was written may be found when the file is back.
    void transact(const std::function<void()>& body);

    // Within transact(): runs a part of its body that the rest can do without. Where a page that it
    // needs is damaged, or a table missing, the whole is run again without any such part (SQLite
    // writes nothing more in a transaction that has met a damaged page).
    void unless_damaged(const std::function<void()>& part);

    // Runs `body` with one consistent view of the database, without the right to write. A file that
    // was taken away is treated as by transact(); with Open::read it is noticed 50 ms later at
    // most.
    void look(const std::function<void()>& body);

    // Writes everything, as it is at one moment, into `target`, which is missing or empty. On the
    // disk is it only when the caller has synced it.
    void copy_to(const std::string& target);

    // What SQLite finds wrong in the file, a line each, at most `most`; empty: nothing.
    [[nodiscard]] std::vector<std::string> integrity(std::size_t most);

private:
    friend class Use;
    class Transaction;
    class Visit;
    struct Connection;
    struct Registry;
    enum class Loss { none, file, log, index };
    enum class Others { none, here };

    [[noreturn]] void fail(const std::string& what);
    Others enter() noexcept;
    void leave() noexcept;
    [[nodiscard]] bool borrow() noexcept;
    void borrow_soon() noexcept;
    bool take_resting() noexcept;
    [[nodiscard]] bool is_like(const Database& other) const noexcept;
    void rest() noexcept;
    static void end_resting() noexcept;
    void be_open();
    [[nodiscard]] bool looked_a_moment_ago();
    void open();
    void connect();
    [[nodiscard]] bool siblings_are_right(FileId of) const;
    void let_go(Loss lost);
    void save_log(Loss lost);
    void close() noexcept;
    void close_locked() noexcept;
    void close_siblings(FileId of) noexcept;
    void remember_log();
    void learn_log();
    [[nodiscard]] Loss loss() const;
    [[nodiscard]] sqlite3_stmt* statement(Sql id);
    void transact_once(const std::function<void()>& body);
    static Registry& registry();

    std::string file_;
    Open how_;
    std::chrono::milliseconds busy_timeout_;
    Check check_;
    Kept kept_ = Kept::always;
    bool without_parts_ = false;             // see unless_damaged()
    std::unique_ptr<Connection> connection_; // none: it is opened by the next use
    std::atomic<int> visits_{0};             // uses that are alive; -1: another thread closes it
};

} // namespace smsspool

#endif
