// SQLite.

#include "common/sqlite.h"

#include "common/error.h"
#include "common/sqlite_connection.h"

#include <cerrno>
#include <mutex>
#include <random>
#include <sqlite3.h>
#include <sstream>
#include <thread>

namespace smsspool {

namespace {

Fault fault_of(int code) noexcept {
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: // many came at once
        return Fault::busy;
    case SQLITE_FULL:
        return Fault::full;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_NOMEM:
        return Fault::unavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return Fault::corrupt;
    default:
        return Fault::bug;
    }
}

bool is_no_room(int number) noexcept {
    return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

// The errno of the last write to the log that failed. A COMMIT leaves it with the file only.
int errno_of_log(sqlite3* handle) noexcept {
    sqlite3_file* log = nullptr;
    int number = 0;
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    if (log != nullptr && log->pMethods != nullptr)
        log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &number);
    return number;
}

// SQLite says "full" only where a plain write met ENOSPC. A quota, a limit of the process, and the
// shared index of the log end as its error of input and output.
bool no_room(sqlite3* handle, int code) noexcept {
    if (code == SQLITE_IOERR_WRITE && is_no_room(errno_of_log(handle)))
        return true;
    if ((code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CANTOPEN)
        return is_no_room(sqlite3_system_errno(handle));
    return false;
}

// Waiting writers that come back at the same moment meet again: a random pause parts them.
void pause_a_moment() {
    thread_local std::minstd_rand random(std::random_device{}());
    std::this_thread::sleep_for(std::chrono::milliseconds(1 + random() % 20));
}

} // namespace

void Database::fail(const std::string& what) {
    sqlite3* handle = connection_->handle.get();
    const int code = sqlite3_extended_errcode(handle);
    const Fault fault = no_room(handle, code) ? Fault::full : fault_of(code);
    if (fault == Fault::unavailable || fault == Fault::corrupt)
        connection_->spoiled = true;
    throw Error(fault, "spool: " + what + ": " + sqlite3_errmsg(handle) + " (" +
                           std::to_string(code) + ")");
}

namespace {

struct PartDamaged : Error {
    explicit PartDamaged(const Error& error) : Error(error) {}
};

} // namespace

// Rolls back unless committed.
class Database::Transaction {
public:
    Transaction(Database& database, Sql begin)
        : database_(database), handle_(database.connection_->handle.get()) {
        database_.use(begin).run();
    }
    ~Transaction() {
        // Some errors (full, I/O) have rolled back already; another ROLLBACK is then refused.
        if (sqlite3_get_autocommit(handle_) == 0)
            sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit() { database_.use(Sql::commit).run(); }

private:
    Database& database_;
    sqlite3* handle_;
};

// --- one execution ------------------------------------------------------------------------------

Use::Use(Database& database, sqlite3_stmt* statement) noexcept
    : database_(database), statement_(statement) {
    ++database_.visits_; // made within a Visit
}

Use::~Use() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    database_.leave();
}

Use& Use::bind(std::string_view text) {
    // A view without an address would be NULL to SQLite; the empty text is a text.
    const char* bytes = text.data() != nullptr ? text.data() : "";
    if (sqlite3_bind_text64(statement_, ++bound_, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8) !=
        SQLITE_OK)
        database_.fail(sqlite3_sql(statement_));
    return *this;
}

Use& Use::bind(std::int64_t number) {
    if (sqlite3_bind_int64(statement_, ++bound_, number) != SQLITE_OK)
        database_.fail(sqlite3_sql(statement_));
    return *this;
}

Use& Use::bind_null() {
    if (sqlite3_bind_null(statement_, ++bound_) != SQLITE_OK)
        database_.fail(sqlite3_sql(statement_));
    return *this;
}

bool Use::step() {
    if (bound_ != sqlite3_bind_parameter_count(statement_))
        throw Error(Fault::bug,
                    std::string("spool: a value is not bound: ") + sqlite3_sql(statement_));
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        database_.fail(sqlite3_sql(statement_));
    return false;
}

std::int64_t Use::run() {
    step();
    return sqlite3_changes64(sqlite3_db_handle(statement_));
}

std::string Use::text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (bytes == nullptr)
        return {};
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Use::number(int column) const {
    return sqlite3_column_int64(statement_, column);
}

bool Use::null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::optional<std::int64_t> Use::number_or_nothing(int column) const {
    return null(column) ? std::nullopt : std::optional(number(column));
}

// --- running ------------------------------------------------------------------------------------

sqlite3_stmt* Database::statement(Sql id) {
    const Statement& statement = statements[static_cast<std::size_t>(id)];
    Prepared& prepared = connection_->prepared[static_cast<std::size_t>(id)];
    if (!prepared) {
        sqlite3_stmt* raw = nullptr;
        if (sqlite3_prepare_v3(connection_->handle.get(), statement.text.data(),
                               static_cast<int>(statement.text.size()), SQLITE_PREPARE_PERSISTENT,
                               &raw, nullptr) != SQLITE_OK)
            fail(std::string(statement.text));
        prepared.reset(raw);
    }
    return prepared.get();
}

Use Database::use(Sql id) {
    const Visit visit(*this);
    return {*this, statement(id)};
}

void Database::run_text(const std::string& sql) {
    const Visit visit(*this);
    if (sqlite3_exec(connection_->handle.get(), sql.c_str(), nullptr, nullptr, nullptr) !=
        SQLITE_OK)
        fail(sql);
}

std::vector<std::string> Database::ask_texts(const std::string& sql) {
    const Visit visit(*this);
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(connection_->handle.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
        fail(sql);
    const Prepared owner(raw);
    std::vector<std::string> rows;
    Use use(*this, raw);
    while (use.step())
        rows.push_back(use.text(0));
    return rows;
}

std::string Database::ask_text(const std::string& sql) {
    const std::vector<std::string> rows = ask_texts(sql);
    return rows.empty() ? std::string() : rows.front();
}

void Database::transact(const std::function<void()>& body) {
    // One write lock for all: threads of a process queue for it here, where the next is woken at
    // once; SQLite would let each of them sleep and try again.
    static std::timed_mutex writers;
    const auto deadline = std::chrono::steady_clock::now() + busy_timeout_;
    const std::unique_lock turn(writers, deadline);
    if (!turn)
        throw Error(Fault::busy, "spool: other writers took too long");
    without_parts_ = false;
    for (;;) {
        try {
            transact_once(body);
            return;
        } catch (const PartDamaged&) {
            without_parts_ = true;
            continue;
        } catch (const Error& error) {
            if (error.fault() != Fault::busy || std::chrono::steady_clock::now() >= deadline)
                throw;
        }
        pause_a_moment();
    }
}

void Database::unless_damaged(const std::function<void()>& part) {
    if (without_parts_)
        return;
    try {
        part();
    } catch (const Error& error) {
        if (error.fault() != Fault::corrupt && error.fault() != Fault::bug)
            throw;
        throw PartDamaged(error);
    }
}

void Database::transact_once(const std::function<void()>& body) {
    const Visit visit(*this);
    {
        Transaction transaction(*this, Sql::begin_write);
        body();
        transaction.commit();
    }
    // Only now is it sure that the commit went where everybody will find it.
    if (loss() != Loss::none)
        throw Error(Fault::unavailable,
                    "spool: " + file_ + " was taken away while it was written to");
}

void Database::look(const std::function<void()>& body) {
    const Visit visit(*this);
    // Its end has nothing to keep: a COMMIT could only fail, where a damaged page was met.
    const Transaction transaction(*this, Sql::begin_read);
    body();
}

void Database::copy_to(const std::string& target) {
    std::string quoted;
    for (const char letter : target)
        quoted += letter == '\'' ? "''" : std::string(1, letter);
    run_text("VACUUM INTO '" + quoted + "'");
    Database copy(target, Open::write, busy_timeout_);
    copy.run_text("PRAGMA journal_mode=WAL");
}

std::vector<std::string> Database::integrity(std::size_t most) {
    std::vector<std::string> found;
    for (const std::string& row :
         ask_texts("PRAGMA integrity_check(" + std::to_string(most) + ")")) {
        std::istringstream lines(row);
        for (std::string line; std::getline(lines, line) && found.size() < most;) {
            if (line != "ok" && line.substr(0, 3) != "***") // a headline
                found.push_back(line);
        }
    }
    return found;
}

} // namespace smsspool
