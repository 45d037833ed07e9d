// The command line of smsctl: what stands around the sentence.

#ifndef SMSSPOOL_CTL_COMMAND_LINE_H
#define SMSSPOOL_CTL_COMMAND_LINE_H

#include <string>
#include <vector>

namespace smsspool::ctl {

enum class Output {
    text, // for a person
    json, // one object a line, for a program
};

struct CommandLine {
    enum class Ask { sentence, help, version };
    Ask ask = Ask::sentence;
    Output output = Output::text;
    std::vector<std::string> files; // of -c; empty: the default ones
    std::vector<std::string> words; // the sentence
    std::string fault;              // what is wrong with the command line; empty: nothing
};

// `arguments` without the program's name. -c, --json, -h and -V count wherever they stand.
[[nodiscard]] CommandLine read_command_line(const std::vector<std::string>& arguments);

} // namespace smsspool::ctl

#endif
