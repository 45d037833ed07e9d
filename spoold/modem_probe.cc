// Finding the modem among the ttys.

#include "spoold/modem_probe.h"

#include "spoold/modem_port.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <glob.h>
#include <poll.h>
#include <set>

namespace smsspool {

namespace {

using std::chrono::milliseconds;
using Time = Monotonic::time_point;

// A modem that wakes up, or leaves an SMS prompt, may say something of its own first. What comes in
// this time is nobody's answer.
constexpr milliseconds settle_time{200};
constexpr milliseconds repeat_after{700};
// A port that answers everything just in time is given up after this many of its times.
constexpr int most_times = 8;

enum class Question {
    at,
    echo,
    quiet,
    errors,
    pin,
    pdu_mode,
    memory,
    indication,
    manufacturer,
    imei,
    count
};

constexpr std::array<std::string_view, static_cast<std::size_t>(Question::count)> commands{
    "AT",        "ATE1",     "AT^CURC=0", "AT+CMEE=1", "AT+CPIN?",
    "AT+CMGF=0", "AT+CPMS?", "AT+CNMI=?", "AT+CGMI",   "AT+CGSN"};

std::string_view command_of(Question question) {
    return commands[static_cast<std::size_t>(question)];
}

constexpr int cme_sim_not_inserted = 10;
constexpr int cme_sim_pin = 11;
constexpr int cme_sim_puk = 12;
constexpr int cme_sim_failure = 13;

Sim sim_of(const AtAnswer& answer) {
    if (const auto state = answer.value("+CPIN:")) {
        if (*state == "READY" || *state == "SIM PIN2" || *state == "SIM PUK2")
            return Sim::ready;
        return *state == "SIM PIN" ? Sim::pin : Sim::locked;
    }
    switch (answer.code) {
    case cme_sim_not_inserted:
    case cme_sim_failure:
        return Sim::absent;
    case cme_sim_pin:
        return Sim::pin;
    case cme_sim_puk:
        return Sim::locked;
    default:
        return Sim::unknown;
    }
}

// +CPMS: "SM",0,30,"SM",0,30,"ME",0,30 - the third is for what arrives; some modems have fewer.
std::string incoming_memory_of(const AtAnswer& answer) {
    std::string name;
    const std::string value = answer.value("+CPMS:").value_or("");
    for (auto open = value.find('"'); open != std::string::npos;) {
        const auto close = value.find('"', open + 1);
        if (close == std::string::npos)
            break;
        name = value.substr(open + 1, close - open - 1);
        open = value.find('"', close + 1);
    }
    return name;
}

// The answer to a question whose answer has no prefix. Other lines are events of the modem.
std::string bare_value(const AtAnswer& answer, std::string_view prefix) {
    if (const auto value = answer.value(prefix))
        return *value;
    for (const std::string& line : answer.lines) {
        if (line.front() != '+' && line.front() != '^' && line != "RING")
            return line;
    }
    return {};
}

std::string digits_in(std::string_view text) {
    const auto begin = text.find_first_of("0123456789");
    if (begin == std::string_view::npos)
        return {};
    text.remove_prefix(begin);
    return std::string(
        text.substr(0, std::min(text.find_first_not_of("0123456789"), std::size_t{20})));
}

// The conversation with one port.
class Conversation {
public:
    Conversation(const std::string& path, unsigned baud, milliseconds timeout)
        : timeout_(timeout), last_(Monotonic::now() + most_times * timeout) {
        result_.path = path;
        auto opened = AtPort::open(path, baud);
        if (const auto* trouble = std::get_if<Trouble>(&opened)) {
            result_.fault = trouble->text;
            result_.fault_kind = trouble->kind;
            return;
        }
        port_.emplace(std::get<AtPort>(std::move(opened)));
        port_->escape();
        settle();
    }

    // The tty to wait for; -1 where the conversation is over.
    [[nodiscard]] int descriptor() const { return port_ ? port_->descriptor() : -1; }
    // When step() is to be called even if nothing comes.
    [[nodiscard]] Time wake_at() const { return wake_at_; }
    [[nodiscard]] const ProbedPort& result() const { return result_; }

    void step() {
        auto answer = port_->take();
        const Time now = Monotonic::now();
        if (port_->lost())
            return give_up("device_missing", "the device is gone");
        if (settling_) {
            if (now >= wake_at_)
                ask();
        } else if (answer) {
            hear(*answer);
        } else if (now >= give_up_at_) {
            give_up("timeout", (port_->heard() ? "no good answer to " : "no answer to ") +
                                   std::string(command_of(question_)));
        } else if (now >= wake_at_ && question_ == Question::at) {
            say();
        }
    }

private:
    void settle(milliseconds longer = milliseconds(0)) {
        settling_ = true;
        wake_at_ = Monotonic::now() + settle_time + longer;
    }

    void ask() {
        settling_ = false;
        asked_at_ = Monotonic::now();
        times_said_ = 0;
        give_up_at_ = std::min(Monotonic::now() + timeout_, last_);
        say();
    }

    void say() {
        ++times_said_;
        port_->begin(command_of(question_));
        wake_at_ = give_up_at_;
        if (question_ == Question::at)
            wake_at_ = std::min(give_up_at_, Monotonic::now() + repeat_after);
    }

    void hear(const AtAnswer& answer) {
        judge(answer);
        if (!port_)
            return;
        question_ = static_cast<Question>(static_cast<int>(question_) + 1);
        if (question_ == Question::count)
            port_.reset();
        else if (times_said_ > 1)
            settle(time_of_repeats());
        else
            ask();
    }

    // A slow modem has still to answer what was said again meanwhile. Taken for answers to what
    // comes next, those would leave each question with the answer to the one before.
    [[nodiscard]] milliseconds time_of_repeats() const {
        const auto took = Monotonic::now() - asked_at_;
        return std::min(timeout_, std::chrono::duration_cast<milliseconds>(took * 3 / 2));
    }

    void judge(const AtAnswer& answer) {
        switch (question_) {
        case Question::at:
            if (!answer.ok())
                give_up("other", "AT: " + name_of_result(answer));
            break;
        case Question::echo:
            port_->expect_echo();
            break;
        case Question::pin:
            result_.sim = sim_of(answer);
            break;
        case Question::pdu_mode:
            if (!answer.ok() && sim_serves())
                give_up("other", "no PDU mode: " + name_of_result(answer));
            break;
        case Question::memory:
            has_memory_ = answer.ok();
            result_.incoming_memory = incoming_memory_of(answer);
            break;
        case Question::indication:
            if (!answer.ok() && !has_memory_ && sim_serves())
                give_up("other", "no SMS: " + name_of_result(answer));
            break;
        case Question::manufacturer:
            result_.manufacturer = bare_value(answer, "+CGMI:");
            break;
        case Question::imei:
            result_.imei = digits_in(bare_value(answer, "+CGSN:"));
            break;
        case Question::quiet: // Huawei's sticks report the signal unasked; others refuse this
        case Question::errors:
        case Question::count:
            break;
        }
    }

    // Without a SIM that is ready most modems refuse everything about SMS: that says nothing about
    // the port.
    [[nodiscard]] bool sim_serves() const {
        return result_.sim == Sim::ready || result_.sim == Sim::unknown;
    }

    void give_up(std::string kind, std::string why) {
        result_.fault = std::move(why);
        result_.fault_kind = std::move(kind);
        port_.reset();
    }

    ProbedPort result_;
    milliseconds timeout_;
    Time last_; // when the conversation is to be over
    std::optional<AtPort> port_;
    Question question_ = Question::at;
    bool settling_ = false;
    bool has_memory_ = false;
    Time wake_at_{};
    Time give_up_at_{};
    Time asked_at_{};
    int times_said_ = 0; // the question
};

// Waits for the first of the conversations that has something to do. False where all are over.
bool wait_and_step(std::vector<Conversation>& conversations) {
    std::vector<pollfd> wanted;
    Time wake = Time::max();
    for (const Conversation& conversation : conversations) {
        wanted.push_back({conversation.descriptor(), POLLIN, 0});
        if (conversation.descriptor() >= 0)
            wake = std::min(wake, conversation.wake_at());
    }
    if (wake == Time::max())
        return false;
    const auto left = std::chrono::ceil<milliseconds>(wake - Monotonic::now()).count();
    ::poll(wanted.data(), wanted.size(), static_cast<int>(std::max<decltype(left)>(left, 0)));
    for (Conversation& conversation : conversations) {
        if (conversation.descriptor() >= 0)
            conversation.step();
    }
    return true;
}

bool by_name(const std::string& left, const std::string& right) {
    return ::strverscmp(left.c_str(), right.c_str()) < 0;
}

void append_matches(const std::string& pattern, std::vector<std::string>& paths) {
    glob_t found{};
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
        std::vector<std::string> matches(found.gl_pathv, found.gl_pathv + found.gl_pathc);
        std::sort(matches.begin(), matches.end(), by_name);
        paths.insert(paths.end(), matches.begin(), matches.end());
    }
    ::globfree(&found);
}

} // namespace

std::vector<std::string> matching_ports(std::string_view patterns) {
    std::vector<std::string> paths;
    while (!patterns.empty()) {
        const auto end = std::min(patterns.find(' '), patterns.size());
        if (end > 0)
            append_matches(std::string(patterns.substr(0, end)), paths);
        patterns.remove_prefix(std::min(end + 1, patterns.size()));
    }
    std::vector<std::string> unique;
    std::set<std::filesystem::path> devices;
    for (std::string& path : paths) {
        std::error_code error;
        const auto device = std::filesystem::canonical(path, error);
        if (devices.insert(error ? std::filesystem::path(path) : device).second)
            unique.push_back(std::move(path));
    }
    return unique;
}

std::vector<ProbedPort> probe_ports(const std::vector<std::string>& paths, unsigned baud,
                                    milliseconds timeout) {
    std::vector<Conversation> conversations;
    conversations.reserve(paths.size());
    for (const std::string& path : paths)
        conversations.emplace_back(path, baud, timeout);
    while (wait_and_step(conversations)) {
    }
    std::vector<ProbedPort> results;
    for (const Conversation& conversation : conversations)
        results.push_back(conversation.result());
    return results;
}

} // namespace smsspool
