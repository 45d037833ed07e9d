// Places for messages.

#include "tests/simmodem/store.h"

#include <algorithm>
#include <cassert>

namespace smsspool::sim {

namespace {

struct MemoryName {
    Memory memory;
    std::string_view name;
};

constexpr std::array memory_names{
    MemoryName{Memory::sm, "SM"},
    MemoryName{Memory::me, "ME"},
    MemoryName{Memory::sr, "SR"},
    MemoryName{Memory::mt, "MT"},
};

// Where a place of MT really is.
std::pair<Memory, unsigned> real_place(Memory memory, unsigned place) {
    if (memory != Memory::mt)
        return {memory, place};
    return place > mt_offset ? std::pair{Memory::sm, place - mt_offset}
                             : std::pair{Memory::me, place};
}

} // namespace

std::string_view name_of(Memory memory) noexcept {
    return memory_names[static_cast<std::size_t>(memory)].name;
}

std::optional<Memory> memory_named(std::string_view name) noexcept {
    for (const MemoryName& row : memory_names)
        if (row.name == name)
            return row.memory;
    return std::nullopt;
}

std::optional<unsigned> Store::add(Memory memory, Stored message) {
    assert(memory != Memory::mt);
    Places& taken = places(memory);
    for (unsigned place = 1; place <= capacity_; ++place)
        if (!taken.contains(place)) {
            taken.emplace(place, std::move(message));
            return place;
        }
    return std::nullopt;
}

Stored* Store::find(Memory memory, unsigned place) {
    const auto [real, at] = real_place(memory, place);
    const auto found = places(real).find(at);
    return found == places(real).end() ? nullptr : &found->second;
}

bool Store::erase(Memory memory, unsigned place) {
    const auto [real, at] = real_place(memory, place);
    return places(real).erase(at) > 0;
}

std::vector<std::pair<unsigned, Stored*>> Store::all(Memory memory) {
    std::vector<std::pair<unsigned, Stored*>> found;
    if (memory != Memory::mt) {
        for (auto& [place, message] : places(memory))
            found.emplace_back(place, &message);
        return found;
    }
    found = all(Memory::me);
    for (const auto& [place, message] : all(Memory::sm))
        found.emplace_back(place + mt_offset, message);
    return found;
}

std::size_t Store::used(Memory memory) const {
    if (memory == Memory::mt)
        return used(Memory::me) + used(Memory::sm);
    return places(memory).size();
}

std::size_t Store::capacity(Memory memory) const {
    return memory == Memory::mt ? 2 * capacity_ : capacity_;
}

} // namespace smsspool::sim
