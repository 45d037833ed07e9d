// The spool: pages of a long list by their number.

#include "common/spool_history.h"

#include <algorithm>

namespace smsspool {

namespace {

constexpr std::int64_t step = 10'000;
constexpr UtcMs kept_ms = 10'000;
constexpr std::size_t users_most = 1000;

// Of `user`, `skip` messages behind the one with this id, which counts; at most `limit`. Oldest
// first.
std::vector<std::string> ids_from(Database& db, const std::string& user, const std::string& id,
                                  std::int64_t limit, std::int64_t skip) {
    std::vector<std::string> ids;
    Use row = db.use(Sql::message_ids_from);
    row.bind_all(user, id, limit, skip);
    while (row.step())
        ids.push_back(row.text(0));
    return ids;
}

// Goes on from the last mark. How many messages there are in all.
std::int64_t mark(Database& db, const std::string& user, std::vector<std::string>& marks) {
    for (;;) {
        const auto next = marks.empty() ? ids_from(db, user, "", 1, 0)
                                        : ids_from(db, user, marks.back(), 1, step);
        if (next.empty())
            break;
        marks.push_back(next.front());
    }
    if (marks.empty())
        return 0;
    Use row = db.use(Sql::message_count_from);
    row.bind_all(user, marks.back());
    const std::int64_t rest = row.step() ? row.number(0) : 0;
    return static_cast<std::int64_t>(marks.size() - 1) * step + rest;
}

} // namespace

History::Marks& History::marks_of(const std::string& user, UtcMs now) {
    if (users_.size() >= users_most)
        users_.clear();
    Marks& marks = users_[user];
    if (now < marks.made || now - marks.made >= kept_ms)
        marks = {now, {}};
    return marks;
}

std::vector<std::string> History::page(Database& db, const std::string& user, std::int64_t skip,
                                       std::int64_t limit, UtcMs now, std::int64_t& total) {
    std::vector<std::string>& marks = marks_of(user, now).ids;
    total = mark(db, user, marks);
    const std::int64_t end = total - skip; // from the oldest; the page ends before it
    if (end <= 0)
        return {};
    const std::int64_t first = std::max<std::int64_t>(0, end - limit);
    const std::string& near = marks[static_cast<std::size_t>(first / step)];
    auto ids = ids_from(db, user, near, end - first, first % step);
    std::reverse(ids.begin(), ids.end());
    return ids;
}

} // namespace smsspool
