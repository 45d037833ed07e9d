// The air file and the memory of events.

#include "tests/simmodem/events.h"

#include "common/error.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <utility>

namespace smsspool::sim {

namespace {

constexpr std::size_t memory_limit = 20'000;

constexpr std::array<std::string_view, 5> kind_names{"part", "message", "incoming", "command",
                                                     "client"};

bool belongs_to_air(EventKind kind) {
    return kind == EventKind::part || kind == EventKind::message || kind == EventKind::incoming;
}

void write_line(int fd, const std::string& line) {
    ssize_t written = 0;
    do
        written = ::write(fd, line.data(), line.size());
    while (written < 0 && errno == EINTR);
    if (written != static_cast<ssize_t>(line.size()))
        throw system_error(Fault::full, "write the air file", written < 0 ? errno : ENOSPC);
}

} // namespace

std::string_view name_of(EventKind kind) noexcept {
    return kind_names[static_cast<std::size_t>(kind)];
}

std::optional<EventKind> event_named(std::string_view name) noexcept {
    for (std::size_t i = 0; i < kind_names.size(); ++i)
        if (kind_names[i] == name)
            return static_cast<EventKind>(i);
    return std::nullopt;
}

bool EventQuery::matches(const Event& event) const {
    if (event.kind != kind || event.sequence <= since)
        return false;
    if (!number.empty() && event.number != number)
        return false;
    if (kind == EventKind::command)
        return event.text.starts_with(text);
    return event.text.find(text) != std::string::npos;
}

Events::Events(const std::string& air_path)
    : air_(::open(air_path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)) {
    if (!air_)
        throw system_error(Fault::unavailable, "open " + air_path);
}

void Events::record(EventKind kind, std::string number, std::string text, std::string json) {
    if (belongs_to_air(kind))
        write_line(air_.get(), json + "\n");
    ++totals_[static_cast<std::size_t>(kind)];
    events_.push_back({++sequence_, kind, std::move(number), std::move(text), std::move(json)});
    if (events_.size() > memory_limit)
        events_.pop_front();
    if (observer_)
        observer_(events_.back());
}

Events::Found Events::find(const EventQuery& query) const {
    Found found;
    for (const Event& event : events_)
        if (query.matches(event)) {
            ++found.count;
            found.last = &event;
        }
    return found;
}

} // namespace smsspool::sim
