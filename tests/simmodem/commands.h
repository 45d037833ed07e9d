// AT commands: a line in, an answer out. Only the PDU of a +CMGS comes another way (dialogue.h).

#ifndef SMSSPOOL_TESTS_SIMMODEM_COMMANDS_H
#define SMSSPOOL_TESTS_SIMMODEM_COMMANDS_H

#include "tests/simmodem/modem.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool::sim {

enum class Result { ok, error, cme, cms };

struct Answer {
    std::vector<std::string> lines; // before the result
    Result result = Result::ok;
    int code = 0;                             // of cme and cms
    std::optional<std::size_t> prompt_length; // +CMGS: a PDU of this length is awaited; no result
};

[[nodiscard]] Answer done();
[[nodiscard]] Answer said(std::string text);
[[nodiscard]] Answer failed();
[[nodiscard]] Answer cme(int code);
[[nodiscard]] Answer cms(int code);
// As the fault "refuse" wants it.
[[nodiscard]] Answer refusal_answer(const FaultSettings& fault);

// What stands behind "=", cut at its commas; quotation marks are taken off.
class Arguments {
public:
    explicit Arguments(std::string_view text);

    [[nodiscard]] std::size_t count() const { return values_.size(); }
    // Empty where there are not so many.
    [[nodiscard]] const std::string& text(std::size_t at) const;
    // Nothing where it is missing, empty or not a number from 0 to 99999.
    [[nodiscard]] std::optional<int> number(std::size_t at) const;

private:
    std::vector<std::string> values_;
};

// Without what the command needs: an answer by +CME ERROR or by +CMS ERROR.
enum class Needs { nothing, card_cme, card_cms };

using Handler = Answer (*)(Modem&, const Arguments&);

// A form that has no handler is answered ERROR.
struct Command {
    std::string_view name;
    Needs needs;
    Handler test; // AT+X=?
    Handler read; // AT+X?
    Handler set;  // AT+X=...
    Handler exec; // AT+X
};

// The four families of commands, each in its own file.
[[nodiscard]] std::span<const Command> general_commands();
[[nodiscard]] std::span<const Command> card_commands();
[[nodiscard]] std::span<const Command> network_commands();
[[nodiscard]] std::span<const Command> message_commands();

inline constexpr std::size_t longest_line = 2048;

// Runs a line, "AT" in front, several commands with ";" between them: up to the first that fails.
// Nothing is answered (no value) to a line that does not begin with AT; ERROR to one that is longer
// than longest_line.
[[nodiscard]] std::optional<Answer> run_line(Modem& modem, std::string_view line);

// How the answer goes over the line, in the style of +CMEE.
[[nodiscard]] std::string wire_text(const Answer& answer, int error_style);

} // namespace smsspool::sim

#endif
