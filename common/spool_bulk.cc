// The spool: messages to many recipients.

#include "common/spool_bulk.h"

#include "common/error.h"
#include "common/ids.h"
#include "common/json.h"

#include <algorithm>
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

// Nothing: it cannot be read.
std::optional<std::vector<Folded>> read_piece(const std::string& text) {
    rapidjson::Document list;
    if (parse_json(text, 2, list) || !list.IsArray())
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

struct Piece {
    std::int64_t number = 0;
    std::string text;
};

std::optional<Piece> piece_of(Use& row) {
    return row.step() ? std::optional(Piece{row.number(0), row.text(1)}) : std::nullopt;
}

// --- the whole ----------------------------------------------------------------------------------

// Recipients on their way into pieces.
class Pieces {
public:
    Pieces(const NewMessage& message, const std::vector<std::string>& ids)
        : message_(&message), ids_(&ids) {}

    [[nodiscard]] bool more() const noexcept { return next_ < ids_->size(); }

    void write_next(Database& db) {
        rapidjson::StringBuffer text;
        JsonWriter writer(text);
        std::size_t jobs = 0;
        writer.StartArray();
        for (; more() && jobs < piece_jobs && text.GetSize() < piece_bytes; ++jobs, ++next_)
            put(writer, (*ids_)[next_], message_->recipients[next_]);
        writer.EndArray();
        db.use(Sql::piece_add)
            .bind_all(message_->id, number_++, static_cast<std::int64_t>(jobs),
                      std::string_view(text.GetString(), text.GetSize()))
            .run();
    }

private:
    const NewMessage* message_;
    const std::vector<std::string>* ids_;
    std::size_t next_ = 0;
    std::int64_t number_ = 0;
};

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

} // namespace

bool is_bulk(const NewMessage& message) noexcept {
    return message.recipients.size() > piece_jobs;
}

std::vector<std::string> job_ids(const NewMessage& message) {
    std::vector<std::string> ids(message.recipients.size());
    std::generate(ids.begin(), ids.end(), new_id);
    return ids;
}

void add_job(Database& db, const NewMessage& message, const Recipient& recipient,
             const std::string& id) {
    db.use(Sql::job_add)
        .bind_all(id, message.id, recipient.given, recipient.number,
                  static_cast<std::int64_t>(message.priority), due_of(message), message.valid_until,
                  recipient.route)
        .run();
    if (message.following)
        db.use(Sql::follow_add)
            .bind_all(message.following->follower, id, message.id, message.following->target,
                      message.created, message.created)
            .run();
}

void write_bulk(Database& db, const NewMessage& message, const std::function<void()>& before_each) {
    remove_bulk(db, message.id);
    const std::vector<std::string> ids = job_ids(message);
    Pieces written(message, ids);
    for (bool first = true; written.more(); first = false) {
        Pieces next = written; // a transaction may be run again from its start
        db.transact([&] {
            next = written;
            before_each();
            if (first)
                open_bulk(db, message);
            for (std::size_t pieces = 0; pieces < bite_pieces && next.more(); ++pieces)
                next.write_next(db);
        });
        written = next;
    }
}

void remove_bulk(Database& db, std::string_view message_id) {
    for (bool more = true; more;) {
        db.transact([&] {
            more = true;
            for (std::size_t pieces = 0; pieces < bite_pieces && more; ++pieces) {
                std::optional<Piece> piece;
                {
                    Use row = db.use(Sql::piece_first);
                    piece = piece_of(row.bind(message_id));
                }
                more = piece.has_value();
                if (piece)
                    db.use(Sql::piece_remove).bind_all(message_id, piece->number).run();
            }
            if (!more)
                db.use(Sql::bulk_remove).bind(message_id).run();
        });
    }
}

void close_bulk(Database& db, const NewMessage& message) {
    if (jobs_in_pieces(db, message.id) != static_cast<std::int64_t>(message.recipients.size()) ||
        db.use(Sql::bulk_close).bind(message.id).run() != 1)
        throw Error(Fault::unavailable, "spool: recipients of message " + message.id +
                                            " were removed while it was written");
}

std::size_t unfold_piece(Database& db, std::string_view message_id,
                         std::vector<std::string>& damaged) {
    const auto bulk = bulk_of(db, message_id);
    if (!bulk || bulk->progress != "closed")
        return 0;
    std::optional<Piece> piece;
    {
        Use row = db.use(Sql::piece_first);
        piece = piece_of(row.bind(message_id));
    }
    if (!piece) {
        db.use(Sql::bulk_remove).bind(message_id).run();
        return 0;
    }
    const auto all = read_piece(piece->text);
    if (!all) {
        db.use(Sql::bulk_damaged).bind(message_id).run();
        damaged.emplace_back(message_id);
        return 0;
    }
    for (const Folded& folded : *all)
        add_job(db, bulk->message, folded.recipient, folded.id);
    db.use(Sql::piece_remove).bind_all(message_id, piece->number).run();
    if (jobs_in_pieces(db, message_id) == 0)
        db.use(Sql::bulk_remove).bind(message_id).run();
    return all->size();
}

void each_folded(Database& db, std::string_view message_id,
                 const std::function<Spool::Each(const JobView&)>& take) {
    const auto bulk = bulk_of(db, message_id);
    if (!bulk || bulk->progress == "open")
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
        const auto all = read_piece(piece->text);
        for (const Folded& folded : all.value_or(std::vector<Folded>())) {
            if (take(job_of(folded, *bulk)) == Spool::Each::stop)
                return;
        }
    }
}

StateCount count_folded(Database& db, std::string_view message_id) {
    const auto bulk = bulk_of(db, message_id);
    if (!bulk || bulk->progress == "open")
        return {};
    return {bulk->progress == "closed" ? State::queued : State::failed,
            jobs_in_pieces(db, message_id)};
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
        jobs = next.empty() ? 0 : unfold_piece(*db_, next, damaged);
    });
    damaged_.insert(damaged_.end(), damaged.begin(), damaged.end());
    return jobs;
}

bool Spool::has_folded() {
    Use row = db_->use(Sql::bulk_next);
    return row.step();
}

std::size_t Spool::remove_unfinished(UtcMs before) {
    std::vector<std::string> ids;
    {
        Use row = db_->use(Sql::bulk_left_open);
        row.bind(before);
        while (row.step())
            ids.push_back(row.text(0));
    }
    for (const std::string& id : ids)
        remove_bulk(*db_, id);
    return ids.size();
}

} // namespace smsspool
