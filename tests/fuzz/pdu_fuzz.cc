// PDUs, as octets: simmodem's reader and writer agree with each other and with the look that the
// modem's worker takes before libgammu; and libgammu stands what passes that look.

#include "common/utf.h"
#include "spoold/modem_pdu.h"
#include "spoold/modem_ucs2.h"
#include "tests/fuzz/targets.h"
#include "tests/simmodem/pdu.h"

#include <algorithm>
#include <gammu.h>
#include <memory>

namespace smsspool::fuzz {

namespace {

// The worker takes a centre's address of up to this many octets, simmodem any.
constexpr std::size_t most_centre = 12;

constexpr sim::CentreTime some_time{1'763'159'128'000, -24};

bool is_number(std::string_view number, std::size_t most) {
    const std::string_view digits = number.substr(number.starts_with('+') ? 1 : 0);
    return digits.size() <= most &&
           digits.find_first_not_of("0123456789*#abc") == std::string_view::npos;
}

std::size_t most_units(sim::Alphabet alphabet) {
    switch (alphabet) {
    case sim::Alphabet::gsm7:
        return 160;
    case sim::Alphabet::eight_bit:
        return 140;
    case sim::Alphabet::ucs2:
        return 70;
    }
    return 0;
}

bool looks_sound(const std::string& hex) {
    const auto octets = sim::from_hex(hex);
    return octets && is_sound_pdu(*octets, ServiceCentre::included);
}

// What was read goes out again as a message to us.
void check_deliver(const sim::Submit& submit) {
    const auto pdu =
        sim::encode_deliver({submit.smsc, submit.number, some_time, submit.content, submit.concat});
    if (!pdu)
        return; // with another header it may not fit any more
    require(looks_sound(pdu->hex), "a message that simmodem wrote is sound");
    const auto raw = sim::raw_pdu(pdu->hex);
    require(raw && raw->hex == pdu->hex && raw->length == pdu->length, "its length is its length");
}

void check_submit(const sim::Submit& submit) {
    require(!submit.number.empty() && is_number(submit.number, 20), "the recipient is a number");
    require(is_number(submit.smsc, 2 * 254), "the centre is a number"); // one octet is its length
    require(submit.content.units.size() <= most_units(submit.content.alphabet), "it fits an SMS");
    require(valid_utf8(sim::text_of(submit.content)), "its text is a text");
    if (submit.concat)
        require(submit.concat->part >= 1 && submit.concat->part <= submit.concat->parts,
                "a part is one of its parts");
    check_deliver(submit);
    const sim::Pdu report = sim::encode_report({{}, 1, submit.number, some_time, some_time, 0});
    require(looks_sound(report.hex), "a report that simmodem wrote is sound");
}

void check_simmodem(const sim::Octets& octets) {
    const std::string hex = sim::to_hex(octets);
    require(sim::from_hex(hex) == octets, "hex is the octets");
    const std::size_t centre = octets.empty() ? 0 : std::size_t{octets.front()} + 1;
    if (centre > octets.size())
        return;
    const std::size_t length = octets.size() - centre;
    require(!sim::decode_submit(hex, length + 1), "another length is not taken");
    if (const auto submit = sim::decode_submit(hex, length)) {
        check_submit(*submit);
        require(centre > most_centre + 1 || looks_sound(hex), "what simmodem takes is sound");
    }
}

// On the heap and with little behind the octets, so that a look beyond them is seen. libgammu looks
// for what may follow the status of a report; its driver's own buffer is larger than any PDU.
void check_libgammu(const sim::Octets& octets, ServiceCentre centre) {
    if (!is_sound_pdu(octets, centre))
        return;
    const auto sms = std::make_unique<GSM_SMSMessage>();
    constexpr std::size_t behind = 2;
    const auto copy = std::make_unique<unsigned char[]>(octets.size() + behind);
    std::copy(octets.begin(), octets.end(), copy.get());
    std::size_t end = 0;
    const GSM_Error error =
        ::GSM_DecodePDUFrame(::GSM_GetGlobalDebug(), sms.get(), copy.get(), octets.size(), &end,
                             centre == ServiceCentre::included ? TRUE : FALSE);
    if (error != ERR_NONE)
        return;
    require(end <= octets.size() + behind, "libgammu stays within the octets");
    require(sms->Length >= 0 && sms->Length <= GSM_MAX_SMS_LENGTH,
            "libgammu's text has its length");
}

} // namespace

void pdu(std::string_view bytes) {
    const sim::Octets octets(bytes.begin(), bytes.end());
    check_simmodem(octets);
    check_libgammu(octets, ServiceCentre::included);
    check_libgammu(octets, ServiceCentre::left_out);
    // As what a stranger types.
    (void)sim::decode_submit(bytes, bytes.size() / 2);
    (void)sim::raw_pdu(bytes);
}

} // namespace smsspool::fuzz
