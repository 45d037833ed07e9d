// The spool: a copy of it, and what is wrong in it.

#include "common/error.h"
#include "common/fd.h"
#include "common/file_id.h"
#include "common/schema.h"
#include "common/spool_search.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <sys/stat.h>

namespace smsspool {

namespace {

constexpr std::size_t most_findings = 100;
constexpr std::chrono::milliseconds patience{1000}; // with a file that nobody else knows

// --- the copy -----------------------------------------------------------------------------------

// A file beside the place that is meant. Removed, with what SQLite puts beside it, unless it was
// moved there.
class Unfinished {
public:
    explicit Unfinished(const std::string& place) : place_(place), path_(place + ".XXXXXX") {
        const Fd made(::mkostemp(path_.data(), O_CLOEXEC));
        if (!made)
            throw system_error(errno == ENOSPC ? Fault::full : Fault::unavailable,
                               "backup: " + place);
        (void)::fchmod(made.get(), 0640); // else only its owner can read it
    }
    ~Unfinished() {
        for (const char* end : {"", "-wal", "-shm", "-journal"})
            ::unlink((path_ + end).c_str());
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    // Puts it in its place, and both the file and its name on the disk.
    void finish() {
        sync(path_, O_RDONLY);
        if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, place_.c_str(), RENAME_NOREPLACE) != 0 &&
            (errno != EINVAL || ::link(path_.c_str(), place_.c_str()) != 0))
            throw system_error(errno == EEXIST ? Fault::conflict : Fault::unavailable,
                               "backup: " + place_);
        sync(folder_of(place_), O_RDONLY | O_DIRECTORY);
    }

private:
    static void sync(const std::string& path, int flags) {
        const Fd fd(::open(path.c_str(), flags | O_CLOEXEC));
        if (!fd || ::fsync(fd.get()) != 0)
            throw system_error(Fault::unavailable, "backup: " + path);
    }

    std::string place_, path_;
};

// --- what is wrong ------------------------------------------------------------------------------

// Rows that should not be there: a statement that gives their ids, and the sentence around each.
struct Misfit {
    Sql which;
    std::string_view before, after;
};

constexpr std::array misfits{
    Misfit{Sql::care_job_alone, "job ", " has no message"},
    Misfit{Sql::care_message_empty, "message ", " has no job"},
    Misfit{Sql::care_sending_closed, "job ", " is sending and has no open attempt"},
    Misfit{Sql::care_sending_unclaimed, "job ", " is sending and nobody claimed it"},
    Misfit{Sql::care_attempt_open, "attempt ", " is open and its job is not sending"},
    Misfit{Sql::care_attempt_alone, "attempt ", " has no job"},
    Misfit{Sql::care_dead_alone, "job ", " is among the dead letters and is none"},
    Misfit{Sql::care_dead_missing, "job ", " is not among the dead letters and is one"},
    Misfit{Sql::care_parts, "job ", " sent more parts than its message has"},
    Misfit{Sql::care_priority, "job ", " has a priority that is never claimed"},
    Misfit{Sql::care_awaiting, "a reply is awaited for job ", ", which is not sent"},
    Misfit{Sql::care_bulk_alone, "a bulk of message ", " was accepted, and there is no message"},
    Misfit{Sql::care_piece_alone, "recipients of message ", " belong to no bulk"},
    Misfit{Sql::care_report_due, "a report is awaited for attempt ", ", which is not there"},
};

template <std::size_t count>
bool among(const std::array<std::string_view, count>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_state(const std::string& word) {
    return state_named(word).has_value();
}

bool is_delivery(const std::string& word) {
    return delivery_named(word).has_value();
}

bool is_encoding(const std::string& word) {
    return encoding_named(word).has_value();
}

bool is_outcome(const std::string& word) {
    return among<5>({"open", "accepted", "refused", "unknown", "withdrawn"}, word);
}

bool is_inbox_state(const std::string& word) {
    return among<3>({"unread", "read", "reply"}, word);
}

bool is_kind(const std::string& word) {
    return among<3>({"deliver", "report", "raw"}, word);
}

// Columns of words: a statement that gives each word, the first id that has it, and how many do.
struct Vocabulary {
    Sql which;
    std::string_view thing, column;
    bool (*known)(const std::string& word);
};

bool is_progress(const std::string& word) {
    return among<2>({"open", "closed"}, word);
}

constexpr std::array vocabularies{
    Vocabulary{Sql::care_states, "job", "state", is_state},
    Vocabulary{Sql::care_deliveries, "job", "delivery", is_delivery},
    Vocabulary{Sql::care_encodings, "message", "encoding", is_encoding},
    Vocabulary{Sql::care_outcomes, "attempt", "outcome", is_outcome},
    Vocabulary{Sql::care_inbox_states, "inbox message", "state", is_inbox_state},
    Vocabulary{Sql::care_bulk_progress, "bulk of message", "progress", is_progress},
    Vocabulary{Sql::care_kinds, "incoming SMS", "kind", is_kind},
};

class Examination {
public:
    explicit Examination(Database& db) : db_(db) {}

    std::vector<std::string> run() {
        step([this] { found_ = db_.integrity(most_findings); });
        for (const Misfit& misfit : misfits)
            step([&] { look_for(misfit); });
        for (const Vocabulary& vocabulary : vocabularies)
            step([&] { look_for(vocabulary); });
        step([this] {
            const auto more = check_search(db_, most_findings);
            found_.insert(found_.end(), more.begin(), more.end());
        });
        found_.resize(std::min(found_.size(), most_findings));
        return found_;
    }

private:
    // What cannot be read is a finding too; the rest may still be looked at.
    void step(const std::function<void()>& body) {
        try {
            body();
        } catch (const Error& error) {
            if (error.fault() != Fault::corrupt)
                throw;
            found_.emplace_back(error.what());
        }
    }

    void look_for(const Misfit& misfit) {
        Use row = db_.use(misfit.which);
        while (row.step())
            found_.push_back(std::string(misfit.before) + row.text(0) + std::string(misfit.after));
    }

    void look_for(const Vocabulary& vocabulary) {
        Use row = db_.use(vocabulary.which);
        while (row.step()) {
            if (vocabulary.known(row.text(0)))
                continue;
            std::string sentence = std::string(vocabulary.thing) + " " + row.text(1) + " has the " +
                                   std::string(vocabulary.column) + " \"" + row.text(0) +
                                   "\", which is none";
            if (row.number(2) > 1)
                sentence += "; so have " + std::to_string(row.number(2) - 1) + " more";
            found_.push_back(sentence);
        }
    }

    Database& db_;
    std::vector<std::string> found_;
};

} // namespace

void Spool::backup(const std::string& file) {
    struct stat there {};
    if (::lstat(file.c_str(), &there) == 0)
        throw Error(Fault::conflict, "backup: " + file + " is there already");
    Unfinished copy(file);
    db_->copy_to(copy.path());
    {
        Database written(copy.path(), Open::read, patience, check_schema);
        const std::vector<std::string> found = written.integrity(1);
        if (!found.empty())
            throw Error(Fault::corrupt, "backup: the copy is damaged: " + found.front());
    }
    copy.finish();
}

std::vector<std::string> Spool::check() {
    std::vector<std::string> found;
    db_->look([&] { found = Examination(*db_).run(); });
    return found;
}

} // namespace smsspool
