// How long libgammu sleeps. It waits 0.4 s after each of its first commands, and 0.1, 0.5 and 0.1 s
// within each message, for phones that were slow to read. Here such a sleep ends as soon as the
// modem has shown, by its echo, that it has read all. One that does not echo gets the time in full.

#ifndef SMSSPOOL_SPOOLD_MODEM_PACE_H
#define SMSSPOOL_SPOOLD_MODEM_PACE_H

#include <chrono>
#include <cstddef>
#include <string_view>

namespace smsspool {

class Pace {
public:
    // To be called for each write to a tty and each read from one.
    void wrote(int tty, std::string_view bytes);
    void read(std::string_view bytes);

    // Sleeps as long as is needed, `time` at the most.
    void sleep(std::chrono::microseconds time);

    // From now on the whole time, if it is a long one.
    void slow_down() { slow_ = true; }
    [[nodiscard]] bool is_slow() const { return slow_; }

private:
    [[nodiscard]] bool has_echoed() const;

    int tty_ = -1;            // the one written to last
    std::size_t awaited_ = 0; // bytes of echo: of a message all, of a command one
    bool in_message_ = false; // what was written last is a message, without its end
    bool at_prompt_ = false;  // what was read last is the prompt for one
    bool slow_ = false;
};

// The one of this process.
[[nodiscard]] Pace& pace();

} // namespace smsspool

#endif
