// The daemon's lines in the log.

#include "spoold/records.h"

#include "common/log.h"
#include "common/utf.h"

#include <sstream>

namespace smsspool {

namespace {

std::string now_text() {
    return local_text(utc_now(), ' ');
}

// 'the first characters...' or nothing where the setting log_text is 0.
std::string quoted(const std::string& text, const Config& config) {
    if (config.log_text == 0)
        return "''";
    const auto shown = first_code_points(text, static_cast<std::size_t>(config.log_text));
    return "'" + std::string(shown) + (shown.size() < text.size() ? "..." : "") + "'";
}

struct Result {
    LogLevel level;
    std::string word;
};

struct ResultOf {
    Result operator()(const WasAccepted&) const { return {LogLevel::info, "SUCCESS"}; }
    Result operator()(const WasRefused& refused) const {
        return {LogLevel::warning, "ERROR (" + refused.text + ")"};
    }
    Result operator()(const IsUnknown& unknown) const {
        return {LogLevel::warning, "TIMEOUT (it may have gone out: " + unknown.text + ")"};
    }
    Result operator()(const WasWithdrawn& withdrawn) const {
        return {LogLevel::warning, "DEVICE_ERROR (not sent: " + withdrawn.text + ")"};
    }
};

} // namespace

void record_attempt(const Work& work, const Outcome& outcome, const Config& config) {
    const Result result = std::visit(ResultOf{}, outcome);
    if (!is_logged(result.level))
        return;
    std::ostringstream line;
    line << now_text() << " | " << work.message_id << " | " << work.user << " ("
         << (work.address.empty() ? "-" : work.address) << ") → " << work.number << " | "
         << result.word << (work.reply_timeout_ms ? " (reply expected)" : "");
    if (work.parts > 1 && !work.whole)
        line << " (part " << work.part << " of " << work.parts << ")";
    line << " | " << quoted(work.whole ? work.whole_text : work.text, config);
    log(result.level, "SMS", line.str());
}

void record_incoming(const TakenIn& taken, const Config& config) {
    if (!taken.message)
        return;
    const InboxMessage& message = *taken.message;
    if (taken.message_id.empty()) {
        log_info("SMS", now_text() + " | received by " + message.modem + " from " + message.number +
                            " | " + quoted(message.text, config));
        return;
    }
    log_info("REPLY", now_text() + " | " + taken.message_id + " | " + message.number + " → " +
                          taken.user + " | RECEIVED | " + quoted(message.text, config) +
                          " (elapsed: " + std::to_string(taken.elapsed_s) + "s)");
}

void record_report(const TakenIn& taken, int status) {
    if (!taken.delivery)
        return;
    log_info("SMS", now_text() + " | " + taken.message_id + " | " + taken.user + " → " +
                        taken.number + " | REPORT (" + std::string(name_of(*taken.delivery)) +
                        ", status " + std::to_string(status) + ")");
}

void record_reply_late(const SweptJob& job) {
    log_info("REPLY", now_text() + " | " + job.message_id + " | " + job.user + " → " + job.number +
                          " | TIMEOUT | waited " + std::to_string(job.reply_timeout_ms / 1000) +
                          "s");
}

void record_expired(const SweptJob& job) {
    log_warning("SMS", now_text() + " | " + job.message_id + " | " + job.user + " → " + job.number +
                           " | EXPIRED (" + job.error_code + ")");
}

void record_purged(const SweptJob& job, UtcMs now) {
    log_info("STORE", now_text() + " | " + job.message_id +
                          " | EXPIRED | age: " + std::to_string((now - job.created) / 3600000) +
                          "h, status: " + std::string(name_of(job.state)));
}

void record_damaged(Spool& spool) {
    for (const std::string& id : spool.take_damaged())
        log_error("SPOOL",
                  "message " + id +
                      " cannot be read in the spool and is not sent; see smsctl spool check");
}

} // namespace smsspool
