// The transport over a GSM modem: finds it, unlocks it, and gives requests to libgammu.

#ifndef SMSSPOOL_SPOOLD_MODEM_TRANSPORT_H
#define SMSSPOOL_SPOOLD_MODEM_TRANSPORT_H

#include "spoold/modem_gammu.h"
#include "spoold/modem_probe.h"
#include "spoold/worker_main.h"

#include <chrono>
#include <memory>

namespace smsspool {

// The settings of a modem, as smsspool-modem(8) explains them.
struct ModemSettings {
    std::string device; // empty: it is looked for
    std::string discover = "/dev/ttyUSB* /dev/ttyACM* /dev/serial/by-id/*";
    std::string connection = "at115200";
    std::string pin;
    std::string smsc;
    std::string features;
    std::size_t scan_limit = 50;
    std::chrono::milliseconds send_timeout{45000};
    std::chrono::milliseconds probe_timeout{2000};
};

// From the texts of an OpenRequest; members that it lacks keep their default, unknown ones are
// ignored, empty ones count as not given. Trouble names the setting that is wrong.
[[nodiscard]] std::variant<ModemSettings, Trouble>
read_modem_settings(const std::map<std::string, std::string>& texts);

class ModemTransport : public Transport {
public:
    Answer open(const OpenRequest& request) override;
    Answer send(const SendRequest& request) override;
    Answer scan() override;
    Answer remove(const DeleteRequest& request) override;
    Answer state() override;
    Watch watch() const override;
    Event listen() override;

private:
    [[nodiscard]] Answer connect(const GammuConfig& config, const ProbedPort& port);
    [[nodiscard]] Answer connect_tty();
    [[nodiscard]] std::optional<Trouble> unlock(const ProbedPort& port);

    ModemSettings settings_;
    ProbedPort port_;
    std::unique_ptr<Gammu> gammu_; // none: not open
    bool on_tty_ = false;
    // A PIN that is wrong three times locks the SIM: in the life of this process it is tried once.
    bool pin_tried_ = false;
};

} // namespace smsspool

#endif
