// A look at the frame of an SMS.

#include "spoold/modem_pdu.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace smsspool {

namespace {

constexpr std::size_t most_centre_octets = 12;
constexpr unsigned most_digits = 20;
constexpr unsigned most_septets = 160;
constexpr unsigned most_octets = 140;
constexpr std::size_t time_octets = 7;

// Goes through the frame; once it ran out of it, everything else is 0 and sound() false.
class Walk {
public:
    explicit Walk(std::span<const std::uint8_t> frame) : rest_(frame) {}

    [[nodiscard]] bool sound() const { return sound_; }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }
    [[nodiscard]] unsigned peek() const { return rest_.empty() ? 0U : rest_.front(); }

    void require(bool condition) { sound_ = sound_ && condition; }

    void skip(std::size_t count) {
        require(count <= rest_.size());
        rest_ = sound_ ? rest_.subspan(count) : std::span<const std::uint8_t>();
    }

    unsigned octet() {
        const unsigned value = peek();
        skip(1);
        return value;
    }

private:
    std::span<const std::uint8_t> rest_;
    bool sound_ = true;
};

void walk_address(Walk& walk) {
    const unsigned digits = walk.octet();
    walk.require(digits <= most_digits);
    walk.skip(1 + (digits + 1) / 2); // its type, its digits
}

enum class Header { none, present };

// Whether a length of 141 to 160 can be right depends on the coding; the frame's size tells as
// well.
void walk_user_data(Walk& walk, Header header) {
    const unsigned length = walk.octet();
    walk.require(length <= most_septets);
    const std::size_t octets =
        length <= most_octets && length <= walk.left() ? length : (length * std::size_t{7} + 7) / 8;
    walk.require(octets <= walk.left());
    if (header == Header::present) {
        walk.require(length > 0);
        walk.require(walk.peek() + 1 <= octets);
    }
}

void walk_deliver(Walk& walk, Header header) {
    walk_address(walk);
    walk.skip(2 + time_octets); // protocol, coding, time
    walk_user_data(walk, header);
}

void walk_submit(Walk& walk, Header header, unsigned validity) {
    walk.skip(1); // reference
    walk_address(walk);
    walk.skip(2); // protocol, coding
    constexpr unsigned relative = 2;
    if (validity != 0)
        walk.skip(validity == relative ? 1 : time_octets);
    walk_user_data(walk, header);
}

// TS 23.040 9.2.3.24.1 and 9.2.3.24.8.
Concatenation concatenation_element(unsigned id, std::span<const std::uint8_t> data) {
    Concatenation found;
    if (id == 0x00 && data.size() == 3)
        found = {data[0], data[2], data[1]};
    else if (id == 0x08 && data.size() == 4)
        found = {data[0] << 8 | data[1], data[3], data[2]};
    const bool makes_sense = found.part >= 1 && found.part <= found.parts;
    return makes_sense ? found : Concatenation{};
}

// Behind the status there may be more: an octet says what (9.2.3.27).
void walk_report(Walk& walk, Header header) {
    walk.skip(1); // reference
    walk_address(walk);
    walk.skip(2 * time_octets + 1); // two times, the status
    constexpr unsigned protocol = 0x01;
    constexpr unsigned coding = 0x02;
    constexpr unsigned user_data = 0x04;
    constexpr unsigned extended = 0x80; // more of them, which the standard does not know yet
    const unsigned present = walk.left() > 0 ? walk.octet() : 0;
    walk.require((present & extended) == 0);
    walk.skip(((present & protocol) != 0 ? 1 : 0) + ((present & coding) != 0 ? 1 : 0));
    if ((present & user_data) != 0)
        walk_user_data(walk, header);
}

} // namespace

bool is_sound_pdu(std::span<const std::uint8_t> frame, ServiceCentre centre) {
    Walk walk(frame);
    if (centre == ServiceCentre::included) {
        const unsigned length = walk.octet();
        walk.require(length <= most_centre_octets);
        walk.skip(length);
    }
    const unsigned first = walk.octet();
    const Header header = (first & 0x40) != 0 ? Header::present : Header::none;
    switch (first & 0x03) {
    case 0:
        walk_deliver(walk, header);
        break;
    case 1:
        walk_submit(walk, header, first >> 3 & 0x03);
        break;
    case 2:
        walk_report(walk, header);
        break;
    default: // reserved
        return false;
    }
    return walk.sound();
}

Concatenation concatenation_in(std::span<const std::uint8_t> header) {
    if (header.empty())
        return {};
    header = header.subspan(1, std::min<std::size_t>(header.front(), header.size() - 1));
    while (header.size() >= 2) {
        const std::size_t size = header[1];
        if (size > header.size() - 2)
            break;
        const Concatenation found = concatenation_element(header[0], header.subspan(2, size));
        if (found.parts > 1)
            return found;
        header = header.subspan(2 + size);
    }
    return {};
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 0xF];
    }
    return text;
}

std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text) {
    if (text.size() % 2 != 0)
        return std::nullopt;
    std::vector<std::uint8_t> bytes;
    for (std::size_t at = 0; at < text.size(); at += 2) {
        std::uint8_t byte = 0;
        const char* const end = text.data() + at + 2;
        const auto read = std::from_chars(text.data() + at, end, byte, 16);
        if (read.ec != std::errc() || read.ptr != end)
            return std::nullopt;
        bytes.push_back(byte);
    }
    return bytes;
}

std::uint8_t validity_octet(std::int64_t seconds) {
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 60 * minute;
    constexpr std::int64_t day = 24 * hour;
    constexpr std::int64_t week = 7 * day;
    std::int64_t octet = 0;
    if (seconds <= 12 * hour)
        octet = seconds / (5 * minute) - 1;
    else if (seconds <= day)
        octet = 143 + (seconds - 12 * hour) / (hour / 2);
    else if (seconds < 5 * week)
        octet = 166 + std::min<std::int64_t>(seconds / day, 30);
    else
        octet = 192 + std::min<std::int64_t>(seconds / week, 63);
    return static_cast<std::uint8_t>(std::max<std::int64_t>(octet, 0));
}

} // namespace smsspool
