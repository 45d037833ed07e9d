// Keeps noise from whoever reads a tty.

#include "spoold/modem_noise.h"

#include <algorithm>
#include <array>
#include <utility>

namespace smsspool {

namespace {

// With their colon: ^MODEM may be the answer to something.
constexpr std::array<std::string_view, 22> noises{
    "^RSSI:",   "^CRSSI:",  "^HRSSILVL:",  "^CERSSI:", "^HCSQ:",     "^ANLEVEL:",
    "^MODE:",   "^BOOT:",   "^DSFLOWRPT:", "^SRVST:",  "^SIMST:",    "^STIN:",
    "^CSNR:",   "^NWTIME:", "^LTERSRP:",   "^THERM:",  "^RFSWITCH:", "^EARST:",
    "+ZUSIMR:", "+ZDONR:",  "+ZPASR:",     "+ZEND:"};

constexpr std::size_t longest_line = 80;

bool may_be_noise(std::string_view line) {
    return std::any_of(noises.begin(), noises.end(), [&](std::string_view noise) {
        const auto both = std::min(noise.size(), line.size());
        return noise.substr(0, both) == line.substr(0, both);
    });
}

} // namespace

std::string NoiseFilter::pass(std::string_view bytes, std::size_t most) {
    for (const char byte : bytes)
        take(byte);
    const std::string now = passed_.substr(0, most);
    passed_.erase(0, now.size());
    return now;
}

void NoiseFilter::take(char byte) {
    const bool ends = byte == '\r' || byte == '\n';
    if (place_ == Place::inside) {
        passed_ += byte;
    } else if (ends) {
        // Nothing is held unless it is noise as far as it goes.
        const bool is_noise = held_.find(':') != std::string::npos;
        passed_ += is_noise ? std::string() : held_;
        held_.clear();
        passed_ += byte;
    } else {
        held_ += byte;
        if (!may_be_noise(held_) || held_.size() >= longest_line) {
            passed_ += std::exchange(held_, {});
            place_ = Place::inside;
        }
    }
    if (ends)
        place_ = Place::line_start;
}

} // namespace smsspool
