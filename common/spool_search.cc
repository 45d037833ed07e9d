// The spool: finding texts.

#include "common/spool_search.h"

#include "common/error.h"
#include "common/ids.h"
#include "common/search_text.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

namespace smsspool {

namespace {

// The index has no idea of what is rare in it, and asks for all with the same patience. So as many
// trigrams, spread over the text, are probed by as many of their newest entries, and the rarest are
// asked for; but none that is so many times as frequent as the rarest.
constexpr std::size_t probed_most = 16;
constexpr std::int64_t probed_entries = 32;
constexpr std::size_t asked_most = 4;
constexpr std::int64_t worth_most = 32;

// What looking into a text costs, where one that did not match counts as one.
constexpr std::size_t bytes_of_one = 1000;

SearchedText read_row(const Use& use) {
    return {use.text(0), use.text(1), use.text(2)};
}

class Finder {
public:
    Finder(Database& db, const SearchSql& sql, std::string_view text,
           std::optional<std::string_view> owner, FindBounds bounds,
           const std::function<bool(const std::string&)>& takes)
        : db_(db), sql_(sql), text_(folded(text)), owner_(owner), bounds_(bounds), takes_(takes) {}

    FoundTexts run() {
        // The index knows of nothing shorter than a trigram.
        const auto asked = trigrams(text_, probed_most);
        walk(asked.empty() ? std::string() : indexed_to());
        if (!asked.empty()) {
            ask(asked);
            // Last: where much was removed these are many, and find nothing.
            look_at_due();
        }
        if (found_.ids.size() > bounds_.most) {
            found_.ids.resize(bounds_.most);
            found_.complete = false;
        }
        return std::move(found_);
    }

private:
    // The newest id that the index may have.
    std::string indexed_to() {
        Use mark = db_.use(Sql::search_mark_get);
        const bool begun = mark.bind(sql_.kind).step();
        found_.complete = !begun || mark.text(0).empty();
        return begun ? mark.text(1) : std::string();
    }

    // One more than there is room for: then it is known that there are more.
    [[nodiscard]] bool wants_more() const noexcept {
        return found_.ids.size() <= bounds_.most && looked_ <= bounds_.scan;
    }

    [[nodiscard]] bool matches(const SearchedText& row) const {
        return takes_(row.tag) && folded(row.text).find(text_) != std::string::npos;
    }

    void look_at(const SearchedText& row) {
        if (matches(row))
            found_.ids.push_back(row.id);
        else
            in_vain(row.text.size());
    }

    void in_vain(std::size_t bytes = 0) {
        looked_ += 1 + bytes / bytes_of_one;
        if (looked_ > bounds_.scan)
            found_.complete = false;
    }

    // Through what came behind `id`, which the index does not have yet.
    void walk(const std::string& id) {
        const auto most = static_cast<std::int64_t>(bounds_.most + bounds_.scan + 1);
        Use use = db_.use(owner_ ? Sql::search_message_newest_of : sql_.newest);
        if (owner_)
            use.bind(*owner_);
        use.bind_all(id, most);
        while (wants_more() && use.step())
            look_at(read_row(use));
    }

    void ask(const std::vector<std::string>& trigrams) {
        if (!wants_more())
            return;
        const std::string question = all_of(worth_asking(trigrams));
        Use numbers = db_.use(sql_.find);
        numbers.bind(question);
        while (wants_more() && numbers.step())
            look_at_number(numbers.number(0));
    }

    // There is none where the text has gone, and the index does not know yet.
    void look_at_number(std::int64_t number) {
        constexpr std::int64_t all = 100;
        const auto [begin, end] = ids_numbered(number);
        Use use = db_.use(sql_.above);
        use.bind_all(begin, end, all);
        bool there = false;
        for (; use.step(); there = true)
            look_at(read_row(use));
        if (!there)
            in_vain();
    }

    // Among what the index does not have as it is now: what came late, or changed. These may be
    // newer than what the index found.
    void look_at_due() {
        std::vector<std::string> more;
        Use due = db_.use(Sql::search_due_of);
        due.bind(sql_.kind);
        while (looked_ <= bounds_.scan && due.step())
            look_at_due(due.text(0), more);
        auto& ids = found_.ids;
        ids.insert(ids.end(), more.begin(), more.end());
        std::sort(ids.begin(), ids.end(), std::greater<>());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    }

    void look_at_due(const std::string& id, std::vector<std::string>& more) {
        Use use = db_.use(sql_.get);
        if (!use.bind(id).step())
            return in_vain();
        const SearchedText row = read_row(use);
        if (matches(row))
            more.push_back(id);
        else
            in_vain(row.text.size());
    }

    // The rarest of them, and the owner's mark: what others have may be much more than the bound.
    // What is much more frequent than the rarest is left out: to look for the next text with it
    // costs more than to read the text.
    std::vector<std::string> worth_asking(const std::vector<std::string>& marks) {
        std::vector<std::string> rare;
        if (owner_)
            rare.push_back(owner_mark(*owner_));
        std::vector<Probe> probes;
        std::int64_t newest = 0;
        for (const std::string& mark : marks) {
            probes.push_back(probe(mark));
            newest = std::max(newest, probes.back().first);
        }
        std::stable_sort(probes.begin(), probes.end(), [](const Probe& one, const Probe& other) {
            return one.last < other.last;
        });
        const std::int64_t rarest = newest - probes.front().last;
        for (const Probe& each : probes) {
            if (rare.size() < asked_most && newest - each.last >= rarest / worth_most)
                rare.push_back(each.mark);
        }
        return rare;
    }

    // The newest entries of a mark: the numbers of the first of them, and of the last, which is the
    // older, the rarer the mark. From now to then, not from the first: of long ago there may be
    // many in a short time.
    struct Probe {
        std::string mark;
        std::int64_t first = 0;
        std::int64_t last = std::numeric_limits<std::int64_t>::min() / 2; // there are fewer
    };

    Probe probe(const std::string& mark) {
        Probe probe{mark};
        const std::string question = all_of({mark});
        Use numbers = db_.use(sql_.find);
        numbers.bind(question);
        std::int64_t last = 0;
        for (std::int64_t count = 0; count < probed_entries; ++count) {
            if (!numbers.step())
                return probe;
            last = numbers.number(0);
            if (count == 0)
                probe.first = last;
        }
        probe.last = last;
        return probe;
    }

    Database& db_;
    const SearchSql& sql_;
    std::string text_;
    std::optional<std::string_view> owner_;
    FindBounds bounds_;
    const std::function<bool(const std::string&)>& takes_;
    std::size_t looked_ = 0; // that did not match
    FoundTexts found_;
};

} // namespace

bool is_searched(const SearchSql& sql, const SearchedText& text) noexcept {
    return sql.what == Searched::message || text.tag != "reply";
}

std::pair<std::string, std::string> ids_numbered(std::int64_t number) {
    const std::string begin = id_beginning(number);
    return {begin, begin.substr(0, begin.size() - 1) + '.'};
}

bool is_damage(const Error& error) noexcept {
    return error.fault() == Fault::corrupt || error.fault() == Fault::bug;
}

std::string owner_in_index(const SearchSql& sql, std::string_view tag) {
    return sql.what == Searched::message ? owner_mark(tag) : std::string();
}

FoundTexts find_texts(Database& db, Searched what, std::string_view text,
                      std::optional<std::string_view> owner, FindBounds bounds,
                      const std::function<bool(const std::string& tag)>& takes) {
    try {
        return Finder(db, sql_of(what), text, owner, bounds, takes).run();
    } catch (const Error& error) {
        // The rest of the spool may well be sound.
        if (!is_damage(error))
            throw;
        throw Error(Fault::unavailable, "search: its index may be damaged, smsctl spool reindex "
                                        "makes it anew: " +
                                            std::string(error.what()));
    }
}

} // namespace smsspool
