// A query string: what cgicc makes of it is what a plain reading makes of it.

#include "common/utf.h"
#include "fcgi/request.h"
#include "tests/fuzz/targets.h"

#include <algorithm>

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

// Takes the front of `text` up to one of `marks`, which stays.
std::string_view cut_off(std::string_view& text, std::string_view marks) {
    const std::string_view front = text.substr(0, text.find_first_of(marks));
    text.remove_prefix(front.size());
    return front;
}

// The first value of `name`. A value ends at a ';' too, a name does not.
std::optional<std::string> plainly(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string found = decoded(cut_off(query, "&="));
        std::string value;
        if (query.starts_with('=')) {
            query.remove_prefix(1);
            value = decoded(cut_off(query, ";&"));
        }
        query.remove_prefix(std::min<std::size_t>(1, query.size()));
        if (found == name)
            return value;
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
