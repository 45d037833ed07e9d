// smsspool-inbox: GET /inbox hands out what came in (contract 1.7).

#include "common/json_object.h"
#include "common/search_text.h"
#include "fcgi/envelope.h"
#include "fcgi/program.h"

#include <charconv>
#include <limits>

namespace smsspool {

namespace {

Reply refuse(const Request&, const Services&, const Refusal& refusal) {
    return refusal_reply(refusal, short_json(refusal));
}

bool asks_for(const Query& query, std::string_view name, std::string_view alias) {
    return query.says(name) || query.says(alias);
}

// The limit that was asked for, 0 where none was or where it is no number; nothing: it is negative.
std::optional<std::size_t> limit_of(const Query& query) {
    const std::string given = query.get("limit").value_or("");
    std::string_view digits = trimmed(given);
    const bool negative = digits.starts_with('-');
    if (negative || digits.starts_with('+'))
        digits.remove_prefix(1);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
        return 0;
    std::uint32_t limit = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), limit).ec != std::errc())
        limit = std::numeric_limits<std::uint32_t>::max(); // more than there can ever be
    if (negative && limit > 0)
        return std::nullopt;
    return limit;
}

// HEAD looks and changes nothing, whatever the query says.
InboxQuery::After after_of(const Request& request, const Query& query) {
    if (request.method == "HEAD")
        return InboxQuery::After::peek;
    return asks_for(query, "delete", "delete_after") ? InboxQuery::After::remove
                                                     : InboxQuery::After::mark_read;
}

std::string_view state_word(const std::string& state) {
    return state == "unread" ? "UnRead" : "Read";
}

void put_message(JsonWriter& writer, const InboxMessage& message) {
    std::optional<std::string> sent;
    if (message.sent)
        sent = local_text(*message.sent, 'T');
    JsonObject object(writer);
    if (!message.complete)
        object.flag("complete", false);
    object.text_or_null("datetime", sent);
    object.number("folder", 0); // of the ancestor, whatever the modem calls it
    object.number("location", message.location);
    object.text("number", message.number);
    object.text("state", state_word(message.state));
    object.text("text", message.text);
}

void put_inbox(JsonWriter& writer, const Spool::InboxPage& page, UtcMs now) {
    const std::vector<InboxMessage>& messages = page.messages;
    JsonObject object(writer);
    if (!page.complete)
        object.flag("complete", false);
    object.number("count", static_cast<std::int64_t>(messages.size()));
    JsonWriter& list = object.value("messages");
    list.StartArray();
    for (const InboxMessage& message : messages)
        put_message(list, message);
    list.EndArray();
    object.text("status", "success");
    object.text("timestamp", utc_seconds_text(now));
}

Reply handle(const Request& request, const Services& services) {
    const Query query(request.query);
    const auto limit = limit_of(query);
    if (!limit)
        return refuse(request, services,
                      {HttpStatus::bad_request, "INVALID_LIMIT", "limit must not be negative", {}});
    const std::string search = query.get("search").value_or("");
    if (const auto fault = wrong_search(search, services.config))
        return refuse(request, services, {HttpStatus::bad_request, "INVALID_SEARCH", *fault, {}});
    InboxQuery wanted;
    wanted.which = asks_for(query, "unread", "unread_only") ? InboxQuery::Which::unread
                                                            : InboxQuery::Which::all;
    wanted.after = after_of(request, query);
    wanted.limit = *limit;
    Spool& spool = services.spool.get();
    const auto page =
        search.empty() ? Spool::InboxPage{spool.inbox(wanted)} : spool.search_inbox(wanted, search);
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    put_inbox(writer, page, request.when);
    return json_reply(HttpStatus::ok, buffer);
}

} // namespace

const Program the_program{"inbox", Access::write, Scope::inbox, {{"/inbox", "GET, HEAD, OPTIONS"}},
                          handle,  refuse};

} // namespace smsspool
