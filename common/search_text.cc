// What is searched for, as the index takes it.

#include "common/search_text.h"

#include "common/error.h"
#include "common/ids.h"
#include "common/settings.h"
#include "common/utf.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <clocale>
#include <cwctype>
#include <unordered_set>

namespace smsspool {

namespace {

// Whatever the program's own locale is: what the daemon enters, every program must find.
locale_t letters() {
    static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (locale == nullptr)
        throw Error(Fault::unavailable, "search: the locale C.UTF-8 is missing");
    return locale;
}

// Over the capital letter: some small ones, as the two sigmas, share it.
char32_t folded(char32_t point, locale_t locale) noexcept {
    const auto capital = ::towupper_l(static_cast<wint_t>(point), locale);
    return static_cast<char32_t>(::towlower_l(capital, locale));
}

char folded(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

} // namespace

std::optional<std::string> wrong_search(std::string_view text, const Config& config) {
    const auto most = static_cast<std::size_t>(config.search_length);
    const std::size_t length = code_points(to_valid_utf8(text));
    if (length <= most)
        return std::nullopt;
    return "search must have at most " + std::to_string(most) + " characters, it has " +
           std::to_string(length);
}

std::string folded(std::string_view text) {
    const std::string valid = to_valid_utf8(text);
    const locale_t locale = letters();
    std::string result;
    result.reserve(valid.size());
    for (std::size_t at = 0; at < valid.size();) {
        const char first = valid[at];
        if (first == '\0') {
            append_utf8(result, U'\uFFFD');
            ++at;
        } else if (static_cast<unsigned char>(first) < 0x80) {
            result += folded(first);
            ++at;
        } else {
            append_utf8(result, folded(next_code_point(valid, at), locale));
        }
    }
    return result;
}

std::vector<std::string> trigrams(std::string_view folded, std::size_t most) {
    std::vector<std::string> all;
    std::unordered_set<std::string_view> known;
    std::array<std::size_t, 3> begins{}; // of the last three characters, the oldest first
    std::size_t count = 0;
    for (std::size_t at = 0; at < folded.size(); ++count) {
        begins = {begins[1], begins[2], at};
        (void)next_code_point(folded, at);
        const std::string_view trigram = folded.substr(begins[0], at - begins[0]);
        if (count >= 2 && known.insert(trigram).second)
            all.emplace_back(trigram);
    }
    if (all.size() <= most)
        return all;
    std::vector<std::string> some;
    for (std::size_t i = 0; i < most; ++i)
        some.push_back(std::move(all[i * all.size() / most]));
    return some;
}

std::string owner_mark(std::string_view user) {
    constexpr char32_t private_use = 0xF0000; // to U+FFFFD
    constexpr std::size_t digits = 4;
    constexpr unsigned mask = 0x7FFF;
    const std::string hash = sha256_hex(user);
    std::string mark;
    for (std::size_t i = 0; i < 3; ++i) {
        unsigned value = 0;
        const char* begin = hash.data() + i * digits;
        (void)std::from_chars(begin, begin + digits, value, 16);
        append_utf8(mark, private_use + (value & mask));
    }
    return mark;
}

std::string all_of(const std::vector<std::string>& trigrams) {
    std::string question;
    for (const std::string& trigram : trigrams) {
        question += question.empty() ? "\"" : " AND \"";
        for (const char letter : trigram)
            question += letter == '"' ? "\"\"" : std::string(1, letter);
        question += '"';
    }
    return question;
}

} // namespace smsspool
