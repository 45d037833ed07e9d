// Keeps from whoever reads a tty what modems say all the time to nobody: signal, mode, traffic.
//
// To libgammu any byte is a reason to wait on, and a line that it does not know spoils the answer
// before which it stands.

#ifndef SMSSPOOL_SPOOLD_MODEM_NOISE_H
#define SMSSPOOL_SPOOLD_MODEM_NOISE_H

#include <cstddef>
#include <string>
#include <string_view>

namespace smsspool {

class NoiseFilter {
public:
    // What of these bytes, and of those that were kept back before, is to be handed on: `most` at
    // the most, the rest the next time.
    [[nodiscard]] std::string pass(std::string_view bytes, std::size_t most);

private:
    enum class Place { line_start, inside };
    void take(char byte);

    Place place_ = Place::line_start;
    std::string held_;   // the beginning of a line that may be noise
    std::string passed_; // not handed on yet
};

} // namespace smsspool

#endif
