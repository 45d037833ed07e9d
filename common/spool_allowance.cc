// The spool: what senders may spend.

#include "common/spool_allowance.h"

#include <algorithm>

namespace smsspool {

namespace {

using What = NotAllowed::What;

constexpr UtcMs slot_ms = 10 * 60 * 1000;
constexpr UtcMs day_ms = 24 * 60 * 60 * 1000;

UtcMs slot_of(UtcMs when) noexcept {
    return when - when % slot_ms;
}

// When what was accepted in a slot counts no more.
UtcMs end_of(UtcMs slot) noexcept {
    return slot + slot_ms + day_ms;
}

// Whole seconds, never too few.
std::int64_t seconds_until(UtcMs then, UtcMs now) noexcept {
    return std::max<std::int64_t>(1, (then - now + 999) / 1000);
}

std::int64_t parts_of(const NewMessage& message) noexcept {
    return static_cast<std::int64_t>(message.parts * message.recipient_count());
}

std::string whose(const Spender& spender) {
    return spender.key.starts_with("token:") ? "this token" : "this user";
}

std::optional<NotAllowed> recipients_of(const Spender& spender, const NewMessage& message) {
    const RecipientRule rule(spender.limits.recipients);
    for (std::size_t i = 0; i < message.recipient_count(); ++i) {
        const std::string number = message.recipient(i).number;
        if (!rule.allows(number))
            return NotAllowed{What::recipient,
                              number + " is not among the recipients that " + whose(spender) +
                                  " may write to",
                              {}};
    }
    return std::nullopt;
}

std::optional<NotAllowed> hours_of(const Spender& spender, UtcMs now) {
    constexpr UtcMs minute_ms = 60 * 1000;
    const auto hours = hours_in(spender.limits.hours);
    if (!hours)
        return std::nullopt;
    const int minutes = minutes_until(*hours, local_minute(now));
    if (minutes == 0)
        return std::nullopt;
    return NotAllowed{What::hours,
                      "The hours in which " + whose(spender) + " may send are " +
                          spender.limits.hours,
                      seconds_until(now - now % minute_ms + minutes * minute_ms, now)};
}

// Slot by slot, oldest first, and all together.
struct Spent {
    std::vector<Usage> slots;
    std::int64_t parts = 0;
};

Spent spent_by(Database& db, const Spender& spender, UtcMs now) {
    Spent spent;
    Use row = db.use(Sql::spent_list);
    // What a clock that was wrong noted for a time to come does not count before.
    row.bind_all(spender.key, now - day_ms - slot_ms, now);
    while (row.step()) {
        spent.slots.push_back({row.number(0), row.number(1)});
        spent.parts += row.number(1);
    }
    return spent;
}

// When there is room for `wanted` parts. REQUIRES: they are no more than `most`.
UtcMs room_at(const Spent& spent, std::int64_t wanted, std::int64_t most, UtcMs now) {
    std::int64_t left = spent.parts;
    for (const Usage& slot : spent.slots) {
        left -= slot.parts;
        if (left + wanted <= most)
            return end_of(slot.minute);
    }
    return now;
}

std::optional<NotAllowed> parts_a_day(Database& db, const Spender& spender,
                                      const NewMessage& message) {
    const std::int64_t most = spender.limits.parts_per_day, wanted = parts_of(message);
    if (most <= 0)
        return std::nullopt;
    const std::string limit =
        "The limit of " + whose(spender) + " is " + std::to_string(most) + " parts a day";
    const std::string found = ", and this message has " + std::to_string(wanted);
    if (wanted > most)
        return NotAllowed{What::parts, limit + found, {}};
    const Spent spent = spent_by(db, spender, message.created);
    if (spent.parts + wanted <= most)
        return std::nullopt;
    return NotAllowed{
        What::parts_per_day, limit + ", " + std::to_string(spent.parts) + " are spent" + found,
        seconds_until(room_at(spent, wanted, most, message.created), message.created)};
}

std::optional<NotAllowed> forbidden_to(Database& db, const Spender& spender,
                                       const NewMessage& message) {
    if (auto refusal = recipients_of(spender, message))
        return refusal;
    // Also at the time to which it is put off: nobody is to be woken by a detour.
    if (auto refusal = hours_of(spender, std::max(message.created, message.not_before)))
        return refusal;
    return parts_a_day(db, spender, message);
}

} // namespace

std::optional<NotAllowed> not_allowed(Database& db, const NewMessage& message) {
    for (const Spender& spender : message.spenders) {
        if (auto refusal = forbidden_to(db, spender, message))
            return refusal;
    }
    return std::nullopt;
}

void spend(Database& db, const NewMessage& message) {
    const UtcMs slot = slot_of(message.created);
    for (const Spender& spender : message.spenders) {
        if (spender.limits.parts_per_day <= 0)
            continue;
        const std::int64_t parts = parts_of(message);
        if (db.use(Sql::spent_more).bind_all(parts, spender.key, slot).run() > 0)
            continue;
        db.use(Sql::spent_add).bind_all(parts, spender.key, slot).run();
        // Once in ten minutes is often enough to forget.
        db.use(Sql::spent_purge).bind_all(message.created - 2 * day_ms).run();
    }
}

} // namespace smsspool
