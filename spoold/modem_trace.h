// What libgammu says of its own work, searched for a fact that its functions do not give.

#ifndef SMSSPOOL_SPOOLD_MODEM_TRACE_H
#define SMSSPOOL_SPOOLD_MODEM_TRACE_H

#include <string>
#include <string_view>

namespace smsspool {

// Takes libgammu's trace in pieces (a line feed comes as a piece of its own) and keeps only the
// last error that was the modem's own (CME) rather than the network's (CMS): libgammu hands out the
// numbers of both without a word about which.
class Trace {
public:
    void add(std::string_view piece);
    void clear();

    // The number of the last CME error; -1 where none was seen.
    [[nodiscard]] int cme_error() const { return cme_error_; }

private:
    void end_line();

    std::string line_; // its beginning
    int cme_error_ = -1;
};

} // namespace smsspool

#endif
