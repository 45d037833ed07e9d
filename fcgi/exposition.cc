// Metrics as text.

#include "fcgi/exposition.h"

#include "common/utf.h"

#include <cstdlib>

namespace smsspool {

namespace {

std::string_view word_of(Exposition::Kind kind) noexcept {
    switch (kind) {
    case Exposition::Kind::gauge:
        return "gauge";
    case Exposition::Kind::counter:
        return "counter";
    }
    return "untyped";
}

std::string escaped(std::string_view value) {
    std::string text;
    for (const char c : to_valid_utf8(value)) {
        if (c == '\\' || c == '"')
            text += '\\';
        if (c == '\n')
            text += "\\n";
        else
            text += c;
    }
    return text;
}

// `number` / `unit` as a decimal number, where `unit` is 10 to the power of `digits`.
std::string decimal(std::int64_t number, std::int64_t unit, std::size_t digits) {
    const std::string rest = std::to_string(std::abs(number % unit));
    return (number < 0 ? "-" : "") + std::to_string(std::abs(number / unit)) + "." +
           std::string(digits - rest.size(), '0') + rest;
}

} // namespace

void Exposition::family(std::string_view name, Kind kind, std::string_view help) {
    name_ = "smsspool_" + std::string(name);
    text_ += "# HELP " + name_ + " " + std::string(help) + "\n";
    text_ += "# TYPE " + name_ + " " + std::string(word_of(kind)) + "\n";
}

void Exposition::sample(const Labels& labels, std::int64_t value) {
    put(labels, std::to_string(value));
}

void Exposition::seconds(const Labels& labels, std::int64_t ms) {
    put(labels, decimal(ms, 1000, 3));
}

void Exposition::ratio(const Labels& labels, std::int64_t percent) {
    put(labels, decimal(percent, 100, 2));
}

void Exposition::put(const Labels& labels, const std::string& value) {
    text_ += name_;
    char before = '{';
    for (const auto& [name, content] : labels) {
        text_ += before;
        text_ += std::string(name) + "=\"" + escaped(content) + "\"";
        before = ',';
    }
    text_ += labels.empty() ? " " : "} ";
    text_ += value + "\n";
}

} // namespace smsspool
