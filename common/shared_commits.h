// Many threads that store messages share a commit: what waits while one is written to the disk goes
// into the next one together.
//
// No thread of its own: whoever finds nobody committing commits for all that wait, on its own
// connection. A single client waits for nobody. Where a commit takes long, those whose messages
// were in the one before are awaited for a fraction of its time, so that the next one has their
// next messages too: else clients would take turns in two halves.

#ifndef SMSSPOOL_COMMON_SHARED_COMMITS_H
#define SMSSPOOL_COMMON_SHARED_COMMITS_H

#include "common/spool.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace smsspool {

// A message on its way into the spool. `answer` is there once it was stored, or was not to be.
struct Submission {
    const NewMessage* message = nullptr;
    std::optional<StoreAnswer> answer{};
    std::exception_ptr error{}; // instead of the answer: of this message, or of the whole commit
};

class SharedCommits {
public:
    // Gives each of them its answer or its error, in one transaction. Throws what is not about one
    // of them; then nothing is stored.
    using Commit = std::function<void(const std::vector<Submission*>&)>;

    // At most `most` messages in a commit, and no more of them once they have `most_jobs`
    // recipients together: the spool's other writers wait for all.
    // `longest_wait` is the most that one waits for others.
    explicit SharedCommits(std::size_t most = 256, std::size_t most_jobs = 5000,
                           std::chrono::milliseconds longest_wait = std::chrono::milliseconds(5));
    SharedCommits(const SharedCommits&) = delete;
    SharedCommits& operator=(const SharedCommits&) = delete;

    // Any thread. Returns when `message` is committed or certainly not stored, with the answer to
    // it, or throws its error. `commit` may be called for those of other threads, or not at all.
    // What the commit of several threw may have been about one of them only: each is then tried
    // alone, unless nobody can write to the spool at all (Error busy or unavailable): that is
    // thrown to each.
    [[nodiscard]] StoreAnswer submit(const NewMessage& message, const Commit& commit);

    // How many wait for the next commit. Any thread.
    [[nodiscard]] std::size_t waiting() const;

private:
    struct Waiting {
        Submission submission;
        bool done = false;
        std::condition_variable turn; // done, or there is nobody who commits
    };

    void lead(std::unique_lock<std::mutex>& lock, const Commit& commit);

    void commit_each(const Commit& commit) noexcept;
    void gather(std::unique_lock<std::mutex>& lock);
    [[nodiscard]] bool has_room() const noexcept;

    const std::size_t most_, most_jobs_;
    const std::chrono::milliseconds longest_wait_;
    // Of the commit that is under way; only who commits uses them. They have room from the start:
    // nothing can fail between taking a message out of the queue and telling its thread.
    std::vector<Waiting*> now_;
    std::vector<Submission*> submissions_, single_;
    std::size_t jobs_ = 0;
    mutable std::mutex mutex_;
    std::deque<Waiting*> queue_; // protected by mutex_, as are all Waiting in it
    bool committing_ = false;    // likewise
    // Of the last commit: how many were in it, and how long it took. Protected by mutex_.
    std::size_t last_size_ = 0;
    std::chrono::steady_clock::duration last_time_{0};
    std::condition_variable another_; // in the queue
};

} // namespace smsspool

#endif
