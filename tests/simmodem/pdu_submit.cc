// Reading an SMS-SUBMIT.

#include "tests/simmodem/pdu.h"

namespace smsspool::sim {

namespace {

constexpr std::size_t most_octets = 140;
constexpr std::size_t most_septets = 160;

struct Header {
    std::size_t octets = 0; // with its own length octet
    std::optional<Concat> concat;
};

// A header that says "part 0" or "part 4 of 3" is to be read as if it were not there (9.2.3.24.1).
std::optional<Concat> sane(const Concat& concat) {
    if (concat.part == 0 || concat.parts == 0 || concat.part > concat.parts)
        return std::nullopt;
    return concat;
}

std::optional<Concat> read_element(std::uint8_t id, const Octets& data) {
    if (id == 0x00 && data.size() == 3)
        return sane({data[0], data[1], data[2]});
    if (id == 0x08 && data.size() == 4)
        return sane({(unsigned{data[0]} << 8U) | data[1], data[2], data[3]});
    return std::nullopt;
}

// The user data header in front of `data`. Nothing where its lengths do not fit.
std::optional<Header> read_header(const Octets& data) {
    OctetReader reader(data);
    const std::size_t length = reader.next();
    const Octets elements = reader.take(length);
    if (!reader.good())
        return std::nullopt;
    Header header{length + 1, std::nullopt};
    OctetReader inside(elements);
    while (inside.good() && inside.left() > 0) {
        const std::uint8_t id = inside.next();
        const std::size_t size = inside.next();
        const Octets element = inside.take(size);
        if (!inside.good())
            return std::nullopt;
        if (const auto concat = read_element(id, element))
            header.concat = concat;
    }
    return header;
}

std::optional<std::u16string> read_septets(const Octets& data, std::size_t septets,
                                           std::size_t header_octets) {
    const std::size_t before = (header_octets * 8 + 6) / 7; // septets that the header takes
    if (septets > most_septets || before > septets || data.size() != (septets * 7 + 7) / 8)
        return std::nullopt;
    const auto fill = static_cast<unsigned>(before * 7 - header_octets * 8);
    const Octets body(data.begin() + static_cast<std::ptrdiff_t>(header_octets), data.end());
    return unpack_septets(body, septets - before, fill);
}

std::optional<std::u16string> read_octets(const Octets& data, std::size_t header_octets) {
    std::u16string units;
    for (std::size_t i = header_octets; i < data.size(); ++i)
        units += char16_t{data[i]};
    return units;
}

std::optional<std::u16string> read_utf16(const Octets& data, std::size_t header_octets) {
    if ((data.size() - header_octets) % 2 != 0)
        return std::nullopt;
    std::u16string units;
    for (std::size_t i = header_octets; i + 1 < data.size(); i += 2)
        units += static_cast<char16_t>((data[i] << 8U) | data[i + 1]);
    return units;
}

std::optional<std::u16string> read_units(Alphabet alphabet, const Octets& data, std::size_t length,
                                         std::size_t header_octets) {
    if (alphabet == Alphabet::gsm7)
        return read_septets(data, length, header_octets);
    if (data.size() != length || length > most_octets || header_octets > length)
        return std::nullopt;
    return alphabet == Alphabet::ucs2 ? read_utf16(data, header_octets)
                                      : read_octets(data, header_octets);
}

// Fills content and concat from what is left of the PDU, whose first octet was `first`.
bool read_user_data(OctetReader& reader, std::uint8_t first, Submit& submit) {
    constexpr unsigned has_header = 0x40;
    const std::size_t length = reader.next();
    const Octets data = reader.take(reader.left());
    if (!reader.good())
        return false;
    Header header;
    if ((first & has_header) != 0) {
        const auto found = read_header(data);
        if (!found)
            return false;
        header = *found;
    }
    submit.content.alphabet = alphabet_of(submit.data_coding);
    const auto units = read_units(submit.content.alphabet, data, length, header.octets);
    if (!units)
        return false;
    submit.content.units = *units;
    submit.concat = header.concat;
    return true;
}

bool read_smsc(OctetReader& reader, std::string& smsc) {
    const std::size_t octets = reader.next();
    if (octets == 0)
        return reader.good();
    const std::uint8_t type = reader.next();
    const Octets packed = reader.take(octets - 1);
    if (!reader.good() || packed.empty())
        return false;
    const bool odd = packed.back() >> 4U == 0x0F;
    const auto number = decode_digits(type, packed, packed.size() * 2 - (odd ? 1 : 0));
    smsc = number.value_or("");
    return number.has_value();
}

bool read_recipient(OctetReader& reader, std::string& recipient) {
    constexpr std::size_t most_digits = 20;
    const std::size_t digits = reader.next();
    const std::uint8_t type = reader.next();
    if (digits == 0 || digits > most_digits)
        return false;
    const auto number = decode_digits(type, reader.take((digits + 1) / 2), digits);
    recipient = number.value_or("");
    return reader.good() && number.has_value();
}

Validity validity_of(std::uint8_t first) {
    constexpr Validity by_bits[] = {Validity::none, Validity::enhanced, Validity::relative,
                                    Validity::absolute};
    return by_bits[(first >> 3U) & 3U];
}

std::size_t validity_octets(Validity validity) {
    switch (validity) {
    case Validity::none:
        return 0;
    case Validity::relative:
        return 1;
    case Validity::enhanced:
    case Validity::absolute:
        return 7;
    }
    return 0;
}

// Steps of 5 minutes, of 30, of a day, of a week (9.2.3.12.1).
std::int64_t relative_seconds(std::int64_t octet) {
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t day = 24 * 60 * minute;
    if (octet <= 143)
        return (octet + 1) * 5 * minute;
    if (octet <= 167)
        return day / 2 + (octet - 143) * 30 * minute;
    return octet <= 196 ? (octet - 166) * day : (octet - 192) * 7 * day;
}

std::optional<unsigned> class_of(std::uint8_t data_coding) {
    const unsigned group = data_coding >> 4U;
    const bool has_class = group == 0xF || (group < 0x8 && (data_coding & 0x10U) != 0);
    return has_class ? std::optional<unsigned>(data_coding & 3U) : std::nullopt;
}

std::optional<Submit> read_submit(OctetReader& reader, Submit submit) {
    constexpr unsigned type_mask = 0x03;
    constexpr unsigned type_submit = 0x01;
    const std::uint8_t first = reader.next();
    if (!reader.good() || (first & type_mask) != type_submit)
        return std::nullopt;
    reader.skip(1); // TP-MR: the modem gives its own
    if (!read_recipient(reader, submit.number))
        return std::nullopt;
    submit.protocol = reader.next();
    submit.data_coding = reader.next();
    submit.message_class = class_of(submit.data_coding);
    submit.validity = validity_of(first);
    submit.report = (first & 0x20U) != 0 ? ReportWish::yes : ReportWish::no;
    if (submit.validity == Validity::relative)
        submit.valid_seconds = relative_seconds(reader.next());
    else
        reader.skip(validity_octets(submit.validity));
    if (!read_user_data(reader, first, submit))
        return std::nullopt;
    return submit;
}

} // namespace

std::optional<Submit> decode_submit(std::string_view hex, std::size_t length) {
    const auto octets = from_hex(hex);
    if (!octets)
        return std::nullopt;
    OctetReader reader(*octets);
    Submit submit;
    if (!read_smsc(reader, submit.smsc) || reader.left() != length)
        return std::nullopt;
    return read_submit(reader, std::move(submit));
}

} // namespace smsspool::sim
