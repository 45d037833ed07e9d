// The settings of an HTTP provider.

#include "common/provider.h"

#include <algorithm>
#include <array>
#include <regex>
#include <utility>

namespace smsspool {

namespace {

struct Word {
    std::string_view name;
    std::string ProviderValues::*value;
};
constexpr std::array words{
    Word{"number", &ProviderValues::number}, Word{"text", &ProviderValues::text},
    Word{"sender", &ProviderValues::sender}, Word{"account", &ProviderValues::account},
    Word{"secret", &ProviderValues::secret},
};

constexpr std::string_view token_marks = "!#$%&'*+-.^_`~"; // RFC 9110 5.6.2, beside letters, digits

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// What may stand in a line of ours: ASCII that is seen, and the blank.
bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// --- templates ----------------------------------------------------------------------------------

std::string as_it_is(std::string_view value) {
    return std::string(value);
}

const Word* word_named(std::string_view name) {
    const auto* const found = std::find_if(words.begin(), words.end(),
                                           [&](const Word& word) { return word.name == name; });
    return found == words.end() ? nullptr : found;
}

// Hands out a template piece by piece: literal(text), word(name without its braces). What follows a
// brace that is not closed is the last word.
template <class Literal, class Braced>
void each_piece(std::string_view text, Literal literal, Braced braced) {
    while (!text.empty()) {
        const std::size_t open = std::min(text.find('{'), text.size());
        literal(text.substr(0, open));
        text.remove_prefix(open);
        if (text.empty())
            return;
        const std::size_t close = text.find('}');
        braced(text.substr(1, close == std::string_view::npos ? close : close - 1));
        text.remove_prefix(close == std::string_view::npos ? text.size() : close + 1);
    }
}

template <class Encode>
std::string filled(std::string_view text, const ProviderValues& values, Encode encode) {
    std::string result;
    each_piece(
        text, [&](std::string_view literal) { result += literal; },
        [&](std::string_view name) {
            if (const Word* word = word_named(name))
                result += encode(values.*(word->value));
        });
    return result;
}

// The first word in braces that there is not.
std::optional<std::string> unknown_word(std::string_view text) {
    std::optional<std::string> unknown;
    each_piece(
        text, [](std::string_view) {},
        [&](std::string_view name) {
            if (word_named(name) == nullptr && !unknown)
                unknown = "there is no {" + std::string(name) + "}";
        });
    return unknown;
}

std::vector<std::string_view> header_templates(std::string_view headers) {
    constexpr std::string_view between = " | ";
    std::vector<std::string_view> all;
    while (!headers.empty()) {
        const std::size_t end = std::min(headers.find(between), headers.size());
        all.push_back(headers.substr(0, end));
        headers.remove_prefix(std::min(end + between.size(), headers.size()));
    }
    return all;
}

// --- what is wrong ------------------------------------------------------------------------------

using Complaint = std::optional<std::string>;

Complaint url_fault(const ProviderConfig& config) {
    const std::string origin = origin_of(config.url);
    if (origin.empty() || !is_printable(config.url) || config.url.find(' ') != std::string::npos ||
        config.url.find('#') != std::string::npos)
        return "url must be https://HOST/PATH, without a user";
    if (!origin.starts_with("https:") && !is_loopback(origin))
        return "url must be https, unless it is on this machine: texts and secrets would be open";
    return std::nullopt;
}

Complaint form_fault(const ProviderConfig& config) {
    if (const auto unknown = unknown_word(config.form))
        return "form: " + *unknown;
    if (!is_printable(config.form) || config.form.find(' ') != std::string::npos)
        return "form must be written as it is sent: blanks as +, other characters as %XX";
    for (const char* word : {"{number}", "{text}"}) {
        if (config.form.find(word) == std::string::npos)
            return "form must hold " + std::string(word);
    }
    return std::nullopt;
}

Complaint header_fault(std::string_view header) {
    const std::size_t colon = header.find(':');
    const std::string_view name = header.substr(0, colon);
    const bool good =
        colon != std::string_view::npos && !name.empty() &&
        std::all_of(name.begin(), name.end(), [](char c) {
            return is_letter_or_digit(c) || token_marks.find(c) != std::string_view::npos;
        });
    if (!good || !is_printable(header))
        return "headers must be NAME: VALUE, separated by \" | \"";
    if (const auto unknown = unknown_word(header))
        return "headers: " + *unknown;
    // A line feed in it would begin another header.
    if (header.find("{text}") != std::string_view::npos)
        return "headers cannot hold {text}";
    return std::nullopt;
}

Complaint headers_fault(const ProviderConfig& config) {
    for (const std::string_view header : header_templates(config.headers)) {
        if (auto fault = header_fault(header))
            return fault;
    }
    return std::nullopt;
}

// What goes into a line of the request.
Complaint values_fault(const ProviderConfig& config) {
    if (!is_printable(config.account) || !is_printable(config.sender))
        return "account and sender must be ASCII";
    const bool wanted = (config.form + config.headers).find("{secret}") != std::string::npos;
    if (wanted && config.secret_file.empty())
        return "{secret} needs secret_file";
    return std::nullopt;
}

Complaint number_fault(const ProviderConfig& config) {
    constexpr std::size_t longest = 3;
    const std::string& code = config.country_code;
    if (code.size() > longest || !std::all_of(code.begin(), code.end(), is_digit))
        return "country_code must be up to three digits";
    if (config.number_form == NumberForm::national && code.empty())
        return "number_form = national needs country_code";
    return std::nullopt;
}

Complaint pattern_fault(const ProviderConfig& config) {
    const std::array patterns{std::pair{"accept_pattern", &config.accept_pattern},
                              std::pair{"refuse_pattern", &config.refuse_pattern},
                              std::pair{"retry_pattern", &config.retry_pattern}};
    for (const auto& [name, pattern] : patterns) {
        try {
            const std::regex compiled(*pattern);
        } catch (const std::regex_error&) {
            return std::string(name) + " is not a regular expression";
        }
    }
    return std::nullopt;
}

} // namespace

std::string form_encoded(std::string_view value) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            encoded += c;
        } else if (c == ' ') {
            encoded += '+';
        } else {
            encoded += '%';
            encoded += hex[byte >> 4U];
            encoded += hex[byte & 0xFU];
        }
    }
    return encoded;
}

std::optional<std::string> provider_fault(const ProviderConfig& config) {
    for (const auto fault_in :
         {url_fault, form_fault, headers_fault, values_fault, number_fault, pattern_fault}) {
        if (auto fault = fault_in(config))
            return fault;
    }
    return std::nullopt;
}

std::string form_body(const ProviderConfig& config, const ProviderValues& values) {
    return filled(config.form, values, form_encoded);
}

std::vector<std::string> header_lines(const ProviderConfig& config, const ProviderValues& values) {
    std::vector<std::string> lines;
    for (const std::string_view header : header_templates(config.headers))
        lines.push_back(filled(header, values, as_it_is));
    return lines;
}

std::optional<std::string> number_for(const ProviderConfig& config, std::string_view number) {
    if (number.substr(0, 1) != "+")
        return std::string(number);
    const std::string_view digits = number.substr(1);
    switch (config.number_form) {
    case NumberForm::plus:
        return std::string(number);
    case NumberForm::digits:
        return std::string(digits);
    case NumberForm::national:
        if (digits.starts_with(config.country_code))
            return std::string(digits.substr(config.country_code.size()));
        return std::nullopt;
    }
    return std::nullopt;
}

std::string origin_of(std::string_view url) {
    const std::size_t colon = url.find("://");
    if (colon == std::string_view::npos)
        return {};
    std::string scheme(url.substr(0, colon));
    std::transform(scheme.begin(), scheme.end(), scheme.begin(), lower);
    std::string_view rest = url.substr(colon + 3);
    std::string host(rest.substr(0, rest.find_first_of("/?#\\")));
    std::transform(host.begin(), host.end(), host.begin(), lower);
    const std::string_view usual = scheme == "https" ? ":443" : ":80";
    if (host.ends_with(usual))
        host.erase(host.size() - usual.size());
    if ((scheme != "https" && scheme != "http") || host.empty() ||
        host.find_first_of("@ ") != std::string::npos)
        return {};
    return scheme + "://" + host;
}

bool is_loopback(std::string_view origin) {
    std::string_view host = origin.substr(std::min(origin.find("://") + 3, origin.size()));
    if (host.starts_with("[::1]"))
        return host.size() == 5 || host[5] == ':';
    host = host.substr(0, host.find(':'));
    const bool numeric =
        host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
    return host == "localhost" || numeric;
}

} // namespace smsspool
