// The door.

#include "common/submit.h"

#include "common/callback.h"
#include "common/error.h"
#include "common/ids.h"
#include "common/routes.h"
#include "common/side_by_side.h"
#include "common/utf.h"
#include "common/wake.h"

#include <algorithm>
#include <thread>

namespace smsspool {

namespace {

using What = FieldFault::What;

constexpr std::size_t key_limit = 255;
constexpr std::size_t label_limit = 64;
constexpr Ms least_validity = std::chrono::minutes(1);
// Wrong recipients that a refusal names: it does not grow with the mistakes.
constexpr std::size_t named_most = 20;

std::size_t as_size(std::int64_t setting) noexcept {
    return static_cast<std::size_t>(setting);
}

std::string limit_text(std::string_view what, std::size_t most, std::size_t found,
                       std::string_view unit) {
    return std::string(what) + " must have at most " + std::to_string(most) + " " +
           std::string(unit) + ", not " + std::to_string(found);
}

enum class Blanks { allowed, forbidden };

bool printable_ascii(std::string_view text, Blanks blanks) noexcept {
    const char least = blanks == Blanks::allowed ? 0x20 : 0x21;
    return std::all_of(text.begin(), text.end(),
                       [least](char c) { return c >= least && c <= 0x7E; });
}

std::string in_seconds(std::int64_t ms) {
    return std::to_string(ms / 1000) + " seconds";
}

class Checker {
public:
    Checker(const Draft& draft, const Config& config, const Numbers& numbers, UtcMs now)
        : draft_(draft), config_(config), numbers_(numbers), now_(now) {}

    std::vector<FieldFault> run(NewMessage& message) {
        check_timeout();
        check_number(message);
        check_text(message);
        check_validity();
        check_not_before();
        check_label();
        check_callback();
        check_key();
        return std::move(faults_);
    }

private:
    void fault(std::string_view field, What what, const std::string& text) {
        faults_.push_back({std::string(field), what, text});
    }

    void check_timeout() {
        if (!draft_.reply_timeout)
            return;
        const std::int64_t most = config_.reply_timeout_most / std::chrono::seconds(1);
        if (*draft_.reply_timeout < std::chrono::seconds(1) ||
            *draft_.reply_timeout > config_.reply_timeout_most)
            fault("timeout", What::reply_timeout,
                  "Timeout must be between 1 and " + std::to_string(most) + " seconds");
    }

    void check_number(NewMessage& message) {
        if (draft_.several.count > 0) {
            check_several(message);
            return;
        }
        const NumberAnswer answer = numbers_.normalise(draft_.number);
        if (!answer.good())
            fault("number", What::number_invalid, answer.reason);
        message.recipients = {{draft_.number, answer.number}};
    }

    void check_several(NewMessage& message) {
        const std::size_t count = draft_.several.count;
        if (count > as_size(config_.bulk_most)) {
            fault("recipients", What::too_many,
                  limit_text("A message", as_size(config_.bulk_most), count, "recipients"));
            return;
        }
        message.many.reserve(count);
        side_by_side(
            count, threads(),
            [this](std::size_t i) { return numbers_.normalise(draft_.several.at(i)); },
            [&](std::size_t i, const NumberAnswer& answer) { take(i, answer, message); });
        message.duplicates = message.many.drop_duplicates();
        check_left_out(message);
    }

    [[nodiscard]] std::size_t threads() const {
        const std::size_t processors = std::max(std::thread::hardware_concurrency(), 1U);
        return std::min(as_size(config_.bulk_threads), processors);
    }

    // One of several. Of those that are wrong no more are kept than are told of.
    void take(std::size_t index, const NumberAnswer& answer, NewMessage& message) const {
        const std::string given = draft_.several.at(index);
        if (answer.good())
            message.many.add(
                given, answer.number,
                route_for(config_, answer.number, draft_.user, draft_.label.value_or("")));
        else if (draft_.wrong_number == Draft::WrongNumber::leave_out ||
                 message.left_out.size() < named_most)
            message.left_out.push_back({index + 1, given, answer.reason});
    }

    void check_left_out(const NewMessage& message) {
        const bool all_wrong = message.recipient_count() == 0;
        if (message.left_out.empty() ||
            (draft_.wrong_number == Draft::WrongNumber::leave_out && !all_wrong))
            return;
        for (const LeftOut& one : message.left_out) {
            fault("recipients", What::number_invalid,
                  "recipient " + std::to_string(one.position) + " (" +
                      std::string(first_code_points(one.given, 40)) + "): " + one.reason);
            if (faults_.size() >= named_most)
                return;
        }
    }

    void check_text(NewMessage& message) {
        // On the way to the modem a text ends at this character: what follows would be lost.
        if (draft_.text.find('\0') != std::string::npos) {
            fault("message", What::text_invalid, "The message must not hold the character U+0000");
            return;
        }
        const std::size_t length = code_points(draft_.text);
        message.text = draft_.text;
        if (length > draft_.truncate_to && !shorten(message, length))
            return;
        if (code_points(message.text) > as_size(config_.text_limit)) {
            fault("message", What::text_too_long,
                  limit_text("The message", as_size(config_.text_limit), length, "characters"));
            return;
        }
        message.encoding = encoding_for(message.text);
        message.parts = count_parts(message.text, message.encoding);
        if (message.parts > as_size(config_.max_parts))
            fault("message", What::text_too_long,
                  limit_text("The message", as_size(config_.max_parts), message.parts, "parts"));
    }

    // False: it is refused, and the fault is noted.
    bool shorten(NewMessage& message, std::size_t length) {
        switch (draft_.long_messages) {
        case LongMessages::truncate:
            message.text = first_code_points(draft_.text, draft_.truncate_to);
            message.original_length = length;
            return true;
        case LongMessages::split:
            return true;
        case LongMessages::reject:
            break;
        }
        fault("message", What::text_too_long,
              limit_text("The message", draft_.truncate_to, length, "characters"));
        return false;
    }

    void check_validity() {
        if (!draft_.valid_for ||
            (*draft_.valid_for >= least_validity && *draft_.valid_for <= config_.valid_for_most))
            return;
        fault("valid_for", What::validity_invalid,
              "Field 'valid_for' must be between " +
                  std::to_string(least_validity / std::chrono::seconds(1)) + " and " +
                  in_seconds(config_.valid_for_most.count()) + ", not " +
                  in_seconds(draft_.valid_for->count()));
    }

    void check_not_before() {
        if (!draft_.not_before || *draft_.not_before - now_ <= config_.not_before_most.count())
            return;
        fault("not_before", What::not_before_invalid,
              "Field 'not_before' must be at most " + in_seconds(config_.not_before_most.count()) +
                  " ahead, not " + utc_seconds_text(*draft_.not_before));
    }

    void check_label() {
        if (!draft_.label || (!draft_.label->empty() && draft_.label->size() <= label_limit &&
                              printable_ascii(*draft_.label, Blanks::forbidden)))
            return;
        fault("label", What::label_invalid,
              "Field 'label' must have 1 to " + std::to_string(label_limit) +
                  " printable ASCII characters without blanks, not \"" +
                  std::string(first_code_points(*draft_.label, label_limit)) + "\"");
    }

    void check_callback() {
        if (!draft_.callback)
            return;
        if (const auto wrong = callback_fault(*draft_.callback, config_))
            fault("callback", What::callback_invalid, *wrong);
    }

    void check_key() {
        if (!draft_.idempotency)
            return;
        const std::string& key = draft_.idempotency->key;
        if (key.empty() || key.size() > key_limit || !printable_ascii(key, Blanks::allowed))
            fault("Idempotency-Key", What::key_invalid,
                  "Idempotency-Key must have 1 to " + std::to_string(key_limit) +
                      " printable ASCII characters");
    }

    const Draft& draft_;
    const Config& config_;
    const Numbers& numbers_;
    const UtcMs now_;
    std::vector<FieldFault> faults_;
};

// What the draft asks for beside its text, or what the settings say instead.
void put_wishes(const Draft& draft, const Config& config, UtcMs now, NewMessage& message) {
    if (draft.reply_timeout)
        message.reply_timeout_ms = draft.reply_timeout->count();
    message.priority = draft.priority;
    message.label = draft.label.value_or("");
    for (Recipient& recipient : message.recipients)
        recipient.route = route_for(config, recipient.number, draft.user, message.label);
    message.report = draft.report.value_or(config.delivery_reports);
    message.following = draft.following;
    if (draft.callback) {
        message.callback = *draft.callback;
        message.following = Following{std::string(webhook_follower)};
    }
    message.network_valid_ms = draft.valid_for.value_or(config.network_validity).count();
    if (draft.not_before.value_or(now) > now)
        message.not_before = *draft.not_before;
    message.valid_until =
        std::max(now, message.not_before) + draft.valid_for.value_or(config.valid_for).count();
}

Submitted told(const NewMessage& message, const StoreAnswer& stored) {
    Submitted answer;
    answer.how = stored.how;
    answer.message_id = stored.message_id;
    answer.text = message.text;
    answer.encoding = message.encoding;
    answer.parts = message.parts;
    answer.original_length = message.original_length;
    answer.created = message.created;
    answer.recipients = message.recipient_count();
    answer.duplicates = message.duplicates;
    answer.left_out = message.left_out;
    return answer;
}

} // namespace

std::variant<NewMessage, std::vector<FieldFault>> check(const Draft& draft, const Config& config,
                                                        const Numbers& numbers, UtcMs now) {
    NewMessage message;
    auto faults = Checker(draft, config, numbers, now).run(message);
    if (!faults.empty())
        return faults;
    message.id = new_id();
    message.user = draft.user;
    message.api = draft.api;
    message.address = draft.address;
    message.created = now;
    message.idempotency = draft.idempotency;
    message.alert = draft.alert;
    message.spenders = draft.spenders;
    put_wishes(draft, config, now, message);
    return message;
}

SubmitAnswer submit(const Draft& draft, const Config& config, const Numbers& numbers,
                    const SpoolSource& spool, UtcMs now) {
    auto checked = check(draft, config, numbers, now);
    if (auto* faults = std::get_if<std::vector<FieldFault>>(&checked))
        return std::move(*faults);
    NewMessage& message = std::get<NewMessage>(checked);
    StoreAnswer stored = spool().submit(message);
    while (stored.how == Stored::taken) {
        message.id = new_id();
        stored = spool().submit(message);
    }
    if (stored.refusal)
        return *stored.refusal;
    if (stored.how == Stored::done)
        poke(config.wake_socket);
    return told(message, stored);
}

} // namespace smsspool
