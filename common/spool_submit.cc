// The spool: accepting messages.

#include "common/disk.h"
#include "common/error.h"
#include "common/file_id.h"
#include "common/ids.h"
#include "common/shared_commits.h"
#include "common/spool_allowance.h"
#include "common/spool_bulk.h"
#include "common/spool_search.h"
#include "common/sqlite.h"

#include <functional>

namespace smsspool {

namespace {

// What an idempotency key already stands for; nothing: it is free (or too old and freed now).
std::optional<StoreAnswer> earlier(Database& db, const std::string& user,
                                   const IdempotencyKey& key) {
    Use row = db.use(Sql::idempotency_get);
    if (!row.bind_all(user, key.key).step())
        return std::nullopt;
    if (row.number(2) < key.since) {
        db.use(Sql::idempotency_remove).bind_all(user, key.key).run();
        return std::nullopt;
    }
    if (row.text(0) != key.body_hash)
        return StoreAnswer{Stored::conflict, row.text(1), {}};
    return StoreAnswer{Stored::again, row.text(1), {}};
}

// True if the message was given up before it went out. One that is not there any more did go out,
// or was given up long ago.
bool came_to_nothing(Database& db, const std::string& message_id) {
    Use job = db.use(Sql::job_of_message);
    job.bind(message_id);
    while (job.step()) {
        const std::string state = job.text(3);
        if (state == name_of(State::failed) || state == name_of(State::expired) ||
            state == name_of(State::canceled) || state == name_of(State::abandoned))
            return true;
    }
    return false;
}

// The SMS that told of this very state of the alert and is recent enough; nothing: one is due.
std::optional<StoreAnswer> told(Database& db, const AlertChange& alert) {
    Use row = db.use(Sql::alert_get);
    if (!row.bind(alert.key).step() || row.text(0) != alert.state ||
        row.number(2) < alert.remind_before || came_to_nothing(db, row.text(1)))
        return std::nullopt;
    return StoreAnswer{Stored::repeated, row.text(1), {}};
}

void remember_alert(Database& db, const AlertChange& alert, const NewMessage& message) {
    const auto changed =
        db.use(Sql::alert_set).bind_all(alert.state, message.id, message.created, alert.key).run();
    if (changed == 0)
        db.use(Sql::alert_add).bind_all(alert.key, alert.state, message.id, message.created).run();
}

// The same id again is the same call again, after an answer that was lost.
std::optional<StoreAnswer> same_id(Database& db, const NewMessage& message) {
    Use row = db.use(Sql::message_get);
    if (!row.bind(message.id).step())
        return std::nullopt;
    if (row.text(1) != message.user || row.text(3) != message.text)
        throw Error(Fault::conflict, "the message id is taken by another message");
    return StoreAnswer{Stored::done, message.id, {}};
}

// True: another message has the number of this id, by which some clients know it.
bool number_is_taken(Database& db, const std::string& id) {
    const auto number = number_of_id(id);
    if (!number)
        return false;
    const std::string beginning = id_beginning(*number);
    Use row = db.use(Sql::message_numbered);
    return row.bind_all(beginning, beginning.substr(0, beginning.size() - 1) + '.').step();
}

void add_message(Database& db, const NewMessage& message) {
    std::optional<std::int64_t> original;
    if (message.original_length)
        original = static_cast<std::int64_t>(*message.original_length);
    db.use(Sql::message_add)
        .bind_all(message.id, message.user, message.api, message.text, name_of(message.encoding),
                  static_cast<std::int64_t>(message.parts), original, message.reply_timeout_ms,
                  message.created, message.valid_until, message.address, message.label,
                  std::int64_t{message.report ? 1 : 0}, message.network_valid_ms, message.callback)
        .run();
}

std::optional<StoreAnswer> not_to_be_stored(Database& db, const NewMessage& message) {
    if (auto answer = same_id(db, message))
        return answer;
    if (message.idempotency) {
        if (auto answer = earlier(db, message.user, *message.idempotency))
            return answer;
    }
    return message.alert ? told(db, *message.alert) : std::nullopt;
}

// The last of the disk is for what was accepted before: it must still be settled.
void require_room(const Database& db, std::int64_t reserve) {
    const auto left = reserve > 0 ? free_bytes(db.file()) : std::nullopt;
    if (left && *left < reserve)
        throw Error(Fault::full, "spool: nothing new is accepted: " + folder_of(db.file()) +
                                     " has " + std::to_string(*left) +
                                     " bytes free, and disk_reserve is " + std::to_string(reserve));
}

// `add_jobs` is called where the message is to be stored.
StoreAnswer store(Database& db, const NewMessage& message, std::int64_t reserve,
                  const std::function<void()>& add_jobs) {
    if (auto instead = not_to_be_stored(db, message))
        return std::move(*instead);
    if (number_is_taken(db, message.id))
        return {Stored::taken, {}, {}};
    if (auto refusal = not_allowed(db, message))
        return {Stored::refused, {}, std::move(refusal)};
    require_room(db, reserve);
    spend(db, message);
    add_message(db, message);
    text_added(db, Searched::message, message.id);
    add_jobs();
    if (message.idempotency)
        db.use(Sql::idempotency_add)
            .bind_all(message.user, message.idempotency->key, message.idempotency->body_hash,
                      message.id, message.created)
            .run();
    if (message.alert)
        remember_alert(db, *message.alert, message);
    return {Stored::done, message.id, {}};
}

// One of several in a transaction. Whose id it takes is found before anything of it is written, and
// is its own error; every other ends the transaction.
void store_one(Database& db, Submission& submission, const std::vector<std::string>& ids,
               std::int64_t reserve) {
    const NewMessage& message = *submission.message;
    submission.error = nullptr;
    try {
        submission.answer = store(db, message, reserve, [&] {
            for (std::size_t i = 0; i < ids.size(); ++i)
                add_job(db, message, message.recipient(i), ids[i]);
        });
    } catch (const Error& error) {
        if (error.fault() != Fault::conflict)
            throw;
        submission.error = std::current_exception();
    }
}

void store_all(Database& db, const std::vector<Submission*>& list, std::int64_t reserve) {
    // Made before others have to wait.
    std::vector<std::vector<std::string>> ids;
    for (const Submission* submission : list)
        ids.push_back(job_ids(*submission->message));
    db.transact([&] {
        for (std::size_t i = 0; i < list.size(); ++i)
            store_one(db, *list[i], ids[i], reserve);
    });
}

// Why a bulk need not be written; nothing: it has to be. Looked at again when it is complete.
std::optional<StoreAnswer> useless(Database& db, const NewMessage& message) {
    std::optional<StoreAnswer> answer;
    db.transact([&] {
        answer = not_to_be_stored(db, message);
        if (!answer && number_is_taken(db, message.id))
            answer = StoreAnswer{Stored::taken, {}, {}};
        if (auto refusal = answer ? std::nullopt : not_allowed(db, message))
            answer = StoreAnswer{Stored::refused, {}, std::move(refusal)};
    });
    return answer;
}

// The pieces of a bulk that came to nothing. What cannot be removed now, the sweep removes.
void remove_pieces(Database& db, const std::string& message_id) noexcept {
    try {
        remove_bulk(db, message_id);
    } catch (const std::exception&) {
        return;
    }
}

StoreAnswer store_bulk(Database& db, const NewMessage& message, std::int64_t reserve) {
    if (auto answer = useless(db, message))
        return std::move(*answer);
    StoreAnswer answer;
    try {
        write_bulk(db, message, [&] { require_room(db, reserve); });
        db.transact(
            [&] { answer = store(db, message, reserve, [&] { close_bulk(db, message); }); });
    } catch (const Error&) {
        remove_pieces(db, message.id);
        throw;
    }
    if (answer.how != Stored::done)
        remove_pieces(db, message.id);
    return answer;
}

} // namespace

void Spool::share(SharedCommits& commits) {
    commits_ = &commits;
}

StoreAnswer Spool::submit(const NewMessage& message) {
    if (is_bulk(message))
        return store_bulk(*db_, message, disk_reserve_);
    const auto commit = [this](const std::vector<Submission*>& list) {
        store_all(*db_, list, disk_reserve_);
    };
    if (commits_ != nullptr)
        return commits_->submit(message, commit);
    SharedCommits alone;
    return alone.submit(message, commit);
}

} // namespace smsspool
