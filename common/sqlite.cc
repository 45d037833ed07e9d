// SQLite.

#include "common/sqlite.h"

#include "common/error.h"
#include "common/fd.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <mutex>
#include <random>
#include <sqlite3.h>
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
    if (code == SQLITE_IOERR_WRITE)
        return is_no_room(errno_of_log(handle));
    if ((code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CANTOPEN)
        return is_no_room(sqlite3_system_errno(handle));
    return false;
}

[[noreturn]] void fail(sqlite3* handle, const std::string& what) {
    const int code = sqlite3_extended_errcode(handle);
    const Fault fault = no_room(handle, code) ? Fault::full : fault_of(code);
    throw Error(fault, "spool: " + what + ": " + sqlite3_errmsg(handle) + " (" +
                           std::to_string(code) + ")");
}

int open_flags(Open how) noexcept {
    switch (how) {
    case Open::read:
        return SQLITE_OPEN_READONLY;
    case Open::write:
        return SQLITE_OPEN_READWRITE;
    case Open::create:
        return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    }
    return SQLITE_OPEN_READONLY;
}

// Rolls back unless committed.
class Transaction {
public:
    Transaction(sqlite3* handle, const char* begin) : handle_(handle) {
        if (sqlite3_exec(handle_, begin, nullptr, nullptr, nullptr) != SQLITE_OK)
            fail(handle_, begin);
    }
    ~Transaction() {
        // Some errors (full, I/O) have rolled back already; another ROLLBACK is then refused.
        if (sqlite3_get_autocommit(handle_) == 0)
            sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit() {
        if (sqlite3_exec(handle_, "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK)
            fail(handle_, "COMMIT");
    }

private:
    sqlite3* handle_;
};

// Waiting writers that come back at the same moment meet again: a random pause parts them.
void pause_a_moment() {
    thread_local std::minstd_rand random(std::random_device{}());
    std::this_thread::sleep_for(std::chrono::milliseconds(1 + random() % 20));
}

} // namespace

Use::Use(sqlite3* handle, sqlite3_stmt* statement) noexcept
    : handle_(handle), statement_(statement) {}

Use::~Use() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Use& Use::bind(std::string_view text) {
    // A view without an address would be NULL to SQLite; the empty text is a text.
    const char* bytes = text.data() != nullptr ? text.data() : "";
    if (sqlite3_bind_text64(statement_, ++bound_, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8) !=
        SQLITE_OK)
        fail(handle_, sqlite3_sql(statement_));
    return *this;
}

Use& Use::bind(std::int64_t number) {
    if (sqlite3_bind_int64(statement_, ++bound_, number) != SQLITE_OK)
        fail(handle_, sqlite3_sql(statement_));
    return *this;
}

Use& Use::bind_null() {
    if (sqlite3_bind_null(statement_, ++bound_) != SQLITE_OK)
        fail(handle_, sqlite3_sql(statement_));
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
        fail(handle_, sqlite3_sql(statement_));
    return false;
}

std::int64_t Use::run() {
    step();
    return sqlite3_changes64(handle_);
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

void Database::Close::operator()(sqlite3* handle) const noexcept {
    sqlite3_close_v2(handle);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Database::Database(const std::string& file, Open how, std::chrono::milliseconds busy_timeout)
    : prepared_(statements.size()), busy_timeout_(busy_timeout) {
    // SQLite itself would make it with mode 0644. The files beside it get the mode of this one.
    if (how == Open::create)
        const Fd made(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660));
    sqlite3* raw = nullptr;
    const int code =
        sqlite3_open_v2(file.c_str(), &raw, open_flags(how) | SQLITE_OPEN_NOMUTEX, nullptr);
    handle_.reset(raw);
    if (code != SQLITE_OK)
        throw Error(Fault::unavailable, "spool: " + file + ": " + sqlite3_errmsg(raw));
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, static_cast<int>(busy_timeout.count()));
    // A commit is on the disk when it returns: what was answered with success survives a power cut.
    // WAL by itself would sync at a checkpoint only.
    if (how != Open::read)
        run_text("PRAGMA synchronous=FULL");
    run_text("PRAGMA trusted_schema=OFF");
    // Readers without the right to write the folder can open a WAL file only while its -wal and
    // -shm files exist: they stay when the last writer closes.
    int keep = 1;
    sqlite3_file_control(raw, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
}

Database::~Database() {
    finish_statements();
}

void Database::finish_statements() noexcept {
    for (auto& statement : prepared_)
        statement.reset();
}

Use Database::use(Sql id) {
    const Statement& statement = statements[static_cast<std::size_t>(id)];
    auto& prepared = prepared_[static_cast<std::size_t>(id)];
    if (!prepared) {
        sqlite3_stmt* raw = nullptr;
        if (sqlite3_prepare_v3(handle_.get(), statement.text.data(),
                               static_cast<int>(statement.text.size()), SQLITE_PREPARE_PERSISTENT,
                               &raw, nullptr) != SQLITE_OK)
            fail(handle_.get(), std::string(statement.text));
        prepared.reset(raw);
    }
    return {handle_.get(), prepared.get()};
}

void Database::run_text(const std::string& sql) {
    if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(handle_.get(), sql);
}

std::string Database::ask_text(const std::string& sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
        fail(handle_.get(), sql);
    const std::unique_ptr<sqlite3_stmt, Finalize> owner(raw);
    Use use(handle_.get(), raw);
    return use.step() ? use.text(0) : std::string();
}

void Database::transact(const std::function<void()>& body) {
    // One write lock for all: threads of a process queue for it here, where the next is woken at
    // once; SQLite would let each of them sleep and try again.
    static std::timed_mutex writers;
    const auto deadline = std::chrono::steady_clock::now() + busy_timeout_;
    const std::unique_lock turn(writers, deadline);
    if (!turn)
        throw Error(Fault::busy, "spool: other writers took too long");
    for (;;) {
        try {
            Transaction transaction(handle_.get(), "BEGIN IMMEDIATE");
            body();
            transaction.commit();
            return;
        } catch (const Error& error) {
            if (error.fault() != Fault::busy || std::chrono::steady_clock::now() >= deadline)
                throw;
        }
        pause_a_moment();
    }
}

void Database::look(const std::function<void()>& body) {
    Transaction transaction(handle_.get(), "BEGIN");
    body();
    transaction.commit();
}

} // namespace smsspool
