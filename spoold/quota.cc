// How many parts a modem may send.

#include "spoold/quota.h"

#include <algorithm>

namespace smsspool {

namespace {

constexpr UtcMs second = 1000;
constexpr UtcMs minute = 60 * second;
constexpr UtcMs hour = 60 * minute;

} // namespace

Quota::Quota(const ModemConfig& modem, const std::vector<Usage>& used, UtcMs now)
    : windows_{Window{"minute", minute, modem.per_minute}, Window{"hour", hour, modem.per_hour},
               Window{"day", memory_ms, modem.per_day}} {
    for (const Usage& each : used) {
        for (Window& window : windows_)
            window.add({std::min(each.minute + minute, now), each.parts});
    }
}

void Quota::add(UtcMs now) {
    for (Window& window : windows_)
        window.add({now - now % second + second, 1});
}

std::optional<Quota::Limit> Quota::reached(UtcMs now) {
    std::optional<Limit> longest;
    for (Window& window : windows_) {
        window.forget(now);
        const auto until = window.free_at();
        if (until && (!longest || *until > longest->until))
            longest = {window.most, window.unit, *until};
    }
    return longest;
}

void Quota::Window::add(const Slot& slot) {
    if (most == 0)
        return;
    parts += slot.parts;
    if (!slots.empty() && slots.back().end == slot.end)
        slots.back().parts += slot.parts;
    else
        slots.push_back(slot);
}

void Quota::Window::forget(UtcMs now) {
    if (!slots.empty() && slots.back().end > now + minute) {
        for (Slot& slot : slots)
            slot.end = std::min(slot.end, now);
    }
    while (!slots.empty() && slots.front().end + length <= now) {
        parts -= slots.front().parts;
        slots.pop_front();
    }
}

std::optional<UtcMs> Quota::Window::free_at() const {
    std::int64_t left = parts;
    if (most == 0 || left < most)
        return std::nullopt;
    for (const Slot& slot : slots) {
        left -= slot.parts;
        if (left < most)
            return slot.end + length;
    }
    return std::nullopt;
}

} // namespace smsspool
