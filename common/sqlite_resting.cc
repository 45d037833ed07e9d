// SQLite: connections that several Databases have in turn.

#include "common/sqlite_connection.h"

#include <algorithm>
#include <new>
#include <sqlite3.h>
#include <thread>

namespace smsspool {

// The last use ends.
void Database::leave() noexcept {
    if (visits_ == 1 && kept_ == Kept::while_used)
        rest();
    --visits_;
}

// Gives the connection to a resting place, unless there is something wrong with it: that is found
// by this one's next use. Connections are taken from the first place that has one, so that the last
// ones are those that only a rush needed; they are closed one by one.
void Database::rest() noexcept {
    if (!connection_ || connection_->spoiled)
        return;
    if (sqlite3_get_autocommit(connection_->handle.get()) == 0) {
        connection_->spoiled = true; // a ROLLBACK that failed
        return;
    }
    constexpr std::chrono::seconds patience{2};
    const auto now = std::chrono::steady_clock::now();
    std::unique_ptr<Database> unneeded; // closed when the registry is not locked any more
    try {
        const std::lock_guard lock(registry().mutex);
        auto& places = registry().resting;
        auto place = std::find_if(places.begin(), places.end(), [this](const auto& other) {
            return !other->connection_ && other->is_like(*this);
        });
        if (place == places.end())
            place = places.insert(place, std::make_unique<Database>(RestingPlace(), *this));
        connection_->used = now;
        (*place)->connection_ = std::move(connection_);
        std::replace(registry().open.begin(), registry().open.end(), this, place->get());
        registry().rested.notify_one();
        if (Connection* last = places.back()->connection_.get();
            last != nullptr && now - last->used > patience) {
            unneeded = std::move(places.back());
            places.pop_back();
        }
    } catch (const std::bad_alloc&) {
        // It is kept.
    }
}

// Takes a connection that rests, unless it has one. False: there is none.
bool Database::borrow() noexcept {
    if (connection_)
        return true;
    const std::lock_guard lock(registry().mutex);
    return take_resting();
}

// Where as many as there are processors for are at work, a short wait for one of them is better
// than another connection; who is at work for long holds nobody up.
void Database::borrow_soon() noexcept {
    static const std::size_t many = std::max(4U, 2 * std::thread::hardware_concurrency());
    constexpr std::chrono::milliseconds moment{20};
    std::unique_lock lock(registry().mutex);
    const auto& open = registry().open;
    const auto at_work = std::count_if(open.begin(), open.end(), [this](const Database* other) {
        return other->kept_ == Kept::while_used && other->is_like(*this);
    });
    if (static_cast<std::size_t>(at_work) < many)
        (void)take_resting();
    else
        registry().rested.wait_for(lock, moment, [this] { return take_resting(); });
}

// REQUIRES: the registry is locked.
bool Database::take_resting() noexcept {
    for (const auto& place : registry().resting) {
        if (!place->connection_ || !place->is_like(*this))
            continue;
        connection_ = std::move(place->connection_);
        std::replace(registry().open.begin(), registry().open.end(), place.get(), this);
        return true;
    }
    return false;
}

bool Database::is_like(const Database& other) const noexcept {
    return file_ == other.file_ && how_ == other.how_ && busy_timeout_ == other.busy_timeout_;
}

void Database::forget() noexcept {
    const std::lock_guard lock(registry().mutex);
    for (const auto& place : registry().resting) {
        if (place->connection_)
            sqlite3_db_release_memory(place->connection_->handle.get());
    }
}

// When the last that shared them is gone, nobody comes for the connections any more.
void Database::end_resting() noexcept {
    std::vector<std::unique_ptr<Database>> left;
    const std::lock_guard lock(registry().mutex);
    if (--registry().sharing == 0)
        left.swap(registry().resting);
}

} // namespace smsspool
