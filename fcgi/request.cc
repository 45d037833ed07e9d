// Requests.

#include "fcgi/request.h"

#include "common/utf.h"

#include <algorithm>
#include <cgicc/CgiInput.h>
#include <cgicc/Cgicc.h>

namespace smsspool {

namespace {

// What cgicc reads its surroundings from: a GET with this query and nothing else.
class QueryInput : public cgicc::CgiInput {
public:
    explicit QueryInput(const std::string& query) : query_(query) {}

    size_t read(char*, size_t) override { return 0; }

    std::string getenv(const char* name) override {
        const std::string_view wanted(name);
        if (wanted == "QUERY_STRING")
            return query_;
        return wanted == "REQUEST_METHOD" ? "GET" : "";
    }

private:
    std::string query_;
};

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

std::string believable_user(std::string user) {
    const bool good = valid_utf8(user) && std::none_of(user.begin(), user.end(), is_control);
    return good ? user : std::string();
}

} // namespace

Query::Query(const std::string& text) {
    // cgicc drops a last name that has no '='; a '&' behind it keeps it.
    QueryInput input(text + "&");
    const cgicc::Cgicc form(&input);
    for (const cgicc::FormEntry& entry : form.getElements())
        fields_.emplace_back(to_valid_utf8(entry.getName()), to_valid_utf8(entry.getValue()));
}

std::optional<std::string> Query::get(std::string_view name) const {
    // Not cgicc's own look-up: that one ignores case.
    for (const auto& [found, value] : fields_) {
        if (found == name)
            return value;
    }
    return std::nullopt;
}

bool Query::says(std::string_view name) const {
    const auto value = get(name);
    if (!value)
        return false;
    const std::string word = lower_case(*value);
    return word.empty() || word == "true" || word == "1" || word == "yes";
}

Request make_request(const Parameter& parameter, UtcMs when) {
    Request request;
    request.method = parameter("REQUEST_METHOD");
    request.path = parameter("DOCUMENT_URI");
    request.query = parameter("QUERY_STRING");
    request.content_type = parameter("CONTENT_TYPE");
    request.user = believable_user(parameter("REMOTE_USER"));
    request.token = parameter("SMS_TOKEN");
    request.authorization = parameter("HTTP_AUTHORIZATION");
    request.address = to_valid_utf8(parameter("REMOTE_ADDR"));
    request.idempotency_key = parameter("HTTP_IDEMPOTENCY_KEY");
    request.refused = parameter("SMSSPOOL_ERROR");
    request.open = parameter("SMSSPOOL_OPEN") == "1";
    request.when = when;
    return request;
}

std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blank = " \t\r\n\f\v";
    const auto first = text.find_first_not_of(blank);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

bool is_json(std::string_view content_type) {
    const std::string type = lower_case(trimmed(content_type.substr(0, content_type.find(';'))));
    constexpr std::string_view family = "application/";
    constexpr std::string_view suffix = "+json";
    if (type == "application/json")
        return true;
    return type.size() >= family.size() + suffix.size() && type.starts_with(family) &&
           type.ends_with(suffix);
}

} // namespace smsspool
