// smsctl: the administrator's hand.

#include "common/error.h"
#include "common/log.h"
#include "ctl/sentences.h"

#include <cstdio>
#include <exception>
#include <string>
#include <sysexits.h>
#include <vector>

namespace smsspool::ctl {

namespace {

void complain(const std::string& text) {
    std::fprintf(stderr, "smsctl: %s\n", printable(text).c_str());
}

int refuse(const std::string& fault) {
    complain(fault);
    std::fputs(("\n" + help_text()).c_str(), stderr);
    return EX_USAGE;
}

// What was done but could not be told must not look like success.
int write_out(const Answer& answer) {
    if (!answer.complaint.empty())
        complain(answer.complaint);
    std::fwrite(answer.text.data(), 1, answer.text.size(), stdout);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0)
        return answer.status;
    complain("the standard output cannot be written");
    return EX_IOERR;
}

int obey(const CommandLine& line) {
    const Choice choice = choose(line.words);
    if (choice.sentence == nullptr)
        return refuse(choice.fault);
    const Config config = load(line.files.empty() ? default_files() : line.files);
    return write_out(choice.sentence->run({config, choice.arguments, line.output, utc_now()}));
}

int run(const std::vector<std::string>& arguments) {
    const CommandLine line = read_command_line(arguments);
    if (!line.fault.empty())
        return refuse(line.fault);
    switch (line.ask) {
    case CommandLine::Ask::help:
        return write_out({help_text()});
    case CommandLine::Ask::version:
        return write_out({"smsctl " SMSSPOOL_VERSION "\n"});
    case CommandLine::Ask::sentence:
        break;
    }
    return obey(line);
}

} // namespace

} // namespace smsspool::ctl

int main(int argc, char** argv) {
    try {
        return smsspool::ctl::run({argv + 1, argv + argc});
    } catch (const smsspool::Error& error) {
        smsspool::ctl::complain(error.what());
        return smsspool::exit_status(error.fault());
    } catch (const std::exception& error) {
        smsspool::ctl::complain(error.what());
        return EX_SOFTWARE;
    }
}
