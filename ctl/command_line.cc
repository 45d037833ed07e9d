// The command line.

#include "ctl/command_line.h"

namespace smsspool::ctl {

CommandLine read_command_line(const std::vector<std::string>& arguments) {
    CommandLine line;
    for (auto word = arguments.begin(); word != arguments.end(); ++word) {
        if (*word == "-h" || *word == "--help") {
            line.ask = CommandLine::Ask::help;
        } else if (*word == "-V" || *word == "--version") {
            line.ask = CommandLine::Ask::version;
        } else if (*word == "--json") {
            line.output = Output::json;
        } else if (*word == "-c") {
            if (++word == arguments.end()) {
                line.fault = "-c wants a FILE";
                return line;
            }
            line.files.push_back(*word);
        } else if (word->size() > 1 && word->front() == '-' && (*word)[1] != '-') {
            line.fault = "there is no option \"" + *word + "\"";
        } else {
            line.words.push_back(*word);
        }
    }
    return line;
}

} // namespace smsspool::ctl
