// The schema: a list of named migrations, each one statement, that can be applied twice.
//
// A program of this version works with a spool that has all of them; a spool that lacks one, or
// has one that this version does not know, is refused with a sentence that says what to do. New
// columns and tables are new migrations at the end; what is here never changes.

#ifndef SMSSPOOL_COMMON_SCHEMA_H
#define SMSSPOOL_COMMON_SCHEMA_H

#include "common/clock.h"
#include "common/sqlite.h"

#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

struct Migration {
    std::string_view name;
    std::string_view sql;
};

[[nodiscard]] const std::vector<Migration>& migrations();

// Applies what is missing, each in a transaction of its own; the names of what it applied.
[[nodiscard]] std::vector<std::string> migrate(Database& database, UtcMs now);

// Throws Error(unavailable) unless the spool has exactly the migrations of this version.
void check_schema(Database& database);

// Puts empty tables in the place of those of the index of search, in whatever state they are, and
// of what says how far it goes. Pages of a table that was damaged may stay in the file, unused.
void renew_search(Database& database);

} // namespace smsspool

#endif
