// Everything that smsctl can be told: THE table. The help and the test of smsctl(8) read it.

#ifndef SMSSPOOL_CTL_SENTENCES_H
#define SMSSPOOL_CTL_SENTENCES_H

#include "common/clock.h"
#include "common/settings.h"
#include "ctl/command_line.h"
#include "ctl/grammar.h"

#include <string>
#include <string_view>
#include <vector>

namespace smsspool::ctl {

struct Call {
    const Config& config;
    const Arguments& arguments;
    Output output = Output::text;
    UtcMs now = 0;
};

struct Answer {
    std::string text;        // whole lines for the standard output
    int status = 0;          // of the process
    std::string complaint{}; // a sentence for the standard error; empty: none
};

// What was asked for is not there.
inline constexpr int status_nothing = 1;
// What was looked at is not as it should be.
inline constexpr int status_findings = 1;

struct Sentence {
    std::string_view words; // in the form of grammar.h
    std::string_view help;
    Answer (*run)(const Call&); // throws Error
};

[[nodiscard]] const std::vector<Sentence>& sentences();

// The sentence that `words` are, or what is wrong with them.
struct Choice {
    const Sentence* sentence = nullptr; // none: `fault` says why
    Arguments arguments;
    std::string fault;
};
[[nodiscard]] Choice choose(const std::vector<std::string>& words);

// The usage and the table with its help.
[[nodiscard]] std::string help_text();

} // namespace smsspool::ctl

#endif
