// UUIDs of version 7, and hashes.

#include "common/ids.h"

#include "common/clock.h"
#include "common/error.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <nettle/base16.h>
#include <nettle/sha2.h>
#include <sys/random.h>

namespace smsspool {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

using Bytes = std::array<std::uint8_t, 16>;

// Requests of up to so many bytes are never cut short once the generator is seeded (getrandom(2)).
constexpr std::size_t most_random = 256;

// REQUIRES: count <= most_random.
void fill_random(std::uint8_t* to, std::size_t count) {
    if (::getrandom(to, count, 0) != static_cast<ssize_t>(count))
        throw system_error(Fault::unavailable, "getrandom");
}

// The order within a millisecond: RFC 9562 6.2 method 1, twelve bits that count up from a random
// start below 2^11; when they run over, the millisecond is borrowed from the future.
struct Sequence {
    std::mutex mutex;
    UtcMs last_ms = 0;
    std::uint32_t counter = 0;
};

struct Moment {
    UtcMs ms;
    std::uint32_t counter;
};

Moment next_moment(std::uint32_t random) {
    static Sequence sequence;
    const std::lock_guard lock(sequence.mutex);
    const UtcMs now = utc_now();
    if (now > sequence.last_ms) {
        sequence.last_ms = now;
        sequence.counter = random & 0x7FF;
    } else if (++sequence.counter > 0xFFF) {
        ++sequence.last_ms;
        sequence.counter = random & 0x7FF;
    }
    return {sequence.last_ms, sequence.counter};
}

std::string hex_with_hyphens(const Bytes& bytes) {
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text += '-';
        text += hex_digits[bytes[i] >> 4];
        text += hex_digits[bytes[i] & 0xF];
    }
    return text;
}

// RFC 9562 5.7: where the digits of a UUIDv7 stand in its text.
constexpr std::array<std::size_t, 12> ms_digits{0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12};
constexpr std::size_t version_at = 14;
constexpr std::array<std::size_t, 3> counter_digits{15, 16, 17};
constexpr unsigned counter_bits = 12;
constexpr std::uint64_t number_epoch_ms = 1'577'836'800'000; // 2020-01-01T00:00:00Z
constexpr std::uint64_t most_number = (std::uint64_t{1} << 53) - 1;

std::uint64_t digit_of(char c) noexcept {
    return static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

// An id of now, of 16 random bytes.
std::string id_with(Bytes bytes) {
    const std::uint32_t random = (std::uint32_t{bytes[6]} << 8) | bytes[7];
    const Moment moment = next_moment(random);
    for (std::size_t i = 0; i < 6; ++i)
        bytes[i] = static_cast<std::uint8_t>(moment.ms >> (8 * (5 - i)));
    bytes[6] = static_cast<std::uint8_t>(0x70 | (moment.counter >> 8));
    bytes[7] = static_cast<std::uint8_t>(moment.counter);
    bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3F));
    return hex_with_hyphens(bytes);
}

} // namespace

std::string new_id() {
    return new_ids(1).front();
}

std::vector<std::string> new_ids(std::size_t count) {
    std::array<Bytes, most_random / sizeof(Bytes)> random;
    std::vector<std::string> ids;
    ids.reserve(count);
    while (ids.size() < count) {
        const std::size_t next = std::min(random.size(), count - ids.size());
        fill_random(reinterpret_cast<std::uint8_t*>(random.data()), next * sizeof(Bytes));
        for (std::size_t i = 0; i < next; ++i)
            ids.push_back(id_with(random[i]));
    }
    return ids;
}

std::optional<std::int64_t> number_of_id(std::string_view id) noexcept {
    if (!is_id(id) || id[version_at] != '7')
        return std::nullopt;
    std::uint64_t ms = 0, counter = 0;
    for (const std::size_t i : ms_digits)
        ms = ms << 4 | digit_of(id[i]);
    for (const std::size_t i : counter_digits)
        counter = counter << 4 | digit_of(id[i]);
    if (ms < number_epoch_ms || ms - number_epoch_ms > most_number >> counter_bits)
        return std::nullopt;
    return static_cast<std::int64_t>((ms - number_epoch_ms) << counter_bits | counter);
}

std::string id_beginning(std::int64_t number) {
    if (number < 0 || static_cast<std::uint64_t>(number) > most_number)
        return {};
    std::uint64_t rest = static_cast<std::uint64_t>(number);
    std::string text = "00000000-0000-7000-";
    constexpr std::string_view digits = "0123456789abcdef";
    for (auto i = counter_digits.rbegin(); i != counter_digits.rend(); ++i, rest >>= 4)
        text[*i] = digits[rest & 0xF];
    rest += number_epoch_ms;
    for (auto i = ms_digits.rbegin(); i != ms_digits.rend(); ++i, rest >>= 4)
        text[*i] = digits[rest & 0xF];
    return text;
}

std::string id_at(std::int64_t when_ms) {
    constexpr auto epoch = static_cast<std::int64_t>(number_epoch_ms);
    constexpr auto last = static_cast<std::int64_t>(most_number >> counter_bits);
    if (when_ms < epoch || when_ms - epoch > last)
        return {};
    return id_beginning((when_ms - epoch) << counter_bits);
}

bool is_id(std::string_view text) noexcept {
    if (text.size() != 36)
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (hyphen ? c != '-' : !hex)
            return false;
    }
    return true;
}

std::string sha256_hex(std::string_view bytes) {
    std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
    sha256_ctx hash;
    ::sha256_init(&hash);
    ::sha256_update(&hash, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
    ::sha256_digest(&hash, digest.size(), digest.data());
    std::string text(BASE16_ENCODE_LENGTH(digest.size()), '\0');
    ::base16_encode_update(text.data(), digest.size(), digest.data());
    return text;
}

} // namespace smsspool
