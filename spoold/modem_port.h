// A tty that may have a modem behind it, asked in plain AT commands (3GPP TS 27.007).
//
// For what libgammu cannot do or does too slowly: to find the modem, to unlock the SIM, to delete
// what libgammu cannot read. Nothing here knows libgammu.

#ifndef SMSSPOOL_SPOOLD_MODEM_PORT_H
#define SMSSPOOL_SPOOLD_MODEM_PORT_H

#include "common/fd.h"
#include "spoold/worker_protocol.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <termios.h>
#include <variant>
#include <vector>

namespace smsspool {

// How a modem answered one command.
struct AtAnswer {
    enum class Result { ok, error, cme_error, cms_error };
    Result result = Result::ok;
    int code = -1;                  // of a CME or CMS error
    std::vector<std::string> lines; // what came before the result, without echo and empty lines

    [[nodiscard]] bool ok() const { return result == Result::ok; }
    // The rest of the first line that starts with `prefix`, without spaces before it.
    [[nodiscard]] std::optional<std::string> value(std::string_view prefix) const;
};

// What the modem said in one short sentence, for a log: "+CME ERROR 10".
[[nodiscard]] std::string name_of_result(const AtAnswer& answer);

class AtPort {
public:
    // Opens the tty for this process alone: raw, 8N1, without modem control. Another program's lock
    // (flock or TIOCEXCL) is respected. Trouble says why not.
    [[nodiscard]] static std::variant<AtPort, Trouble> open(const std::string& path, unsigned baud);

    // Speaks on a tty that is open already; its settings stay.
    explicit AtPort(Fd tty) : tty_(std::move(tty)) {}

    AtPort(AtPort&&) noexcept = default;
    AtPort& operator=(AtPort&&) noexcept = default;
    // Of a tty that open() opened, throws away what is unsent, so that closing cannot wait for a
    // modem that takes nothing.
    ~AtPort();

    [[nodiscard]] int descriptor() const { return tty_.get(); }

    // Leaves an SMS prompt in which another program may have left the modem.
    void escape();

    // From now on an answer counts only after the echo of its command: so a late answer to an
    // earlier command is not taken for it. To be called once the modem was told to echo (ATE1).
    void expect_echo() { expect_echo_ = true; }

    // Sends `command` (without its line end) and forgets what came before.
    void begin(std::string_view command);

    // Takes what there is, without waiting; the answer once it is complete.
    [[nodiscard]] std::optional<AtAnswer> take();

    // True if anything at all came since begin().
    [[nodiscard]] bool heard() const { return heard_; }

    // True once reading or writing failed: the device is gone.
    [[nodiscard]] bool lost() const { return lost_; }

    // begin() and wait. Nothing where no complete answer came in time.
    [[nodiscard]] std::optional<AtAnswer> ask(std::string_view command,
                                              std::chrono::milliseconds timeout);

private:
    void write(std::string_view bytes);
    void read();
    [[nodiscard]] std::optional<AtAnswer> take_line(std::string_view line);

    Fd tty_;
    std::optional<termios> found_; // the settings before open() changed them
    bool expect_echo_ = false;
    bool echoed_ = false;
    bool heard_ = false;
    bool lost_ = false;
    std::string command_;
    std::string input_;
    AtAnswer partial_;
};

// The descriptor under which this process has the device `path` open; -1 where it has not.
[[nodiscard]] int open_descriptor_of(const std::string& path);

} // namespace smsspool

#endif
