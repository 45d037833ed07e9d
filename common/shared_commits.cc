// Many threads that store messages share a commit.

#include "common/shared_commits.h"

#include "common/error.h"

namespace smsspool {

namespace {

void run(const SharedCommits::Commit& commit, const std::vector<Submission*>& list) noexcept {
    try {
        commit(list);
    } catch (...) {
        for (Submission* submission : list) {
            submission->answer.reset();
            submission->error = std::current_exception();
        }
    }
}

// A message that found no room may be a small one that shared a commit with large ones.
void run_each(const SharedCommits::Commit& commit, const std::vector<Submission*>& list) noexcept {
    for (Submission* submission : list) {
        submission->error = nullptr;
        run(commit, {submission});
    }
}

bool was_full(const std::exception_ptr& error) {
    if (!error)
        return false;
    try {
        std::rethrow_exception(error);
    } catch (const Error& known) {
        return known.fault() == Fault::full;
    } catch (...) {
        return false;
    }
}

} // namespace

SharedCommits::SharedCommits(std::size_t most) : most_(most) {
    now_.reserve(most);
    submissions_.reserve(most);
}

// With the lock held, and again when it returns; without it while it commits.
void SharedCommits::lead(std::unique_lock<std::mutex>& lock, const Commit& commit) {
    now_.clear();
    submissions_.clear();
    for (; !queue_.empty() && now_.size() < most_; queue_.pop_front()) {
        now_.push_back(queue_.front());
        submissions_.push_back(&queue_.front()->submission);
    }
    committing_ = true;
    lock.unlock();
    run(commit, submissions_);
    if (submissions_.size() > 1 && was_full(submissions_.front()->error))
        run_each(commit, submissions_);
    lock.lock();
    committing_ = false;
    for (Waiting* waiting : now_) {
        waiting->done = true;
        waiting->turn.notify_one();
    }
    if (!queue_.empty())
        queue_.front()->turn.notify_one();
}

StoreAnswer SharedCommits::submit(const NewMessage& message, const Commit& commit) {
    Waiting mine;
    mine.submission.message = &message;
    std::unique_lock lock(mutex_);
    queue_.push_back(&mine);
    while (!mine.done) {
        if (committing_)
            mine.turn.wait(lock);
        else
            lead(lock, commit);
    }
    if (mine.submission.error)
        std::rethrow_exception(mine.submission.error);
    return *mine.submission.answer;
}

std::size_t SharedCommits::waiting() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

} // namespace smsspool
