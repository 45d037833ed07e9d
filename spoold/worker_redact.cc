// What of a conversation with a device may be kept.

#include "spoold/worker_redact.h"

#include <algorithm>
#include <array>

namespace smsspool {

namespace {

constexpr std::size_t shortest_number = 7;
constexpr std::size_t shortest_data = 24; // digits in hexadecimal: longer than any number
constexpr std::size_t shown_data = 4;
constexpr std::string_view hidden = "****";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_hex(char c) {
    return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

std::string redacted_data(std::string_view data) {
    return std::string(data.substr(0, shown_data)) + "..(" + std::to_string(data.size() / 2) +
           " octets)";
}

// As many characters from `at` on as `is` holds for.
template <typename Condition>
std::size_t run_length(std::string_view text, std::size_t at, Condition is) {
    const auto begin = text.begin() + static_cast<std::ptrdiff_t>(at);
    return static_cast<std::size_t>(std::find_if_not(begin, text.end(), is) - begin);
}

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// Behind the first of `words` that the line has, in whatever case; npos where it has none.
std::size_t code_begin(std::string_view line) {
    constexpr std::array<std::string_view, 6> words{
        "CPIN=", "CLCK=", "CPWD=", "CPIN2=", "CPINENT=", "CPUK="};
    std::string folded(line);
    std::transform(folded.begin(), folded.end(), folded.begin(), upper);
    std::size_t first = std::string_view::npos;
    for (const std::string_view word : words) {
        if (const auto at = folded.find(word); at != std::string::npos)
            first = std::min(first, at + word.size());
    }
    return first;
}

} // namespace

std::string redacted_number(std::string_view number) {
    constexpr std::size_t first = 3;
    constexpr std::size_t last = 2;
    if (number.size() <= first + last)
        return std::string(number);
    return std::string(number.substr(0, first)) + ".." +
           std::string(number.substr(number.size() - last));
}

std::string redacted_line(std::string_view line) {
    std::string result;
    for (std::size_t at = 0; at < line.size();) {
        const std::size_t plus = line[at] == '+' ? 1 : 0;
        const std::size_t digits = run_length(line, at + plus, is_digit);
        const std::size_t data = run_length(line, at, is_hex);
        if (data >= shortest_data) {
            result += redacted_data(line.substr(at, data));
            at += data;
        } else if (digits >= shortest_number) {
            result += redacted_number(line.substr(at, plus + digits));
            at += plus + digits;
        } else {
            // As a whole: what ends a short run is no beginning of a longer one.
            const std::size_t step = std::max<std::size_t>({1, plus + digits, data});
            result += line.substr(at, step);
            at += step;
        }
    }
    return result;
}

std::string without_codes(std::string_view line, std::string_view secret) {
    const std::size_t code = code_begin(line);
    std::string result(line.substr(0, code));
    if (code != std::string_view::npos)
        result += hidden;
    if (secret.empty())
        return result;
    for (auto at = result.find(secret); at != std::string::npos;
         at = result.find(secret, at + hidden.size()))
        result.replace(at, secret.size(), hidden);
    return result;
}

} // namespace smsspool
