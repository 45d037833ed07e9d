// How the daemon makes texts findable: in bites, where nothing else is to be done.

#include "common/disk.h"
#include "common/log.h"
#include "spoold/daemon.h"
#include "spoold/index_bite.h"

#include <utility>

namespace smsspool {

namespace {

// Of the daemon's time, where it finds no quiet moment.
constexpr int share = 20;

// Until what came has settled, see Spool::Indexing.
constexpr std::chrono::milliseconds settling{1100};

// Where the index cannot be written to.
constexpr std::chrono::seconds pause_if_damaged{30};

} // namespace

void Daemon::texts_came() {
    if (!unindexed_)
        next_index_ = latest_index_ = Monotonic::now() + settling;
    unindexed_ = true;
}

// A twentieth of the time, and all of it where the last poll() waited for nothing else: what is to
// be sent comes first. Where the disk is low, what is left of it is not for this.
void Daemon::index() {
    const auto now = Monotonic::now();
    if (!unindexed_ || context_.phase != Context::Phase::running || now < next_index_ ||
        (!quiet_ && now < latest_index_))
        return;
    unindexed_ = false; // if it throws, or there is no room for it, the next sweep goes on
    const auto room = config_.disk_reserve > 0 ? free_bytes(config_.spool) : std::nullopt;
    if (room && *room < config_.disk_reserve)
        return;
    (void)try_to(&Daemon::index_some);
}

void Daemon::index_some() {
    const auto began = Monotonic::now();
    Spool::Indexed indexed;
    try {
        indexed = spool_.index_texts(utc_now(), bite_);
    } catch (const Error& error) {
        if (error.fault() != Fault::corrupt && error.fault() != Fault::bug)
            throw;
        // Nothing but searches needs it.
        if (!std::exchange(index_damaged_, true))
            log_error("SEARCH", std::string("the index cannot be written to; smsctl spool reindex "
                                            "makes it anew: ") +
                                    error.what());
        unindexed_ = true;
        next_index_ = latest_index_ = began + pause_if_damaged;
        return;
    }
    if (std::exchange(index_damaged_, false))
        log_info("SEARCH", "the index is written to again");
    const auto took = Monotonic::now() - began;
    unindexed_ = indexed.state != Spool::Indexing::complete;
    next_index_ = began + 2 * took;
    latest_index_ = began + share * took;
    if (indexed.state == Spool::Indexing::waits)
        next_index_ = latest_index_ = began + settling;
    bite_ = next_bite(bite_, indexed.texts, took);
}

} // namespace smsspool
