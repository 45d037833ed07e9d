// What this process and its ttys say to each other, seen as the bytes pass (modem_tap_gammu.cc).
//
// Two things are made of it: the record of the conversation, and what a modem says unasked. The
// latter is taken from here because whoever reads the tty at that moment, libgammu or AtPort, looks
// for an answer and throws the rest away.

#ifndef SMSSPOOL_SPOOLD_MODEM_TAP_H
#define SMSSPOOL_SPOOLD_MODEM_TAP_H

#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace smsspool {

class TtyTap {
public:
    // What a modem said unasked since it was taken last.
    struct Arrivals {
        bool stored = false;             // something was stored (+CMTI, +CDSI)
        std::vector<std::string> direct; // PDUs in hexadecimal that it does not store (+CMT, +CDS)
    };

    // Bytes as they pass, of the tty `device` (st_rdev), which a person knows as `name`.
    void sent(dev_t device, const std::string& name, std::string_view bytes);
    void heard(dev_t device, const std::string& name, std::string_view bytes);

    [[nodiscard]] bool has_arrivals(dev_t device) const;
    [[nodiscard]] Arrivals take_arrivals(dev_t device);

    // True if the CTRL-Z that sends a message off was written since the last forget_end().
    [[nodiscard]] bool end_was_sent(dev_t device) const;
    void forget_end(dev_t device);

private:
    enum class Next { line, direct, text };

    struct Tty {
        std::string out; // begun lines
        std::string in;
        Next next = Next::line; // what the line that comes is
        bool end_was_sent = false;
        Arrivals arrivals;
    };

    void name_port(dev_t device, const std::string& name);
    static void say_sent(Tty& tty);
    static void say_heard(Tty& tty);
    static void take_line(Tty& tty, const std::string& line);

    std::map<dev_t, Tty> ttys_;
    dev_t last_ = 0; // the device of the line that was recorded last
};

// The one of this process.
[[nodiscard]] TtyTap& tty_tap();

} // namespace smsspool

#endif
