// The grammar of smsctl: a sentence as the manual writes it, held against words as they were typed.
//
//   word                 stands as it is; the words that begin a sentence name it
//   <id>, <age>, <file>  a value, checked by its type
//   --option <age>       an option with a value; it must be given
//   [--option]           an option that may be given
// Options may stand anywhere behind the words that name the sentence.

#ifndef SMSSPOOL_CTL_GRAMMAR_H
#define SMSSPOOL_CTL_GRAMMAR_H

#include "common/settings.h"

#include <string>
#include <string_view>
#include <vector>

namespace smsspool::ctl {

// What the values of a sentence were, checked.
struct Arguments {
    std::string id;                   // of <id>: a UUID in lower case
    Ms age{};                         // of <age>
    std::string file;                 // of <file>: a path that is not empty
    std::vector<std::string> options; // those given of the kind [--option]

    [[nodiscard]] bool has(std::string_view option) const;
};

struct Fit {
    enum class Kind {
        fits,
        faulty, // it is this sentence, and `fault` says what is wrong with the rest
        other,  // the words name another sentence
    };
    Kind kind = Kind::other;
    Arguments arguments;
    std::string fault;
};

[[nodiscard]] Fit fit(std::string_view sentence, const std::vector<std::string>& words);

} // namespace smsspool::ctl

#endif
