// The small change of a PDU: hex, septets, addresses, times (3GPP TS 23.040 9.1, 9.2.3.11).

#ifndef SMSSPOOL_TESTS_SIMMODEM_OCTETS_H
#define SMSSPOOL_TESTS_SIMMODEM_OCTETS_H

#include "common/clock.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool::sim {

using Octets = std::vector<std::uint8_t>;

// Pairs of hex digits of either case. Nothing for anything else, an odd number included.
[[nodiscard]] std::optional<Octets> from_hex(std::string_view hex);
// Upper case.
[[nodiscard]] std::string to_hex(const Octets& octets);

// Reads octets from the front. Once something was not there, good() is false and every further
// look gives zeros: so a decoder reads on and asks once.
class OctetReader {
public:
    explicit OctetReader(const Octets& octets) : octets_(octets) {}

    [[nodiscard]] std::uint8_t next();
    [[nodiscard]] Octets take(std::size_t count);
    void skip(std::size_t count) { static_cast<void>(take(count)); }
    [[nodiscard]] std::size_t left() const { return octets_.size() - at_; }
    [[nodiscard]] bool good() const { return good_; }

private:
    const Octets& octets_;
    std::size_t at_ = 0;
    bool good_ = true;
};

// `septets` packed behind `fill_bits` zero bits (0..6), which a header leaves before them.
[[nodiscard]] Octets pack_septets(const std::u16string& septets, unsigned fill_bits);
// `count` septets from `octets`, behind `fill_bits`. Nothing where the octets do not hold them.
[[nodiscard]] std::optional<std::u16string> unpack_septets(const Octets& octets, std::size_t count,
                                                           unsigned fill_bits);

// A telephone number as text: digits, *, #, a, b, c; "+" before an international one.
// Decodes the digits of an address; nothing where a digit is none or the type is alphanumeric.
[[nodiscard]] std::optional<std::string> decode_digits(std::uint8_t type, const Octets& packed,
                                                       std::size_t digits);

// An address of a TPDU: length in digits, type, digits. Up to 20 digits as a number; anything else
// of up to 11 septets in the GSM alphabet goes out as an alphanumeric sender. Nothing where it is
// neither.
[[nodiscard]] std::optional<Octets> encode_address(std::string_view address);

// The SMSC in front of the TPDU: length in octets, type, digits; a lone 0 where there is none or
// where `number` is not a number.
[[nodiscard]] Octets encode_smsc(std::string_view number);

// A moment and the zone in which a service centre writes it down.
struct CentreTime {
    UtcMs when = 0;
    int quarter_hours = 0; // east of Greenwich
};

// `when` in the zone of this host at that moment.
[[nodiscard]] CentreTime local_centre_time(UtcMs when);
// An RFC 3339 text; the zone is the one that it names.
[[nodiscard]] std::optional<CentreTime> parse_centre_time(std::string_view rfc3339);
// Seven octets.
[[nodiscard]] Octets encode_time(const CentreTime& time);

} // namespace smsspool::sim

#endif
