// The door.

#include "common/submit.h"

#include "common/error.h"
#include "common/ids.h"
#include "common/utf.h"
#include "common/wake.h"

namespace smsspool {

namespace {

using What = FieldFault::What;

constexpr std::size_t key_limit = 255;

std::size_t as_size(std::int64_t setting) noexcept {
    return static_cast<std::size_t>(setting);
}

std::string limit_text(std::string_view what, std::size_t most, std::size_t found,
                       std::string_view unit) {
    return std::string(what) + " must have at most " + std::to_string(most) + " " +
           std::string(unit) + ", not " + std::to_string(found);
}

bool printable_ascii(std::string_view text) noexcept {
    for (const char c : text) {
        if (c < 0x20 || c > 0x7E)
            return false;
    }
    return true;
}

class Checker {
public:
    Checker(const Draft& draft, const Config& config, const Numbers& numbers)
        : draft_(draft), config_(config), numbers_(numbers) {}

    std::vector<FieldFault> run(NewMessage& message) {
        check_timeout();
        check_number(message);
        check_text(message);
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
        const NumberAnswer answer = numbers_.normalise(draft_.number);
        if (!answer.good())
            fault("number", What::number_invalid, answer.reason);
        message.recipients = {{draft_.number, answer.number}};
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

    void check_key() {
        if (!draft_.idempotency)
            return;
        const std::string& key = draft_.idempotency->key;
        if (key.empty() || key.size() > key_limit || !printable_ascii(key))
            fault("Idempotency-Key", What::key_invalid,
                  "Idempotency-Key must have 1 to " + std::to_string(key_limit) +
                      " printable ASCII characters");
    }

    const Draft& draft_;
    const Config& config_;
    const Numbers& numbers_;
    std::vector<FieldFault> faults_;
};

} // namespace

std::variant<NewMessage, std::vector<FieldFault>> check(const Draft& draft, const Config& config,
                                                        const Numbers& numbers, UtcMs now) {
    NewMessage message;
    auto faults = Checker(draft, config, numbers).run(message);
    if (!faults.empty())
        return faults;
    message.id = new_id();
    message.user = draft.user;
    message.api = draft.api;
    message.address = draft.address;
    if (draft.reply_timeout)
        message.reply_timeout_ms = draft.reply_timeout->count();
    message.priority = draft.priority;
    message.created = now;
    message.valid_until = now + config.valid_for.count();
    message.idempotency = draft.idempotency;
    message.alert = draft.alert;
    return message;
}

SubmitAnswer submit(const Draft& draft, const Config& config, const Numbers& numbers, Spool& spool,
                    UtcMs now) {
    auto checked = check(draft, config, numbers, now);
    if (auto* faults = std::get_if<std::vector<FieldFault>>(&checked))
        return std::move(*faults);
    const NewMessage& message = std::get<NewMessage>(checked);
    const StoreAnswer stored = spool.submit(message);
    if (stored.how == Stored::done)
        poke(config.wake_socket);
    Submitted answer;
    answer.how = stored.how;
    answer.message_id = stored.message_id;
    answer.text = message.text;
    answer.encoding = message.encoding;
    answer.parts = message.parts;
    answer.original_length = message.original_length;
    answer.created = message.created;
    return answer;
}

} // namespace smsspool
