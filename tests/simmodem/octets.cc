// Hex, septets, addresses and times of a PDU.

#include "tests/simmodem/octets.h"

#include "common/parts.h"
#include "common/utf.h"

#include <ctime>

namespace smsspool::sim {

namespace {

constexpr std::uint8_t type_international = 0x91;
constexpr std::uint8_t type_unknown = 0x81;
constexpr std::uint8_t type_alphanumeric = 0xD0;
constexpr std::string_view digit_signs = "0123456789*#abc";
constexpr std::size_t most_digits = 20;
constexpr std::size_t most_sender_septets = 11;

std::optional<unsigned> hex_digit(char c) {
    constexpr std::string_view lower = "0123456789abcdef";
    constexpr std::string_view upper = "0123456789ABCDEF";
    if (const auto at = lower.find(c); at != std::string_view::npos)
        return static_cast<unsigned>(at);
    if (const auto at = upper.find(c); at != std::string_view::npos)
        return static_cast<unsigned>(at);
    return std::nullopt;
}

bool is_number(std::string_view text) {
    if (!text.empty() && text.front() == '+')
        text.remove_prefix(1);
    return !text.empty() && text.size() <= most_digits &&
           text.find_first_not_of(digit_signs) == std::string_view::npos;
}

// Two digits an octet, the first in the low half, the last half filled with 1s.
Octets pack_digits(std::string_view digits) {
    Octets packed((digits.size() + 1) / 2, 0xFF);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const auto value = static_cast<unsigned>(digit_signs.find(digits[i]));
        std::uint8_t& octet = packed[i / 2];
        octet = static_cast<std::uint8_t>(i % 2 == 0 ? (octet & 0xF0U) | value
                                                     : (octet & 0x0FU) | (value << 4U));
    }
    return packed;
}

Octets encode_number(std::string_view number, std::size_t& digits) {
    const bool international = number.front() == '+';
    if (international)
        number.remove_prefix(1);
    digits = number.size();
    Octets octets{international ? type_international : type_unknown};
    const Octets packed = pack_digits(number);
    octets.insert(octets.end(), packed.begin(), packed.end());
    return octets;
}

// The septets of `text`, nothing where the alphabet lacks one of its characters.
std::optional<std::u16string> septets_of(std::string_view text) {
    if (!valid_utf8(text) || encoding_for(text) != Encoding::gsm7)
        return std::nullopt;
    std::u16string septets;
    for (std::size_t at = 0; at < text.size();) {
        const char32_t point = next_code_point(text, at);
        if (gsm7_septets(point) == 2)
            septets += char16_t{0x1B};
        septets += static_cast<char16_t>(*gsm7_code(point));
    }
    return septets;
}

std::optional<Octets> encode_name(std::string_view name) {
    const auto septets = septets_of(name);
    if (!septets || septets->empty() || septets->size() > most_sender_septets)
        return std::nullopt;
    const Octets packed = pack_septets(*septets, 0);
    Octets octets{static_cast<std::uint8_t>((septets->size() * 7 + 3) / 4), type_alphanumeric};
    octets.insert(octets.end(), packed.begin(), packed.end());
    return octets;
}

std::uint8_t swapped_decimal(int value) {
    return static_cast<std::uint8_t>(((value % 10) << 4) | (value / 10 % 10));
}

// "+05:45" in minutes.
int offset_minutes(std::string_view text) {
    constexpr std::size_t length = 6;
    if (text.size() < length || text[text.size() - 3] != ':')
        return 0;
    const std::string_view zone = text.substr(text.size() - length);
    if (zone.front() != '+' && zone.front() != '-')
        return 0;
    const auto digit = [&](std::size_t at) { return zone[at] - '0'; };
    const int minutes = (digit(1) * 10 + digit(2)) * 60 + digit(4) * 10 + digit(5);
    return zone.front() == '-' ? -minutes : minutes;
}

} // namespace

std::optional<Octets> from_hex(std::string_view hex) {
    if (hex.size() % 2 != 0)
        return std::nullopt;
    Octets octets;
    octets.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const auto high = hex_digit(hex[i]);
        const auto low = hex_digit(hex[i + 1]);
        if (!high || !low)
            return std::nullopt;
        octets.push_back(static_cast<std::uint8_t>((*high << 4U) | *low));
    }
    return octets;
}

std::string to_hex(const Octets& octets) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string hex;
    hex.reserve(octets.size() * 2);
    for (const std::uint8_t octet : octets) {
        hex += digits[octet >> 4U];
        hex += digits[octet & 0x0FU];
    }
    return hex;
}

std::uint8_t OctetReader::next() {
    if (at_ < octets_.size())
        return octets_[at_++];
    good_ = false;
    return 0;
}

Octets OctetReader::take(std::size_t count) {
    if (count > left()) {
        good_ = false;
        at_ = octets_.size();
        return Octets(count, 0);
    }
    const auto begin = octets_.begin() + static_cast<std::ptrdiff_t>(at_);
    at_ += count;
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

Octets pack_septets(const std::u16string& septets, unsigned fill_bits) {
    Octets octets((septets.size() * 7 + fill_bits + 7) / 8, 0);
    std::size_t bit = fill_bits;
    for (const char16_t septet : septets) {
        const unsigned shifted = (septet & 0x7FU) << (bit % 8);
        octets[bit / 8] = static_cast<std::uint8_t>(octets[bit / 8] | (shifted & 0xFFU));
        if (shifted > 0xFF)
            octets[bit / 8 + 1] = static_cast<std::uint8_t>(shifted >> 8U);
        bit += 7;
    }
    return octets;
}

std::optional<std::u16string> unpack_septets(const Octets& octets, std::size_t count,
                                             unsigned fill_bits) {
    if ((count * 7 + fill_bits + 7) / 8 > octets.size())
        return std::nullopt;
    std::u16string septets;
    for (std::size_t bit = fill_bits; septets.size() < count; bit += 7) {
        const unsigned low = octets[bit / 8];
        const unsigned high = bit / 8 + 1 < octets.size() ? octets[bit / 8 + 1] : 0;
        septets += static_cast<char16_t>(((low | (high << 8U)) >> (bit % 8)) & 0x7FU);
    }
    return septets;
}

std::optional<std::string> decode_digits(std::uint8_t type, const Octets& packed,
                                         std::size_t digits) {
    constexpr unsigned kind_mask = 0x70;
    if ((type & 0x80U) == 0 || (type & kind_mask) == (type_alphanumeric & kind_mask) ||
        packed.size() * 2 < digits)
        return std::nullopt;
    std::string number = (type & kind_mask) == (type_international & kind_mask) ? "+" : "";
    for (std::size_t i = 0; i < digits; ++i) {
        const unsigned value = i % 2 == 0 ? packed[i / 2] & 0x0FU : packed[i / 2] >> 4U;
        if (value >= digit_signs.size())
            return std::nullopt;
        number += digit_signs[value];
    }
    return number;
}

std::optional<Octets> encode_address(std::string_view address) {
    if (!is_number(address))
        return encode_name(address);
    std::size_t digits = 0;
    Octets octets = encode_number(address, digits);
    octets.insert(octets.begin(), static_cast<std::uint8_t>(digits));
    return octets;
}

Octets encode_smsc(std::string_view number) {
    if (!is_number(number))
        return {0};
    std::size_t digits = 0;
    Octets octets = encode_number(number, digits);
    octets.insert(octets.begin(), static_cast<std::uint8_t>(octets.size()));
    return octets;
}

CentreTime local_centre_time(UtcMs when) {
    const auto seconds = static_cast<std::time_t>(when / 1000);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return {when, static_cast<int>(parts.tm_gmtoff / (15 * 60))};
}

std::optional<CentreTime> parse_centre_time(std::string_view rfc3339) {
    const auto when = parse_rfc3339(rfc3339);
    if (!when)
        return std::nullopt;
    return CentreTime{*when, offset_minutes(rfc3339) / 15};
}

Octets encode_time(const CentreTime& time) {
    const auto seconds = static_cast<std::time_t>(time.when / 1000 + time.quarter_hours * 15 * 60);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    const int quarters = time.quarter_hours < 0 ? -time.quarter_hours : time.quarter_hours;
    const unsigned sign = time.quarter_hours < 0 ? 0x08U : 0U;
    return {swapped_decimal(parts.tm_year % 100),
            swapped_decimal(parts.tm_mon + 1),
            swapped_decimal(parts.tm_mday),
            swapped_decimal(parts.tm_hour),
            swapped_decimal(parts.tm_min),
            swapped_decimal(parts.tm_sec),
            static_cast<std::uint8_t>(swapped_decimal(quarters) | sign)};
}

} // namespace smsspool::sim
