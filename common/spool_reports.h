// What may still come back for a part that went out: its delivery report, the recipient's reply.
//
// Of the spool's own files only. Whatever touches the database is part of the caller's transaction.
//
// Which attempt a report tells of is found by modem, reference (TP-MR) and recipient, and by when
// the report came in. The service centre's own number and its time stamps say nothing: reports come
// from other centres and with the hours of other zones.

#ifndef SMSSPOOL_COMMON_SPOOL_REPORTS_H
#define SMSSPOOL_COMMON_SPOOL_REPORTS_H

#include "common/spool.h"
#include "common/sqlite.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// In this order: what comes later may replace what comes before, never the other way round.
enum class ReportMeaning {
    trying,    // the service centre goes on; another report follows
    failed,    // it gave up
    delivered, // the phone has it, or the service centre did what it could and says so
};

// Of a TP-Status (TS 23.040 9.2.3.15): there a reserved value means "service rejected". What is no
// TP-Status (less than 0, more than 255) decides nothing: trying.
[[nodiscard]] ReportMeaning meaning_of(std::int64_t status) noexcept;

// What is known of a part that the network took with a reference.
struct PartReport {
    std::int64_t part = 1;
    std::optional<std::int64_t> status; // nothing: no report came
    std::optional<UtcMs> settled;
};

struct Delivered {
    Delivery delivery = Delivery::none;
    std::optional<UtcMs> when; // of the last part, where all were delivered
};

// The answer for a message of `parts`. A part that went out more than once is delivered if any of
// these was; a part of which nothing is known is pending. Nothing went out: none.
[[nodiscard]] Delivered delivery_of(std::int64_t parts, const std::vector<PartReport>& reports);

// The recipient of a report as jobs have it; empty: this is no number.
[[nodiscard]] std::string reported_number(const Numbers& numbers, std::string_view given);

// A report that is stored.
struct StoredReport {
    std::string incoming_id, modem;
    std::string number; // as reported_number() gave it
    std::int64_t reference = -1, status = -1;
    std::optional<UtcMs> settled;
    UtcMs stored = 0;
};

// Finds the attempt of a report that came in, keeps what the report says with it, and says in
// `taken` whose it was. Where there is none, the report stays as it is; likewise while its modem is
// sending to this very number: then it may tell of the attempt that is on its way, and
// expect_answers() of that attempt looks at it again.
//
// Of several attempts it is the newest whose end is not known yet: references are counted to 255
// and begin again. A report without a usable number needs a reference that fits one attempt only.
// A second report on an attempt whose end is known changes that end only from failed to delivered:
// what a phone received it does not lose.
void take_report(Database& db, const StoredReport& report, std::int64_t window_ms, TakenIn& taken);

// After the attempt of `work` was closed with `end`: its report and its reply are awaited, where
// they were asked for, and the reports that came in while it was on its way find their attempts. A
// reply is awaited too where the outcome is unknown and nothing more was to be sent.
void expect_answers(Database& db, const Work& work, const AttemptEnd& end, std::int64_t window_ms);

} // namespace smsspool

#endif
