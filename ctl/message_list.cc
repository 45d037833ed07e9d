// smsctl message list: the newest messages, or those whose text is looked for.

#include "common/log.h"
#include "common/spool.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"
#include "ctl/pages.h"
#include "ctl/search.h"

namespace smsspool::ctl {

namespace {

std::string as_text(const MessageView& message) {
    return local_zoned_text(message.created) + " " + message.id + " " + column(message.user, 10) +
           printable(message.text) + "\n";
}

std::string as_json(const MessageView& message) {
    return json_line([&](JsonObject& object) {
        put_foreign(object, "id", message.id);
        put_foreign(object, "user", message.user);
        put_foreign(object, "api", message.api);
        put_foreign_or_null(object, "label", message.label);
        put_foreign(object, "text", message.text);
        object.number("created_ms", message.created);
    });
}

} // namespace

Answer list_messages(const Call& call) {
    const auto limit = static_cast<std::int64_t>(limit_given(call));
    const std::optional<std::string> user = call.arguments.value("--user");
    const auto page =
        Spool(call.config, Access::read).search_messages(user, search_given(call), 0, limit);
    Answer answer;
    for (const MessageView& message : page.messages)
        answer.text += call.output == Output::json ? as_json(message) : as_text(message);
    if (!page.complete || page.total > limit)
        answer.complaint = more_to_find;
    return answer;
}

} // namespace smsspool::ctl
