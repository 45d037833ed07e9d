// What a remote API says about messages, and how it is told of them: contract 4 in both of its
// dialects (4B.10), that of its documents and that of the server as it is.
//
// Bytes of a stranger go in. What comes out has the form that is promised here.

#ifndef SMSSPOOL_PULL_REMOTE_ANSWER_H
#define SMSSPOOL_PULL_REMOTE_ANSWER_H

#include "common/clock.h"
#include "common/settings.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// In the order of the numbers that the server gives them (contract 4B.3).
enum class RemoteStatus { pending, entrusted, sent, failed, expired, error, unknown, count };

// "Sent"
[[nodiscard]] std::string_view name_of(RemoteStatus status) noexcept;

// How a server spells.
struct Dialect {
    enum class Keys {
        camel, // phoneNumber
        pascal // PhoneNumber
    };
    enum class Words { names, numbers }; // of a status
    Keys keys = Keys::camel;
    Words words = Words::names;

    friend bool operator==(const Dialect&, const Dialect&) = default;
};

// Which message: its id, and whose it is where the server says so and it is not for all.
struct RemoteName {
    std::string id;     // 1 to 100 visible ASCII characters, not "." nor ".."
    std::string tenant; // likewise; empty: it did not say

    friend bool operator==(const RemoteName&, const RemoteName&) = default;
};

// "ID" or "ID TENANT", and back: what the spool keeps.
[[nodiscard]] std::string text_of(const RemoteName& name);
[[nodiscard]] RemoteName remote_name_from(std::string_view text);

struct RemoteMessage {
    RemoteName name;
    std::string number, text;                // as the server wrote them, valid UTF-8; may be empty
    std::optional<Ms> ttl;                   // from `created` on; from 0 to ten years
    std::optional<UtcMs> created;            // by the server's clock
    std::optional<RemoteStatus> status = {}; // as the answer shows it
};

// How long a message is valid from `now` on: what is left of its time to live, by the server's
// clock; at least a minute, so that a clock that is wrong costs no message, and at most `most`;
// nothing: it has none.
[[nodiscard]] std::optional<Ms> validity(const RemoteMessage& message, Ms most, UtcMs now);

struct RemoteAnswer {
    std::vector<RemoteMessage> messages;
    // How the server spells, as far as it names something (a message, a provider) by an id.
    std::optional<Dialect> dialect;
    std::string fault; // what could not be used, a sentence; empty: nothing
    enum class Form {
        nothing, // no body, null
        object,
        list,
        foreign // no JSON, or another: it is not the API that speaks, or not to its end
    };
    Form form = Form::nothing;
};

// The body of an answer: one object, or an array of them, of which `most` are taken. Keys may have
// any case and hold underscores, values are texts or numbers, unknown members mean nothing. No
// body, null, {} and [] are no message. An object without an id that can be used is a fault.
[[nodiscard]] RemoteAnswer read_remote(std::string_view body, std::size_t most);

// What an error answer says, its first 200 bytes; empty where it says nothing. It is the stranger's
// text: it may repeat what it was told.
[[nodiscard]] std::string remote_error(std::string_view body);

struct RemoteReport {
    RemoteStatus status = RemoteStatus::entrusted;
    std::optional<UtcMs> sent;
    std::string reason; // empty: none
};

// The body of a PATCH (contract 4A.5, 4B.4). The reason is a member of its own that neither
// server's documents have: the real one passes over it.
[[nodiscard]] std::string patch_body(const Dialect& dialect, const RemoteReport& report);

// The body of POST /api/provider/register (contract 4A.5). An empty country: none is named.
[[nodiscard]] std::string register_body(std::string_view provider, std::string_view country);

} // namespace smsspool

#endif
