// Bringing a modem back to its senses.

#include "spoold/modem_reset.h"

#include "spoold/modem_port.h"

#include <algorithm>
#include <initializer_list>
#include <poll.h>

namespace smsspool {

namespace {

using std::chrono::milliseconds;
using Time = Monotonic::time_point;

constexpr milliseconds in_all{18000};
// To leave the network takes some modems seconds. One that did not answer AT does not answer this
// either, and may obey all the same.
constexpr milliseconds command_time{8000};
constexpr milliseconds silent_time{1500};
constexpr milliseconds try_time{800};
// Modems say OK to a restart, answer for a while, and only then hang up.
constexpr milliseconds before_restart{2500};
constexpr milliseconds settle_time{200};

class Reset {
public:
    explicit Reset(AtPort port) : port_(std::move(port)) {}

    Answer run(ResetRequest::Level level) {
        port_.escape();
        ::poll(nullptr, 0, static_cast<int>(settle_time.count()));
        const auto alive = port_.ask("AT", try_time);
        patience_ = alive ? command_time : silent_time;
        switch (level) {
        case ResetRequest::Level::radio:
            return radio();
        case ResetRequest::Level::modem:
            return start_again();
        }
        return Done{};
    }

private:
    Answer radio() {
        if (!tell({"AT+CFUN=4", "AT+CFUN=0"}))
            return refused("its radio cannot be switched off");
        if (!tell({"AT+CFUN=1"}))
            return refused("its radio cannot be switched on");
        if (!answers(Monotonic::now()))
            return Trouble{"timeout", "no answer after the radio was switched off and on"};
        return Done{};
    }

    Answer start_again() {
        if (!tell({"AT+CFUN=1,1", "AT^RESET", "ATZ"}))
            return refused("it cannot be reset");
        const bool answered = answers(Monotonic::now() + before_restart);
        // Where it hung up the next open looks for it.
        if (!answered && !port_.lost())
            return Trouble{"timeout", "no answer after the reset"};
        return Done{};
    }

    // The first of the commands that is not refused; one that gets no answer may have been obeyed.
    bool tell(std::initializer_list<std::string_view> commands) {
        return std::any_of(commands.begin(), commands.end(), [&](std::string_view command) {
            const auto answer = port_.ask(command, patience_);
            result_ = answer ? std::string(command) + ": " + name_of_result(*answer) : "";
            return !answer || answer->ok();
        });
    }

    // True once it answers AT, at `earliest` or later; false where it does not or is gone.
    bool answers(Time earliest) {
        while (!port_.lost() && Monotonic::now() < give_up_) {
            const auto answer = port_.ask("AT", try_time);
            if (answer && answer->ok() && Monotonic::now() >= earliest)
                return true;
            if (answer)
                ::poll(nullptr, 0, static_cast<int>(settle_time.count()));
        }
        return false;
    }

    [[nodiscard]] Trouble refused(const std::string& what) const {
        return {"other", what + " (" + result_ + ")"};
    }

    AtPort port_;
    milliseconds patience_ = silent_time;
    Time give_up_ = Monotonic::now() + in_all;
    std::string result_; // of the last command
};

} // namespace

Answer reset_modem(const std::string& path, unsigned baud, ResetRequest::Level level) {
    auto opened = AtPort::open(path, baud);
    if (const auto* trouble = std::get_if<Trouble>(&opened))
        return *trouble;
    return Reset(std::get<AtPort>(std::move(opened))).run(level);
}

} // namespace smsspool
