// The conversation over the line.

#include "tests/simmodem/dialogue.h"

#include "common/json.h"
#include "common/log.h"
#include "common/utf.h"

#include <algorithm>
#include <cctype>

namespace smsspool::sim {

namespace {

constexpr std::size_t most_input = 64 * 1024;
constexpr std::size_t most_pdu = 1024;

constexpr char backspace = '\b';
constexpr char control_z = '\x1A';
constexpr char escape = '\x1B';

using std::chrono::milliseconds;

// A command line for the memory of events: whatever is said to +CPIN is a secret.
std::string without_secrets(std::string_view line) {
    constexpr std::string_view secret = "CPIN=";
    const auto same = [](unsigned char a, unsigned char b) { return std::toupper(a) == b; };
    const auto found = std::search(line.begin(), line.end(), secret.begin(), secret.end(), same);
    std::string shown = to_valid_utf8(line);
    if (found == line.end())
        return shown;
    return std::string(line.begin(), found) + std::string(secret) + "...";
}

std::string command_json(std::string_view line) {
    rapidjson::StringBuffer buffer;
    JsonWriter writer(buffer);
    writer.StartObject();
    put_key(writer, "event");
    put_text(writer, "command");
    put_key(writer, "text");
    put_text(writer, line);
    writer.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

} // namespace

void Dialogue::receive(std::string_view bytes) {
    const std::size_t unheard = obey_silently(bytes);
    bytes.remove_prefix(unheard);
    if (bytes.empty())
        return;
    if (input_.size() + bytes.size() <= most_input)
        input_ += bytes;
    process();
}

// A modem that says nothing may still switch its radio, or start again; what follows that command
// it may hear. How many of the bytes it did not hear.
std::size_t Dialogue::obey_silently(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size() && is_deaf()) {
        const char c = bytes[at++];
        if (modem_.faults().is_on(FaultName::deaf_echo))
            say({&c, 1});
        if (c == escape)
            command_.clear();
        else if (c == '\r')
            obey();
        else if (command_.size() <= longest_line)
            command_ += c;
    }
    return at;
}

bool Dialogue::is_deaf() const {
    return modem_.faults().is_on(FaultName::mute) || modem_.faults().is_on(FaultName::deaf_echo);
}

void Dialogue::obey() {
    constexpr std::string_view wanted = "AT+CFUN=";
    const std::string line = std::exchange(command_, {});
    if (!modem_.faults().can_end() || !line.starts_with(wanted))
        return;
    events_.record(EventKind::command, {}, line, command_json(line));
    static_cast<void>(run_line(modem_, line));
}

void Dialogue::process() {
    while (!busy_ && at_ < input_.size())
        take(input_[at_++]);
    input_.erase(0, std::min(at_, input_.size()));
    at_ = 0;
    say_unasked();
}

void Dialogue::take(char c) {
    switch (mode_) {
    case Mode::command:
        take_command(c);
        break;
    case Mode::pdu:
        take_pdu(c);
        break;
    }
}

void Dialogue::take_command(char c) {
    if (c == escape) {
        command_.clear();
    } else if (c == '\n') {
        return;
    } else if (c == backspace) {
        echo(c);
        if (!command_.empty())
            command_.pop_back();
    } else if (c == '\r') {
        echo(c);
        run_command();
    } else {
        echo(c);
        if (command_.size() <= longest_line) // one more than allowed: remembered as too long
            command_ += c;
    }
}

void Dialogue::run_command() {
    const std::string line = std::exchange(command_, {});
    if (line.empty())
        return;
    last_command_ = without_secrets(line);
    log_debug("MODEM", "command " + last_command_);
    events_.record(EventKind::command, {}, last_command_, command_json(last_command_));
    const auto result = run_line(modem_, line);
    if (!result)
        return;
    if (result->prompt_length)
        open_prompt(*result->prompt_length);
    else
        answer(*result);
}

void Dialogue::open_prompt(std::size_t length) {
    if (modem_.faults().use(FaultName::no_prompt))
        return;
    mode_ = Mode::pdu;
    pdu_.clear();
    pdu_length_ = length;
    say_later(modem_.faults().use(FaultName::bare_prompt) ? "\r\n>" : "\r\n> ", {});
}

void Dialogue::take_pdu(char c) {
    if (c == control_z) {
        echo(c);
        mode_ = Mode::command;
        finish_pdu();
    } else if (c == escape) {
        mode_ = Mode::command;
        answer(done());
    } else if (c != '\r' && c != '\n') {
        echo(c);
        if (pdu_.size() <= most_pdu)
            pdu_ += c;
        const FaultSettings* death = modem_.faults().find(FaultName::die_in_pdu);
        if (death != nullptr && static_cast<std::int64_t>(pdu_.size()) >= death->bytes)
            line_.die();
    }
}

void Dialogue::finish_pdu() {
    constexpr int invalid_parameter = 304;
    const auto submit = decode_submit(pdu_, pdu_length_);
    if (!submit) {
        answer(cms(invalid_parameter));
        return;
    }
    busy_ = true;
    timers_.after(send_time_,
                  [this, part = *submit, session = session_] { transmit(part, session); });
}

// Runs also when the client has gone meanwhile: the part is with the network, not with the client.
void Dialogue::transmit(const Submit& submit, std::uint64_t session) {
    Answer result;
    milliseconds delay{0};
    bool lost = false;
    if (const auto refused = refusal(submit)) {
        result = *refused;
    } else {
        result = said("+CMGS: " + std::to_string(network_.accept(submit)));
        lost = modem_.faults().use(FaultName::lost_cmgs).has_value();
        if (const auto late = modem_.faults().use(FaultName::late_cmgs))
            delay = milliseconds{late->ms};
    }
    if (session != session_)
        return;
    busy_ = false;
    if (!lost)
        answer(result, delay);
    if (!busy_)
        process();
}

std::optional<Answer> Dialogue::refusal(const Submit& submit) {
    constexpr int no_card = 310;
    constexpr int no_service = 331;
    constexpr int no_centre = 330;
    if (modem_.card_state() != CardState::ready)
        return cms(no_card);
    if (!modem_.registered()) {
        const FaultSettings* fault = modem_.faults().find(FaultName::no_network);
        return cms(fault != nullptr ? static_cast<int>(fault->code) : no_service);
    }
    if (submit.smsc.empty() && modem_.smsc().empty())
        return cms(no_centre);
    const auto fault = modem_.faults().use_refusal(RefuseAt::end, submit.number);
    return fault ? std::optional(refusal_answer(*fault)) : std::nullopt;
}

void Dialogue::answer(const Answer& answer, milliseconds delay) {
    say_later(garbage() + wire_text(answer, modem_.settings.error_style), delay);
}

void Dialogue::say_later(std::string text, milliseconds delay) {
    if (const FaultSettings* slow = modem_.faults().find(FaultName::slow))
        delay += milliseconds{slow->ms};
    if (delay.count() == 0) {
        say(text);
        return;
    }
    busy_ = true;
    timers_.after(delay, [this, text = std::move(text), session = session_] {
        if (session != session_)
            return;
        busy_ = false;
        say(text);
        process();
    });
}

void Dialogue::say(std::string_view text) {
    if (!modem_.faults().is_on(FaultName::mute))
        line_.write(text);
}

void Dialogue::echo(char c) {
    if (modem_.settings.echo == Echo::on && !modem_.faults().is_on(FaultName::echo_off))
        say({&c, 1});
}

std::string Dialogue::garbage() {
    const auto fault = modem_.faults().use(FaultName::garbage);
    std::string bytes;
    for (std::int64_t i = 0; fault && i < fault->bytes; ++i)
        bytes += static_cast<char>(random_() >> 8U & 0xFFU);
    return bytes;
}

void Dialogue::say_unasked() {
    if (busy_ || in_the_middle())
        return;
    while (const auto text = modem_.next_indication())
        say(*text);
}

void Dialogue::reset() {
    ++session_;
    busy_ = false;
    mode_ = Mode::command;
    input_.clear();
    at_ = 0;
    command_.clear();
    pdu_.clear();
}

void Dialogue::faults_changed() {
    if (chatter_)
        timers_.cancel(*chatter_);
    chatter_.reset();
    if (const FaultSettings* fault = modem_.faults().find(FaultName::chatter))
        chatter_ = timers_.after(milliseconds{fault->ms}, [this] { chatter(); });
}

// A modem that is hung may still chatter; one that is asked waits at least for the end of the line.
void Dialogue::chatter() {
    const FaultSettings* fault = modem_.faults().find(FaultName::chatter);
    if (fault != nullptr && (modem_.faults().is_on(FaultName::mute) || !in_the_middle()))
        line_.write("\r\n" + fault->text + "\r\n");
    faults_changed();
}

} // namespace smsspool::sim
