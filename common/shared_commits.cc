// Many threads that store messages share a commit.

#include "common/shared_commits.h"

#include "common/error.h"

#include <algorithm>

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

// Nobody can write to the spool at all, whatever it is.
bool is_everybodys(const std::exception_ptr& error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (const Error& known) {
        return known.fault() == Fault::busy || known.fault() == Fault::unavailable;
    } catch (...) {
        return false;
    }
}

} // namespace

SharedCommits::SharedCommits(std::size_t most, std::size_t most_jobs,
                             std::chrono::milliseconds longest_wait)
    : most_(most), most_jobs_(most_jobs), longest_wait_(longest_wait) {
    now_.reserve(most);
    submissions_.reserve(most);
    single_.resize(1);
}

bool SharedCommits::has_room() const noexcept {
    return now_.size() < most_ && jobs_ < most_jobs_;
}

// Each of what a commit refused, alone; without the lock. One that finds the spool closed speaks
// for those behind it.
void SharedCommits::commit_each(const Commit& commit) noexcept {
    std::exception_ptr closed;
    for (Submission* submission : submissions_) {
        submission->error = closed;
        if (closed)
            continue;
        single_.front() = submission;
        run(commit, single_);
        if (submission->error && is_everybodys(submission->error))
            closed = submission->error;
    }
}

// Those who were just answered may have more. Not worth a pause where the disk is fast.
void SharedCommits::gather(std::unique_lock<std::mutex>& lock) {
    constexpr std::chrono::milliseconds slow{2};
    if (last_size_ < 2 || last_time_ < slow)
        return;
    const std::size_t all = queue_.size() + last_size_;
    const auto wait = std::min<std::chrono::steady_clock::duration>(last_time_ / 4, longest_wait_);
    another_.wait_for(lock, wait, [&] { return queue_.size() >= all; });
}

// With the lock held, and again when it returns; without it while it commits.
void SharedCommits::lead(std::unique_lock<std::mutex>& lock, const Commit& commit) {
    committing_ = true;
    gather(lock);
    now_.clear();
    submissions_.clear();
    for (jobs_ = 0; !queue_.empty() && has_room(); queue_.pop_front()) {
        now_.push_back(queue_.front());
        submissions_.push_back(&queue_.front()->submission);
        jobs_ += submissions_.back()->message->recipient_count();
    }
    lock.unlock();
    const auto began = std::chrono::steady_clock::now();
    run(commit, submissions_);
    // An error of the commit is that of all.
    const std::exception_ptr error = submissions_.front()->error;
    if (submissions_.size() > 1 && error && submissions_.back()->error == error &&
        !is_everybodys(error))
        commit_each(commit);
    lock.lock();
    last_size_ = now_.size();
    last_time_ = std::chrono::steady_clock::now() - began;
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
    another_.notify_one();
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
