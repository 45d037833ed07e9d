// One SMS, between libgammu's form of it and ours.

#include "spoold/modem_gammu_inside.h"
#include "spoold/modem_pdu.h"

#include <algorithm>

namespace smsspool {

namespace {

// Writes `text` with its closing zero; false, and nothing written, where it does not fit.
template <std::size_t size>
bool put_ucs2(unsigned char (&target)[size], std::string_view text) {
    const auto bytes = to_ucs2(text);
    if (bytes.size() + 2 > size)
        return false;
    std::copy(bytes.begin(), bytes.end(), target);
    target[bytes.size()] = 0;
    target[bytes.size() + 1] = 0;
    return true;
}

// The moment, if the modem's date is one.
std::optional<UtcMs> utc_of(const GSM_DateTime& time) {
    using namespace std::chrono;
    const year_month_day date{year(time.Year), month(static_cast<unsigned>(time.Month)),
                              day(static_cast<unsigned>(time.Day))};
    const bool good = date.ok() && time.Hour >= 0 && time.Hour < 24 && time.Minute >= 0 &&
                      time.Minute < 60 && time.Second >= 0 && time.Second < 60;
    if (!good)
        return std::nullopt;
    const auto local =
        sys_days(date) + hours(time.Hour) + minutes(time.Minute) + seconds(time.Second);
    const auto moment = local - seconds(time.Timezone);
    return duration_cast<std::chrono::milliseconds>(moment.time_since_epoch()).count();
}

std::string hex_of_data(const GSM_SMSMessage& sms) {
    const auto length = static_cast<std::size_t>(std::max(sms.Length, 0));
    return to_hex({sms.Text, std::min(length, sizeof sms.Text)});
}

bool has_text(const GSM_SMSMessage& sms) {
    return sms.Coding == SMS_Coding_Default_No_Compression ||
           sms.Coding == SMS_Coding_Unicode_No_Compression;
}

void fill_deliver(const GSM_SMSMessage& sms, const std::string& pdu, IncomingSms& message) {
    // Read here: libgammu knows it only where it is the only element of the header.
    const Concatenation place =
        sms.UDH.Type == UDH_NoUDH ? Concatenation{} : concatenation_in(sms.UDH.Text);
    message.part = place.part;
    message.parts = place.parts;
    message.reference = place.reference;
    if (has_text(sms)) {
        message.text = ucs2_text(sms.Text);
    } else {
        message.kind = IncomingSms::Kind::raw;
        message.text = sms.Coding == SMS_Coding_8bit || pdu.empty() ? hex_of_data(sms) : pdu;
    }
}

void put_concatenation(const SendRequest& request, GSM_SMSMessage& sms) {
    if (request.parts < 2)
        return;
    sms.UDH.Type = UDH_ConcatenatedMessages;
    sms.UDH.ID8bit = request.reference;
    sms.UDH.ID16bit = -1;
    sms.UDH.AllParts = static_cast<int>(request.parts);
    sms.UDH.PartNumber = static_cast<int>(request.part);
    GSM_EncodeUDHHeader(nullptr, &sms.UDH);
}

} // namespace

std::optional<IncomingSms> incoming_message(const GSM_SMSMessage& sms, const std::string& pdu) {
    IncomingSms message;
    message.location = sms.Location;
    message.number = ucs2_text(sms.Number);
    message.sent = utc_of(sms.DateTime);
    switch (sms.PDU) {
    case SMS_Deliver:
        fill_deliver(sms, pdu, message);
        return message;
    case SMS_Status_Report:
        message.kind = IncomingSms::Kind::report;
        message.reference = sms.MessageReference;
        message.report_status = sms.DeliveryStatus;
        message.settled = utc_of(sms.SMSCTime);
        return message;
    case SMS_Submit:
        return std::nullopt;
    }
    return std::nullopt;
}

bool put_message(const SendRequest& request, const std::string& smsc, GSM_SMSMessage& sms) {
    GSM_SetDefaultSMSData(&sms);
    sms.PDU = request.report ? SMS_Status_Report : SMS_Submit;
    sms.Class = -1;
    sms.Coding = request.encoding == Encoding::gsm7 ? SMS_Coding_Default_No_Compression
                                                    : SMS_Coding_Unicode_No_Compression;
    // Location 0: the number below counts, and the SIM is not asked again for each part.
    sms.SMSC.Location = 0;
    // libgammu writes the octet whether or not it says that there is one.
    constexpr unsigned longest = 0xFF;
    sms.SMSC.Validity.Format = SMS_Validity_RelativeFormat;
    sms.SMSC.Validity.Relative = static_cast<GSM_ValidityPeriod>(
        request.validity > 0 ? validity_octet(request.validity) : longest);
    put_concatenation(request, sms);
    const bool fits = put_ucs2(sms.SMSC.Number, smsc) && put_ucs2(sms.Number, request.number) &&
                      put_ucs2(sms.Text, request.text);
    sms.Length = static_cast<int>(UnicodeLength(sms.Text));
    return fits;
}

} // namespace smsspool
