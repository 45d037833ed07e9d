// smsctl webhook: what senders are told of their messages, and what could not be told.

#include "common/error.h"
#include "common/log.h"
#include "common/spool.h"
#include "common/webhook_key.h"
#include "ctl/audit.h"
#include "ctl/lines.h"
#include "ctl/nouns.h"
#include "ctl/pages.h"

#include <algorithm>

namespace smsspool::ctl {

namespace {

using Progress = Followed::Progress;

constexpr std::size_t bite = 500;

// Those that were asked for; all, where none was.
std::vector<Progress> progress_given(const Call& call) {
    const auto text = call.arguments.value("--state");
    std::vector<Progress> wanted;
    for (const auto& [progress, word] : progress_words) {
        if (!text || *text == word)
            wanted.push_back(progress);
    }
    if (wanted.empty())
        throw Error(Fault::bad_input,
                    "--state must be open, given_up or done, not \"" + *text + "\"");
    return wanted;
}

// In the order of the jobs' ids, at most `limit` of all together.
std::vector<Followed> look(Spool& spool, const std::vector<Progress>& wanted,
                           std::string_view after, std::size_t limit) {
    std::vector<Followed> list;
    for (const Progress progress : wanted) {
        auto some = spool.followed(webhook_follower, progress, after, limit);
        std::move(some.begin(), some.end(), std::back_inserter(list));
    }
    std::sort(list.begin(), list.end(),
              [](const Followed& one, const Followed& other) { return one.job_id < other.job_id; });
    list.resize(std::min(list.size(), limit));
    return list;
}

std::string trouble_text(const Followed& followed) {
    if (followed.failures == 0)
        return {};
    std::string text = std::to_string(followed.failures) + " failed";
    if (followed.progress == Progress::open)
        text += ", next " + local_zoned_text(followed.due);
    return text + ": " + followed.error;
}

std::string as_line(const Followed& followed) {
    return followed.job_id + " " + column(name_of(followed.progress), 8) +
           column(name_of(followed.state), 9) +
           column(followed.told ? name_of(*followed.told) : "-", 9) + column(followed.user, 12) +
           column(followed.callback, 1) + printable(trouble_text(followed)) + "\n";
}

void put_followed(JsonObject& object, const Followed& followed) {
    put_foreign(object, "job", followed.job_id);
    put_foreign(object, "message", followed.message_id);
    put_foreign(object, "user", followed.user);
    put_foreign(object, "number", followed.number);
    put_foreign(object, "callback", followed.callback);
    object.text("progress", name_of(followed.progress));
    object.text("state", name_of(followed.state));
    object.text("delivery", name_of(followed.delivery));
    put_foreign_or_null(object, "told", followed.told ? name_of(*followed.told) : "");
    put_foreign_or_null(object, "told_delivery",
                        followed.told ? name_of(followed.told_delivery) : "");
    object.number("failures", followed.failures);
    object.number("due_ms", followed.due);
    put_number_or_null(object, "code",
                       followed.code > 0 ? std::optional(followed.code) : std::nullopt);
    put_foreign_or_null(object, "error", followed.error);
    object.number("changed_ms", followed.changed);
}

} // namespace

Answer list_webhooks(const Call& call) {
    const std::size_t limit = limit_given(call);
    Spool spool(call.config, Access::read);
    return page_of(call, look(spool, progress_given(call), call.arguments.id, limit + 1), limit,
                   put_followed, as_line);
}

Answer replay_webhook(const Call& call) {
    Spool spool(call.config, Access::write);
    if (!spool.tell_again(webhook_follower, call.arguments.id, call.now))
        return {"", status_nothing, "no callback belongs to a job " + call.arguments.id};
    audit("had the webhook of job " + call.arguments.id + " told again");
    if (call.output == Output::text)
        return {row(call.arguments.id, "told again")};
    return {json_line([&](JsonObject& object) { object.text("job", call.arguments.id); })};
}

Answer replay_all_webhooks(const Call& call) {
    Spool spool(call.config, Access::write);
    std::int64_t replayed = 0;
    for (std::string after;;) {
        const auto list = spool.followed(webhook_follower, Progress::given_up, after, bite);
        for (const Followed& followed : list)
            replayed += spool.tell_again(webhook_follower, followed.job_id, call.now) ? 1 : 0;
        if (list.size() < bite)
            break;
        after = list.back().job_id;
    }
    audit("had " + std::to_string(replayed) + " webhooks told again that were given up");
    if (call.output == Output::text)
        return {"told again " + std::to_string(replayed) + "\n"};
    return {json_line([&](JsonObject& object) { object.number("replayed", replayed); })};
}

Answer show_webhook_key(const Call& call) {
    const std::string key = webhook_key(webhook_secret(call.config), call.arguments.name);
    audit("looked at the webhook key of user " + call.arguments.name);
    if (call.output == Output::text)
        return {key + "\n"};
    return {json_line([&](JsonObject& object) {
        object.text("user", call.arguments.name);
        object.text("key", key);
    })};
}

} // namespace smsspool::ctl
