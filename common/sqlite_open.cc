// SQLite: opening, closing, and whether what is open is still what everybody else finds.

#include "common/disk.h"
#include "common/error.h"
#include "common/fd.h"
#include "common/sqlite_connection.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <mutex>
#include <sqlite3.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace smsspool {

namespace {

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

Handle open_file(const std::string& file, Open how, std::chrono::milliseconds busy_timeout) {
    sqlite3* raw = nullptr;
    const int code =
        sqlite3_open_v2(file.c_str(), &raw, open_flags(how) | SQLITE_OPEN_NOMUTEX, nullptr);
    Handle handle(raw);
    if (code != SQLITE_OK)
        throw Error(Fault::unavailable, "spool: " + file + ": " + sqlite3_errmsg(raw));
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_busy_timeout(raw, static_cast<int>(busy_timeout.count()));
    // Readers without the right to write the folder can open a WAL file only while its -wal and
    // -shm files exist: they stay when the last writer closes.
    int keep = 1;
    sqlite3_file_control(raw, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
    return handle;
}

std::string log_of(const std::string& file) {
    return file + "-wal";
}

std::string index_of(const std::string& file) {
    return file + "-shm";
}

// True if another process has the index of a log open that is not there (any more). The places in
// the index are those of SQLite's "WAL-mode file format".
// REQUIRES: nobody in this process has the file open; closing the index would drop SQLite's locks.
bool log_is_missed(const std::string& file) {
    constexpr off_t open_mark = 128; // held by each who has the index open
    struct Header {
        std::uint32_t version, unused, change;
        std::uint8_t is_ready, big_endian;
        std::uint16_t page_size;
        std::uint32_t frames;
    } header{};
    const Fd fd(::open(index_of(file).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    struct flock mark {};
    mark.l_type = F_WRLCK;
    mark.l_whence = SEEK_SET;
    mark.l_start = open_mark;
    mark.l_len = 1;
    if (!fd || ::fcntl(fd.get(), F_GETLK, &mark) != 0 || mark.l_type == F_UNLCK ||
        ::read(fd.get(), &header, sizeof header) != sizeof header || header.is_ready == 0)
        return false;
    const std::int64_t frame = 24 + (header.page_size == 1 ? 65536 : header.page_size);
    return header.frames > 0 && size_of(log_of(file)) < 32 + header.frames * frame;
}

// SQLite believes a log that lies beside a file, whatever the file is, and moves what is in it
// there. REQUIRES: nobody in this process has the file open; closing it would drop SQLite's locks.
bool is_foreign(const std::string& file) noexcept {
    constexpr std::string_view mark("SQLite format 3", 16);
    std::array<char, mark.size()> begin{};
    const Fd fd(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    const ssize_t length = fd ? ::read(fd.get(), begin.data(), begin.size()) : 0;
    return length > 0 && std::string_view(begin.data(), static_cast<std::size_t>(length)) != mark;
}

} // namespace

void CloseHandle::operator()(sqlite3* handle) const noexcept {
    sqlite3_close_v2(handle);
}

void FinalizeStatement::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Database::Visit::Visit(Database& database) : database_(database) {
    if (database.enter() == Others::here)
        return;
    try {
        database.be_open();
    } catch (...) {
        --database.visits_;
        throw;
    }
}

Database::Visit::~Visit() {
    if (database_.visits_ == 1) // a nested one may be where the registry is locked
        database_.learn_log();
    database_.leave();
}

Database::Others Database::enter() noexcept {
    int seen = visits_.load();
    do {
        while (seen < 0) {
            std::this_thread::yield();
            seen = visits_.load();
        }
    } while (!visits_.compare_exchange_weak(seen, seen + 1));
    return seen > 0 ? Others::here : Others::none;
}

Database::Registry& Database::registry() {
    static Registry registry;
    return registry;
}

Database::Database(const std::string& file, Open how, std::chrono::milliseconds busy_timeout,
                   Check check, Kept kept)
    : file_(file), how_(how), busy_timeout_(busy_timeout), check_(std::move(check)), kept_(kept) {
    // SQLite itself would make it with mode 0644. The files beside it get the mode of this one.
    if (how == Open::create)
        const Fd made(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660));
    const Visit visit(*this);
    if (kept_ == Kept::while_used) {
        const std::lock_guard lock(registry().mutex);
        ++registry().sharing;
    }
}

Database::Database(RestingPlace, const Database& owner)
    : file_(owner.file_), how_(owner.how_), busy_timeout_(owner.busy_timeout_) {}

Database::~Database() {
    (void)enter();
    try {
        if (connection_ && loss() != Loss::none)
            save_log(loss());
    } catch (const Error&) {
        // What could be done was tried.
    }
    close();
    if (kept_ == Kept::while_used)
        end_resting();
}

// A reader can do no harm to a file that is not there any more: a request that asks several things
// need not look for the three files each time.
bool Database::looked_a_moment_ago() {
    constexpr std::chrono::milliseconds moment{50};
    if (how_ != Open::read || connection_->spoiled)
        return false;
    const auto now = std::chrono::steady_clock::now();
    if (now - connection_->looked < moment)
        return true;
    connection_->looked = now;
    return false;
}

// REQUIRES: nobody uses the connection.
void Database::be_open() {
    std::unique_lock<std::mutex> turn;
    if (kept_ == Kept::while_used && !borrow()) {
        // Of many that come at once, one opens: meanwhile others may be through with theirs.
        turn = std::unique_lock(registry().opening);
        borrow_soon();
    }
    if (connection_) {
        if (looked_a_moment_ago())
            return;
        if (const Loss lost = loss(); lost != Loss::none)
            let_go(lost);
        else if (connection_->spoiled)
            close();
        else
            return;
    }
    open();
    if (!check_)
        return;
    try {
        check_(*this);
    } catch (...) {
        close();
        throw;
    }
}

// A new log would be taken for the one that others still have open and that lies there no more:
// they must have saved it before.
void Database::open() {
    const std::lock_guard lock(registry().mutex);
    const FileId file = file_id(file_);
    close_siblings(file);
    const bool alone =
        std::none_of(registry().open.begin(), registry().open.end(),
                     [&](const Database* other) { return other->connection_->file == file; });
    if (alone ? log_is_missed(file_) : !siblings_are_right(file))
        throw Error(Fault::busy, "spool: " + log_of(file_) + " was taken away and is still used");
    if (alone && is_foreign(file_))
        throw Error(Fault::corrupt, "spool: " + file_ + " is no database");
    connect();
    if (loss() == Loss::none && siblings_are_right(file))
        return;
    close_locked();
    throw Error(Fault::unavailable, "spool: " + file_ + " is being replaced");
}

bool Database::siblings_are_right(FileId of) const {
    return std::all_of(registry().open.begin(), registry().open.end(), [&](const Database* other) {
        return other->connection_->file != of || other->loss() == Loss::none;
    });
}

// The log is opened by the first read, which is done here, so that it is known which file it is.
void Database::connect() {
    auto fresh = std::make_unique<Connection>();
    fresh->file = file_id(file_);
    fresh->handle = open_file(file_, how_, busy_timeout_);
    connection_ = std::move(fresh);
    registry().open.push_back(this);
    try {
        // A commit is on the disk when it returns: what was answered with success survives a power
        // cut. WAL by itself would sync at a checkpoint only.
        if (how_ != Open::read)
            run_text("PRAGMA synchronous=FULL");
        run_text("PRAGMA trusted_schema=OFF");
        if (kept_ == Kept::while_used)
            run_text("PRAGMA cache_size=-400");
        (void)ask_text("PRAGMA schema_version");
        remember_log();
    } catch (...) {
        close_locked();
        throw;
    }
    if (how_ == Open::create)
        how_ = Open::write; // what is missing later was there
}

// REQUIRES: the registry is locked.
void Database::remember_log() {
    connection_->log = file_id(log_of(file_));
    connection_->index = file_id(index_of(file_));
    for (const Database* other : registry().open) {
        if (other != this && other->connection_->file == connection_->file &&
            other->connection_->log)
            connection_->index = other->connection_->index;
    }
}

// Where there was none at the opening.
void Database::learn_log() {
    if (!connection_ || connection_->log)
        return;
    const std::lock_guard lock(registry().mutex);
    remember_log();
}

Database::Loss Database::loss() const {
    if (file_id(file_) != connection_->file)
        return Loss::file;
    if (!connection_->log)
        return Loss::none;
    if (file_id(log_of(file_)) != connection_->log)
        return Loss::log;
    return file_id(index_of(file_)) == connection_->index ? Loss::none : Loss::index;
}

// What others of this process still hold would be shared by the next connection: they let go too.
void Database::let_go(Loss lost) {
    save_log(lost);
    const FileId file = connection_->file;
    const std::lock_guard lock(registry().mutex);
    close_locked();
    if (lost != Loss::file)
        close_siblings(file);
}

// What was committed may be in the log only, and the log stays behind where the file alone is gone,
// or is gone itself: it is moved into the file. As soon as somebody else has begun another log
// there, it is too late. Throws where it cannot be done now; the connection stays.
void Database::save_log(Loss lost) {
    const bool left_behind =
        lost == Loss::file && connection_->log && file_id(log_of(file_)) == connection_->log;
    const bool gone = lost == Loss::log && size_of(log_of(file_)) == 0;
    sqlite3* handle = connection_->handle.get();
    // What closing would write may not belong to what is there now.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    if (how_ == Open::read && left_behind && size_of(log_of(file_)) > 0)
        throw Error(Fault::unavailable,
                    "spool: " + file_ + " was taken away from beside " + log_of(file_));
    if (how_ == Open::read || !(left_behind || gone))
        return;
    if (sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) !=
        SQLITE_OK)
        fail("what is in " + log_of(file_));
    // The next file there must not be taken for theirs.
    if (left_behind) {
        ::unlink(log_of(file_).c_str());
        ::unlink(index_of(file_).c_str());
    }
}

void Database::close() noexcept {
    const std::lock_guard lock(registry().mutex);
    close_locked();
}

void Database::close_locked() noexcept {
    std::erase(registry().open, this);
    connection_.reset();
}

// Those that nobody uses now; the others will find out by themselves.
void Database::close_siblings(FileId of) noexcept {
    const std::vector<Database*> others = registry().open;
    for (Database* other : others) {
        int nobody = 0;
        if (other->connection_->file != of || !other->visits_.compare_exchange_strong(nobody, -1))
            continue;
        try {
            if (const Loss lost = other->loss(); lost != Loss::none) {
                other->save_log(lost);
                other->close_locked();
            }
        } catch (const Error&) {
            // It says so itself when it is used.
        }
        other->visits_ = 0;
    }
}

} // namespace smsspool
