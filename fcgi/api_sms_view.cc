// The addresses below /api/sms: what became of messages.

#include "common/ids.h"
#include "common/search_text.h"
#include "common/utf.h"
#include "fcgi/api_sms.h"

#include <algorithm>
#include <charconv>

namespace smsspool {

namespace {

Reply message_not_found(const Config& config) {
    return wrapped_refusal(config, {HttpStatus::not_found, "NOT_FOUND", "Message not found", {}});
}

// A parameter of the query as the ancestor reads it: what is no number is as if it was not there.
std::int64_t number_in(const Query& query, std::string_view name, std::int64_t otherwise) {
    const std::string text(trimmed(query.get(name).value_or("")));
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good = !text.empty() && fault == std::errc() && end == text.data() + text.size();
    return good ? number : otherwise;
}

struct Page {
    std::int64_t asked = 1; // told again as it was asked for
    std::int64_t number = 1, size = 20;
};

Page page_in(const Query& query) {
    constexpr std::int64_t size_most = 100, size_usual = 20, number_most = 1'000'000'000;
    Page page;
    page.asked = number_in(query, "page", 1);
    page.number = std::clamp<std::int64_t>(page.asked, 1, number_most);
    page.size = number_in(query, "per_page", size_usual);
    page.size = page.size <= 0 ? size_usual : std::min(page.size, size_most);
    return page;
}

// A list names no more recipients of one message: a page has a hundred messages, each of which may
// have a hundred thousand.
constexpr std::size_t named_most = 1000;

void put_summary(JsonWriter& writer, Spool& spool, const MessageView& message) {
    const Tally tally = tally_of(spool.job_counts(message.id));
    JsonObject object(writer);
    object.text("content", message.text);
    object.text("created_at", naive_text(message.created));
    object.number("id", sms_number(message.id));
    object.number("recipient_count", tally.all());
    JsonWriter& list = object.value("recipients");
    list.StartArray();
    std::size_t named = 0;
    spool.each_job(message.id, [&](const JobView& job) {
        put_text(list, job.number_given);
        return ++named < named_most ? Spool::Each::go_on : Spool::Each::stop;
    });
    list.EndArray();
    object.text("status", tally.word());
}

// The message of this path that the caller may see; nothing: there is none. By its integer, or by
// the id of the other API.
std::optional<MessageView> message_at(const Request& request, const Services& services) {
    const std::string_view word = segment(request.path, 2);
    Spool& spool = services.spool.get();
    std::optional<std::string> id;
    std::int64_t number = 0;
    const auto [end, fault] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (is_id(word))
        id = std::string(word);
    else if (fault == std::errc() && end == word.data() + word.size())
        id = spool.id_numbered(number);
    auto message = id ? spool.message(*id) : std::nullopt;
    if (message && (message->user == request.user || services.caller.may(Scope::admin)))
        return message;
    return std::nullopt;
}

bool is_provider(const Config& config, std::string_view lane) {
    return std::any_of(config.modems.begin(), config.modems.end(), [&](const ModemConfig& modem) {
        return modem.provider && modem.name == sender_of(lane);
    });
}

// What the provider said to the last attempt; nothing: none was asked, or it said nothing.
std::optional<std::string> answer_of_provider(const Services& services, const std::string& id) {
    std::optional<std::string> answer;
    for (const AttemptView& attempt : services.spool.get().attempts(id)) {
        if (is_provider(services.config, attempt.modem) && !attempt.reason.empty())
            answer = to_valid_utf8(attempt.reason);
    }
    return answer;
}

} // namespace

Reply sms_list(const Request& request, const Services& services) {
    const Query query(request.query);
    const Page page = page_in(query);
    const std::string search = query.get("search").value_or("");
    if (const auto fault = wrong_search(search, services.config))
        return wrapped_fault(services.config, *fault, "INVALID_SEARCH");
    Spool& spool = services.spool.get();
    const std::int64_t skip = (page.number - 1) * page.size;
    const auto [total, messages, complete] =
        search.empty() ? spool.messages_of(request.user, skip, page.size, request.when)
                       : spool.search_messages(request.user, search, skip, page.size);
    return wrapped(HttpStatus::ok, {}, [&](JsonObject& data) {
        if (!complete)
            data.flag("complete", false);
        data.number("current_page", page.asked);
        JsonWriter& array = data.value("messages");
        array.StartArray();
        for (const MessageView& message : messages)
            put_summary(array, spool, message);
        array.EndArray();
        data.number("pages", (total + page.size - 1) / page.size);
        data.number("total", total);
    });
}

Reply sms_show(const Request& request, const Services& services) {
    const auto message = message_at(request, services);
    if (!message)
        return message_not_found(services.config);
    Spool& spool = services.spool.get();
    const JobCounts counts = spool.job_counts(message->id);
    const Tally tally = tally_of(counts);
    std::optional<std::string> sent_at, answer;
    if (tally.word() == "sent" && counts.attempted)
        sent_at = naive_text(*counts.attempted);
    if (tally.all() == 1)
        answer = answer_of_provider(services, message->id);
    return wrapped(HttpStatus::ok, {}, [&](JsonObject& data) {
        data.text("content", message->text);
        data.text("created_at", naive_text(message->created));
        data.number("failed_count", tally.failed);
        data.text_or_null("hkt_response", answer);
        data.number("id", sms_number(message->id));
        data.text("message_id", message->id);
        data.number("recipient_count", tally.all());
        data.text_or_null("sent_at", sent_at);
        data.text("status", tally.word());
        data.number("success_count", tally.sent);
    });
}

// The id of a recipient is its place in the message.
Reply sms_recipients(const Request& request, const Services& services) {
    const auto message = message_at(request, services);
    if (!message)
        return message_not_found(services.config);
    return wrapped(HttpStatus::ok, {}, [&](JsonObject& data) {
        JsonWriter& array = data.value("recipients");
        array.StartArray();
        std::int64_t place = 0;
        services.spool.get().each_job(message->id, [&](const JobView& job) {
            JsonObject object(array);
            const std::string failure = failure_of(job);
            object.text_or_null("error_message",
                                failure.empty() ? std::nullopt : std::optional(failure));
            object.number("id", ++place);
            object.text("phone", job.number_given);
            object.text("status", recipient_word(job.state));
            return Spool::Each::go_on;
        });
        array.EndArray();
    });
}

} // namespace smsspool
