// The grammar of smsctl: a sentence as the manual writes it, held against words as they were typed.
//
//   word                 stands as it is; the words that begin a sentence name it
//   <id>, <age>, <file>, <name>  a value, checked by its type
//   [<name>]             a value that may be there
//   --option <age>       an option with a value; it must be given
//   [--option <list>]    an option with a value that may be given
//   [--option]           an option that may be given
// Options may stand anywhere behind the words that name the sentence. A value of any other type is
// an option's only, and is checked by the sentence.

#ifndef SMSSPOOL_CTL_GRAMMAR_H
#define SMSSPOOL_CTL_GRAMMAR_H

#include "common/settings.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool::ctl {

// What the values of a sentence were, checked.
struct Arguments {
    std::string id;                   // of <id>: a UUID in lower case
    Ms age{};                         // of <age>
    std::string file;                 // of <file>: a path that is not empty
    std::string name;                 // of <name>: of a user; empty: it was not there
    std::vector<std::string> options; // those given of the kind [--option]
    std::map<std::string, std::string, std::less<>> values; // of the other options, as typed

    [[nodiscard]] bool has(std::string_view option) const;
    // What was typed behind it. Nothing: it was not given.
    [[nodiscard]] std::optional<std::string> value(std::string_view option) const;
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
