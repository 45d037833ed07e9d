// The spool: delivery reports find their attempts, and are folded into one answer for a job.

#include "common/spool_reports.h"

#include "common/numbers.h"
#include "common/spool_work.h"

#include <algorithm>

namespace smsspool {

namespace {

// How much the clock may have been set back since the message went out.
constexpr std::int64_t clock_slack_ms = 60'000;

constexpr std::int64_t most_status = 0xFF;
constexpr std::int64_t most_parts = 255; // the header has an octet for them

constexpr std::string_view accepted = "accepted";
constexpr std::string_view unknown = "unknown";

bool is_final(std::int64_t status) noexcept {
    return meaning_of(status) != ReportMeaning::trying;
}

struct Whose {
    std::string message_id, user, number;
    std::int64_t parts = 1;
};

std::optional<Whose> whose(Database& db, std::string_view job_id) {
    Use row = db.use(Sql::job_whose);
    if (!row.bind(job_id).step())
        return std::nullopt;
    return Whose{row.text(0), row.text(1), row.text(2), row.number(3)};
}

// What all reports on the job say now; kept with it.
Delivery fold(Database& db, const std::string& job_id, std::int64_t parts) {
    std::vector<PartReport> reports;
    {
        Use row = db.use(Sql::attempt_reports);
        row.bind(job_id);
        while (row.step())
            reports.push_back({row.number(0), row.number_or_nothing(1), row.number_or_nothing(2)});
    }
    const Delivered now = delivery_of(parts, reports);
    const auto changed =
        db.use(Sql::job_delivery)
            .bind_all(name_of(now.delivery), now.when, job_id, name_of(now.delivery), now.when)
            .run();
    if (changed > 0) // networks repeat reports
        note_news(db, job_id);
    return now.delivery;
}

// What became of a part, over all its attempts.
struct PartFate {
    bool pending = false, failed = false;
    std::optional<UtcMs> delivered;
};

void add(PartFate& fate, const PartReport& report) {
    const UtcMs when = report.settled.value_or(0);
    switch (meaning_of(report.status.value_or(-1))) {
    case ReportMeaning::trying:
        fate.pending = true;
        break;
    case ReportMeaning::failed:
        fate.failed = true;
        break;
    case ReportMeaning::delivered:
        fate.delivered = std::min(fate.delivered.value_or(when), when);
        break;
    }
}

// --- which attempt ------------------------------------------------------------------------------

// An earlier report with the same modem, reference and number that found its attempt.
struct Earlier {
    std::string attempt_id;
    std::optional<UtcMs> settled;
    std::int64_t status = -1;
};

std::vector<Earlier> earlier_reports(Database& db, const StoredReport& report,
                                     std::int64_t window_ms) {
    std::vector<Earlier> earlier;
    Use row = db.use(Sql::incoming_report_earlier);
    row.bind_all(report.modem, report.reference, report.stored - window_ms, report.stored,
                 report.number);
    while (row.step())
        earlier.push_back({row.text(0), row.number_or_nothing(2), row.number(1)});
    return earlier;
}

// The network sends a report once more where it got no receipt.
std::optional<std::string> copied(const std::vector<Earlier>& earlier, const StoredReport& report) {
    for (const Earlier& each : earlier) {
        if (report.settled && each.settled == report.settled && each.status == report.status)
            return each.attempt_id;
    }
    return std::nullopt;
}

std::optional<std::string> awaited(Database& db, const StoredReport& report,
                                   std::int64_t window_ms) {
    std::vector<std::string> fitting;
    Use row = db.use(Sql::report_due_match);
    row.bind_all(report.modem, report.reference, report.stored - window_ms,
                 report.stored + clock_slack_ms);
    while (row.step()) {
        if (report.number.empty() || row.text(1) == report.number)
            fitting.push_back(row.text(0));
    }
    const bool sure = report.number.empty() ? fitting.size() == 1 : !fitting.empty();
    return sure ? std::optional(fitting.front()) : std::nullopt; // newest first
}

std::optional<std::string> attempt_of(Database& db, const StoredReport& report,
                                      std::int64_t window_ms) {
    const std::vector<Earlier> earlier = earlier_reports(db, report, window_ms);
    if (auto copy = copied(earlier, report))
        return copy;
    if (auto due = awaited(db, report, window_ms))
        return due;
    if (earlier.empty())
        return std::nullopt;
    return earlier.front().attempt_id;
}

// --- what it says -------------------------------------------------------------------------------

struct Reported {
    std::string job_id;
    UtcMs started = 0;
    std::optional<std::int64_t> status;
};

std::optional<Reported> reported(Database& db, std::string_view attempt_id) {
    Use row = db.use(Sql::attempt_reported);
    if (!row.bind(attempt_id).step())
        return std::nullopt;
    return Reported{row.text(0), row.number(1), row.number_or_nothing(2)};
}

// Whether a report of `status` changes what `known` said.
bool counts(std::int64_t status, std::optional<std::int64_t> known) noexcept {
    if (status < 0 || status > most_status)
        return false;
    return !known || !is_final(*known) || meaning_of(status) > meaning_of(*known);
}

// A phone has nothing before it was sent, nor after the report of it came: then the service
// centre's clock is wrong, and ours is taken.
UtcMs settled_of(const StoredReport& report, UtcMs started) noexcept {
    const UtcMs settled = report.settled.value_or(report.stored);
    const bool possible =
        settled >= started - clock_slack_ms && settled <= report.stored + clock_slack_ms;
    return possible ? settled : report.stored;
}

// False: the report fits no attempt that is still kept.
bool match(Database& db, const StoredReport& report, std::int64_t window_ms, TakenIn& taken) {
    const auto attempt_id = attempt_of(db, report, window_ms);
    const auto before = attempt_id ? reported(db, *attempt_id) : std::nullopt;
    const auto addressee = before ? whose(db, before->job_id) : std::nullopt;
    if (!addressee)
        return false;
    db.use(Sql::incoming_join).bind_all(*attempt_id, report.incoming_id).run();
    if (counts(report.status, before->status))
        db.use(Sql::attempt_report)
            .bind_all(report.status, settled_of(report, before->started), *attempt_id)
            .run();
    if (is_final(report.status))
        db.use(Sql::report_due_remove).bind(*attempt_id).run();
    taken.delivery = fold(db, before->job_id, addressee->parts);
    taken.message_id = addressee->message_id;
    taken.user = addressee->user;
    taken.number = addressee->number;
    return true;
}

bool is_sending_to(Database& db, const StoredReport& report) {
    Use row = db.use(Sql::job_sending_of);
    row.bind(report.modem);
    while (row.step()) {
        if (report.number.empty() || row.text(0) == report.number)
            return true;
    }
    return false;
}

// --- after an attempt ---------------------------------------------------------------------------

void await_report(Database& db, const Work& work, std::int64_t reference) {
    db.use(Sql::report_due_add)
        .bind_all(work.attempt_id, work.job_id, work.modem, reference, work.number, work.started)
        .run();
    fold(db, work.job_id, work.parts);
}

std::vector<StoredReport> waiting_reports(Database& db, const Work& work, std::string_view number) {
    std::vector<StoredReport> reports;
    Use row = db.use(Sql::incoming_report_waiting);
    row.bind_all(work.modem, number, work.started - clock_slack_ms);
    while (row.step())
        reports.push_back({row.text(0), work.modem, std::string(number), row.number(1),
                           row.number(2), row.number_or_nothing(3), row.number(4)});
    return reports;
}

// A job that was sent twice waits from the first time on, and until the reply to the second is due.
void await_reply(Database& db, const Work& work) {
    const UtcMs until = work.started + *work.reply_timeout_ms;
    if (db.use(Sql::awaiting_extend).bind_all(work.modem, until, work.job_id).run() == 0)
        db.use(Sql::awaiting_add)
            .bind_all(work.job_id, work.number, work.modem, work.started, until)
            .run();
}

} // namespace

ReportMeaning meaning_of(std::int64_t status) noexcept {
    struct Range {
        std::int64_t first, last;
        ReportMeaning meaning;
    };
    constexpr Range ranges[] = {
        {0x00, 0x02, ReportMeaning::delivered}, // received; forwarded, no more is known; replaced
        {0x03, 0x0F, ReportMeaning::failed},    // reserved
        {0x10, 0x1F, ReportMeaning::delivered}, // completed, in the service centre's own words
        {0x20, 0x3F, ReportMeaning::trying},    // temporary; reserved ones have another after them
        {0x40, 0x5F, ReportMeaning::failed},    // permanent
        {0x60, 0x7F, ReportMeaning::failed},    // temporary, and given up
        {0x80, 0xFF, ReportMeaning::failed},    // reserved
    };
    for (const Range& range : ranges) {
        if (status >= range.first && status <= range.last)
            return range.meaning;
    }
    return ReportMeaning::trying;
}

Delivered delivery_of(std::int64_t parts, const std::vector<PartReport>& reports) {
    if (reports.empty())
        return {};
    std::vector<PartFate> fates(
        static_cast<std::size_t>(std::clamp<std::int64_t>(parts, 1, most_parts)));
    for (const PartReport& report : reports) {
        if (report.part >= 1 && report.part <= static_cast<std::int64_t>(fates.size()))
            add(fates[static_cast<std::size_t>(report.part - 1)], report);
    }
    std::size_t arrived = 0;
    UtcMs last = 0;
    for (const PartFate& fate : fates) {
        if (!fate.delivered && (fate.pending || !fate.failed))
            return {Delivery::pending, {}};
        arrived += fate.delivered ? 1U : 0U;
        last = std::max(last, fate.delivered.value_or(0));
    }
    if (arrived == fates.size())
        return {Delivery::delivered, last};
    return {arrived > 0 ? Delivery::partly : Delivery::undelivered, {}};
}

std::string reported_number(const Numbers& numbers, std::string_view given) {
    const NumberAnswer answer = numbers.normalise(given);
    return answer.good() ? answer.number : std::string();
}

void take_report(Database& db, const StoredReport& report, std::int64_t window_ms, TakenIn& taken) {
    if (!is_sending_to(db, report))
        (void)match(db, report, window_ms, taken);
}

void expect_answers(Database& db, const Work& work, const AttemptEnd& end, std::int64_t window_ms) {
    if (work.report && end.outcome == accepted && end.reference.value_or(-1) >= 0)
        await_report(db, work, *end.reference);
    if (work.reply_timeout_ms && work.ends_job() &&
        (end.outcome == accepted || end.outcome == unknown))
        await_reply(db, work);
    for (const std::string_view number : {std::string_view(work.number), std::string_view()}) {
        for (const StoredReport& report : waiting_reports(db, work, number)) {
            TakenIn taken;
            (void)match(db, report, window_ms, taken);
        }
    }
}

} // namespace smsspool
