// Searching texts: what the spool's own files need of it.
//
// The index (FTS5) is a help and no more: it says which messages may contain what is searched for,
// and each is looked at before it counts. Nothing that accepts, sends or removes writes to it: they
// leave a row in search_due, if that, and Spool::index_texts() does the rest. So a damaged index
// stops nothing but searches.
//
// What the index has: each text whose id lies within the mark of its kind, unless search_due says
// otherwise. An entry is of a number (number_of_id()), and has the texts of all ids of that number.
// A text whose id has none, as one that was made while the clock stood before 2020, it never has:
// that is found only behind the mark, or by what is shorter than a trigram. The mark grows upwards
// with what comes, and downwards over what was there before. Whoever writes a text within it reads
// the mark in the same transaction, which no other writer can move meanwhile; another engine needs
// no mark for its search.

#ifndef SMSSPOOL_COMMON_SPOOL_SEARCH_H
#define SMSSPOOL_COMMON_SPOOL_SEARCH_H

#include "common/error.h"
#include "common/spool.h"
#include "common/sqlite.h"

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace smsspool {

enum class Searched { message, inbox };

// The statements of a kind, and its stored word.
struct SearchSql {
    Searched what;
    std::string_view kind;
    Sql get, above, below, newest, forget_gone; // of its table
    Sql find, has, list, probe, add, remove;    // of its index
};

inline constexpr std::array<SearchSql, 2> search_sql{{
    {Searched::message, "message", Sql::search_message_get, Sql::search_message_above,
     Sql::search_message_below, Sql::search_message_newest, Sql::search_message_forget_gone,
     Sql::message_search_find, Sql::message_search_has, Sql::message_search_list,
     Sql::message_search_probe, Sql::message_search_add, Sql::message_search_remove},
    {Searched::inbox, "inbox", Sql::search_inbox_get, Sql::search_inbox_above,
     Sql::search_inbox_below, Sql::search_inbox_newest, Sql::search_inbox_forget_gone,
     Sql::inbox_search_find, Sql::inbox_search_has, Sql::inbox_search_list, Sql::inbox_search_probe,
     Sql::inbox_search_add, Sql::inbox_search_remove},
}};

[[nodiscard]] constexpr const SearchSql& sql_of(Searched what) noexcept {
    return search_sql[static_cast<std::size_t>(what)];
}

// A row of the first of them: `tag` is its user, or its state in the inbox.
struct SearchedText {
    std::string id, tag, text;
};

// False: nobody searches for it. Replies are shown with the message that they answer.
[[nodiscard]] bool is_searched(const SearchSql& sql, const SearchedText& text) noexcept;
// Of an id: the first is before, the second behind all those of this number. REQUIRES: it is one
// of number_of_id().
[[nodiscard]] std::pair<std::string, std::string> ids_numbered(std::int64_t number);
// True: a part of the index is damaged or missing.
[[nodiscard]] bool is_damage(const Error& error) noexcept;
// What the index has as its owner: the inbox is everybody's.
[[nodiscard]] std::string owner_in_index(const SearchSql& sql, std::string_view tag);

// --- for who writes, in the transaction of the text itself --------------------------------------
//
// Where the mark, or what is due, cannot be read or written, these do nothing: a search then fails
// until all of it is made anew, and nothing else does.

void text_added(Database& db, Searched what, const std::string& id);
// To be called before the text changes or goes. One that is not there is none to tell of.
void text_changes(Database& db, Searched what, const std::string& id);

// --- for who searches, within a look() ----------------------------------------------------------

struct FindBounds {
    std::size_t most = 0; // to be found
    std::size_t scan = 0; // in all that do not match, and are looked into; a long one is several
};

struct FoundTexts {
    std::vector<std::string> ids; // the newest first
    bool complete = true;         // false: there may be more than the bounds let through
};

// The texts of this kind that contain `text` and that `takes`, which is told whose each is (of the
// inbox: its state). `owner`, of messages only: takes() takes only those of this user; nothing: of
// whoever.
[[nodiscard]] FoundTexts find_texts(Database& db, Searched what, std::string_view text,
                                    std::optional<std::string_view> owner, FindBounds bounds,
                                    const std::function<bool(const std::string& tag)>& takes);

// --- for spool check ----------------------------------------------------------------------------

// What index and texts say of each other that is not so, a sentence each, the first `most`.
[[nodiscard]] std::vector<std::string> check_search(Database& db, std::size_t most);

} // namespace smsspool

#endif
