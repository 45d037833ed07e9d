// How the phone answers: the first rule that fits a message gives the reply.

#ifndef SMSSPOOL_TESTS_SIMMODEM_RULES_H
#define SMSSPOOL_TESTS_SIMMODEM_RULES_H

#include <chrono>
#include <cstddef>
#include <optional>
#include <rapidjson/document.h>
#include <string>
#include <string_view>
#include <vector>

namespace smsspool::sim {

// Every condition that is there must hold; a rule without any fits every message.
struct Rule {
    std::optional<std::string> equals; // "match" in JSON
    std::optional<std::string> contains;
    std::optional<std::string> prefix;
    std::optional<std::string> number;
    std::string reply; // "{text}" in it stands for the message
    std::chrono::milliseconds after{0};

    [[nodiscard]] bool fits(std::string_view to, std::string_view text) const;
    [[nodiscard]] std::string reply_to(std::string_view text) const;
};

// {"match":…,"contains":…,"prefix":…,"number":…,"reply":…,"after_ms":…}. Throws Error bad_input
// with a sentence where there is no reply or a member has the wrong type.
[[nodiscard]] Rule rule_from(const rapidjson::Value& object);

// A file with an array of rules, or an object with such an array as "rules". Throws Error bad_input
// or unavailable.
[[nodiscard]] std::vector<Rule> read_rules(const std::string& path);

} // namespace smsspool::sim

#endif
