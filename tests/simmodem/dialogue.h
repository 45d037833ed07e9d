// The conversation over the line: bytes in, echo, command lines, the PDU behind a prompt, answers
// in their time, and what the modem says unasked where it may.

#ifndef SMSSPOOL_TESTS_SIMMODEM_DIALOGUE_H
#define SMSSPOOL_TESTS_SIMMODEM_DIALOGUE_H

#include "tests/simmodem/commands.h"
#include "tests/simmodem/events.h"
#include "tests/simmodem/faults.h"
#include "tests/simmodem/modem.h"
#include "tests/simmodem/network.h"
#include "tests/simmodem/timers.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace smsspool::sim {

class Dialogue {
public:
    struct Line {
        std::function<void(std::string_view)> write;
        std::function<void()> die; // the fault die_in_pdu: cut the line now
    };

    // All must live as long as this.
    Dialogue(Modem& modem, Network& network, Events& events, Timers& timers, Line line)
        : modem_(modem), network_(network), events_(events), timers_(timers),
          line_(std::move(line)) {}

    void receive(std::string_view bytes);

    // Forgets the half line, the open prompt and the answer that is due: the client has gone. What
    // was handed to the network stays there.
    void reset();

    // Says what is due unasked, unless the client is in the middle of something.
    void say_unasked();

    // To be called when a fault was switched.
    void faults_changed();

    void set_send_time(std::chrono::milliseconds time) { send_time_ = time; }

    [[nodiscard]] const std::string& last_command() const { return last_command_; }

private:
    enum class Mode { command, pdu };

    void process();
    void take(char c);
    void take_command(char c);
    void take_pdu(char c);
    void run_command();
    [[nodiscard]] std::size_t obey_silently(std::string_view bytes);
    [[nodiscard]] bool is_deaf() const;
    void obey();
    void open_prompt(std::size_t length);
    void finish_pdu();
    void transmit(const Submit& submit, std::uint64_t session);
    [[nodiscard]] std::optional<Answer> refusal(const Submit& submit);
    void answer(const Answer& answer, std::chrono::milliseconds delay = {});
    void say_later(std::string text, std::chrono::milliseconds delay);
    void say(std::string_view text);
    void echo(char c);
    [[nodiscard]] std::string garbage();
    [[nodiscard]] bool in_the_middle() const { return mode_ == Mode::pdu || !command_.empty(); }
    void chatter();

    Modem& modem_;
    Network& network_;
    Events& events_;
    Timers& timers_;
    Line line_;

    Mode mode_ = Mode::command;
    std::string input_;   // not looked at yet
    std::size_t at_ = 0;  // how much of it was
    std::string command_; // the line so far
    std::string pdu_;
    std::size_t pdu_length_ = 0; // as +CMGS announced it
    bool busy_ = false;          // an answer is due; what comes in waits
    std::uint64_t session_ = 0;  // counts reset(): an answer of an earlier one is not given
    std::string last_command_;
    std::chrono::milliseconds send_time_{0};
    std::optional<Timers::Id> chatter_;
    std::minstd_rand random_; // the same bytes in each run
};

} // namespace smsspool::sim

#endif
