// Functions of libgammu that are replaced: the dynamic linker prefers the program's to the
// library's. modem_worker_test sees whether that still holds.

#include "spoold/modem_gammu_inside.h"
#include "spoold/modem_pdu.h"

#include <cstring>
#include <dlfcn.h>

namespace smsspool {

std::string& last_pdu() {
    static std::string pdu;
    return pdu;
}

} // namespace smsspool

// The first two: libgammu takes "~" in a UCS-2 text for a markup of old phones. Alone it sends
// U+0001 in its place, and only a doubled one, which then counts twice in the length, as itself;
// what arrives it doubles. Here the text is copied as it is.
//
// The third: libgammu's decoder writes beyond its buffers where the lengths in a message do not
// agree. Such a message is refused before; its bytes are kept, as are those of all that it fails to
// decode.
extern "C" {

[[gnu::visibility("default")]] void EncodeUnicodeSpecialNOKIAChars(unsigned char* target,
                                                                   const unsigned char* source,
                                                                   std::size_t units) {
    std::memmove(target, source, units * 2);
    target[units * 2] = 0;
    target[units * 2 + 1] = 0;
}

[[gnu::visibility("default")]] void DecodeUnicodeSpecialNOKIAChars(unsigned char* target,
                                                                   const unsigned char* source,
                                                                   std::size_t units) {
    EncodeUnicodeSpecialNOKIAChars(target, source, units);
}

[[gnu::visibility("default")]] GSM_Error
GSM_DecodePDUFrame(GSM_Debug_Info* debug, GSM_SMSMessage* sms, const unsigned char* buffer,
                   std::size_t length, std::size_t* end, gboolean with_centre) {
    using Decode = decltype(&GSM_DecodePDUFrame);
    static const auto decode = reinterpret_cast<Decode>(::dlsym(RTLD_NEXT, "GSM_DecodePDUFrame"));
    const auto centre =
        with_centre ? smsspool::ServiceCentre::included : smsspool::ServiceCentre::left_out;
    smsspool::last_pdu() = smsspool::to_hex({buffer, length});
    if (decode == nullptr || !smsspool::is_sound_pdu({buffer, length}, centre))
        return ERR_UNKNOWN;
    return decode(debug, sms, buffer, length, end, with_centre);
}

} // extern "C"
