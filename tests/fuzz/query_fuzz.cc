// A query string: what cgicc makes of it is what a plain reading makes of it.

#include "common/utf.h"
#include "fcgi/request.h"
#include "tests/fuzz/targets.h"

namespace smsspool::fuzz {

namespace {

int digit_of(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? digit_of(text[i + 1]) : -1;
        const int low = high >= 0 ? digit_of(text[i + 2]) : -1;
        if (low >= 0) {
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return to_valid_utf8(out);
}

// The first value of `name`.
std::optional<std::string> plainly(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view field = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(field.size() + 1, query.size()));
        const auto equals = std::min(field.find('='), field.size());
        if (decoded(field.substr(0, equals)) == name)
            return decoded(field.substr(std::min(equals + 1, field.size())));
    }
    return std::nullopt;
}

} // namespace

void query(std::string_view bytes) {
    // A FastCGI parameter ends at a zero byte.
    const std::string text(bytes.substr(0, bytes.find('\0')));
    const Query query(text);
    for (const char* name : {"unread", "delete", "limit", "message_id", "a", "%61", "A"}) {
        const auto value = query.get(name);
        require(!value || valid_utf8(*value), "a value is valid UTF-8");
        require(value == plainly(text, name), "a value is what was written");
    }
}

} // namespace smsspool::fuzz
