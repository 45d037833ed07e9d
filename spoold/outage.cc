// The spool's own trouble.

#include "spoold/outage.h"

#include "common/log.h"

namespace smsspool {

namespace {

constexpr std::chrono::seconds say_again{10};
constexpr std::chrono::milliseconds settled_after{1500};

// What follows, for the one who reads the log.
std::string_view consequence(Fault fault) noexcept {
    switch (fault) {
    case Fault::busy:
        return "another program holds it; it is tried again each second";
    case Fault::full:
        return "new messages get 507 and nothing is sent until there is room; nothing accepted is "
               "lost, and it goes on by itself";
    case Fault::unavailable:
    case Fault::denied:
        return "new messages get 503 and nothing is sent until it is back; it goes on by itself";
    case Fault::corrupt:
        return "see smsctl spool check, and restore a backup if it says so";
    case Fault::bad_input:
    case Fault::conflict:
    case Fault::bug:
        return "it is tried again each second";
    }
    return {};
}

} // namespace

void SpoolOutage::failed(const Error& error, Monotonic::time_point now) {
    last_ = now;
    if (began_ && now - said_ < say_again)
        return;
    if (!began_)
        began_ = now;
    said_ = now;
    log(error.fault() == Fault::busy ? LogLevel::warning : LogLevel::error, "SPOOL",
        std::string(error.what()) + "; " + std::string(consequence(error.fault())));
}

void SpoolOutage::worked(Monotonic::time_point now) {
    if (!began_ || now - last_ < settled_after)
        return;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *began_).count();
    began_.reset();
    log_info("SPOOL", "the spool works again after " + std::to_string(seconds) + " s");
}

} // namespace smsspool
