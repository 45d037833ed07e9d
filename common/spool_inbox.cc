// The spool: what comes in. Each SMS is stored as it came, parts are joined, replies matched.

#include "common/ids.h"
#include "common/numbers.h"
#include "common/spool.h"
#include "common/sqlite.h"

#include <algorithm>
#include <string>

namespace smsspool {

namespace {

constexpr std::string_view gap_mark = "\u2026";

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

std::vector<Piece> waiting_pieces(Database& db, const Group& group) {
    std::vector<Piece> pieces;
    Use row = db.use(Sql::incoming_waiting);
    row.bind_all(group.modem, group.number, group.reference, group.parts);
    while (row.step()) {
        add_piece(pieces, {row.text(0),
                           row.text(1),
                           row.text(4),
                           static_cast<int>(row.number(2)),
                           static_cast<int>(row.number(3)),
                           row.number_or_nothing(5),
                           row.number(6),
                           {}});
    }
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

// --- replies (contract 1.12) --------------------------------------------------------------------

bool contains_ignoring_case(std::string_view text, std::string_view word) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
    return std::search(text.begin(), text.end(), word.begin(), word.end(),
                       [&](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

std::string_view first_digits(std::string_view text) {
    constexpr std::string_view digits = "0123456789";
    const auto start = text.find_first_of(digits);
    if (start == std::string_view::npos)
        return {};
    return text.substr(start, text.find_first_not_of(digits, start) - start);
}

// The operator's services answer from any number; what they say tells whom they mean.
struct ServiceRule {
    std::string_view number;
    bool (*answers)(std::string_view question, std::string_view reply);
};

constexpr ServiceRule service_rules[] = {
    {"333", [](std::string_view,
               std::string_view reply) { return contains_ignoring_case(reply, "saldo"); }},
    {"7373",
     [](std::string_view question, std::string_view reply) {
         const auto digits = first_digits(question);
         return !digits.empty() && reply.find(digits) != std::string_view::npos;
     }},
};

struct Match {
    std::string job_id, message_id, user;
    UtcMs sent = 0;
};

// The newest job that waits for `number`; its text must pass `answers` where there is one.
void look_for_match(Database& db, std::string_view number, const ServiceRule* rule,
                    std::string_view reply, UtcMs when, std::optional<Match>& best) {
    // The service centre's clock counts whole seconds: a reply stamped in the second of the send
    // came after it.
    const UtcMs end_of_second = when - when % 1000 + 999;
    Use row = db.use(Sql::awaiting_match);
    row.bind_all(number, end_of_second, when);
    while (row.step()) {
        Match match{row.text(0), row.text(2), row.text(3), row.number(1)};
        if (rule != nullptr && !rule->answers(row.text(4), reply))
            continue;
        if (!best || match.sent > best->sent ||
            (match.sent == best->sent && match.job_id < best->job_id))
            best = match;
        return; // ordered: the first that fits is the newest
    }
}

std::optional<Match> find_match(Database& db, const InboxMessage& message, const Numbers& numbers) {
    std::optional<Match> best;
    const UtcMs when = message.sent.value_or(message.stored);
    look_for_match(db, numbers.comparable(message.number), nullptr, message.text, when, best);
    for (const ServiceRule& rule : service_rules)
        look_for_match(db, rule.number, &rule, message.text, when, best);
    return best;
}

void answer_job(Database& db, const Match& match, InboxMessage& message, TakenIn& taken) {
    const UtcMs when = message.sent.value_or(message.stored);
    if (db.use(Sql::job_reply).bind_all(message.text, when, message.stored, match.job_id).run() !=
        1)
        return; // not waiting any more
    db.use(Sql::awaiting_remove).bind(match.job_id).run();
    message.state = "reply";
    message.job_id = match.job_id;
    taken.message_id = match.message_id;
    taken.user = match.user;
    taken.elapsed_s = std::max<std::int64_t>(0, (when - match.sent) / 1000);
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
}

void hand_out(Database& db, const std::vector<Piece>& pieces, InboxMessage message,
              const Numbers& numbers, TakenIn& taken) {
    if (const auto match = find_match(db, message, numbers))
        answer_job(db, *match, message, taken);
    add_to_inbox(db, message);
    for (const Piece& piece : pieces) {
        db.use(Sql::incoming_join).bind_all(message.id, piece.id).run();
        for (const std::string& copy : piece.copies)
            db.use(Sql::incoming_join).bind_all(message.id, copy).run();
    }
    taken.message = std::move(message);
}

// Stores one SMS; fills `incoming_id` and `again`.
void store(Database& db, std::string_view modem, const Arrival& arrival, UtcMs now,
           TakenIn& taken) {
    const std::string print = fingerprint(modem, arrival);
    {
        Use row = db.use(Sql::incoming_known);
        if (row.bind(print).step()) {
            taken.incoming_id = row.text(0);
            taken.again = true;
            return;
        }
    }
    taken.incoming_id = new_id();
    db.use(Sql::incoming_add)
        .bind_all(taken.incoming_id, print, modem, std::int64_t{arrival.folder},
                  std::int64_t{arrival.location}, arrival.kind, arrival.number, arrival.text,
                  arrival.sent, now, std::int64_t{arrival.part}, std::int64_t{arrival.parts},
                  std::int64_t{arrival.reference})
        .run();
}

// A header that contradicts itself is none (TS 23.040 9.2.3.24.1).
bool is_part(const Arrival& arrival) noexcept {
    return arrival.parts > 1 && arrival.part >= 1 && arrival.part <= arrival.parts;
}

TakenIn take_one(Database& db, const Numbers& numbers, std::string_view modem,
                 const Arrival& arrival, UtcMs now) {
    TakenIn taken;
    store(db, modem, arrival, now, taken);
    if (taken.again || arrival.kind != "deliver")
        return taken;
    std::vector<Piece> pieces;
    std::int64_t parts = 1;
    if (is_part(arrival)) {
        parts = arrival.parts;
        pieces = waiting_pieces(db, {std::string(modem), arrival.number, arrival.reference, parts});
    } else {
        pieces.push_back({taken.incoming_id,
                          std::string(modem),
                          arrival.text,
                          arrival.folder,
                          arrival.location,
                          arrival.sent,
                          1,
                          {}});
    }
    if (static_cast<std::int64_t>(pieces.size()) == parts)
        hand_out(db, pieces, joined(pieces, arrival.number, parts, now), numbers, taken);
    return taken;
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
    std::vector<TakenIn> all;
    db_->transact([&] {
        all.clear();
        for (const Arrival& arrival : arrivals)
            all.push_back(take_one(*db_, numbers, modem, arrival, now));
    });
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
