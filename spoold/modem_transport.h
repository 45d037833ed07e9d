// The transport over a GSM modem: finds it, unlocks it, and gives requests to libgammu.

#ifndef SMSSPOOL_SPOOLD_MODEM_TRANSPORT_H
#define SMSSPOOL_SPOOLD_MODEM_TRANSPORT_H

#include "spoold/modem_gammu.h"
#include "spoold/modem_probe.h"
#include "spoold/modem_settings.h"
#include "spoold/worker_main.h"

#include <memory>

namespace smsspool {

class ModemTransport : public Transport {
public:
    Answer open(const OpenRequest& request) override;
    Answer send(const SendRequest& request) override;
    Answer scan() override;
    Answer remove(const DeleteRequest& request) override;
    Answer state() override;
    Answer reset(const ResetRequest& request) override;
    Watch watch() const override;
    Event listen() override;

private:
    [[nodiscard]] Answer connect(const GammuConfig& config, const ProbedPort& port);
    [[nodiscard]] Answer connect_tty();
    [[nodiscard]] std::optional<Trouble> unlock(const ProbedPort& port);
    [[nodiscard]] std::optional<Trouble> check_imsi(const ProbedPort& port) const;

    ModemSettings settings_;
    ProbedPort port_;
    std::unique_ptr<Gammu> gammu_; // none: not open
    bool on_tty_ = false;
    // A PIN that is wrong three times locks the SIM: in the life of this process it is tried once.
    bool pin_tried_ = false;
};

} // namespace smsspool

#endif
