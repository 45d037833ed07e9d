// What is searched for, and what it is searched in, as the index of search takes them.
//
// A search finds a text that contains all that was asked for, blanks included, as one piece; upper
// and lower case are the same. The index knows which texts contain a trigram, three characters in a
// row; which of the texts that contain them all is meant, the text itself says.

#ifndef SMSSPOOL_COMMON_SEARCH_TEXT_H
#define SMSSPOOL_COMMON_SEARCH_TEXT_H

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool {

struct Config;

// Why `text` cannot be searched for, a sentence that names the limit; nothing: it can.
[[nodiscard]] std::optional<std::string> wrong_search(std::string_view text, const Config& config);

// `text` with one form for letters that differ in case only. Bytes that are no UTF-8, and NUL,
// which would end a text in the index, become U+FFFD. Throws Error(unavailable) where the locale
// C.UTF-8, which knows the letters, is missing.
[[nodiscard]] std::string folded(std::string_view text);

// The trigrams of a folded text, each once, in their order; at most `most`, spread over the text.
// None: it is shorter than three characters.
[[nodiscard]] std::vector<std::string> trigrams(std::string_view folded, std::size_t most);

// A trigram that stands for a user, of characters that no text has (of private use). Two users may
// share it.
[[nodiscard]] std::string owner_mark(std::string_view user);

// The question to the index for the texts that contain all of them, in the language of FTS5, where
// nothing in a trigram can be taken for that language.
[[nodiscard]] std::string all_of(const std::vector<std::string>& trigrams);

} // namespace smsspool

#endif
