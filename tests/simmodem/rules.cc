// Rules: matching, and reading them.

#include "tests/simmodem/rules.h"

#include "common/error.h"
#include "common/json.h"

#include <fstream>
#include <sstream>

namespace smsspool::sim {

namespace {

constexpr std::size_t rule_depth = 4;
constexpr std::int64_t longest_delay_ms = 24 * 3600 * 1000;

[[noreturn]] void refuse(const std::string& why) {
    throw Error(Fault::bad_input, why);
}

std::optional<std::string> optional_text(const rapidjson::Value& object, const char* name) {
    if (!object.HasMember(name))
        return std::nullopt;
    auto text = text_member(object, name);
    if (!text)
        refuse(std::string("In a rule, \"") + name + "\" must be a text.");
    return text;
}

std::chrono::milliseconds delay_of(const rapidjson::Value& object) {
    if (!object.HasMember("after_ms"))
        return std::chrono::milliseconds{0};
    const auto ms = int_member(object, "after_ms");
    if (!ms || *ms < 0 || *ms > longest_delay_ms)
        refuse("In a rule, \"after_ms\" must be a number of milliseconds up to a day.");
    return std::chrono::milliseconds{*ms};
}

std::string whole_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file)
        throw system_error(Fault::unavailable, "read " + path);
    return text.str();
}

const rapidjson::Value& rule_array(const rapidjson::Document& document, const std::string& path) {
    if (document.IsArray())
        return document;
    if (document.IsObject() && document.HasMember("rules") && document["rules"].IsArray())
        return document["rules"];
    refuse(path + ": not an array of rules.");
}

} // namespace

bool Rule::fits(std::string_view to, std::string_view text) const {
    return (!number || to == *number) && (!equals || text == *equals) &&
           (!contains || text.find(*contains) != std::string_view::npos) &&
           (!prefix || text.starts_with(*prefix));
}

std::string Rule::reply_to(std::string_view text) const {
    constexpr std::string_view placeholder = "{text}";
    std::string answer;
    std::size_t from = 0;
    for (std::size_t at = 0; (at = reply.find(placeholder, from)) != std::string::npos;
         from = at + placeholder.size()) {
        answer.append(reply, from, at - from);
        answer += text;
    }
    return answer.append(reply, from);
}

Rule rule_from(const rapidjson::Value& object) {
    if (!object.IsObject())
        refuse("A rule must be a JSON object.");
    Rule rule;
    rule.equals = optional_text(object, "match");
    rule.contains = optional_text(object, "contains");
    rule.prefix = optional_text(object, "prefix");
    rule.number = optional_text(object, "number");
    const auto reply = optional_text(object, "reply");
    if (!reply)
        refuse("A rule must have a \"reply\".");
    rule.reply = *reply;
    rule.after = delay_of(object);
    return rule;
}

std::vector<Rule> read_rules(const std::string& path) {
    rapidjson::Document document;
    if (const auto fault = parse_json(whole_file(path), rule_depth, document))
        refuse(path + ": " + fault->reason);
    std::vector<Rule> rules;
    for (const rapidjson::Value& object : rule_array(document, path).GetArray())
        rules.push_back(rule_from(object));
    return rules;
}

} // namespace smsspool::sim
