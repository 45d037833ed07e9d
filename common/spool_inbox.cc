// The spool: what comes in. Each SMS is stored as it came, and parts are joined.

#include "common/error.h"
#include "common/ids.h"
#include "common/spool_replies.h"
#include "common/spool_reports.h"
#include "common/spool_search.h"

#include <algorithm>
#include <string>

namespace smsspool {

namespace {

constexpr std::string_view gap_mark = "\u2026";

// Between the first and the last part of a message, by the clock of the service centre that stamped
// both.
constexpr std::int64_t parts_apart_ms = 10 * 60 * 1000;

// Two different messages never share it while the modem holds both: the place is part of it.
std::string fingerprint(std::string_view modem, const Arrival& arrival) {
    std::string all(modem);
    const auto add = [&](std::string_view field) {
        all += '\0';
        all += field;
    };
    add(std::to_string(arrival.folder));
    add(std::to_string(arrival.location));
    add(arrival.kind);
    add(arrival.number);
    add(arrival.sent ? std::to_string(*arrival.sent) : "");
    add(std::to_string(arrival.part) + "/" + std::to_string(arrival.parts));
    add(std::to_string(arrival.reference));
    add(arrival.text);
    if (arrival.kind == "report") { // one that says "trying" and one that says "delivered"
        add(std::to_string(arrival.report_status));
        add(arrival.settled ? std::to_string(*arrival.settled) : "");
    }
    return sha256_hex(all);
}

// One stored SMS of a message that is being joined.
struct Piece {
    std::string id, modem, text;
    int folder = 0, location = 0;
    std::optional<UtcMs> sent;
    std::int64_t part = 1;
    std::vector<std::string> copies; // other SMS that are this very part once more
};

// What the parts of one message have in common.
struct Group {
    std::string modem, number;
    std::int64_t reference, parts;
};

// The same part twice: an equal text is the network's second copy. With another text the later one
// counts; the earlier is of an older message, which its missing parts will make overdue.
void add_piece(std::vector<Piece>& pieces, Piece piece) {
    if (pieces.empty() || pieces.back().part != piece.part)
        pieces.push_back(std::move(piece));
    else if (pieces.back().text == piece.text)
        pieces.back().copies.push_back(piece.id);
    else
        pieces.back() = std::move(piece);
}

// The columns that incoming_waiting and incoming_handed_out begin with.
Piece read_piece(const Use& row) {
    return {row.text(0),
            row.text(1),
            row.text(4),
            static_cast<int>(row.number(2)),
            static_cast<int>(row.number(3)),
            row.number_or_nothing(5),
            row.number(6),
            {}};
}

std::vector<Piece> waiting_pieces(Database& db, const Group& group) {
    std::vector<Piece> pieces;
    Use row = db.use(Sql::incoming_waiting);
    row.bind_all(group.modem, group.number, group.reference, group.parts);
    while (row.step())
        add_piece(pieces, read_piece(row));
    return pieces;
}

std::string joined_text(const std::vector<Piece>& pieces, std::int64_t parts) {
    std::string text;
    std::int64_t expected = 1;
    for (const Piece& piece : pieces) {
        if (piece.part != expected)
            text += gap_mark;
        text += piece.text;
        expected = piece.part + 1;
    }
    if (expected <= parts)
        text += gap_mark;
    return text;
}

InboxMessage joined(const std::vector<Piece>& pieces, std::string_view number, std::int64_t parts,
                    UtcMs now) {
    const Piece& first = pieces.front();
    InboxMessage message;
    message.id = new_id();
    message.modem = first.modem;
    message.number = number;
    message.text = joined_text(pieces, parts);
    message.sent = first.sent;
    message.stored = now;
    message.state = "unread";
    message.folder = first.folder;
    message.location = first.location;
    message.complete = static_cast<std::int64_t>(pieces.size()) == parts;
    return message;
}

void add_to_inbox(Database& db, const InboxMessage& message) {
    std::optional<std::string> job;
    if (!message.job_id.empty())
        job = message.job_id;
    db.use(Sql::inbox_add)
        .bind_all(message.id, message.modem, message.number, message.text, message.sent,
                  message.stored, message.state, std::int64_t{message.folder},
                  std::int64_t{message.location}, std::int64_t{message.complete ? 1 : 0}, job)
        .run();
    text_added(db, Searched::inbox, message.id);
}

void hand_out(Database& db, const std::vector<Piece>& pieces, InboxMessage message,
              const Numbers& numbers, TakenIn& taken) {
    match_reply(db, numbers, message, taken);
    add_to_inbox(db, message);
    for (const Piece& piece : pieces) {
        db.use(Sql::incoming_join).bind_all(message.id, piece.id).run();
        for (const std::string& copy : piece.copies)
            db.use(Sql::incoming_join).bind_all(message.id, copy).run();
    }
    taken.message = std::move(message);
}

// --- parts that come after their message was handed out -----------------------------------------

// A part that the service centre sends once more long after: the same to the letter and the second.
// It joins its twin. Without a time stamp it may as well be of a message that is new.
bool join_twin(Database& db, const Group& group, const Piece& piece) {
    std::string inbox_id;
    {
        Use row = db.use(Sql::incoming_copied);
        row.bind_all(group.modem, group.number, group.reference, group.parts, piece.sent,
                     piece.part, piece.text);
        if (!row.step())
            return false;
        inbox_id = row.text(0);
    }
    db.use(Sql::incoming_join).bind_all(inbox_id, piece.id).run();
    return true;
}

struct HandedOut {
    std::string inbox_id;
    std::vector<Piece> pieces;
};

// The newest message of `group` that was handed out, of parts that were stamped at about `sent`.
HandedOut handed_out(Database& db, const Group& group, UtcMs sent) {
    HandedOut newest;
    Use row = db.use(Sql::incoming_handed_out);
    row.bind_all(group.modem, group.number, group.reference, group.parts, sent - parts_apart_ms,
                 sent + parts_apart_ms);
    while (row.step()) {
        if (newest.pieces.empty())
            newest.inbox_id = row.text(7);
        if (row.text(7) == newest.inbox_id)
            add_piece(newest.pieces, read_piece(row));
    }
    return newest;
}

// Puts `piece` in its place. False: that place is taken, or none.
bool insert_piece(std::vector<Piece>& pieces, const Piece& piece) {
    const auto place = std::lower_bound(
        pieces.begin(), pieces.end(), piece,
        [](const Piece& one, const Piece& other) { return one.part < other.part; });
    if (pieces.empty() || (place != pieces.end() && place->part == piece.part))
        return false;
    pieces.insert(place, piece);
    return true;
}

// The message as the inbox has it, with the text of `pieces`. Nothing: the inbox has it no more.
std::optional<InboxMessage> rejoined(Database& db, const std::string& inbox_id,
                                     const std::vector<Piece>& pieces, const Group& group) {
    Use row = db.use(Sql::inbox_get);
    if (!row.bind(inbox_id).step() || row.number(2) != 0)
        return std::nullopt;
    InboxMessage message = joined(pieces, group.number, group.parts, row.number(0));
    message.id = inbox_id;
    message.state = row.text(1) == "reply" ? "reply" : "unread";
    message.job_id = row.text(3);
    return message;
}

// The message that lacked `piece` is whole, or nearly so. False: there is none in the inbox.
bool fill_gap(Database& db, const Group& group, const Piece& piece, TakenIn& taken) {
    if (!piece.sent)
        return false;
    HandedOut earlier = handed_out(db, group, *piece.sent);
    if (!insert_piece(earlier.pieces, piece))
        return false;
    auto message = rejoined(db, earlier.inbox_id, earlier.pieces, group);
    if (!message)
        return false;
    text_changes(db, Searched::inbox, message->id);
    db.use(Sql::inbox_fill)
        .bind_all(message->text, message->sent, message->state, std::int64_t{message->folder},
                  std::int64_t{message->location}, std::int64_t{message->complete ? 1 : 0},
                  message->id)
        .run();
    db.use(Sql::incoming_join).bind_all(message->id, piece.id).run();
    if (message->state == "reply")
        rewrite_reply(db, *message, taken);
    taken.late = true;
    taken.message = std::move(message);
    return true;
}

// --- taking in ----------------------------------------------------------------------------------

// What comes from no place is never released, so only its time stamp tells it from another.
bool may_be_known(const Arrival& arrival) noexcept {
    return arrival.location >= 0 || arrival.sent;
}

// Stores one SMS; fills `incoming_id` and `again`.
void store(Database& db, std::string_view modem, const Arrival& arrival, std::string_view number,
           UtcMs now, TakenIn& taken) {
    taken.incoming_id = new_id();
    const std::string print =
        may_be_known(arrival) ? fingerprint(modem, arrival) : taken.incoming_id;
    {
        Use row = db.use(Sql::incoming_known);
        if (row.bind(print).step()) {
            taken.incoming_id = row.text(0);
            taken.again = true;
            return;
        }
    }
    db.use(Sql::incoming_add)
        .bind_all(taken.incoming_id, print, modem, std::int64_t{arrival.folder},
                  std::int64_t{arrival.location}, arrival.kind, number, arrival.text, arrival.sent,
                  now, std::int64_t{arrival.part}, std::int64_t{arrival.parts},
                  std::int64_t{arrival.reference}, std::int64_t{arrival.report_status},
                  arrival.settled)
        .run();
}

// A header that contradicts itself is none (TS 23.040 9.2.3.24.1).
bool is_part(const Arrival& arrival) noexcept {
    return arrival.parts > 1 && arrival.part >= 1 && arrival.part <= arrival.parts;
}

// What one call of take_in() has for each of its arrivals.
struct Taking {
    std::string modem;
    const Numbers& numbers;
    std::int64_t report_window_ms;
    UtcMs now;
};

void take_part(Database& db, const Taking& taking, const Group& group, const Piece& piece,
               TakenIn& taken) {
    if (join_twin(db, group, piece)) {
        taken.again = true;
        return;
    }
    const std::vector<Piece> pieces = waiting_pieces(db, group);
    // Where others wait, a message with this reference is on its way, and the part is of it.
    if (pieces.size() == 1 && fill_gap(db, group, piece, taken))
        return;
    if (static_cast<std::int64_t>(pieces.size()) == group.parts)
        hand_out(db, pieces, joined(pieces, group.number, group.parts, taking.now), taking.numbers,
                 taken);
}

void take_message(Database& db, const Taking& taking, const Arrival& arrival, TakenIn& taken) {
    const bool part = is_part(arrival);
    const Piece piece{taken.incoming_id,
                      taking.modem,
                      arrival.text,
                      arrival.folder,
                      arrival.location,
                      arrival.sent,
                      part ? arrival.part : 1,
                      {}};
    if (part)
        take_part(db, taking, {taking.modem, arrival.number, arrival.reference, arrival.parts},
                  piece, taken);
    else
        hand_out(db, {piece}, joined({piece}, arrival.number, 1, taking.now), taking.numbers,
                 taken);
}

TakenIn take_one(Database& db, const Taking& taking, const Arrival& arrival) {
    TakenIn taken;
    const bool report = arrival.kind == "report";
    const std::string number =
        report ? reported_number(taking.numbers, arrival.number) : arrival.number;
    store(db, taking.modem, arrival, number, taking.now, taken);
    if (taken.again)
        return taken;
    if (report)
        take_report(db,
                    {taken.incoming_id, taking.modem, number, arrival.reference,
                     arrival.report_status, arrival.settled, taking.now},
                    taking.report_window_ms, taken);
    else if (arrival.kind == "deliver")
        take_message(db, taking, arrival, taken);
    return taken;
}

// Whether another arrival would meet the same fault.
bool is_of_the_spool(Fault fault) noexcept {
    return fault == Fault::busy || fault == Fault::full || fault == Fault::unavailable;
}

// In a transaction each, so that one that cannot be stored does not hold up the others.
std::vector<TakenIn> take_each(Database& db, const Taking& taking,
                               const std::vector<Arrival>& arrivals) {
    std::vector<TakenIn> all;
    for (const Arrival& arrival : arrivals) {
        TakenIn taken;
        try {
            db.transact([&] { taken = take_one(db, taking, arrival); });
        } catch (const Error& error) {
            if (is_of_the_spool(error.fault()))
                throw;
            taken = {};
            taken.failed = error.what();
        }
        all.push_back(std::move(taken));
    }
    return all;
}

std::vector<Group> overdue_groups(Database& db, UtcMs before) {
    std::vector<Group> groups;
    Use row = db.use(Sql::incoming_overdue);
    row.bind(before);
    while (row.step())
        groups.push_back({row.text(0), row.text(1), row.number(2), row.number(3)});
    return groups;
}

} // namespace

std::vector<TakenIn> Spool::take_in(std::string_view modem, const std::vector<Arrival>& arrivals,
                                    const Numbers& numbers, UtcMs now) {
    const Taking taking{std::string(modem), numbers, report_window_ms_, now};
    std::vector<TakenIn> all;
    try {
        db_->transact([&] {
            all.clear();
            for (const Arrival& arrival : arrivals)
                all.push_back(take_one(*db_, taking, arrival));
        });
    } catch (const Error& error) {
        if (is_of_the_spool(error.fault()))
            throw;
        all = take_each(*db_, taking, arrivals);
    }
    return all;
}

void Spool::released(const std::vector<std::string>& incoming_ids) {
    db_->transact([&] {
        for (const std::string& id : incoming_ids)
            db_->use(Sql::incoming_release).bind(id).run();
    });
}

std::vector<TakenIn> Spool::assemble_overdue(UtcMs before, const Numbers& numbers, UtcMs now) {
    std::vector<TakenIn> all;
    db_->transact([&] {
        all.clear();
        for (const Group& group : overdue_groups(*db_, before)) {
            const auto pieces = waiting_pieces(*db_, group);
            TakenIn taken;
            hand_out(*db_, pieces, joined(pieces, group.number, group.parts, now), numbers, taken);
            all.push_back(taken);
        }
    });
    return all;
}

} // namespace smsspool
