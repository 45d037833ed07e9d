// The spool: messages to many recipients.

#include "common/spool_bulk.h"

#include "common/error.h"
#include "common/ids.h"
#include "common/json.h"
#include "common/spool_work.h"

#include <algorithm>
#include <future>
#include <optional>

namespace smsspool {

namespace {

constexpr std::size_t piece_jobs = 500;
constexpr std::size_t piece_bytes = 60'000; // rows of 64 KB pass through every engine
constexpr std::size_t bite_pieces = 10;     // in a transaction

// --- a piece ------------------------------------------------------------------------------------
//
// [["ID","NUMBER","ROUTE"],["ID","NUMBER","ROUTE","GIVEN"]]: what the client wrote stands there
// where it is not the number.

struct Folded {
    std::string id;
    Recipient recipient;
};

void put(JsonWriter& writer, const std::string& id, const Recipient& recipient) {
    writer.StartArray();
    put_text(writer, id);
    put_text(writer, recipient.number);
    put_text(writer, recipient.route);
    if (recipient.given != recipient.number)
        put_text(writer, recipient.given);
    writer.EndArray();
}

std::optional<Folded> folded_of(const rapidjson::Value& value) {
    if (!value.IsArray() || value.Size() < 3 || value.Size() > 4 ||
        !std::all_of(value.Begin(), value.End(), [](const auto& each) { return each.IsString(); }))
        return std::nullopt;
    Folded folded;
    folded.id = view(value[0]);
    folded.recipient.number = view(value[1]);
    folded.recipient.route = view(value[2]);
    folded.recipient.given = value.Size() == 4 ? view(value[3]) : view(value[1]);
    if (!is_id(folded.id))
        return std::nullopt;
    return folded;
}

struct Piece {
    std::int64_t number = 0;
    std::string text;
    std::int64_t jobs = 0;
};

std::optional<Piece> piece_of(Use& row) {
    return row.step() ? std::optional(Piece{row.number(0), row.text(1), row.number(2)})
                      : std::nullopt;
}

std::optional<Piece> first_piece(Database& db, std::string_view message_id) {
    Use row = db.use(Sql::piece_first);
    return piece_of(row.bind(message_id));
}

// Nothing: it cannot be read, or has not as many as it should.
std::optional<std::vector<Folded>> read_piece(const Piece& piece) {
    rapidjson::Document list;
    if (parse_json(piece.text, 2, list) || !list.IsArray() || list.Size() != piece.jobs)
        return std::nullopt;
    std::vector<Folded> all;
    for (const auto& value : list.GetArray()) {
        auto folded = folded_of(value);
        if (!folded)
            return std::nullopt;
        all.push_back(std::move(*folded));
    }
    return all;
}

// --- the whole ----------------------------------------------------------------------------------

// Pieces that are written in one transaction.
struct Bite {
    std::vector<Piece> pieces;
    std::size_t end = 0; // the first recipient that is not in them
};

Piece make_piece(const NewMessage& message, std::int64_t number, std::size_t& next) {
    rapidjson::StringBuffer text;
    JsonWriter writer(text);
    Piece piece{number, {}, 0};
    const auto ids = new_ids(std::min(piece_jobs, message.recipient_count() - next));
    writer.StartArray();
    for (std::size_t i = 0; i < ids.size() && text.GetSize() < piece_bytes;
         ++i, ++next, ++piece.jobs)
        put(writer, ids[i], message.recipient(next));
    writer.EndArray();
    piece.text.assign(text.GetString(), text.GetSize());
    return piece;
}

// From recipient `begin` and piece `number` on; without pieces where nothing is left.
Bite make_bite(const NewMessage& message, std::size_t begin, std::int64_t number) {
    Bite bite{{}, begin};
    while (bite.pieces.size() < bite_pieces && bite.end < message.recipient_count())
        bite.pieces.push_back(make_piece(message, number++, bite.end));
    return bite;
}

void write_bite(Database& db, const NewMessage& message, const Bite& bite) {
    for (const Piece& piece : bite.pieces)
        db.use(Sql::piece_add).bind_all(message.id, piece.number, piece.jobs, piece.text).run();
}

UtcMs due_of(const NewMessage& message) noexcept {
    return std::max(message.created, message.not_before);
}

void open_bulk(Database& db, const NewMessage& message) {
    const Following nobody;
    const Following& following = message.following.value_or(nobody);
    db.use(Sql::bulk_add)
        .bind_all(message.id, static_cast<std::int64_t>(message.priority), due_of(message),
                  message.valid_until, following.follower, following.target, message.created)
        .run();
}

struct Bulk {
    std::string progress;
    NewMessage message; // what its jobs take from it
};

std::optional<Bulk> bulk_of(Database& db, std::string_view message_id) {
    Use row = db.use(Sql::bulk_get);
    if (!row.bind(message_id).step())
        return std::nullopt;
    Bulk bulk;
    bulk.progress = row.text(0);
    bulk.message.id = message_id;
    bulk.message.priority = static_cast<Priority>(row.number(1));
    bulk.message.not_before = row.number(2);
    bulk.message.valid_until = row.number(3);
    if (const std::string follower = row.text(4); !follower.empty())
        bulk.message.following = Following{follower, row.text(5)};
    bulk.message.created = row.number(6);
    return bulk;
}

JobView job_of(const Folded& folded, const Bulk& bulk) {
    JobView job;
    job.id = folded.id;
    job.number_given = folded.recipient.given;
    job.number = folded.recipient.number;
    job.route = folded.recipient.route;
    job.not_before = bulk.message.not_before;
    return job;
}

std::int64_t jobs_in_pieces(Database& db, std::string_view message_id) {
    Use row = db.use(Sql::piece_sum);
    return row.bind(message_id).step() ? row.number(0) : 0;
}

// A bite of what was never accepted. False: nothing is left that may go.
bool remove_bite(Database& db, std::string_view message_id) {
    const auto bulk = bulk_of(db, message_id);
    if (bulk && bulk->progress != "open")
        return false;
    for (std::size_t pieces = 0; pieces < bite_pieces; ++pieces) {
        const auto piece = first_piece(db, message_id);
        if (!piece) {
            db.use(Sql::bulk_remove).bind(message_id).run();
            return false;
        }
        db.use(Sql::piece_remove).bind_all(message_id, piece->number).run();
    }
    return true;
}

// So many recipients were accepted that nobody knows any more: they are dead letters, for a person
// to see.
std::vector<std::string> fail_damaged(Database& db, const Bulk& bulk, std::int64_t count) {
    std::vector<std::string> ids;
    count = std::clamp(count, std::int64_t{1}, static_cast<std::int64_t>(piece_jobs));
    while (ids.size() < static_cast<std::size_t>(count)) {
        Work work;
        work.job_id = ids.emplace_back(new_id());
        work.message_id = bulk.message.id;
        add_job(db, bulk.message, {}, work.job_id);
        if (!give_up_damaged(db, work, State::queued, bulk.message.created))
            throw Error(Fault::bug, "spool: job " + work.job_id + " is not as it was made");
    }
    return ids;
}

std::vector<std::string> make_jobs(Database& db, const Bulk& bulk,
                                   const std::vector<Folded>& recipients) {
    std::vector<std::string> ids;
    for (const Folded& folded : recipients) {
        add_job(db, bulk.message, folded.recipient, folded.id);
        ids.push_back(folded.id);
    }
    return ids;
}

} // namespace

bool is_bulk(const NewMessage& message) noexcept {
    return message.recipient_count() > piece_jobs;
}

std::vector<std::string> job_ids(const NewMessage& message) {
    return new_ids(message.recipient_count());
}

void add_job(Database& db, const NewMessage& message, const Recipient& recipient,
             const std::string& id) {
    db.use(Sql::job_add)
        .bind_all(id, message.id, recipient.given, recipient.number,
                  static_cast<std::int64_t>(message.priority), due_of(message), message.valid_until,
                  recipient.route)
        .run();
    if (!message.following)
        return;
    const Following& following = *message.following;
    // A webhook tells what came of it; the others also that it waits.
    const std::int64_t news = following.follower == webhook_follower ? 0 : 1;
    db.use(Sql::follow_add)
        .bind_all(following.follower, id, message.id, following.target, message.created,
                  message.created, news)
        .run();
}

void write_bulk(Database& db, const NewMessage& message, const std::function<void()>& before_each) {
    remove_bulk(db, message.id);
    Bite bite = make_bite(message, 0, 0);
    while (!bite.pieces.empty()) {
        // Made while this one is written, with which the disk has more to do than the processor.
        const std::int64_t number = bite.pieces.back().number + 1;
        auto next = std::async(make_bite, std::cref(message), bite.end, number);
        db.transact([&] {
            before_each();
            if (bite.pieces.front().number == 0)
                open_bulk(db, message);
            write_bite(db, message, bite);
        });
        bite = next.get();
    }
}

void remove_bulk(Database& db, std::string_view message_id) {
    for (bool more = true; more;)
        db.transact([&] { more = remove_bite(db, message_id); });
}

void close_bulk(Database& db, const NewMessage& message) {
    if (jobs_in_pieces(db, message.id) != static_cast<std::int64_t>(message.recipient_count()) ||
        db.use(Sql::bulk_close).bind(message.id).run() != 1)
        throw Error(Fault::unavailable, "spool: recipients of message " + message.id +
                                            " were removed while it was written");
}

std::optional<std::vector<std::string>> unfold_piece(Database& db, std::string_view message_id,
                                                     std::vector<std::string>& damaged) {
    const auto bulk = bulk_of(db, message_id);
    if (!bulk || bulk->progress != "closed")
        return std::nullopt;
    const auto piece = first_piece(db, message_id);
    if (!piece) {
        db.use(Sql::bulk_remove).bind(message_id).run();
        return std::nullopt;
    }
    const auto recipients = read_piece(*piece);
    if (!recipients)
        damaged.emplace_back(message_id);
    auto ids =
        recipients ? make_jobs(db, *bulk, *recipients) : fail_damaged(db, *bulk, piece->jobs);
    db.use(Sql::piece_remove).bind_all(message_id, piece->number).run();
    if (!first_piece(db, message_id))
        db.use(Sql::bulk_remove).bind(message_id).run();
    return ids;
}

void each_folded(Database& db, std::string_view message_id,
                 const std::function<Spool::Each(const JobView&)>& take) {
    const auto bulk = bulk_of(db, message_id);
    if (!bulk || bulk->progress != "closed")
        return;
    std::int64_t last = -1;
    for (;;) {
        std::optional<Piece> piece;
        {
            Use row = db.use(Sql::piece_after);
            piece = piece_of(row.bind_all(message_id, last));
        }
        if (!piece)
            return;
        last = piece->number;
        const auto all = read_piece(*piece);
        for (const Folded& folded : all.value_or(std::vector<Folded>())) {
            if (take(job_of(folded, *bulk)) == Spool::Each::stop)
                return;
        }
    }
}

std::int64_t count_folded(Database& db, std::string_view message_id) {
    const auto bulk = bulk_of(db, message_id);
    return bulk && bulk->progress == "closed" ? jobs_in_pieces(db, message_id) : 0;
}

bool Spool::has_folded() {
    Use row = db_->use(Sql::bulk_next);
    return row.step();
}

std::size_t Spool::unfold() {
    std::size_t jobs = 0;
    std::vector<std::string> damaged;
    db_->transact([&] {
        damaged.clear();
        std::string next;
        {
            Use row = db_->use(Sql::bulk_next);
            if (row.step())
                next = row.text(0);
        }
        const auto ids = unfold_piece(*db_, next, damaged);
        jobs = ids ? ids->size() : 0;
    });
    damaged_.insert(damaged_.end(), damaged.begin(), damaged.end());
    return jobs;
}

bool Spool::remove_unfinished(UtcMs before) {
    bool more = false;
    db_->transact([&] {
        std::string next;
        {
            Use row = db_->use(Sql::bulk_left_open);
            if (row.bind(before).step())
                next = row.text(0);
        }
        more = !next.empty();
        if (more)
            (void)remove_bite(*db_, next);
    });
    return more;
}

} // namespace smsspool
