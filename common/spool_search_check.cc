// The spool: whether the index of search says what the texts say.

#include "common/error.h"
#include "common/ids.h"
#include "common/search_text.h"
#include "common/spool_search.h"

#include <functional>
#include <limits>
#include <set>

namespace smsspool {

namespace {

// So many texts, spread over all, are asked for; the others only have to be among the entries.
constexpr std::int64_t asked_most = 2000;
constexpr std::size_t trigrams_most = 16;

// One kind. Entries and texts are read beside each other, both in the order of their numbers.
class Comparison {
public:
    Comparison(Database& db, const SearchSql& sql, const std::function<bool(std::string)>& tell)
        : db_(db), sql_(sql), tell_(tell) {}

    // Until tell() says no.
    void run() {
        read_due();
        const std::int64_t every = 1 + count_entries() / asked_most;
        Use entries = db_.use(sql_.list);
        entry_ = &entries;
        step();
        Use mark = db_.use(Sql::search_mark_get);
        const bool begun = mark.bind(sql_.kind).step();
        Use texts = db_.use(sql_.above);
        texts.bind_all(std::string_view(), std::string_view("g"),
                       std::numeric_limits<std::int64_t>::max());
        std::int64_t seen = 0;
        while (goes_on_ && texts.step()) {
            const SearchedText text{texts.text(0), texts.text(1), texts.text(2)};
            const bool covered = begun && text.id >= mark.text(0) && text.id <= mark.text(1);
            if (compare(text, covered) && ++seen % every == 0)
                ask(text);
        }
        while (goes_on_ && has_entry_)
            surplus();
    }

private:
    void read_due() {
        Use due = db_.use(Sql::search_due_of);
        due.bind(sql_.kind);
        while (due.step()) {
            if (const auto number = number_of_id(due.text(0)))
                due_.insert(*number);
        }
    }

    std::int64_t count_entries() {
        Use entries = db_.use(sql_.list);
        std::int64_t count = 0;
        while (entries.step())
            ++count;
        return count;
    }

    void step() {
        has_entry_ = entry_->step();
        number_ = has_entry_ ? entry_->number(0) : 0;
    }

    void say(const std::string& sentence) { goes_on_ = goes_on_ && tell_(sentence); }

    void surplus() {
        if (due_.count(number_) == 0)
            say("the index of search has an entry " + id_beginning(number_) + " of " +
                std::string(sql_.kind) + ", which is none");
        step();
    }

    // True: it is there as it should. An entry is of all texts of its number.
    bool compare(const SearchedText& text, bool covered) {
        const auto number = number_of_id(text.id);
        if (!number)
            return false;
        while (goes_on_ && has_entry_ && number_ < *number)
            surplus();
        if (has_entry_ && number_ == *number) {
            known_ = number_;
            step();
        }
        const bool there = known_ == *number;
        const bool due = due_.count(*number) > 0;
        if (!there && covered && !due && is_searched(sql_, text))
            say(std::string(sql_.kind) + " " + text.id + " is not in the index of search");
        return there && !due;
    }

    void ask(const SearchedText& text) {
        std::vector<std::string> all = trigrams(folded(text.text), trigrams_most);
        if (const std::string owner = owner_in_index(sql_, text.tag); !owner.empty())
            all.push_back(owner);
        if (all.empty())
            return;
        const std::string question = all_of(all);
        Use probe = db_.use(sql_.probe);
        if (!probe.bind_all(question, *number_of_id(text.id)).step())
            say(std::string(sql_.kind) + " " + text.id +
                " is not found by search: smsctl spool reindex");
    }

    Database& db_;
    const SearchSql& sql_;
    const std::function<bool(std::string)>& tell_;
    std::set<std::int64_t> due_;
    Use* entry_ = nullptr;
    bool has_entry_ = false, goes_on_ = true;
    std::int64_t number_ = 0; // of the entry
    std::int64_t known_ = -1; // of the last that has a text
};

} // namespace

std::vector<std::string> check_search(Database& db, std::size_t most) {
    std::vector<std::string> found;
    const std::function<bool(std::string)> tell = [&](std::string sentence) {
        found.push_back(std::move(sentence));
        return found.size() < most;
    };
    for (const SearchSql& sql : search_sql) {
        try {
            if (found.size() < most)
                Comparison(db, sql, tell).run();
        } catch (const Error& error) {
            // An index that cannot be read is a finding; that no index can be, an error.
            if (!is_damage(error))
                throw;
            found.push_back("the index of search cannot be read: smsctl spool reindex: " +
                            std::string(error.what()));
        }
    }
    return found;
}

} // namespace smsspool
