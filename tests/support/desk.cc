// smsctl for a test.

#include "tests/support/desk.h"

#include "common/error.h"
#include "common/spool.h"

#include <array>
#include <climits>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace smsspool {

std::string contents(const std::string& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

rapidjson::Document parsed(const std::string& text) {
    rapidjson::Document document;
    if (parse_json(text, 10, document) || !document.IsObject())
        throw std::invalid_argument("no JSON object: " + text);
    return document;
}

std::string bin() {
    if (const char* named = std::getenv("SMSSPOOL_BIN"))
        return named;
    std::array<char, PATH_MAX> path{};
    if (::readlink("/proc/self/exe", path.data(), path.size() - 1) <= 0)
        throw system_error(Fault::unavailable, "/proc/self/exe");
    const std::string self = path.data();
    return self.substr(0, self.rfind('/'));
}

Desk::Desk(const std::string& more) {
    (void)folder_.write("conf", "spool = " + folder_.file("spool.sqlite") +
                                    "\nbusy_timeout = 100ms\n" + more);
}

Ran Desk::run(const std::string& words, const std::string& out) const {
    const std::string command = "'" + bin() + "/smsctl' -c '" + folder_.file("conf") + "' " +
                                words + " >'" + out + "' 2>'" + folder_.file("err") + "'";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, "", contents(folder_.file("err"))};
}

Ran Desk::run(const std::string& words) const {
    Ran ran = run(words, folder_.file("out"));
    ran.out = contents(folder_.file("out"));
    return ran;
}

Spooled::Spooled(const std::string& more) : Desk(more) {
    (void)Spool::migrate(config(), desk_time);
}

ctl::Answer Spooled::ask(ctl::Answer (*verb)(const ctl::Call&), ctl::Output output,
                         const ctl::Arguments& arguments) const {
    const Config settings = config();
    return verb({settings, arguments, output, desk_time});
}

} // namespace smsspool
