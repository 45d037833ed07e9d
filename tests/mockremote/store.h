// What a server of the remote API keeps: messages with all that became of them, and providers.

#ifndef SMSSPOOL_TESTS_MOCKREMOTE_STORE_H
#define SMSSPOOL_TESTS_MOCKREMOTE_STORE_H

#include "common/clock.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool::mockremote {

// Contract 4B.3; the numbers are those of the API.
enum class Status { pending, entrusted, sent, failed, expired, error, unknown };

[[nodiscard]] std::string_view name_of(Status status);
// Nothing: no status has this name.
[[nodiscard]] std::optional<Status> status_named(std::string_view name);

// The members of a message that a client may change, in the spelling of the server (PascalCase).
using Members = std::map<std::string, std::string>;

struct Change {
    Status to = Status::pending;
    std::string by; // "next": by handing it out; "patch"; "server"
    std::string body;
    UtcMs when = 0;
};

struct Message {
    std::string id; // 24 hexadecimal digits
    std::string number, text, tenant, country;
    std::optional<std::string> provider;
    std::int64_t minutes = 5; // its TTL
    UtcMs created = 0;
    Status status = Status::pending;
    std::int64_t retries = 0;
    int handed_out = 0;
    Members members;
    std::vector<Change> changes;
};

struct Provider {
    std::string id, name;
    UtcMs seen = 0;
    std::vector<std::string> countries;
};

// Any thread may call any of them.
class Store {
public:
    // Gives it an id and keeps it.
    std::string add(Message message);
    // Calls `work` with the message, or with none; nobody else has it meanwhile.
    void with(const std::string& id, const std::function<void(Message*)>& work);
    void each(const std::function<void(const Message&)>& work);

    enum class Lease {
        taken, // it is handed out as Entrusted, and not again
        left   // it stays as it is
    };
    // The first pending message for this provider (4B.6); an empty country: of those that it
    // registered, and where there are none, what names the provider. It becomes known if it was
    // not. Nothing: there is none.
    std::optional<Message> next(const std::string& provider, const std::string& country,
                                Lease lease);
    // As the sweep of 4B.7 does after the trust timeout: what is Entrusted is Pending again.
    void forget_leases();

    // A known one keeps its countries.
    void register_provider(const std::string& name, const std::vector<std::string>& countries);
    std::optional<Provider> provider(const std::string& name);
    void forget_providers();

private:
    std::string make_id();
    Provider& known(const std::string& name);

    std::mutex mutex_;
    std::deque<Message> messages_;
    std::map<std::string, Provider> providers_;
    std::uint32_t ids_ = 0;
};

} // namespace smsspool::mockremote

#endif
