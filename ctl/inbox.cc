// smsctl inbox: what came in, and how to be rid of it.

#include "common/log.h"
#include "common/spool.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"
#include "ctl/search.h"

#include <thread>

namespace smsspool::ctl {

namespace {

// How many messages go in one transaction, and the pause in which the daemon has the spool to
// itself before the next.
constexpr std::size_t bite = 500;
constexpr std::chrono::milliseconds pause_between_bites{50};

std::string as_text(const InboxMessage& message) {
    const std::string when = local_zoned_text(message.sent.value_or(message.stored));
    return column(when, when.size()) + column(message.state, 6) + column(message.number, 15) +
           printable(message.text) + (message.complete ? "" : " [incomplete]") + "\n";
}

std::string as_json(const InboxMessage& message) {
    return json_line([&](JsonObject& object) {
        put_foreign(object, "id", message.id);
        put_foreign(object, "modem", message.modem);
        put_foreign(object, "number", message.number);
        put_foreign(object, "text", message.text);
        put_number_or_null(object, "sent_ms", message.sent);
        object.number("stored_ms", message.stored);
        put_foreign(object, "state", message.state);
        object.flag("complete", message.complete);
    });
}

std::size_t clean(Spool& spool, UtcMs before, Spool::Unread unread) {
    std::size_t removed = 0;
    for (;;) {
        const std::size_t bitten = spool.clean_inbox(before, unread, bite);
        removed += bitten;
        if (bitten < bite)
            return removed;
        std::this_thread::sleep_for(pause_between_bites);
    }
}

std::string counted(std::size_t number) {
    return std::to_string(number) + (number == 1 ? " message" : " messages");
}

} // namespace

Answer list_inbox(const Call& call) {
    InboxQuery query;
    query.after = InboxQuery::After::peek;
    if (call.arguments.has("--unread"))
        query.which = InboxQuery::Which::unread;
    const std::string search = search_given(call);
    Spool spool(call.config, Access::read);
    const auto page =
        search.empty() ? Spool::InboxPage{spool.inbox(query)} : spool.search_inbox(query, search);
    Answer answer;
    if (!page.complete)
        answer.complaint = more_to_find;
    for (const InboxMessage& message : page.messages)
        answer.text += call.output == Output::json ? as_json(message) : as_text(message);
    return answer;
}

Answer clean_inbox(const Call& call) {
    const UtcMs before = call.now - call.arguments.age.count();
    const auto unread =
        call.arguments.has("--keep-unread") ? Spool::Unread::keep : Spool::Unread::remove;
    const bool rehearsal = call.arguments.has("--dry-run");
    Spool spool(call.config, rehearsal ? Access::read : Access::write);
    const std::size_t count =
        rehearsal ? spool.count_cleanable(before, unread) : clean(spool, before, unread);
    if (call.output == Output::text)
        return {(rehearsal ? "would remove " : "removed ") + counted(count) + " from before " +
                local_zoned_text(before) + "\n"};
    return {json_line([&](JsonObject& object) {
        object.number("removed", rehearsal ? 0 : static_cast<std::int64_t>(count));
        object.number("would_remove", rehearsal ? static_cast<std::int64_t>(count) : 0);
        object.number("before_ms", before);
    })};
}

} // namespace smsspool::ctl
