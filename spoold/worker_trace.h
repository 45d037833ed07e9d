// What a worker and its device said to each other in the operation under way: kept in memory that
// the daemon shares with the worker, so that it is there even where the worker had to be killed.
//
// A ring of bytes: what is old is overwritten. The worker adds, the daemon clears before each
// request and reads after one that went wrong. Both may die or be killed at any moment; the reader
// takes nothing for granted and at worst gets a torn line.

#ifndef SMSSPOOL_SPOOLD_WORKER_TRACE_H
#define SMSSPOOL_SPOOLD_WORKER_TRACE_H

#include "common/fd.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace smsspool {

// The descriptor under which a worker finds its ring; a worker that was started by hand has none.
inline constexpr int trace_descriptor = 3;

class TraceRing {
public:
    // A ring that keeps nothing.
    TraceRing() = default;
    // A new one of `size` bytes of text. Where there is no memory for it: one that keeps nothing.
    [[nodiscard]] static TraceRing make(std::size_t size);
    // That of the process which started this one; if `descriptor` is none: one that keeps nothing.
    [[nodiscard]] static TraceRing inherited(int descriptor);

    TraceRing(TraceRing&& other) noexcept;
    TraceRing& operator=(TraceRing&& other) noexcept;
    ~TraceRing();

    // To be inherited; -1 where it keeps nothing.
    [[nodiscard]] int descriptor() const noexcept { return memory_.get(); }

    void clear() noexcept;
    // Adds one line (without its line feed). Control characters are replaced.
    void add(std::string_view line) noexcept;
    // The last lines that fit, oldest first, each with its line feed. Valid UTF-8 or not, as it was
    // added.
    [[nodiscard]] std::string text() const;

private:
    struct Shared;
    void put(char byte) noexcept;

    Fd memory_;
    Shared* shared_ = nullptr; // mapped
    std::size_t mapped_ = 0;
};

} // namespace smsspool

#endif
