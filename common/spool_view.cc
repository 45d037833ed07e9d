// The spool: what clients and administrators read.

#include "common/error.h"
#include "common/ids.h"
#include "common/spool_bulk.h"
#include "common/spool_history.h"
#include "common/spool_search.h"
#include "common/spool_work.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace smsspool {

namespace {

// As state_of().
Encoding encoding_of(const std::string& word) {
    const auto encoding = encoding_named(word);
    if (!encoding)
        throw Error(Fault::corrupt, "spool: \"" + word + "\" is no encoding");
    return *encoding;
}

MessageView message_of(const Use& row) {
    MessageView view;
    view.id = row.text(0);
    view.user = row.text(1);
    view.api = row.text(2);
    view.text = row.text(3);
    view.encoding = encoding_of(row.text(4));
    view.parts = row.number(5);
    view.original_length = row.number_or_nothing(6);
    view.reply_timeout_ms = row.number_or_nothing(7);
    view.created = row.number(8);
    view.valid_until = row.number(9);
    view.address = row.text(10);
    view.label = row.text(11);
    view.report = row.number(12) != 0;
    return view;
}

JobView job_of(const Use& row) {
    JobView view;
    view.id = row.text(0);
    view.number_given = row.text(1);
    view.number = row.text(2);
    view.state = state_of(row.text(3));
    view.attempted = row.number_or_nothing(4);
    view.attempts = row.number(5);
    view.unknowns = row.number(6);
    view.parts_done = row.number(7);
    view.error_code = row.text(8);
    view.error_text = row.text(9);
    view.modem = row.text(10);
    if (!row.null(11))
        view.reply = JobView::Reply{row.text(11), row.number(12)};
    view.not_before = row.number(13);
    view.route = row.text(14);
    view.delivery = stored_delivery(row.text(15));
    view.delivered = row.number_or_nothing(16);
    return view;
}

AttemptView attempt_of(const Use& row) {
    AttemptView view;
    view.job_id = row.text(0);
    view.part = row.number(1);
    view.modem = row.text(2);
    view.started = row.number(3);
    view.ended = row.number_or_nothing(4);
    view.outcome = row.text(5);
    view.reference = row.number_or_nothing(6);
    view.code = row.number_or_nothing(7);
    view.reason = row.text(8);
    view.report_status = row.number_or_nothing(9);
    view.settled = row.number_or_nothing(10);
    view.trace = row.text(11);
    return view;
}

void add_attempts(Database& db, std::string_view job_id, std::vector<AttemptView>& all) {
    Use row = db.use(Sql::attempt_of_job);
    row.bind(job_id);
    while (row.step())
        all.push_back(attempt_of(row));
}

InboxMessage inbox_of(const Use& row) {
    InboxMessage view;
    view.id = row.text(0);
    view.modem = row.text(1);
    view.number = row.text(2);
    view.text = row.text(3);
    view.sent = row.number_or_nothing(4);
    view.stored = row.number(5);
    view.state = row.text(6);
    view.folder = static_cast<int>(row.number(7));
    view.location = static_cast<int>(row.number(8));
    view.complete = row.number(9) != 0;
    view.job_id = row.text(10);
    return view;
}

std::vector<InboxMessage> read_inbox(Database& db, const InboxQuery& query) {
    const std::int64_t limit = query.limit == 0 ? std::numeric_limits<std::int64_t>::max()
                                                : static_cast<std::int64_t>(query.limit);
    std::vector<InboxMessage> messages;
    Use row = db.use(query.which == InboxQuery::Which::unread ? Sql::inbox_unread : Sql::inbox_all);
    row.bind(limit);
    while (row.step())
        messages.push_back(inbox_of(row));
    return messages;
}

void after_reading(Database& db, InboxQuery::After after, const InboxMessage& message) {
    switch (after) {
    case InboxQuery::After::peek:
        break;
    case InboxQuery::After::mark_read:
        if (message.state == "unread")
            db.use(Sql::inbox_read).bind(message.id).run();
        break;
    case InboxQuery::After::remove:
        text_changes(db, Searched::inbox, message.id);
        db.use(Sql::inbox_remove).bind(message.id).run();
        break;
    }
}

bool is_wanted(const InboxQuery& query, const std::string& state) {
    return query.which == InboxQuery::Which::unread ? state == "unread" : state != "reply";
}

// As they are now: those that are not wanted any more, or not there, are left out.
std::vector<InboxMessage> read_inbox(Database& db, const InboxQuery& query,
                                     const std::vector<std::string>& ids) {
    std::vector<InboxMessage> messages;
    for (const std::string& id : ids) {
        Use row = db.use(Sql::inbox_row);
        if (row.bind(id).step() && is_wanted(query, row.text(6)))
            messages.push_back(inbox_of(row));
    }
    return messages;
}

// The state that clean_inbox() leaves alone; no state has an empty name.
std::string_view spared(Spool::Unread unread) noexcept {
    return unread == Spool::Unread::keep ? "unread" : "";
}

} // namespace

std::optional<MessageView> Spool::find(std::string_view message_id) {
    std::optional<MessageView> found;
    db_->look([&] {
        found.reset();
        Use row = db_->use(Sql::message_get);
        if (!row.bind(message_id).step())
            return;
        found = message_of(row);
        Use job = db_->use(Sql::job_of_message);
        job.bind(message_id);
        while (job.step())
            found->jobs.push_back(job_of(job));
        each_folded(*db_, message_id, [&](const JobView& folded) {
            found->jobs.push_back(folded);
            return Each::go_on;
        });
    });
    return found;
}

std::optional<std::string> Spool::id_numbered(std::int64_t number) {
    const std::string beginning = id_beginning(number);
    if (beginning.empty())
        return std::nullopt;
    const std::string end = beginning.substr(0, beginning.size() - 1) + '.';
    Use row = db_->use(Sql::message_numbered);
    row.bind_all(beginning, end);
    return row.step() ? std::optional(row.text(0)) : std::nullopt;
}

std::optional<MessageView> Spool::message(std::string_view message_id) {
    Use row = db_->use(Sql::message_get);
    return row.bind(message_id).step() ? std::optional(message_of(row)) : std::nullopt;
}

Spool::MessagePage Spool::messages_of(const std::string& user, std::int64_t skip,
                                      std::int64_t limit, UtcMs now) {
    MessagePage page;
    db_->look([&] {
        page = {};
        const auto ids = history_->page(*db_, user, skip, limit, now, page.total);
        for (const std::string& id : ids) {
            Use row = db_->use(Sql::message_get);
            if (row.bind(id).step())
                page.messages.push_back(message_of(row));
        }
    });
    return page;
}

Spool::MessagePage Spool::search_messages(std::optional<std::string_view> user,
                                          std::string_view text, std::int64_t skip,
                                          std::int64_t limit) {
    const FindBounds bounds{static_cast<std::size_t>(search_most_),
                            static_cast<std::size_t>(search_scan_)};
    const auto takes = [&](const std::string& owner) { return !user || owner == *user; };
    MessagePage page;
    db_->look([&] {
        page = {};
        const FoundTexts found = find_texts(*db_, Searched::message, text, user, bounds, takes);
        page.total = static_cast<std::int64_t>(found.ids.size());
        page.complete = found.complete;
        for (std::int64_t i = skip; i < page.total && i - skip < limit; ++i) {
            Use row = db_->use(Sql::message_get);
            if (row.bind(found.ids[static_cast<std::size_t>(i)]).step())
                page.messages.push_back(message_of(row));
        }
    });
    return page;
}

JobCounts Spool::job_counts(std::string_view message_id) {
    JobCounts counts;
    db_->look([&] {
        counts = {};
        Use row = db_->use(Sql::job_states_of);
        row.bind(message_id);
        while (row.step()) {
            counts.jobs[static_cast<std::size_t>(state_of(row.text(0)))] += row.number(1);
            const auto attempted = row.number_or_nothing(2);
            if (attempted && (!counts.attempted || *attempted > *counts.attempted))
                counts.attempted = attempted;
        }
        counts.jobs[static_cast<std::size_t>(State::queued)] += count_folded(*db_, message_id);
    });
    return counts;
}

void Spool::each_job(std::string_view message_id, const std::function<Each(const JobView&)>& take) {
    db_->look([&] {
        Each wish = Each::go_on;
        Use row = db_->use(Sql::job_of_message);
        row.bind(message_id);
        while (wish == Each::go_on && row.step())
            wish = take(job_of(row));
        if (wish == Each::go_on)
            each_folded(*db_, message_id, take);
    });
}

std::vector<AttemptView> Spool::attempts(std::string_view message_id) {
    std::vector<AttemptView> all;
    db_->look([&] {
        all.clear();
        Use job = db_->use(Sql::job_of_message);
        job.bind(message_id);
        while (job.step())
            add_attempts(*db_, job.text(0), all);
    });
    return all;
}

std::vector<AttemptView> Spool::attempts_of_job(std::string_view job_id) {
    std::vector<AttemptView> all;
    add_attempts(*db_, job_id, all);
    return all;
}

std::vector<InboxMessage> Spool::inbox(const InboxQuery& query) {
    std::vector<InboxMessage> messages;
    const auto body = [&] {
        messages = read_inbox(*db_, query);
        for (const InboxMessage& message : messages)
            after_reading(*db_, query.after, message);
    };
    if (query.after == InboxQuery::After::peek)
        db_->look(body);
    else
        db_->transact(body);
    return messages;
}

// Found without the right to write, so that nobody waits for a search.
Spool::InboxPage Spool::search_inbox(const InboxQuery& query, std::string_view text) {
    FindBounds bounds{static_cast<std::size_t>(search_most_),
                      static_cast<std::size_t>(search_scan_)};
    if (query.limit > 0)
        bounds.most = std::min(bounds.most, query.limit);
    FoundTexts found;
    InboxPage page;
    const auto read = [&] { page.messages = read_inbox(*db_, query, found.ids); };
    db_->look([&] {
        found = find_texts(*db_, Searched::inbox, text, std::nullopt, bounds,
                           [&](const std::string& state) { return is_wanted(query, state); });
        read();
    });
    page.complete = found.complete;
    if (query.after != InboxQuery::After::peek)
        db_->transact([&] {
            read();
            for (const InboxMessage& message : page.messages)
                after_reading(*db_, query.after, message);
        });
    return page;
}

std::size_t Spool::clean_inbox(UtcMs before, Unread unread, std::size_t bite) {
    std::size_t removed = 0;
    db_->transact([&] {
        std::vector<std::string> ids;
        {
            Use row = db_->use(Sql::inbox_old);
            row.bind_all(before, spared(unread), static_cast<std::int64_t>(bite));
            while (row.step())
                ids.push_back(row.text(0));
        }
        for (const std::string& id : ids) {
            text_changes(*db_, Searched::inbox, id);
            db_->use(Sql::inbox_remove).bind(id).run();
        }
        removed = ids.size();
    });
    return removed;
}

std::size_t Spool::count_cleanable(UtcMs before, Unread unread) {
    Use row = db_->use(Sql::inbox_count_old);
    row.bind_all(before, spared(unread)).step();
    return static_cast<std::size_t>(row.number(0));
}

std::vector<StateCount> Spool::state_counts() {
    std::vector<StateCount> counts;
    db_->look([&] {
        counts.clear();
        std::int64_t folded = 0;
        if (Use row = db_->use(Sql::bulk_waiting); row.step())
            folded = row.number(0);
        Use row = db_->use(Sql::job_counts);
        while (row.step()) {
            counts.push_back({state_of(row.text(0)), row.number(1)});
            if (counts.back().state == State::queued)
                counts.back().jobs += std::exchange(folded, 0);
        }
        if (folded > 0)
            counts.push_back({State::queued, folded});
    });
    return counts;
}

ReportCount Spool::report_count() {
    ReportCount count;
    db_->look([&] {
        count = {};
        Use row = db_->use(Sql::incoming_report_count);
        if (row.step())
            count = {row.number(0), row.number(1)};
    });
    return count;
}

} // namespace smsspool
