// Finding and running a command.

#include "tests/simmodem/commands.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace smsspool::sim {

namespace {

constexpr std::string_view name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::string_view extended_marks = "+^$*#%@";

std::string upper(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return result;
}

// Cuts at `mark` outside quotation marks.
std::vector<std::string_view> cut_outside_quotes(std::string_view text, char mark) {
    std::vector<std::string_view> pieces;
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"')
            quoted = !quoted;
        if (text[i] == mark && !quoted) {
            pieces.push_back(text.substr(begin, i - begin));
            begin = i + 1;
        }
    }
    pieces.push_back(text.substr(begin));
    return pieces;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ')
        text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ')
        text.remove_suffix(1);
    return text;
}

const Command* find_command(std::string_view name) {
    for (const auto family :
         {general_commands(), card_commands(), network_commands(), message_commands()})
        for (const Command& command : family)
            if (command.name == name)
                return &command;
    return nullptr;
}

// +CME and +CMS numbers for a card that is missing or locked.
Answer card_failure(CardState state, Needs needs) {
    const bool by_cms = needs == Needs::card_cms;
    switch (state) {
    case CardState::ready:
        break;
    case CardState::absent:
        return by_cms ? cms(310) : cme(10);
    case CardState::pin:
        return by_cms ? cms(311) : cme(11);
    case CardState::puk:
        return by_cms ? cms(316) : cme(12);
    }
    return failed();
}

Handler handler_for(const Command& command, std::string_view& rest) {
    if (rest.empty())
        return command.exec;
    if (rest == "?")
        return command.read;
    if (rest.front() != '=')
        return nullptr;
    rest.remove_prefix(1);
    return rest == "?" ? command.test : command.set;
}

// "+CMGL=4", "^CPIN?"
Answer run_extended(Modem& modem, std::string_view text) {
    const std::string folded = upper(text);
    const std::size_t end = std::min(folded.find_first_not_of(name_characters, 1), text.size());
    const Command* command = find_command(std::string_view(folded).substr(0, end));
    std::string_view rest = trimmed(text.substr(end));
    const Handler handler = command == nullptr ? nullptr : handler_for(*command, rest);
    if (handler == nullptr)
        return failed();
    if (command->needs != Needs::nothing && modem.card_state() != CardState::ready)
        return card_failure(modem.card_state(), command->needs);
    return handler(modem, Arguments(rest));
}

// One basic command from the front of `text`: a letter (or & and a letter) with its number.
Answer run_basic(Modem& modem, std::string_view& text) {
    constexpr std::string_view value_characters = "0123456789=?";
    const std::size_t letters = text.front() == '&' ? 2 : 1;
    const std::size_t end =
        std::min(text.find_first_not_of(value_characters, letters), text.size());
    const std::string command = upper(text.substr(0, end));
    text.remove_prefix(end);
    if (command == "E" || command == "E0" || command == "E1") {
        modem.settings.echo = command == "E1" ? Echo::on : Echo::off;
        return done();
    }
    if (command.front() == 'I')
        return {{"smsspool", "simmodem", modem.options().imei}, Result::ok, 0, std::nullopt};
    if (command.front() == 'Z' || command == "&F" || command == "&F0")
        modem.settings = Settings{};
    constexpr std::string_view harmless = "ZVQXSHLM&";
    return harmless.find(command.front()) == std::string_view::npos ? failed() : done();
}

Answer run_piece(Modem& modem, std::string_view text) {
    Answer answer = done();
    text = trimmed(text);
    while (!text.empty() && answer.result == Result::ok) {
        if (extended_marks.find(text.front()) != std::string_view::npos)
            return run_extended(modem, text);
        Answer next = run_basic(modem, text);
        next.lines.insert(next.lines.begin(), answer.lines.begin(), answer.lines.end());
        answer = std::move(next);
        text = trimmed(text);
    }
    return answer;
}

struct ErrorWords {
    Result result;
    int code;
    std::string_view words;
};

constexpr std::array error_words{
    ErrorWords{Result::cme, 10, "SIM not inserted"},
    ErrorWords{Result::cme, 11, "SIM PIN required"},
    ErrorWords{Result::cme, 12, "SIM PUK required"},
    ErrorWords{Result::cme, 16, "incorrect password"},
    ErrorWords{Result::cme, 50, "incorrect parameters"},
    ErrorWords{Result::cms, 302, "operation not allowed"},
    ErrorWords{Result::cms, 304, "invalid PDU mode parameter"},
    ErrorWords{Result::cms, 310, "SIM not inserted"},
    ErrorWords{Result::cms, 311, "SIM PIN required"},
    ErrorWords{Result::cms, 316, "SIM PUK required"},
    ErrorWords{Result::cms, 321, "invalid memory index"},
    ErrorWords{Result::cms, 322, "memory full"},
    ErrorWords{Result::cms, 330, "SMSC address unknown"},
    ErrorWords{Result::cms, 331, "no network service"},
    ErrorWords{Result::cms, 332, "network timeout"},
    ErrorWords{Result::cms, 500, "unknown error"},
};

std::string error_text(const Answer& answer, int style) {
    if (style == 2)
        for (const ErrorWords& row : error_words)
            if (row.result == answer.result && row.code == answer.code)
                return std::string(row.words);
    return std::to_string(answer.code);
}

std::string result_text(const Answer& answer, int style) {
    switch (answer.result) {
    case Result::ok:
        return "OK";
    case Result::error:
        return "ERROR";
    case Result::cme:
        return style == 0 ? "ERROR" : "+CME ERROR: " + error_text(answer, style);
    case Result::cms:
        return "+CMS ERROR: " + error_text(answer, style);
    }
    return {};
}

} // namespace

Answer done() {
    return {};
}
Answer said(std::string text) {
    return {{std::move(text)}, Result::ok, 0, std::nullopt};
}
Answer failed() {
    return {{}, Result::error, 0, std::nullopt};
}
Answer cme(int code) {
    return {{}, Result::cme, code, std::nullopt};
}
Answer cms(int code) {
    return {{}, Result::cms, code, std::nullopt};
}

Answer refusal_answer(const FaultSettings& fault) {
    const int code = static_cast<int>(fault.code);
    switch (fault.with) {
    case RefuseWith::cms:
        return cms(code);
    case RefuseWith::cme:
        return cme(code);
    case RefuseWith::error:
        return failed();
    }
    return failed();
}

Arguments::Arguments(std::string_view text) {
    for (std::string_view piece : cut_outside_quotes(text, ',')) {
        piece = trimmed(piece);
        std::string value;
        std::copy_if(piece.begin(), piece.end(), std::back_inserter(value),
                     [](char c) { return c != '"'; });
        values_.push_back(std::move(value));
    }
}

const std::string& Arguments::text(std::size_t at) const {
    static const std::string nothing;
    return at < values_.size() ? values_[at] : nothing;
}

std::optional<int> Arguments::number(std::size_t at) const {
    constexpr std::size_t most_digits = 5;
    const std::string& value = text(at);
    if (value.empty() || value.size() > most_digits ||
        value.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    return std::stoi(value);
}

std::optional<Answer> run_line(Modem& modem, std::string_view line) {
    line = trimmed(line);
    if (line.size() < 2 || upper(line.substr(0, 2)) != "AT")
        return std::nullopt;
    if (line.size() > longest_line)
        return failed();
    Answer whole = done();
    for (const std::string_view piece : cut_outside_quotes(line.substr(2), ';')) {
        Answer answer = run_piece(modem, piece);
        answer.lines.insert(answer.lines.begin(), whole.lines.begin(), whole.lines.end());
        whole = std::move(answer);
        if (whole.result != Result::ok || whole.prompt_length)
            break;
    }
    return whole;
}

std::string wire_text(const Answer& answer, int error_style) {
    std::string text;
    for (const std::string& line : answer.lines)
        text += "\r\n" + line + "\r\n";
    return text + "\r\n" + result_text(answer, error_style) + "\r\n";
}

} // namespace smsspool::sim
