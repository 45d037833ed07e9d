// The settings of a modem, as smsspool-modem(8) explains them.

#ifndef SMSSPOOL_SPOOLD_MODEM_SETTINGS_H
#define SMSSPOOL_SPOOLD_MODEM_SETTINGS_H

#include "spoold/modem_sim.h"
#include "spoold/worker_protocol.h"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace smsspool {

struct ModemSettings {
    std::string device; // empty: it is looked for
    std::string discover = "/dev/ttyUSB* /dev/ttyACM* /dev/serial/by-id/*";
    std::string connection = "at115200";
    std::string imei;       // only this device; empty: any
    std::string known_imei; // of the device that was this modem before
    std::string imsi;       // only this SIM; empty: any
    std::string pin;
    PinHistory pin_history = PinHistory::fresh;
    std::string smsc;
    std::string features;
    std::size_t scan_limit = 50;
    std::chrono::milliseconds send_timeout{45000};
    std::chrono::milliseconds probe_timeout{2000};

    // The IMEI of the modem that is meant; empty where it is not known.
    [[nodiscard]] const std::string& wanted_imei() const {
        return imei.empty() ? known_imei : imei;
    }
};

// From the texts of a request; members that it lacks keep their default, unknown ones are ignored,
// empty ones count as not given. Trouble names the setting that is wrong.
[[nodiscard]] std::variant<ModemSettings, Trouble>
read_modem_settings(const std::map<std::string, std::string>& texts);

// The digits at the end of "at19200"; 115200 where there are none.
[[nodiscard]] unsigned baud_of(std::string_view connection);

} // namespace smsspool

#endif
