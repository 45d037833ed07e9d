// Writing an SMS-DELIVER and an SMS-STATUS-REPORT.

#include "tests/simmodem/pdu.h"

namespace smsspool::sim {

namespace {

constexpr std::size_t most_octets = 140;
constexpr std::size_t most_septets = 160;

constexpr std::uint8_t type_deliver = 0x00;
constexpr std::uint8_t type_report = 0x02;
constexpr std::uint8_t no_more_messages = 0x04;
constexpr std::uint8_t has_header = 0x40;

void append(Octets& to, const Octets& more) {
    to.insert(to.end(), more.begin(), more.end());
}

std::uint8_t octet(std::size_t value) {
    return static_cast<std::uint8_t>(value & 0xFFU);
}

Octets encode_header(const Concat& concat) {
    if (concat.reference <= 0xFF)
        return {5, 0x00, 3, octet(concat.reference), octet(concat.parts), octet(concat.part)};
    return {6,
            0x08,
            4,
            octet(concat.reference >> 8U),
            octet(concat.reference),
            octet(concat.parts),
            octet(concat.part)};
}

struct UserData {
    std::size_t length = 0; // TP-UDL: septets or octets
    Octets octets;
};

UserData encode_septets(const std::u16string& septets, Octets header) {
    const std::size_t before = (header.size() * 8 + 6) / 7;
    const auto fill = static_cast<unsigned>(before * 7 - header.size() * 8);
    append(header, pack_septets(septets, fill));
    return {before + septets.size(), std::move(header)};
}

UserData encode_units(const Content& content, Octets header) {
    for (const char16_t unit : content.units) {
        if (content.alphabet == Alphabet::ucs2)
            header.push_back(octet(unit >> 8U));
        header.push_back(octet(unit));
    }
    const std::size_t length = header.size();
    return {length, std::move(header)};
}

std::uint8_t data_coding(Alphabet alphabet) {
    switch (alphabet) {
    case Alphabet::gsm7:
        return 0x00;
    case Alphabet::eight_bit:
        return 0x04;
    case Alphabet::ucs2:
        return 0x08;
    }
    return 0;
}

Pdu finish(const std::string& smsc, const Octets& tpdu) {
    return {to_hex(encode_smsc(smsc)) + to_hex(tpdu), tpdu.size()};
}

} // namespace

std::optional<Pdu> raw_pdu(std::string_view hex) {
    const auto octets = from_hex(hex);
    if (!octets || octets->empty() || octets->front() >= octets->size())
        return std::nullopt;
    return Pdu{to_hex(*octets), octets->size() - 1 - octets->front()};
}

std::optional<Pdu> encode_deliver(const Deliver& deliver) {
    const auto sender = encode_address(deliver.sender);
    if (!sender)
        return std::nullopt;
    const bool septets = deliver.content.alphabet == Alphabet::gsm7;
    Octets header = deliver.concat ? encode_header(*deliver.concat) : Octets{};
    const UserData data = septets ? encode_septets(deliver.content.units, std::move(header))
                                  : encode_units(deliver.content, std::move(header));
    if (data.length > (septets ? most_septets : most_octets))
        return std::nullopt;
    Octets tpdu{octet(type_deliver | no_more_messages | (deliver.concat ? has_header : 0U))};
    append(tpdu, *sender);
    append(tpdu, {0x00, data_coding(deliver.content.alphabet)});
    append(tpdu, encode_time(deliver.time));
    tpdu.push_back(octet(data.length));
    append(tpdu, data.octets);
    return finish(deliver.smsc, tpdu);
}

Pdu encode_report(const Report& report) {
    Octets tpdu{octet(type_report | no_more_messages), report.reference};
    append(tpdu, encode_address(report.recipient).value_or(Octets{0, 0x81}));
    append(tpdu, encode_time(report.submitted));
    append(tpdu, encode_time(report.discharged));
    tpdu.push_back(report.status);
    return finish(report.smsc, tpdu);
}

} // namespace smsspool::sim
