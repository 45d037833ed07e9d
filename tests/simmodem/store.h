// The places in which a modem keeps messages: "SM" on the card, "ME" in itself, "SR" for reports;
// "MT" is SM and ME seen as one: ME's places as they are, SM's with mt_offset added, which is more
// than any memory has, so that a place means the same however the capacity changes.

#ifndef SMSSPOOL_TESTS_SIMMODEM_STORE_H
#define SMSSPOOL_TESTS_SIMMODEM_STORE_H

#include "tests/simmodem/pdu.h"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace smsspool::sim {

enum class Memory { sm, me, sr, mt };

inline constexpr unsigned mt_offset = 10'000;

[[nodiscard]] std::string_view name_of(Memory memory) noexcept;
[[nodiscard]] std::optional<Memory> memory_named(std::string_view name) noexcept;

// The numbers of +CMGL (TS 27.005 3.1).
enum class MessageStatus { unread = 0, read = 1, unsent = 2, sent = 3 };

struct Stored {
    Pdu pdu;
    MessageStatus status = MessageStatus::unread;
};

class Store {
public:
    // `capacity` places in each of SM, ME and SR.
    explicit Store(std::size_t capacity) : capacity_(capacity) {}

    // The place taken, the lowest that is free; nothing where all are taken. Places count from 1.
    // REQUIRES: memory is not MT.
    [[nodiscard]] std::optional<unsigned> add(Memory memory, Stored message);

    // Null where the place is empty or does not exist. Valid until the next change.
    [[nodiscard]] Stored* find(Memory memory, unsigned place);

    // False where there was nothing.
    bool erase(Memory memory, unsigned place);

    // In the order of places.
    [[nodiscard]] std::vector<std::pair<unsigned, Stored*>> all(Memory memory);

    [[nodiscard]] std::size_t used(Memory memory) const;
    [[nodiscard]] std::size_t capacity(Memory memory) const;

    // Messages beyond the new end stay until they are deleted.
    void set_capacity(std::size_t capacity) { capacity_ = capacity; }

private:
    using Places = std::map<unsigned, Stored>;

    [[nodiscard]] Places& places(Memory memory) {
        return places_[static_cast<std::size_t>(memory)];
    }
    [[nodiscard]] const Places& places(Memory memory) const {
        return places_[static_cast<std::size_t>(memory)];
    }

    std::size_t capacity_;
    std::array<Places, 3> places_;
};

} // namespace smsspool::sim

#endif
