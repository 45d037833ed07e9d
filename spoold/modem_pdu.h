// A look at the frame of an SMS (3GPP TS 23.040, 9.2.2) before somebody else decodes it.

#ifndef SMSSPOOL_SPOOLD_MODEM_PDU_H
#define SMSSPOOL_SPOOLD_MODEM_PDU_H

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

enum class ServiceCentre { included, left_out };

// True if the lengths within the frame agree with each other, with its size and with the limits of
// the standard: no address of more than 20 digits, no more than 160 septets or 140 octets, no
// header longer than its message. Bytes come from a sender whom nobody knows, and libgammu believes
// them.
[[nodiscard]] bool is_sound_pdu(std::span<const std::uint8_t> frame, ServiceCentre centre);

// Which part of how many a message is; parts > 1 where it is one of several.
struct Concatenation {
    int reference = -1; // 8 or 16 bits
    int part = 1;
    int parts = 1;
};

// What a user data header (its length octet first) says of it: the first element that makes sense.
[[nodiscard]] Concatenation concatenation_in(std::span<const std::uint8_t> header);

// Upper case, two digits a byte.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
// Either case. Nothing where it is not pairs of such digits.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text);

// The octet that tells the network for how long to try (TP-VP, 9.2.3.12.1): `seconds` rounded down
// to one of its steps, 5 minutes at the least and 63 weeks at the most. REQUIRES: seconds >= 0
[[nodiscard]] std::uint8_t validity_octet(std::int64_t seconds);

} // namespace smsspool

#endif
