// What libgammu's errors mean.

#include "spoold/modem_gammu_inside.h"

namespace smsspool {

namespace {

// The word of a Trouble for an error of libgammu.
std::string_view trouble_kind(GSM_Error error) {
    switch (static_cast<int>(error)) {
    case ERR_DEVICENOTEXIST:
    case ERR_DEVICEWRITEERROR:
    case ERR_DEVICEREADERROR:
    case ERR_DEVICENODRIVER:
        return "device_missing";
    case ERR_DEVICENOPERMISSION:
        return "permission";
    case ERR_DEVICEOPENERROR: // its lock is held: a path that cannot be opened has other numbers
    case ERR_DEVICELOCKED:
    case ERR_DEVICEBUSY:
        return "busy_device";
    case ERR_TIMEOUT:
    case ERR_ABORTED: // by us, after a time without progress
        return "timeout";
    case ERR_SECURITYERROR:
    case ERR_NOSIM:
    case ERR_EMPTYSMSC:
    case ERR_GETTING_SMSC:
        return "sim";
    default:
        return "other";
    }
}

} // namespace

Trouble trouble(const std::string& doing, GSM_Error error) {
    return {std::string(trouble_kind(error)),
            doing + ": " + GSM_ErrorName(error) + " (" + std::to_string(error) + ")"};
}

bool breaks_link(GSM_Error error) {
    const auto kind = trouble_kind(error);
    return kind == "timeout" || kind == "device_missing";
}

Trouble broken_link() {
    return {"timeout", "the link must be opened anew"};
}

} // namespace smsspool
