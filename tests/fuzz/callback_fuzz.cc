// The callback of a message: what is taken is a plain URL that every program reads in the same way.

#include "common/callback.h"
#include "common/provider.h"
#include "common/utf.h"
#include "tests/fuzz/targets.h"

#include <algorithm>

namespace smsspool::fuzz {

namespace {

std::string_view authority_of(std::string_view url) {
    const std::string_view rest = url.substr(url.find("//") + 2);
    return rest.substr(0, rest.find_first_of("/?#"));
}

void check_taken(std::string_view url, const Config& config) {
    require(std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7F; }),
            "it is printable ASCII without blanks");
    require(url.find_first_of("\\\"<>{}|^`") == std::string_view::npos,
            "it has no character that programs read in different ways");
    require(url.size() <= static_cast<std::size_t>(config.callback_length_most),
            "it is no longer than the setting says");
    const std::string origin = origin_of(url);
    require(origin.starts_with("https://") ||
                (config.webhook_http && origin.starts_with("http://")),
            "it is https, unless the setting says otherwise");
    require(authority_of(url).find('@') == std::string_view::npos, "it names no user");
    require(authority_of(origin + "/") == authority_of(origin), "its receiver has no path");
    require(!callback_fault(origin, config), "its receiver alone is a callback too");
}

} // namespace

void callback(std::string_view bytes) {
    const std::string text = to_valid_utf8(bytes);
    Config config;
    require(callback_fault(text, config).has_value(), "none is taken while they are off");
    config.webhooks = true;
    for (const bool http : {false, true}) {
        config.webhook_http = http;
        const auto fault = callback_fault(text, config);
        if (fault)
            require(valid_utf8(*fault) && fault->size() < 1000, "a fault is a short text");
        else
            check_taken(text, config);
    }
}

} // namespace smsspool::fuzz
