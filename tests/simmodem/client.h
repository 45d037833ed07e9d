// "simmodem ctl": the control language for shells.

#ifndef SMSSPOOL_TESTS_SIMMODEM_CLIENT_H
#define SMSSPOOL_TESTS_SIMMODEM_CLIENT_H

#include <span>
#include <string>

namespace smsspool::sim {

// The request that the words of a command line mean; the first is the verb. Throws Error bad_input
// with a sentence.
[[nodiscard]] std::string request_from(std::span<char* const> words);

// Sends one request to the socket, prints the answer. Answers the exit status: 0 if it was ok, 1 if
// not. Throws Error unavailable where nobody answers.
[[nodiscard]] int ask(const std::string& socket, const std::string& request);

} // namespace smsspool::sim

#endif
