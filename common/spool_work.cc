// Rows of the spool as work to be told to a worker.

#include "common/spool_work.h"

#include "common/error.h"

#include "common/ids.h"
#include "common/utf.h"

#include <algorithm>

namespace smsspool {

namespace {

constexpr std::string_view damaged_code = "SPOOL_DAMAGED";
constexpr std::string_view damaged_text =
    "What the spool holds of this message cannot be read; it was not sent any further";

// What split() requires, since the text comes from the disk.
bool can_be_split(const std::string& text, Encoding encoding) {
    return valid_utf8(text) && (encoding == Encoding::ucs2 || encoding_for(text) == Encoding::gsm7);
}

// 0 keeps its meaning: what is left of the validity is at least a millisecond.
std::int64_t network_validity(std::int64_t wanted, std::int64_t left) {
    return wanted <= 0 ? 0 : std::min(wanted, std::max<std::int64_t>(left, 1));
}

} // namespace

State state_of(const std::string& word) {
    const auto state = state_named(word);
    if (!state)
        throw Error(Fault::corrupt, "spool: \"" + word + "\" is no state of a job");
    return *state;
}

Delivery stored_delivery(const std::string& word) {
    const auto delivery = delivery_named(word);
    if (!delivery)
        throw Error(Fault::corrupt, "spool: \"" + word + "\" is no word of delivery");
    return *delivery;
}

UtcMs minute_of(UtcMs when) noexcept {
    constexpr UtcMs minute = 60'000;
    return when - when % minute;
}

JobRow read_job(const Use& row) {
    JobRow job;
    job.work.job_id = row.text(0);
    job.work.message_id = row.text(1);
    job.work.number = row.text(2);
    job.work.number_given = row.text(3);
    job.work.attempts = row.number(4);
    job.work.waits = row.number(5);
    job.work.unknowns = row.number(6);
    job.parts_done = row.number(7);
    job.reference = row.number_or_nothing(8);
    job.work.route = row.text(9);
    job.work.modem = row.text(10);
    job.work.claim = row.text(11);
    return job;
}

bool read_message(Database& db, Work& work, std::int64_t part, UtcMs now) {
    Use row = db.use(Sql::message_get);
    if (!row.bind(work.message_id).step())
        return false;
    work.user = row.text(1);
    work.api = row.text(2);
    work.whole_text = row.text(3);
    const auto encoding = encoding_named(row.text(4));
    work.reply_timeout_ms = row.number_or_nothing(7);
    work.address = row.text(10);
    work.label = row.text(11);
    work.report = row.number(12) != 0;
    work.network_valid_ms = network_validity(row.number(13), row.number(9) - now);
    if (!encoding || !can_be_split(work.whole_text, *encoding))
        return false;
    work.encoding = *encoding;
    const std::vector<std::string> texts = split(work.whole_text, work.encoding);
    if (part < 1 || static_cast<std::size_t>(part) > texts.size())
        return false;
    work.part = static_cast<unsigned>(part);
    work.parts = static_cast<unsigned>(texts.size());
    work.text = texts[static_cast<std::size_t>(part - 1)];
    return true;
}

void open_attempt(Database& db, Work& work, UtcMs now) {
    work.attempt_id = new_id();
    work.started = now;
    db.use(Sql::attempt_add)
        .bind_all(work.attempt_id, work.job_id, static_cast<std::int64_t>(work.part), work.modem,
                  now)
        .run();
    const UtcMs began = minute_of(now);
    if (db.use(Sql::usage_more).bind_all(work.modem, began).run() == 0)
        db.use(Sql::usage_add).bind_all(work.modem, began).run();
}

void uncount(Database& db, const Work& work) {
    db.use(Sql::usage_less).bind_all(work.modem, minute_of(work.started)).run();
}

void note_news(Database& db, std::string_view job_id) {
    db.use(Sql::follow_news).bind(job_id).run();
}

void note_change(Database& db, std::string_view job_id, State from, State to) {
    if (is_dead_letter(from))
        db.use(Sql::dead_remove).bind_all(name_of(from), job_id).run();
    if (is_dead_letter(to)) {
        // A program from before there was this table may have left a row of it behind.
        db.use(Sql::dead_remove).bind_all(name_of(to), job_id).run();
        db.use(Sql::dead_add).bind_all(name_of(to), job_id).run();
    }
    if (to != State::queued)
        note_news(db, job_id);
}

bool give_up_damaged(Database& db, const Work& work, State from, UtcMs now) {
    const auto changed =
        db.use(Sql::job_damaged)
            .bind_all(damaged_code, damaged_text, now, work.job_id, name_of(from), work.claim)
            .run();
    if (changed != 1)
        return false;
    note_change(db, work.job_id, from, State::failed);
    db.use(Sql::attempt_give_up).bind_all(now, damaged_text, work.job_id).run();
    return true;
}

} // namespace smsspool
