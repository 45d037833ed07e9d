// What a modem says to a command: bounded, and the same wherever it pauses.

#include "spoold/modem_port.h"
#include "tests/fuzz/targets.h"

#include <algorithm>
#include <sys/socket.h>
#include <unistd.h>

namespace smsspool::fuzz {

namespace {

// A port whose other end is in the target's hand.
class Wire {
public:
    Wire() {
        int ends[2];
        require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0,
                "a pair of sockets can be made");
        port_.emplace(Fd(ends[0]));
        modem_.reset(ends[1]);
    }
    AtPort& port() { return *port_; }
    void say(std::string_view bytes) const {
        require(::send(modem_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                    static_cast<ssize_t>(bytes.size()),
                "the wire takes the answer");
    }

private:
    std::optional<AtPort> port_;
    Fd modem_;
};

std::optional<AtAnswer> answer_to(std::string_view said, std::size_t pause) {
    Wire wire;
    wire.port().expect_echo();
    wire.port().begin("AT+CMGL=4");
    wire.say("AT+CMGL=4\r");
    if (pause > 0)
        wire.say(said.substr(0, pause));
    if (auto answer = wire.port().take())
        return answer;
    if (pause < said.size())
        wire.say(said.substr(pause));
    return wire.port().take();
}

bool same(const std::optional<AtAnswer>& one, const std::optional<AtAnswer>& other) {
    if (!one || !other)
        return one.has_value() == other.has_value();
    return one->result == other->result && one->code == other->code && one->lines == other->lines;
}

} // namespace

void port(std::string_view bytes) {
    if (bytes.empty())
        return;
    const auto pause = static_cast<unsigned char>(bytes.front());
    // More than fits a socket would have to be said in turns.
    const std::string_view said = bytes.substr(1, 32 * 1024);
    const auto answer = answer_to(said, 0);
    require(same(answer, answer_to(said, std::min<std::size_t>(pause, said.size()))),
            "a pause changes nothing");
    if (!answer)
        return;
    require(answer->lines.size() <= 1024, "an answer has an end");
    for (const std::string& line : answer->lines)
        require(!line.empty(), "an empty line is none");
    require(!name_of_result(*answer).empty(), "a result has a name");
    (void)answer->value("+CPIN:");
}

} // namespace smsspool::fuzz
