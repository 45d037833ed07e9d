// Who is told next: what there is to tell by user and receiver, so that a receiver that is slow or
// away, and a user with as many of them as he likes, holds up nobody else.
//
// Users take turns, and so do the receivers of a user; one user has no more than half of the
// threads. A receiver is told one event after the other. One that does not answer has a pause that
// grows with each time; and one thread is never with receivers that did not answer the last time,
// or took their time, as long as there are two.

#ifndef SMSSPOOL_PULL_WEBHOOK_BOARD_H
#define SMSSPOOL_PULL_WEBHOOK_BOARD_H

#include "common/clock.h"
#include "common/settings.h"

#include <compare>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

namespace smsspool {

// Another one for each user: what the callbacks of one lead to is no matter of the others.
struct WebhookReceiver {
    std::string user;
    std::string origin; // scheme, host and port

    auto operator<=>(const WebhookReceiver&) const = default;
};

struct WebhookTurn {
    WebhookReceiver receiver;
    std::string job_id;
};

// What telling came to, as far as it concerns the receiver.
struct WebhookHearing {
    enum class How {
        nothing, // there was nothing to tell, or it could not be tried
        heard,   // it answered, be it with an error
        slow,    // likewise, but it took its time
        silent   // no answer, or it wants to be left alone
    };
    How how = How::nothing;
    Ms pause{0};         // of `silent`: at least so long, but no more than webhook_pause_most
    std::string error{}; // of `silent`: why, a sentence
};

// Any thread.
class WebhookBoard {
public:
    explicit WebhookBoard(const Config& config) : config_(config) {}
    WebhookBoard(const WebhookBoard&) = delete;
    WebhookBoard& operator=(const WebhookBoard&) = delete;

    // Also where it is noted already. False: there is no room; it is to be offered again. What is
    // noted of one user takes no room of another. A receiver that did not answer the last time, or
    // was slow, has room for one job.
    bool note(const WebhookReceiver& receiver, const std::string& job_id);

    // The next turn of a receiver that nobody is with and that has no pause. Nothing: none. Whoever
    // takes it must call done().
    [[nodiscard]] std::optional<WebhookTurn> take(Monotonic::time_point now);
    // After `slow` and `silent`, what is noted of the receiver is forgotten but for one job: it is
    // to be offered again.
    void done(const WebhookTurn& turn, const WebhookHearing& hearing, Monotonic::time_point now);

    // Waits for a turn. Nothing: close() was called.
    [[nodiscard]] std::optional<WebhookTurn> wait();
    void close();

    struct View {
        std::size_t noted = 0;     // turns, those that are taken included
        std::size_t receivers = 0; // that are known now
        std::size_t silent = 0;    // of these, that did not answer the last time
        std::string error{};       // of one of them, with its name
    };
    [[nodiscard]] View view() const;

private:
    struct Receiver {
        std::deque<std::string> jobs;
        bool busy = false;
        bool slow = false;              // it took its time the last time
        std::int64_t failures = 0;      // times in a row without an answer
        Monotonic::time_point rested{}; // the end of its pause; of one that is slow, of its turn
        std::string error;

        [[nodiscard]] bool may_hold_up() const noexcept { return slow || failures > 0; }
        [[nodiscard]] bool idle() const noexcept { return jobs.empty() && !busy; }
    };
    struct User {
        std::map<std::string, Receiver> receivers; // by origin
        std::size_t noted = 0;
        std::int64_t busy = 0; // turns taken
        std::string last;      // whose turn it was
    };
    using Users = std::map<std::string, User>;
    enum class Kind { answers, may_hold_up };

    [[nodiscard]] bool has_room(const WebhookReceiver& receiver) const;
    void hear(Receiver& receiver, const WebhookHearing& hearing, Monotonic::time_point now) const;
    void give_back(User& user, Receiver& receiver);
    void forget_idle(Monotonic::time_point now);
    // Nothing: none of this kind.
    [[nodiscard]] std::optional<WebhookReceiver> next(Kind kind, Monotonic::time_point now) const;
    [[nodiscard]] std::optional<WebhookTurn> take_locked(Monotonic::time_point now);
    [[nodiscard]] std::optional<Monotonic::time_point> next_rested(Monotonic::time_point now) const;

    const Config& config_;
    mutable std::mutex mutex_; // of what follows
    std::condition_variable changed_;
    Users users_;
    std::set<std::string> noted_; // the jobs that wait or are taken
    std::string last_;            // the user whose turn it was
    std::int64_t held_up_ = 0;    // turns taken of receivers that may hold up
    bool closed_ = false;
};

} // namespace smsspool

#endif
