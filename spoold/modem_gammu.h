// libgammu, and everything that must be known about it. Only modem_gammu* includes gammu.h.
//
// One object is one connection to one phone. libgammu blocks, for minutes on a modem that is mute
// and for ever on one that chatters: whoever calls has somebody who kills this process at a
// deadline. It has one rule that shapes this class: after an answer that did not come nothing may
// be asked any more, because the late answer would be taken for that of the next question. Then
// broken() is true and every verb answers Trouble; the process is to be replaced.

#ifndef SMSSPOOL_SPOOLD_MODEM_GAMMU_H
#define SMSSPOOL_SPOOLD_MODEM_GAMMU_H

#include "spoold/worker_protocol.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace smsspool {

struct GammuConfig {
    enum class Driver { at, dummy };
    Driver driver = Driver::at;
    std::string device;     // a tty; a folder for dummy; a command for the connection proxyat
    std::string connection; // "at115200"
    std::string features;   // names from gammu's list, separated by spaces, without F_
    std::string smsc;       // empty: asked from the SIM once
    // Whether the SIM was seen to be ready just before: to ask through libgammu takes up to a
    // second.
    enum class Sim { ready, unchecked };
    Sim sim = Sim::unchecked;
};

class Gammu {
public:
    Gammu();
    Gammu(const Gammu&) = delete;
    Gammu& operator=(const Gammu&) = delete;
    ~Gammu();

    // Connects, which takes 4 s with a modem that does not echo. Nothing on success. REQUIRES: not
    // opened yet.
    [[nodiscard]] std::optional<Trouble> open(const GammuConfig& config);

    // What the phone says of itself; empty where it does not.
    [[nodiscard]] Opened identity();

    // Accepted, Refused, Unknown, or Trouble where nothing went out. Waits `timeout` for the
    // network's answer. REQUIRES: !send_fault(request)
    [[nodiscard]] Answer send(const SendRequest& request, std::chrono::milliseconds timeout);

    // Scanned or Trouble. At most `limit` messages, a few more where the last one is in parts.
    [[nodiscard]] Answer scan(std::size_t limit);

    // Done or Trouble.
    [[nodiscard]] Answer remove(const DeleteRequest& request);

    // LinkState or Trouble. `incoming_memory` names the store whose places count: "SM" or "ME",
    // both for any other.
    [[nodiscard]] Answer state(const std::string& incoming_memory);

    // The tty; -1 where it is not known or there is none.
    [[nodiscard]] int descriptor() const;

    // Takes what the modem says unasked.
    void listen();

    // True if something arrived since the last take_incoming().
    [[nodiscard]] bool has_incoming() const;
    bool take_incoming();

    // True once the link must not be used any more.
    [[nodiscard]] bool broken() const;

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

} // namespace smsspool

#endif
