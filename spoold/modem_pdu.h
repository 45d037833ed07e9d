// A look at the frame of an SMS (3GPP TS 23.040, 9.2.2) before somebody else decodes it.

#ifndef SMSSPOOL_SPOOLD_MODEM_PDU_H
#define SMSSPOOL_SPOOLD_MODEM_PDU_H

#include <cstdint>
#include <span>
#include <string>

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

} // namespace smsspool

#endif
