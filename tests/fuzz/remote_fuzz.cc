// What a remote API answers: messages whose names can stand in a URL and a header, whatever it
// says, and a report that it can read again.

#include "common/utf.h"
#include "pull/remote_answer.h"
#include "tests/fuzz/targets.h"

#include <algorithm>

namespace smsspool::fuzz {

namespace {

constexpr std::size_t most = 3;

bool is_visible(std::string_view text) {
    return text.size() <= 100 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

void look_at(const RemoteMessage& message) {
    const RemoteName& name = message.name;
    require(!name.id.empty() && is_visible(name.id) && is_visible(name.tenant),
            "a name is visible ASCII");
    require(name.id != "." && name.id != "..", "an id leads nowhere else");
    require(remote_name_from(text_of(name)) == name, "a name is kept as one text");
    require(valid_utf8(message.number) && valid_utf8(message.text), "texts are UTF-8");
    require(!message.ttl || (message.ttl->count() >= 0 && *message.ttl <= std::chrono::years(11)),
            "a life is within bounds");
    const auto valid = validity(message, std::chrono::hours(24), 1'700'000'000'000);
    require(valid.has_value() == message.ttl.has_value(), "a life gives a validity");
    require(!valid || *valid >= std::chrono::minutes(1), "of at least a minute");
}

// The server shows what it was told.
void tell(const Dialect& dialect, std::string_view text) {
    const std::string reason = to_valid_utf8(text.substr(0, 200));
    std::string body = patch_body(dialect, {RemoteStatus::failed, 1, reason});
    body.insert(1, dialect.keys == Dialect::Keys::pascal ? R"("Id":"a",)" : R"("id":"a",)");
    const RemoteAnswer answer = read_remote(body, 1);
    require(answer.fault.empty() && answer.messages.size() == 1, "a report is one object");
    require(answer.messages[0].status == RemoteStatus::failed, "its status is read again");
    require(answer.dialect == dialect, "in its dialect");
}

} // namespace

void remote(std::string_view bytes) {
    const RemoteAnswer answer = read_remote(bytes, most);
    require(answer.messages.size() <= most, "no more are taken than wanted");
    for (const RemoteMessage& message : answer.messages)
        look_at(message);
    tell(answer.dialect.value_or(Dialect{}), bytes);
    require(remote_error(bytes).size() <= 800 && valid_utf8(remote_error(bytes)),
            "what an error says is short, and UTF-8");
}

} // namespace smsspool::fuzz
