// Passwords and tokens.

#include "ctl/secret.h"

#include "common/error.h"
#include "common/log.h"
#include "common/password.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <termios.h>
#include <unistd.h>

namespace smsspool::ctl {

namespace {

constexpr std::size_t line_most = 4096; // longer than any password may be

// What the terminal was before a Silence, for its signal handler.
termios usual_terminal{};

// The handler has been taken back when this runs; the signal comes again and ends the process.
extern "C" void give_terminal_back(int number) {
    ::tcsetattr(STDIN_FILENO, TCSANOW, &usual_terminal);
    ::raise(number);
}

// While it lives the terminal shows nothing of what is typed. Who is ended meanwhile leaves it as
// it was; to stop (Ctrl-Z) is not possible: what is typed after that would be shown.
class Silence {
public:
    Silence() {
        if (::tcgetattr(STDIN_FILENO, &usual_terminal) != 0)
            throw system_error(Fault::unavailable, "the terminal");
        struct sigaction action {};
        action.sa_handler = give_terminal_back;
        action.sa_flags = static_cast<int>(SA_RESETHAND);
        for (std::size_t i = 0; i < ending.size(); ++i)
            ::sigaction(ending[i], &action, &before_[i]);
        action.sa_handler = SIG_IGN;
        ::sigaction(SIGTSTP, &action, &before_stop_);
        termios silent = usual_terminal;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) != 0) {
            const int number = errno;
            end();
            throw system_error(Fault::unavailable, "the terminal", number);
        }
    }
    ~Silence() { end(); }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

private:
    static constexpr std::array<int, 4> ending{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

    void end() noexcept {
        ::tcsetattr(STDIN_FILENO, TCSANOW, &usual_terminal);
        for (std::size_t i = 0; i < ending.size(); ++i)
            ::sigaction(ending[i], &before_[i], nullptr);
        ::sigaction(SIGTSTP, &before_stop_, nullptr);
    }

    std::array<struct sigaction, ending.size()> before_{};
    struct sigaction before_stop_ {};
};

// One line without its end. Nothing: there is none.
std::optional<std::string> line_of_input() {
    std::string line;
    for (char byte = 0; line.size() <= line_most;) {
        const ssize_t count = ::read(STDIN_FILENO, &byte, 1);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            throw system_error(Fault::unavailable, "the standard input");
        if (count == 0 && line.empty())
            return std::nullopt;
        if (count == 0 || byte == '\n')
            break;
        line += byte;
    }
    if (line.ends_with('\r'))
        line.pop_back();
    return line;
}

std::string checked(const std::optional<std::string>& password) {
    if (!password)
        throw Error(Fault::bad_input, "no password was given");
    if (const std::string fault = password_fault(*password); !fault.empty())
        throw Error(Fault::bad_input, fault);
    return *password;
}

std::optional<std::string> asked(const std::string& question) {
    std::fputs((question + ": ").c_str(), stderr);
    auto answer = line_of_input();
    std::fputs("\n", stderr);
    return answer;
}

// The one that api-sms-gammu had where nobody gave it another (contract 2.4).
constexpr std::string_view known_to_everybody = "SEU_TOKEN_SUPER_SECRETO_AQUI";

std::string existing_token() {
    constexpr std::size_t least = 16, most = 512;
    std::optional<std::string> token;
    if (::isatty(STDIN_FILENO) == 0) {
        token = line_of_input();
    } else {
        const Silence silence;
        token = asked("The token");
    }
    const std::string text = token.value_or("");
    const bool printable =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x21 && c <= 0x7E; });
    if (text.size() < least || text.size() > most || !printable)
        throw Error(Fault::bad_input,
                    "a token must have 16 to 512 printable ASCII characters without blanks, and "
                    "this one has " +
                        std::to_string(text.size()) + (printable ? "" : ", not all of them such"));
    if (text == known_to_everybody)
        throw Error(Fault::bad_input, "this token is the one that api-sms-gammu is shipped with: "
                                      "everybody knows it");
    return text;
}

std::string chosen_password(const std::string& user) {
    if (::isatty(STDIN_FILENO) == 0)
        return checked(line_of_input());
    const Silence silence;
    const std::string password = checked(asked("Password of " + printable(user)));
    if (asked("The same once more") != password)
        throw Error(Fault::bad_input, "the two passwords are not the same");
    return password;
}

} // namespace

NewPassword new_password(const Config& config, const Arguments& arguments) {
    if (arguments.has("--generate")) {
        const std::string secret = new_secret();
        return {fast_hash(secret), secret};
    }
    return {slow_hash(chosen_password(arguments.name), static_cast<int>(config.bcrypt_cost)), {}};
}

NewToken new_token(const Arguments& arguments) {
    if (!arguments.has("--existing"))
        return {new_token_secret(), true};
    return {existing_token(), false};
}

} // namespace smsspool::ctl
