// What this process and its ttys say to each other.

#include "spoold/modem_tap.h"

#include "spoold/worker_recorder.h"

#include <algorithm>
#include <utility>

namespace smsspool {

namespace {

constexpr char control_z = '\x1A';
constexpr char escape = '\x1B';

// More than any line of a modem; what exceeds it is noise.
constexpr std::size_t longest_line = 4096;
constexpr std::size_t most_direct = 500;

bool starts_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

bool is_hex(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789ABCDEFabcdef") == text.npos;
}

} // namespace

void TtyTap::name_port(dev_t device, const std::string& name) {
    if (std::exchange(last_, device) != device)
        recorder().remark(name);
}

void TtyTap::say_sent(Tty& tty) {
    if (!tty.out.empty())
        recorder().sent(std::exchange(tty.out, {}));
}

void TtyTap::say_heard(Tty& tty) {
    const std::string line = std::exchange(tty.in, {});
    if (!line.empty())
        take_line(tty, line);
}

void TtyTap::take_line(Tty& tty, const std::string& line) {
    const Next expected = std::exchange(tty.next, Next::line);
    if (expected != Next::line && !is_hex(line)) {
        recorder().heard_text(line);
        return;
    }
    recorder().heard(line);
    if (expected == Next::direct && tty.arrivals.direct.size() < most_direct)
        tty.arrivals.direct.push_back(line);
    if (starts_with(line, "+CMTI:") || starts_with(line, "+CDSI:"))
        tty.arrivals.stored = true;
    else if (starts_with(line, "+CMT:") || starts_with(line, "+CDS:"))
        tty.next = Next::direct;
    else if (starts_with(line, "+CMGL:") || starts_with(line, "+CMGR:"))
        tty.next = Next::text;
}

void TtyTap::sent(dev_t device, const std::string& name, std::string_view bytes) {
    Tty& tty = ttys_[device];
    name_port(device, name);
    say_heard(tty); // a prompt has no end
    for (const char c : bytes) {
        if (c == '\r' || c == '\n') {
            say_sent(tty);
        } else if (c == control_z || c == escape) {
            say_sent(tty);
            recorder().sent(c == escape ? "<ESC>" : "<CTRL-Z>");
            tty.end_was_sent = tty.end_was_sent || c == control_z;
        } else if (tty.out.size() < longest_line) {
            tty.out += c;
        }
    }
    // What was written as a whole is a line of its own, also where its end is still to come: a
    // message. libgammu writes to some modems character by character.
    if (bytes.size() > 1)
        say_sent(tty);
}

void TtyTap::heard(dev_t device, const std::string& name, std::string_view bytes) {
    Tty& tty = ttys_[device];
    name_port(device, name);
    for (const char c : bytes) {
        if (c == '\r' || c == '\n')
            say_heard(tty);
        else if (tty.in.size() < longest_line)
            tty.in += c;
    }
}

bool TtyTap::has_arrivals(dev_t device) const {
    const auto found = ttys_.find(device);
    return found != ttys_.end() &&
           (found->second.arrivals.stored || !found->second.arrivals.direct.empty());
}

TtyTap::Arrivals TtyTap::take_arrivals(dev_t device) {
    const auto found = ttys_.find(device);
    return found == ttys_.end() ? Arrivals{} : std::exchange(found->second.arrivals, {});
}

bool TtyTap::end_was_sent(dev_t device) const {
    const auto found = ttys_.find(device);
    return found != ttys_.end() && found->second.end_was_sent;
}

void TtyTap::forget_end(dev_t device) {
    ttys_[device].end_was_sent = false;
}

TtyTap& tty_tap() {
    static TtyTap only;
    return only;
}

} // namespace smsspool
