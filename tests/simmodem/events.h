// What has happened, in order: the air file for whoever reads it, and a memory for whoever waits.
//
// The air file holds parts, messages and incoming messages, one JSON object a line, each written
// by one write(2). Commands and the coming and going of a client are remembered, not written.

#ifndef SMSSPOOL_TESTS_SIMMODEM_EVENTS_H
#define SMSSPOOL_TESTS_SIMMODEM_EVENTS_H

#include "common/fd.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace smsspool::sim {

enum class EventKind {
    part,     // one SMS was taken by the network
    message,  // all parts of a message were
    incoming, // a message came to the modem
    command,  // the client gave a command line
    client    // the client opened ("open") or closed ("close") the port
};

[[nodiscard]] std::string_view name_of(EventKind kind) noexcept;
[[nodiscard]] std::optional<EventKind> event_named(std::string_view name) noexcept;

struct Event {
    std::uint64_t sequence = 0; // from 1, over all kinds
    EventKind kind = EventKind::part;
    std::string number;
    std::string text; // a command's is its line, without secrets
    std::string json; // as in the air file
};

// Which events are meant.
struct EventQuery {
    EventKind kind = EventKind::part;
    std::string text;        // begins a command; is contained in any other text
    std::string number;      // empty: any
    std::uint64_t since = 0; // only events of a higher sequence

    [[nodiscard]] bool matches(const Event& event) const;
};

class Events {
public:
    using Observer = std::function<void(const Event&)>;

    // Opens the air file for appending (created 0600).
    // Throws Error unavailable where that fails.
    explicit Events(const std::string& air_path);

    // Remembers an event, writes it to the air file where it belongs there, and tells the observer.
    // Throws Error full or unavailable where the air file cannot be written.
    void record(EventKind kind, std::string number, std::string text, std::string json);

    // Told of each event after it was remembered.
    void set_observer(Observer observer) { observer_ = std::move(observer); }

    // How many remembered events are meant, and the last of them. The memory holds the newest
    // 20,000 events.
    struct Found {
        std::uint64_t count = 0;
        const Event* last = nullptr;
    };
    [[nodiscard]] Found find(const EventQuery& query) const;

    // How many of `kind` there ever were.
    [[nodiscard]] std::uint64_t total(EventKind kind) const {
        return totals_[static_cast<std::size_t>(kind)];
    }
    [[nodiscard]] std::uint64_t sequence() const { return sequence_; }

private:
    Fd air_;
    std::deque<Event> events_;
    std::uint64_t sequence_ = 0;
    std::uint64_t totals_[5] = {};
    Observer observer_;
};

} // namespace smsspool::sim

#endif
