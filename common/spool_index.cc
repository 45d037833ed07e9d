// The spool: the index of search follows the texts.

#include "common/error.h"
#include "common/ids.h"
#include "common/schema.h"
#include "common/search_text.h"
#include "common/spool_search.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>

namespace smsspool {

namespace {

// Ids are made before their commit. What is so young waits, so that few come after the mark has
// passed them.
constexpr UtcMs settling_ms = 1000;

// Behind every id.
constexpr std::string_view last_id = "g";

struct Mark {
    std::string oldest, newest;
};

std::optional<Mark> mark_of(Database& db, const SearchSql& sql) {
    Use row = db.use(Sql::search_mark_get);
    if (!row.bind(sql.kind).step())
        return std::nullopt;
    return Mark{row.text(0), row.text(1)};
}

bool covers(const Mark& mark, const std::string& id) {
    return id >= mark.oldest && id <= mark.newest;
}

// What is left of a bite. One text is a bite, however long.
class Room {
public:
    explicit Room(std::size_t texts) : texts_(texts) {}

    [[nodiscard]] std::size_t texts() const noexcept { return bytes_ > 0 ? texts_ - taken_ : 0; }
    [[nodiscard]] std::size_t taken() const noexcept { return taken_; }
    // REQUIRES: texts() > 0.
    void take(std::size_t bytes) noexcept {
        bytes_ -= std::min(bytes, bytes_);
        ++taken_;
    }

private:
    std::size_t texts_, taken_ = 0;
    std::size_t bytes_ =
        std::size_t{64} * 1024; // of texts, whose entries are several times as long
};

std::vector<SearchedText> texts_of(Use& row) {
    std::vector<SearchedText> texts;
    while (row.step())
        texts.push_back({row.text(0), row.text(1), row.text(2)});
    return texts;
}

// Where there is room left afterwards, these are all.
std::vector<SearchedText> texts_of(Use& row, Room& room) {
    std::vector<SearchedText> texts;
    while (room.texts() > 0 && row.step()) {
        texts.push_back({row.text(0), row.text(1), row.text(2)});
        room.take(texts.back().text.size());
    }
    return texts;
}

// Between the two.
bool is_any(Database& db, const SearchSql& sql, const std::string& id, const std::string& end) {
    Use row = db.use(sql.above);
    return row.bind_all(id, end, std::int64_t{1}).step();
}

// Ids before this one have settled.
std::string settled_id(UtcMs now) {
    return id_at(now - settling_ms);
}

// --- entries ------------------------------------------------------------------------------------

bool is_entered(Database& db, const SearchSql& sql, std::int64_t number) {
    Use row = db.use(sql.has);
    return row.bind(number).step();
}

void change(Database& db, Sql how, std::int64_t number, const SearchSql& sql,
            const std::vector<SearchedText>& texts) {
    constexpr std::string_view between = "\uFFFD";
    std::string owners, contents;
    for (const SearchedText& text : texts) {
        owners += owner_in_index(sql, text.tag).append(between);
        contents += folded(text.text).append(between);
    }
    for (std::string* joined : {&owners, &contents})
        joined->resize(joined->size() - between.size());
    db.use(how).bind_all(number, owners, contents).run();
}

// Those of one number. None, and what nobody searches for, has no entry.
void enter(Database& db, const SearchSql& sql, std::int64_t number,
           std::vector<SearchedText> texts) {
    std::erase_if(texts, [&](const SearchedText& text) { return !is_searched(sql, text); });
    if (!texts.empty())
        change(db, sql.add, number, sql, texts);
}

void strike_out(Database& db, const SearchSql& sql, std::int64_t number,
                std::vector<SearchedText> texts) {
    std::erase_if(texts, [&](const SearchedText& text) { return !is_searched(sql, text); });
    if (!texts.empty() && is_entered(db, sql, number))
        change(db, sql.remove, number, sql, texts);
}

std::vector<SearchedText> covered(Database& db, const SearchSql& sql, const Mark& mark,
                                  std::int64_t number) {
    const auto [begin, end] = ids_numbered(number);
    Use row = db.use(sql.above);
    auto texts = texts_of(row.bind_all(begin, end, std::numeric_limits<std::int64_t>::max()));
    std::erase_if(texts, [&](const SearchedText& text) { return !covers(mark, text.id); });
    return texts;
}

std::vector<SearchedText> due_numbered(Database& db, const SearchSql& sql, std::int64_t number) {
    const auto [begin, end] = ids_numbered(number);
    Use row = db.use(Sql::search_due_numbered);
    return texts_of(row.bind_all(sql.kind, begin, end));
}

bool by_id(const SearchedText& one, const SearchedText& other) {
    return one.id < other.id;
}

// What the entry of a number was made of.
std::vector<SearchedText> entered(Database& db, const SearchSql& sql, const Mark& mark,
                                  std::int64_t number) {
    auto texts = covered(db, sql, mark, number);
    for (SearchedText& due : due_numbered(db, sql, number)) {
        std::erase_if(texts, [&](const SearchedText& text) { return text.id == due.id; });
        if (!due.tag.empty() || !due.text.empty()) // else it came late
            texts.push_back(std::move(due));
    }
    std::sort(texts.begin(), texts.end(), by_id);
    return texts;
}

// Some of one number, none of which is covered yet. Others may be.
void enter_more(Database& db, const SearchSql& sql, const Mark& mark, std::int64_t number,
                std::vector<SearchedText> more) {
    if (is_entered(db, sql, number)) {
        const auto before = entered(db, sql, mark, number);
        if (before.empty()) // whose it is nobody knows, and it cannot be taken out
            return;
        strike_out(db, sql, number, before);
        more.insert(more.end(), before.begin(), before.end());
        std::sort(more.begin(), more.end(), by_id);
    }
    enter(db, sql, number, std::move(more));
}

// In the order of their ids; none of them is covered yet.
void enter_all(Database& db, const SearchSql& sql, const Mark& mark,
               const std::vector<SearchedText>& texts) {
    for (auto text = texts.begin(); text != texts.end();) {
        const auto number = number_of_id(text->id);
        const auto end = std::find_if(text, texts.end(), [&](const SearchedText& other) {
            return number_of_id(other.id) != number;
        });
        if (number)
            enter_more(db, sql, mark, *number, {text, end});
        text = end;
    }
}

// --- a bite -------------------------------------------------------------------------------------
//
// Each entry is made in the order of its number where that can be: FTS5 writes what it has whenever
// the next is smaller.

void renew_number(Database& db, const SearchSql& sql, std::int64_t number, Room& room) {
    const Mark mark = mark_of(db, sql).value_or(Mark{});
    const auto before = entered(db, sql, mark, number), now = covered(db, sql, mark, number);
    strike_out(db, sql, number, before);
    enter(db, sql, number, now);
    std::size_t bytes = 0;
    for (const auto* texts : {&before, &now})
        for (const SearchedText& text : *texts)
            bytes += text.text.size();
    for (const SearchedText& due : due_numbered(db, sql, number))
        db.use(Sql::search_due_remove).bind_all(sql.kind, due.id).run();
    room.take(bytes);
}

void index_due(Database& db, const std::string& kind, const std::string& id, Room& room) {
    const auto number = number_of_id(id);
    for (const SearchSql& sql : search_sql) {
        if (number && sql.kind == kind)
            return renew_number(db, sql, *number, room);
    }
    db.use(Sql::search_due_remove).bind_all(kind, id).run();
    room.take(0);
}

// What came late, changed or went.
void index_due(Database& db, Room& room) {
    while (room.texts() > 0) {
        std::string kind, id;
        {
            Use row = db.use(Sql::search_due_list);
            if (!row.bind(std::int64_t{1}).step())
                return;
            kind = row.text(0);
            id = row.text(1);
        }
        index_due(db, kind, id, room);
    }
}

// At the newest of what is there; the rest follows downwards.
Mark begin_mark(Database& db, const SearchSql& sql, const std::string& settled) {
    Mark mark;
    std::vector<SearchedText> newest;
    {
        Use row = db.use(sql.below);
        newest = texts_of(row.bind_all(settled, std::int64_t{1}));
    }
    enter_all(db, sql, mark, newest);
    for (const SearchedText& text : newest)
        mark = {text.id, text.id};
    db.use(Sql::search_mark_add).bind_all(sql.kind, mark.oldest, mark.newest).run();
    return mark;
}

void move_mark(Database& db, const SearchSql& sql, const Mark& mark) {
    db.use(Sql::search_mark_set).bind_all(mark.oldest, mark.newest, sql.kind).run();
}

std::vector<SearchedText> texts_above(Database& db, const SearchSql& sql, const std::string& id,
                                      const std::string& end, Room& room) {
    Use row = db.use(sql.above);
    return texts_of(row.bind_all(id, end, static_cast<std::int64_t>(room.texts())), room);
}

// The newest of them first.
std::vector<SearchedText> texts_below(Database& db, const SearchSql& sql, const std::string& id,
                                      Room& room) {
    Use row = db.use(sql.below);
    return texts_of(row.bind_all(id, static_cast<std::int64_t>(room.texts())), room);
}

void index_above(Database& db, const SearchSql& sql, const std::string& settled, Room& room) {
    auto mark = mark_of(db, sql);
    if (!mark)
        mark = begin_mark(db, sql, settled);
    const auto texts = texts_above(db, sql, mark->newest, settled, room);
    enter_all(db, sql, *mark, texts);
    if (!texts.empty())
        move_mark(db, sql, {mark->oldest, texts.back().id});
}

void index_below(Database& db, const SearchSql& sql, Room& room) {
    const auto mark = mark_of(db, sql);
    if (room.texts() == 0 || !mark || mark->oldest.empty())
        return;
    auto texts = texts_below(db, sql, mark->oldest, room);
    std::reverse(texts.begin(), texts.end());
    enter_all(db, sql, *mark, texts);
    move_mark(db, sql, {room.texts() > 0 ? std::string() : texts.front().id, mark->newest});
}

// How many texts it was.
std::size_t index_bite(Database& db, const std::string& settled, std::size_t bite) {
    Room room(bite);
    index_due(db, room);
    for (const SearchSql& sql : search_sql)
        index_above(db, sql, settled, room);
    for (const SearchSql& sql : search_sql)
        index_below(db, sql, room);
    return room.taken();
}

Spool::Indexing state_of_index(Database& db, const std::string& settled) {
    if (Use row = db.use(Sql::search_due_list); row.bind(std::int64_t{1}).step())
        return Spool::Indexing::behind;
    auto state = Spool::Indexing::complete;
    for (const SearchSql& sql : search_sql) {
        const auto mark = mark_of(db, sql);
        if (!mark || !mark->oldest.empty() || is_any(db, sql, mark->newest, settled))
            return Spool::Indexing::behind;
        if (is_any(db, sql, mark->newest, std::string(last_id)))
            state = Spool::Indexing::waits;
    }
    return state;
}

// What was removed is kept for an index only that can be rid of it.
void forget_gone(Database& db) {
    try {
        db.transact([&] {
            for (const SearchSql& sql : search_sql)
                db.use(sql.forget_gone).bind(sql.kind).run();
        });
    } catch (const Error& error) {
        if (!is_damage(error))
            throw;
    }
}

// --- who writes ---------------------------------------------------------------------------------

bool is_covered(Database& db, const SearchSql& sql, const std::string& id) {
    Use row = db.use(Sql::search_mark_covers);
    return row.bind_all(sql.kind, id, id).step();
}

bool is_due(Database& db, const SearchSql& sql, const std::string& id) {
    Use row = db.use(Sql::search_due_known);
    return row.bind_all(sql.kind, id).step();
}

} // namespace

void text_added(Database& db, Searched what, const std::string& id) {
    const SearchSql& sql = sql_of(what);
    db.unless_damaged([&] {
        if (is_covered(db, sql, id) && !is_due(db, sql, id))
            db.use(Sql::search_due_add)
                .bind_all(sql.kind, id, std::string_view(), std::string_view())
                .run();
    });
}

void text_changes(Database& db, Searched what, const std::string& id) {
    const SearchSql& sql = sql_of(what);
    std::vector<SearchedText> texts;
    {
        Use row = db.use(sql.get);
        texts = texts_of(row.bind(id));
    }
    db.unless_damaged([&] {
        if (!is_covered(db, sql, id) || is_due(db, sql, id))
            return;
        for (const SearchedText& text : texts)
            db.use(Sql::search_due_add).bind_all(sql.kind, id, text.tag, text.text).run();
    });
}

Spool::Indexed Spool::index_texts(UtcMs now, std::size_t bite) {
    const std::string settled = settled_id(now);
    Indexed indexed;
    try {
        db_->look([&] { indexed.state = state_of_index(*db_, settled); });
        if (indexed.state == Indexing::behind)
            db_->transact([&] { indexed.texts = index_bite(*db_, settled, bite); });
    } catch (const Error& error) {
        if (is_damage(error))
            forget_gone(*db_);
        throw;
    }
    return indexed;
}

// The fill begins anew, at the first of what comes next.
void Spool::reindex() {
    renew_search(*db_);
}

} // namespace smsspool
