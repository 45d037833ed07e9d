// The spool: what is to be told outside, and who tells it.

#include "common/error.h"
#include "common/spool_work.h"

namespace smsspool {

namespace {

using Progress = Followed::Progress;

Progress progress_of(const std::string& text) {
    for (const auto& [value, word] : progress_words) {
        if (word == text)
            return value;
    }
    throw Error(Fault::corrupt, "spool: \"" + text + "\" is no word of progress");
}

void read_job_side(const Use& row, Followed& followed) {
    followed.state = state_of(row.text(12));
    followed.delivery = stored_delivery(row.text(13));
    followed.number = row.text(14);
    followed.number_given = row.text(15);
    followed.error_code = row.text(16);
    followed.error_text = row.text(17);
    followed.attempted = row.number_or_nothing(18);
    followed.ended = row.number_or_nothing(19);
    followed.delivered = row.number_or_nothing(20);
    if (!row.null(21))
        followed.reply = JobView::Reply{row.text(21), row.number(22)};
    followed.user = row.text(23);
    followed.label = row.text(24);
    followed.parts = row.number(25);
    followed.created = row.number(26);
    followed.callback = row.text(27);
    followed.reply_timeout_ms = row.number_or_nothing(28);
    followed.turn = row.number(29);
}

// A row of follow_due, follow_list or follow_get.
Followed read_followed(const Use& row) {
    Followed followed;
    followed.follower = row.text(0);
    followed.job_id = row.text(1);
    followed.message_id = row.text(2);
    followed.target = row.text(3);
    if (const std::string told = row.text(4); !told.empty())
        followed.told = state_of(told);
    if (const std::string told = row.text(5); !told.empty())
        followed.told_delivery = stored_delivery(told);
    followed.progress = progress_of(row.text(6));
    followed.failures = row.number(7);
    followed.due = row.number(8);
    followed.code = row.number(9);
    followed.error = row.text(10);
    followed.changed = row.number(11);
    read_job_side(row, followed);
    return followed;
}

std::vector<Followed> read_all(Use& row) {
    std::vector<Followed> list;
    while (row.step())
        list.push_back(read_followed(row));
    return list;
}

std::optional<Followed> read_one(Use& row) {
    return row.step() ? std::optional(read_followed(row)) : std::nullopt;
}

// It may have come further meanwhile: then there is more to tell.
bool stands_as(Database& db, const Followed& followed) {
    Use row = db.use(Sql::follow_get);
    const auto now = read_one(row.bind_all(followed.follower, followed.job_id));
    return now && now->state == followed.state && now->delivery == followed.delivery;
}

} // namespace

std::string_view name_of(Followed::Progress progress) noexcept {
    for (const auto& [value, word] : progress_words) {
        if (value == progress)
            return word;
    }
    return {};
}

bool Followed::is_final() const noexcept {
    switch (state) {
    case State::queued:
    case State::sending:
        return false;
    case State::sent:
        return delivery != Delivery::pending && !reply_timeout_ms;
    case State::replied:
    case State::timeout:
        return delivery != Delivery::pending;
    case State::failed:
    case State::unknown:
    case State::abandoned:
    case State::expired:
    case State::canceled:
        return true;
    case State::count:
        break;
    }
    return true;
}

std::vector<Followed> Spool::to_tell(std::string_view follower, First first, std::string_view after,
                                     std::size_t limit, UtcMs now) {
    Use row = db_->use(Sql::follow_due);
    row.bind_all(follower, after, now, std::int64_t{first == First::tell ? 1 : 0},
                 static_cast<std::int64_t>(limit));
    return read_all(row);
}

void Spool::told(const Followed& followed, std::int64_t code, UtcMs now) {
    db_->transact([&] {
        const bool all = stands_as(*db_, followed);
        const bool done = all && followed.is_final();
        db_->use(Sql::follow_told)
            .bind_all(name_of(followed.state), name_of(followed.delivery),
                      name_of(done ? Progress::done : Progress::open), std::int64_t{all ? 0 : 1},
                      code, now, followed.follower, followed.job_id, followed.turn)
            .run();
    });
}

void Spool::not_told(const Followed& followed, UtcMs now) {
    constexpr std::int64_t gone = 410; // also for what comes later, as follow_news has it
    db_->transact([&] {
        const bool news = followed.progress == Progress::given_up && followed.code != gone &&
                          !stands_as(*db_, followed);
        db_->use(Sql::follow_failed)
            .bind_all(name_of(news ? Progress::open : followed.progress),
                      news ? std::int64_t{0} : followed.failures, news ? now : followed.due,
                      followed.code, followed.error, now, followed.follower, followed.job_id,
                      followed.turn)
            .run();
    });
}

std::vector<Followed> Spool::followed(std::string_view follower, Followed::Progress progress,
                                      std::string_view after, std::size_t limit) {
    Use row = db_->use(Sql::follow_list);
    row.bind_all(follower, name_of(progress), after, static_cast<std::int64_t>(limit));
    return read_all(row);
}

std::optional<Followed> Spool::followed_job(std::string_view follower, std::string_view job_id) {
    Use row = db_->use(Sql::follow_get);
    return read_one(row.bind_all(follower, job_id));
}

std::optional<Followed> Spool::followed_target(std::string_view follower, std::string_view target) {
    std::string job_id;
    {
        Use row = db_->use(Sql::follow_target);
        if (!row.bind_all(follower, target).step())
            return std::nullopt;
        job_id = row.text(0);
    }
    return followed_job(follower, job_id);
}

bool Spool::tell_again(std::string_view follower, std::string_view job_id, UtcMs now) {
    bool found = false;
    db_->transact([&] {
        found = db_->use(Sql::follow_replay).bind_all(now, now, follower, job_id).run() != 0;
    });
    return found;
}

std::vector<FollowCount> Spool::follow_counts() {
    std::vector<FollowCount> counts;
    Use row = db_->use(Sql::follow_counts);
    while (row.step())
        counts.push_back({row.text(0), progress_of(row.text(1)), row.number(2)});
    return counts;
}

void Spool::agent_beat(const AgentView& agent) {
    db_->transact([&] {
        const auto write = [&](Sql which) {
            return db_->use(which)
                .bind_all(agent.state, agent.error, agent.since, agent.beat, agent.fetched,
                          agent.told, agent.failures, agent.name)
                .run();
        };
        if (write(Sql::agent_set) == 0)
            write(Sql::agent_add);
    });
}

void Spool::agent_leave(std::string_view name) {
    db_->transact([&] { db_->use(Sql::agent_remove).bind(name).run(); });
}

} // namespace smsspool
