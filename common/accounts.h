// Users and their tokens as the spool holds them, and what they may do.
//
// Passwords are not here: they stay in the password file that nginx reads (common/htpasswd.h), the
// one truth about them. A user who is in that file and has no account may do what an account with
// the defaults below may.

#ifndef SMSSPOOL_COMMON_ACCOUNTS_H
#define SMSSPOOL_COMMON_ACCOUNTS_H

#include "common/clock.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

// What somebody may ask for. The words are stored and shown: never rename one.
enum class Scope : std::uint8_t {
    send,   // POST a message
    status, // look at messages
    inbox,  // read and delete what came in
    alerts, // POST alerts
    admin,  // see what belongs to others, and the figures
    count
};

[[nodiscard]] std::string_view name_of(Scope scope) noexcept;

// A set of them.
class Scopes {
public:
    Scopes() = default;
    Scopes(std::initializer_list<Scope> scopes) {
        for (const Scope scope : scopes)
            add(scope);
    }
    // The words of a list separated by spaces. Nothing where one of them is no scope.
    [[nodiscard]] static std::optional<Scopes> parse(std::string_view words);

    void add(Scope scope) noexcept { bits_ |= bit(scope); }
    [[nodiscard]] bool has(Scope scope) const noexcept { return (bits_ & bit(scope)) != 0; }
    [[nodiscard]] bool empty() const noexcept { return bits_ == 0; }
    [[nodiscard]] std::string text() const;

    // What both allow.
    friend Scopes operator&(Scopes one, Scopes other) noexcept {
        one.bits_ &= other.bits_;
        return one;
    }
    friend bool operator==(const Scopes&, const Scopes&) = default;

private:
    [[nodiscard]] static unsigned bit(Scope scope) noexcept {
        return 1U << static_cast<unsigned>(scope);
    }
    unsigned bits_ = 0;
};

// Of one user or one token.
struct SendLimits {
    std::int64_t parts_per_day = 0; // in any 24 hours; 0: no limit
    std::string recipients; // beginnings of numbers in E.164, separated by spaces; empty: all
    std::string hours;      // "08:00-20:00" in the machine's time zone; empty: all day

    friend bool operator==(const SendLimits&, const SendLimits&) = default;
};

// Who sends a message at whose cost: a user, and where a token was shown that token too.
struct Spender {
    std::string key; // "user:ana", "token:<id>"; what was spent is stored under it
    SendLimits limits{};

    friend bool operator==(const Spender&, const Spender&) = default;
};

// A limit that forbids a message.
struct NotAllowed {
    enum class What {
        recipient,     // none of `recipients` begins the number
        hours,         // it is not the time of day
        parts_per_day, // they are spent
        parts,         // the message has more than a day's
    };
    What what = What::recipient;
    std::string text;                      // names the limit, whose it is, and what was found
    std::optional<std::int64_t> seconds{}; // until it may be sent; nothing: waiting does not help
};

struct Account {
    std::string name;
    bool enabled = true;
    Scopes scopes{Scope::send, Scope::status, Scope::inbox, Scope::alerts};
    SendLimits limits{};
    UtcMs created = 0;
};

// A bearer token. Itself it is shown once, when it is made; here is its hash only.
struct Token {
    std::string id; // UUIDv7, for people
    std::string user;
    std::string hash; // SHA-256 in hexadecimal
    std::string note; // what it is for
    Scopes scopes{Scope::send, Scope::status};
    SendLimits limits{};
    std::string networks; // ADDRESS[/BITS] from which it counts, separated by spaces; empty: all
    std::optional<UtcMs> expires;
    UtcMs created = 0;
    std::optional<UtcMs> used; // last time, to the minute
};

// Whether `address` (IPv4 or IPv6 as text) is in one of `networks`; an empty list has all. An
// address that is none is in no network. An IPv4 address within IPv6 (::ffff:…) counts as IPv4.
[[nodiscard]] bool in_networks(std::string_view networks, std::string_view address);
// The first word of such a list that is no network; empty: all are.
[[nodiscard]] std::string bad_network(std::string_view networks);

// "08:00-20:00", also over midnight ("22:00-06:00"); "24:00" may end it. Minutes since midnight.
struct Hours {
    int from = 0, to = 0;
};
[[nodiscard]] std::optional<Hours> hours_in(std::string_view text);
// How long until these hours begin, at `minute` of the day: 0 where they last.
[[nodiscard]] int minutes_until(const Hours& hours, int minute) noexcept;

// Beginnings of numbers, separated by spaces, as a rule for many numbers.
class RecipientRule {
public:
    explicit RecipientRule(std::string_view recipients);

    // Whether `number` (E.164) begins as one of them does; where there are none, all are allowed.
    [[nodiscard]] bool allows(std::string_view number) const;

private:
    std::vector<std::string> beginnings_;
};

} // namespace smsspool

#endif
